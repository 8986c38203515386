// Walking a directory tree.
import { EXT2_TYPE_DIRECTORY } from "../../abi/ext2";
import {
  DIR_LENGTH,
  DIR_NAME,
  DIR_NAME_LENGTH,
  DIR_NEXT,
  DIR_TYPE,
  O_DIRECTORY,
  O_READ,
  PATH_MAX,
} from "../../abi/fs";
import { free, malloc } from "../lib/heap";
import { close, open } from "./descriptors";
import { readdir } from "./files";

/** Is told of a file: its path, a byte string that is good until it returns, and its EXT2_TYPE_*. False: no further. */
export type Visitor = (path: usize, type: u32) => bool;

const LIST_SIZE: u32 = 2048;

/** Whether the name is `.` or `..`. */
export function is_dots(name: usize, length: u32): bool {
  return load<u8>(name) == 46 && (length == 1 || (length == 2 && load<u8>(name + 1) == 46));
}

/**
 * Visits everything below the directory at `path` (`length` bytes, with room for PATH_MAX), directories before what is in them;
 * symbolic links are not followed. How many directories could not be read; -1 when the visitor has had enough.
 */
export function walk_tree(path: usize, length: u32, visitor: Visitor): i32 {
  const fd = open(path, O_READ | O_DIRECTORY, 0);
  if (fd < 0) return 1;
  const list = malloc(LIST_SIZE);
  let failures = list == 0 ? 1 : 0;
  let entry: u32 = 0;
  let bytes: i32 = list == 0 ? 0 : readdir(fd, entry, list);
  while (bytes > 0) {
    for (let at: u32 = 0; at < <u32>bytes; at += load<u16>(list + at, DIR_LENGTH)) {
      entry = load<u32>(list + at, DIR_NEXT);
      const result = visit_entry(path, length, list + at, visitor);
      failures = result < 0 ? -1 : failures + result;
      if (failures < 0) break;
    }
    bytes = failures < 0 ? 0 : readdir(fd, entry, list);
  }
  if (bytes < 0) failures++;
  free(list);
  close(fd);
  return failures;
}

function visit_entry(path: usize, length: u32, entry: usize, visitor: Visitor): i32 {
  const name = entry + DIR_NAME;
  const bytes = <u32>load<u8>(entry, DIR_NAME_LENGTH);
  if (is_dots(name, bytes)) return 0;
  let end = length;
  if (end > 0 && load<u8>(path + end - 1) != 47) {
    store<u8>(path + end, 47);
    end++;
  }
  if (end + bytes >= <u32>PATH_MAX) return 1;
  memory.copy(path + end, name, bytes);
  store<u8>(path + end + bytes, 0);
  const type = <u32>load<u8>(entry, DIR_TYPE);
  let result: i32 = visitor(path, type) ? 0 : -1;
  if (result == 0 && type == EXT2_TYPE_DIRECTORY) result = walk_tree(path, end + bytes, visitor);
  store<u8>(path + length, 0);
  return result;
}
