// Zones: fixed-size kernel structures cut from whole pages of the direct map. A zone keeps the pages it has
// until zone_collect.ts takes those that are free.
import {
  SLAB_INFO_ALIGN,
  SLAB_INFO_BUFS_PER_SLAB,
  SLAB_INFO_BUF_SIZE,
  SLAB_INFO_NAME,
  SLAB_INFO_NAME_SIZE,
  SLAB_INFO_NR_BUFS,
  SLAB_INFO_NR_OBJS,
  SLAB_INFO_NR_SLABS,
  SLAB_INFO_OBJ_SIZE,
  SLAB_INFO_POOL,
  SLAB_INFO_SIZE,
  SLAB_INFO_SLAB_SIZE,
} from "../../abi/vm_types";
import { PAGE_SIZE } from "../i386/vm_param";
import { kernel_map, kmem_alloc, kmem_free } from "../vm/vm_kern";
import { vm_page_of_address } from "../vm/vm_page";
import { vm_page_grab_kernel, vm_page_release } from "../vm/vm_resident";
import { panic } from "./debug";

@unmanaged
export class Zone {
  next!: Zone | null;
  /** First free element; each holds the address of the next one. */
  freeList!: usize;
  /** Bytes, a multiple of 4. */
  elementSize!: u32;
  /** A string of the kernel's (UTF-16). */
  name: string = changetype<string>(0);
  inUse!: u32;
  free!: u32;
  pages!: u32;
  peakInUse!: u32;
}

const POISON: u32 = 0xdeadbeef;
/** Structures of zones themselves. */
const ZONES_MAX: u32 = 64;
const zoneTable: usize = memory.data(2048);
let zonesMade: u32 = 0;
let firstZone: Zone | null = null;
let checking: bool = false;

const KALLOC_SHIFT_MIN: u32 = 4;
const KALLOC_SHIFT_MAX: u32 = 11;
/** Zones of 16, 32, ... 2048 bytes. */
const kallocZones: usize = memory.data(32);

/** Makes a zone of elements of `size` bytes (rounded up to 4, at most a page). For boot: panics on a wrong size. */
export function zone_create(size: u32, name: string): Zone {
  size = (size + 3) & ~3;
  if (size == 0 || size > PAGE_SIZE || zonesMade == ZONES_MAX) panic("zone_create");
  const zone = changetype<Zone>(zoneTable + zonesMade++ * offsetof<Zone>());
  zone.elementSize = size;
  zone.name = name;
  zone.next = firstZone;
  firstZone = zone;
  return zone;
}

/** Shows an array of `count` structures that was made at the boot among the zones. */
export function zone_show(size: u32, name: string, count: u32): void {
  const zone = zone_create(size, name);
  zone.inUse = count;
  zone.pages = (size * count + PAGE_SIZE - 1) / PAGE_SIZE;
}

/** Gets the zone another page. False when memory is short. */
function grow(zone: Zone): bool {
  const page = vm_page_grab_kernel();
  if (page == 0) return false;
  // Old poison from another zone's days must not look like an element freed twice.
  if (checking) memory.fill(page, 0, PAGE_SIZE);
  const size = zone.elementSize;
  for (let element = page; element + size <= page + PAGE_SIZE; element += size) {
    if (checking) poison(element, size);
    store<usize>(element, zone.freeList);
    zone.freeList = element;
    zone.free++;
  }
  zone.pages++;
  return true;
}

/** Makes sure that the next `count` allocations succeed. */
export function zone_reserve(zone: Zone, count: u32): bool {
  while (zone.free < count) if (!grow(zone)) return false;
  return true;
}

/** An element with undefined contents, or 0 when memory is short. */
export function zalloc_raw(zone: Zone): usize {
  const element = zone.freeList;
  if (element == 0 || checking) return allocCarefully(zone);
  take(zone, element);
  return element;
}

/** Takes the free list's first element. */
function take(zone: Zone, element: usize): void {
  zone.freeList = load<usize>(element);
  zone.free--;
  const inUse = zone.inUse + 1;
  zone.inUse = inUse;
  if (inUse > zone.peakInUse) zone.peakInUse = inUse;
}

function allocCarefully(zone: Zone): usize {
  if (zone.freeList == 0 && !grow(zone)) return 0;
  const element = zone.freeList;
  if (checking) expectPoison(element, zone.elementSize);
  take(zone, element);
  return element;
}

/** A zero-filled element, or 0 when memory is short. */
export function zalloc(zone: Zone): usize {
  let element = zone.freeList;
  if (element == 0 || checking) {
    element = allocCarefully(zone);
    if (element == 0) return 0;
  } else {
    take(zone, element);
  }
  memory.fill(element, 0, zone.elementSize);
  return element;
}

export function zfree(zone: Zone, element: usize): void {
  if (checking) freeCarefully(zone, element);
  else put(zone, element);
}

function freeCarefully(zone: Zone, element: usize): void {
  poison(element, zone.elementSize);
  put(zone, element);
}

function put(zone: Zone, element: usize): void {
  store<usize>(element, zone.freeList);
  zone.freeList = element;
  zone.free++;
  zone.inUse--;
}

function poison(element: usize, size: u32): void {
  let whole = size > 4;
  for (let at: usize = 4; at < size; at += 4) {
    if (load<u32>(element + at) != POISON) whole = false;
    store<u32>(element + at, POISON);
  }
  if (whole) panic("zfree: element is free already");
}

function expectPoison(element: usize, size: u32): void {
  for (let at: usize = 4; at < size; at += 4) {
    if (load<u32>(element + at) != POISON) panic("zalloc: element changed after it was freed");
    store<u32>(element + at, 0);
  }
}

/** Zones of kalloc; once, before the first kalloc. */
export function kalloc_init(): void {
  for (let shift = KALLOC_SHIFT_MIN; shift <= KALLOC_SHIFT_MAX; shift++) {
    store<Zone>(kallocZones + ((shift - KALLOC_SHIFT_MIN) << 2), zone_create((<u32>1) << shift, "kalloc"));
  }
}

function kallocZone(size: u32): Zone {
  let shift = KALLOC_SHIFT_MIN;
  while ((<u32>1) << shift < size) shift++;
  return load<Zone>(kallocZones + ((shift - KALLOC_SHIFT_MIN) << 2));
}

/** Zero-filled kernel memory of any size, or 0 when there is none. More than a page comes from kmem_alloc. */
export function kalloc(size: u32): usize {
  if (size <= (<u32>1) << KALLOC_SHIFT_MAX) return zalloc(kallocZone(size));
  if (size > PAGE_SIZE) return kmem_alloc(kernel_map, size);
  const page = vm_page_grab_kernel();
  if (page != 0) memory.fill(page, 0, PAGE_SIZE);
  return page;
}

/** `size` must be what kalloc was given. */
export function kfree(address: usize, size: u32): void {
  if (size <= (<u32>1) << KALLOC_SHIFT_MAX) zfree(kallocZone(size), address);
  else if (size > PAGE_SIZE) kmem_free(kernel_map, address, size);
  else vm_page_release(vm_page_of_address(address));
}

/** kernel.check=1: freed elements are poisoned, and the poison is checked when they are used again. Before the first zalloc. */
export function zone_set_check(on: bool): void {
  checking = on;
}

/** The zones, linked by `next`. */
export function zone_first(): Zone | null {
  return firstZone;
}

/** How many zones there are, for host_slab_info. */
export function zone_count(): u32 {
  return zonesMade;
}

/** Writes at most `limit` cache_info structures (SLAB_INFO_*) to `buffer`, oldest zone first; returns how many. */
export function zone_info(buffer: usize, limit: u32): u32 {
  const count = min<u32>(limit, zonesMade);
  for (let i: u32 = 0; i < count; i++) {
    describeZone(changetype<Zone>(zoneTable + i * offsetof<Zone>()), buffer + i * SLAB_INFO_SIZE);
  }
  return count;
}

function describeZone(zone: Zone, info: usize): void {
  memory.fill(info, 0, SLAB_INFO_SIZE);
  const perPage = PAGE_SIZE / zone.elementSize;
  store<u32>(info + SLAB_INFO_POOL, changetype<usize>(zone));
  store<u32>(info + SLAB_INFO_OBJ_SIZE, zone.elementSize);
  store<u32>(info + SLAB_INFO_ALIGN, 4);
  store<u32>(info + SLAB_INFO_BUF_SIZE, zone.elementSize);
  store<u32>(info + SLAB_INFO_SLAB_SIZE, PAGE_SIZE);
  store<u32>(info + SLAB_INFO_BUFS_PER_SLAB, perPage);
  store<u32>(info + SLAB_INFO_NR_OBJS, zone.inUse);
  store<u32>(info + SLAB_INFO_NR_BUFS, zone.inUse + zone.free);
  store<u32>(info + SLAB_INFO_NR_SLABS, zone.pages);
  const text = changetype<usize>(zone.name);
  const bytes = load<u32>(text - 4);
  for (let i: u32 = 0; i * 2 < bytes && i < <u32>SLAB_INFO_NAME_SIZE - 1; i++) {
    store<u8>(info + SLAB_INFO_NAME + i, load<u8>(text + i * 2));
  }
}

/** Kernel memory held by a zone, in bytes: whole pages. */
export function zone_bytes(zone: Zone): u32 {
  return zone.pages * PAGE_SIZE;
}
