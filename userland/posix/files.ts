// Files and directories by path.
import { stackAlloc } from "../../guest/i386";
import { EBADF, ENAMETOOLONG } from "../../abi/errno";
import { INBAND_MAX, O_DIRECTORY, O_NOLINK } from "../../abi/fs";
import {
  dir_link,
  dir_mkdir,
  dir_readdir,
  dir_rename,
  dir_rmdir,
  dir_symlink,
  dir_unlink,
  file_chmod,
  file_read_link,
  file_set_size,
  file_statfs,
  file_sync,
  file_syncfs,
  file_utimes,
} from "../generated/fs.generated";
import { io_map, io_stat } from "../generated/io.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { task_self } from "../lib/mach";
import { string_copy, string_length } from "../lib/string";
import { current_directory, FILE, kind_of, lookup, port_of, set_current } from "./descriptors";
import { note, set_errno } from "./errno";

const NAME_SIZE: u32 = 256;
const ROOT: usize = memory.data<u8>([47]);
const DOT: usize = memory.data<u8>([46]);

function drop(port: u32): void {
  mach_port_deallocate(task_self(), port);
}

/** The status words (STAT_WORDS_SIZE bytes) of an open file. 0 or -1. */
export function fstat(fd: u32, status: usize): i32 {
  return kind_of(fd) == FILE ? note(io_stat(port_of(fd), status)) : set_errno(EBADF);
}

function status_of(path: usize, flags: u32, status: usize): i32 {
  const port = stackAlloc(4);
  if (lookup(path, string_length(path), flags, 0, port) != 0) return -1;
  const result = note(io_stat(load<u32>(port), status));
  drop(load<u32>(port));
  return result;
}

export function stat(path: usize, status: usize): i32 {
  return status_of(path, 0, status);
}

/** A symbolic link's own. */
export function lstat(path: usize, status: usize): i32 {
  return status_of(path, O_NOLINK, status);
}

/** Bytes of `path` up to its last name, slashes at the end left out; the name goes to `name`. 0 for an error. */
function split(path: usize, name: usize): i32 {
  let end = string_length(path);
  while (end > 1 && load<u8>(path + end - 1) == 47) end--;
  let start = end;
  while (start > 0 && load<u8>(path + start - 1) != 47) start--;
  if (end - start >= NAME_SIZE) return set_errno(ENAMETOOLONG);
  memory.copy(name, path + start, end - start);
  store<u8>(name + (end - start), 0);
  return start;
}

/** Opens the directory that `path` is in; its last name goes to `name` (NAME_SIZE bytes). 0 or -1. */
function parent(path: usize, name: usize, port: usize): i32 {
  const length = split(path, name);
  if (length < 0) return -1;
  return lookup(length == 0 ? DOT : path, length == 0 ? 1 : length, O_DIRECTORY, 0, port);
}

export function mkdir(path: usize, mode: u32): i32 {
  const name = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  if (parent(path, name, port) != 0) return -1;
  const result = note(dir_mkdir(load<u32>(port), mode, name));
  drop(load<u32>(port));
  return result;
}

export function rmdir(path: usize): i32 {
  const name = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  if (parent(path, name, port) != 0) return -1;
  const result = note(dir_rmdir(load<u32>(port), name));
  drop(load<u32>(port));
  return result;
}

export function unlink(path: usize): i32 {
  const name = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  if (parent(path, name, port) != 0) return -1;
  const result = note(dir_unlink(load<u32>(port), name));
  drop(load<u32>(port));
  return result;
}

export function symlink(target: usize, path: usize): i32 {
  const name = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  if (parent(path, name, port) != 0) return -1;
  const result = note(dir_symlink(load<u32>(port), name, target, string_length(target)));
  drop(load<u32>(port));
  return result;
}

export function link(old: usize, path: usize): i32 {
  const name = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  const file = stackAlloc(4);
  if (lookup(old, string_length(old), O_NOLINK, 0, file) != 0) return -1;
  let result = parent(path, name, port);
  if (result == 0) {
    result = note(dir_link(load<u32>(port), load<u32>(file), name));
    drop(load<u32>(port));
  }
  drop(load<u32>(file));
  return result;
}

export function rename(old: usize, path: usize): i32 {
  const old_name = stackAlloc(NAME_SIZE);
  const name = stackAlloc(NAME_SIZE);
  const from = stackAlloc(4);
  const to = stackAlloc(4);
  if (parent(old, old_name, from) != 0) return -1;
  let result = parent(path, name, to);
  if (result == 0) {
    result = note(dir_rename(load<u32>(from), old_name, load<u32>(to), name));
    drop(load<u32>(to));
  }
  drop(load<u32>(from));
  return result;
}

/** The target of a symbolic link, cut to `capacity` bytes with a 0 behind it. Its length, or -1. */
export function readlink(path: usize, buffer: usize, capacity: u32): i32 {
  const port = stackAlloc(4);
  const target = stackAlloc(INBAND_MAX);
  const length = stackAlloc(4);
  if (lookup(path, string_length(path), O_NOLINK, 0, port) != 0) return -1;
  store<u32>(length, INBAND_MAX - 1);
  const result = note(file_read_link(load<u32>(port), target, length));
  drop(load<u32>(port));
  if (result != 0) return -1;
  store<u8>(target + load<u32>(length), 0);
  return string_copy(buffer, target, capacity);
}

export function chmod(path: usize, mode: u32): i32 {
  const port = stackAlloc(4);
  if (lookup(path, string_length(path), 0, 0, port) != 0) return -1;
  const result = note(file_chmod(load<u32>(port), mode));
  drop(load<u32>(port));
  return result;
}

export function utimes(path: usize, accessed: u32, modified: u32): i32 {
  const port = stackAlloc(4);
  if (lookup(path, string_length(path), 0, 0, port) != 0) return -1;
  const result = note(file_utimes(load<u32>(port), accessed, modified));
  drop(load<u32>(port));
  return result;
}

export function ftruncate(fd: u32, size: u64): i32 {
  return kind_of(fd) == FILE ? note(file_set_size(port_of(fd), size)) : set_errno(EBADF);
}

export function fsync(fd: u32): i32 {
  return kind_of(fd) == FILE ? note(file_sync(port_of(fd))) : set_errno(EBADF);
}

/** Writes everything to the disk. */
export function sync(): i32 {
  return note(file_syncfs(current_directory(), 0));
}

/** The words FS_STAT_* (FS_STAT_SIZE bytes) of the file system. */
export function statfs(status: usize): i32 {
  return note(file_statfs(current_directory(), status));
}

export function chdir(path: usize): i32 {
  const port = stackAlloc(4);
  if (lookup(path, string_length(path), O_DIRECTORY, 0, port) != 0) return -1;
  set_current(load<u32>(port));
  return 0;
}

/** Makes the root the current directory again. */
export function chdir_root(): i32 {
  const port = stackAlloc(4);
  if (lookup(ROOT, 1, O_DIRECTORY, 0, port) != 0) return -1;
  set_current(load<u32>(port));
  return 0;
}

/** Names of a directory from place `entry` on into `buffer` (2048 bytes), as DIR_* of abi/fs.ts. Bytes, 0 at the end, or -1. */
export function readdir(fd: u32, entry: u32, buffer: usize): i32 {
  if (kind_of(fd) != FILE) return set_errno(EBADF);
  const count = stackAlloc(4);
  store<u32>(count, INBAND_MAX);
  return note(dir_readdir(port_of(fd), entry, buffer, count)) == 0 ? load<u32>(count) : -1;
}

/** A memory object of the file's contents, to be mapped and given back; 0 for an error. */
export function file_object(fd: u32): u32 {
  const object = stackAlloc(4);
  if (kind_of(fd) != FILE) return set_errno(EBADF) + 1;
  return note(io_map(port_of(fd), object)) == 0 ? load<u32>(object) : 0;
}
