// Kernel virtual memory in the window [KMEM_BASE, KMEM_END): contiguous addresses, pages from anywhere.

/** Zero-filled wired memory of `size` bytes (rounded up to pages), a guard page on either side; 0 when there is none. */
export function kmem_alloc(size: u32): usize {
  return unreachable();
}

export function kmem_free(address: usize, size: u32): void {
  unreachable();
}
