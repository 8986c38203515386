// How many blocks, groups and inodes an ext2 file system of given content gets. A group's layout: superblock copy and
// group descriptors (with "sparse_super" in some groups only), block bitmap, inode bitmap, inode table, data.
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
  /** whether only some groups have a superblock copy and descriptors */
  sparseSuper: boolean;
}

/** What the file system has to hold. */
export interface Demand {
  /** of files and directories, indirect ones included */
  blocks: number;
  /** beyond the reserved ones */
  inodes: number;
}

function isPowerOf(base: number, value: number): boolean {
  while (value % base === 0) value /= base;
  return value === 1;
}

/** Whether a group starts with a copy of the superblock and the descriptors. */
export function hasSuperblock(geometry: Geometry, group: number): boolean {
  return !geometry.sparseSuper || group <= 1 || [3, 5, 7].some((base) => isPowerOf(base, group));
}

/** Blocks of a group before its block bitmap. */
export function copyBlocks(geometry: Geometry, group: number): number {
  return hasSuperblock(geometry, group) ? 1 + geometry.descriptorBlocks : 0;
}

/** Blocks at the start of a group that hold no file data. */
export function groupOverhead(geometry: Geometry, group: number): number {
  return copyBlocks(geometry, group) + 2 + geometry.inodeTableBlocks;
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
/** Inodes kept free beyond what the files need: so many, and an eighth. */
const SPARE_INODES = 16;
/** Where the size of the file system is given, it has an inode for each so many bytes. */
const BYTES_PER_INODE = 16384;

function divideUp(value: number, unit: number): number {
  return Math.ceil(value / unit);
}

function roundUp(value: number, unit: number): number {
  return divideUp(value, unit) * unit;
}

/** The geometry of a file system of exactly `blocks` blocks, but for a last group that is too small to be useful. */
function geometryOfBlocks(blockSize: number, blocks: number, inodes: number, sparseSuper: boolean): Geometry {
  const firstDataBlock = blockSize === 1024 ? 1 : 0;
  const blocksPerGroup = blockSize * 8;
  const inodesPerBlock = blockSize / EXT2_INODE_SIZE;
  for (let size = blocks; ;) {
    const groups = divideUp(Math.max(size - firstDataBlock, 1), blocksPerGroup);
    const inodesPerGroup = roundUp(divideUp(inodes, groups), inodesPerBlock);
    const lastGroup = size - firstDataBlock - (groups - 1) * blocksPerGroup;
    const geometry: Geometry = {
      blockSize,
      firstDataBlock,
      blocks: size,
      groups,
      blocksPerGroup,
      inodesPerGroup,
      descriptorBlocks: divideUp(groups * EXT2_GROUP_SIZE, blockSize),
      inodeTableBlocks: inodesPerGroup / inodesPerBlock,
      sparseSuper,
    };
    if (inodesPerGroup > blockSize * 8) throw new ImageError("too many files for the size of the image");
    const least = groupOverhead(geometry, groups - 1) + MIN_LAST_GROUP_DATA;
    if (groups === 1 || lastGroup >= least) return geometry;
    size -= lastGroup;
  }
}

export function dataBlocks(geometry: Geometry): number {
  let blocks = geometry.blocks - geometry.firstDataBlock;
  for (let group = 0; group < geometry.groups; group++) blocks -= groupOverhead(geometry, group);
  return blocks;
}

/** Chooses a geometry. Without `blocks` the file system is as large as the content plus a quarter. */
export function chooseGeometry(
  blockSize: number,
  demand: Demand,
  sparseSuper: boolean,
  blocks?: number,
): Geometry {
  let inodes = EXT2_FIRST_INODE + demand.inodes + SPARE_INODES + divideUp(demand.inodes, 8);
  if (blocks !== undefined) {
    inodes = Math.max(inodes, divideUp(blocks * blockSize, BYTES_PER_INODE));
    const geometry = geometryOfBlocks(blockSize, blocks, inodes, sparseSuper);
    if (dataBlocks(geometry) < demand.blocks)
      throw new ImageError(
        `the files need ${demand.blocks} blocks of ${blockSize} bytes, the image has ${Math.max(dataBlocks(geometry), 0)}`,
      );
    return geometry;
  }
  const wanted = demand.blocks + divideUp(demand.blocks, 4) + 64;
  let size = wanted;
  for (;;) {
    const geometry = geometryOfBlocks(blockSize, size, inodes, sparseSuper);
    const missing = wanted - dataBlocks(geometry);
    if (missing <= 0) return geometry;
    size += missing + groupOverhead(geometry, 0);
  }
}
