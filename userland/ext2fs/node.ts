// Nodes: inodes in use, in memory, with where their data are. There is one node for each inode; who has a reference has the
// node, and the last reference of one without links ends the inode.
import { EFBIG, EIO, ENOMEM } from "../../abi/errno";
import {
  EXT2_BLOCK_POINTERS,
  EXT2_DIRECT_BLOCKS,
  EXT2_INODE_SIZE,
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_FILE,
  EXT2_MODE_SYMLINK,
  EXT2_MODE_TYPE,
  INODE_BLOCKS,
  INODE_CHANGE_TIME,
  INODE_DELETE_TIME,
  INODE_LINKS,
  INODE_MODE,
  INODE_MODIFY_TIME,
  INODE_SECTORS,
  INODE_SIZE,
  INODE_SIZE_HIGH,
} from "../../abi/ext2";
import { SECTOR_SIZE } from "../../abi/mbr";
import { free } from "../lib/heap";
import { block_changed, block_error, block_forget, block_new, block_read } from "./blocks";
import {
  allocate,
  allocation_error,
  block_allocate,
  block_bytes,
  block_release,
  group_goal,
  inode_block,
  inode_group,
  inode_offset,
  inode_release,
  is_block,
  volume_now,
} from "./volume";

@unmanaged
export class Node {
  /** Next in the same bucket. */
  next!: Node | null;
  number!: u32;
  references!: u32;
  /** The inode differs from what the table has. */
  dirty!: u32;
  /** The server's: the FilePager (0: none), how many have it open, and a lock that reading, writing and cutting hold. */
  pager!: u32;
  opens!: u32;
  lock!: u32;
  /** The inode is free already: the volume was closed. */
  ended!: u32;
  // The inode as on disk follows: EXT2_INODE_SIZE bytes.
}

const BUCKETS: u32 = 1024;
const buckets: usize = memory.data(4096);
export let node_count: u32 = 0;
/** Why node_get gave null, or a mapping 0. */
export let node_error: i32 = 0;

/** Forgets all nodes: a volume was mounted. */
export function nodes_open(): void {
  for (let at: u32 = 0; at < BUCKETS; at++) {
    let node = load<Node | null>(buckets + (at << 2));
    while (node != null) {
      const next = node.next;
      free(changetype<u32>(node));
      node = next;
    }
  }
  memory.fill(buckets, 0, BUCKETS * 4);
  node_count = 0;
}

/** The inode's bytes. */
export function inode_of(node: Node): usize {
  return changetype<usize>(node) + offsetof<Node>();
}

export function node_mode(node: Node): u32 {
  return load<u16>(inode_of(node) + INODE_MODE);
}

export function node_is(node: Node, type: u32): bool {
  return (node_mode(node) & EXT2_MODE_TYPE) == type;
}

export function node_links(node: Node): u32 {
  return load<u16>(inode_of(node) + INODE_LINKS);
}

export function node_size(node: Node): u64 {
  const low = <u64>load<u32>(inode_of(node) + INODE_SIZE);
  return node_is(node, EXT2_MODE_FILE)
    ? low | ((<u64>load<u32>(inode_of(node) + INODE_SIZE_HIGH)) << 32)
    : low;
}

export function node_set_size(node: Node, size: u64): void {
  store<u32>(inode_of(node) + INODE_SIZE, <u32>size);
  if (node_is(node, EXT2_MODE_FILE)) store<u32>(inode_of(node) + INODE_SIZE_HIGH, <u32>(size >> 32));
  node.dirty = 1;
}

export function node_set_links(node: Node, links: u32): void {
  store<u16>(inode_of(node) + INODE_LINKS, <u16>links);
  node_touch(node, INODE_CHANGE_TIME);
}

/** Sets one of the times to now. */
export function node_touch(node: Node, field: u32): void {
  store<u32>(inode_of(node) + field, volume_now());
  node.dirty = 1;
}

function bucket(number: u32): usize {
  return buckets + ((number % BUCKETS) << 2);
}

function find_node(number: u32): Node | null {
  let node = load<Node | null>(bucket(number));
  while (node != null && node.number != number) node = node.next;
  if (node != null) node.references++;
  return node;
}

/** A node with one reference, of an inode that is all zeros. Null: node_error. */
export function node_make(number: u32): Node | null {
  const address = allocate(<u32>offsetof<Node>() + EXT2_INODE_SIZE);
  if (address == 0) {
    node_error = ENOMEM;
    return null;
  }
  const node = changetype<Node>(address);
  node.number = number;
  node.references = 1;
  node.next = load<Node | null>(bucket(number));
  store<Node | null>(bucket(number), node);
  node_count++;
  return node;
}

/** The node of inode `number`, with a reference for the caller. Null: node_error, EIO for an inode that is free. */
export function node_get(number: u32): Node | null {
  let node = find_node(number);
  if (node != null) return node;
  const block = inode_block(number);
  const table: usize = block == 0 ? 0 : block_read(block);
  if (table == 0) {
    node_error = block == 0 ? allocation_error : block_error;
    return null;
  }
  const inode = table + inode_offset(number);
  if (load<u16>(inode + INODE_MODE) == 0 || load<u16>(inode + INODE_LINKS) == 0) {
    node_error = EIO;
    return null;
  }
  node = node_make(number);
  if (node != null) memory.copy(inode_of(node), inode, EXT2_INODE_SIZE);
  return node;
}

/** Ends an inode that nothing links to and that nobody has. 0 or an error. */
export function node_orphan(number: u32): i32 {
  const block = inode_block(number);
  const table: usize = block == 0 ? 0 : block_read(block);
  if (table == 0) return block == 0 ? allocation_error : block_error;
  const node = node_make(number);
  if (node == null) return node_error;
  memory.copy(inode_of(node), table + inode_offset(number), EXT2_INODE_SIZE);
  return node_put(node);
}

export function node_reference(node: Node): void {
  node.references++;
}

/** Gives a reference back. The last one writes the inode, or ends it when nothing links to it. 0 or an error. */
export function node_put(node: Node | null): i32 {
  if (node == null || --node.references != 0) return 0;
  const result = node.ended != 0 ? 0 : node_links(node) == 0 ? end_inode(node) : node_write(node);
  let cell = bucket(node.number);
  while (load<Node | null>(cell) != node) {
    cell = changetype<usize>(load<Node | null>(cell)) + offsetof<Node>("next");
  }
  store<Node | null>(cell, node.next);
  node_count--;
  free(changetype<u32>(node));
  return result;
}

function end_inode(node: Node): i32 {
  const directory = node_is(node, EXT2_MODE_DIRECTORY);
  let result = has_blocks(node) ? node_truncate(node, 0) : 0;
  node_touch(node, INODE_DELETE_TIME);
  const kr = node_write(node);
  if (result == 0) result = kr;
  const released = inode_release(node.number, directory);
  return result != 0 ? result : released;
}

/** Puts the inode into its table's block. 0 or an error. */
export function node_write(node: Node): i32 {
  if (node.dirty == 0 || node.ended != 0) return 0;
  const block = inode_block(node.number);
  const table: usize = block == 0 ? 0 : block_read(block);
  if (table == 0) return block == 0 ? allocation_error : block_error;
  memory.copy(table + inode_offset(node.number), inode_of(node), EXT2_INODE_SIZE);
  block_changed(block);
  node.dirty = 0;
  return 0;
}

/** Ends the inodes that nothing links to though they are in use. The first error, or 0. */
export function nodes_end_unlinked(): i32 {
  let result: i32 = 0;
  for (let at: u32 = 0; at < BUCKETS; at++) {
    let node = load<Node | null>(buckets + (at << 2));
    while (node != null) {
      if (node_links(node) == 0 && node.ended == 0) {
        const kr = end_inode(node);
        if (result == 0) result = kr;
        node.ended = 1;
      }
      node = node.next;
    }
  }
  return result;
}

/** node_write for all nodes. The first error, or 0. */
export function nodes_write(): i32 {
  let result: i32 = 0;
  for (let at: u32 = 0; at < BUCKETS; at++) {
    let node = load<Node | null>(buckets + (at << 2));
    while (node != null) {
      const kr = node_write(node);
      if (result == 0) result = kr;
      node = node.next;
    }
  }
  return result;
}

// --- where the data are ---------------------------------------------------------------------------------------------

/** Short symbolic links are in the inode itself. */
export function has_blocks(node: Node): bool {
  if (node_is(node, EXT2_MODE_SYMLINK)) return load<u32>(inode_of(node) + INODE_SECTORS) != 0;
  return node_is(node, EXT2_MODE_FILE) || node_is(node, EXT2_MODE_DIRECTORY);
}

function pointer_cell(node: Node, index: u32): usize {
  return inode_of(node) + INODE_BLOCKS + (index << 2);
}

function count_block(node: Node, blocks: i32): void {
  const at = inode_of(node) + INODE_SECTORS;
  store<i32>(at, load<i32>(at) + blocks * <i32>(block_bytes / SECTOR_SIZE));
  node.dirty = 1;
}

/** Blocks that a tree of so many levels of pointers has at its leaves. */
function leaves(levels: u32): u64 {
  const per_block = <u64>(block_bytes / 4);
  let number: u64 = 1;
  for (; levels > 0; levels--) number *= per_block;
  return number;
}

let last_allocated: u32 = 0;

/** A free block for the node: near its last one. 0: node_error. */
function take_block(node: Node): u32 {
  const goal = last_allocated != 0 ? last_allocated + 1 : group_goal(inode_group(node.number));
  const block = block_allocate(goal);
  if (block == 0) {
    node_error = allocation_error;
    return 0;
  }
  last_allocated = block;
  count_block(node, 1);
  return block;
}

/**
 * The block of the volume that has block `index` of the node; 0: a hole, or with `make` node_error. With `make` a hole is
 * filled: `node_fresh` says that the block was free, and nobody has zeroed it.
 */
export function node_block(node: Node, index: u32, make: bool): u32 {
  node_error = 0;
  node_fresh = false;
  if (index < <u32>EXT2_DIRECT_BLOCKS) return leaf_cell(node, pointer_cell(node, index), 0, make);
  let rest = <u64>(index - EXT2_DIRECT_BLOCKS);
  for (let levels: u32 = 1; levels <= 3; levels++) {
    const below = leaves(levels);
    if (rest < below)
      return walk(node, pointer_cell(node, <u32>EXT2_DIRECT_BLOCKS + levels - 1), levels, rest, make);
    rest -= below;
  }
  node_error = EFBIG;
  return 0;
}

export let node_fresh: bool = false;

/** The block whose number is in `cell`, which is in block `holder` (0: in the inode). */
function leaf_cell(node: Node, cell: usize, holder: u32, make: bool): u32 {
  let block = load<u32>(cell);
  if (block != 0) {
    if (is_block(block)) return block;
    node_error = EIO;
    return 0;
  }
  if (!make) return 0;
  block = take_block(node);
  if (block == 0) return 0;
  // Taking a block has asked for few others: the cell is where it was.
  store<u32>(cell, block);
  if (holder == 0) node.dirty = 1;
  else block_changed(holder);
  node_fresh = true;
  return block;
}

function walk(node: Node, top: usize, levels: u32, rest: u64, make: bool): u32 {
  let cell = top;
  let holder: u32 = 0;
  for (; levels > 0; levels--) {
    const block = leaf_cell(node, cell, holder, make);
    if (block == 0) return 0;
    const data = node_fresh ? block_new(block) : block_read(block);
    if (data == 0) {
      node_error = block_error;
      return 0;
    }
    node_fresh = false;
    const below = leaves(levels - 1);
    cell = data + ((<u32>(rest / below)) << 2);
    rest %= below;
    holder = block;
  }
  return leaf_cell(node, cell, holder, make);
}

/** Frees what lies behind `size` bytes and sets the size. The part of the last block behind it is the caller's business. */
export function node_truncate(node: Node, size: u64): i32 {
  const keep = (size + <u64>(block_bytes - 1)) / <u64>block_bytes;
  let result: i32 = 0;
  let first: u64 = 0;
  for (let index: u32 = 0; index < <u32>EXT2_BLOCK_POINTERS; index++) {
    const levels: u32 = index < <u32>EXT2_DIRECT_BLOCKS ? 0 : index - EXT2_DIRECT_BLOCKS + 1;
    const span = leaves(levels);
    if (first + span > keep) {
      const cell = pointer_cell(node, index);
      const kr = cut(node, cell, levels, keep > first ? keep - first : 0);
      if (result == 0) result = kr;
    }
    first += span;
  }
  node_set_size(node, size);
  node_touch(node, INODE_MODIFY_TIME);
  node_touch(node, INODE_CHANGE_TIME);
  last_allocated = 0;
  return result;
}

/** Frees the leaves from number `keep` on of the tree whose root's number is in `cell`; with `keep` 0 the root too. */
function cut(node: Node, cell: usize, levels: u32, keep: u64): i32 {
  const block = load<u32>(cell);
  if (block == 0) return 0;
  if (!is_block(block)) return EIO;
  let result: i32 = 0;
  if (levels > 0) {
    const below = leaves(levels - 1);
    const per_block = block_bytes / 4;
    for (let index = <u32>(keep / below); index < per_block; index++) {
      const data = block_read(block);
      if (data == 0) return block_error;
      const child = data + (index << 2);
      if (load<u32>(child) == 0) continue;
      const first = <u64>index * below;
      const kept = keep > first ? keep - first : 0;
      const kr = cut(node, child, levels - 1, kept);
      if (kr != 0 && result == 0) result = kr;
      if (kept == 0) block_changed(block);
    }
  }
  if (keep > 0) return result;
  store<u32>(cell, 0);
  block_forget(block);
  const kr = block_release(block);
  if (kr == 0) count_block(node, -1);
  return result != 0 ? result : kr;
}
