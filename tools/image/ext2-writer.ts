// Writes an ext2 file system from a tree. Equal trees give equal bytes: inodes and blocks are dealt out in the order
// of the sorted names, and every time and identifier is fixed. Contents are asked for and written block by block, so
// that a file system may be larger than memory.
import * as ext2 from "../../abi/ext2";
import { groupStart, writeTables, type GroupUse } from "./ext2-tables";
import { countBlocks, layOutFile } from "./file-blocks";
import type { Contents } from "./file-contents";
import { chooseGeometry, copyBlocks, groupOverhead, type Geometry } from "./geometry";
import { isDirectory, isFastSymlink, nodesOfTree, type Node } from "./nodes";
import type { Output } from "./output";
import { ImageError, type DirectoryNode } from "./tree";

export interface Ext2Options {
  /** 1024, 2048 or 4096 */
  blockSize: number;
  /** the file system's size; without it, as large as the content plus some room */
  sizeBytes?: number;
  /** superblock copies in some groups only */
  sparseSuper?: boolean;
}

/** Deals out blocks in ascending order and takes the inodes in ascending order. */
class Volume {
  readonly uses: GroupUse[];
  private group = 0;
  private nextBlock: number;
  private inodeGroup = 0;
  private readonly inodeTable: Buffer;

  constructor(
    readonly geometry: Geometry,
    private readonly output: Output,
  ) {
    this.uses = Array.from({ length: geometry.groups }, (_, group) => ({
      blocks: Math.min(geometry.blocks - groupStart(geometry, group), geometry.blocksPerGroup),
      usedBlocks: groupOverhead(geometry, group),
      usedInodes: 0,
      directories: 0,
    }));
    this.nextBlock = groupStart(geometry, 0) + groupOverhead(geometry, 0);
    this.inodeTable = Buffer.alloc(geometry.inodeTableBlocks * geometry.blockSize);
  }

  allocateBlock(): number {
    while (this.nextBlock >= groupStart(this.geometry, this.group) + this.uses[this.group].blocks) {
      this.group++;
      this.nextBlock = groupStart(this.geometry, this.group) + groupOverhead(this.geometry, this.group);
    }
    this.uses[this.group].usedBlocks++;
    return this.nextBlock++;
  }

  writeBlock(number: number, bytes: Uint8Array): void {
    this.output.write(number * this.geometry.blockSize, bytes);
  }

  /** The place for an inode's bytes, until the next is asked for. Only one group's table is in memory. */
  inode(number: number): Buffer {
    const { inodesPerGroup } = this.geometry;
    const group = Math.floor((number - 1) / inodesPerGroup);
    if (group !== this.inodeGroup) {
      this.flushInodes();
      this.inodeTable.fill(0);
      this.inodeGroup = group;
    }
    const at = ((number - 1) % inodesPerGroup) * ext2.EXT2_INODE_SIZE;
    return this.inodeTable.subarray(at, at + ext2.EXT2_INODE_SIZE);
  }

  countDirectory(inode: number): void {
    this.uses[Math.floor((inode - 1) / this.geometry.inodesPerGroup)].directories++;
  }

  /** Writes what is left once the last node is written. */
  finish(lastInode: number): void {
    this.flushInodes();
    const { inodesPerGroup } = this.geometry;
    this.uses.forEach((use, group) => {
      use.usedInodes = Math.min(Math.max(lastInode - group * inodesPerGroup, 0), inodesPerGroup);
    });
    writeTables(this.output, this.geometry, this.uses);
  }

  private flushInodes(): void {
    const before = copyBlocks(this.geometry, this.inodeGroup) + 2;
    this.writeBlock(groupStart(this.geometry, this.inodeGroup) + before, this.inodeTable);
  }
}

/** Writes a file's blocks; fills in its inode's pointers and the number of blocks taken, indirect ones included. */
function writeContents(volume: Volume, contents: Contents, inode: Buffer): void {
  const { blockSize } = volume.geometry;
  const block = new Uint8Array(blockSize);
  let taken = 0;
  const pointers = layOutFile(contents, blockSize, {
    allocate() {
      taken++;
      return volume.allocateBlock();
    },
    data(number, offset) {
      const length = Math.min(blockSize, contents.size - offset);
      contents.read(offset, block.subarray(0, length));
      volume.writeBlock(number, block.fill(0, length));
    },
    pointers(number, words) {
      const bytes = Buffer.alloc(blockSize);
      words.forEach((word, index) => bytes.writeUInt32LE(word, index * 4));
      volume.writeBlock(number, bytes);
    },
  });
  pointers.forEach((number, index) => inode.writeUInt32LE(number, ext2.INODE_BLOCKS + index * 4));
  inode.writeUInt32LE((taken * blockSize) / 512, ext2.INODE_SECTORS);
}

function writeNode(volume: Volume, node: Node): void {
  const { contents } = node;
  const inode = volume.inode(node.inode);
  if (isFastSymlink(node)) {
    contents.read(0, inode.subarray(ext2.INODE_BLOCKS, ext2.INODE_BLOCKS + contents.size));
  } else {
    writeContents(volume, contents, inode);
  }
  inode.writeUInt16LE(node.mode, ext2.INODE_MODE);
  inode.writeUInt32LE(contents.size, ext2.INODE_SIZE);
  for (const field of [ext2.INODE_ACCESS_TIME, ext2.INODE_CHANGE_TIME, ext2.INODE_MODIFY_TIME])
    inode.writeUInt32LE(node.mtime, field);
  inode.writeUInt16LE(node.links, ext2.INODE_LINKS);
  if (isDirectory(node)) volume.countDirectory(node.inode);
}

/** A file system that has its size and is ready to be written. */
export interface Ext2Plan {
  sizeBytes: number;
  inodes: number;
  /** @param progress is told how many inodes have been written */
  write(output: Output, progress?: (inodes: number) => void): void;
}

/**
 * Plans an ext2 file system (revision 1, file types in directories, no journal) that holds `root`.
 * @throws ImageError when the content does not fit
 */
export function planExt2(root: DirectoryNode, options: Ext2Options): Ext2Plan {
  const { blockSize, sizeBytes, sparseSuper = false } = options;
  if (![1024, 2048, 4096].includes(blockSize))
    throw new ImageError(`block size ${blockSize} is not 1024, 2048 or 4096`);
  const nodes = nodesOfTree(root, blockSize);
  const contentBlocks = nodes.reduce(
    (sum, node) => sum + (isFastSymlink(node) ? 0 : countBlocks(node.contents, blockSize)),
    0,
  );
  const blocks = sizeBytes === undefined ? undefined : Math.floor(sizeBytes / blockSize);
  const demand = { blocks: contentBlocks, inodes: nodes.length };
  const geometry = chooseGeometry(blockSize, demand, sparseSuper, blocks);
  return {
    sizeBytes: geometry.blocks * blockSize,
    inodes: nodes.length,
    write(output, progress) {
      const volume = new Volume(geometry, output);
      nodes.forEach((node, index) => {
        writeNode(volume, node);
        progress?.(index + 1);
      });
      volume.finish(nodes.at(-1)!.inode);
    },
  };
}
