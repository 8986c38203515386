// Makes a task from an ELF file in memory, as the kernel does for the first one.
import { stackAlloc } from "../../guest/i386";
import {
  E_ENTRY,
  E_MACHINE,
  E_PHENTSIZE,
  E_PHNUM,
  E_PHOFF,
  E_TYPE,
  EI_CLASS,
  EI_DATA,
  ELF_HEADER_SIZE,
  ELF_MAGIC,
  ELF_PROGRAM_HEADER_SIZE,
  ELFCLASS32,
  ELFDATA2LSB,
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
  PT_INTERP,
  PT_LOAD,
} from "../../abi/elf";
import { VM_PROT_ALL, VM_PROT_EXECUTE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { vm_protect, vm_write } from "../generated/mach.generated";
import { task_self } from "./mach";
import { string_length } from "./string";
import { PAGE_SIZE, round_page, trunc_page, vm_allocate, vm_deallocate } from "./vm";

/** Not a little-endian i386 executable, or its headers point outside the file. */
export const LOAD_BAD_FILE: i32 = 200;
/** The arguments do not fit into their room. */
export const LOAD_TOO_MANY_ARGUMENTS: i32 = 201;

export const STACK_TOP: u32 = 0xc0000000;
export const STACK_SIZE: u32 = 0x20000;

/** Whether the first `size` bytes at `file` have the headers of a program that can be loaded, by itself. */
export function is_executable(file: usize, size: u32): bool {
  if (size < <u32>ELF_HEADER_SIZE || load<u32>(file) != ELF_MAGIC) return false;
  if (load<u8>(file + EI_CLASS) != ELFCLASS32 || load<u8>(file + EI_DATA) != ELFDATA2LSB) return false;
  if (load<u16>(file + E_TYPE) != ET_EXEC || load<u16>(file + E_MACHINE) != EM_386) return false;
  if (load<u16>(file + E_PHENTSIZE) != ELF_PROGRAM_HEADER_SIZE) return false;
  const headers: u32 = load<u16>(file + E_PHNUM);
  const offset = load<u32>(file + E_PHOFF);
  if (offset > size || headers * ELF_PROGRAM_HEADER_SIZE > size - offset) return false;
  for (let index: u32 = 0; index < headers; index++)
    if (load<u32>(file + offset + index * ELF_PROGRAM_HEADER_SIZE + P_TYPE) == PT_INTERP) return false;
  return true;
}

/** VM_PROT_* for PF_*. */
export function protection_of(flags: u32): u32 {
  let protection: u32 = 0;
  if ((flags & PF_R) != 0) protection |= VM_PROT_READ;
  if ((flags & PF_W) != 0) protection |= VM_PROT_WRITE;
  if ((flags & PF_X) != 0) protection |= VM_PROT_EXECUTE;
  return protection;
}

/** Copies `size` bytes into pages that exist in `task`, by way of page-aligned memory of our own. */
function copy_out(task: u32, to: u32, from: usize, size: u32): i32 {
  const start = trunc_page(to);
  const room = round_page(to + size) - start;
  if (room == 0) return 0;
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  let result = vm_allocate(task_self(), slot, room, 1);
  if (result != 0) return result;
  const pages = load<u32>(slot);
  memory.copy(pages + (to - start), from, size);
  result = vm_write(task, start, pages, room);
  vm_deallocate(task_self(), pages, room);
  return result;
}

function load_segment(task: u32, file: usize, size: u32, header: usize): i32 {
  const offset = load<u32>(header + P_OFFSET);
  const file_size = load<u32>(header + P_FILESZ);
  const address = load<u32>(header + P_VADDR);
  const memory_size = load<u32>(header + P_MEMSZ);
  if (offset > size || file_size > size - offset || file_size > memory_size) return LOAD_BAD_FILE;
  if (address >= STACK_TOP || memory_size > STACK_TOP - address) return LOAD_BAD_FILE;
  if (memory_size == 0) return 0;
  const start = trunc_page(address);
  const room = round_page(address + memory_size) - start;
  const slot = stackAlloc(4);
  store<u32>(slot, start);
  let result = vm_allocate(task, slot, room, 0);
  if (result == 0) result = copy_out(task, address, file + offset, file_size);
  const protection = protection_of(load<u32>(header + P_FLAGS));
  if (result == 0 && protection != VM_PROT_ALL) result = vm_protect(task, start, room, 0, protection);
  return result;
}

/** Loads the segments of an ELF file into an empty task and stores its entry point. Returns 0 or an error. */
export function load_program(task: u32, file: usize, size: u32, entry: usize): i32 {
  if (!is_executable(file, size)) return LOAD_BAD_FILE;
  const count: u32 = load<u16>(file + E_PHNUM);
  const headers = file + load<u32>(file + E_PHOFF);
  for (let index: u32 = 0; index < count; index++) {
    const header = headers + index * ELF_PROGRAM_HEADER_SIZE;
    if (load<u32>(header + P_TYPE) != PT_LOAD) continue;
    const result = load_segment(task, file, size, header);
    if (result != 0) return result;
  }
  store<u32>(entry, load<u32>(file + E_ENTRY));
  return 0;
}

/** A list of byte strings: their number, and where their addresses are. */
@unmanaged
export class Strings {
  count!: u32;
  at!: usize;
}

export const STRINGS_SIZE: u32 = 8;

/** The string of this number. */
export function string_at(strings: Strings, index: u32): usize {
  return load<u32>(strings.at + ((<usize>index) << 2));
}

function bytes_of(strings: Strings): u32 {
  let bytes: u32 = 0;
  for (let index: u32 = 0; index < strings.count; index++)
    bytes += string_length(string_at(strings, index)) + 1;
  return bytes;
}

/** Writes the strings to `to`, which the task sees at `seen`, and their pointers, with a 0 behind them. The end of the strings. */
function put_strings(strings: Strings, pointers: usize, to: usize, seen: u32): usize {
  const start = to;
  for (let index: u32 = 0; index < strings.count; index++) {
    const text = string_at(strings, index);
    const length = string_length(text) + 1;
    store<u32>(pointers + ((<usize>index) << 2), seen + <u32>(to - start));
    memory.copy(to, text, length);
    to += length;
  }
  store<u32>(pointers + ((<usize>strings.count) << 2), 0);
  return to;
}

/**
 * Writes argc, the pointers to arguments and to the environment's strings (each list with a 0 behind it) and the strings to
 * the end of `pages` of `size` bytes, which will be the last ones below STACK_TOP. Returns the stack pointer that the task
 * starts with, or 0.
 */
export function build_arguments(pages: usize, size: u32, words: Strings, environment: Strings): u32 {
  const pointers = (words.count + environment.count + 3) * 4;
  const bytes = (pointers + bytes_of(words) + bytes_of(environment) + 15) & ~(<u32>15);
  if (bytes > size) return 0;
  const block = pages + size - bytes;
  const start = STACK_TOP - bytes;
  store<u32>(block, words.count);
  const strings = block + pointers;
  const end = put_strings(words, block + 4, strings, start + pointers);
  put_strings(environment, block + 8 + words.count * 4, end, start + <u32>(end - block));
  return start;
}

/** Room for arguments and environment. */
const ARGUMENT_ROOM: u32 = 8 * PAGE_SIZE;

/** Makes a task's first stack with its arguments; stores the stack pointer. Returns 0 or an error. */
export function load_stack(task: u32, words: Strings, environment: Strings, stack_pointer: usize): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, STACK_TOP - STACK_SIZE);
  let result = vm_allocate(task, slot, STACK_SIZE, 0);
  if (result != 0) return result;
  store<u32>(slot, 0);
  result = vm_allocate(task_self(), slot, ARGUMENT_ROOM, 1);
  if (result != 0) return result;
  const pages = load<u32>(slot);
  const pointer = build_arguments(pages, ARGUMENT_ROOM, words, environment);
  store<u32>(stack_pointer, pointer);
  // Only the pages that have something in them.
  const skipped = pointer == 0 ? 0 : trunc_page(ARGUMENT_ROOM - (STACK_TOP - pointer));
  const room = ARGUMENT_ROOM - skipped;
  result = pointer == 0 ? LOAD_TOO_MANY_ARGUMENTS : vm_write(task, STACK_TOP - room, pages + skipped, room);
  vm_deallocate(task_self(), pages, ARGUMENT_ROOM);
  return result;
}
