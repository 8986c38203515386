// Copies of address ranges in flight: out-of-line memory of messages, vm_read, vm_write, vm_copy.
import {
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_NO_SPACE,
  KERN_PROTECTION_FAILURE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  VM_INHERIT_DEFAULT,
  VM_PROT_ALL,
  VM_PROT_DEFAULT,
  VM_PROT_NONE,
  VM_PROT_READ,
} from "../../abi/vm_types";
import { Zone, kalloc, kfree, zalloc, zfree, zone_create } from "../kern/zone";
import { pmap_protect } from "../i386/pmap";
import { PAGE_MASK, PAGE_SIZE, VM_MAX_ADDRESS, round_page, trunc_page } from "../i386/vm_param";
import { vm_map_verify } from "./vm_check";
import { copyout_map } from "./vm_copyio";
import { vm_object_read } from "./vm_fault";
import { ENTRY_NEEDS_COPY, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_delete, vm_map_settle } from "./vm_map_change";
import {
  vm_map_advance_first_free,
  vm_map_enter,
  vm_map_find_space,
  vm_map_found_prev,
  vm_map_found_start,
} from "./vm_map_enter";
import {
  vm_map_clip_end,
  vm_map_clip_start,
  vm_map_count,
  vm_map_entry_alloc,
  vm_map_entry_free,
  vm_map_entry_link,
  vm_map_entry_reserve,
  vm_map_lookup_entry,
  vm_map_over_limit,
} from "./vm_map_entry";
import { vm_map_pageable } from "./vm_map_wire";
import { MERGE_POLICY_COPY } from "../../abi/vm_merge";
import { vm_merge_copy_released, vm_merge_glue_at } from "./vm_merge";
import { vm_merge_does } from "./vm_merge_policy";
import { VmObject, vm_object_deallocate, vm_object_reference, vm_object_unshared } from "./vm_object";
import {
  copy_needs_copy,
  copy_object,
  copy_offset,
  vm_object_copies_symmetrically,
  vm_object_copy_slowly,
  vm_object_copy_strategically,
} from "./vm_object_copy";

/** A list of entries. */
export const COPY_ENTRIES: u32 = 1;
/** Bytes in kernel memory (kalloc). */
export const COPY_KERNEL_BUFFER: u32 = 2;

@unmanaged
export class VmMapCopy {
  type!: u32;
  /** Address of the first byte in the source; vm_map_copyout keeps its offset within the page. */
  offset!: u32;
  /** Bytes. */
  size!: u32;
  /** COPY_ENTRIES: the first entry; linked by `next`, the last one's is null. Starts and ends are source addresses. */
  first!: VmMapEntry | null;
  last!: VmMapEntry | null;
  /** COPY_KERNEL_BUFFER */
  buffer!: usize;
}

let copyZone: Zone = changetype<Zone>(0);

export function vm_map_copy_init(): void {
  copyZone = zone_create(offsetof<VmMapCopy>(), "vm_map_copy");
}

function allocate(type: u32, offset: u32, size: u32): VmMapCopy | null {
  const address = zalloc(copyZone);
  if (address == 0) return null;
  const copy = changetype<VmMapCopy>(address);
  copy.type = type;
  copy.offset = offset;
  copy.size = size;
  return copy;
}

/** The entry behind `entry` in a copy's list. */
export function vm_map_copy_next(entry: VmMapEntry): VmMapEntry | null {
  return changetype<VmMapEntry | null>(load<usize>(changetype<usize>(entry), offsetof<VmMapEntry>("next")));
}

export function vm_map_copy_append(copy: VmMapCopy, entry: VmMapEntry): void {
  entry.next = changetype<VmMapEntry>(0);
  const last = copy.last;
  if (last == null) copy.first = entry;
  else last.next = entry;
  copy.last = entry;
}

/** Frees a copy (null is fine). */
export function vm_map_copy_discard(copy: VmMapCopy | null): void {
  if (copy == null) return;
  for (let entry: VmMapEntry | null = copy.first; entry != null;) {
    const next = vm_map_copy_next(entry);
    const object = entry.object;
    if (object != null) {
      const survives = object.refCount > 1;
      vm_object_deallocate(object);
      if (survives) vm_merge_copy_released(object, entry.offset, entry.end - entry.start);
    }
    vm_map_entry_free(entry);
    entry = next;
  }
  if (copy.buffer != 0) kfree(copy.buffer, copy.size);
  zfree(copyZone, changetype<usize>(copy));
}

// --- in -------------------------------------------------------------------------------------------------------------

/**
 * Takes a copy-on-write copy of [address, address + size) (any alignment; size 0 gives a null copy).
 * `sourceDestroy`: the source range is deallocated. Stores the VmMapCopy at `result`.
 * KERN_INVALID_ADDRESS for a hole, KERN_PROTECTION_FAILURE for unreadable memory, KERN_RESOURCE_SHORTAGE. May block.
 */
export function vm_map_copyin(map: VmMap, address: u32, size: u32, sourceDestroy: bool, result: usize): i32 {
  store<u32>(result, 0);
  if (size == 0) return KERN_SUCCESS;
  const start = trunc_page(address);
  if (address + size < address || address + size > VM_MAX_ADDRESS) return KERN_INVALID_ADDRESS;
  const end = round_page(address + size);
  const copy = allocate(COPY_ENTRIES, address, size);
  if (copy == null) return KERN_RESOURCE_SHORTAGE;
  let kr = vm_map_check_access(map, start, end, VM_PROT_READ);
  if (kr == KERN_SUCCESS) kr = copyinRange(map, start, end, copy);
  if (kr == KERN_SUCCESS && sourceDestroy) kr = vm_map_delete(map, start, end);
  if (kr != KERN_SUCCESS) {
    vm_map_copy_discard(copy);
    return kr;
  }
  if (sourceDestroy) dropNeedlessCopies(map, copy);
  else if (vm_merge_does(MERGE_POLICY_COPY)) vm_merge_glue_at(map, start, end);
  store<u32>(result, <u32>changetype<usize>(copy));
  return KERN_SUCCESS;
}

/** Whether all of [start, end) is there and has the rights: KERN_SUCCESS, KERN_INVALID_ADDRESS or KERN_PROTECTION_FAILURE. */
export function vm_map_check_access(map: VmMap, start: u32, end: u32, rights: u32): i32 {
  let entry = vm_map_lookup_entry(map, start);
  for (let at = start; at < end; entry = entry.next) {
    if (at < entry.start || at >= entry.end) return KERN_INVALID_ADDRESS;
    if ((rights & ~(<u32>entry.protection)) != 0) return KERN_PROTECTION_FAILURE;
    at = entry.end;
  }
  return KERN_SUCCESS;
}

function copyinRange(map: VmMap, start: u32, end: u32, copy: VmMapCopy): i32 {
  for (let at = start; at < end;) {
    if (map.transitions != 0) vm_map_settle(map, at, end);
    if (!vm_map_entry_reserve(3)) return KERN_RESOURCE_SHORTAGE;
    const entry = vm_map_lookup_entry(map, at);
    // It was there when the copy began: somebody else removed it since.
    if (at >= entry.end) return KERN_INVALID_ADDRESS;
    vm_map_clip_start(map, entry, at);
    vm_map_clip_end(map, entry, end);
    const next = entry.end;
    const piece = vm_map_entry_alloc();
    piece.start = at;
    piece.end = next;
    const kr = vm_map_entry_copy(map, entry, piece);
    if (kr != KERN_SUCCESS) {
      vm_map_entry_free(piece);
      return kr;
    }
    vm_map_copy_append(copy, piece);
    at = next;
  }
  return KERN_SUCCESS;
}

/**
 * Makes `target` (not linked; start and end are set) a copy-on-write copy of the linked `entry`: object, offset and
 * flags. May block, and `entry` may be gone then.
 */
export function vm_map_entry_copy(map: VmMap, entry: VmMapEntry, target: VmMapEntry): i32 {
  const object = entry.object;
  target.object = object;
  target.offset = entry.offset;
  target.flags = 0;
  target.wiredCount = 0;
  target.wiredAccess = <u8>VM_PROT_NONE;
  if (object == null) return KERN_SUCCESS;
  if (entry.wiredCount == 0 && vm_object_copies_symmetrically(object)) {
    vm_object_reference(object);
    if ((entry.flags & ENTRY_NEEDS_COPY) == 0) {
      entry.flags |= <u16>ENTRY_NEEDS_COPY;
      pmap_protect(map.pmap, entry.start, entry.end, VM_PROT_READ);
    }
    target.flags = <u16>ENTRY_NEEDS_COPY;
    return KERN_SUCCESS;
  }
  const length = entry.end - entry.start;
  const offset = entry.offset;
  const wired = entry.wiredCount != 0;
  vm_object_reference(object);
  const kr = wired
    ? vm_object_copy_slowly(object, offset, length)
    : vm_object_copy_strategically(object, offset, length);
  vm_object_deallocate(object);
  if (kr != KERN_SUCCESS) return kr;
  target.object = copy_object;
  target.offset = copy_offset;
  if (copy_needs_copy) target.flags = <u16>ENTRY_NEEDS_COPY;
  return KERN_SUCCESS;
}

/** The source is gone: entries whose object nobody else refers to are simply moved. */
function dropNeedlessCopies(map: VmMap, copy: VmMapCopy): void {
  let entry = copy.first;
  while (entry != null) {
    const object = entry.object;
    if (object != null && object.refCount == 1 && vm_object_unshared(object, map)) entry.flags = 0;
    entry = vm_map_copy_next(entry);
  }
}

/** A copy made of kernel memory: `size` bytes at `buffer` are copied now, the caller keeps the buffer. */
export function vm_map_copyin_kernel(buffer: usize, size: u32, result: usize): i32 {
  store<u32>(result, 0);
  if (size == 0) return KERN_SUCCESS;
  const copy = allocate(COPY_KERNEL_BUFFER, 0, size);
  if (copy == null) return KERN_RESOURCE_SHORTAGE;
  copy.buffer = kalloc(size);
  if (copy.buffer == 0) {
    vm_map_copy_discard(copy);
    return KERN_RESOURCE_SHORTAGE;
  }
  memory.copy(copy.buffer, buffer, size);
  store<u32>(result, <u32>changetype<usize>(copy));
  return KERN_SUCCESS;
}

/** A copy that is all of `object`, `size` bytes, whose reference it takes over; null when memory is short. */
export function vm_map_copy_of_object(object: VmObject, size: u32): VmMapCopy | null {
  if (!vm_map_entry_reserve(1)) return null;
  const copy = allocate(COPY_ENTRIES, 0, size);
  if (copy == null) return null;
  const entry = vm_map_entry_alloc();
  memory.fill(changetype<usize>(entry), 0, offsetof<VmMapEntry>());
  entry.end = size;
  entry.object = object;
  vm_map_copy_append(copy, entry);
  return copy;
}

// --- out ------------------------------------------------------------------------------------------------------------

/**
 * Maps the copy anywhere in `map` and stores the address of its first byte (a u32) at `address`. Consumes the copy on
 * success only. KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE. May block.
 */
export function vm_map_copyout(map: VmMap, address: usize, copy: VmMapCopy | null): i32 {
  store<u32>(address, 0);
  if (copy == null) return KERN_SUCCESS;
  if (copy.type == COPY_ENTRIES) return copyoutEntries(map, address, copy);
  const length = round_page(copy.size);
  if (length == 0) return KERN_INVALID_ARGUMENT;
  const kr = vm_map_enter(
    map,
    address,
    length,
    0,
    true,
    null,
    0,
    false,
    VM_PROT_DEFAULT,
    VM_PROT_ALL,
    VM_INHERIT_DEFAULT,
  );
  if (kr != KERN_SUCCESS) return kr;
  const start = load<u32>(address);
  const failure = copyout_map(map, copy.buffer, start, copy.size);
  if (failure != KERN_SUCCESS) {
    vm_map_delete(map, start, start + length);
    return failure;
  }
  vm_map_copy_discard(copy);
  return KERN_SUCCESS;
}

function copyoutEntries(map: VmMap, address: usize, copy: VmMapCopy): i32 {
  const base = trunc_page(copy.offset);
  const length = round_page(copy.offset + copy.size) - base;
  if (vm_map_over_limit(map, length, VM_PROT_ALL)) return KERN_NO_SPACE;
  if (!vm_map_find_space(map, length, 0)) return KERN_NO_SPACE;
  const start = vm_map_found_start;
  let prev = vm_map_found_prev();
  for (let entry: VmMapEntry | null = copy.first; entry != null;) {
    const next = vm_map_copy_next(entry);
    entry.start = start + (entry.start - base);
    entry.end = start + (entry.end - base);
    entry.protection = <u8>VM_PROT_DEFAULT;
    entry.maxProtection = <u8>VM_PROT_ALL;
    entry.inheritance = <u8>VM_INHERIT_DEFAULT;
    vm_map_entry_link(map, prev, entry);
    vm_map_advance_first_free(map, prev, entry);
    prev = entry;
    entry = next;
  }
  map.hint = prev;
  vm_map_count(map, length, VM_PROT_ALL);
  store<u32>(address, start + (copy.offset & PAGE_MASK));
  copy.first = null;
  vm_map_copy_discard(copy);
  if (map.wiringRequired != VM_PROT_NONE)
    vm_map_pageable(map, start, start + length, map.wiringRequired, false);
  if (vm_merge_does(MERGE_POLICY_COPY)) vm_merge_glue_at(map, start, start + length);
  vm_map_verify(map);
  return KERN_SUCCESS;
}

/**
 * Reads `size` bytes at byte `from` of the copy into kernel memory. The copy stays. May block.
 * KERN_INVALID_ARGUMENT beyond its end; otherwise as vm_fault.
 */
export function vm_map_copy_read(copy: VmMapCopy, from: u32, buffer: usize, size: u32): i32 {
  if (from > copy.size || size > copy.size - from) return KERN_INVALID_ARGUMENT;
  if (copy.type == COPY_KERNEL_BUFFER) {
    memory.copy(buffer, copy.buffer + from, size);
    return KERN_SUCCESS;
  }
  let entry = copy.first;
  let at = copy.offset + from;
  while (size > 0) {
    const chunk = min<u32>(size, PAGE_SIZE - (at & PAGE_MASK));
    while (at >= entry!.end) entry = vm_map_copy_next(entry!);
    const kr = vm_object_read(entry!.object, entry!.offset + (at - entry!.start), buffer, chunk);
    if (kr != KERN_SUCCESS) return kr;
    at += chunk;
    buffer += chunk;
    size -= chunk;
  }
  return KERN_SUCCESS;
}
