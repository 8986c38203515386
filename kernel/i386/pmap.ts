// Physical maps: page directories and tables, and the reverse map from a page to its mappings.
import { VmPage } from "../vm/vm_page";

@unmanaged
export class Pmap {
  /** Physical address of the page directory: the CR3 value. */
  directory!: u32;
  refCount!: i32;
  residentCount!: u32;
  wiredCount!: u32;
}

/**
 * Builds the kernel's half of the address space (direct map of all memory, page tables of the kmem window) in a new
 * page directory, and loads it. Paging must already be on with at least the first 16 MiB direct-mapped.
 */
export function pmap_bootstrap(useInvlpg: bool): void {
  unreachable();
}

export function pmap_create(): Pmap | null {
  return unreachable();
}

export function pmap_reference(pmap: Pmap): void {
  unreachable();
}

export function pmap_destroy(pmap: Pmap): void {
  unreachable();
}

/** Loads the page directory unless it is loaded. */
export function pmap_activate(pmap: Pmap): void {
  unreachable();
}

/** Maps `page` at `va` with protection `prot` (VM_PROT_*). False when there is no memory for it. */
export function pmap_enter(pmap: Pmap, va: u32, page: VmPage, prot: u32, wired: bool): bool {
  return unreachable();
}

/** The physical address that `va` maps to, or 0. */
export function pmap_extract(pmap: Pmap, va: u32): u32 {
  return unreachable();
}

/** The kernel's own: device memory mapped uncached in the window; 0 when there is no room. */
export function pmap_map_device(physical: u32, size: u32): usize {
  return unreachable();
}
