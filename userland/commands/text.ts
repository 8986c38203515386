// cat, wc, sort, head, tail, echo.
import { print, print_byte, print_bytes, print_flush, print_u32_padded } from "../lib/print";
import { is_digit_string, parse_u32, string_equals, string_compare } from "../lib/string";
import { argument } from "../lib/process";
import { free, malloc } from "../lib/heap";
import {
  complain,
  first_operand,
  has_option,
  load_descriptor,
  load_whole,
  operand,
  operands,
  whole,
  whole_size,
} from "../posix/command";
import { close, open, read, write } from "../posix/descriptors";
import { O_READ } from "../../abi/fs";

const PIECE: u32 = 16384;

/** Is given a file that was read. */
type Reader = (name: usize) => void;

/** Hands every operand's file, or what comes in, to `use`. The status. */
function each_file(from: i32, use: Reader): i32 {
  let status: i32 = 0;
  if (operands() <= from) {
    if (load_descriptor(0)) use(0);
    return 0;
  }
  for (let index = from; index < operands(); index++) {
    const name = operand(index);
    const good = string_equals(name, "-") ? load_descriptor(0) : load_whole(name);
    if (good) use(name);
    else {
      complain(name);
      status = 1;
    }
  }
  return status;
}

function copy_out(fd: u32, buffer: usize): bool {
  let got = read(fd, buffer, PIECE);
  while (got > 0) {
    for (let at: i32 = 0; at < got;) {
      const written = write(1, buffer + at, got - at);
      if (written <= 0) return false;
      at += written;
    }
    got = read(fd, buffer, PIECE);
  }
  return got == 0;
}

export function cat(): i32 {
  const buffer = malloc(PIECE);
  let status: i32 = 0;
  print_flush();
  if (operands() == 0) copy_out(0, buffer);
  for (let index = 0; index < operands(); index++) {
    const standard = string_equals(operand(index), "-");
    const fd = standard ? 0 : open(operand(index), O_READ, 0);
    if (fd < 0 || !copy_out(fd, buffer)) {
      complain(operand(index));
      status = 1;
    }
    if (fd > 0) close(fd);
  }
  return status;
}

let lines_in_all: u32 = 0;
let words_in_all: u32 = 0;
let bytes_in_all: u32 = 0;

function print_counts(lines: u32, words: u32, bytes: u32, name: usize): void {
  const all = !has_option("l") && !has_option("w") && !has_option("c");
  if (all || has_option("l")) print_u32_padded(lines, 8);
  if (all || has_option("w")) print_u32_padded(words, 8);
  if (all || has_option("c")) print_u32_padded(bytes, 8);
  if (name != 0) {
    print_byte(32);
    print_bytes(name);
  }
  print_byte(10);
}

function count(name: usize): void {
  let lines: u32 = 0;
  let words: u32 = 0;
  let inside = false;
  for (let at: usize = whole; at < whole + whole_size; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 10) lines++;
    const blank = byte == 32 || byte - 9 < 5;
    if (!blank && !inside) words++;
    inside = !blank;
  }
  lines_in_all += lines;
  words_in_all += words;
  bytes_in_all += whole_size;
  print_counts(lines, words, whole_size, name);
}

const TOTAL: usize = memory.data<u8>([116, 111, 116, 97, 108, 0]);

export function wc(): i32 {
  const status = each_file(0, count);
  if (operands() > 1) print_counts(lines_in_all, words_in_all, bytes_in_all, TOTAL);
  return status;
}

// --- head and tail ---

let wanted: u32 = 10;
let shown: u32 = 0;
let from_end: bool = false;

function print_range(from: usize, to: usize): void {
  for (; from < to; from++) print_byte(load<u8>(from));
}

function print_part(name: usize): void {
  const start: usize = whole;
  const end = start + whole_size;
  if (operands() - first_file > 1) {
    if (shown > 0) print_byte(10);
    print("==> ");
    print_bytes(name);
    print(" <==\n");
  }
  shown++;
  let lines: u32 = 0;
  if (!from_end) {
    let at = start;
    for (; at < end && lines < wanted; at++) if (load<u8>(at) == 10) lines++;
    print_range(start, at);
    return;
  }
  let at = end;
  while (at > start) {
    if (load<u8>(at - 1) == 10 && at != end && ++lines == wanted) break;
    at--;
  }
  if (wanted != 0) print_range(at, end);
}

let first_file: i32 = 0;

function head_or_tail(): i32 {
  // -n N, or -N.
  for (let index = 1; index < first_operand; index++)
    if (is_digit_string(argument(index) + 1)) wanted = parse_u32(argument(index) + 1);
  if (has_option("n") && operands() > 0) {
    wanted = parse_u32(operand(0));
    first_file = 1;
  }
  return each_file(first_file, print_part);
}

export function head(): i32 {
  return head_or_tail();
}

export function tail(): i32 {
  from_end = true;
  return head_or_tail();
}

// --- sort ---

let lines_at: usize = 0;
let line_count: u32 = 0;
let text: usize = 0;
let text_size: u32 = 0;

/** Appends the file to what is to be sorted. */
function gather(_name: usize): void {
  const joined = malloc(text_size + whole_size + 1);
  if (joined == 0) return;
  memory.copy(joined, text, text_size);
  memory.copy(joined + text_size, whole, whole_size);
  if (text != 0) free(<u32>text);
  text = joined;
  text_size += whole_size;
  if (text_size > 0 && load<u8>(text + text_size - 1) != 10) {
    store<u8>(text + text_size, 10);
    text_size++;
  }
}

let numeric: bool = false;
let backwards: bool = false;

function line_of(index: u32): usize {
  return load<u32>(lines_at + ((<usize>index) << 2));
}

function compare_lines(a: usize, b: usize): i32 {
  let result: i32 = 0;
  if (numeric) {
    const left = parse_u32(skip_blanks(a));
    const right = parse_u32(skip_blanks(b));
    result = left < right ? -1 : left > right ? 1 : 0;
  }
  if (result == 0) result = string_compare(a, b);
  return backwards ? -result : result;
}

function skip_blanks(at: usize): usize {
  while (load<u8>(at) == 32 || load<u8>(at) == 9) at++;
  return at;
}

/** Merges two sorted runs. */
function merge(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let left = start;
  let right = middle;
  for (let place = start; place < end; place++) {
    const a = load<u32>(from + ((<usize>left) << 2));
    const b = load<u32>(from + ((<usize>right) << 2));
    const take_left = left < middle && (right >= end || compare_lines(a, b) <= 0);
    store<u32>(to + ((<usize>place) << 2), take_left ? a : b);
    if (take_left) left++;
    else right++;
  }
}

export function sort(): i32 {
  numeric = has_option("n");
  backwards = has_option("r");
  const status = each_file(0, gather);
  for (let at: u32 = 0; at < text_size; at++) if (load<u8>(text + at) == 10) line_count++;
  lines_at = malloc((line_count + 1) * 4);
  let spare: usize = malloc((line_count + 1) * 4);
  if (lines_at == 0 || spare == 0) return 2;
  let line: u32 = 0;
  let start: u32 = 0;
  for (let at: u32 = 0; at < text_size; at++) {
    if (load<u8>(text + at) != 10) continue;
    store<u8>(text + at, 0);
    store<u32>(lines_at + ((<usize>line) << 2), <u32>(text + start));
    line++;
    start = at + 1;
  }
  for (let width: u32 = 1; width < line_count; width *= 2) {
    for (let at: u32 = 0; at < line_count; at += 2 * width)
      merge(lines_at, spare, at, min<u32>(at + width, line_count), min<u32>(at + 2 * width, line_count));
    const other = lines_at;
    lines_at = spare;
    spare = other;
  }
  const unique = has_option("u");
  for (let index: u32 = 0; index < line_count; index++) {
    if (unique && index > 0 && string_compare(line_of(index), line_of(index - 1)) == 0) continue;
    print_bytes(line_of(index));
    print_byte(10);
  }
  return status;
}

export function echo(): i32 {
  for (let index = 0; index < operands(); index++) {
    if (index > 0) print_byte(32);
    print_bytes(operand(index));
  }
  if (!has_option("n")) print_byte(10);
  return 0;
}
