// A disk's bytes.
import { findLinuxPartition } from "../../machine/boot-disk";
import type { Storage } from "../../devices/storage";

/** Everything up to the end of the first partition. */
export function imageBytes(disk: Storage): Uint8Array {
  const partition = findLinuxPartition(disk);
  const sectors = partition.start + partition.sectors;
  const bytes = new Uint8Array(sectors * 512);
  for (let at = 0; at < sectors; at += 64) {
    const count = Math.min(64, sectors - at);
    disk.read(at, bytes.subarray(at * 512, (at + count) * 512));
  }
  return bytes;
}

/** The file system in the first partition. */
export function volumeBytes(disk: Storage): Uint8Array {
  return imageBytes(disk).subarray(findLinuxPartition(disk).start * 512);
}
