// Wiring: an entry's wish (wiredAccess) and its state (wiredCount). Memory without any access stays unwired and keeps
// its wish.
import { thread_wakeup } from "../kern/sched";
import { KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { VM_PROT_ALL, VM_PROT_NONE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { pmap_change_wiring } from "../i386/pmap";
import { PAGE_SIZE } from "../i386/vm_param";
import { vm_fault } from "./vm_fault";
import { ENTRY_IN_TRANSITION, ENTRY_NEEDS_WAKEUP, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_entry_wait, vm_map_settle } from "./vm_map_change";
import {
  vm_map_clip_end,
  vm_map_entry_first,
  vm_map_entry_reserve_clips,
  vm_map_lookup_entry,
} from "./vm_map_entry";
import { MERGE_POLICY_WIRE } from "../../abi/vm_merge";
import { vm_merge_glue_at } from "./vm_merge";
import { vm_merge_does } from "./vm_merge_policy";
import { VmPage } from "./vm_page";
import { vm_page_lookup, vm_page_unwire } from "./vm_resident";

/**
 * Wires [start, end) for `access`, or unwires it (VM_PROT_NONE). With `checkRange` the range must be fully allocated
 * and accessible, else KERN_NO_SPACE. May block.
 */
export function vm_map_pageable(map: VmMap, start: u32, end: u32, access: u32, checkRange: bool): i32 {
  if (checkRange && !accessible(map, start, end, access)) return KERN_NO_SPACE;
  if (map.transitions != 0) vm_map_settle(map, start, end);
  if (!vm_map_entry_reserve_clips(map, start, end)) return KERN_RESOURCE_SHORTAGE;
  let entry = vm_map_entry_first(map, start);
  for (; entry.start < end && entry != map.header; entry = entry.next) {
    vm_map_clip_end(map, entry, end);
    entry.wiredAccess = <u8>access;
  }
  const kr = vm_map_pageable_scan(map, start, end);
  if (vm_merge_does(MERGE_POLICY_WIRE)) vm_merge_glue_at(map, start, end);
  return kr;
}

function accessible(map: VmMap, start: u32, end: u32, access: u32): bool {
  let entry = vm_map_lookup_entry(map, start);
  for (let at = start; at < end; entry = entry.next) {
    if (at < entry.start || at >= entry.end) return false;
    if ((access & ~(<u32>entry.protection)) != 0) return false;
    at = entry.end;
  }
  return true;
}

/** Makes the state of [start, end) what wishes and protections say. Goes by address: entries may change while it blocks. */
export function vm_map_pageable_scan(map: VmMap, start: u32, end: u32): i32 {
  let at = start;
  while (at < end) {
    let entry = vm_map_lookup_entry(map, at);
    if (at >= entry.end) entry = entry.next;
    if (entry == map.header || entry.start >= end) break;
    if (entry.flags & ENTRY_IN_TRANSITION) {
      vm_map_entry_wait(map, entry);
      continue;
    }
    const next = entry.end;
    const wanted = entry.wiredAccess != 0 && ((<u32>entry.protection) & VM_PROT_ALL) != 0;
    if (wanted && entry.wiredCount == 0) {
      const kr = wireEntry(map, entry);
      if (kr != KERN_SUCCESS) return kr;
    } else if (!wanted && entry.wiredCount != 0) {
      vm_map_unwire_entry(map, entry);
    }
    at = next;
  }
  return KERN_SUCCESS;
}

function wireEntry(map: VmMap, entry: VmMapEntry): i32 {
  entry.wiredCount = 1;
  map.sizeWired += entry.end - entry.start;
  entry.flags |= <u16>ENTRY_IN_TRANSITION;
  map.transitions++;
  const access = (<u32>entry.protection) & (VM_PROT_READ | VM_PROT_WRITE);
  let kr = KERN_SUCCESS;
  let va = entry.start;
  for (; va < entry.end && kr == KERN_SUCCESS; va += PAGE_SIZE) kr = vm_fault(map, va, access, true);
  map.transitions--;
  const flags = entry.flags;
  entry.flags = flags & (<u16>~(ENTRY_IN_TRANSITION | ENTRY_NEEDS_WAKEUP));
  if (flags & ENTRY_NEEDS_WAKEUP) thread_wakeup(changetype<usize>(map));
  if (kr != KERN_SUCCESS) {
    unwirePages(map, entry, va - PAGE_SIZE);
    forget(map, entry);
    entry.wiredAccess = <u8>VM_PROT_NONE;
  }
  return kr;
}

export function vm_map_unwire_entry(map: VmMap, entry: VmMapEntry): void {
  unwirePages(map, entry, entry.end);
  forget(map, entry);
}

function forget(map: VmMap, entry: VmMapEntry): void {
  entry.wiredCount = 0;
  map.sizeWired -= entry.end - entry.start;
}

function unwirePages(map: VmMap, entry: VmMapEntry, end: u32): void {
  for (let va = entry.start; va < end; va += PAGE_SIZE) {
    pmap_change_wiring(map.pmap, va, false);
    const page = residentPage(entry, va);
    if (page != null) vm_page_unwire(page);
  }
}

/** The page that `va` shows, through the shadow chain. */
function residentPage(entry: VmMapEntry, va: u32): VmPage | null {
  let object = entry.object;
  let offset = entry.offset + (va - entry.start);
  while (object != null) {
    const page = vm_page_lookup(object, offset);
    if (page != null) return page;
    offset += object.shadowOffset;
    object = object.shadow;
  }
  return null;
}
