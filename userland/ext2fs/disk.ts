// The partition that the file system is on, by way of the kernel's device port, and the time.
import { stackAlloc } from "../../guest/i386";
import { D_IO_ERROR } from "../../abi/kern_return";
import { MAPPED_SECONDS } from "../../abi/mapped_time";
import { SECTOR_SIZE } from "../../abi/mbr";
import { D_READ, D_WRITE } from "../../abi/task_types";
import { VM_INHERIT_NONE, VM_PROT_READ } from "../../abi/vm_types";
import { device_map, device_read, device_write } from "../generated/device.generated";
import { open_device, open_device_bytes } from "../lib/disk";
import { task_self } from "../lib/mach";
import { PAGE_SIZE, vm_deallocate, vm_map } from "../lib/vm";
import { blocks_page_reader } from "./blocks";
import { nodes_open } from "./node";
import { recovery_begin, recovery_finish } from "./recovery";
import { volume_mount } from "./volume";

let time_page: u32 = 0;

function now(): u32 {
  return time_page == 0 ? 0 : atomic.load<u32>(time_page + MAPPED_SECONDS);
}

/** Maps the kernel's clock. Returns a code. */
function map_time(master: u32): i32 {
  const cell = stackAlloc(4);
  let result = open_device(master, D_READ, "time", cell);
  if (result == 0) result = device_map(load<u32>(cell), VM_PROT_READ, 0, PAGE_SIZE, cell, 0);
  if (result != 0) return result;
  const pager = load<u32>(cell);
  store<u32>(cell, 0);
  const self = task_self();
  result = vm_map(self, cell, PAGE_SIZE, 0, 1, pager, 0, 0, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE);
  if (result == 0) time_page = load<u32>(cell);
  return result;
}

function read_pages(device: u32, sector: u32, size: u32, address: usize): i32 {
  const length = stackAlloc(4);
  const result = device_read(device, 0, sector, size, address, length);
  if (result != 0 || load<u32>(length) == size) return result;
  vm_deallocate(task_self(), load<u32>(address), load<u32>(length));
  return D_IO_ERROR;
}

function read(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  const data = stackAlloc(4);
  const size = count * SECTOR_SIZE;
  const result = read_pages(device, sector, size, data);
  if (result != 0) return result;
  memory.copy(buffer, load<u32>(data), size);
  return vm_deallocate(task_self(), load<u32>(data), size);
}

function write(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  const written = stackAlloc(4);
  const size = count * SECTOR_SIZE;
  const result = device_write(device, 0, sector, buffer, size, written);
  return result != 0 || load<u32>(written) == size ? result : D_IO_ERROR;
}

/** Opens the partition and mounts what is on it. A device code, or an error of abi/errno.ts, which are below 100. */
export function disk_mount(master: u32, name: usize): i32 {
  const cell = stackAlloc(4);
  let result = map_time(master);
  if (result == 0) result = open_device_bytes(master, D_READ | D_WRITE, name, cell);
  if (result != 0) return result;
  blocks_page_reader(read_pages);
  let recovered: i32 = 1;
  while (recovered == 1) {
    nodes_open();
    result = volume_mount(load<u32>(cell), read, write, now);
    if (result != 0) return result;
    recovered = recovery_begin();
  }
  return recovered != 0 ? -recovered : recovery_finish();
}
