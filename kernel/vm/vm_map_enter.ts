// Entering memory into a map: choosing the place, joining a neighbour or making an entry.
import {
  KERN_INVALID_ADDRESS,
  KERN_NO_SPACE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { VM_PROT_NONE, VM_PROT_WRITE } from "../../abi/vm_types";
import { pmap_enter } from "../i386/pmap";
import { PAGE_SIZE } from "../i386/vm_param";
import { ENTRY_NEEDS_COPY, VmMap, VmMapEntry } from "./vm_map";
import {
  vm_map_count,
  vm_map_entry_alloc,
  vm_map_entry_link,
  vm_map_entry_reserve,
  vm_map_lookup_entry,
  vm_map_lookup_gap,
  vm_map_over_limit,
} from "./vm_map_entry";
import { vm_map_delete } from "./vm_map_change";
import { vm_map_pageable } from "./vm_map_wire";
import { vm_merge_extend } from "./vm_merge";
import { VmObject, vm_object_reference } from "./vm_object";
import { PAGE_ABSENT, PAGE_BUSY, PAGE_ERROR, vm_page_lock } from "./vm_page";
import { vm_page_lookup } from "./vm_resident";

/** Smaller mappings of objects at fixed places have resident pages entered at once. */
const PREENTER_BELOW: u32 = 128 * 1024;

/** The new mapping while it is judged: an entry that is not linked. */
const scratch: usize = memory.data(68);

/** What vm_map_find_space found: the entry before the place, and its start. */
let foundPrev: VmMapEntry = changetype<VmMapEntry>(0);
export let vm_map_found_start: u32 = 0;

/** The entry before the place that vm_map_find_space found. */
export function vm_map_found_prev(): VmMapEntry {
  return foundPrev;
}

/** Low bits of a mask align; a run of ones up to bit 31 bounds the top. */
function topOfMask(map: VmMap, mask: u32): u32 {
  const end = map.header.start;
  if ((mask & 0x80000000) == 0) return end;
  if (mask == 0xffffffff) return map.header.end;
  const top = (<u32>1) << (32 - clz(~mask));
  // ~mask has its highest one right below the run.
  return min<u32>(top, end);
}

function alignmentOfMask(mask: u32): u32 {
  if ((mask & 0x80000000) == 0) return mask;
  const run = clz(~mask);
  return run >= 32 ? 0 : mask & ((<u32>0xffffffff) >> run);
}

/**
 * Finds `size` bytes (page-aligned, not 0) aligned by `mask`: behind the first-free hint, else in the smallest gap that
 * is large enough. Sets vm_map_found_start and vm_map_found_prev. False when there is no such gap.
 */
export function vm_map_find_space(map: VmMap, size: u32, mask: u32): bool {
  const align = alignmentOfMask(mask);
  const top = topOfMask(map, mask);
  if (size == 0 || size > top) return false;
  if (map.entryCount == 0) return fits(map.header, map.header.end, top, size, align);
  const hinted = map.firstFree;
  if (
    hinted != map.header &&
    fits(hinted, hinted.end, min<u32>(hinted.end + hinted.gapSize, top), size, align)
  ) {
    return true;
  }
  const needed = size + align;
  if (needed < size) return false;
  const best = vm_map_lookup_gap(map, needed);
  if (best != null && fits(best, best.end, min<u32>(best.end + best.gapSize, top), size, align)) return true;
  // With a bounded top, or where only luck makes the alignment fit, the gaps are tried in address order.
  return top < map.header.start && firstFit(map, size, align, top);
}

function firstFit(map: VmMap, size: u32, align: u32, top: u32): bool {
  if (fits(map.header, map.header.end, min<u32>(map.header.next.start, top), size, align)) return true;
  for (let entry = map.header.next; entry != map.header && entry.end < top; entry = entry.next) {
    if (fits(entry, entry.end, min<u32>(entry.end + entry.gapSize, top), size, align)) return true;
  }
  return false;
}

function fits(prev: VmMapEntry, low: u32, high: u32, size: u32, align: u32): bool {
  const start = (low + align) & ~align;
  if (start < low || start > high || high - start < size) return false;
  foundPrev = prev;
  vm_map_found_start = start;
  return true;
}

/** Checks that [start, start + size) is free and the map's; sets vm_map_found_prev. */
export function vm_map_check_space(map: VmMap, start: u32, size: u32): i32 {
  const end = start + size;
  if (end < start || end > map.header.start) return KERN_INVALID_ADDRESS;
  const prev = vm_map_lookup_entry(map, start);
  if (start < prev.end || prev.next.start < end) return KERN_NO_SPACE;
  foundPrev = prev;
  vm_map_found_start = start;
  return KERN_SUCCESS;
}

/** Moves the first-free hint onto a new entry that directly follows the hinted one. */
export function vm_map_advance_first_free(map: VmMap, prev: VmMapEntry, entry: VmMapEntry): void {
  if (map.firstFree == prev && prev.end >= entry.start) map.firstFree = entry;
}

/**
 * Maps `object` (null: zero-filled memory) from `offset` on; consumes the caller's reference to it on success.
 * `address` (a u32 cell) says where unless `anywhere`, and gets the place. `size` is page-aligned and not 0.
 */
export function vm_map_enter(
  map: VmMap,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  object: VmObject | null,
  offset: u32,
  needsCopy: bool,
  protection: u32,
  maxProtection: u32,
  inheritance: u32,
): i32 {
  if (anywhere) {
    if (!vm_map_find_space(map, size, mask)) return KERN_NO_SPACE;
  } else {
    const start = load<u32>(address);
    if (start & alignmentOfMask(mask)) return KERN_NO_SPACE;
    const kr = vm_map_check_space(map, start, size);
    if (kr != KERN_SUCCESS) return kr;
  }
  if (vm_map_over_limit(map, size, maxProtection)) return KERN_NO_SPACE;
  const prev = foundPrev;
  const start = vm_map_found_start;
  const fresh = changetype<VmMapEntry>(scratch);
  fresh.start = start;
  fresh.end = start + size;
  fresh.object = object;
  fresh.offset = offset;
  fresh.protection = <u8>protection;
  fresh.maxProtection = <u8>maxProtection;
  fresh.inheritance = <u8>inheritance;
  fresh.flags = <u16>(needsCopy ? ENTRY_NEEDS_COPY : 0);
  if (vm_merge_extend(map, prev, fresh) != null) {
    vm_map_count(map, size, maxProtection);
    store<u32>(address, start);
    return KERN_SUCCESS;
  }
  if (!vm_map_entry_reserve(1)) return KERN_RESOURCE_SHORTAGE;
  const entry = vm_map_entry_alloc();
  memory.copy(changetype<usize>(entry), scratch, offsetof<VmMapEntry>());
  vm_map_entry_link(map, prev, entry);
  vm_map_advance_first_free(map, prev, entry);
  map.hint = entry;
  vm_map_count(map, size, maxProtection);
  store<u32>(address, start);
  if (map.wiringRequired != VM_PROT_NONE) {
    const kr = vm_map_pageable(map, start, start + size, map.wiringRequired, false);
    if (kr != KERN_RESOURCE_SHORTAGE) return KERN_SUCCESS;
    // What cannot be wired is not mapped; the caller keeps its reference.
    if (object != null) vm_object_reference(object);
    vm_map_delete(map, start, start + size);
    return kr;
  }
  if (object != null && !anywhere && size < PREENTER_BELOW) preenter(map, entry, object);
  return KERN_SUCCESS;
}

/** Enters resident pages without the write right, to save faults. */
function preenter(map: VmMap, entry: VmMapEntry, object: VmObject): void {
  const protection = (<u32>entry.protection) & ~VM_PROT_WRITE;
  if (protection == 0 || object.residentCount == 0) return;
  for (let va = entry.start; va < entry.end; va += PAGE_SIZE) {
    const page = vm_page_lookup(object, entry.offset + (va - entry.start));
    if (page == null || page.flags & (PAGE_BUSY | PAGE_ABSENT | PAGE_ERROR)) continue;
    if (vm_page_lock(page) & protection) continue;
    if (!pmap_enter(map.pmap, va, page, protection, false)) return;
  }
}
