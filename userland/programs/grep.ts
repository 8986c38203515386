// grep [-rnilcvhHsq] PATTERN [FILE...]: lines that have the pattern, a string. -r: files of directories too (the current
// one by default), without following symbolic links; -n numbers, -i any case, -l names only, -c counts only, -v lines that
// do not match, -h and -H without and with names, -s no complaints, -q nothing but the status.
import { EXT2_TYPE_FILE } from "../../abi/ext2";
import { PATH_MAX, STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
import { print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { command_finish } from "../lib/process";
import { string_copy, string_length } from "../lib/string";
import {
  command_begin,
  complain,
  has_option,
  load_descriptor,
  load_whole,
  operand,
  operands,
  options_are,
  whole,
  whole_size,
} from "../posix/command";
import { stat } from "../posix/files";
import { search, search_for } from "../posix/search";
import { walk_tree } from "../posix/walk";
import { stackAlloc } from "../../guest/i386";

export { thread_entry } from "../lib/threads";

let numbers: bool = false;
let names_only: bool = false;
let count_only: bool = false;
let inverted: bool = false;
let with_names: bool = false;
let silent: bool = false;
let quiet: bool = false;
let found_any: bool = false;
let failed: bool = false;
const path_room: usize = memory.data(1025);

function print_name(path: usize): void {
  print_bytes(path);
  print_byte(58);
}

function print_match(path: usize, number: u32, line: usize, end: usize): void {
  if (with_names) print_name(path);
  if (numbers) {
    print_u32(number);
    print_byte(58);
  }
  for (; line < end; line++) print_byte(load<u8>(line));
  print_byte(10);
}

function end_of_line(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 10) at++;
  return at;
}

function start_of_line(at: usize, start: usize): usize {
  while (at > start && load<u8>(at - 1) != 10) at--;
  return at;
}

/** A file with zeros in its beginning is not text. */
function is_binary(): bool {
  const end = whole + min<u32>(whole_size, 32768);
  for (let at: usize = whole; at < end; at++) if (load<u8>(at) == 0) return true;
  return false;
}

/** Lines between two places. */
function count_lines(from: usize, to: usize): u32 {
  let lines: u32 = 0;
  for (; from < to; from++) if (load<u8>(from) == 10) lines++;
  return lines;
}

/** Prints the lines of the file in memory that match; how many there are. */
function print_matches(path: usize): u32 {
  const start: usize = whole;
  const end = start + whole_size;
  const only_count = names_only || count_only || quiet;
  let counted = start;
  let line: u32 = 1;
  let matches: u32 = 0;
  let binary: i32 = -1;
  let at = start;
  while (at < end) {
    let from = at;
    let to: usize = 0;
    if (inverted) {
      to = end_of_line(at, end);
      const hit = search(from, to);
      at = to + 1;
      if (hit != 0) continue;
    } else {
      const hit = search(at, end);
      if (hit == 0) break;
      from = start_of_line(hit, start);
      to = end_of_line(hit, end);
      at = to + 1;
    }
    matches++;
    if (quiet || names_only) break;
    if (only_count) continue;
    if (binary < 0) binary = is_binary() ? 1 : 0;
    if (binary > 0) {
      print_bytes(path);
      print_line(": binary file matches");
      break;
    }
    if (numbers) {
      line += count_lines(counted, from);
      counted = from;
    }
    print_match(path, line, from, to);
  }
  return matches;
}

/** Searches the file in memory. */
function search_loaded(path: usize): void {
  const matches = print_matches(path);
  if (matches != 0) found_any = true;
  if (quiet) return;
  if (names_only && matches != 0) {
    print_bytes(path);
    print_byte(10);
  } else if (count_only && !names_only) {
    if (with_names) print_name(path);
    print_u32(matches);
    print_byte(10);
  }
}

function fail(path: usize): void {
  failed = true;
  if (!silent) complain(path);
}

function search_file(path: usize): void {
  if (load_whole(path)) search_loaded(path);
  else fail(path);
}

function visit(path: usize, type: u32): bool {
  if (type == EXT2_TYPE_FILE) search_file(path);
  return !(quiet && found_any);
}

function search_operand(path: usize, recursive: bool): void {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const good = stat(path, status) == 0;
  if (!good) return fail(path);
  if (load<u32>(status, STAT_MODE) >>> 12 != 4) return search_file(path);
  if (!recursive) {
    if (!silent) {
      print_bytes(path);
      print_line(": Is a directory");
    }
    return;
  }
  const length = string_copy(path_room, path, PATH_MAX);
  if (walk_tree(path_room, length, visit) > 0) failed = true;
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  if (!options_are("rnilcvhHsqF") || operands() == 0) {
    print_line("usage: grep [-rnilcvhHsq] PATTERN [FILE...]");
    return command_finish(2);
  }
  numbers = has_option("n");
  names_only = has_option("l");
  count_only = has_option("c");
  inverted = has_option("v");
  silent = has_option("s");
  quiet = has_option("q");
  const recursive = has_option("r");
  with_names = (operands() > 2 || recursive || has_option("H")) && !has_option("h");
  search_for(operand(0), string_length(operand(0)), has_option("i"));
  for (let index = 1; index < operands(); index++) search_operand(operand(index), recursive);
  if (operands() == 1) {
    if (recursive) search_operand(memory.data<u8>([46, 0]), true);
    else if (load_descriptor(0)) search_loaded(memory.data<u8>([45, 0]));
  }
  print_flush();
  return command_finish(failed ? 2 : found_any ? 0 : 1);
}
