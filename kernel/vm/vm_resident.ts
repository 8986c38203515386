// Physical pages: the array of page structures, the free list, and which object holds which page.
import { VmPage } from "./vm_page";

/**
 * First step. Declares usable physical memory [start, end) (bytes); may be called several times, before
 * vm_page_bootstrap. Memory above DIRECT_MAP_SIZE is ignored.
 */
export function vm_page_load(start: u32, end: u32): void {
  unreachable();
}

/**
 * Second step. Takes the page array, the page hash and other boot structures from the memory declared, above
 * `firstFree` (the first physical address after kernel and modules), and puts every other page on the free list. Memory
 * below `firstFree` is never handed out. The direct map must already reach the structures (16 MiB do).
 * Follow with pmap_bootstrap, then vm_init. Returns the number of free pages.
 */
export function vm_page_bootstrap(firstFree: u32): u32 {
  return unreachable();
}

/** A page on no list, contents undefined; null when memory is short. */
export function vm_page_grab(): VmPage | null {
  return unreachable();
}

/** Gives back a page that belongs to no object. */
export function vm_page_release(page: VmPage): void {
  unreachable();
}

/** Pages that boot loader data occupied, to be given to the free list: physical bytes [start, end). */
export function vm_page_reclaim(start: u32, end: u32): void {
  unreachable();
}
