// Kernel virtual memory in the window [KMEM_BASE, KMEM_END): contiguous addresses, pages from anywhere.
import { KMEM_BASE, KMEM_END, PAGE_SHIFT, PAGE_SIZE, round_page } from "../i386/vm_param";
import { pmap_kernel_enter, pmap_kernel_remove } from "../i386/pmap";
import { vm_page_grab, vm_page_kernel_reserve, vm_page_release } from "./vm_resident";
import { vm_page_of_phys, vm_page_phys } from "./vm_page";

const WINDOW_PAGES: u32 = (KMEM_END - KMEM_BASE) >> PAGE_SHIFT;
/** A bit for each page of the window: in use, guard pages included. */
const bitmap: usize = memory.data(4096);
/** No free page below this one. Page 0 is the guard of the first allocation. */
let lowest: u32 = 1;

function inUse(index: u32): bool {
  return ((load<u8>(bitmap + (index >> 3)) >> (index & 7)) & 1) != 0;
}

function mark(index: u32, count: u32, used: bool): void {
  for (let i = index; i < index + count; i++) {
    const cell = bitmap + (i >> 3);
    const bit = (<u32>1) << (i & 7);
    store<u8>(cell, used ? load<u8>(cell) | bit : load<u8>(cell) & ~bit);
  }
}

/** Window address of `count` pages followed by a guard page; 0 when the window is full. */
export function kmem_reserve(count: u32): usize {
  const wanted = count + 1;
  if (count == 0 || wanted > WINDOW_PAGES) return 0;
  let run: u32 = 0;
  for (let i = lowest; i < WINDOW_PAGES; i++) {
    run = inUse(i) ? 0 : run + 1;
    if (run != wanted) continue;
    const first = i + 1 - wanted;
    mark(first, wanted, true);
    if (first == lowest) lowest = first + wanted;
    return KMEM_BASE + (first << PAGE_SHIFT);
  }
  return 0;
}

function unreserve(address: usize, count: u32): void {
  const index = (<u32>address - KMEM_BASE) >> PAGE_SHIFT;
  mark(index, count + 1, false);
  if (index < lowest) lowest = index;
}

/** Zero-filled wired memory of `size` bytes (rounded up to pages), a guard page on either side; 0 when there is none. */
export function kmem_alloc(size: u32): usize {
  const count = round_page(size) >> PAGE_SHIFT;
  const address = kmem_reserve(count);
  if (address == 0) return 0;
  for (let i: u32 = 0; i < count; i++) {
    const page = vm_page_grab(vm_page_kernel_reserve());
    if (page == null) {
      kmem_free_pages(address, i);
      unreserve(address, count);
      return 0;
    }
    pmap_kernel_enter(address + (i << PAGE_SHIFT), vm_page_phys(page));
  }
  memory.fill(address, 0, count << PAGE_SHIFT);
  return address;
}

export function kmem_free(address: usize, size: u32): void {
  const count = round_page(size) >> PAGE_SHIFT;
  kmem_free_pages(address, count);
  unreserve(address, count);
}

function kmem_free_pages(address: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    vm_page_release(vm_page_of_phys(pmap_kernel_remove(address + i * PAGE_SIZE)));
  }
}
