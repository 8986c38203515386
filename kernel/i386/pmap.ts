// Physical maps: page directories and tables, and the reverse map from a page to its mappings. Entries are shared with
// the MMU: they are read and written with atomics only. Intel 80386 Programmer's Reference Manual, section 5.2.
import { invlpg, loadCr3, storeCr3 } from "../../guest/i386";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { Zone, zalloc_raw, zfree, zone_create } from "../kern/zone";
import {
  PAGE_DIRTY,
  PAGE_REFERENCED,
  VmPage,
  vm_page_address,
  vm_page_of_address,
  vm_page_of_phys,
  vm_page_phys,
} from "../vm/vm_page";
import { kernel_map, kmem_reserve } from "../vm/vm_kern";
import {
  vm_page_grab,
  vm_page_highest,
  vm_page_release,
  vm_page_steal,
  vm_page_user_reserve,
} from "../vm/vm_resident";
import {
  DIRECT_MAP_BASE,
  KMEM_BASE,
  KMEM_END,
  PAGE_SHIFT,
  PAGE_SIZE,
  VM_MAX_ADDRESS,
  phys_to_virt,
  round_page,
  trunc_page,
} from "./vm_param";

// Page-table entry bits.
const PTE_VALID: u32 = 0x1;
const PTE_WRITE: u32 = 0x2;
const PTE_USER: u32 = 0x4;
const PTE_CACHE_DISABLE: u32 = 0x10;
const PTE_ACCESSED: u32 = 0x20;
const PTE_DIRTY: u32 = 0x40;
/** Software: counted as wired. */
const PTE_WIRED: u32 = 0x200;
const PTE_FRAME: u32 = 0xfffff000;

const PDE_SHIFT: u32 = 22;
/** From bytes of address space to bytes of page table: a word for a page. */
const PTE_SPAN_SHIFT: u32 = PAGE_SHIFT - 2;
/** Bytes that one page table maps. */
const PDE_SPAN: u32 = 0x400000;
/** Byte offset of the kernel's entries in a page directory. */
const KERNEL_PDES: u32 = (VM_MAX_ADDRESS >> PDE_SHIFT) << 2;
/** From this many pages on, one reload of CR3 is cheaper than an INVLPG for each. */
const FLUSH_ALL_FROM: u32 = 16;

@unmanaged
export class Pmap {
  /** Physical address of the page directory: the CR3 value. */
  directory!: u32;
  refCount!: i32;
  residentCount!: u32;
  wiredCount!: u32;
}

/** One mapping of a page, in the page's list. */
@unmanaged
class PvEntry {
  next!: usize;
  pmap: Pmap = changetype<Pmap>(0);
  va!: u32;
}

let haveInvlpg: bool = false;
let pmapZone: Zone = changetype<Zone>(0);
let pvZone: Zone = changetype<Zone>(0);
let activePmap: Pmap | null = null;
/** Page directory and window page tables of the kernel, kernel addresses; the tables lie one behind the other. */
let kernelDirectory: usize = 0;
let windowTables: usize = 0;
const kernelPmap: usize = memory.data(16);

/** Builds the kernel's half of the address space in a new page directory and loads it. */
export function pmap_bootstrap(useInvlpg: bool): void {
  haveInvlpg = useInvlpg;
  kernelDirectory = vm_page_steal(PAGE_SIZE);
  const limit = vm_page_highest();
  for (let physical: u32 = 0; physical < limit; physical += PDE_SPAN) {
    const table = vm_page_steal(PAGE_SIZE);
    for (let i: u32 = 0; i < PDE_SPAN >> PAGE_SHIFT; i++) {
      store<u32>(table + (i << 2), (physical + (i << PAGE_SHIFT)) | PTE_VALID | PTE_WRITE);
    }
    setKernelPde(DIRECT_MAP_BASE + physical, table);
  }
  windowTables = vm_page_steal((KMEM_END - KMEM_BASE) >> (PAGE_SHIFT - 2));
  for (let va = KMEM_BASE; va < KMEM_END; va += PDE_SPAN) {
    setKernelPde(va, windowTables + ((va - KMEM_BASE) >> (PAGE_SHIFT - 2)));
  }
  storeCr3(<u32>kernelDirectory - DIRECT_MAP_BASE);
}

function setKernelPde(va: u32, table: usize): void {
  store<u32>(
    kernelDirectory + ((va >> PDE_SHIFT) << 2),
    (<u32>table - DIRECT_MAP_BASE) | PTE_VALID | PTE_WRITE,
  );
}

export function pmap_init(): void {
  pmapZone = zone_create(offsetof<Pmap>(), "pmap");
  pvZone = zone_create(offsetof<PvEntry>(), "pv_entry");
}

/** An empty pmap; null when memory is short. */
export function pmap_create(): Pmap | null {
  const address = zalloc_raw(pmapZone);
  if (address == 0) return null;
  const page = vm_page_grab(vm_page_user_reserve());
  if (page == null) {
    zfree(pmapZone, address);
    return null;
  }
  const directory = vm_page_address(page);
  memory.fill(directory, 0, KERNEL_PDES);
  memory.copy(directory + KERNEL_PDES, kernelDirectory + KERNEL_PDES, PAGE_SIZE - KERNEL_PDES);
  const pmap = changetype<Pmap>(address);
  pmap.directory = vm_page_phys(page);
  pmap.refCount = 1;
  pmap.residentCount = 0;
  pmap.wiredCount = 0;
  return pmap;
}

export function pmap_reference(pmap: Pmap): void {
  pmap.refCount++;
}

/** Drops a reference; the last one removes all mappings. The pmap loaded in CR3 is replaced by the kernel's own. */
export function pmap_destroy(pmap: Pmap): void {
  if (--pmap.refCount > 0) return;
  pmap_remove(pmap, 0, VM_MAX_ADDRESS);
  if (activePmap == pmap) pmap_deactivate();
  vm_page_release(vm_page_of_phys(pmap.directory));
  zfree(pmapZone, changetype<usize>(pmap));
}

/** The kernel's own, of which only the window is used. */
export function pmap_kernel(): Pmap {
  const pmap = changetype<Pmap>(kernelPmap);
  pmap.directory = pmap_kernel_directory();
  return pmap;
}

/** Loads the page directory unless it is loaded. */
export function pmap_activate(pmap: Pmap): void {
  if (activePmap == pmap) return;
  activePmap = pmap;
  storeCr3(pmap.directory);
}

/** Leaves the kernel's own page directory loaded: no user addresses. */
export function pmap_deactivate(): void {
  activePmap = null;
  storeCr3(<u32>kernelDirectory - DIRECT_MAP_BASE);
}

/** The kernel's own page directory, physical: for the CR3 field of a task state segment. */
export function pmap_kernel_directory(): u32 {
  return <u32>kernelDirectory - DIRECT_MAP_BASE;
}

function flushPage(pmap: Pmap, va: u32): void {
  if (pmap != activePmap) return;
  if (haveInvlpg) invlpg(va);
  else storeCr3(pmap.directory);
}

/** After `count` entries of [start, end) in the active pmap became stricter or went away. */
function flushRange(pmap: Pmap, start: u32, end: u32, count: u32): void {
  if (end - start == PAGE_SIZE) {
    flushPage(pmap, start);
    return;
  }
  if (!haveInvlpg || count > FLUSH_ALL_FROM || (end - start) >> PAGE_SHIFT > FLUSH_ALL_FROM) {
    storeCr3(pmap.directory);
    return;
  }
  for (let va = start; va < end; va += PAGE_SIZE) invlpg(va);
}

/** Kernel address of the page table that covers `va`, or 0. */
function tableOf(pmap: Pmap, va: u32): usize {
  const pde = atomic.load<u32>(phys_to_virt(pmap.directory) + ((va >> PDE_SHIFT) << 2));
  return pde & PTE_VALID ? <usize>phys_to_virt(pde & PTE_FRAME) : 0;
}

function pteIn(table: usize, va: u32): usize {
  return table + (((va >> PAGE_SHIFT) & 1023) << 2);
}

/** Address of the entry of `va`, or 0 when there is no page table. */
function pteOf(pmap: Pmap, va: u32): usize {
  const table = tableOf(pmap, va);
  return table == 0 ? 0 : pteIn(table, va);
}

function makeTable(pmap: Pmap, va: u32): usize {
  const page = vm_page_grab(vm_page_user_reserve());
  if (page == null) return 0;
  page.wireCount = 0;
  const table = vm_page_address(page);
  memory.fill(table, 0, PAGE_SIZE);
  atomic.store<u32>(
    phys_to_virt(pmap.directory) + ((va >> PDE_SHIFT) << 2),
    vm_page_phys(page) | PTE_VALID | PTE_WRITE | PTE_USER,
  );
  return table;
}

function freeTable(pmap: Pmap, va: u32, table: VmPage): void {
  atomic.store<u32>(phys_to_virt(pmap.directory) + ((va >> PDE_SHIFT) << 2), 0);
  vm_page_release(table);
}

/** Keeps what the MMU noted in an entry that goes away or is cleaned. */
function saveAttributes(page: VmPage, pte: u32): void {
  if (pte & PTE_ACCESSED) page.flags |= PAGE_REFERENCED;
  if (pte & PTE_DIRTY) page.flags |= PAGE_DIRTY;
}

/**
 * Maps `page` at `va` with the rights `prot` (VM_PROT_*; read is implied). An existing mapping of the same page gets the
 * new rights, one of another page is replaced. False when there is no memory for it.
 */
export function pmap_enter(pmap: Pmap, va: u32, page: VmPage, prot: u32, wired: bool): bool {
  let table = tableOf(pmap, va);
  if (table == 0) {
    table = makeTable(pmap, va);
    if (table == 0) return false;
  }
  const physical = vm_page_phys(page);
  const cell = pteIn(table, va);
  let pte = physical | PTE_VALID | PTE_USER;
  if (prot & VM_PROT_WRITE) pte |= PTE_WRITE;
  if (wired) pte |= PTE_WIRED;
  const old = atomic.load<u32>(cell);
  if (old & PTE_VALID) {
    if ((old & PTE_FRAME) == physical) {
      atomic.store<u32>(cell, pte | (old & (PTE_ACCESSED | PTE_DIRTY)));
      flushPage(pmap, va);
      pmap.wiredCount += (wired ? 1 : 0) - (old & PTE_WIRED ? 1 : 0);
      return true;
    }
    // Keep the table: another entry follows at once.
    const tablePage = vm_page_of_address(table);
    tablePage.wireCount++;
    removeEntry(pmap, va, cell, old, tablePage);
    tablePage.wireCount--;
    flushPage(pmap, va);
  }
  const pv = zalloc_raw(pvZone);
  const tablePage = vm_page_of_address(table);
  if (pv == 0) {
    if (tablePage.wireCount == 0) freeTable(pmap, va, tablePage);
    return false;
  }
  const mapping = changetype<PvEntry>(pv);
  mapping.next = page.pv;
  mapping.pmap = pmap;
  mapping.va = va;
  page.pv = pv;
  tablePage.wireCount++;
  pmap.residentCount++;
  if (wired) pmap.wiredCount++;
  atomic.store<u32>(cell, pte);
  return true;
}

/** Takes out one valid entry and its reverse mapping; the caller flushes, and frees the table when it is empty. */
function removeEntry(pmap: Pmap, va: u32, cell: usize, pte: u32, tablePage: VmPage): void {
  atomic.store<u32>(cell, 0);
  const page = vm_page_of_phys(pte & PTE_FRAME);
  saveAttributes(page, pte);
  let link = changetype<usize>(page) + offsetof<VmPage>("pv");
  let mapping = changetype<PvEntry>(load<usize>(link));
  while (mapping.va != va || mapping.pmap != pmap) {
    link = changetype<usize>(mapping) + offsetof<PvEntry>("next");
    mapping = changetype<PvEntry>(load<usize>(link));
  }
  store<usize>(link, mapping.next);
  zfree(pvZone, changetype<usize>(mapping));
  tablePage.wireCount--;
  pmap.residentCount--;
  if (pte & PTE_WIRED) pmap.wiredCount--;
}

/** Where the range of one page table ends: the next multiple of 4 MiB, or `end`. User addresses only. */
function spanEnd(va: u32, end: u32): u32 {
  return min<u32>((va | (PDE_SPAN - 1)) + 1, end);
}

/** Removes the mappings of [start, end), page-aligned. */
export function pmap_remove(pmap: Pmap, start: u32, end: u32): void {
  if (pmap.residentCount == 0) return;
  let removed: u32 = 0;
  for (let va = start; va < end;) {
    const stop = spanEnd(va, end);
    const table = tableOf(pmap, va);
    if (table != 0) {
      const tablePage = vm_page_of_address(table);
      const first = pteIn(table, va);
      const last = first + ((stop - va) >> PTE_SPAN_SHIFT);
      for (let cell = first; cell < last; cell += 4) {
        const pte = atomic.load<u32>(cell);
        if ((pte & PTE_VALID) == 0) continue;
        removeEntry(pmap, va + ((<u32>(cell - first)) << PTE_SPAN_SHIFT), cell, pte, tablePage);
        removed++;
        if (tablePage.wireCount != 0) continue;
        freeTable(pmap, va, tablePage);
        break;
      }
    }
    va = stop;
  }
  if (removed != 0 && pmap == activePmap) flushRange(pmap, start, end, removed);
}

/** Reduces the rights in [start, end) to `prot`; never adds any. */
export function pmap_protect(pmap: Pmap, start: u32, end: u32, prot: u32): void {
  if (prot == 0) {
    pmap_remove(pmap, start, end);
    return;
  }
  if (prot & VM_PROT_WRITE || pmap.residentCount == 0) return;
  let changed: u32 = 0;
  for (let va = start; va < end;) {
    const stop = spanEnd(va, end);
    const table = tableOf(pmap, va);
    if (table != 0) {
      const first = pteIn(table, va);
      const last = first + ((stop - va) >> PTE_SPAN_SHIFT);
      for (let cell = first; cell < last; cell += 4) {
        const pte = atomic.load<u32>(cell);
        if ((pte & (PTE_VALID | PTE_WRITE)) != (PTE_VALID | PTE_WRITE)) continue;
        atomic.store<u32>(cell, pte & ~PTE_WRITE);
        changed++;
      }
    }
    va = stop;
  }
  if (changed != 0 && pmap == activePmap) flushRange(pmap, start, end, changed);
}

/** Removes every mapping of a page. */
export function pmap_page_remove(page: VmPage): void {
  while (page.pv != 0) {
    const mapping = changetype<PvEntry>(page.pv);
    const pmap = mapping.pmap;
    const va = mapping.va;
    const table = tableOf(pmap, va);
    const tablePage = vm_page_of_address(table);
    const cell = pteIn(table, va);
    removeEntry(pmap, va, cell, atomic.load<u32>(cell), tablePage);
    flushPage(pmap, va);
    if (tablePage.wireCount == 0) freeTable(pmap, va, tablePage);
  }
}

/** Takes the write right from every mapping of a page. */
export function pmap_page_write_protect(page: VmPage): void {
  for (let pv = page.pv; pv != 0;) {
    const mapping = changetype<PvEntry>(pv);
    const cell = pteOf(mapping.pmap, mapping.va);
    const pte = atomic.load<u32>(cell);
    if (pte & PTE_WRITE) {
      atomic.store<u32>(cell, pte & ~PTE_WRITE);
      flushPage(mapping.pmap, mapping.va);
    }
    pv = mapping.next;
  }
}

/** Whether any mapping of the page, present or past, has `bit`, which `flag` remembers. */
function testBit(page: VmPage, bit: u32, flag: u32): bool {
  if (page.flags & flag) return true;
  for (let pv = page.pv; pv != 0; pv = changetype<PvEntry>(pv).next) {
    const mapping = changetype<PvEntry>(pv);
    if (atomic.load<u32>(pteOf(mapping.pmap, mapping.va)) & bit) return true;
  }
  return false;
}

function clearBit(page: VmPage, bit: u32, flag: u32): void {
  page.flags &= ~flag;
  for (let pv = page.pv; pv != 0; pv = changetype<PvEntry>(pv).next) {
    const mapping = changetype<PvEntry>(pv);
    const cell = pteOf(mapping.pmap, mapping.va);
    const pte = atomic.load<u32>(cell);
    if ((pte & bit) == 0) continue;
    atomic.store<u32>(cell, pte & ~bit);
    flushPage(mapping.pmap, mapping.va);
  }
}

export function pmap_is_modified(page: VmPage): bool {
  return testBit(page, PTE_DIRTY, PAGE_DIRTY);
}

export function pmap_clear_modify(page: VmPage): void {
  clearBit(page, PTE_DIRTY, PAGE_DIRTY);
}

export function pmap_is_referenced(page: VmPage): bool {
  return testBit(page, PTE_ACCESSED, PAGE_REFERENCED);
}

export function pmap_clear_reference(page: VmPage): void {
  clearBit(page, PTE_ACCESSED, PAGE_REFERENCED);
}

/** Marks the mapping at `va`, if there is one, as wired or not. */
export function pmap_change_wiring(pmap: Pmap, va: u32, wired: bool): void {
  const cell = pteOf(pmap, va);
  if (cell == 0) return;
  const pte = atomic.load<u32>(cell);
  if ((pte & PTE_VALID) == 0 || ((pte & PTE_WIRED) != 0) == wired) return;
  atomic.store<u32>(cell, pte ^ PTE_WIRED);
  if (wired) pmap.wiredCount++;
  else pmap.wiredCount--;
}

/** The physical address that user address `va` maps to, or 0. */
export function pmap_extract(pmap: Pmap, va: u32): u32 {
  const cell = pteOf(pmap, va);
  if (cell == 0) return 0;
  const pte = atomic.load<u32>(cell);
  return pte & PTE_VALID ? (pte & PTE_FRAME) | (va & (PAGE_SIZE - 1)) : 0;
}

/** Entry bits that a user's read, or write, finds set or leaves set. */
export const PMAP_USER_READ: u32 = PTE_VALID | PTE_ACCESSED;
export const PMAP_USER_WRITE: u32 = PTE_VALID | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY;

/**
 * What the MMU would do for a user access to the byte at `va`: its address in the direct map, with accessed and dirty
 * bits set; 0 when the access would fault. `access` is PMAP_USER_READ or PMAP_USER_WRITE, `va` below VM_MAX_ADDRESS.
 */
export function pmap_user_access(pmap: Pmap, va: u32, access: u32): usize {
  const pde = atomic.load<u32>(phys_to_virt(pmap.directory) + ((va >> PDE_SHIFT) << 2));
  if ((pde & PTE_VALID) == 0) return 0;
  const cell = pteIn(phys_to_virt(pde & PTE_FRAME), va);
  const pte = atomic.load<u32>(cell);
  const missing = access & ~pte;
  if (missing != 0) {
    if (missing & (PTE_VALID | PTE_WRITE)) return 0;
    atomic.store<u32>(cell, pte | access);
  }
  return phys_to_virt(pte & PTE_FRAME) | (va & (PAGE_SIZE - 1));
}

/** Maps a physical page at a free address of the kernel window. */
export function pmap_kernel_enter(address: usize, physical: u32): void {
  atomic.store<u32>(windowPte(address), physical | PTE_VALID | PTE_WRITE);
}

/** Unmaps an address of the kernel window; returns the physical address that was there. */
export function pmap_kernel_remove(address: usize): u32 {
  const cell = windowPte(address);
  const pte = atomic.load<u32>(cell);
  atomic.store<u32>(cell, 0);
  if (haveInvlpg) invlpg(address);
  else storeCr3(loadCr3());
  return pte & PTE_FRAME;
}

function windowPte(address: usize): usize {
  return windowTables + (((<u32>address - KMEM_BASE) >> PAGE_SHIFT) << 2);
}

/** Maps device memory uncached in the kernel window, for good; 0 when there is no room. */
export function pmap_map_device(physical: u32, size: u32): usize {
  const start = trunc_page(physical);
  const length = round_page(physical + size - start);
  const address = kmem_reserve(kernel_map, length);
  if (address == 0) return 0;
  for (let at: u32 = 0; at < length; at += PAGE_SIZE)
    pmap_kernel_enter(address + at, (start + at) | PTE_CACHE_DISABLE);
  return address + (physical - start);
}

/** Proves counts, tables and reverse mappings of a pmap (kernel.check). 0, or a number that says what is wrong. */
export function pmap_check(pmap: Pmap): i32 {
  let resident: u32 = 0;
  let wired: u32 = 0;
  for (let base: u32 = 0; base < VM_MAX_ADDRESS; base += PDE_SPAN) {
    const table = tableOf(pmap, base);
    if (table == 0) continue;
    let valid: u32 = 0;
    for (let i: u32 = 0; i < 1024; i++) {
      const pte = atomic.load<u32>(table + (i << 2));
      if ((pte & PTE_VALID) == 0) continue;
      valid++;
      if (pte & PTE_WIRED) wired++;
      if (!hasMapping(vm_page_of_phys(pte & PTE_FRAME), pmap, base + (i << PAGE_SHIFT))) return 1;
    }
    if (valid == 0 || valid != vm_page_of_address(table).wireCount) return 2;
    resident += valid;
  }
  if (resident != pmap.residentCount) return 3;
  return wired == pmap.wiredCount ? 0 : 4;
}

function hasMapping(page: VmPage, pmap: Pmap, va: u32): bool {
  for (let pv = page.pv; pv != 0; pv = changetype<PvEntry>(pv).next) {
    const mapping = changetype<PvEntry>(pv);
    if (mapping.pmap == pmap && mapping.va == va) return true;
  }
  return false;
}

/** The user mapping's rights as VM_PROT bits (0: not mapped), for tests and checks. */
export function pmap_rights(pmap: Pmap, va: u32): u32 {
  const cell = pteOf(pmap, va);
  const pte = cell == 0 ? 0 : atomic.load<u32>(cell);
  if ((pte & PTE_VALID) == 0) return 0;
  return pte & PTE_WRITE ? VM_PROT_READ | VM_PROT_WRITE : VM_PROT_READ;
}
