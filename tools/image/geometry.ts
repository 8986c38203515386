// How many blocks, groups and inodes an ext2 file system of given content gets. Every group has the same layout:
// superblock copy, group descriptors, block bitmap, inode bitmap, inode table, data.
import { EXT2_DIRECT_BLOCKS, EXT2_FIRST_INODE, EXT2_GROUP_SIZE, EXT2_INODE_SIZE } from "../../abi/ext2";
import { ImageError } from "./tree";

export interface Geometry {
  blockSize: number;
  /** 1 with 1 KiB blocks (block 0 is the boot block), else 0 */
  firstDataBlock: number;
  blocks: number;
  groups: number;
  blocksPerGroup: number;
  inodesPerGroup: number;
  descriptorBlocks: number;
  inodeTableBlocks: number;
  /** blocks at the start of every group that hold no file data */
  overhead: number;
}

/** Blocks a file of `size` bytes takes, indirect blocks included. */
export function blocksOfFile(size: number, blockSize: number): number {
  const data = Math.ceil(size / blockSize);
  const pointers = blockSize / 4;
  let total = data;
  let rest = data - EXT2_DIRECT_BLOCKS;
  if (rest > 0) total += 1;
  rest -= pointers;
  if (rest > 0) total += 1 + Math.ceil(Math.min(rest, pointers * pointers) / pointers);
  rest -= pointers * pointers;
  if (rest > 0) total += 1 + Math.ceil(rest / (pointers * pointers)) + Math.ceil(rest / pointers);
  return total;
}

/** A last group smaller than its own tables and this many data blocks is not made. */
const MIN_LAST_GROUP_DATA = 8;
/** Inodes kept free beyond what the files need. */
const SPARE_INODES = 16;

function divideUp(value: number, unit: number): number {
  return Math.ceil(value / unit);
}

function roundUp(value: number, unit: number): number {
  return divideUp(value, unit) * unit;
}

/** The geometry of a file system of exactly `blocks` blocks, but for a last group that is too small to be useful. */
function geometryOfBlocks(blockSize: number, blocks: number, inodes: number): Geometry {
  const firstDataBlock = blockSize === 1024 ? 1 : 0;
  const blocksPerGroup = blockSize * 8;
  const inodesPerBlock = blockSize / EXT2_INODE_SIZE;
  for (let size = blocks; ;) {
    const groups = divideUp(Math.max(size - firstDataBlock, 1), blocksPerGroup);
    const inodesPerGroup = roundUp(divideUp(inodes, groups), inodesPerBlock);
    const descriptorBlocks = divideUp(groups * EXT2_GROUP_SIZE, blockSize);
    const inodeTableBlocks = inodesPerGroup / inodesPerBlock;
    const overhead = 1 + descriptorBlocks + 2 + inodeTableBlocks;
    const lastGroup = size - firstDataBlock - (groups - 1) * blocksPerGroup;
    const geometry = {
      blockSize,
      firstDataBlock,
      blocks: size,
      groups,
      blocksPerGroup,
      inodesPerGroup,
      descriptorBlocks,
      inodeTableBlocks,
      overhead,
    };
    if (inodesPerGroup > blockSize * 8) throw new ImageError("too many files for the size of the image");
    if (groups === 1 || lastGroup >= overhead + MIN_LAST_GROUP_DATA) return geometry;
    size -= lastGroup;
  }
}

export function dataBlocks(geometry: Geometry): number {
  return geometry.blocks - geometry.firstDataBlock - geometry.groups * geometry.overhead;
}

/**
 * Chooses a geometry for `contentBlocks` blocks of files and directories and `nodes` inodes.
 * Without `blocks` the file system is as large as the content plus a quarter.
 */
export function chooseGeometry(
  blockSize: number,
  contentBlocks: number,
  nodes: number,
  blocks?: number,
): Geometry {
  const inodes = EXT2_FIRST_INODE + nodes + SPARE_INODES;
  if (blocks !== undefined) {
    const geometry = geometryOfBlocks(blockSize, blocks, inodes);
    if (dataBlocks(geometry) < contentBlocks)
      throw new ImageError(
        `the files need ${contentBlocks} blocks of ${blockSize} bytes, the image has ${Math.max(dataBlocks(geometry), 0)}`,
      );
    return geometry;
  }
  const wanted = contentBlocks + divideUp(contentBlocks, 4) + 64;
  let size = wanted;
  for (;;) {
    const geometry = geometryOfBlocks(blockSize, size, inodes);
    const missing = wanted - dataBlocks(geometry);
    if (missing <= 0) return geometry;
    size += missing + geometry.overhead;
  }
}
