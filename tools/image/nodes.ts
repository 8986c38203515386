// The inodes of a tree, and its directories' bytes.
import * as ext2 from "../../abi/ext2";
import { bytesContents, type Contents } from "./file-contents";
import { IMAGE_TIME, ImageError, type DirectoryNode, type Leaf, type TreeNode } from "./tree";

const LOST_AND_FOUND = "lost+found";
const LOST_AND_FOUND_MODE = 0o700;

export interface Node {
  inode: number;
  /** type and permissions */
  mode: number;
  mtime: number;
  links: number;
  contents: Contents;
}

interface DirectoryEntry {
  inode: number;
  type: number;
  name: Uint8Array;
}

const LEAF_TYPES = { file: ext2.EXT2_TYPE_FILE, symlink: ext2.EXT2_TYPE_SYMLINK };
const LEAF_MODES = { file: ext2.EXT2_MODE_FILE, symlink: ext2.EXT2_MODE_SYMLINK };

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
  /** of files with the nodes made for them: a file that comes again gets no second one */
  private readonly leaves = new Map<Leaf, Node>();
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
    const attributes = { mode: LOST_AND_FOUND_MODE, mtime: IMAGE_TIME };
    this.writeDirectory(attributes, lostAndFound.inode, ext2.EXT2_ROOT_INODE, []);
    this.nodes.sort((a, b) => a.inode - b.inode);
  }

  private addDirectory(node: DirectoryNode, inode: number, parent: number, first: DirectoryEntry[]): void {
    const entries = [...first];
    const directories: [DirectoryNode, number][] = [];
    for (const child of node.children) {
      const entry = this.entryOf(child);
      entries.push(entry);
      if (child.kind === "directory") directories.push([child, entry.inode]);
    }
    this.writeDirectory(node, inode, parent, entries);
    for (const [child, number] of directories) this.addDirectory(child, number, inode, []);
  }

  private entryOf(child: TreeNode): DirectoryEntry {
    const { name } = child;
    if (child.kind === "directory") return { inode: this.nextInode++, type: ext2.EXT2_TYPE_DIRECTORY, name };
    return { inode: this.addName(child.leaf), type: LEAF_TYPES[child.leaf.kind], name };
  }

  private writeDirectory(
    attributes: { mode: number; mtime: number },
    inode: number,
    parent: number,
    entries: DirectoryEntry[],
  ): void {
    const type = ext2.EXT2_TYPE_DIRECTORY;
    const all = [
      { inode, type, name: Buffer.from(".") },
      { inode: parent, type, name: Buffer.from("..") },
      ...entries,
    ];
    this.nodes.push({
      inode,
      mode: ext2.EXT2_MODE_DIRECTORY | (attributes.mode & 0o7777),
      mtime: attributes.mtime,
      links: 2 + entries.filter((entry) => entry.type === type).length,
      contents: bytesContents(packDirectory(all, this.blockSize)),
    });
  }

  /** The inode of one more name of a file. */
  private addName(leaf: Leaf): number {
    const known = this.leaves.get(leaf);
    if (known) {
      known.links++;
      return known.inode;
    }
    const mode = LEAF_MODES[leaf.kind] | (leaf.mode & 0o7777);
    const { mtime, contents } = leaf;
    const node = { inode: this.nextInode++, mode, mtime, links: 1, contents };
    this.leaves.set(leaf, node);
    this.nodes.push(node);
    return node.inode;
  }
}

/** The nodes of a tree in the order of their inodes. */
export function nodesOfTree(root: DirectoryNode, blockSize: number): Node[] {
  return new NodeTable(root, blockSize).nodes;
}

export function isDirectory(node: Node): boolean {
  return (node.mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_DIRECTORY;
}

/** Whether a node is a symbolic link with its target in the inode, so that it has no blocks. */
export function isFastSymlink(node: Node): boolean {
  const isSymlink = (node.mode & ext2.EXT2_MODE_TYPE) === ext2.EXT2_MODE_SYMLINK;
  return isSymlink && node.contents.size < ext2.EXT2_FAST_SYMLINK_LIMIT;
}
