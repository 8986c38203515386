// The entry file of the host's tests of the file system: all of it that needs no server around it.
import { Node, node_size, nodes_open } from "../ext2fs/node";
import { file_set_size } from "../ext2fs/files";
import { recovery_begin, recovery_finish } from "../ext2fs/recovery";
import { volume_mount } from "../ext2fs/volume";
import { read_sectors, write_sectors } from "./host";

export * from "../ext2fs/blocks";
export * from "../ext2fs/directory";
export * from "../ext2fs/files";
export * from "../ext2fs/node";
export * from "../ext2fs/volume";
export { malloc } from "../lib/heap";

function read_host(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  return read_sectors(device, sector, buffer, count);
}

function write_host(device: u32, sector: u32, buffer: usize, count: u32): i32 {
  return write_sectors(device, sector, buffer, count);
}

function now(): u32 {
  return 1700000000;
}

/** Mounts the image that the host serves. */
export function mount_host(): i32 {
  nodes_open();
  return volume_mount(0, read_host, write_host, now);
}

/** As the server does: with a journal, and with recovery. 0 or an error. */
export function mount_recovered(): i32 {
  let recovered: i32 = 1;
  while (recovered == 1) {
    const result = mount_host();
    if (result != 0) return result;
    recovered = recovery_begin();
  }
  return recovered != 0 ? -recovered : recovery_finish();
}

export function size_low(node: Node): u32 {
  return <u32>node_size(node);
}

export function size_high(node: Node): u32 {
  return <u32>(node_size(node) >> 32);
}

export function set_size(node: Node, low: u32, high: u32): i32 {
  return file_set_size(node, (<u64>low) | ((<u64>high) << 32));
}
