// The file system on the first disk's first partition.
import { stackAlloc } from "../../guest/i386";
import { SECTOR_SIZE } from "../../abi/mbr";
import { D_READ, DEV_NAME_MAX } from "../../abi/task_types";
import { D_IO_ERROR } from "../../abi/kern_return";
import { device_open, device_read } from "../generated/device.generated";
import { EXT2_OK, ext2_mount, ext2_open, ext2_read, ext2_room, ext2_size } from "./ext2";
import { task_self } from "./mach";
import { string_copy, string_store } from "./string";
import { PAGE_SIZE, round_page, vm_allocate, vm_deallocate } from "./vm";

/** Opens a device by name; the port is stored at `port`. Returns the device's code. */
export function open_device(master: u32, mode: u32, name: string, port: usize): i32 {
  const bytes = stackAlloc(DEV_NAME_MAX);
  string_store(bytes, name);
  return device_open(master, mode, bytes, port);
}

/** As open_device, with the name as a byte string. */
export function open_device_bytes(master: u32, mode: u32, name: usize, port: usize): i32 {
  const bytes = stackAlloc(DEV_NAME_MAX);
  string_copy(bytes, name, DEV_NAME_MAX);
  return device_open(master, mode, bytes, port);
}

/** A SectorReader over a block device with records of one sector. */
function read_device(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  const data = stackAlloc(4);
  const length = stackAlloc(4);
  const result = device_read(device, 0, sector, count * SECTOR_SIZE, data, length);
  if (result != 0) return result;
  const good = load<u32>(length) == count * SECTOR_SIZE;
  if (good) memory.copy(buffer, load<u32>(data), count * SECTOR_SIZE);
  vm_deallocate(task_self(), load<u32>(data), load<u32>(length));
  return good ? 0 : D_IO_ERROR;
}

/** Opens hd0s1 and mounts it. Returns a device code, or an EXT2_ code, which are below 100. */
export function mount_disk(master: u32): i32 {
  const port = stackAlloc(4);
  const result = open_device(master, D_READ, "hd0s1", port);
  return result != 0 ? result : ext2_mount(load<u32>(port), read_device);
}

/** A file in memory: page-aligned, as long as the caller does not release it. */
@unmanaged
export class LoadedFile {
  data!: u32;
  size!: u32;
  room!: u32;
}

export const LOADED_FILE_SIZE: u32 = 12;

/** Reads a whole file of the mounted disk into fresh pages. Returns 0, an EXT2_ code or a kern_return + 100. */
export function load_file(path: usize, file: LoadedFile): i32 {
  let result = ext2_open(path);
  if (result != EXT2_OK) return result;
  file.size = ext2_size();
  file.room = max<u32>(round_page(ext2_room()), PAGE_SIZE);
  file.data = 0;
  result = vm_allocate(task_self(), changetype<usize>(file), file.room, 1);
  if (result != 0) return result + 100;
  result = ext2_read(file.data);
  if (result != EXT2_OK) release_file(file);
  return result;
}

export function release_file(file: LoadedFile): void {
  vm_deallocate(task_self(), file.data, file.room);
}
