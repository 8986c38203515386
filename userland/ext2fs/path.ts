// From a path to a node, by way of symbolic links. The volume's lock is held.
import { ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from "../../abi/errno";
import { EXT2_MAX_BLOCK_SIZE, EXT2_MODE_DIRECTORY, EXT2_MODE_SYMLINK, EXT2_ROOT_INODE } from "../../abi/ext2";
import { PATH_MAX, SYMLINKS_MAX } from "../../abi/fs";
import { string_length } from "../lib/string";
import { file_lookup, file_node, link_read } from "./files";
import { Node, node_error, node_get, node_is, node_put, node_reference } from "./node";

const SLASH: u32 = 47;

/** What is still to be walked, and room to put a link's target in front of it. */
const rest: usize = memory.data(1025);
const target: usize = memory.data(4096);
const target_length: usize = memory.data(4);

/** Where the walk has come to: the node (with a reference), or the directory whose last name is not there. */
let at: Node | null = null;
export let path_last: usize = 0;
export let path_last_length: u32 = 0;

export function path_node(): Node | null {
  return at;
}

function move_to(node: Node | null): i32 {
  node_put(at);
  at = node;
  return node == null ? node_error : 0;
}

/** Puts the target of the link `link` in front of the `length` bytes of path at `from`. */
function insert_link(link: Node, from: usize, length: u32): i32 {
  const error = link_read(link, target, target_length);
  if (error != 0) return error;
  const bytes = load<u32>(target_length);
  if (bytes > <u32>EXT2_MAX_BLOCK_SIZE || bytes + length >= <u32>PATH_MAX) return ENAMETOOLONG;
  memory.copy(rest + bytes, from, length);
  memory.copy(rest, target, bytes);
  store<u8>(rest + bytes + length, 0);
  return 0;
}

/**
 * Walks `length` bytes of `path` from `start` on. 0: path_node has what it names, with a reference. ENOENT: if `path_last` is
 * not 0, only the last name is not there, and path_node has the directory that it would be in. `follow`: a symbolic link at
 * the end is followed.
 */
export function path_walk(start: Node, path: usize, length: u32, follow: bool): i32 {
  path_last = 0;
  at = null;
  if (length >= <u32>PATH_MAX) return ENAMETOOLONG;
  memory.copy(rest, path, length);
  store<u8>(rest + length, 0);
  node_reference(start);
  at = start;
  const error = walk(follow);
  if (error != 0 && path_last == 0) move_to(null);
  return error;
}

/** What is left to walk. */
let left: usize = 0;

function walk(follow: bool): i32 {
  left = rest;
  links = 0;
  if (load<u8>(left) == 0) return ENOENT;
  let error: i32 = 0;
  do {
    error = step(follow);
  } while (error == 0 && load<u8>(left) != 0);
  return error;
}

let links: u32 = 0;

/** Goes on by one name. */
function step(follow: bool): i32 {
  if (load<u8>(left) == SLASH) {
    if (left == rest) {
      const error = move_to(node_get(EXT2_ROOT_INODE));
      if (error != 0) return error;
    }
    while (load<u8>(left) == SLASH) left++;
    if (!node_is(at!, EXT2_MODE_DIRECTORY)) return ENOTDIR;
    if (load<u8>(left) == 0) return 0;
  }
  let end = left;
  while (load<u8>(end) != 0 && load<u8>(end) != SLASH) end++;
  const error = file_lookup(at!, left, <u32>(end - left));
  if (error != 0) {
    note_last(error, end);
    return error;
  }
  const found = file_node()!;
  if (!node_is(found, EXT2_MODE_SYMLINK) || (!follow && load<u8>(end) == 0)) {
    left = end;
    return move_to(found);
  }
  links++;
  const failed = links > <u32>SYMLINKS_MAX ? ELOOP : insert_link(found, end, string_length(end));
  node_put(found);
  left = rest;
  return failed;
}

/** Whether it is the last name, up to `end`, that was not found. */
function note_last(error: i32, end: usize): void {
  let behind = end;
  while (load<u8>(behind) == SLASH) behind++;
  if (error != ENOENT || load<u8>(behind) != 0) return;
  path_last = left;
  path_last_length = <u32>(end - left);
}
