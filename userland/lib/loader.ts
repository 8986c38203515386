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
  PT_LOAD,
} from "../../abi/elf";
import { VM_PROT_ALL, VM_PROT_EXECUTE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { vm_protect, vm_write } from "../generated/mach.generated";
import { task_self } from "./mach";
import { string_length } from "./string";
import { PAGE_SIZE, round_page, trunc_page, vm_allocate, vm_deallocate } from "./vm";

/** Not a little-endian i386 executable, or its headers point outside the file. */
export const LOAD_BAD_FILE: i32 = 200;
/** The arguments do not fit into their page. */
export const LOAD_TOO_MANY_ARGUMENTS: i32 = 201;

export const STACK_TOP: u32 = 0xc0000000;
export const STACK_SIZE: u32 = 0x20000;

/** Whether the first `size` bytes at `file` can be loaded. */
function is_executable(file: usize, size: u32): bool {
  if (size < <u32>ELF_HEADER_SIZE || load<u32>(file) != ELF_MAGIC) return false;
  if (load<u8>(file + EI_CLASS) != ELFCLASS32 || load<u8>(file + EI_DATA) != ELFDATA2LSB) return false;
  if (load<u16>(file + E_TYPE) != ET_EXEC || load<u16>(file + E_MACHINE) != EM_386) return false;
  if (load<u16>(file + E_PHENTSIZE) != ELF_PROGRAM_HEADER_SIZE) return false;
  const headers: u32 = load<u16>(file + E_PHNUM);
  const offset = load<u32>(file + E_PHOFF);
  return offset <= size && headers * ELF_PROGRAM_HEADER_SIZE <= size - offset;
}

function protection_of(flags: u32): u32 {
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

/**
 * Writes argc, the argv pointers, two zeros (no environment) and the strings at the end of `page`, which will be the
 * last page below STACK_TOP. Returns the stack pointer that the task starts with, or 0.
 */
export function build_arguments(page: usize, argc: u32, argv: usize): u32 {
  const pointers = (argc + 3) * 4;
  let bytes = pointers;
  for (let index: u32 = 0; index < argc; index++) bytes += string_length(load<u32>(argv + index * 4)) + 1;
  bytes = (bytes + 15) & ~(<u32>15);
  if (bytes > PAGE_SIZE) return 0;
  const block = page + PAGE_SIZE - bytes;
  const start = STACK_TOP - bytes;
  store<u32>(block, argc);
  let at = pointers;
  for (let index: u32 = 0; index < argc; index++) {
    const text = load<u32>(argv + index * 4);
    const length = string_length(text) + 1;
    store<u32>(block + 4 + index * 4, start + at);
    memory.copy(block + at, text, length);
    at += length;
  }
  store<u32>(block + 4 + argc * 4, 0);
  store<u32>(block + 8 + argc * 4, 0);
  return start;
}

/** Makes a task's first stack with its arguments; stores the stack pointer. Returns 0 or an error. */
export function load_stack(task: u32, argc: u32, argv: usize, stack_pointer: usize): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, STACK_TOP - STACK_SIZE);
  let result = vm_allocate(task, slot, STACK_SIZE, 0);
  if (result != 0) return result;
  store<u32>(slot, 0);
  result = vm_allocate(task_self(), slot, PAGE_SIZE, 1);
  if (result != 0) return result;
  const page = load<u32>(slot);
  const pointer = build_arguments(page, argc, argv);
  store<u32>(stack_pointer, pointer);
  result = pointer == 0 ? LOAD_TOO_MANY_ARGUMENTS : vm_write(task, STACK_TOP - PAGE_SIZE, page, PAGE_SIZE);
  vm_deallocate(task_self(), page, PAGE_SIZE);
  return result;
}
