// Reads files from an ext2 file system, for the boot loader. Read-only, and nothing in the image is trusted:
// every block number is checked, every loop is bounded by what was asked for.
//
// Source: "The Second Extended File System: Internal Layout" (D. Poirier).
// Left out: symbolic links, and every later feature that changes the layout (extents, 64 bit, an unclean journal).

import * as ext2 from "../abi/ext2";
import { type Storage, SECTOR_BYTES } from "../devices/storage";
import { MachineError } from "./config";
import { viewOf } from "./elf";

const ROOT_NAME = "/";
/** Pointer levels of the last three block pointers. */
const INDIRECT_LEVELS = [1, 2, 3];
/** More entries than this in a directory's blocks mean a loop or nonsense. */
const MAX_DIRECTORY_BYTES = 16 << 20;
/** Directories that are searched for names, in all: a tree that leads back to itself ends here. */
const MAX_SEARCHED_BYTES = 64 << 20;
const MAX_NAME = ext2.EXT2_NAME_MAX;

interface Inode {
  mode: number;
  size: number;
  blocks: readonly number[];
}

/** A part of a disk, in sectors. */
export interface Partition {
  /** 0 for the first. */
  index: number;
  start: number;
  sectors: number;
}

/** A file or directory as `walk` finds it. */
export interface FileEntry {
  path: string;
  inode: number;
  /** type and permissions */
  mode: number;
  size: number;
}

export class Ext2Reader {
  readonly blockSize: number;
  readonly blockCount: number;
  readonly inodesPerGroup: number;
  readonly inodeCount: number;
  private readonly inodeSize: number;
  private readonly groupTable: number;
  private searched = 0;

  /** @throws MachineError when there is no such file system, or one with unknown features */
  constructor(
    private readonly disk: Storage,
    private readonly partition: Partition,
  ) {
    const sb = viewOf(this.bytes(ext2.EXT2_SUPERBLOCK_OFFSET, ext2.EXT2_SUPERBLOCK_SIZE));
    if (sb.getUint16(ext2.SB_MAGIC, true) !== ext2.EXT2_MAGIC) {
      throw new MachineError("no ext2 file system in its Linux partition");
    }
    const word = (offset: number) => sb.getUint32(offset, true);
    const isDynamic = word(ext2.SB_REVISION) >= ext2.EXT2_REVISION_DYNAMIC;
    const unknown = isDynamic ? word(ext2.SB_FEATURE_INCOMPAT) & ~ext2.EXT2_FEATURE_INCOMPAT_FILETYPE : 0;
    if (unknown) throw corrupt(`has unknown features 0x${(unknown >>> 0).toString(16)}`);
    this.blockSize = ext2.EXT2_MIN_BLOCK_SIZE * 2 ** word(ext2.SB_LOG_BLOCK_SIZE);
    this.blockCount = word(ext2.SB_BLOCKS_COUNT);
    this.inodesPerGroup = word(ext2.SB_INODES_PER_GROUP);
    this.inodeCount = word(ext2.SB_INODES_COUNT);
    this.inodeSize = isDynamic ? sb.getUint16(ext2.SB_INODE_SIZE, true) : ext2.EXT2_INODE_SIZE;
    this.groupTable = (word(ext2.SB_FIRST_DATA_BLOCK) + 1) * this.blockSize;
    this.checkGeometry();
  }

  /**
   * The contents of a file by its absolute path.
   * @param limit bytes that a file may have
   * @throws MachineError when it is missing, no plain file, too large, or the file system is corrupt
   */
  readFile(path: string, limit: number): Uint8Array {
    let inode = this.inode(ext2.EXT2_ROOT_INODE);
    let walked = "";
    for (const name of path.split("/").filter((part) => part !== "")) {
      const number = this.lookup(inode, name, walked || ROOT_NAME);
      walked += `/${name}`;
      if (number === 0) throw new MachineError(`no ${walked} in its file system`);
      inode = this.inode(number);
    }
    if ((inode.mode & ext2.EXT2_MODE_TYPE) !== ext2.EXT2_MODE_FILE) {
      throw new MachineError(`${path} in its file system is not a plain file`);
    }
    if (inode.size > limit)
      throw new MachineError(`${path} in its file system is too large (${inode.size} bytes)`);
    return this.contents(inode);
  }

  /** Everything below the root, depth first. A directory is entered once, so that a damaged tree ends, too. */
  *walk(): Generator<FileEntry> {
    yield* this.walkDirectory("", ext2.EXT2_ROOT_INODE, new Set());
  }

  private *walkDirectory(path: string, number: number, seen: Set<number>): Generator<FileEntry> {
    if (seen.has(number)) throw corrupt(`has the directory ${path || ROOT_NAME} twice`);
    seen.add(number);
    const directory = this.inode(number);
    if (directory.size > MAX_DIRECTORY_BYTES) throw corrupt(`has an impossible directory ${path}`);
    for (const { name, inode } of this.entries(directory, path || ROOT_NAME)) {
      if (name === "." || name === "..") continue;
      const { mode, size } = this.inode(inode);
      yield { path: `${path}/${name}`, inode, mode, size };
      if ((mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_DIRECTORY)
        yield* this.walkDirectory(`${path}/${name}`, inode, seen);
    }
  }

  private checkGeometry(): void {
    if (this.blockSize > ext2.EXT2_MAX_BLOCK_SIZE) throw corrupt("has an impossible block size");
    if (
      this.inodesPerGroup === 0 ||
      this.inodeSize < ext2.EXT2_INODE_SIZE ||
      this.inodeSize > this.blockSize
    ) {
      throw corrupt("has an impossible inode geometry");
    }
    if (this.blockCount * this.blockSize > this.partition.sectors * SECTOR_BYTES) {
      throw corrupt("is larger than its partition");
    }
  }

  /** The inode number of a name in a directory; 0 when it is not there. */
  private lookup(directory: Inode, name: string, path: string): number {
    if ((directory.mode & ext2.EXT2_MODE_TYPE) !== ext2.EXT2_MODE_DIRECTORY) {
      throw new MachineError(`${path} in its file system is not a directory`);
    }
    if (name.length > MAX_NAME) return 0;
    if (directory.size > MAX_DIRECTORY_BYTES) throw corrupt(`has an impossible directory ${path}`);
    this.searched += directory.size;
    if (this.searched > MAX_SEARCHED_BYTES) throw corrupt("has directories that are too large to search");
    for (const entry of this.entries(directory, path)) if (entry.name === name) return entry.inode;
    return 0;
  }

  private *entries(directory: Inode, path: string): Generator<{ name: string; inode: number }> {
    const bytes = this.contents(directory);
    const view = viewOf(bytes);
    for (let at = 0; at + ext2.DIRENT_NAME <= bytes.length;) {
      const length = view.getUint16(at + ext2.DIRENT_LENGTH, true);
      if (length < ext2.DIRENT_NAME || at + length > bytes.length)
        throw corrupt(`has a damaged directory ${path}`);
      const inode = view.getUint32(at + ext2.DIRENT_INODE, true);
      const start = at + ext2.DIRENT_NAME;
      const name = bytes.subarray(start, start + bytes[at + ext2.DIRENT_NAME_LENGTH]);
      if (inode !== 0) yield { name: Buffer.from(name).toString(), inode };
      at += length;
    }
  }

  private inode(number: number): Inode {
    if (number === 0 || number > this.inodeCount) throw corrupt(`refers to inode ${number}`);
    const group = Math.floor((number - 1) / this.inodesPerGroup);
    const descriptor = viewOf(
      this.bytes(this.groupTable + group * ext2.EXT2_GROUP_SIZE, ext2.EXT2_GROUP_SIZE),
    );
    const table = descriptor.getUint32(ext2.GD_INODE_TABLE, true) * this.blockSize;
    const index = (number - 1) % this.inodesPerGroup;
    const view = viewOf(this.bytes(table + index * this.inodeSize, ext2.EXT2_INODE_SIZE));
    const mode = view.getUint16(ext2.INODE_MODE, true);
    const isFile = (mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_FILE;
    const high = isFile ? view.getUint32(ext2.INODE_SIZE_HIGH, true) : 0;
    return {
      mode,
      size: high * 2 ** 32 + view.getUint32(ext2.INODE_SIZE, true),
      blocks: Array.from({ length: ext2.EXT2_BLOCK_POINTERS }, (_, i) =>
        view.getUint32(ext2.INODE_BLOCKS + 4 * i, true),
      ),
    };
  }

  private contents(inode: Inode): Uint8Array {
    const bytes = new Uint8Array(inode.size);
    let index = 0;
    for (const block of this.blocksOf(inode)) {
      const start = index++ * this.blockSize;
      if (start >= inode.size) break;
      if (block !== 0) bytes.set(this.block(block).subarray(0, inode.size - start), start);
    }
    if (index * this.blockSize < inode.size) throw corrupt("has a file that is longer than its blocks");
    return bytes;
  }

  /** The file's block numbers in order, 0 for a hole; as many as the pointers can name. */
  private *blocksOf(inode: Inode): Generator<number> {
    yield* inode.blocks.slice(0, ext2.EXT2_DIRECT_BLOCKS);
    for (const level of INDIRECT_LEVELS) {
      yield* this.indirect(inode.blocks[ext2.EXT2_DIRECT_BLOCKS + level - 1], level);
    }
  }

  private *indirect(block: number, level: number): Generator<number> {
    if (level === 0) return void (yield block);
    const view = block === 0 ? undefined : viewOf(this.block(block));
    for (let at = 0; at < this.blockSize; at += 4) {
      yield* this.indirect(view?.getUint32(at, true) ?? 0, level - 1);
    }
  }

  private block(number: number): Uint8Array {
    if (number >= this.blockCount) throw corrupt(`refers to block ${number} of ${this.blockCount}`);
    return this.bytes(number * this.blockSize, this.blockSize);
  }

  /** Bytes of the partition. */
  private bytes(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / SECTOR_BYTES);
    const count = Math.ceil((offset + length) / SECTOR_BYTES) - first;
    if (first + count > this.partition.sectors) throw corrupt("refers to a place beyond its partition");
    const sectors = new Uint8Array(count * SECTOR_BYTES);
    this.disk.read(this.partition.start + first, sectors);
    return sectors.subarray(offset - first * SECTOR_BYTES, offset - first * SECTOR_BYTES + length);
  }
}

function corrupt(what: string): MachineError {
  return new MachineError(`its ext2 file system ${what}`);
}
