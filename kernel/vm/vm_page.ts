// The page structure: 40 bytes for each page of physical memory.
import { thread_wakeup } from "../kern/sched";
import { DIRECT_MAP_BASE, PAGE_SIZE } from "../i386/vm_param";
import { VmObject } from "./vm_object";

// VmPage.flags
/** Somebody works on the page (paging it in): wait on the page's address. */
export const PAGE_BUSY: u32 = 0x1;
export const PAGE_WANTED: u32 = 0x2;
/** No data: asked of the pager (then also busy), or the pager has none. */
export const PAGE_ABSENT: u32 = 0x4;
/** The pager reported an error for this page. */
export const PAGE_ERROR: u32 = 0x8;
/** Modified, as far as mappings that are gone tell. */
export const PAGE_DIRTY: u32 = 0x10;
export const PAGE_PRECIOUS: u32 = 0x20;
export const PAGE_FREE: u32 = 0x40;
export const PAGE_REFERENCED: u32 = 0x80;
/** Rights (VM_PROT_*) that the pager withholds, 3 bits. */
export const PAGE_LOCK_SHIFT: u32 = 8;
/** Rights that have been asked of the pager, 3 bits. */
export const PAGE_UNLOCK_SHIFT: u32 = 11;
/** Boot loader's, kernel's or no memory: never on the free list. */
export const PAGE_RESERVED: u32 = 0x4000;
/** On the active, on the inactive queue (vm_page_queues.ts). */
export const PAGE_ACTIVE: u32 = 0x8000;
export const PAGE_INACTIVE: u32 = 0x10000;
/** Data on its way to a pager, in an object of its own until the pager frees it. */
export const PAGE_LAUNDRY: u32 = 0x20000;

@unmanaged
export class VmPage {
  /** Next page in the same bucket of the object/offset hash; next free page while free. */
  hashNext!: VmPage | null;
  object!: VmObject | null;
  /** Byte offset in the object, page-aligned. */
  offset!: u32;
  /** Links in the object's list of pages. */
  listNext!: VmPage | null;
  listPrev!: VmPage | null;
  /** Reverse map: first mapping of this page (pmap.ts). */
  pv!: usize;
  /** Wirings of an object's page; valid entries of a page that is a page table. */
  wireCount!: u32;
  flags!: u32;
  /** Links in the active or inactive queue. */
  queueNext!: VmPage | null;
  queuePrev!: VmPage | null;
}

/** Bytes of VmPage: 8 times 5. GNU Mach's structure has 44 on i386. */
export const VM_PAGE_STRUCT_SIZE: u32 = 40;
/** 5 times this is 1 modulo 2^32: an exact division by 5. */
const INVERSE_OF_5: u32 = 0xcccccccd;
if (offsetof<VmPage>() != 40) ERROR("VmPage has another size than its index arithmetic");

/** The page array: one VmPage for each page from physical 0 to vm_page_limit. */
export let vm_page_array: usize = 0;
/** Physical address behind the last page known. */
export let vm_page_limit: u32 = 0;

export function vm_page_array_set(array: usize, limit: u32): void {
  vm_page_array = array;
  vm_page_limit = limit;
}

export function vm_page_phys(page: VmPage): u32 {
  return (((<u32>(changetype<usize>(page) - vm_page_array)) >> 3) * INVERSE_OF_5) << 12;
}

/** Kernel address of the page's contents. */
export function vm_page_address(page: VmPage): usize {
  return vm_page_phys(page) + DIRECT_MAP_BASE;
}

/** The page structure of a physical address below vm_page_limit. */
export function vm_page_of_phys(physical: u32): VmPage {
  const index = physical >> 12;
  return changetype<VmPage>(vm_page_array + ((index + (index << 2)) << 3));
}

/** The page structure of an address in the direct map. */
export function vm_page_of_address(address: usize): VmPage {
  return vm_page_of_phys(<u32>address - DIRECT_MAP_BASE);
}

export function vm_page_zero_fill(page: VmPage): void {
  memory.fill(vm_page_address(page), 0, PAGE_SIZE);
}

export function vm_page_copy(from: VmPage, to: VmPage): void {
  memory.copy(vm_page_address(to), vm_page_address(from), PAGE_SIZE);
}

/** Ends PAGE_BUSY and wakes whoever waits for the page. */
export function vm_page_wakeup(page: VmPage): void {
  const flags = page.flags;
  page.flags = flags & ~(PAGE_BUSY | PAGE_WANTED);
  if (flags & PAGE_WANTED) thread_wakeup(changetype<usize>(page));
}

/** Rights the pager withholds. */
export function vm_page_lock(page: VmPage): u32 {
  return (page.flags >> PAGE_LOCK_SHIFT) & 7;
}

export function vm_page_set_lock(page: VmPage, lock: u32): void {
  page.flags = (page.flags & ~((<u32>7) << PAGE_LOCK_SHIFT)) | ((lock & 7) << PAGE_LOCK_SHIFT);
}

export function vm_page_unlock_request(page: VmPage): u32 {
  return (page.flags >> PAGE_UNLOCK_SHIFT) & 7;
}

export function vm_page_set_unlock_request(page: VmPage, request: u32): void {
  page.flags = (page.flags & ~((<u32>7) << PAGE_UNLOCK_SHIFT)) | ((request & 7) << PAGE_UNLOCK_SHIFT);
}
