// Directories: names in blocks, each entry as long as the way to the next one.
import { EEXIST, EIO, ENAMETOOLONG, ENOENT, ENOTDIR } from "../../abi/errno";
import {
  DIRENT_INODE,
  DIRENT_LENGTH,
  DIRENT_NAME,
  DIRENT_NAME_LENGTH,
  DIRENT_TYPE,
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_SYMLINK,
  EXT2_MODE_TYPE,
  EXT2_NAME_MAX,
  EXT2_TYPE_DIRECTORY,
  EXT2_TYPE_FILE,
  EXT2_TYPE_SYMLINK,
  INODE_CHANGE_TIME,
  INODE_MODIFY_TIME,
} from "../../abi/ext2";
import { block_changed, block_error, block_new, block_read } from "./blocks";
import {
  Node,
  node_block,
  node_error,
  node_is,
  node_mode,
  node_set_size,
  node_size,
  node_touch,
} from "./node";
import { block_bytes, volume_blocks, volume_inodes, volume_typed } from "./volume";

/** Where directory_find found the name. */
let found_at: usize = 0;
let found_block: u32 = 0;
/** The entry in front of it in the same block; 0: it is the first. */
let found_before: usize = 0;
/** The inode that the name stands for. */
export let directory_found: u32 = 0;

function blocks_of(directory: Node): u32 {
  return min<u32>(<u32>(node_size(directory) / <u64>block_bytes), volume_blocks);
}

/** The contents of block `index`; 0: directory_error. */
function read_block(directory: Node, index: u32): usize {
  found_block = node_block(directory, index, false);
  if (found_block == 0) {
    directory_error = node_error != 0 ? node_error : EIO;
    return 0;
  }
  const data = block_read(found_block);
  if (data == 0) directory_error = block_error;
  return data;
}

let directory_error: i32 = 0;

/** The length of the entry at `at` of a block at `data`; 0 when it cannot be one. */
function entry_length(data: usize, at: u32): u32 {
  const entry = data + at;
  const length: u32 = load<u16>(entry + DIRENT_LENGTH);
  const shortest = <u32>DIRENT_NAME + <u32>load<u8>(entry + DIRENT_NAME_LENGTH);
  const good = length >= shortest && (length & 3) == 0 && length <= block_bytes - at;
  return good && load<u32>(entry + DIRENT_INODE) <= volume_inodes ? length : 0;
}

function has_name(entry: usize, name: usize, length: u32): bool {
  if (load<u32>(entry + DIRENT_INODE) == 0 || <u32>load<u8>(entry + DIRENT_NAME_LENGTH) != length)
    return false;
  return memory.compare(entry + DIRENT_NAME, name, length) == 0;
}

/** Looks for the name: 0, ENOENT, or what is wrong. */
export function directory_find(directory: Node, name: usize, length: u32): i32 {
  if (!node_is(directory, EXT2_MODE_DIRECTORY)) return ENOTDIR;
  if (length > <u32>EXT2_NAME_MAX) return ENAMETOOLONG;
  const blocks = blocks_of(directory);
  for (let index: u32 = 0; index < blocks; index++) {
    const data = read_block(directory, index);
    if (data == 0) return directory_error;
    found_before = 0;
    for (let at: u32 = 0; at < block_bytes;) {
      const step = entry_length(data, at);
      if (step == 0) return EIO;
      if (has_name(data + at, name, length)) {
        found_at = data + at;
        directory_found = load<u32>(found_at + DIRENT_INODE);
        return 0;
      }
      found_before = data + at;
      at += step;
    }
  }
  return ENOENT;
}

/** Bytes that an entry with a name of `length` needs. */
function needed(length: u32): u32 {
  return (<u32>DIRENT_NAME + length + 3) & ~(<u32>3);
}

function type_of(mode: u32): u32 {
  const type = mode & EXT2_MODE_TYPE;
  if (!volume_typed()) return 0;
  if (type == EXT2_MODE_DIRECTORY) return EXT2_TYPE_DIRECTORY;
  return type == EXT2_MODE_SYMLINK ? EXT2_TYPE_SYMLINK : EXT2_TYPE_FILE;
}

function set_entry(entry: usize, number: u32, mode: u32, name: usize, length: u32): void {
  store<u32>(entry + DIRENT_INODE, number);
  store<u8>(entry + DIRENT_NAME_LENGTH, <u8>length);
  store<u8>(entry + DIRENT_TYPE, <u8>type_of(mode));
  memory.copy(entry + DIRENT_NAME, name, length);
}

function changed(directory: Node): void {
  node_touch(directory, INODE_MODIFY_TIME);
  node_touch(directory, INODE_CHANGE_TIME);
}

/** Enters `name` for `node`. EEXIST, or what is wrong; nothing is changed then. */
export function directory_enter(directory: Node, name: usize, length: u32, node: Node): i32 {
  const kr = directory_find(directory, name, length);
  if (kr != ENOENT) return kr == 0 ? EEXIST : kr;
  const room = needed(length);
  const blocks = blocks_of(directory);
  for (let index: u32 = 0; index < blocks; index++) {
    const data = read_block(directory, index);
    if (data == 0) return directory_error;
    for (let at: u32 = 0; at < block_bytes;) {
      const step = entry_length(data, at);
      if (step == 0) return EIO;
      const entry = data + at;
      const used = load<u32>(entry + DIRENT_INODE) == 0 ? 0 : needed(load<u8>(entry + DIRENT_NAME_LENGTH));
      if (step - used >= room) {
        const fresh = entry + used;
        if (used != 0) {
          store<u16>(entry + DIRENT_LENGTH, <u16>used);
          store<u16>(fresh + DIRENT_LENGTH, <u16>(step - used));
        }
        set_entry(fresh, node.number, node_mode(node), name, length);
        block_changed(found_block);
        changed(directory);
        return 0;
      }
      at += step;
    }
  }
  return enter_behind(directory, blocks, name, length, node);
}

/** Enters the name in a new block of the directory. */
function enter_behind(directory: Node, blocks: u32, name: usize, length: u32, node: Node): i32 {
  const block = node_block(directory, blocks, true);
  if (block == 0) return node_error;
  const data = block_new(block);
  if (data == 0) return block_error;
  store<u16>(data + DIRENT_LENGTH, <u16>block_bytes);
  set_entry(data, node.number, node_mode(node), name, length);
  node_set_size(directory, <u64>(blocks + 1) * <u64>block_bytes);
  changed(directory);
  return 0;
}

/** Takes out the name that directory_find has just found. */
export function directory_remove(directory: Node): void {
  if (found_before == 0) {
    store<u32>(found_at + DIRENT_INODE, 0);
  } else {
    const length = <u32>load<u16>(found_before + DIRENT_LENGTH) + <u32>load<u16>(found_at + DIRENT_LENGTH);
    store<u16>(found_before + DIRENT_LENGTH, <u16>length);
  }
  block_changed(found_block);
  changed(directory);
}

/** Makes the name that directory_find has just found stand for `node`. */
export function directory_replace(directory: Node, node: Node): void {
  store<u32>(found_at + DIRENT_INODE, node.number);
  store<u8>(found_at + DIRENT_TYPE, <u8>type_of(node_mode(node)));
  block_changed(found_block);
  changed(directory);
}

/** The first two names of a new directory. 0 or an error. */
export function directory_start(directory: Node, parent: Node): i32 {
  const block = node_block(directory, 0, true);
  if (block == 0) return node_error;
  const data = block_new(block);
  if (data == 0) return block_error;
  const dots = memory.data<u8>([46, 46]);
  set_entry(data, directory.number, EXT2_MODE_DIRECTORY, dots, 1);
  store<u16>(data + DIRENT_LENGTH, <u16>needed(1));
  set_entry(data + needed(1), parent.number, EXT2_MODE_DIRECTORY, dots, 2);
  store<u16>(data + needed(1) + DIRENT_LENGTH, <u16>(block_bytes - needed(1)));
  node_set_size(directory, block_bytes);
  return 0;
}

/**
 * The entry at or behind byte `from` of the directory: its address, and where the next one is in directory_next. 0 at the
 * end, or when directory_next is 0 what is wrong is in directory_failure.
 */
export function directory_entry(directory: Node, from: u32): usize {
  const end = blocks_of(directory) * block_bytes;
  while (from < end) {
    const data = read_block(directory, from / block_bytes);
    const at = from % block_bytes;
    const step = data == 0 ? 0 : entry_length(data, at);
    if (step == 0) {
      directory_failure = data == 0 ? directory_error : EIO;
      directory_next = 0;
      return 0;
    }
    directory_next = from + step;
    if (load<u32>(data + at + DIRENT_INODE) != 0) return data + at;
    from += step;
  }
  directory_failure = 0;
  directory_next = end;
  return 0;
}

export let directory_next: u32 = 0;
export let directory_failure: i32 = 0;

/** Whether the directory can be read, and holds nothing but itself and its parent. */
export function directory_is_empty(directory: Node): bool {
  let entry = directory_entry(directory, 0);
  while (entry != 0) {
    const length = <u32>load<u8>(entry + DIRENT_NAME_LENGTH);
    const dots =
      load<u8>(entry + DIRENT_NAME) == 46 &&
      (length == 1 || (length == 2 && load<u8>(entry + DIRENT_NAME + 1) == 46));
    if (!dots) return false;
    entry = directory_entry(directory, directory_next);
  }
  return directory_failure == 0;
}
