// Entries of address maps: finding, linking, clipping; the gap tree follows along.
import { zalloc_raw, zfree, zone_reserve } from "../kern/zone";
import { VM_PROT_NONE } from "../../abi/vm_types";
import {
  AvlNode,
  avl_change_key,
  avl_find_at_least,
  avl_find_at_most,
  avl_insert,
  avl_remove,
  avl_replace,
} from "./avl";
import { VmMap, VmMapEntry, vm_map_entry_zone } from "./vm_map";
import { VmObject, vm_object_owner_add, vm_object_owner_drop } from "./vm_object";

function rootCell(map: VmMap): usize {
  return changetype<usize>(map) + offsetof<VmMap>("root");
}

function gapRootCell(map: VmMap): usize {
  return changetype<usize>(map) + offsetof<VmMap>("gapRoot");
}

function addressNode(entry: VmMapEntry): AvlNode {
  return changetype<AvlNode>(entry);
}

function gapNode(entry: VmMapEntry): AvlNode {
  return changetype<AvlNode>(changetype<usize>(entry) + offsetof<VmMapEntry>("gapLeft"));
}

function entryOfGap(node: AvlNode): VmMapEntry {
  return changetype<VmMapEntry>(changetype<usize>(node) - offsetof<VmMapEntry>("gapLeft"));
}

// --- memory ---------------------------------------------------------------------------------------------------------

/** Makes sure that `count` vm_map_entry_alloc succeed; callers that clip reserve first, so that clipping cannot fail. */
export function vm_map_entry_reserve(count: u32): bool {
  return zone_reserve(vm_map_entry_zone, count);
}

/** As vm_map_entry_reserve for clipping at both ends of [start, end): without memory, what needs no clip still works. */
export function vm_map_entry_reserve_clips(map: VmMap, start: u32, end: u32): bool {
  return zone_reserve(vm_map_entry_zone, 2) || vm_map_entry_zone.free >= clips(map, start, end);
}

function clips(map: VmMap, start: u32, end: u32): u32 {
  const first = vm_map_lookup_entry(map, start);
  const last = vm_map_lookup_entry(map, end - 1);
  return (first.start < start && start < first.end ? 1 : 0) + (last.start < end && end < last.end ? 1 : 0);
}

/** An entry with undefined contents that was reserved. */
export function vm_map_entry_alloc(): VmMapEntry {
  return changetype<VmMapEntry>(zalloc_raw(vm_map_entry_zone));
}

export function vm_map_entry_free(entry: VmMapEntry): void {
  zfree(vm_map_entry_zone, changetype<usize>(entry));
}

// --- gaps -----------------------------------------------------------------------------------------------------------

function gapInsert(map: VmMap, entry: VmMapEntry, size: u32): void {
  entry.gapSize = size;
  if (size == 0) return;
  const node = avl_find_at_least(gapRootCell(map), size);
  if (node == null || node.key != size) {
    entry.gapNext = null;
    entry.gapPrev = null;
    avl_insert(gapRootCell(map), gapNode(entry));
    return;
  }
  const first = entryOfGap(node);
  const next = first.gapNext;
  entry.gapNext = next;
  entry.gapPrev = first;
  first.gapNext = entry;
  if (next != null) next.gapPrev = entry;
}

function gapRemove(map: VmMap, entry: VmMapEntry): void {
  if (entry.gapSize == 0) return;
  const next = entry.gapNext;
  const prev = entry.gapPrev;
  if (prev != null) {
    prev.gapNext = next;
    if (next != null) next.gapPrev = prev;
  } else if (next != null) {
    next.gapPrev = null;
    avl_replace(gapRootCell(map), gapNode(entry), gapNode(next));
  } else {
    avl_remove(gapRootCell(map), gapNode(entry));
  }
  entry.gapSize = 0;
}

/** The gap behind `entry` may have changed. */
function gapUpdate(map: VmMap, entry: VmMapEntry): void {
  if (entry == map.header) return;
  const size = entry.next.start - entry.end;
  if (size == entry.gapSize) return;
  if (size != 0 && hasOwnGapNode(entry) && avl_change_key(gapNode(entry), size)) return;
  gapRemove(map, entry);
  gapInsert(map, entry, size);
}

/** Whether `entry` has a gap, and is the only one with a gap of that size. */
function hasOwnGapNode(entry: VmMapEntry): bool {
  return entry.gapSize != 0 && entry.gapPrev == null && entry.gapNext == null;
}

/** The gap of `from` becomes that of `to`, which has none. */
function gapMove(map: VmMap, from: VmMapEntry, to: VmMapEntry): void {
  const size = from.gapSize;
  to.gapSize = size;
  if (size == 0) return;
  if (!hasOwnGapNode(from)) {
    gapRemove(map, from);
    gapInsert(map, to, size);
    return;
  }
  to.gapNext = null;
  to.gapPrev = null;
  avl_replace(gapRootCell(map), gapNode(from), gapNode(to));
  from.gapSize = 0;
}

/** The entry before the gap that `anywhere` takes: the smallest of at least `size` bytes; null when there is none. */
export function vm_map_lookup_gap(map: VmMap, size: u32): VmMapEntry | null {
  const node = avl_find_at_least(gapRootCell(map), size);
  if (node == null) return null;
  const entry = entryOfGap(node);
  const recent = entry.gapNext;
  return recent != null ? recent : entry;
}

// --- order ----------------------------------------------------------------------------------------------------------

/** The entry that contains `address`, or else the one before it (perhaps the header): `address < result.end` tells. */
export function vm_map_lookup_entry(map: VmMap, address: u32): VmMapEntry {
  const hint = map.hint;
  if (address >= hint.start) {
    if (address < hint.end) return hint;
    const next = hint.next;
    if (address < next.start) return hint;
    if (address < next.end) {
      map.hint = next;
      return next;
    }
  }
  const node = avl_find_at_most(rootCell(map), address);
  if (node == null) return map.header;
  const entry = changetype<VmMapEntry>(node);
  map.hint = entry;
  return entry;
}

/** Puts `entry` behind `after`; its object's reference is the caller's business. */
export function vm_map_entry_link(map: VmMap, after: VmMapEntry, entry: VmMapEntry): void {
  linkInOrder(map, after, entry);
  gapUpdate(map, after);
  gapInsert(map, entry, entry.next.start - entry.end);
}

/** vm_map_entry_link without the gaps. */
function linkInOrder(map: VmMap, after: VmMapEntry, entry: VmMapEntry): void {
  const next = after.next;
  entry.prev = after;
  entry.next = next;
  after.next = entry;
  next.prev = entry;
  avl_insert(rootCell(map), addressNode(entry));
  if (++map.entryCount > map.peakEntries) map.peakEntries = map.entryCount;
  map.timestamp++;
  const object = entry.object;
  if (object != null) vm_object_owner_add(object, map, entry.start - entry.offset);
}

/**
 * Takes `entry` out; its object's reference, the entry's memory and the map's sizes are the caller's business. The gap
 * before it stays as small as it was until the caller, who may have more to take out, calls vm_map_entry_widen_gap.
 */
export function vm_map_entry_unlink(map: VmMap, entry: VmMapEntry): void {
  const object = entry.object;
  if (object != null) vm_object_owner_drop(object, map, entry.start - entry.offset);
  const prev = entry.prev;
  const next = entry.next;
  if (map.hint == entry) map.hint = prev;
  gapRemove(map, entry);
  avl_remove(rootCell(map), addressNode(entry));
  prev.next = next;
  next.prev = prev;
  map.entryCount--;
  map.timestamp++;
}

/** The gap before `next`, which entries were taken out of, gets its size. */
export function vm_map_entry_widen_gap(map: VmMap, next: VmMapEntry): void {
  gapUpdate(map, next.prev);
}

/** Makes `entry` cover its neighbour behind it as well, which is unlinked; objects, sizes and memory are the caller's. */
export function vm_map_entry_absorb_next(map: VmMap, entry: VmMapEntry): VmMapEntry {
  const gone = entry.next;
  const next = gone.next;
  if (map.hint == gone) map.hint = entry;
  if (map.firstFree == gone) map.firstFree = entry;
  gapMove(map, gone, entry);
  avl_remove(rootCell(map), addressNode(gone));
  entry.end = gone.end;
  entry.next = next;
  next.prev = entry;
  map.entryCount--;
  map.timestamp++;
  return gone;
}

/** Moves the lower end of `entry` into the gap before it. Its offset is the caller's business. */
export function vm_map_entry_set_start(map: VmMap, entry: VmMapEntry, start: u32): void {
  entry.start = start;
  gapUpdate(map, entry.prev);
  map.timestamp++;
}

/** Moves the upper end of `entry` into the gap behind it. */
export function vm_map_entry_set_end(map: VmMap, entry: VmMapEntry, end: u32): void {
  entry.end = end;
  gapUpdate(map, entry);
  map.timestamp++;
}

/** Moves the boundary between two neighbours that abut by `distance` (mod 2^32), with the offset of the second one. */
export function vm_map_entry_set_boundary(
  map: VmMap,
  left: VmMapEntry,
  right: VmMapEntry,
  distance: u32,
): void {
  left.end += distance;
  right.start += distance;
  right.offset += distance;
  map.timestamp++;
}

/** Makes a linked entry name another object (or none); references are the caller's business. */
export function vm_map_entry_set_object(
  map: VmMap,
  entry: VmMapEntry,
  object: VmObject | null,
  offset: u32,
): void {
  const old = entry.object;
  if (old != null) vm_object_owner_drop(old, map, entry.start - entry.offset);
  entry.object = object;
  entry.offset = offset;
  if (object != null) vm_object_owner_add(object, map, entry.start - offset);
  map.timestamp++;
}

// --- clipping -------------------------------------------------------------------------------------------------------

function copyAttributes(from: VmMapEntry, to: VmMapEntry): void {
  to.object = from.object;
  to.offset = from.offset;
  // The four bytes of protections and wish, then count and flags.
  const at = offsetof<VmMapEntry>("protection");
  store<u32>(changetype<usize>(to) + at, load<u32>(changetype<usize>(from) + at));
  store<u32>(changetype<usize>(to) + at + 4, load<u32>(changetype<usize>(from) + at + 4));
}

/** Makes `entry` begin at `start`: what lies before becomes an entry of its own. An entry must be reserved. */
export function vm_map_clip_start(map: VmMap, entry: VmMapEntry, start: u32): void {
  if (start <= entry.start) return;
  const front = vm_map_entry_alloc();
  copyAttributes(entry, front);
  front.start = entry.start;
  front.end = start;
  const object = entry.object;
  if (object != null) object.refCount++;
  entry.offset += start - entry.start;
  entry.start = start;
  vm_map_entry_link(map, entry.prev, front);
}

/** Makes `entry` end at `end`: what lies behind becomes an entry of its own. An entry must be reserved. */
export function vm_map_clip_end(map: VmMap, entry: VmMapEntry, end: u32): void {
  if (end >= entry.end) return;
  const back = vm_map_entry_alloc();
  copyAttributes(entry, back);
  back.start = end;
  back.end = entry.end;
  back.offset += end - entry.start;
  const object = entry.object;
  if (object != null) object.refCount++;
  gapMove(map, entry, back);
  entry.end = end;
  linkInOrder(map, entry, back);
}

/** The first entry at or above `start`, clipped to begin there if it contains it. An entry must be reserved. */
export function vm_map_entry_first(map: VmMap, start: u32): VmMapEntry {
  const entry = vm_map_lookup_entry(map, start);
  if (start >= entry.end) return entry.next;
  vm_map_clip_start(map, entry, start);
  return entry;
}

// --- sizes ----------------------------------------------------------------------------------------------------------

/** `bytes` of memory with the maximum protection `maxProtection` come to the map. */
export function vm_map_count(map: VmMap, bytes: u32, maxProtection: u32): void {
  map.size += bytes;
  if (maxProtection == VM_PROT_NONE) map.sizeNone += bytes;
}

export function vm_map_uncount(map: VmMap, bytes: u32, maxProtection: u32): void {
  map.size -= bytes;
  if (maxProtection == VM_PROT_NONE) map.sizeNone -= bytes;
}

/** Whether `bytes` more would exceed the map's limit. */
export function vm_map_over_limit(map: VmMap, bytes: u32, maxProtection: u32): bool {
  if (maxProtection == VM_PROT_NONE) return false;
  const used = map.size - map.sizeNone;
  return used > map.sizeLimit || bytes > map.sizeLimit - used;
}
