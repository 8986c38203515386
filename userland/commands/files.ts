// ls, cp, mv, rm, mkdir, rmdir, ln, touch, chmod, pwd, find.
import { EEXIST, EISDIR } from "../../abi/errno";
import { EXT2_TYPE_DIRECTORY, EXT2_TYPE_FILE, EXT2_TYPE_SYMLINK } from "../../abi/ext2";
import {
  DIR_NAME,
  DIR_NAME_LENGTH,
  O_CREAT,
  O_READ,
  O_TRUNC,
  O_WRITE,
  PATH_MAX,
  STAT_INODE,
  STAT_LINKS,
  STAT_MODE,
  STAT_MODIFY_TIME,
  STAT_SIZE,
} from "../../abi/fs";
import { free, malloc, realloc } from "../lib/heap";
import { print, print_byte, print_bytes, print_line, print_spaces, print_u32_padded } from "../lib/print";
import { string_copy, string_equals, string_length, string_compare } from "../lib/string";
import { complain, has_option, operand, operands } from "../posix/command";
import { close, open, read, write } from "../posix/descriptors";
import { directory_close, directory_next_name, directory_open } from "../posix/directory";
import { errno, set_errno } from "../posix/errno";
import {
  chmod as change_mode,
  link,
  lstat,
  mkdir as make_directory,
  readlink,
  rename,
  rmdir as remove_directory,
  stat,
  symlink,
  unlink,
  utimes,
} from "../posix/files";
import { matches_pattern } from "../posix/shell-pattern";
import { is_dots, walk_tree } from "../posix/walk";
import { now, print_date } from "./time";

const status: usize = memory.data(64);
const other_status: usize = memory.data(64);
const path: usize = memory.data(1025);
const other: usize = memory.data(1025);
const DOT: usize = memory.data<u8>([46, 0]);
const PIECE: u32 = 32768;

function is_directory(file: usize): bool {
  return stat(file, other_status) == 0 && load<u32>(other_status, STAT_MODE) >>> 12 == 4;
}

/** `directory/name of from` into `to`. */
function join_paths(to: usize, directory: usize, from: usize): void {
  let length = string_copy(to, directory, PATH_MAX - 260);
  if (length > 0 && load<u8>(to + length - 1) != 47) {
    store<u8>(to + length, 47);
    length++;
  }
  let base = from;
  for (let at = from; load<u8>(at) != 0; at++) if (load<u8>(at) == 47 && load<u8>(at + 1) != 0) base = at + 1;
  string_copy(to + length, base, 256);
}

// --- ls ---

let names: usize = 0;
let name_count: u32 = 0;
let name_room: u32 = 0;

function add_name(name: usize, length: u32): void {
  if (name_count == name_room) {
    const fresh = realloc(<u32>names, (name_room + 256) * 4);
    if (fresh == 0) return;
    names = fresh;
    name_room += 256;
  }
  const copy = malloc(length + 1);
  if (copy == 0) return;
  memory.copy(copy, name, length);
  store<u8>(copy + length, 0);
  store<u32>(names + ((<usize>name_count) << 2), copy);
  name_count++;
}

function name_at(index: u32): usize {
  return load<u32>(names + ((<usize>index) << 2));
}

function is_before(a: u32, b: u32): bool {
  const order: i32 = string_compare(name_at(a), name_at(b));
  return order < 0;
}

/** Sifts a name down in the heap that sort_names makes. */
function sift(root: u32, end: u32): void {
  for (let child: u32 = 2 * root + 1; child < end; child = 2 * root + 1) {
    if (child + 1 < end && is_before(child, child + 1)) child++;
    if (!is_before(root, child)) return;
    swap(root, child);
    root = child;
  }
}

function swap(a: u32, b: u32): void {
  const name = name_at(a);
  store<u32>(names + ((<usize>a) << 2), <u32>name_at(b));
  store<u32>(names + ((<usize>b) << 2), <u32>name);
}

function sort_names(): void {
  for (let root = name_count / 2; root > 0; root--) sift(root - 1, name_count);
  for (let end = name_count; end > 1; end--) {
    swap(0, end - 1);
    sift(0, end - 1);
  }
}

function print_mode(mode: u32): void {
  const type = mode >>> 12;
  print_byte(type == 4 ? 100 : type == 10 ? 108 : 45);
  for (let shift: i32 = 6; shift >= 0; shift -= 3) {
    const bits = mode >>> shift;
    print_byte((bits & 4) != 0 ? 114 : 45);
    print_byte((bits & 2) != 0 ? 119 : 45);
    print_byte((bits & 1) != 0 ? 120 : 45);
  }
}

function print_long(file: usize, name: usize): void {
  if (lstat(file, status) != 0) return complain(file);
  if (has_option("i")) {
    print_u32_padded(load<u32>(status, STAT_INODE), 7);
    print_byte(32);
  }
  const mode = load<u32>(status, STAT_MODE);
  print_mode(mode);
  print_u32_padded(load<u32>(status, STAT_LINKS), 4);
  print_u32_padded(load<u32>(status, STAT_SIZE), 11);
  print_spaces(1);
  print_date(load<u32>(status, STAT_MODIFY_TIME));
  print_spaces(1);
  print_bytes(name);
  if (mode >>> 12 == 10 && readlink(file, other, PATH_MAX) >= 0) {
    print(" -> ");
    print_bytes(other);
  }
  print_byte(10);
}

/** Lists the directory that `path` says. */
function list_directory(): i32 {
  const directory = directory_open(path);
  if (directory == null) {
    complain(path);
    return 1;
  }
  name_count = 0;
  for (let entry = directory_next_name(directory); entry != 0; entry = directory_next_name(directory))
    if (load<u8>(entry + DIR_NAME) != 46 || has_option("a"))
      add_name(entry + DIR_NAME, load<u8>(entry, DIR_NAME_LENGTH));
  directory_close(directory);
  sort_names();
  const length = string_length(path);
  for (let index: u32 = 0; index < name_count; index++) {
    const name = name_at(index);
    if (has_option("l") || has_option("i")) {
      store<u8>(path + length, 47);
      string_copy(path + length + 1, name, 256);
      print_long(path, name);
      store<u8>(path + length, 0);
    } else {
      print_bytes(name);
      print_byte(10);
    }
    free(<u32>name);
  }
  return 0;
}

export function ls(): i32 {
  let result: i32 = 0;
  const count = max<i32>(operands(), 1);
  for (let index = 0; index < count; index++) {
    const name = operands() == 0 ? DOT : operand(index);
    if (lstat(name, status) != 0) {
      complain(name);
      result = 1;
      continue;
    }
    string_copy(path, name, PATH_MAX - 260);
    const link_itself = has_option("l") && load<u32>(status, STAT_MODE) >>> 12 == 10;
    if (!link_itself && is_directory(name) && !has_option("d")) {
      if (count > 1) {
        if (index > 0) print_byte(10);
        print_bytes(name);
        print_byte(58);
        print_byte(10);
      }
      if (list_directory() != 0) result = 1;
    } else if (has_option("l") || has_option("i")) print_long(name, name);
    else {
      print_bytes(name);
      print_byte(10);
    }
  }
  return result;
}

// --- cp, mv, rm ---

function copy_file(from: usize, to: usize): bool {
  const input = open(from, O_READ, 0);
  if (input < 0 || stat(from, status) != 0) return fail(from);
  const output = open(to, O_WRITE | O_CREAT | O_TRUNC, load<u32>(status, STAT_MODE) & 0xfff);
  const buffer = malloc(PIECE);
  let good = output >= 0 && buffer != 0;
  let got: i32 = good ? read(input, buffer, PIECE) : 0;
  while (got > 0 && good) {
    if (write(output, buffer, got) != got) good = false;
    else got = read(input, buffer, PIECE);
  }
  if (!good || got < 0) fail(to);
  close(input);
  if (output >= 0) close(output);
  free(buffer);
  return good && got == 0;
}

function fail(name: usize): bool {
  complain(name);
  return false;
}

/** Copies a tree; `from` and `to` have room for PATH_MAX. */
function copy_tree(from: usize, to: usize): bool {
  if (lstat(from, status) != 0) return fail(from);
  const type = load<u32>(status, STAT_MODE) >>> 12;
  if (type == 10) {
    const target = malloc(PATH_MAX);
    const good = readlink(from, target, PATH_MAX) >= 0 && symlink(target, to) == 0;
    free(target);
    return good || fail(to);
  }
  if (type != 4) return copy_file(from, to);
  if (make_directory(to, load<u32>(status, STAT_MODE) & 0xfff) != 0 && errno != EEXIST) return fail(to);
  return for_each_name(from, to, copy_tree);
}

type PairCall = (from: usize, to: usize) => bool;

/** Calls with `from/NAME` and `to/NAME` for each name in `from`. */
function for_each_name(from: usize, to: usize, call: PairCall): bool {
  const directory = directory_open(from);
  if (directory == null) return fail(from);
  const inner = malloc(PATH_MAX);
  const outer = malloc(PATH_MAX);
  let good = true;
  for (let entry = directory_next_name(directory); entry != 0; entry = directory_next_name(directory)) {
    if (is_dots(entry + DIR_NAME, load<u8>(entry, DIR_NAME_LENGTH))) continue;
    join_paths(inner, from, entry + DIR_NAME);
    join_paths(outer, to, entry + DIR_NAME);
    if (!call(inner, outer)) good = false;
  }
  directory_close(directory);
  free(inner);
  free(outer);
  return good;
}

/** Where an operand goes: the last operand, or a place in it if it is a directory. */
function target_of(from: usize): usize {
  const last = operand(operands() - 1);
  if (!is_directory(last)) return last;
  join_paths(path, last, from);
  return path;
}

function usage(text: string): i32 {
  print_line(text);
  return 2;
}

export function cp(): i32 {
  if (operands() < 2) return usage("usage: cp [-r] FROM... TO");
  let result: i32 = 0;
  for (let index = 0; index + 1 < operands(); index++) {
    const from = operand(index);
    const to = target_of(from);
    if (is_directory(from) && !has_option("r") && !has_option("a")) {
      set_errno(EISDIR);
      fail(from);
      result = 1;
    } else if (!copy_tree(from, to)) result = 1;
  }
  return result;
}

export function mv(): i32 {
  if (operands() < 2) return usage("usage: mv FROM... TO");
  let result: i32 = 0;
  for (let index = 0; index + 1 < operands(); index++) {
    if (rename(operand(index), target_of(operand(index))) == 0) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

function remove_tree(file: usize, _unused: usize): bool {
  if (lstat(file, status) != 0) return has_option("f") || fail(file);
  if (load<u32>(status, STAT_MODE) >>> 12 != 4) return unlink(file) == 0 || fail(file);
  // Names are taken out while the directory is read: until a reading finds none.
  return for_each_name(file, file, remove_tree) && (remove_directory(file) == 0 || fail(file));
}

export function rm(): i32 {
  let result: i32 = 0;
  const recursive = has_option("r") || has_option("R");
  for (let index = 0; index < operands(); index++) {
    const name = operand(index);
    if (recursive) {
      if (!remove_tree(name, name)) result = 1;
    } else if (unlink(name) != 0 && !has_option("f")) {
      complain(name);
      result = 1;
    }
  }
  return result;
}

// --- small ones ---

/** Makes the directories on the way. */
function make_parents(file: usize): void {
  string_copy(other, file, PATH_MAX);
  for (let at = other + 1; load<u8>(at) != 0; at++) {
    if (load<u8>(at) != 47) continue;
    store<u8>(at, 0);
    make_directory(other, 0x1ed);
    store<u8>(at, 47);
  }
}

export function mkdir(): i32 {
  let result: i32 = 0;
  for (let index = 0; index < operands(); index++) {
    const parents = has_option("p");
    if (parents) make_parents(operand(index));
    if (make_directory(operand(index), 0x1ed) == 0 || (parents && errno == EEXIST)) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

export function rmdir(): i32 {
  let result: i32 = 0;
  for (let index = 0; index < operands(); index++) {
    if (remove_directory(operand(index)) == 0) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

export function ln(): i32 {
  if (operands() != 2) return usage("usage: ln [-s] TARGET NAME");
  const to = has_option("s") ? operand(1) : target_of(operand(0));
  const result = has_option("s") ? symlink(operand(0), to) : link(operand(0), to);
  if (result != 0) complain(to);
  return result == 0 ? 0 : 1;
}

export function touch(): i32 {
  let result: i32 = 0;
  for (let index = 0; index < operands(); index++) {
    const fd = open(operand(index), O_WRITE | O_CREAT, 0x1a4);
    if (fd >= 0) close(fd);
    if (fd >= 0 && utimes(operand(index), now(), now()) == 0) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

export function chmod(): i32 {
  let mode: u32 = 0;
  for (let at = operand(0); load<u8>(at) - 48 < 8; at++) mode = mode * 8 + load<u8>(at) - 48;
  let result: i32 = 0;
  for (let index = 1; index < operands(); index++) {
    if (change_mode(operand(index), mode) == 0) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

// --- find ---

let wanted_name: usize = 0;
let wanted_type: u32 = 0;

function show(file: usize, type: u32): bool {
  if (wanted_type != 0 && type != wanted_type) return true;
  if (wanted_name != 0) {
    let base = file;
    for (let at = file; load<u8>(at) != 0; at++) if (load<u8>(at) == 47) base = at + 1;
    if (!matches_pattern(wanted_name, base, string_length(base))) return true;
  }
  print_bytes(file);
  print_byte(10);
  return true;
}

/** find [PATH...] [-name PATTERN] [-type f|d|l]: these words are no options of single letters. */
export function find(argc: i32, argv: usize): i32 {
  let result: i32 = 0;
  let paths: i32 = 0;
  for (let index = 1; index < argc; index++) {
    const word = load<u32>(argv + ((<usize>index) << 2));
    const value: usize = index + 1 < argc ? load<u32>(argv + ((<usize>index) << 2), 4) : <usize>0;
    if (string_equals(word, "-name")) wanted_name = value;
    else if (string_equals(word, "-type") && value != 0) {
      const letter: u32 = load<u8>(value);
      wanted_type = letter == 100 ? EXT2_TYPE_DIRECTORY : letter == 108 ? EXT2_TYPE_SYMLINK : EXT2_TYPE_FILE;
    } else continue;
    index++;
  }
  for (let index = 1; index < argc || paths == 0; index++) {
    let word: usize = DOT;
    if (index < argc) word = load<u32>(argv + ((<usize>index) << 2));
    if (load<u8>(word) == 45) {
      index++;
      continue;
    }
    paths++;
    if (lstat(word, status) != 0) {
      complain(word);
      result = 1;
      continue;
    }
    const length = string_copy(path, word, PATH_MAX);
    const directory = load<u32>(status, STAT_MODE) >>> 12 == 4;
    show(path, directory ? EXT2_TYPE_DIRECTORY : EXT2_TYPE_FILE);
    if (directory && walk_tree(path, length, show) > 0) result = 1;
  }
  return result;
}
