// The partition that the file system is on, by way of the kernel's device port.
import { stackAlloc } from "../../guest/i386";
import { D_IO_ERROR } from "../../abi/kern_return";
import { SECTOR_SIZE } from "../../abi/mbr";
import { D_READ, D_WRITE } from "../../abi/task_types";
import { device_read, device_write } from "../generated/device.generated";
import { clock_map, clock_seconds } from "../lib/clock";
import { open_device_bytes } from "../lib/disk";
import { task_self } from "../lib/mach";
import { vm_deallocate } from "../lib/vm";
import { blocks_page_reader } from "./blocks";
import { nodes_open } from "./node";
import { recovery_begin, recovery_finish } from "./recovery";
import { volume_mount } from "./volume";

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
  let result = clock_map(master);
  if (result == 0) result = open_device_bytes(master, D_READ | D_WRITE, name, cell);
  if (result != 0) return result;
  blocks_page_reader(read_pages);
  let recovered: i32 = 1;
  while (recovered == 1) {
    nodes_open();
    result = volume_mount(load<u32>(cell), read, write, clock_seconds);
    if (result != 0) return result;
    recovered = recovery_begin();
  }
  return recovered != 0 ? -recovered : recovery_finish();
}
