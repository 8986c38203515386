// The entry file of the host's tests: everything of the library that can be called on its own.
import { ext2_mount } from "../lib/ext2";
import { read_sectors } from "./host";

export * from "../lib/ext2";
export * from "../lib/heap";
export * from "../lib/loader";
export * from "../lib/mman";
export * from "../lib/paging-space";
export * from "../lib/pattern";
export * from "../lib/print";
export * from "../lib/string";

function read_host(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  return read_sectors(device, sector, buffer, count);
}

/** Mounts the image that the host serves. */
export function mount_host(): i32 {
  return ext2_mount(0, read_host);
}
