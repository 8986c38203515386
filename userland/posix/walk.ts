// Walking a directory tree.
import { EXT2_TYPE_DIRECTORY } from "../../abi/ext2";
import { DIR_NAME, DIR_NAME_LENGTH, DIR_TYPE, PATH_MAX } from "../../abi/fs";
import { directory_close, directory_next_name, directory_open } from "./directory";

/** Is told of a file: its path, a byte string that is good until it returns, and its EXT2_TYPE_*. False: no further. */
export type Visitor = (path: usize, type: u32) => bool;

/** Whether the name is `.` or `..`. */
export function is_dots(name: usize, length: u32): bool {
  return load<u8>(name) == 46 && (length == 1 || (length == 2 && load<u8>(name + 1) == 46));
}

/**
 * Visits everything below the directory at `path` (`length` bytes, with room for PATH_MAX), directories before what is in them;
 * symbolic links are not followed. How many directories could not be read; -1 when the visitor has had enough.
 */
export function walk_tree(path: usize, length: u32, visitor: Visitor): i32 {
  const directory = directory_open(path);
  if (directory == null) return 1;
  let failures: i32 = 0;
  let entry = directory_next_name(directory);
  while (entry != 0 && failures >= 0) {
    const result = visit_entry(path, length, entry, visitor);
    failures = result < 0 ? -1 : failures + result;
    if (failures >= 0) entry = directory_next_name(directory);
  }
  if (!directory_close(directory)) failures++;
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
