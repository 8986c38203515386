// A Linux program's memory: reading and writing it, and the calls that change it. Each task's map is what the program makes of
// it: brk, mmap and their like are calls of vm_map, vm_deallocate and vm_protect.
import { stackAlloc } from "../../guest/i386";
import { EACCES, EBADF, EFAULT, EINVAL, ENAMETOOLONG, ENOMEM } from "../../abi/errno";
import {
  LINUX_O_ACCMODE,
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_SHARED,
  MREMAP_MAYMOVE,
  SYS_brk,
  SYS_madvise,
  SYS_mmap2,
  SYS_mprotect,
  SYS_mremap,
  SYS_munmap,
} from "../../abi/linux";
import { KERN_PROTECTION_FAILURE } from "../../abi/kern_return";
import { INBAND_MAX, PATH_MAX } from "../../abi/fs";
import {
  VM_INHERIT_COPY,
  VM_INHERIT_SHARE,
  VM_PROT_ALL,
  VM_PROT_DEFAULT,
  VM_PROT_EXECUTE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { io_map } from "../generated/io.generated";
import { vm_copy, vm_protect } from "../generated/mach.generated";
import { vm_read_bytes, vm_write_bytes } from "../generated/mach386.generated";
import { PAGE_SIZE, round_page, trunc_page, vm_deallocate, vm_map } from "../lib/vm";
import { call_define, Registers } from "./calls";
import { error_of } from "../lib/errors";
import { fd_at, FD_FILE, FD_FLAGS, FD_PORT, LinuxProcess, port_release } from "./process";

/** Where memory without an address goes: as in Linux before it went downwards. */
const MAP_BASE: u32 = 0x40000000;
const TASK_END: u32 = 0xc0000000;

/** Copies from the program. 0, or -EFAULT. */
export function copy_in(process: LinuxProcess, from: u32, to: usize, size: u32): i32 {
  const count = stackAlloc(4);
  for (let at: u32 = 0; at < size; at += INBAND_MAX) {
    const piece = min<u32>(size - at, INBAND_MAX);
    store<u32>(count, piece);
    if (vm_read_bytes(process.task, from + at, piece, to + at, count) != 0) return -EFAULT;
  }
  return 0;
}

/** Copies to the program. 0, or -EFAULT. */
export function copy_out(process: LinuxProcess, from: usize, to: u32, size: u32): i32 {
  for (let at: u32 = 0; at < size; at += INBAND_MAX)
    if (vm_write_bytes(process.task, to + at, from + at, min<u32>(size - at, INBAND_MAX)) != 0)
      return -EFAULT;
  return 0;
}

export function copy_out_word(process: LinuxProcess, word: u32, to: u32): i32 {
  const cell = stackAlloc(4);
  store<u32>(cell, word);
  return copy_out(process, cell, to, 4);
}

/** Copies a byte string of less than `room` bytes. Its length, or -EFAULT, -ENAMETOOLONG. */
export function copy_in_string(process: LinuxProcess, from: u32, to: usize, room: u32): i32 {
  let length: u32 = 0;
  while (length < room) {
    // Not over the end of a page: the next one may not be there.
    const address = from + length;
    const piece = min<u32>(min<u32>(room - length, 256), PAGE_SIZE - (address & (PAGE_SIZE - 1)));
    const error = copy_in(process, address, to + length, piece);
    if (error != 0) return error;
    for (let end = length + piece; length < end; length++) if (load<u8>(to + length) == 0) return length;
  }
  return -ENAMETOOLONG;
}

export function copy_in_path(process: LinuxProcess, from: u32, to: usize): i32 {
  return copy_in_string(process, from, to, PATH_MAX);
}

function map_zero(process: LinuxProcess, address: u32, size: u32, protection: u32): i32 {
  const cell = stackAlloc(4);
  store<u32>(cell, address);
  const result = vm_map(process.task, cell, size, 0, 0, 0, 0, 0, protection, VM_PROT_ALL, VM_INHERIT_COPY);
  return result == 0 ? 0 : -ENOMEM;
}

const READ_WRITE: u32 = VM_PROT_READ | VM_PROT_WRITE;

function on_brk(process: LinuxProcess, r: Registers): i32 {
  const wanted = r.ebx;
  if (wanted < process.brk_start || wanted >= MAP_BASE) return process.brk;
  const now = round_page(process.brk);
  const then = round_page(wanted);
  if (then > now && map_zero(process, now, then - now, READ_WRITE) != 0) return process.brk;
  if (then < now) vm_deallocate(process.task, then, now - then);
  process.brk = wanted;
  return wanted;
}

function inside(address: u32, size: u32): bool {
  return (address & (PAGE_SIZE - 1)) == 0 && size <= TASK_END && address <= TASK_END - size;
}

/** Maps `object` (0: zero-filled memory). The address, or -ENOMEM. */
function map_object(
  process: LinuxProcess,
  wanted: u32,
  size: u32,
  protection: u32,
  flags: u32,
  object: u32,
  offset: u32,
  most: u32,
): i32 {
  const cell = stackAlloc(4);
  const fixed = (flags & MAP_FIXED) != 0;
  const shared = (flags & MAP_SHARED) != 0;
  if (fixed) vm_deallocate(process.task, wanted, size);
  store<u32>(cell, wanted != 0 ? wanted : MAP_BASE);
  const result = vm_map(
    process.task,
    cell,
    size,
    0,
    fixed ? 0 : 1,
    object,
    offset,
    object != 0 && !shared ? 1 : 0,
    protection & VM_PROT_ALL,
    most,
    shared ? VM_INHERIT_SHARE : VM_INHERIT_COPY,
  );
  return result == 0 ? load<u32>(cell) : -ENOMEM;
}

/** Address, length, protection, flags, descriptor, page of the file. */
function on_mmap(process: LinuxProcess, r: Registers): i32 {
  const wanted = r.ebx;
  const size = round_page(r.ecx);
  const protection = r.edx;
  const flags = r.esi;
  if (size == 0 || !inside(trunc_page(wanted), size)) return -EINVAL;
  if ((flags & MAP_FIXED) != 0 && trunc_page(wanted) != wanted) return -EINVAL;
  if ((flags & MAP_ANONYMOUS) != 0)
    return map_object(process, trunc_page(wanted), size, protection, flags, 0, 0, VM_PROT_ALL);
  const at = fd_at(process, r.edi);
  if (at == 0 || load<u32>(at) != FD_FILE) return -EBADF;
  // What is shared can be written by who may write the file.
  const reads = (flags & MAP_SHARED) != 0 && (load<u32>(at, FD_FLAGS) & LINUX_O_ACCMODE) == 0;
  if (reads && (protection & VM_PROT_WRITE) != 0) return -EACCES;
  const most: u32 = reads ? VM_PROT_READ | VM_PROT_EXECUTE : VM_PROT_ALL;
  const object = stackAlloc(4);
  const error = error_of(io_map(load<u32>(at, FD_PORT), object));
  if (error != 0) return error;
  const port = load<u32>(object);
  const offset = r.ebp * PAGE_SIZE;
  const result = map_object(process, trunc_page(wanted), size, protection, flags, port, offset, most);
  port_release(port);
  return result;
}

function on_munmap(process: LinuxProcess, r: Registers): i32 {
  const address = r.ebx;
  const size = round_page(r.ecx);
  if (size == 0 || !inside(address, size)) return -EINVAL;
  vm_deallocate(process.task, address, size);
  return 0;
}

function on_mprotect(process: LinuxProcess, r: Registers): i32 {
  const address = r.ebx;
  const size = round_page(r.ecx);
  if (!inside(address, size)) return -EINVAL;
  const result = vm_protect(process.task, address, size, 0, r.edx & VM_PROT_ALL);
  if (result == KERN_PROTECTION_FAILURE) return -EACCES;
  return result == 0 ? 0 : -ENOMEM;
}

/** Moves a mapping to where there is room. */
function move_mapping(process: LinuxProcess, old: u32, old_size: u32, size: u32): i32 {
  const moved = map_object(process, 0, size, READ_WRITE, 0, 0, 0, VM_PROT_ALL);
  if (moved == -ENOMEM) return moved;
  if (vm_copy(process.task, old, old_size, moved) != 0) {
    vm_deallocate(process.task, moved, size);
    return -EFAULT;
  }
  vm_deallocate(process.task, old, old_size);
  return moved;
}

/** Address, old and new length, flags. */
function on_mremap(process: LinuxProcess, r: Registers): i32 {
  const old = r.ebx;
  const old_size = round_page(r.ecx);
  const size = round_page(r.edx);
  if (size == 0 || old_size == 0 || !inside(old, old_size) || !inside(old, size)) return -EINVAL;
  if (size < old_size) vm_deallocate(process.task, old + size, old_size - size);
  if (size <= old_size) return old;
  // In place, if nothing is behind it.
  if (map_zero(process, old + old_size, size - old_size, READ_WRITE) == 0) return old;
  return (r.esi & MREMAP_MAYMOVE) != 0 ? move_mapping(process, old, old_size, size) : -ENOMEM;
}

function on_madvise(process: LinuxProcess, r: Registers): i32 {
  const address = r.ebx;
  const size = round_page(r.ecx);
  if (!inside(address, size)) return -EINVAL;
  if (r.edx != <u32>MADV_DONTNEED || size == 0) return 0;
  // Private memory without a file is zero afterwards.
  vm_deallocate(process.task, address, size);
  return map_zero(process, address, size, READ_WRITE);
}

/** Takes everything out of the program's address space. */
export function memory_clear(process: LinuxProcess): void {
  vm_deallocate(process.task, 0, TASK_END);
}

/** Memory for a stack or a segment at an address. 0 or -ENOMEM. */
export function memory_make(process: LinuxProcess, address: u32, size: u32): i32 {
  return map_zero(process, address, size, VM_PROT_DEFAULT);
}

export function memory_calls(): void {
  call_define(SYS_brk, on_brk);
  call_define(SYS_mmap2, on_mmap);
  call_define(SYS_munmap, on_munmap);
  call_define(SYS_mprotect, on_mprotect);
  call_define(SYS_mremap, on_mremap);
  call_define(SYS_madvise, on_madvise);
}
