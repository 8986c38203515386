// Physical pages: boot-time ranges, the free list, and which object holds which page.
import { panic } from "../kern/debug";
import { current_thread } from "../kern/sched";
import { pmap_page_remove } from "../i386/pmap";
import { DIRECT_MAP_BASE, DIRECT_MAP_SIZE, PAGE_SIZE, round_page, trunc_page } from "../i386/vm_param";
import { VmObject } from "./vm_object";
import {
  PAGE_ACTIVE,
  PAGE_BUSY,
  PAGE_FREE,
  PAGE_INACTIVE,
  PAGE_LAUNDRY,
  PAGE_RESERVED,
  VM_PAGE_STRUCT_SIZE,
  VmPage,
  vm_page_address,
  vm_page_array_set,
  vm_page_limit,
  vm_page_of_phys,
  vm_page_phys,
  vm_page_wakeup,
} from "./vm_page";
import {
  vm_page_activate,
  vm_page_active,
  vm_page_inactive,
  vm_page_laundry,
  vm_page_queue_check,
  vm_page_queue_remove,
} from "./vm_page_queues";
import { vm_page_freed, vm_page_waiters, vm_pageout_wake } from "./vm_pageout";

const RANGES_MAX: u32 = 32;
/** Pairs of physical start and end. */
const ranges: usize = memory.data(256);
let rangeCount: u32 = 0;
/** Boot-time allocation goes on from here, physical. */
let firstFree: u32 = 0;

let freeList: VmPage | null = null;
export let vm_page_free_count: u32 = 0;
/** Pages ever put on the free list. */
export let vm_page_total: u32 = 0;

/** User memory is refused when no more than this many pages are free, so that the kernel can still work. */
export const VM_PAGE_USER_RESERVE: u32 = 64;
/** The kernel's own structures made on behalf of users stop here. What is left is for threads with vm_privilege. */
const VM_PAGE_KERNEL_RESERVE: u32 = 16;

/** How many pages the running thread leaves for others when it takes one for users' memory. */
export function vm_page_user_reserve(): u32 {
  return privileged() ? 0 : VM_PAGE_USER_RESERVE;
}

/** The same, for structures of the kernel. */
export function vm_page_kernel_reserve(): u32 {
  return privileged() ? 0 : VM_PAGE_KERNEL_RESERVE;
}

/** Threads that others wait for when memory is short; start-up too, before there are any. */
function privileged(): bool {
  const thread = current_thread();
  return changetype<usize>(thread) == 0 || thread.vm_privilege != 0;
}

/** With fewer pages free, pageout is to begin; it goes on until there are `vm_page_free_target`. */
export let vm_page_free_min: u32 = 0;
export let vm_page_free_target: u32 = 0;

let hashTable: usize = 0;
let hashMask: u32 = 0;

/**
 * Declares usable physical memory [start, end), in bytes. May be called several times, before vm_bootstrap. Memory
 * above DIRECT_MAP_SIZE is ignored, and so is what comes after the first 32 ranges.
 */
export function vm_page_load(start: u32, end: u32): void {
  if (end > DIRECT_MAP_SIZE || end < start) end = DIRECT_MAP_SIZE;
  start = start > DIRECT_MAP_SIZE ? DIRECT_MAP_SIZE : round_page(start);
  end = trunc_page(end);
  if (end <= start || rangeCount == RANGES_MAX) return;
  store<u32>(ranges + rangeCount * 8, start);
  store<u32>(ranges + rangeCount * 8, end, 4);
  rangeCount++;
}

/** End of the highest range declared, physical. */
export function vm_page_highest(): u32 {
  let highest: u32 = 0;
  for (let i: u32 = 0; i < rangeCount; i++) {
    const end = load<u32>(ranges + i * 8, 4);
    if (end > highest) highest = end;
  }
  return highest;
}

/** Whether the page of a physical address is usable memory. */
export function vm_page_is_declared(physical: u32): bool {
  for (let i: u32 = 0; i < rangeCount; i++) {
    if (physical >= load<u32>(ranges + i * 8) && physical < load<u32>(ranges + i * 8, 4)) return true;
  }
  return false;
}

/** Boot-time memory is taken from here on. */
export function vm_page_set_first_free(physical: u32): void {
  firstFree = round_page(physical);
}

/** Takes `size` bytes (rounded up to pages) of declared memory for good. Returns the kernel address; contents zero. */
export function vm_page_steal(size: u32): usize {
  size = round_page(size);
  let best: u32 = 0;
  for (let i: u32 = 0; i < rangeCount; i++) {
    const start = max<u32>(load<u32>(ranges + i * 8), firstFree);
    const end = load<u32>(ranges + i * 8, 4);
    if (start < end && end - start >= size && (best == 0 || start < best)) best = start;
  }
  if (best == 0) panic("vm: not enough memory to start");
  firstFree = best + size;
  memory.fill(best + DIRECT_MAP_BASE, 0, size);
  return best + DIRECT_MAP_BASE;
}

/** Makes the page array and the hash, and frees every declared page that nothing has taken. */
export function vm_page_bootstrap(): void {
  const highest = vm_page_highest();
  const pages = highest >> 12;
  const array = vm_page_steal(pages * VM_PAGE_STRUCT_SIZE);
  vm_page_array_set(array, highest);
  let buckets: u32 = 64;
  while (buckets < pages >> 1) buckets <<= 1;
  hashTable = vm_page_steal(buckets << 2);
  hashMask = buckets - 1;
  for (let i: u32 = 0; i < pages; i++) vm_page_of_phys(i << 12).flags = PAGE_RESERVED;
  for (let i: u32 = rangeCount; i-- > 0;) {
    vm_page_reclaim(max<u32>(load<u32>(ranges + i * 8), firstFree), load<u32>(ranges + i * 8, 4));
  }
  vm_page_free_min = VM_PAGE_USER_RESERVE + 32 + vm_page_total / 64;
  vm_page_free_target = vm_page_free_min + vm_page_free_min / 2;
}

/** Gives pages that were never free (what the boot loader left) to the free list: whole pages of physical [start, end). */
export function vm_page_reclaim(start: u32, end: u32): void {
  start = max<u32>(round_page(start), PAGE_SIZE);
  end = min<u32>(trunc_page(end), vm_page_limit);
  if (start >= end) return;
  for (let physical = end - PAGE_SIZE; physical >= start; physical -= PAGE_SIZE) {
    const page = vm_page_of_phys(physical);
    if ((page.flags & PAGE_RESERVED) == 0) continue;
    vm_page_total++;
    vm_page_release(page);
  }
}

/** A page on no list, contents undefined; null when only `reserve` pages are left. */
export function vm_page_grab(reserve: u32): VmPage | null {
  if (vm_page_free_count <= reserve) return null;
  const page = freeList;
  if (page == null) return null;
  freeList = page.hashNext;
  vm_page_free_count--;
  page.hashNext = null;
  page.flags = 0;
  return page;
}

/**
 * Takes the free pages of a run of `size` bytes at physical addresses in [low, high), from a multiple of `align` on, off
 * the free list. Their first address, or 0 when there is no such run or memory is short.
 */
export function vm_page_grab_contiguous(size: u32, low: u32, high: u32, align: u32): u32 {
  const count = size / PAGE_SIZE;
  if (vm_page_free_count < count || vm_page_free_count - count < VM_PAGE_USER_RESERVE) return 0;
  const start = find_run(size, max<u32>(low, align), min<u32>(high, vm_page_limit), align);
  if (start == 0) return 0;
  let link = changetype<usize>(0);
  let page = freeList;
  while (page != null) {
    const next = page.hashNext;
    if (vm_page_phys(page) - start < size) {
      if (link == 0) freeList = next;
      else store<VmPage | null>(link, next);
      page.hashNext = null;
      page.flags = 0;
    } else {
      link = changetype<usize>(page) + offsetof<VmPage>("hashNext");
    }
    page = next;
  }
  vm_page_free_count -= count;
  return start;
}

/** The lowest run of free pages in [low, high). Page 0 is never part of one. */
function find_run(size: u32, low: u32, high: u32, align: u32): u32 {
  let start = low;
  while (start < high && high - start >= size) {
    let end = start;
    while (end - start < size && vm_page_of_phys(end).flags & PAGE_FREE) end += PAGE_SIZE;
    if (end - start == size) return start;
    const next = (end + align) & ~(align - 1);
    if (next <= start) return 0;
    start = next;
  }
  return 0;
}

/** Gives back a page that belongs to no object and is mapped nowhere. */
export function vm_page_release(page: VmPage): void {
  if (page.flags & PAGE_FREE) panic("vm_page_release: page is free");
  page.flags = PAGE_FREE;
  page.wireCount = 0;
  page.hashNext = freeList;
  freeList = page;
  vm_page_free_count++;
}

/** Kernel memory of one page in the direct map, contents undefined; 0 when memory is short. */
export function vm_page_grab_kernel(): usize {
  const page = vm_page_grab(vm_page_kernel_reserve());
  return page == null ? 0 : vm_page_address(page);
}

// Objects are some 96 bytes apart: the shift keeps the pages of neighbouring objects in different buckets.
function bucketOf(object: VmObject, offset: u32): usize {
  return hashTable + (((((<u32>changetype<usize>(object)) >> 1) + (offset >> 12)) & hashMask) << 2);
}

export function vm_page_lookup(object: VmObject, offset: u32): VmPage | null {
  let page = load<VmPage | null>(bucketOf(object, offset));
  while (page != null) {
    if (page.object == object && page.offset == offset) return page;
    page = page.hashNext;
  }
  return null;
}

/** Puts a page into an object that has none at `offset`. */
export function vm_page_insert(page: VmPage, object: VmObject, offset: u32): void {
  const bucket = bucketOf(object, offset);
  page.object = object;
  page.offset = offset;
  page.hashNext = load<VmPage | null>(bucket);
  store<VmPage | null>(bucket, page);
  const first = object.pages;
  page.listPrev = null;
  page.listNext = first;
  if (first != null) first.listPrev = page;
  object.pages = page;
  object.residentCount++;
}

/** Takes a page out of its object; mappings stay as they are. */
export function vm_page_remove(page: VmPage): void {
  const object = page.object!;
  let link = bucketOf(object, page.offset);
  let other = load<VmPage | null>(link);
  while (other != page) {
    link = changetype<usize>(other) + offsetof<VmPage>("hashNext");
    other = load<VmPage | null>(link);
  }
  store<VmPage | null>(link, page.hashNext);
  const next = page.listNext;
  const prev = page.listPrev;
  if (next != null) next.listPrev = prev;
  if (prev != null) prev.listNext = next;
  else object.pages = next;
  object.residentCount--;
  page.object = null;
}

/** Moves a page to another object; mappings stay. */
export function vm_page_rename(page: VmPage, object: VmObject, offset: u32): void {
  vm_page_remove(page);
  vm_page_insert(page, object, offset);
}

/** How many buckets the table from object and offset to page has. */
export function vm_page_buckets(): u32 {
  return hashMask + 1;
}

/** Writes the number of pages in each of them to `counts`. */
export function vm_page_bucket_info(counts: usize): void {
  for (let i: u32 = 0; i <= hashMask; i++) {
    let count: u32 = 0;
    let page = load<VmPage | null>(hashTable + (i << 2));
    while (page != null) {
      count++;
      page = page.hashNext;
    }
    store<u32>(counts + (i << 2), count);
  }
}

/** A busy page in `object` at `offset`, contents undefined; null when memory is short. */
export function vm_page_alloc(object: VmObject, offset: u32): VmPage | null {
  if (vm_page_free_count < vm_page_free_min) vm_pageout_wake();
  const page = vm_page_grab(vm_page_user_reserve());
  if (page == null) return null;
  page.flags = PAGE_BUSY;
  vm_page_insert(page, object, offset);
  return page;
}

/** Frees an object's page: unmaps it everywhere and wakes whoever waits for it. */
export function vm_page_free(page: VmPage): void {
  vm_page_queue_remove(page);
  if (page.pv != 0) pmap_page_remove(page);
  if (page.object != null) vm_page_remove(page);
  vm_page_wakeup(page);
  if (page.wireCount != 0) vm_page_wire_count--;
  vm_page_release(page);
  if (vm_page_waiters) vm_page_freed();
}

/** Pages of objects that are wired. */
export let vm_page_wire_count: u32 = 0;

export function vm_page_wire(page: VmPage): void {
  if (page.wireCount++ != 0) return;
  vm_page_wire_count++;
  vm_page_queue_remove(page);
}

export function vm_page_unwire(page: VmPage): void {
  if (page.wireCount == 0) return;
  if (--page.wireCount != 0) return;
  vm_page_wire_count--;
  vm_page_activate(page);
}

/** Proves the free list and the queues (kernel.check). Returns 0 or a number that says what is wrong. */
export function vm_page_check(): i32 {
  const active = vm_page_queue_check(vm_page_active, PAGE_ACTIVE);
  const inactive = vm_page_queue_check(vm_page_inactive, PAGE_INACTIVE);
  const laundry = vm_page_queue_check(vm_page_laundry, PAGE_LAUNDRY);
  if ((active | inactive | laundry) != 0) return 10;
  let count: u32 = 0;
  let page = freeList;
  while (page != null) {
    if ((page.flags & PAGE_FREE) == 0) return 1;
    if (page.object != null || page.pv != 0) return 2;
    if (++count > vm_page_free_count) return 3;
    page = page.hashNext;
  }
  return count == vm_page_free_count ? 0 : 4;
}
