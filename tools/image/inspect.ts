// What a disk image holds, as text.
import * as ext2 from "../../abi/ext2";
import * as mbr from "../../abi/mbr";
import { type Storage, SECTOR_BYTES } from "../../devices/storage";
import { findLinuxPartition } from "../../machine/boot-disk";
import { Ext2Reader, type FileEntry } from "../../machine/ext2";

function partitionLines(disk: Storage): string[] {
  const sector = new Uint8Array(SECTOR_BYTES);
  disk.read(0, sector);
  const view = new DataView(sector.buffer);
  const lines: string[] = [];
  for (let index = 0; index < mbr.MBR_PARTITION_COUNT; index++) {
    const at = mbr.MBR_PARTITIONS + index * mbr.MBR_PARTITION_SIZE;
    const type = view.getUint8(at + mbr.PARTITION_TYPE);
    if (type === 0) continue;
    const start = view.getUint32(at + mbr.PARTITION_START, true);
    const sectors = view.getUint32(at + mbr.PARTITION_SECTORS, true);
    lines.push(
      `partition ${index + 1}: type 0x${type.toString(16)}, first sector ${start}, ${sectors} sectors`,
    );
  }
  return lines;
}

function entryLine(entry: FileEntry): string {
  const isDirectory = (entry.mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_DIRECTORY;
  const permissions = (entry.mode & 0o7777).toString(8).padStart(4, "0");
  const inode = String(entry.inode).padStart(5);
  return `${inode} ${permissions} ${String(entry.size).padStart(9)} ${entry.path}${isDirectory ? "/" : ""}`;
}

/**
 * Partitions, file system and files of a disk.
 * @throws MachineError when the disk has no Linux partition or its file system is damaged
 */
export function inspectImage(disk: Storage): string {
  const partition = findLinuxPartition(disk);
  const files = new Ext2Reader(disk, partition);
  const lines = [
    `disk: ${disk.sectors} sectors of ${SECTOR_BYTES} bytes`,
    ...partitionLines(disk),
    `ext2 on partition ${partition.index + 1}: ${files.blockCount} blocks of ${files.blockSize} bytes, ` +
      `${files.inodeCount} inodes, ${files.inodesPerGroup} per group`,
    "inode mode      size path",
    ...[...files.walk()].map(entryLine),
  ];
  return lines.join("\n") + "\n";
}
