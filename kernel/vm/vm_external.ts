// Which pages of an internal object its pager has been given: a bit for each page of a window of the pager's memory
// object, which grows as pages go out. External pagers have whatever they say they have; nothing is kept for them.
import { kalloc, kfree } from "../kern/zone";
import { PAGE_SHIFT } from "../i386/vm_param";
import { OBJ_INTERNAL, OBJ_PAGER, VmObject, VmPager } from "./vm_object";

/** Windows begin and end at multiples of so many pages. */
const WINDOW_PAGES: u32 = 256;

function pageNumber(pager: VmPager, offset: u32): u32 {
  return (offset + pager.pagingOffset) >> PAGE_SHIFT;
}

/** Whether the pager has the page at `offset` of the object: it is not just zeros, or the shadow's. */
export function vm_external_has(object: VmObject, offset: u32): bool {
  const pager = object.pager;
  if (pager == null) return false;
  const bit = pageNumber(pager, offset) - pager.existFirst;
  if (bit >= pager.existCount) return false;
  return ((load<u8>(pager.existMap + (bit >> 3)) >> (bit & 7)) & 1) != 0;
}

/** Whether a page that is not here may come from the pager. */
export function vm_object_must_ask(object: VmObject, offset: u32): bool {
  if ((object.flags & OBJ_PAGER) == 0) return false;
  return (object.flags & OBJ_INTERNAL) == 0 || vm_external_has(object, offset);
}

/** Makes room for the page at `offset` in the map of an internal object. False when memory is short. */
export function vm_external_reserve(object: VmObject, offset: u32): bool {
  const pager = object.pager!;
  const page = pageNumber(pager, offset);
  if (page - pager.existFirst < pager.existCount) return true;
  const low = page & ~(WINDOW_PAGES - 1);
  let first = low;
  let end = low + WINDOW_PAGES;
  if (pager.existCount != 0) {
    first = min<u32>(first, pager.existFirst);
    end = max<u32>(end, pager.existFirst + pager.existCount);
  }
  const map = kalloc((end - first) >> 3);
  if (map == 0) return false;
  if (pager.existCount != 0) {
    memory.copy(map + ((pager.existFirst - first) >> 3), pager.existMap, pager.existCount >> 3);
    kfree(pager.existMap, pager.existCount >> 3);
  }
  pager.existFirst = first;
  pager.existCount = end - first;
  pager.existMap = map;
  return true;
}

/** The pager is given the page at `offset`, for which room was reserved. */
export function vm_external_add(object: VmObject, offset: u32): void {
  const pager = object.pager!;
  const bit = pageNumber(pager, offset) - pager.existFirst;
  const cell = pager.existMap + (bit >> 3);
  store<u8>(cell, <u8>(load<u8>(cell) | ((<u32>1) << (bit & 7))));
}

function clear(pager: VmPager, bit: u32): void {
  const cell = pager.existMap + (bit >> 3);
  store<u8>(cell, <u8>(load<u8>(cell) & ~((<u32>1) << (bit & 7))));
}

/** What the pager has of [start, end) means nothing any more. */
export function vm_external_remove(object: VmObject, start: u32, end: u32): void {
  const pager = object.pager;
  if (pager == null || pager.existCount == 0) return;
  const count = (end - start) >> PAGE_SHIFT;
  const from = pageNumber(pager, start) - pager.existFirst;
  for (let i: u32 = 0; i < count;) {
    const bit = from + i;
    if (bit >= pager.existCount) {
      // Before the window: on to its beginning. Behind it: nothing is left.
      const ahead: u32 = 0 - bit;
      if (ahead >= count - i) return;
      i += ahead;
      continue;
    }
    clear(pager, bit);
    i++;
  }
}

/** Everything outside [start, end) of the object means nothing any more. */
export function vm_external_keep(object: VmObject, start: u32, end: u32): void {
  const pager = object.pager!;
  for (let bit: u32 = 0; bit < pager.existCount; bit++) {
    const offset = ((pager.existFirst + bit) << PAGE_SHIFT) - pager.pagingOffset;
    if (offset - start < end - start) continue;
    clear(pager, bit);
  }
}

export function vm_external_free(pager: VmPager): void {
  if (pager.existCount != 0) kfree(pager.existMap, pager.existCount >> 3);
  pager.existCount = 0;
}
