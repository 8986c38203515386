// mmap, munmap, mprotect, brk and sbrk over Mach calls, making the same calls in the same order as the C library of the
// Hurd: what programs do to a map there is what the benchmark measures here.
import { stackAlloc } from "../../guest/i386";
import { KERN_NO_SPACE } from "../../abi/kern_return";
import {
  VM_INHERIT_COPY,
  VM_INHERIT_SHARE,
  VM_PROT_ALL,
  VM_PROT_EXECUTE,
  VM_PROT_NONE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { vm_protect } from "../generated/mach.generated";
import { task_self } from "./mach";
import { Region, read_region, REGION_SIZE, release_region } from "./regions";
import { PAGE_SIZE, round_page, vm_allocate, vm_deallocate, vm_map } from "./vm";

export const PROT_NONE: u32 = VM_PROT_NONE;
export const PROT_READ: u32 = VM_PROT_READ;
export const PROT_WRITE: u32 = VM_PROT_WRITE;
export const PROT_EXEC: u32 = VM_PROT_EXECUTE;
export const MAP_SHARED: u32 = 0x10;
export const MAP_PRIVATE: u32 = 0;
export const MAP_FIXED: u32 = 0x100;
/** What mmap gives on failure; the kern_return is in `mman_error`. */
export const MAP_FAILED: u32 = 0xffffffff;

export let mman_error: i32 = 0;

/**
 * Maps `object` (a memory object port; 0: anonymous memory) at byte `offset`.
 *
 * Without MAP_FIXED a given address is a wish: if something is in the way the kernel chooses, so that no mapping is ever
 * split or replaced. With MAP_FIXED, what is in the way is unmapped after a first try (not atomic, as on the Hurd).
 * A private mapping of an object is a copy (copy-on-write, inherited as a copy), a shared one is inherited shared.
 */
export function mmap(address: u32, length: u32, protection: u32, flags: u32, object: u32, offset: u32): u32 {
  const slot = stackAlloc(4);
  const copy: u32 = (flags & MAP_SHARED) == 0 ? 1 : 0;
  const inheritance: u32 = copy ? VM_INHERIT_COPY : VM_INHERIT_SHARE;
  const task = task_self();
  const anywhere: u32 = address == 0 && (flags & MAP_FIXED) == 0 ? 1 : 0;
  store<u32>(slot, address);
  let result = vm_map(
    task,
    slot,
    length,
    0,
    anywhere,
    object,
    offset,
    copy,
    protection,
    VM_PROT_ALL,
    inheritance,
  );
  if (result == KERN_NO_SPACE && !anywhere) {
    if ((flags & MAP_FIXED) != 0) {
      result = vm_deallocate(task, address, length);
      if (result == 0)
        result = vm_map(task, slot, length, 0, 0, object, offset, copy, protection, VM_PROT_ALL, inheritance);
    } else {
      store<u32>(slot, 0);
      result = vm_map(task, slot, length, 0, 1, object, offset, copy, protection, VM_PROT_ALL, inheritance);
    }
  }
  mman_error = result;
  return result == 0 ? load<u32>(slot) : MAP_FAILED;
}

/** Returns a kern_return. */
export function munmap(address: u32, length: u32): i32 {
  return vm_deallocate(task_self(), address, length);
}

/** Returns a kern_return. */
export function mprotect(address: u32, length: u32, protection: u32): i32 {
  return vm_protect(task_self(), address, length, 0, protection);
}

// The data segment, as the C library of the Hurd keeps it: at start-up everything from the end of the program to the
// data limit is reserved by one mapping without access. The break moves up by vm_protect on the part that becomes
// usable; it moves down by vm_deallocate (which frees the pages) and a fresh mapping without access in its place.
// Beyond the reserved part the break grows by vm_allocate.

/** The data limit: how much is reserved behind the program. */
export const DATA_LIMIT: u32 = 16 * 1024 * 1024;
const ACCESS: u32 = VM_PROT_READ | VM_PROT_WRITE | VM_PROT_EXECUTE;

let current_break: u32 = 0;
let data_end: u32 = 0;

/** The first page behind the program's static data that nothing is mapped at. */
function end_of_program(): u32 {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let end = round_page(<u32>__heap_base);
  while (read_region(task_self(), end, region)) {
    release_region(region);
    if (region.address > end) break;
    end = region.address + region.size;
  }
  return end;
}

function reserve(address: u32, length: u32): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, address);
  return vm_map(task_self(), slot, length, 0, 0, 0, 0, 0, VM_PROT_NONE, VM_PROT_ALL, VM_INHERIT_COPY);
}

/** Reserves the data segment; the first brk or sbrk does it. Returns a kern_return. */
export function brk_initialize(): i32 {
  if (current_break != 0) return 0;
  const start = end_of_program();
  const result = reserve(start, DATA_LIMIT);
  if (result != 0) return result;
  current_break = start;
  data_end = start + DATA_LIMIT;
  return 0;
}

function grow_break(from: u32, to: u32): i32 {
  if (to <= data_end) return vm_protect(task_self(), from, to - from, 0, ACCESS);
  if (data_end > from) {
    const result = vm_protect(task_self(), from, data_end - from, 0, ACCESS);
    if (result != 0) return result;
    current_break = data_end;
  }
  const slot = stackAlloc(4);
  store<u32>(slot, data_end);
  const result = vm_allocate(task_self(), slot, to - data_end, 0);
  if (result == 0) data_end = to;
  return result;
}

function shrink_break(to: u32, from: u32): i32 {
  const result = vm_deallocate(task_self(), to, from - to);
  return result != 0 ? result : reserve(to, from - to);
}

/** Sets the break to `address`. Returns a kern_return. */
export function brk(address: u32): i32 {
  let result = brk_initialize();
  if (result != 0) return result;
  const from = round_page(current_break);
  const to = round_page(address);
  if (to > from) result = grow_break(from, to);
  else if (to < from) result = shrink_break(to, from);
  if (result == 0) current_break = address;
  return result;
}

/** Moves the break by `increment` bytes; returns the old break, or MAP_FAILED. */
export function sbrk(increment: i32): u32 {
  if (brk_initialize() != 0) return MAP_FAILED;
  const old = current_break;
  if (increment != 0 && brk(old + increment) != 0) return MAP_FAILED;
  return old;
}

/** The reserved data segment's end, for programs that watch their own entries. */
export function data_segment_end(): u32 {
  return data_end;
}

/** Length in bytes of `pages` pages. */
export function pages(count: u32): u32 {
  return count * PAGE_SIZE;
}
