// Zones: fixed-size kernel structures cut from whole pages of the direct map.
import { PAGE_SIZE } from "../i386/vm_param";

@unmanaged
export class Zone {
  next!: Zone | null;
  /** First free element; each holds the address of the next one. */
  freeList!: usize;
  elementSize!: u32;
  /** 0-terminated, at most 31 characters are reported. */
  name!: usize;
  inUse!: u32;
  free!: u32;
  pages!: u32;
  peakInUse!: u32;
}

/** Makes a zone of elements of `size` bytes (rounded up to 4, at most a page). Panics without memory: boot only. */
export function zone_create(size: u32, name: string): Zone {
  return unreachable();
}

/** A zero-filled element, or 0 when there is no memory. */
export function zalloc(zone: Zone): usize {
  return unreachable();
}

export function zfree(zone: Zone, element: usize): void {
  unreachable();
}

/** Zero-filled kernel memory of any size, or 0 when there is no memory. More than a page comes from kmem_alloc. */
export function kalloc(size: u32): usize {
  return unreachable();
}

/** `size` must be what kalloc was given. */
export function kfree(address: usize, size: u32): void {
  unreachable();
}

/** kernel.check=1: freed elements are poisoned and the poison is checked when they are used again. */
export function zone_set_check(on: bool): void {
  unreachable();
}

/** How many zones there are, for host_slab_info. */
export function zone_count(): u32 {
  return unreachable();
}

/** Writes at most `limit` cache_info structures (SLAB_INFO_*) to `buffer`; returns how many there are in all. */
export function zone_info(buffer: usize, limit: u32): u32 {
  return unreachable();
}
