// The tables of an ext2 file system: superblock, group descriptors, bitmaps.
import * as ext2 from "../../abi/ext2";
import { copyBlocks, hasSuperblock, type Geometry } from "./geometry";
import type { Output } from "./output";
import { IMAGE_TIME } from "./tree";

const IMAGE_UUID = Buffer.from("6d616368333836000001000200030004", "hex");
const VOLUME_NAME = "mach386";

/** What is used of a group. Used blocks and inodes are always the first ones of a group. */
export interface GroupUse {
  /** all blocks of the group, used or not */
  blocks: number;
  usedBlocks: number;
  usedInodes: number;
  directories: number;
}

/** The first block of a group. */
export function groupStart(geometry: Geometry, group: number): number {
  return geometry.firstDataBlock + group * geometry.blocksPerGroup;
}

function bitmapOf(blockSize: number, used: number, end: number): Buffer {
  const bitmap = Buffer.alloc(blockSize);
  setBits(bitmap, 0, used);
  // What is beyond the group's end cannot be taken, either.
  setBits(bitmap, end, blockSize * 8);
  return bitmap;
}

function setBits(bitmap: Buffer, from: number, to: number): void {
  for (let bit = from; bit < to; bit++) bitmap[bit >> 3] |= 1 << (bit & 7);
}

function groupDescriptors(geometry: Geometry, uses: readonly GroupUse[]): Buffer {
  const table = Buffer.alloc(geometry.descriptorBlocks * geometry.blockSize);
  uses.forEach((use, group) => {
    const at = group * ext2.EXT2_GROUP_SIZE;
    const tables = groupStart(geometry, group) + copyBlocks(geometry, group);
    table.writeUInt32LE(tables, at + ext2.GD_BLOCK_BITMAP);
    table.writeUInt32LE(tables + 1, at + ext2.GD_INODE_BITMAP);
    table.writeUInt32LE(tables + 2, at + ext2.GD_INODE_TABLE);
    table.writeUInt16LE(use.blocks - use.usedBlocks, at + ext2.GD_FREE_BLOCKS);
    table.writeUInt16LE(geometry.inodesPerGroup - use.usedInodes, at + ext2.GD_FREE_INODES);
    table.writeUInt16LE(use.directories, at + ext2.GD_USED_DIRECTORIES);
  });
  return table;
}

function superblock(geometry: Geometry, uses: readonly GroupUse[], group: number): Buffer {
  const block = Buffer.alloc(ext2.EXT2_SUPERBLOCK_SIZE);
  const inodes = geometry.groups * geometry.inodesPerGroup;
  const freeBlocks = uses.reduce((sum, use) => sum + use.blocks - use.usedBlocks, 0);
  const usedInodes = uses.reduce((sum, use) => sum + use.usedInodes, 0);
  const logBlockSize = Math.log2(geometry.blockSize) - 10;
  const words: [number, number][] = [
    [ext2.SB_INODES_COUNT, inodes],
    [ext2.SB_BLOCKS_COUNT, geometry.blocks],
    [ext2.SB_FREE_BLOCKS_COUNT, freeBlocks],
    [ext2.SB_FREE_INODES_COUNT, inodes - usedInodes],
    [ext2.SB_FIRST_DATA_BLOCK, geometry.firstDataBlock],
    [ext2.SB_LOG_BLOCK_SIZE, logBlockSize],
    [ext2.SB_LOG_FRAGMENT_SIZE, logBlockSize],
    [ext2.SB_BLOCKS_PER_GROUP, geometry.blocksPerGroup],
    [ext2.SB_FRAGMENTS_PER_GROUP, geometry.blocksPerGroup],
    [ext2.SB_INODES_PER_GROUP, geometry.inodesPerGroup],
    [ext2.SB_WRITE_TIME, IMAGE_TIME],
    [ext2.SB_LAST_CHECK, IMAGE_TIME],
    [ext2.SB_REVISION, ext2.EXT2_REVISION_DYNAMIC],
    [ext2.SB_FIRST_INODE, ext2.EXT2_FIRST_INODE],
    [ext2.SB_FEATURE_INCOMPAT, ext2.EXT2_FEATURE_INCOMPAT_FILETYPE],
    [ext2.SB_FEATURE_RO_COMPAT, geometry.sparseSuper ? ext2.EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER : 0],
  ];
  const halves: [number, number][] = [
    [ext2.SB_MAX_MOUNT_COUNT, 0xffff],
    [ext2.SB_MAGIC, ext2.EXT2_MAGIC],
    [ext2.SB_STATE, ext2.EXT2_STATE_CLEAN],
    [ext2.SB_ERRORS, ext2.EXT2_ERRORS_CONTINUE],
    [ext2.SB_INODE_SIZE, ext2.EXT2_INODE_SIZE],
    [ext2.SB_GROUP_NUMBER, group],
  ];
  for (const [field, value] of words) block.writeUInt32LE(value, field);
  for (const [field, value] of halves) block.writeUInt16LE(value, field);
  block.set(IMAGE_UUID, ext2.SB_UUID);
  block.write(VOLUME_NAME, ext2.SB_VOLUME_NAME, "latin1");
  return block;
}

/** Writes every group's bitmaps, and the superblock and the descriptors where a group has them. */
export function writeTables(output: Output, geometry: Geometry, uses: readonly GroupUse[]): void {
  const { blockSize, inodesPerGroup } = geometry;
  const descriptors = groupDescriptors(geometry, uses);
  uses.forEach((use, group) => {
    const start = groupStart(geometry, group) * blockSize;
    if (hasSuperblock(geometry, group)) {
      // With blocks larger than 1 KiB the first copy shares block 0 with the boot sectors.
      const at = group === 0 ? ext2.EXT2_SUPERBLOCK_OFFSET : start;
      output.write(at, superblock(geometry, uses, group));
      output.write(start + blockSize, descriptors);
    }
    const bitmaps = start + copyBlocks(geometry, group) * blockSize;
    output.write(bitmaps, bitmapOf(blockSize, use.usedBlocks, use.blocks));
    output.write(bitmaps + blockSize, bitmapOf(blockSize, use.usedInodes, inodesPerGroup));
  });
}
