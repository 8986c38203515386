// Kernel virtual memory: maps of [KMEM_BASE, KMEM_END) with contiguous addresses, pages from anywhere. They are address
// maps like a task's, by the same rules: neighbours become one entry where the mode lets them. All memory is of one object,
// at the offset of its address in the window, and has its pages from the start.
import { stackAlloc } from "../../guest/i386";
import { panic } from "../kern/debug";
import { KERN_SUCCESS } from "../../abi/kern_return";
import { VM_INHERIT_NONE, VM_PROT_ALL, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { KMEM_BASE, KMEM_END, PAGE_SIZE, round_page } from "../i386/vm_param";
import { pmap_kernel, pmap_kernel_enter, pmap_kernel_remove } from "../i386/pmap";
import { vm_map_verify } from "./vm_check";
import { ENTRY_SUBMAP, VmMap, VmMapEntry, vm_map_make } from "./vm_map";
import { vm_map_delete } from "./vm_map_change";
import { vm_map_enter, vm_map_find_space, vm_map_found_prev, vm_map_found_start } from "./vm_map_enter";
import { vm_map_count, vm_map_entry_alloc, vm_map_entry_link, vm_map_entry_reserve } from "./vm_map_entry";
import { VmObject, vm_object_allocate, vm_object_deallocate, vm_object_reference } from "./vm_object";
import {
  vm_page_free,
  vm_page_grab,
  vm_page_insert,
  vm_page_kernel_reserve,
  vm_page_wire,
} from "./vm_resident";
import { vm_page_of_phys, vm_page_phys } from "./vm_page";

/** Addresses for the stacks of threads. */
const STACKS_SIZE: u32 = 0x6000000;

export let kernel_map: VmMap = changetype<VmMap>(0);
/** A submap: no two neighbours in it touch. */
export let stack_map: VmMap = changetype<VmMap>(0);
let kernelObject: VmObject = changetype<VmObject>(0);
const READ_WRITE: u32 = VM_PROT_READ | VM_PROT_WRITE;

/** Makes the maps; once, after vm_map_init. */
export function kmem_init(): void {
  const object = vm_object_allocate(KMEM_END - KMEM_BASE);
  const map = vm_map_make(pmap_kernel(), KMEM_BASE, KMEM_END);
  if (object == null || map == null) panic("kmem_init");
  kernelObject = object!;
  kernel_map = map!;
  // The first page stays empty: every gap has an entry in front of it.
  if (!enter(kernel_map, KMEM_BASE, PAGE_SIZE)) panic("kmem_init");
  stack_map = kmem_suballoc(kernel_map, STACKS_SIZE);
  if (!enter(stack_map, stack_map.header.end, PAGE_SIZE)) panic("kmem_init");
}

/** A map of `size` bytes of `parent`'s addresses, which has them as one entry. For boot: panics when there is no room. */
export function kmem_suballoc(parent: VmMap, size: u32): VmMap {
  if (!vm_map_find_space(parent, size, 0) || !vm_map_entry_reserve(1)) panic("kmem_suballoc");
  const start = vm_map_found_start;
  const map = vm_map_make(pmap_kernel(), start, start + size);
  if (map == null) panic("kmem_suballoc");
  const entry = vm_map_entry_alloc();
  memory.fill(changetype<usize>(entry), 0, offsetof<VmMapEntry>());
  entry.start = start;
  entry.end = start + size;
  entry.protection = <u8>READ_WRITE;
  entry.maxProtection = <u8>VM_PROT_ALL;
  entry.inheritance = <u8>VM_INHERIT_NONE;
  entry.flags = <u16>ENTRY_SUBMAP;
  entry.offset = changetype<usize>(map);
  vm_map_entry_link(parent, vm_map_found_prev(), entry);
  vm_map_count(parent, size, VM_PROT_ALL);
  return map!;
}

/** Enters addresses that are free; false when there is no memory for an entry. */
function enter(map: VmMap, start: u32, size: u32): bool {
  const cell = stackAlloc(4);
  store<u32>(cell, start);
  vm_object_reference(kernelObject);
  const offset = start - KMEM_BASE;
  const kr = vm_map_enter(
    map,
    cell,
    size,
    0,
    false,
    kernelObject,
    offset,
    false,
    READ_WRITE,
    VM_PROT_ALL,
    VM_INHERIT_NONE,
  );
  if (kr != KERN_SUCCESS) vm_object_deallocate(kernelObject);
  return kr == KERN_SUCCESS;
}

/** Addresses for `size` bytes, a multiple of the page size, that have no pages; 0 when there are none. */
export function kmem_reserve(map: VmMap, size: u32): usize {
  if (size == 0 || !vm_map_find_space(map, size, 0)) return 0;
  const start = vm_map_found_start;
  return enter(map, start, size) ? start : 0;
}

/** Zero-filled wired memory of `size` bytes (rounded up to pages); 0 when there is none. */
export function kmem_alloc(map: VmMap, size: u32): usize {
  const length = round_page(size);
  return populate(map, kmem_reserve(map, length), length);
}

/** As kmem_alloc, with a free page on either side. */
export function kmem_alloc_guarded(map: VmMap, size: u32): usize {
  const length = round_page(size);
  if (!vm_map_find_space(map, length + 2 * PAGE_SIZE, 0)) return 0;
  const start = vm_map_found_start + PAGE_SIZE;
  return populate(map, enter(map, start, length) ? start : 0, length);
}

/** Gives entered addresses their pages. Returns `address`; 0, and nothing is entered any more, when memory is short. */
function populate(map: VmMap, address: usize, length: u32): usize {
  if (address == 0) return 0;
  for (let at: u32 = 0; at < length; at += PAGE_SIZE) {
    const page = vm_page_grab(vm_page_kernel_reserve());
    if (page == null) {
      freePages(address, at);
      remove(map, address, length);
      return 0;
    }
    vm_page_insert(page, kernelObject, <u32>address + at - KMEM_BASE);
    vm_page_wire(page);
    pmap_kernel_enter(address + at, vm_page_phys(page));
  }
  memory.fill(address, 0, length);
  vm_map_verify(map);
  return address;
}

export function kmem_free(map: VmMap, address: usize, size: u32): void {
  const length = round_page(size);
  freePages(address, length);
  remove(map, address, length);
  vm_map_verify(map);
}

function freePages(address: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at += PAGE_SIZE)
    vm_page_free(vm_page_of_phys(pmap_kernel_remove(address + at)));
}

/** Splitting an entry takes memory: there is some, for pages have just been freed. */
function remove(map: VmMap, address: usize, length: u32): void {
  const start = <u32>address;
  if (vm_map_delete(map, start, start + length) != KERN_SUCCESS) panic("kmem_free");
}

// --- what others see ------------------------------------------------------------------------------------------------

let kernelTaskMap: VmMap = changetype<VmMap>(0);

/** `map`, the kernel task's, shows the kernel's memory to those who look. */
export function vm_kern_show_in(map: VmMap): void {
  kernelTaskMap = map;
}

/** The map to look at when somebody asks about `map`. */
export function vm_map_shown(map: VmMap): VmMap {
  return map == kernelTaskMap ? kernel_map : map;
}
