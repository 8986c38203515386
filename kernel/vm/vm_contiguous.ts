// Memory that is physically contiguous, for programs that drive devices.
import {
  KERN_INVALID_ARGUMENT,
  KERN_NO_SPACE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { VM_INHERIT_DEFAULT, VM_PROT_ALL, VM_PROT_DEFAULT } from "../../abi/vm_types";
import { pmap_extract } from "../i386/pmap";
import { page_aligned, PAGE_SIZE, round_page } from "../i386/vm_param";
import { mig_reply_filled, mig_reply_room } from "../kern/mig_array";
import { VmMap } from "./vm_map";
import { vm_map_delete } from "./vm_map_change";
import { vm_map_enter } from "./vm_map_enter";
import { vm_map_pageable } from "./vm_map_wire";
import { vm_object_allocate, vm_object_deallocate, VmObject } from "./vm_object";
import { vm_page_of_phys, vm_page_zero_fill } from "./vm_page";
import { vm_page_grab_contiguous, vm_page_insert } from "./vm_resident";

/** The lower 32 bits of a physical address; all that is beyond them is as good as the last one. */
function low(address: u64): u32 {
  return address > 0xffffffff ? 0xffffffff : <u32>address;
}

/**
 * Maps `size` bytes of zeros, wired, at physical addresses in [pmin, pmax) from a multiple of `palign` (at least a page)
 * on. `vaddr` and `paddr` (64 bits) get where. KERN_RESOURCE_SHORTAGE: no such run of pages is free. May block.
 */
export function vm_allocate_contiguous(
  map: VmMap,
  vaddr: usize,
  paddr: usize,
  size: u32,
  pmin: u64,
  pmax: u64,
  palign: u64,
): i32 {
  const align = max<u64>(palign, PAGE_SIZE);
  if (size == 0 || (align & (align - 1)) != 0 || (pmin & (align - 1)) != 0) return KERN_INVALID_ARGUMENT;
  if (pmax <= pmin || align > 0x80000000) return KERN_INVALID_ARGUMENT;
  size = round_page(size);
  if (size == 0) return KERN_NO_SPACE;
  const object = vm_object_allocate(size);
  if (object == null) return KERN_RESOURCE_SHORTAGE;
  let kr = KERN_RESOURCE_SHORTAGE;
  const first = vm_page_grab_contiguous(size, low(pmin), low(pmax), low(align));
  if (first != 0) {
    fill(object, first, size);
    store<u32>(vaddr, 0);
    kr = vm_map_enter(
      map,
      vaddr,
      size,
      0,
      true,
      object,
      0,
      false,
      VM_PROT_DEFAULT,
      VM_PROT_ALL,
      VM_INHERIT_DEFAULT,
    );
  }
  if (kr != KERN_SUCCESS) {
    vm_object_deallocate(object);
    return kr;
  }
  const start = load<u32>(vaddr);
  kr = vm_map_pageable(map, start, start + size, VM_PROT_DEFAULT, true);
  if (kr != KERN_SUCCESS) vm_map_delete(map, start, start + size);
  store<u64>(paddr, first);
  return kr;
}

/** The pages from physical address `first` on become the object's. */
function fill(object: VmObject, first: u32, size: u32): void {
  for (let offset: u32 = 0; offset < size; offset += PAGE_SIZE) {
    const page = vm_page_of_phys(first + offset);
    vm_page_zero_fill(page);
    vm_page_insert(page, object, offset);
  }
}

/**
 * Physical addresses (64 bits each) of the range's pages, 0 for those that are not mapped in: an out array
 * (kern/mig_array.ts).
 */
export function vm_pages_phys(map: VmMap, address: u32, size: u32, pages: usize, count: usize): i32 {
  if (!page_aligned(address) || !page_aligned(size) || address + size < address) return KERN_INVALID_ARGUMENT;
  const number = size / PAGE_SIZE;
  const room = mig_reply_room(pages, count, number, 8);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  for (let i: u32 = 0; i < number; i++) {
    store<u64>(room + (i << 3), pmap_extract(map.pmap, address + i * PAGE_SIZE));
  }
  return mig_reply_filled(pages, count, room, number, 8);
}
