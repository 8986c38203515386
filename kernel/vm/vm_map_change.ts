// Removing ranges from a map, and changing their protection and inheritance.
import { assert_wait, thread_block } from "../kern/sched";
import { KERN_PROTECTION_FAILURE, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { VM_PROT_ALL, VM_PROT_NONE } from "../../abi/vm_types";
import { pmap_protect, pmap_remove } from "../i386/pmap";
import { ENTRY_IN_TRANSITION, ENTRY_NEEDS_WAKEUP, VmMap, VmMapEntry } from "./vm_map";
import {
  vm_map_clip_end,
  vm_map_entry_first,
  vm_map_entry_free,
  vm_map_entry_reserve_clips,
  vm_map_entry_unlink,
  vm_map_entry_widen_gap,
  vm_map_lookup_entry,
  vm_map_uncount,
} from "./vm_map_entry";
import { vm_map_pageable_scan, vm_map_unwire_entry } from "./vm_map_wire";
import { MERGE_POLICY_STALE, MERGE_POLICY_WIRE } from "../../abi/vm_merge";
import { vm_merge_glue, vm_merge_glue_at, vm_merge_released, vm_merge_released_later } from "./vm_merge";
import { vm_merge_does, vm_merge_glues, vm_merge_is_full } from "./vm_merge_policy";
import {
  OBJ_INTERNAL,
  VmObject,
  vm_object_deallocate,
  vm_object_page_remove,
  vm_object_sole,
} from "./vm_object";

/** Waits until somebody's work on `entry` is done. The caller looks everything up again. */
export function vm_map_entry_wait(map: VmMap, entry: VmMapEntry): void {
  entry.flags |= <u16>ENTRY_NEEDS_WAKEUP;
  assert_wait(changetype<usize>(map), false);
  thread_block();
}

/** Waits until no entry of [start, end) is in transition: callers that may clip do this first. */
export function vm_map_settle(map: VmMap, start: u32, end: u32): void {
  let entry = vm_map_lookup_entry(map, start);
  while (map.transitions != 0 && entry.start < end) {
    if (start < entry.end && entry.flags & ENTRY_IN_TRANSITION) {
      vm_map_entry_wait(map, entry);
      entry = vm_map_lookup_entry(map, start);
    } else {
      entry = entry.next;
      if (entry == map.header) return;
    }
  }
}

/** Removes [start, end). KERN_RESOURCE_SHORTAGE when there is no memory to split an entry. May block. */
export function vm_map_delete(map: VmMap, start: u32, end: u32): i32 {
  if (map.transitions != 0) vm_map_settle(map, start, end);
  if (!vm_map_entry_reserve_clips(map, start, end)) return KERN_RESOURCE_SHORTAGE;
  let entry = vm_map_entry_first(map, start);
  if (map.firstFree != map.header && map.firstFree.start >= start) map.firstFree = entry.prev;
  while (entry.start < end && entry != map.header) {
    vm_map_clip_end(map, entry, end);
    const next = entry.next;
    deleteEntry(map, entry);
    entry = next;
  }
  vm_map_entry_widen_gap(map, entry);
  if (vm_merge_does(MERGE_POLICY_STALE)) vm_merge_released_later(map);
  return KERN_SUCCESS;
}

function deleteEntry(map: VmMap, entry: VmMapEntry): void {
  if (entry.wiredCount != 0) vm_map_unwire_entry(map, entry);
  pmap_remove(map.pmap, entry.start, entry.end);
  const object = entry.object;
  if (object != null) releasePages(map, entry, object);
  vm_map_entry_unlink(map, entry);
  vm_map_uncount(map, entry.end - entry.start, entry.maxProtection);
  if (object != null) {
    const survives = object.refCount > 1;
    vm_object_deallocate(object);
    if (survives && vm_merge_does(MERGE_POLICY_STALE))
      vm_merge_released(map, object, entry.offset, entry.end - entry.start);
  }
  vm_map_entry_free(entry);
}

/** Frees pages that nothing can reach any more although other parts of their object stay mapped. */
function releasePages(map: VmMap, entry: VmMapEntry, object: VmObject): void {
  if (object.refCount == 1) return;
  if ((object.flags & OBJ_INTERNAL) == 0 || object.pagingInProgress != 0) return;
  if (!vm_object_sole(object, map)) return;
  vm_object_page_remove(object, entry.offset, entry.offset + (entry.end - entry.start));
}

/**
 * Sets the current protection of [start, end), or with `setMaximum` lowers the maximum. Holes are skipped.
 * KERN_PROTECTION_FAILURE, and nothing is changed, when a maximum lacks one of the rights.
 */
export function vm_map_protect(map: VmMap, start: u32, end: u32, protection: u32, setMaximum: bool): i32 {
  if (map.transitions != 0) vm_map_settle(map, start, end);
  if (!vm_map_entry_reserve_clips(map, start, end)) return KERN_RESOURCE_SHORTAGE;
  const first = vm_map_entry_first(map, start);
  for (let entry = first; entry.start < end && entry != map.header; entry = entry.next) {
    if ((protection & VM_PROT_ALL & ~(<u32>entry.maxProtection)) == 0) continue;
    if (vm_merge_is_full()) vm_merge_glue(map, first);
    return KERN_PROTECTION_FAILURE;
  }
  const glues = vm_merge_glues();
  let wiring: bool = false;
  let entry = first;
  while (entry.start < end && entry != map.header) {
    if (end < entry.end) vm_map_clip_end(map, entry, end);
    if (entry.wiredAccess != 0) wiring = true;
    protectEntry(map, entry, protection, setMaximum);
    entry = (glues ? vm_merge_glue(map, entry) : entry).next;
  }
  if (glues && entry != map.header) vm_merge_glue(map, entry);
  map.timestamp++;
  if (!wiring) return KERN_SUCCESS;
  const kr = vm_map_pageable_scan(map, start, end);
  if (vm_merge_does(MERGE_POLICY_WIRE)) vm_merge_glue_at(map, start, end);
  return kr;
}

function protectEntry(map: VmMap, entry: VmMapEntry, protection: u32, setMaximum: bool): void {
  const old = <u32>entry.protection;
  let now = protection;
  if (setMaximum) {
    now = old & protection;
    protection &= VM_PROT_ALL;
    if (protection == VM_PROT_NONE && entry.maxProtection != VM_PROT_NONE) {
      map.sizeNone += entry.end - entry.start;
    }
    entry.maxProtection = <u8>protection;
  }
  entry.protection = <u8>now;
  // More rights come with the next fault.
  if (old & VM_PROT_ALL & ~now) pmap_protect(map.pmap, entry.start, entry.end, now & VM_PROT_ALL);
}

/** Sets what a child gets of [start, end). Holes are skipped. */
export function vm_map_inherit(map: VmMap, start: u32, end: u32, inheritance: u32): i32 {
  if (map.transitions != 0) vm_map_settle(map, start, end);
  if (!vm_map_entry_reserve_clips(map, start, end)) return KERN_RESOURCE_SHORTAGE;
  const glues = vm_merge_glues();
  let entry = vm_map_entry_first(map, start);
  while (entry.start < end && entry != map.header) {
    vm_map_clip_end(map, entry, end);
    entry.inheritance = <u8>inheritance;
    entry = (glues ? vm_merge_glue(map, entry) : entry).next;
  }
  if (glues && entry != map.header) vm_merge_glue(map, entry);
  map.timestamp++;
  return KERN_SUCCESS;
}
