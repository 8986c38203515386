// Loading a program: its segments are private mappings of the file, and come by page as they are used.
import { stackAlloc } from "../../guest/i386";
import { EACCES, ENOEXEC, ENOMEM } from "../../abi/errno";
import {
  E_ENTRY,
  E_MACHINE,
  E_PHENTSIZE,
  E_PHNUM,
  E_PHOFF,
  E_TYPE,
  ELF_MAGIC,
  ELF_PROGRAM_HEADER_SIZE,
  EM_386,
  ET_EXEC,
  P_FILESZ,
  P_FLAGS,
  P_MEMSZ,
  P_OFFSET,
  P_TYPE,
  P_VADDR,
  PF_R,
  PF_W,
  PF_X,
  PT_LOAD,
} from "../../abi/elf";
import { STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
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
  S_IFMT,
  S_IFREG,
} from "../../abi/linux";
import {
  VM_INHERIT_COPY,
  VM_PROT_ALL,
  VM_PROT_EXECUTE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { io_map, io_read, io_stat } from "../generated/io.generated";
import { vm_protect } from "../generated/mach.generated";
import { free, malloc } from "../lib/heap";
import { Strings } from "../lib/loader";
import { random_bits } from "../lib/random";
import { string_length } from "../lib/string";
import { PAGE_SIZE, round_page, trunc_page, vm_map } from "../lib/vm";
import { error_of } from "./errors";
import { copy_out, memory_make } from "./memory";
import { LinuxProcess, port_release } from "./process";

/** Headers are in the first so many bytes of a file. */
const HEADER_ROOM: u32 = 2048;
const STACK_TOP: u32 = 0xbffff000;
const STACK_SIZE: u32 = 0x100000;
const CLOCK_TICKS: u32 = 100;
const AUXILIARY_WORDS: u32 = 28;

function protection_of(flags: u32): u32 {
  let protection: u32 = 0;
  if ((flags & PF_R) != 0) protection |= VM_PROT_READ;
  if ((flags & PF_W) != 0) protection |= VM_PROT_WRITE;
  if ((flags & PF_X) != 0) protection |= VM_PROT_EXECUTE;
  return protection;
}

/** The file's first bytes, into `headers`. Their number, or an error. */
export function read_headers(file: u32, headers: usize): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const data = stackAlloc(4);
  const count = stackAlloc(4);
  let error = error_of(io_stat(file, status));
  if (error != 0) return error;
  if ((load<u32>(status, STAT_MODE) & S_IFMT) != <u32>S_IFREG) return -EACCES;
  if ((load<u32>(status, STAT_MODE) & 0x49) == 0) return -EACCES;
  store<usize>(data, headers);
  store<u32>(count, HEADER_ROOM);
  error = error_of(io_read(file, 0, HEADER_ROOM, data, count));
  return error != 0 ? error : load<u32>(count);
}

/** Whether the `size` bytes at `headers` begin a program that can be loaded. */
export function is_program(headers: usize, size: u32): bool {
  if (size < 52 || load<u32>(headers) != ELF_MAGIC) return false;
  if (load<u16>(headers + E_TYPE) != ET_EXEC || load<u16>(headers + E_MACHINE) != EM_386) return false;
  if (load<u16>(headers + E_PHENTSIZE) != ELF_PROGRAM_HEADER_SIZE) return false;
  const table = load<u32>(headers + E_PHOFF);
  return table <= size && <u32>load<u16>(headers + E_PHNUM) * ELF_PROGRAM_HEADER_SIZE <= size - table;
}

const zeros: usize = memory.data(4096);

function map_segment(process: LinuxProcess, object: u32, header: usize): i32 {
  const address = load<u32>(header + P_VADDR);
  const file_size = load<u32>(header + P_FILESZ);
  const size = load<u32>(header + P_MEMSZ);
  const offset = load<u32>(header + P_OFFSET);
  if (size == 0) return 0;
  if (file_size > size || address >= STACK_TOP - STACK_SIZE || size > STACK_TOP - STACK_SIZE - address)
    return -ENOEXEC;
  if (((address ^ offset) & (PAGE_SIZE - 1)) != 0) return -ENOEXEC;
  const start = trunc_page(address);
  const file_end = round_page(address + file_size);
  const end = round_page(address + size);
  const cell = stackAlloc(4);
  store<u32>(cell, start);
  if (file_size != 0) {
    const bytes = file_end - start;
    const result = vm_map(
      process.task,
      cell,
      bytes,
      0,
      0,
      object,
      trunc_page(offset),
      1,
      VM_PROT_ALL,
      VM_PROT_ALL,
      VM_INHERIT_COPY,
    );
    if (result != 0) return -ENOMEM;
    // What is behind the file's bytes in their last page is zero.
    const rest = file_end - (address + file_size);
    if (size > file_size && rest != 0 && copy_out(process, zeros, address + file_size, rest) != 0)
      return -ENOMEM;
  }
  const behind = file_size != 0 ? file_end : start;
  if (end > behind && memory_make(process, behind, end - behind) != 0) return -ENOMEM;
  vm_protect(process.task, start, end - start, 0, protection_of(load<u32>(header + P_FLAGS)));
  if (end > process.brk_start) process.brk_start = end;
  return 0;
}

/** Maps the segments into the process's empty address space. 0 or an error. */
export function load_segments(process: LinuxProcess, file: u32, headers: usize): i32 {
  const cell = stackAlloc(4);
  let error = error_of(io_map(file, cell));
  if (error != 0) return error;
  const object = load<u32>(cell);
  const count: u32 = load<u16>(headers + E_PHNUM);
  process.brk_start = 0;
  for (let index: u32 = 0; index < count && error == 0; index++) {
    const header = headers + load<u32>(headers + E_PHOFF) + index * ELF_PROGRAM_HEADER_SIZE;
    if (load<u32>(header + P_TYPE) == PT_LOAD) error = map_segment(process, object, header);
  }
  port_release(object);
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
    const from = load<u32>(strings.at + ((<usize>index) << 2));
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
    bytes += string_length(load<u32>(strings.at + ((<usize>index) << 2))) + 1;
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
