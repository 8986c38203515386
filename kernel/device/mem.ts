// `mem`, `time` and `mbinfo`: memory of the machine and of the kernel, to be mapped or read.
import { D_NO_MEMORY, D_SUCCESS } from "../../abi/kern_return";
import { MULTIBOOT_INFO_SIZE } from "../../abi/multiboot";
import { VM_PROT_WRITE } from "../../abi/vm_types";
import { boot_information } from "../kern/boot_info";
import { mapped_time_page } from "../kern/mapped_time";
import { vm_page_is_declared } from "../vm/vm_resident";
import { dev_ops_define, Device, DevMap, MAP_REFUSED } from "./dev_hdr";
import { io_request_reserve, IoFunction, IoRequest } from "./io_req";

export function mem_init(): void {
  const mem = dev_ops_define("mem", 1);
  mem.read = changetype<usize>(<IoFunction>null_read);
  mem.write = changetype<usize>(<IoFunction>null_write);
  mem.map = changetype<usize>(<DevMap>mem_map);
  const time = dev_ops_define("time", 1);
  time.read = changetype<usize>(<IoFunction>null_read);
  time.write = changetype<usize>(<IoFunction>null_write);
  time.map = changetype<usize>(<DevMap>time_map);
  const mbinfo = dev_ops_define("mbinfo", 1);
  mbinfo.read = changetype<usize>(<IoFunction>mbinfo_read);
}

/** Reads nothing. */
function null_read(_request: IoRequest): i32 {
  return D_SUCCESS;
}

/** Takes everything, and does nothing with it. */
function null_write(request: IoRequest): i32 {
  request.count = request.wanted;
  return D_SUCCESS;
}

/** Physical memory that is no RAM: the BIOS and what devices show. */
function mem_map(_device: Device, offset: u32, _prot: u32): u32 {
  return vm_page_is_declared(offset) ? MAP_REFUSED : offset;
}

/** The mapped time structure, for reading. */
function time_map(_device: Device, offset: u32, prot: u32): u32 {
  if (offset != 0 || prot & VM_PROT_WRITE) return MAP_REFUSED;
  const page = mapped_time_page();
  return page == 0 ? MAP_REFUSED : page;
}

/** What the boot loader said. */
function mbinfo_read(request: IoRequest): i32 {
  const count = min<u32>(request.wanted, MULTIBOOT_INFO_SIZE);
  if (!io_request_reserve(request, count)) return D_NO_MEMORY;
  memory.copy(request.data, boot_information(), count);
  request.count = count;
  return D_SUCCESS;
}
