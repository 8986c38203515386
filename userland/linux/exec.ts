// Loading a program.
import { stackAlloc } from "../../guest/i386";
import {
  E_ENTRY,
  E_PHNUM,
  E_PHOFF,
  ELF_PROGRAM_HEADER_SIZE,
  P_OFFSET,
  P_TYPE,
  P_VADDR,
  PT_LOAD,
} from "../../abi/elf";
import {
  AT_BASE,
  AT_CLKTCK,
  AT_EGID,
  AT_ENTRY,
  AT_EUID,
  AT_GID,
  AT_PAGESZ,
  AT_PHDR,
  AT_PHENT,
  AT_PHNUM,
  AT_RANDOM,
  AT_SECURE,
  AT_UID,
} from "../../abi/linux";
import { map_program } from "../lib/elf-map";
import { free, malloc } from "../lib/heap";
import { string_at, Strings } from "../lib/loader";
import { random_bits } from "../lib/random";
import { string_length } from "../lib/string";
import { PAGE_SIZE } from "../lib/vm";
import { copy_out, memory_make } from "./memory";
import { LinuxProcess } from "./process";

const STACK_TOP: u32 = 0xbffff000;
const STACK_SIZE: u32 = 0x100000;
const CLOCK_TICKS: u32 = 100;
const AUXILIARY_WORDS: u32 = 28;

/** Maps the segments into the process's empty address space. 0 or an error. */
export function load_segments(process: LinuxProcess, file: u32, headers: usize): i32 {
  const end = stackAlloc(4);
  const error = map_program(process.task, file, headers, STACK_TOP - STACK_SIZE, end);
  process.brk_start = load<u32>(end);
  process.brk = process.brk_start;
  return error;
}

/** Where the program sees its program headers: in the segment that has the file's beginning. */
function headers_address(headers: usize): u32 {
  const count: u32 = load<u16>(headers + E_PHNUM);
  for (let index: u32 = 0; index < count; index++) {
    const header = headers + load<u32>(headers + E_PHOFF) + index * ELF_PROGRAM_HEADER_SIZE;
    if (load<u32>(header + P_TYPE) == PT_LOAD && load<u32>(header + P_OFFSET) == 0)
      return load<u32>(header + P_VADDR) + load<u32>(headers + E_PHOFF);
  }
  return 0;
}

function put(at: usize, tag: u32, value: u32): usize {
  store<u32>(at, tag);
  store<u32>(at, value, 4);
  return at + 8;
}

/** Pointers to the strings at `at`, the strings at `text`, which the program sees `shift` higher. */
function put_strings(strings: Strings, at: usize, text: usize, shift: u32): usize {
  for (let index: u32 = 0; index < strings.count; index++) {
    const from = string_at(strings, index);
    const length = string_length(from) + 1;
    store<u32>(at + ((<usize>index) << 2), <u32>text + shift);
    memory.copy(text, from, length);
    text += length;
  }
  store<u32>(at + ((<usize>strings.count) << 2), 0);
  return text;
}

function bytes_of(strings: Strings): u32 {
  let bytes: u32 = 0;
  for (let index: u32 = 0; index < strings.count; index++)
    bytes += string_length(string_at(strings, index)) + 1;
  return bytes;
}

/** Makes the stack, with what the System V ABI wants on it. The stack pointer, or 0. */
export function make_stack(process: LinuxProcess, headers: usize, words: Strings, environment: Strings): u32 {
  const pointers = (words.count + environment.count + 3 + AUXILIARY_WORDS) * 4;
  const size = (pointers + 16 + bytes_of(words) + bytes_of(environment) + 15) & ~(<u32>15);
  if (size > STACK_SIZE / 2) return 0;
  if (memory_make(process, STACK_TOP - STACK_SIZE, STACK_SIZE) != 0) return 0;
  const block = malloc(size);
  if (block == 0) return 0;
  memory.fill(block, 0, size);
  const pointer = STACK_TOP - size;
  const shift = pointer - block;
  store<u32>(block, words.count);
  const random = <usize>block + pointers;
  for (let word: usize = 0; word < 16; word += 4) store<u32>(random + word, random_bits());
  const text = put_strings(words, <usize>block + 4, random + 16, shift);
  put_strings(environment, <usize>block + 8 + words.count * 4, text, shift);
  let at = <usize>block + 12 + (words.count + environment.count) * 4;
  at = put(at, AT_PHDR, headers_address(headers));
  at = put(at, AT_PHENT, ELF_PROGRAM_HEADER_SIZE);
  at = put(at, AT_PHNUM, load<u16>(headers + E_PHNUM));
  at = put(at, AT_PAGESZ, PAGE_SIZE);
  at = put(at, AT_BASE, 0);
  at = put(at, AT_ENTRY, load<u32>(headers + E_ENTRY));
  at = put(at, AT_UID, 0);
  at = put(at, AT_EUID, 0);
  at = put(at, AT_GID, 0);
  at = put(at, AT_EGID, 0);
  at = put(at, AT_CLKTCK, CLOCK_TICKS);
  at = put(at, AT_SECURE, 0);
  at = put(at, AT_RANDOM, <u32>random + shift);
  put(at, 0, 0);
  const error = copy_out(process, block, pointer, size);
  free(block);
  return error == 0 ? pointer : 0;
}
