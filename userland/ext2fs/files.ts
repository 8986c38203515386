// What is done with files and directories of the volume. All return 0 or an error; a call that fails leaves the volume sound.
import {
  EEXIST,
  EFBIG,
  EINVAL,
  EIO,
  EISDIR,
  EMLINK,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
} from "../../abi/errno";
import {
  EXT2_FAST_SYMLINK_LIMIT,
  EXT2_LINKS_MAX,
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_FILE,
  EXT2_MODE_SYMLINK,
  EXT2_MODE_TYPE,
  INODE_ACCESS_TIME,
  INODE_BLOCKS,
  INODE_CHANGE_TIME,
  INODE_MODE,
  INODE_MODIFY_TIME,
} from "../../abi/ext2";
import { block_error, block_forget, block_new, block_read, data_read, data_write } from "./blocks";
import {
  directory_enter,
  directory_find,
  directory_found,
  directory_is_empty,
  directory_remove,
  directory_replace,
  directory_start,
} from "./directory";
import {
  has_blocks,
  inode_of,
  Node,
  node_block,
  node_error,
  node_fresh,
  node_get,
  node_is,
  node_links,
  node_make,
  node_put,
  node_set_links,
  node_set_size,
  node_size,
  node_touch,
  node_truncate,
  nodes_end_unlinked,
  nodes_write,
} from "./node";
import {
  allocate,
  allocation_error,
  block_bytes,
  inode_allocate,
  inode_group,
  inode_release,
  volume_close,
  volume_has_large_file,
  volume_sync,
  volume_wants_sync,
  volume_writable,
} from "./volume";
import { free } from "../lib/heap";

/** The node that the last call made or found, with a reference for the caller. */
let result_node: Node | null = null;
export function file_node(): Node | null {
  return result_node;
}

/** Looks a name up in a directory; file_node is what it stands for. */
export function file_lookup(directory: Node, name: usize, length: u32): i32 {
  const kr = directory_find(directory, name, length);
  if (kr != 0) return kr;
  result_node = node_get(directory_found);
  return result_node == null ? node_error : 0;
}

/** Makes a file, a directory or (without contents) a symbolic link, by `mode`; file_node has it. */
export function file_create(directory: Node, name: usize, length: u32, mode: u32): i32 {
  const kr = may_enter(directory, name, length);
  if (kr != 0) return kr;
  const is_directory = (mode & EXT2_MODE_TYPE) == EXT2_MODE_DIRECTORY;
  if (is_directory && node_links(directory) >= <u32>EXT2_LINKS_MAX) return EMLINK;
  const number = inode_allocate(inode_group(directory.number), is_directory);
  if (number == 0) return allocation_error;
  const made = node_make(number);
  if (made == null) {
    inode_release(number, is_directory);
    return node_error;
  }
  store<u16>(inode_of(made) + INODE_MODE, <u16>mode);
  node_touch(made, INODE_ACCESS_TIME);
  node_touch(made, INODE_CHANGE_TIME);
  node_touch(made, INODE_MODIFY_TIME);
  let result = is_directory ? directory_start(made, directory) : 0;
  if (result == 0) result = directory_enter(directory, name, length, made);
  if (result != 0) {
    node_put(made);
    return result;
  }
  node_set_links(made, is_directory ? 2 : 1);
  if (is_directory) node_set_links(directory, node_links(directory) + 1);
  result_node = made;
  return 0;
}

/** Whether a name can be made: 0, EEXIST, ... */
function may_enter(directory: Node, name: usize, length: u32): i32 {
  const writable = volume_writable();
  if (writable != 0) return writable;
  if (length == 0) return ENOENT;
  const kr = directory_find(directory, name, length);
  if (kr == 0) return EEXIST;
  if (kr != ENOENT) return kr;
  return node_links(directory) == 0 ? ENOENT : 0;
}

/** Another name for a file. */
export function file_link(directory: Node, name: usize, length: u32, node: Node): i32 {
  if (node_is(node, EXT2_MODE_DIRECTORY)) return EISDIR;
  if (node_links(node) >= <u32>EXT2_LINKS_MAX) return EMLINK;
  let kr = may_enter(directory, name, length);
  if (kr == 0) kr = directory_enter(directory, name, length, node);
  if (kr == 0) node_set_links(node, node_links(node) + 1);
  return kr;
}

/** Removes a name: a directory's with `is_directory`, which must be empty. */
export function file_unlink(directory: Node, name: usize, length: u32, is_directory: bool): i32 {
  const writable = volume_writable();
  if (writable != 0) return writable;
  if (is_dots(name, length)) return is_directory ? EINVAL : EISDIR;
  let kr = file_lookup(directory, name, length);
  if (kr != 0) return kr;
  const node = result_node!;
  kr = may_remove(node, is_directory);
  // Looking into the directory has found other entries.
  if (kr == 0) kr = directory_find(directory, name, length);
  if (kr == 0) {
    directory_remove(directory);
    drop_link(directory, node);
  }
  const last = node_put(node);
  return kr != 0 ? kr : last;
}

function is_dots(name: usize, length: u32): bool {
  return load<u8>(name) == 46 && (length == 1 || (length == 2 && load<u8>(name + 1) == 46));
}

function may_remove(node: Node, is_directory: bool): i32 {
  if (node_is(node, EXT2_MODE_DIRECTORY) != is_directory) return is_directory ? ENOTDIR : EISDIR;
  return is_directory && !directory_is_empty(node) ? ENOTEMPTY : 0;
}

/** The pager of the file that lost its last name since this was last 0, or 0. */
export let unlinked_pager: u32 = 0;
export function forget_unlinked(): void {
  unlinked_pager = 0;
}

/** `node` has lost its name in `directory`. */
function drop_link(directory: Node, node: Node): void {
  if (node_is(node, EXT2_MODE_DIRECTORY)) {
    node_set_links(node, 0);
    node_set_links(directory, node_links(directory) - 1);
  } else if (node_links(node) != 0) {
    node_set_links(node, node_links(node) - 1);
    if (node_links(node) == 0) unlinked_pager = node.pager;
  }
}

/** Gives a file another name; what has that name is removed, if it may be. */
export function file_rename(
  from: Node,
  old_name: usize,
  old_length: u32,
  to: Node,
  new_name: usize,
  new_length: u32,
): i32 {
  const writable = volume_writable();
  if (writable != 0) return writable;
  if (is_dots(old_name, old_length) || is_dots(new_name, new_length)) return EINVAL;
  let kr = file_lookup(from, old_name, old_length);
  if (kr != 0) return kr;
  const node = result_node!;
  kr = rename_node(from, old_name, old_length, to, new_name, new_length, node);
  const last = node_put(node);
  return kr != 0 ? kr : last;
}

function rename_node(
  from: Node,
  old_name: usize,
  old_length: u32,
  to: Node,
  new_name: usize,
  new_length: u32,
  node: Node,
): i32 {
  const is_directory = node_is(node, EXT2_MODE_DIRECTORY);
  if (is_directory && from != to) {
    const inside = is_inside(to, node);
    if (inside != 0) return inside;
  }
  let kr = directory_find(to, new_name, new_length);
  if (kr == 0) {
    if (directory_found == node.number) return 0;
    kr = replace(to, new_name, new_length, node, is_directory && from != to);
  } else if (kr == ENOENT) {
    kr = node_links(to) == 0 || new_length == 0 ? ENOENT : directory_enter(to, new_name, new_length, node);
    if (kr == 0 && is_directory && from != to) node_set_links(to, node_links(to) + 1);
  }
  if (kr != 0) return kr;
  node_touch(node, INODE_CHANGE_TIME);
  kr = directory_find(from, old_name, old_length);
  if (kr != 0) return kr;
  directory_remove(from);
  if (!is_directory || from == to) return 0;
  node_set_links(from, node_links(from) - 1);
  const dots = memory.data<u8>([46, 46]);
  kr = directory_find(node, dots, 2);
  if (kr == 0) directory_replace(node, to);
  return kr;
}

/** The name in `to` stands for `node` instead of what it stood for. `arrives`: a directory that comes from elsewhere. */
function replace(to: Node, name: usize, length: u32, node: Node, arrives: bool): i32 {
  const gone = node_get(directory_found);
  if (gone == null) return node_error;
  let kr = may_remove(gone, node_is(node, EXT2_MODE_DIRECTORY));
  if (kr == 0) kr = directory_find(to, name, length);
  if (kr == 0) {
    directory_replace(to, node);
    drop_link(to, gone);
    if (arrives) node_set_links(to, node_links(to) + 1);
  }
  const last = node_put(gone);
  return kr != 0 ? kr : last;
}

/** EINVAL when `directory` is `node` or in it. */
function is_inside(directory: Node, node: Node): i32 {
  const dots = memory.data<u8>([46, 46]);
  let number = directory.number;
  for (let depth: u32 = 0; depth < 4096; depth++) {
    if (number == node.number) return EINVAL;
    if (number == 2) return 0;
    const at = node_get(number);
    if (at == null) return node_error;
    const kr = directory_find(at, dots, 2);
    node_put(at);
    if (kr != 0) return kr;
    number = directory_found;
  }
  return EIO;
}

/** Makes a new symbolic link say `target`. */
export function link_write(node: Node, target: usize, length: u32): i32 {
  if (length == 0) return ENOENT;
  if (length >= block_bytes) return ENAMETOOLONG;
  if (length < <u32>EXT2_FAST_SYMLINK_LIMIT) {
    memory.copy(inode_of(node) + INODE_BLOCKS, target, length);
  } else {
    const block = node_block(node, 0, true);
    if (block == 0) return node_error;
    const data = block_new(block);
    if (data == 0) return block_error;
    memory.copy(data, target, length);
  }
  node_set_size(node, length);
  return 0;
}

/** Reads a symbolic link's target into a buffer of a block's size; its length goes to `length`. */
export function link_read(node: Node, buffer: usize, length: usize): i32 {
  if (!node_is(node, EXT2_MODE_SYMLINK)) return EINVAL;
  const size = <u32>node_size(node);
  if (size >= block_bytes) return EIO;
  store<u32>(length, size);
  if (!has_blocks(node)) {
    if (size > <u32>EXT2_FAST_SYMLINK_LIMIT) return EIO;
    memory.copy(buffer, inode_of(node) + INODE_BLOCKS, size);
    return 0;
  }
  const block = node_block(node, 0, false);
  if (block == 0) return EIO;
  const data = block_read(block);
  if (data == 0) return block_error;
  memory.copy(buffer, data, size);
  return 0;
}

// --- data, by blocks ------------------------------------------------------------------------------------------------

/** Reads `count` blocks of a file from `index` on; holes are zeros. */
export function file_read_blocks(node: Node, index: u32, buffer: usize, count: u32): i32 {
  while (count > 0) {
    const block = node_block(node, index, false);
    if (block == 0 && node_error != 0) return node_error;
    let run: u32 = 1;
    if (block == 0) {
      memory.fill(buffer, 0, block_bytes);
    } else {
      while (run < count && node_block(node, index + run, false) == block + run) run++;
      const kr = data_read(block, buffer, run);
      if (kr != 0) return kr;
    }
    index += run;
    count -= run;
    buffer += run * block_bytes;
  }
  return 0;
}

/** Writes whole blocks of a file, which get their place on the disk now if they have none. */
export function file_write_blocks(node: Node, index: u32, buffer: usize, count: u32): i32 {
  while (count > 0) {
    const block = node_block(node, index, true);
    if (block == 0) return node_error;
    if (node_fresh) block_forget(block);
    let run: u32 = 1;
    while (run < count) {
      const next = node_block(node, index + run, true);
      if (next != block + run) break;
      if (node_fresh) block_forget(next);
      run++;
    }
    const kr = data_write(block, buffer, run);
    if (kr != 0) return kr;
    index += run;
    count -= run;
    buffer += run * block_bytes;
  }
  return 0;
}

/** Largest size in bytes that block numbers of 32 bits in a file can give. */
function largest(): u64 {
  const per_block = <u64>(block_bytes / 4);
  const blocks = 12 + per_block + per_block * per_block + per_block * per_block * per_block;
  return min<u64>(blocks, 0xffffffff) * <u64>block_bytes;
}

/** Sets a file's size. What is cut off is freed; what is added reads as zeros. */
export function file_set_size(node: Node, size: u64): i32 {
  const writable = volume_writable();
  if (writable != 0) return writable;
  if (!node_is(node, EXT2_MODE_FILE)) return EISDIR;
  if (size > largest()) return EFBIG;
  const old = node_size(node);
  if (size < old) {
    const kr = node_truncate(node, size);
    return kr != 0 ? kr : clear_tail(node, size);
  }
  if (size >> 31 != 0) volume_has_large_file();
  node_set_size(node, size);
  node_touch(node, INODE_MODIFY_TIME);
  return 0;
}

/** Zeroes the part of the last block behind the end. */
function clear_tail(node: Node, size: u64): i32 {
  const rest = <u32>(size % <u64>block_bytes);
  if (rest == 0) return 0;
  const block = node_block(node, <u32>(size / <u64>block_bytes), false);
  if (block == 0) return node_error;
  const buffer = allocate(block_bytes);
  if (buffer == 0) return allocation_error;
  let kr = data_read(block, buffer, 1);
  if (kr == 0) {
    memory.fill(buffer + rest, 0, block_bytes - rest);
    kr = data_write(block, buffer, 1);
  }
  free(buffer);
  return kr;
}

/** Writes everything that is only in memory. `clean`: the volume is no longer in use, or will be marked so again. */
export function file_system_sync(clean: bool): i32 {
  const nodes = nodes_write();
  const volume = volume_sync(clean && nodes == 0);
  return nodes != 0 ? nodes : volume;
}

/** A sync, if it is time for one: to be called between two changes. */
export function file_system_settle(): void {
  if (volume_wants_sync()) file_system_sync(false);
}

/** The last sync: ends what only openings kept, and takes no more changes. */
export function file_system_close(): i32 {
  const ended = nodes_end_unlinked();
  const written = file_system_sync(ended == 0);
  volume_close();
  return ended != 0 ? ended : written;
}
