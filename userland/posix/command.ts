// What commands share: options, messages, whole files.
import { stackAlloc } from "../../guest/i386";
import { O_READ, STAT_SIZE, STAT_WORDS_SIZE } from "../../abi/fs";
import { realloc } from "../lib/heap";
import { print_bytes, print_byte, print_flush, print_line, print_with } from "../lib/print";
import { argument, begin } from "../lib/process";
import { close, descriptors_initialize, open, read, write } from "./descriptors";
import { errno } from "./errno";
import { error_text } from "./error-text";
import { fstat } from "./files";

let count: i32 = 0;
/** The first argument that is not an option. */
export let first_operand: i32 = 1;

/** Where what is printed goes. */
let output: u32 = 1;

function write_output(bytes: usize, size: u32): void {
  for (let at: u32 = 0; at < size;) {
    const count = write(output, bytes + at, size - at);
    if (count <= 0) return;
    at += count;
  }
}

/** Connects the command to the system and takes its options: letters after a dash, `--` ends them. */
export function command_begin(argc: i32, argv: usize): void {
  begin(argc, argv);
  descriptors_initialize();
  print_with(write_output);
  count = argc;
  first_operand = 1;
  while (first_operand < argc) {
    const word = argument(first_operand);
    if (load<u8>(word) != 45 || load<u8>(word + 1) == 0) return;
    first_operand++;
    if (load<u8>(word + 1) == 45 && load<u8>(word + 2) == 0) return;
  }
}

/** How many operands there are. */
export function operands(): i32 {
  return count - first_operand;
}

/** The operand of this number, from 0 on; an empty string if there is none. */
export function operand(index: i32): usize {
  return argument(first_operand + index);
}

/** Whether the option letter was given. */
export function has_option(letter: string): bool {
  const wanted: u32 = letter.charCodeAt(0);
  for (let index = 1; index < first_operand; index++)
    for (let at = argument(index) + 1; load<u8>(at) != 0; at++) if (<u32>load<u8>(at) == wanted) return true;
  return false;
}

/** Whether all option letters are among `known`; else says so. */
export function options_are(known: string): bool {
  for (let index = 1; index < first_operand; index++)
    for (let at = argument(index) + 1; load<u8>(at) != 0; at++) {
      const letter: u32 = load<u8>(at);
      let found = letter == 45;
      for (let place = 0; place < known.length; place++)
        if (<u32>known.charCodeAt(place) == letter) found = true;
      if (found) continue;
      print_bytes(argument(0));
      print_line(": unknown option");
      return false;
    }
  return true;
}

/** Prints `command: path: error` to descriptor 2. */
export function complain(path: usize): void {
  const error = errno;
  print_flush();
  output = 2;
  print_bytes(argument(0));
  print_byte(58);
  print_byte(32);
  print_bytes(path);
  print_byte(58);
  print_byte(32);
  print_line(error_text(error));
  print_flush();
  output = 1;
}

let room: u32 = 0;
/** What load_whole has read: address and size. */
export let whole: u32 = 0;
export let whole_size: u32 = 0;

function make_room(size: u32): bool {
  if (size <= room) return true;
  const fresh = realloc(whole, size);
  if (fresh == 0) return false;
  whole = fresh;
  room = size;
  return true;
}

/** Reads a file into memory, where it stays until the next one is read; two zeros follow it. False: errno. */
export function load_whole(path: usize): bool {
  const fd = open(path, O_READ, 0);
  if (fd < 0) return false;
  const good = load_descriptor(fd);
  close(fd);
  return good;
}

const PIECE: u32 = 65536;

/** As load_whole, from a descriptor to its end. */
export function load_descriptor(fd: u32): bool {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const size: u32 = fstat(fd, status) == 0 ? load<u32>(status, STAT_SIZE) : 0;
  whole_size = 0;
  if (!make_room(size + 16)) return false;
  let got: i32 = 1;
  while (got > 0) {
    if (room - whole_size < 16 + 1 && !make_room(room + PIECE)) return false;
    got = read(fd, whole + whole_size, room - whole_size - 16);
    if (got > 0) whole_size += got;
    if (size != 0 && whole_size >= size) break;
  }
  store<u16>(whole + whole_size, 0);
  return got >= 0;
}
