// Entries of a name space: a radix tree from names to rights.
//
//   name = | level n-1 | ... | level 1 | level 0 |     6 bits each
//
// A node has 64 slots and a bitmap of the slots below which a name is still free, so that the lowest free name is
// found by one descent. Names 0 and 0xffffffff are never given out.
import { zalloc, zfree } from "../kern/zone";
import { IO_NULL, IpcObject } from "./ipc_object";
import { IpcMarequest } from "./ipc_marequest";
import { IpcSpace } from "./ipc_space";
import { ipc_zones } from "./ipc_zones";

@unmanaged
export class IpcEntry {
  /** User references (low 16 bits) and type (MACH_PORT_TYPE_*); 0: free, kept for its name. */
  bits!: u32;
  object: IpcObject = IO_NULL;
  /** Index of a dead-name request in the port's table (0: none); the next free entry when free. */
  request!: u32;
  name!: u32;
  /** Pending msg-accepted request. */
  marequest: IpcMarequest = changetype<IpcMarequest>(0);
  // Of send rights: the reverse hash of ipc_hash.ts.
  space: IpcSpace = changetype<IpcSpace>(0);
  hash_next: IpcEntry = changetype<IpcEntry>(0);
}

export const IE_NULL: IpcEntry = changetype<IpcEntry>(0);
export const IE_BITS_UREFS_MASK: u32 = 0xffff;
export const IE_BITS_TYPE_MASK: u32 = 0x1f0000;

/** Freed entries a space keeps for reuse. */
const FREE_LIST_LIMIT: u32 = 64;

const NODE_FREE_LOW: usize = 0;
const NODE_FREE_HIGH: usize = 4;
const NODE_COUNT: usize = 8;
const NODE_SLOTS: usize = 12;
export const ENTRY_NODE_SIZE: u32 = 12 + 64 * 4;
const LEVEL_BITS: u32 = 6;
const LEVEL_MASK: u32 = 63;
/** Six levels cover 36 bits, more than a name has. */
const LEVELS_MAX: u32 = 6;

export function ie_type(entry: IpcEntry): u32 {
  return entry.bits & IE_BITS_TYPE_MASK;
}

export function ie_urefs(entry: IpcEntry): u32 {
  return entry.bits & IE_BITS_UREFS_MASK;
}

/** Whether a tree of `levels` levels has a slot for `name`. */
function covers(levels: u32, name: u32): bool {
  return levels >= LEVELS_MAX || name >> (levels * LEVEL_BITS) == 0;
}

function slot_address(node: usize, level: u32, name: u32): usize {
  return node + NODE_SLOTS + (((name >> (level * LEVEL_BITS)) & LEVEL_MASK) << 2);
}

function node_create(): usize {
  const node = zalloc(ipc_zones().node);
  if (node == 0) return 0;
  store<u32>(node, <u32>0xffffffff, NODE_FREE_LOW);
  store<u32>(node, <u32>0xffffffff, NODE_FREE_HIGH);
  return node;
}

function node_full(node: usize): bool {
  return (load<u32>(node, NODE_FREE_LOW) | load<u32>(node, NODE_FREE_HIGH)) == 0;
}

function node_mark(node: usize, slot: u32, free: bool): void {
  const word = node + ((slot >> 5) << 2);
  const bit: u32 = 1 << (slot & 31);
  store<u32>(word, free ? load<u32>(word) | bit : load<u32>(word) & ~bit);
}

/** The lowest slot of a node that is not full. */
function node_first_free(node: usize): u32 {
  const low = load<u32>(node, NODE_FREE_LOW);
  return low ? ctz(low) : 32 + ctz(load<u32>(node, NODE_FREE_HIGH));
}

/** The entry of `name`, free ones (their type is 0) included, or null. */
export function ipc_entry_find(space: IpcSpace, name: u32): IpcEntry {
  if (space.levels != 1) return tree_descend(space, name);
  if (name > LEVEL_MASK) return IE_NULL;
  return changetype<IpcEntry>(load<usize>(space.tree + (name << 2), NODE_SLOTS));
}

/** ipc_entry_find in a tree of any height. */
function tree_descend(space: IpcSpace, name: u32): IpcEntry {
  let level = space.levels;
  if (level == 0 || !covers(level, name)) return IE_NULL;
  let node = space.tree;
  while (node != 0 && level > 0) {
    level--;
    node = load<usize>(slot_address(node, level, name));
  }
  return changetype<IpcEntry>(node);
}

/** The entry in use under `name`, or null. */
export function ipc_entry_lookup(space: IpcSpace, name: u32): IpcEntry {
  const entry = ipc_entry_find(space, name);
  return entry != IE_NULL && ie_type(entry) ? entry : IE_NULL;
}

/** Adds a level above the root. False when memory is short. */
function tree_grow(space: IpcSpace): bool {
  const root = node_create();
  if (root == 0) return false;
  if (space.levels == 0) {
    node_mark(root, 0, false); // name 0
  } else {
    store<usize>(root, space.tree, NODE_SLOTS);
    store<u32>(root, 1, NODE_COUNT);
    if (node_full(space.tree)) node_mark(root, 0, false);
  }
  space.tree = root;
  space.levels++;
  return true;
}

/** Restores the bitmaps above `name` after its slot changed, and frees nodes that became empty. */
function tree_fix_path(space: IpcSpace, node: usize, level: u32, name: u32): bool {
  const slot = (name >> (level * LEVEL_BITS)) & LEVEL_MASK;
  const address = slot_address(node, level, name);
  const child = load<usize>(address);
  if (level == 0) {
    node_mark(node, slot, child == 0);
  } else if (child != 0) {
    if (tree_fix_path(space, child, level - 1, name)) {
      zfree(ipc_zones().node, child);
      store<usize>(address, 0);
      store<u32>(node, load<u32>(node, NODE_COUNT) - 1, NODE_COUNT);
      node_mark(node, slot, true);
    } else {
      node_mark(node, slot, !node_full(child));
    }
  }
  // The node with slot 0 of level 0 holds the mark for name 0 and lives as long as the tree.
  return load<u32>(node, NODE_COUNT) == 0 && name >> ((level + 1) * LEVEL_BITS) != 0;
}

/** Makes the nodes down to `name` and returns its slot's node; 0 when memory is short. */
function tree_leaf(space: IpcSpace, name: u32): usize {
  while (space.levels == 0 || !covers(space.levels, name)) if (!tree_grow(space)) return 0;
  let level = space.levels - 1;
  let node = space.tree;
  while (level > 0) {
    const address = slot_address(node, level, name);
    let child = load<usize>(address);
    if (child == 0) {
      child = node_create();
      if (child == 0) {
        tree_fix_path(space, space.tree, space.levels - 1, name);
        return 0;
      }
      store<usize>(address, child);
      store<u32>(node, load<u32>(node, NODE_COUNT) + 1, NODE_COUNT);
    }
    node = child;
    level--;
  }
  return node;
}

/** Links a new entry under `name`, which must not be in the tree. Null when memory is short. */
function tree_insert(space: IpcSpace, name: u32): IpcEntry {
  const entry = changetype<IpcEntry>(zalloc(ipc_zones().entry));
  if (entry == IE_NULL) return IE_NULL;
  const leaf = tree_leaf(space, name);
  if (leaf == 0) {
    zfree(ipc_zones().entry, changetype<usize>(entry));
    return IE_NULL;
  }
  entry.name = name;
  entry.space = space;
  store<usize>(slot_address(leaf, 0, name), changetype<usize>(entry));
  store<u32>(leaf, load<u32>(leaf, NODE_COUNT) + 1, NODE_COUNT);
  tree_fix_path(space, space.tree, space.levels - 1, name);
  return entry;
}

function tree_remove(space: IpcSpace, name: u32): void {
  let node = space.tree;
  for (let level = space.levels - 1; level > 0; level--) node = load<usize>(slot_address(node, level, name));
  const address = slot_address(node, 0, name);
  zfree(ipc_zones().entry, load<usize>(address));
  store<usize>(address, 0);
  store<u32>(node, load<u32>(node, NODE_COUNT) - 1, NODE_COUNT);
  tree_fix_path(space, space.tree, space.levels - 1, name);
}

/** The lowest name that is not in the tree; 0 when none is left or memory is short. */
function tree_lowest_free(space: IpcSpace): u32 {
  if (space.levels == 0 || node_full(space.tree)) {
    if (space.levels == LEVELS_MAX || !tree_grow(space)) return 0;
  }
  let name: u32 = 0;
  let node = space.tree;
  let level = space.levels;
  while (level > 0) {
    level--;
    const slot: u32 = node ? node_first_free(node) : 0;
    name |= slot << (level * LEVEL_BITS);
    if (node) node = load<usize>(node + (slot << 2), NODE_SLOTS);
  }
  return name + 1 > 1 ? name : 0;
}

function free_list_pop(space: IpcSpace): IpcEntry {
  const entry = space.free_list;
  if (entry == IE_NULL) return IE_NULL;
  space.free_list = changetype<IpcEntry>(<usize>entry.request);
  space.free_count--;
  entry.request = 0;
  return entry;
}

function free_list_unlink(space: IpcSpace, entry: IpcEntry): void {
  if (space.free_list == entry) {
    free_list_pop(space);
    return;
  }
  let previous = space.free_list;
  while (<usize>previous.request != changetype<usize>(entry))
    previous = changetype<IpcEntry>(<usize>previous.request);
  previous.request = entry.request;
  entry.request = 0;
  space.free_count--;
}

/**
 * An entry under a fresh name: the one freed last, else the lowest. Its type is 0 until the caller sets it, which
 * must happen before anything else is done with the space. Null when memory is short.
 */
export function ipc_entry_alloc(space: IpcSpace): IpcEntry {
  let entry = free_list_pop(space);
  if (entry == IE_NULL) {
    const name = tree_lowest_free(space);
    if (name == 0) return IE_NULL;
    entry = tree_insert(space, name);
    if (entry == IE_NULL) return IE_NULL;
  }
  space.size++;
  return entry;
}

/** The entry under `name`, made if it is not in use (its type is then 0). Null when memory is short. */
export function ipc_entry_alloc_name(space: IpcSpace, name: u32): IpcEntry {
  let entry = ipc_entry_find(space, name);
  if (entry == IE_NULL) {
    entry = tree_insert(space, name);
    if (entry == IE_NULL) return IE_NULL;
  } else {
    if (ie_type(entry)) return entry;
    free_list_unlink(space, entry);
  }
  space.size++;
  return entry;
}

/** Gives a name back. The entry must hold no right and no requests any more. */
export function ipc_entry_dealloc(space: IpcSpace, entry: IpcEntry): void {
  space.size--;
  entry.bits = 0;
  entry.object = IO_NULL;
  entry.request = 0;
  entry.marequest = changetype<IpcMarequest>(0);
  if (!space.active) return; // the whole tree goes soon
  if (space.free_count < FREE_LIST_LIMIT) {
    entry.request = <u32>changetype<usize>(space.free_list);
    space.free_list = entry;
    space.free_count++;
  } else {
    tree_remove(space, entry.name);
  }
}

/** The entry with the lowest name >= `name` that is in the tree (it may be free), or null. */
export function ipc_entry_next(space: IpcSpace, name: u32): IpcEntry {
  const levels = space.levels;
  if (levels == 0) return IE_NULL;
  while (covers(levels, name)) {
    let node = space.tree;
    let level = levels;
    while (level > 0) {
      level--;
      node = load<usize>(slot_address(node, level, name));
      if (node == 0) break;
    }
    if (node != 0) return changetype<IpcEntry>(node);
    // Nothing at or below this slot of `level`: go on at the next one.
    const shift = level * LEVEL_BITS;
    const next = ((name >> shift) + 1) << shift;
    if (next <= name) return IE_NULL;
    name = next;
  }
  return IE_NULL;
}

function node_destroy(node: usize, level: u32): void {
  for (let slot: usize = 0; slot < 64; slot++) {
    const child = load<usize>(node + (slot << 2), NODE_SLOTS);
    if (child == 0) continue;
    if (level == 0) zfree(ipc_zones().entry, child);
    else node_destroy(child, level - 1);
  }
  zfree(ipc_zones().node, node);
}

/** Frees all entries and nodes of a space whose rights are gone. */
export function ipc_entry_tree_destroy(space: IpcSpace): void {
  if (space.levels) node_destroy(space.tree, space.levels - 1);
  space.tree = 0;
  space.levels = 0;
  space.free_list = IE_NULL;
  space.free_count = 0;
}
