// Writes an ext2 file system from a tree. Equal trees give equal bytes: inodes and blocks are dealt out in the order
// of the sorted names, and every time and identifier is fixed.
import * as ext2 from "../../abi/ext2";
import { blocksOfFile, chooseGeometry, type Geometry } from "./geometry";
import { ImageError, type DirectoryNode, type ImageFile, type TreeNode } from "./tree";

/** All times in an image, unless a file brings its own: 2023-07-05 00:00:00 UTC. */
export const IMAGE_TIME = 1688515200;
const IMAGE_UUID = Buffer.from("6d616368333836000001000200030004", "hex");
const VOLUME_NAME = "mach386";
const DIRECTORY_MODE = 0o755;
const LOST_AND_FOUND = "lost+found";
const LOST_AND_FOUND_MODE = 0o700;

interface Node {
  inode: number;
  /** type and permissions */
  mode: number;
  mtime: number;
  links: number;
  data: Uint8Array;
}

interface DirectoryEntry {
  inode: number;
  type: number;
  name: Uint8Array;
}

function entryLength(entry: DirectoryEntry): number {
  return (ext2.DIRENT_NAME + entry.name.length + 3) & ~3;
}

/** Packs entries into blocks; the last entry of each block reaches to the block's end. */
export function packDirectory(entries: readonly DirectoryEntry[], blockSize: number): Uint8Array {
  const blocks: DirectoryEntry[][] = [[]];
  let used = 0;
  for (const entry of entries) {
    if (used + entryLength(entry) > blockSize) {
      blocks.push([]);
      used = 0;
    }
    blocks.at(-1)!.push(entry);
    used += entryLength(entry);
  }
  const bytes = Buffer.alloc(blocks.length * blockSize);
  blocks.forEach((block, index) => {
    let at = index * blockSize;
    const end = at + blockSize;
    block.forEach((entry, position) => {
      const length = position === block.length - 1 ? end - at : entryLength(entry);
      bytes.writeUInt32LE(entry.inode, at + ext2.DIRENT_INODE);
      bytes.writeUInt16LE(length, at + ext2.DIRENT_LENGTH);
      bytes.writeUInt8(entry.name.length, at + ext2.DIRENT_NAME_LENGTH);
      bytes.writeUInt8(entry.type, at + ext2.DIRENT_TYPE);
      bytes.set(entry.name, at + ext2.DIRENT_NAME);
      at += length;
    });
  });
  return bytes;
}

/** Numbers the tree's nodes and turns directories into their bytes. */
class NodeTable {
  readonly nodes: Node[] = [];
  directories = 0;
  private nextInode: number = ext2.EXT2_FIRST_INODE;

  constructor(
    root: DirectoryNode,
    private readonly blockSize: number,
  ) {
    const lostAndFound: DirectoryEntry = {
      inode: this.nextInode++,
      type: ext2.EXT2_TYPE_DIRECTORY,
      name: Buffer.from(LOST_AND_FOUND),
    };
    if (root.children.some((child) => Buffer.from(child.name).toString() === LOST_AND_FOUND))
      throw new ImageError(`/${LOST_AND_FOUND}: reserved name`);
    this.addDirectory(root, ext2.EXT2_ROOT_INODE, ext2.EXT2_ROOT_INODE, [lostAndFound]);
    this.writeDirectory(lostAndFound.inode, ext2.EXT2_ROOT_INODE, LOST_AND_FOUND_MODE, []);
    this.nodes.sort((a, b) => a.inode - b.inode);
  }

  private addDirectory(node: DirectoryNode, inode: number, parent: number, first: DirectoryEntry[]): void {
    const entries = [...first];
    const children: [TreeNode, number][] = [];
    for (const child of node.children) {
      const number = this.nextInode++;
      const type = child.kind === "file" ? ext2.EXT2_TYPE_FILE : ext2.EXT2_TYPE_DIRECTORY;
      entries.push({ inode: number, type, name: child.name });
      children.push([child, number]);
    }
    this.writeDirectory(inode, parent, DIRECTORY_MODE, entries);
    for (const [child, number] of children) {
      if (child.kind === "file") this.addFile(child.file, number);
      else this.addDirectory(child, number, inode, []);
    }
  }

  private writeDirectory(inode: number, parent: number, mode: number, entries: DirectoryEntry[]): void {
    const type = ext2.EXT2_TYPE_DIRECTORY;
    const all = [
      { inode, type, name: Buffer.from(".") },
      { inode: parent, type, name: Buffer.from("..") },
      ...entries,
    ];
    this.directories++;
    this.nodes.push({
      inode,
      mode: ext2.EXT2_MODE_DIRECTORY | mode,
      mtime: IMAGE_TIME,
      links: 2 + entries.filter((entry) => entry.type === type).length,
      data: packDirectory(all, this.blockSize),
    });
  }

  private addFile(file: ImageFile, inode: number): void {
    const mode = ext2.EXT2_MODE_FILE | (file.mode & 0o7777);
    this.nodes.push({ inode, mode, mtime: file.mtime ?? IMAGE_TIME, links: 1, data: file.data });
  }
}

/** The file system's bytes while they are being written. */
class Volume {
  readonly bytes: Buffer;
  private group = 0;
  private nextBlock: number;
  private readonly usedInGroup: number[];

  constructor(readonly geometry: Geometry) {
    this.bytes = Buffer.alloc(geometry.blocks * geometry.blockSize);
    this.nextBlock = this.groupStart(0) + geometry.overhead;
    this.usedInGroup = new Array<number>(geometry.groups).fill(geometry.overhead);
  }

  groupStart(group: number): number {
    return this.geometry.firstDataBlock + group * this.geometry.blocksPerGroup;
  }

  groupBlocks(group: number): number {
    return Math.min(this.geometry.blocks - this.groupStart(group), this.geometry.blocksPerGroup);
  }

  allocateBlock(): number {
    while (this.nextBlock >= this.groupStart(this.group) + this.groupBlocks(this.group)) {
      this.group++;
      this.nextBlock = this.groupStart(this.group) + this.geometry.overhead;
    }
    this.usedInGroup[this.group]++;
    return this.nextBlock++;
  }

  usedBlocks(group: number): number {
    return this.usedInGroup[group];
  }

  block(number: number): Buffer {
    const { blockSize } = this.geometry;
    return this.bytes.subarray(number * blockSize, (number + 1) * blockSize);
  }

  /** The bytes of an inode in its group's table. */
  inode(number: number): Buffer {
    const { inodesPerGroup, overhead, inodeTableBlocks, blockSize } = this.geometry;
    const index = number - 1;
    const table = this.groupStart(Math.floor(index / inodesPerGroup)) + overhead - inodeTableBlocks;
    const at = table * blockSize + (index % inodesPerGroup) * ext2.EXT2_INODE_SIZE;
    return this.bytes.subarray(at, at + ext2.EXT2_INODE_SIZE);
  }
}

/** Hands out blocks for one file in reading order and fills its block pointers. */
class FileBlocks {
  /** blocks taken, indirect ones included */
  taken = 0;
  private at = 0;

  constructor(
    private readonly volume: Volume,
    private readonly data: Uint8Array,
  ) {}

  private allocate(): number {
    this.taken++;
    return this.volume.allocateBlock();
  }

  /** A subtree of pointers `depth` levels above the data; 0 when no data is left. */
  private subtree(depth: number): number {
    if (this.at >= this.data.length) return 0;
    const number = this.allocate();
    const block = this.volume.block(number);
    if (depth === 0) {
      block.set(this.data.subarray(this.at, this.at + block.length));
      this.at += block.length;
      return number;
    }
    for (let offset = 0; offset < block.length; offset += 4)
      block.writeUInt32LE(this.subtree(depth - 1), offset);
    return number;
  }

  write(inode: Buffer): void {
    for (let index = 0; index < ext2.EXT2_BLOCK_POINTERS; index++) {
      const depth = Math.max(0, index - ext2.EXT2_DIRECT_BLOCKS + 1);
      inode.writeUInt32LE(this.subtree(depth), ext2.INODE_BLOCKS + index * 4);
    }
  }
}

function writeNode(volume: Volume, node: Node): void {
  const inode = volume.inode(node.inode);
  const blocks = new FileBlocks(volume, node.data);
  blocks.write(inode);
  inode.writeUInt16LE(node.mode, ext2.INODE_MODE);
  inode.writeUInt32LE(node.data.length, ext2.INODE_SIZE);
  for (const field of [ext2.INODE_ACCESS_TIME, ext2.INODE_CHANGE_TIME, ext2.INODE_MODIFY_TIME])
    inode.writeUInt32LE(node.mtime, field);
  inode.writeUInt16LE(node.links, ext2.INODE_LINKS);
  inode.writeUInt32LE((blocks.taken * volume.geometry.blockSize) / 512, ext2.INODE_SECTORS);
}

function setBits(bitmap: Buffer, from: number, to: number): void {
  for (let bit = from; bit < to; bit++) bitmap[bit >> 3] |= 1 << (bit & 7);
}

interface GroupSummary {
  freeBlocks: number;
  freeInodes: number;
  directories: number;
}

/** Fills a group's two bitmaps. Used blocks and inodes are always the first ones of a group. */
function writeBitmaps(volume: Volume, group: number, usedInodes: number): GroupSummary {
  const { geometry } = volume;
  const start = volume.groupStart(group);
  const blocks = volume.groupBlocks(group);
  const used = volume.usedBlocks(group);
  const inodes = Math.min(Math.max(usedInodes - group * geometry.inodesPerGroup, 0), geometry.inodesPerGroup);
  const blockBitmap = volume.block(start + 1 + geometry.descriptorBlocks);
  const inodeBitmap = volume.block(start + 2 + geometry.descriptorBlocks);
  setBits(blockBitmap, 0, used);
  setBits(blockBitmap, blocks, geometry.blockSize * 8);
  setBits(inodeBitmap, 0, inodes);
  setBits(inodeBitmap, geometry.inodesPerGroup, geometry.blockSize * 8);
  return { freeBlocks: blocks - used, freeInodes: geometry.inodesPerGroup - inodes, directories: 0 };
}

function groupDescriptors(volume: Volume, summaries: readonly GroupSummary[]): Buffer {
  const { geometry } = volume;
  const table = Buffer.alloc(geometry.descriptorBlocks * geometry.blockSize);
  summaries.forEach((summary, group) => {
    const at = group * ext2.EXT2_GROUP_SIZE;
    const tables = volume.groupStart(group) + 1 + geometry.descriptorBlocks;
    table.writeUInt32LE(tables, at + ext2.GD_BLOCK_BITMAP);
    table.writeUInt32LE(tables + 1, at + ext2.GD_INODE_BITMAP);
    table.writeUInt32LE(tables + 2, at + ext2.GD_INODE_TABLE);
    table.writeUInt16LE(summary.freeBlocks, at + ext2.GD_FREE_BLOCKS);
    table.writeUInt16LE(summary.freeInodes, at + ext2.GD_FREE_INODES);
    table.writeUInt16LE(summary.directories, at + ext2.GD_USED_DIRECTORIES);
  });
  return table;
}

function superblock(geometry: Geometry, summaries: readonly GroupSummary[], group: number): Buffer {
  const block = Buffer.alloc(ext2.EXT2_SUPERBLOCK_SIZE);
  const sum = (field: "freeBlocks" | "freeInodes") => summaries.reduce((total, one) => total + one[field], 0);
  const logBlockSize = Math.log2(geometry.blockSize) - 10;
  const words: [number, number][] = [
    [ext2.SB_INODES_COUNT, geometry.groups * geometry.inodesPerGroup],
    [ext2.SB_BLOCKS_COUNT, geometry.blocks],
    [ext2.SB_FREE_BLOCKS_COUNT, sum("freeBlocks")],
    [ext2.SB_FREE_INODES_COUNT, sum("freeInodes")],
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

/** Bitmaps, descriptors and a superblock copy for every group. */
function writeTables(volume: Volume, nodes: readonly Node[]): void {
  const { geometry } = volume;
  const usedInodes = nodes.at(-1)!.inode;
  const summaries = Array.from({ length: geometry.groups }, (_, group) =>
    writeBitmaps(volume, group, usedInodes),
  );
  for (const node of nodes)
    if ((node.mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_DIRECTORY)
      summaries[Math.floor((node.inode - 1) / geometry.inodesPerGroup)].directories++;
  const descriptors = groupDescriptors(volume, summaries);
  for (let group = 0; group < geometry.groups; group++) {
    const start = volume.groupStart(group) * geometry.blockSize;
    // With blocks larger than 1 KiB the first copy shares block 0 with the boot sectors.
    const at = group === 0 ? ext2.EXT2_SUPERBLOCK_OFFSET : start;
    volume.bytes.set(superblock(geometry, summaries, group), at);
    volume.bytes.set(descriptors, start + geometry.blockSize);
  }
}

/**
 * The bytes of an ext2 file system (revision 1, file types in directories, no journal) that holds `root`.
 * @param sizeBytes the file system's size; without it, as large as the content plus some room
 * @throws ImageError when the content does not fit
 */
export function writeExt2(root: DirectoryNode, blockSize: number, sizeBytes?: number): Uint8Array {
  if (![1024, 2048, 4096].includes(blockSize))
    throw new ImageError(`block size ${blockSize} is not 1024, 2048 or 4096`);
  const { nodes } = new NodeTable(root, blockSize);
  const contentBlocks = nodes.reduce((sum, node) => sum + blocksOfFile(node.data.length, blockSize), 0);
  const blocks = sizeBytes === undefined ? undefined : Math.floor(sizeBytes / blockSize);
  const volume = new Volume(chooseGeometry(blockSize, contentBlocks, nodes.length, blocks));
  for (const node of nodes) writeNode(volume, node);
  writeTables(volume, nodes);
  return volume.bytes;
}
