// Counters of the whole system, and the calls that show them.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  VM_CACHE_STATS_ACTIVE_PERM,
  VM_CACHE_STATS_ACTIVE_TMP,
  VM_CACHE_STATS_DIRTY,
  VM_CACHE_STATS_INACTIVE_PERM,
  VM_CACHE_STATS_INACTIVE_TMP,
  VM_CACHE_STATS_LAUNDRY,
  VM_CACHE_STATS_OBJECTS,
  VM_CACHE_STATS_PAGES,
  VM_CACHE_STATS_SIZE,
  VM_CACHE_STATS_SLAB,
  VM_CACHE_STATS_SLAB_RECLAIM,
  VM_STATS_ACTIVE,
  VM_STATS_COW_FAULTS,
  VM_STATS_FAULTS,
  VM_STATS_FREE,
  VM_STATS_HITS,
  VM_STATS_INACTIVE,
  VM_STATS_LOOKUPS,
  VM_STATS_PAGEINS,
  VM_STATS_PAGEOUTS,
  VM_STATS_PAGESIZE,
  VM_STATS_REACTIVATIONS,
  VM_STATS_WIRE,
  VM_STATS_ZERO_FILL,
} from "../../abi/vm_types";
import { pmap_is_modified } from "../i386/pmap";
import { PAGE_SIZE } from "../i386/vm_param";
import { zone_first } from "../kern/zone";
import { VmMap } from "./vm_map";
import { OBJ_CACHED, OBJ_INTERNAL } from "./vm_object";
import { PageQueue, vm_page_active, vm_page_inactive, vm_page_laundry } from "./vm_page_queues";
import { vm_object_cached_count } from "./vm_pager";
import { vm_page_free_count, vm_page_wire_count } from "./vm_resident";

@unmanaged
export class VmStatistics {
  faults!: u32;
  zeroFills!: u32;
  cowFaults!: u32;
  pageins!: u32;
  pageouts!: u32;
  reactivations!: u32;
  /** Memory objects looked up by their port, and found. */
  lookups!: u32;
  hits!: u32;
}

export const vm_stat: VmStatistics = changetype<VmStatistics>(memory.data(32));

/** Writes the 13 words VM_STATS_* to `buffer`. */
export function vm_statistics(map: VmMap | null, buffer: usize): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  store<u32>(buffer + VM_STATS_PAGESIZE, PAGE_SIZE);
  store<u32>(buffer + VM_STATS_FREE, vm_page_free_count);
  store<u32>(buffer + VM_STATS_ACTIVE, vm_page_active.count);
  store<u32>(buffer + VM_STATS_INACTIVE, vm_page_inactive.count + vm_page_laundry.count);
  store<u32>(buffer + VM_STATS_WIRE, vm_page_wire_count);
  store<u32>(buffer + VM_STATS_ZERO_FILL, vm_stat.zeroFills);
  store<u32>(buffer + VM_STATS_REACTIVATIONS, vm_stat.reactivations);
  store<u32>(buffer + VM_STATS_PAGEINS, vm_stat.pageins);
  store<u32>(buffer + VM_STATS_PAGEOUTS, vm_stat.pageouts);
  store<u32>(buffer + VM_STATS_FAULTS, vm_stat.faults);
  store<u32>(buffer + VM_STATS_COW_FAULTS, vm_stat.cowFaults);
  store<u32>(buffer + VM_STATS_LOOKUPS, vm_stat.lookups);
  store<u32>(buffer + VM_STATS_HITS, vm_stat.hits);
  return KERN_SUCCESS;
}

/** Of one queue: pages of the kernel's own memory and of pagers', those of objects in the cache, dirty ones. */
let temporary: u32 = 0;
let permanent: u32 = 0;
let cached: u32 = 0;
let dirty: u32 = 0;

function countQueue(queue: PageQueue): void {
  temporary = 0;
  permanent = 0;
  let page = queue.first;
  while (page != null) {
    const flags = page.object!.flags;
    if (flags & OBJ_INTERNAL) temporary++;
    else permanent++;
    if (flags & OBJ_CACHED) cached++;
    if (pmap_is_modified(page)) dirty++;
    page = page.queueNext;
  }
}

/** Writes the 11 words VM_CACHE_STATS_* to `buffer`. Takes time in proportion to the pages. */
export function vm_cache_statistics(map: VmMap | null, buffer: usize): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  memory.fill(buffer, 0, VM_CACHE_STATS_SIZE);
  cached = 0;
  dirty = 0;
  countQueue(vm_page_active);
  store<u32>(buffer + VM_CACHE_STATS_ACTIVE_TMP, temporary);
  store<u32>(buffer + VM_CACHE_STATS_ACTIVE_PERM, permanent);
  countQueue(vm_page_inactive);
  store<u32>(buffer + VM_CACHE_STATS_INACTIVE_TMP, temporary);
  store<u32>(buffer + VM_CACHE_STATS_INACTIVE_PERM, permanent);
  store<u32>(buffer + VM_CACHE_STATS_OBJECTS, vm_object_cached_count);
  store<u32>(buffer + VM_CACHE_STATS_PAGES, cached);
  store<u32>(buffer + VM_CACHE_STATS_DIRTY, dirty);
  store<u32>(buffer + VM_CACHE_STATS_LAUNDRY, vm_page_laundry.count);
  let slabs: u32 = 0;
  let reclaimable: u32 = 0;
  let zone = zone_first();
  while (zone != null) {
    slabs += zone.pages;
    reclaimable += zone.free / (PAGE_SIZE / zone.elementSize);
    zone = zone.next;
  }
  store<u32>(buffer + VM_CACHE_STATS_SLAB, slabs);
  store<u32>(buffer + VM_CACHE_STATS_SLAB_RECLAIM, reclaimable);
  return KERN_SUCCESS;
}
