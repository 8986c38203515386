// Sizes and places of the i386 address space. Addresses are virtual unless they say "physical".

export const PAGE_SHIFT: u32 = 12;
export const PAGE_SIZE: u32 = 4096;
export const PAGE_MASK: u32 = 4095;

/** User space is [VM_MIN_ADDRESS, VM_MAX_ADDRESS). */
export const VM_MIN_ADDRESS: u32 = 0;
export const VM_MAX_ADDRESS: u32 = 0xc0000000;

/** Physical memory is mapped here, from physical 0 on. */
export const DIRECT_MAP_BASE: u32 = 0xc0000000;
/** Bytes of physical memory that the direct map can hold; more is not used. */
export const DIRECT_MAP_SIZE: u32 = 0x30000000;

/** Kernel virtual memory that must be contiguous or guarded: [KMEM_BASE, KMEM_END). */
export const KMEM_BASE: u32 = 0xf0000000;
export const KMEM_END: u32 = 0xf8000000;

export function trunc_page(address: u32): u32 {
  return address & ~PAGE_MASK;
}

/** Wraps to 0 for the last page of the address space. */
export function round_page(address: u32): u32 {
  return (address + PAGE_MASK) & ~PAGE_MASK;
}

export function page_aligned(address: u32): bool {
  return (address & PAGE_MASK) == 0;
}

export function phys_to_virt(physical: u32): u32 {
  return physical + DIRECT_MAP_BASE;
}

export function virt_to_phys(directAddress: u32): u32 {
  return directAddress - DIRECT_MAP_BASE;
}
