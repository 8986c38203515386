// Copies of address ranges in flight: out-of-line memory of messages, vm_read, vm_write, vm_copy.
import { VmMap } from "./vm_map";

@unmanaged
export class VmMapCopy {
  /** COPY_ENTRIES, COPY_OBJECT or COPY_KERNEL_BUFFER. */
  type!: u32;
  /** Address of the first byte in the source; its offset within a page is kept by vm_map_copyout. */
  offset!: u32;
  /** Bytes. */
  size!: u32;
}

/**
 * Takes a copy-on-write copy of [address, address + size) (any alignment; size 0 gives a null copy).
 * `sourceDestroy`: the source range is deallocated. Stores the VmMapCopy at `result`.
 * KERN_INVALID_ADDRESS for a hole, KERN_PROTECTION_FAILURE for unreadable memory, KERN_RESOURCE_SHORTAGE.
 */
export function vm_map_copyin(map: VmMap, address: u32, size: u32, sourceDestroy: bool, result: usize): i32 {
  return unreachable();
}

/** A copy made of kernel memory: `size` bytes at `buffer` are copied now, the caller keeps the buffer. */
export function vm_map_copyin_kernel(buffer: usize, size: u32, result: usize): i32 {
  return unreachable();
}

/**
 * Maps the copy anywhere in `map` and stores the address of its first byte (a u32) at `address`. Consumes the copy
 * on success only. KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE.
 */
export function vm_map_copyout(map: VmMap, address: usize, copy: VmMapCopy | null): i32 {
  return unreachable();
}

/** Writes the copy over existing memory at page-aligned `destination`. Consumes the copy on success only. */
export function vm_map_copy_overwrite(map: VmMap, destination: u32, copy: VmMapCopy | null): i32 {
  return unreachable();
}

/** Reads `size` bytes at byte `from` of the copy into kernel memory. The copy stays. */
export function vm_map_copy_read(copy: VmMapCopy, from: u32, buffer: usize, size: u32): i32 {
  return unreachable();
}

/** Frees a copy (null is fine). */
export function vm_map_copy_discard(copy: VmMapCopy | null): void {
  unreachable();
}
