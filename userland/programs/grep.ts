// grep [-rnilcvhHsqEFwx] PATTERN [FILE...]: lines that have the pattern, a regular expression: basic, with -E extended, with -F a
// string; -w and -x: a word of the line, the whole line is to be it. -r: files of directories too (the current
// one by default), without following symbolic links; -n numbers, -i any case, -l names only, -c counts only, -v lines that
// do not match, -h and -H without and with names, -s no complaints, -q nothing but the status.
import { EXT2_TYPE_FILE } from "../../abi/ext2";
import { PATH_MAX, STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
import { print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { command_finish } from "../lib/process";
import { string_copy, string_length, string_store } from "../lib/string";
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
import { regex_compile, regex_is_literal, regex_matches } from "../posix/regex";
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

/** The pattern is more than a string. */
let regular: bool = false;
const pattern_room: usize = memory.data(1024);

/** The first place from `at` on, before `end`, where the pattern is, or the beginning of the line that has it; 0: nowhere. */
function find(at: usize, end: usize): usize {
  if (!regular) return search(at, end);
  while (at < end) {
    const line_end = end_of_line(at, end);
    if (regex_matches(at, line_end)) return at;
    at = line_end + 1;
  }
  return 0;
}

/** Prepares the search. False: the pattern is wrong. */
function prepare(pattern: usize): bool {
  const any_case = has_option("i");
  const extended = has_option("E");
  const around = has_option("w") || has_option("x");
  if (!around && (has_option("F") || regex_is_literal(pattern, extended))) {
    search_for(pattern, string_length(pattern), any_case);
    return string_length(pattern) < 256;
  }
  regular = true;
  if (!around) return regex_compile(pattern, extended, any_case);
  let length = string_store(pattern_room, has_option("x") ? "^(" : "(^|[^[:alnum:]_])(");
  for (let at = pattern; load<u8>(at) != 0; at++) {
    if (length > 900) return false;
    length += put_extended(pattern_room + length, at, extended);
    if (load<u8>(at) == 92 && load<u8>(at + 1) != 0 && !has_option("F")) at++;
  }
  string_store(pattern_room + length, has_option("x") ? ")$" : ")($|[^[:alnum:]_])");
  return regex_compile(pattern_room, true, any_case);
}

/** Puts the byte at `at`, with what a backslash before it says, as an extended pattern has it; how many bytes. */
function put_extended(to: usize, at: usize, extended: bool): u32 {
  const byte: u32 = load<u8>(at);
  const special = is_extended_only(byte);
  if (
    has_option("F") &&
    (special || byte == 46 || byte == 91 || byte == 42 || byte == 94 || byte == 36 || byte == 92)
  ) {
    store<u16>(to, <u16>((byte << 8) | 92));
    return 2;
  }
  if (extended || has_option("F") || (!special && byte != 92)) {
    store<u8>(to, <u8>byte);
    if (byte != 92 || load<u8>(at + 1) == 0) return 1;
    store<u8>(to + 1, load<u8>(at + 1));
    return 2;
  }
  // In a basic pattern the backslash makes an operator of it, or takes that away.
  const other: u32 = byte == 92 ? load<u8>(at + 1) : byte;
  if (byte == 92 && is_extended_only(other)) {
    store<u8>(to, <u8>other);
    return 1;
  }
  store<u16>(to, <u16>((other << 8) | 92));
  return 2;
}

function is_extended_only(byte: u32): bool {
  return byte == 43 || byte == 63 || byte == 124 || byte == 40 || byte == 41;
}

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
      const hit = find(from, to);
      at = to + 1;
      if (hit != 0) continue;
    } else {
      const hit = find(at, end);
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
  if (!options_are("rnilcvhHsqEFwx") || operands() == 0) {
    print_line("usage: grep [-rnilcvhHsqEFwx] PATTERN [FILE...]");
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
  if (!prepare(operand(0))) {
    print_line("grep: that is no pattern");
    return command_finish(2);
  }
  for (let index = 1; index < operands(); index++) search_operand(operand(index), recursive);
  if (operands() == 1) {
    if (recursive) search_operand(memory.data<u8>([46, 0]), true);
    else if (load_descriptor(0)) search_loaded(memory.data<u8>([45, 0]));
  }
  print_flush();
  return command_finish(failed ? 2 : found_any ? 0 : 1);
}
