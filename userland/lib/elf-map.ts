// Loading programs of a file server: their segments are private mappings of the file, whose pages come as they are used. All of a
// program's tasks so share what none of them has written to.
import { stackAlloc } from "../../guest/i386";
import { EACCES, ENOEXEC, ENOMEM } from "../../abi/errno";
import {
  E_PHNUM,
  E_PHOFF,
  EI_OSABI,
  ELF_PROGRAM_HEADER_SIZE,
  ELFOSABI_GNU,
  GNU_ABI_LINUX,
  NOTE_NAME,
  NOTE_NAME_GNU,
  NOTE_NAME_SIZE,
  NOTE_TYPE,
  NT_GNU_ABI_TAG,
  P_FILESZ,
  P_FLAGS,
  P_MEMSZ,
  P_OFFSET,
  P_TYPE,
  P_VADDR,
  PT_LOAD,
  PT_NOTE,
} from "../../abi/elf";
import { EXT2_MODE_EXECUTE, EXT2_MODE_FILE, EXT2_MODE_TYPE } from "../../abi/ext2";
import { INBAND_MAX, STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
import { VM_INHERIT_COPY, VM_PROT_ALL, VM_PROT_DEFAULT } from "../../abi/vm_types";
import { io_map, io_read, io_stat } from "../generated/io.generated";
import { vm_protect } from "../generated/mach.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { vm_write_bytes } from "../generated/mach386.generated";
import { error_of } from "./errors";
import { protection_of } from "./loader";
import { task_self } from "./mach";
import { PAGE_SIZE, round_page, trunc_page, vm_map } from "./vm";

/** Headers are in the first so many bytes of a file. */
export const HEADER_ROOM: u32 = 2048;
const zeros: usize = memory.data(2048);

/** Reads the first HEADER_ROOM bytes of a file that may be executed. Their number, or a negative error. */
export function read_headers(file: u32, headers: usize): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const data = stackAlloc(4);
  const count = stackAlloc(4);
  let error = error_of(io_stat(file, status));
  if (error != 0) return error;
  const mode = load<u32>(status, STAT_MODE);
  if ((mode & EXT2_MODE_TYPE) != <u32>EXT2_MODE_FILE || (mode & EXT2_MODE_EXECUTE) == 0) return -EACCES;
  store<usize>(data, headers);
  store<u32>(count, HEADER_ROOM);
  error = error_of(io_read(file, 0, HEADER_ROOM, data, count));
  return error != 0 ? error : load<u32>(count);
}

/** Whether the program is one for Linux: by the kind of system that its header says, or by the note that says it. */
export function is_linux(headers: usize, size: u32): bool {
  if (load<u8>(headers, EI_OSABI) == <u8>ELFOSABI_GNU) return true;
  const count: u32 = load<u16>(headers, E_PHNUM);
  for (let index: u32 = 0; index < count; index++) {
    const header = headers + load<u32>(headers, E_PHOFF) + index * ELF_PROGRAM_HEADER_SIZE;
    const offset = load<u32>(header, P_OFFSET);
    if (load<u32>(header, P_TYPE) != PT_NOTE || offset > size || size - offset < 20) continue;
    const note = headers + offset;
    if (load<u32>(note, NOTE_NAME_SIZE) != 4 || load<u32>(note, NOTE_NAME) != NOTE_NAME_GNU) continue;
    if (load<u32>(note, NOTE_TYPE) == NT_GNU_ABI_TAG) return load<u32>(note, NOTE_NAME + 4) == GNU_ABI_LINUX;
  }
  return false;
}

/** Zeros up to the end of a page. A kern_return. */
function clear_rest(task: u32, address: u32): i32 {
  const end = round_page(address);
  let result: i32 = 0;
  for (let at = address; at < end && result == 0; at += INBAND_MAX)
    result = vm_write_bytes(task, at, zeros, min<u32>(end - at, INBAND_MAX));
  return result;
}

function map_segment(task: u32, object: u32, header: usize, limit: u32): i32 {
  const address = load<u32>(header, P_VADDR);
  const file_size = load<u32>(header, P_FILESZ);
  const size = load<u32>(header, P_MEMSZ);
  const offset = load<u32>(header, P_OFFSET);
  if (size == 0) return 0;
  if (file_size > size || address >= limit || size > limit - address) return -ENOEXEC;
  if (((address ^ offset) & (PAGE_SIZE - 1)) != 0) return -ENOEXEC;
  const start = trunc_page(address);
  const file_end = file_size != 0 ? round_page(address + file_size) : start;
  const end = round_page(address + size);
  const all: u32 = VM_PROT_ALL;
  const cell = stackAlloc(4);
  let result: i32 = 0;
  store<u32>(cell, start);
  if (file_end > start) {
    const from = trunc_page(offset);
    result = vm_map(task, cell, file_end - start, 0, 0, object, from, 1, all, all, VM_INHERIT_COPY);
    // What is behind the file's bytes in their last page is zero.
    if (result == 0 && size > file_size) result = clear_rest(task, address + file_size);
  }
  store<u32>(cell, file_end);
  if (result == 0 && end > file_end)
    result = vm_map(task, cell, end - file_end, 0, 0, 0, 0, 0, VM_PROT_DEFAULT, all, VM_INHERIT_COPY);
  if (result == 0)
    result = vm_protect(task, start, end - start, 0, protection_of(load<u32>(header, P_FLAGS)));
  return result == 0 ? 0 : -ENOMEM;
}

/**
 * Maps the program in `file` with the headers that read_headers has read and is_executable has looked at into an empty task, below
 * `limit`; the end of its last page goes to `end`. 0, or a negative error.
 */
export function map_program(task: u32, file: u32, headers: usize, limit: u32, end: usize): i32 {
  const cell = stackAlloc(4);
  let error = error_of(io_map(file, cell));
  store<u32>(end, 0);
  if (error != 0) return error;
  const object = load<u32>(cell);
  const count: u32 = load<u16>(headers, E_PHNUM);
  for (let index: u32 = 0; index < count && error == 0; index++) {
    const header = headers + load<u32>(headers, E_PHOFF) + index * ELF_PROGRAM_HEADER_SIZE;
    if (load<u32>(header, P_TYPE) != PT_LOAD) continue;
    error = map_segment(task, object, header, limit);
    store<u32>(
      end,
      max<u32>(load<u32>(end), round_page(load<u32>(header, P_VADDR) + load<u32>(header, P_MEMSZ))),
    );
  }
  mach_port_deallocate(task_self(), object);
  return error;
}
