// Page faults. The kernel is not preempted, so a fault is one pass over map, objects and page tables; where it has to
// wait it lets go of everything, and starts again afterwards.
import { THREAD_AWAKENED, assert_wait, current_task, thread_block } from "../kern/sched";
import {
  KERN_ABORTED,
  KERN_INVALID_ADDRESS,
  KERN_MEMORY_ERROR,
  KERN_PROTECTION_FAILURE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { pmap_enter, pmap_page_remove } from "../i386/pmap";
import { PAGE_MASK, PAGE_SIZE, VM_MAX_ADDRESS, trunc_page } from "../i386/vm_param";
import { memory_object_data_request, memory_object_data_unlock } from "./memory_object_user";
import { ENTRY_NEEDS_COPY, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_entry_set_object, vm_map_lookup_entry } from "./vm_map_entry";
import { vm_external_has, vm_object_must_ask } from "./vm_external";
import { MERGE_POLICY_ADDRESS, MERGE_POLICY_COPY, MERGE_POLICY_STALE } from "../../abi/vm_merge";
import { vm_merge_glue } from "./vm_merge";
import { vm_merge_does } from "./vm_merge_policy";
import {
  OBJ_DEAD,
  OBJ_DEVICE,
  OBJ_PAGER,
  OBJ_READY,
  VmObject,
  vm_object_allocate,
  vm_object_deallocate,
  vm_object_reference,
  vm_object_unshared,
} from "./vm_object";
import { vm_object_collapse, vm_object_shadow } from "./vm_object_copy";
import { vm_object_assert_ready_wait, vm_object_fail } from "./vm_pager";
import {
  PAGE_ABSENT,
  PAGE_ACTIVE,
  PAGE_BUSY,
  PAGE_DIRTY,
  PAGE_ERROR,
  PAGE_LAUNDRY,
  PAGE_WANTED,
  VmPage,
  vm_page_address,
  vm_page_copy,
  vm_page_limit,
  vm_page_lock,
  vm_page_of_phys,
  vm_page_set_unlock_request,
  vm_page_unlock_request,
  vm_page_wakeup,
  vm_page_zero_fill,
} from "./vm_page";
import { vm_page_activate } from "./vm_page_queues";
import { vm_page_assert_wait } from "./vm_pageout";
import { vm_page_alloc, vm_page_free, vm_page_lookup, vm_page_wire } from "./vm_resident";
import { vm_device_page, vm_device_prot } from "./vm_ports";
import { vm_stat } from "./vm_statistics";

/** Results of findPage and faultOnce beside KERN_*. */
const FOUND: i32 = 0;
/** There is no page: the memory reads as zeros. */
const ZERO: i32 = -1;
/** A wait is asserted: block, and start again. */
const WAIT: i32 = -2;

let foundPage: VmPage = changetype<VmPage>(0);
let foundObject: VmObject = changetype<VmObject>(0);

/**
 * Makes the page of `address` in `map` accessible with the rights `protection` (VM_PROT_READ, with WRITE for a write).
 * `changeWiring`: also wires the page (for wireEntry). May block.
 * KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, KERN_MEMORY_ERROR (the pager reported one, or is gone),
 * KERN_RESOURCE_SHORTAGE (no memory, and nothing that could be paged out), KERN_ABORTED (the wait was interrupted: try again after the thread was stopped).
 */
export function vm_fault(map: VmMap, address: u32, protection: u32, changeWiring: bool): i32 {
  const va = trunc_page(address);
  vm_stat.faults++;
  current_task().faults++;
  while (true) {
    const result = faultOnce(map, va, protection, changeWiring);
    if (result == KERN_RESOURCE_SHORTAGE) {
      if (!vm_page_assert_wait()) return result;
    } else if (result != WAIT) {
      return result;
    }
    if (thread_block() != THREAD_AWAKENED) return KERN_ABORTED;
  }
}

function faultOnce(map: VmMap, va: u32, wanted: u32, changeWiring: bool): i32 {
  if (va >= VM_MAX_ADDRESS) return KERN_INVALID_ADDRESS;
  let entry = vm_map_lookup_entry(map, va);
  if (va >= entry.end) return KERN_INVALID_ADDRESS;
  if ((wanted & ~(<u32>entry.protection)) != 0) return KERN_PROTECTION_FAILURE;
  const write = (wanted & VM_PROT_WRITE) != 0;
  if (write && entry.flags & ENTRY_NEEDS_COPY) {
    if (!vm_map_entry_resolve_copy(map, entry)) return KERN_RESOURCE_SHORTAGE;
    if (vm_merge_does(MERGE_POLICY_COPY)) entry = glueResolved(map, entry);
  }
  if (entry.object == null && !vm_map_entry_make_object(map, entry)) return KERN_RESOURCE_SHORTAGE;
  const object = entry.object!;
  const offset = entry.offset + (va - entry.start);
  const result = providePage(object, offset, write);
  if (result != FOUND) return result;
  return enterPage(map, entry, va, object, write, changeWiring);
}

/** Maps foundPage. Rights that need another look later (copy-on-write, page locks) are left out. */
function enterPage(
  map: VmMap,
  entry: VmMapEntry,
  va: u32,
  object: VmObject,
  write: bool,
  changeWiring: bool,
): i32 {
  const page = foundPage;
  const device = (foundObject.flags & OBJ_DEVICE) != 0;
  if (!device && (page.flags & (PAGE_ACTIVE | PAGE_LAUNDRY)) == 0) vm_page_activate(page);
  let rights = (<u32>entry.protection) & ~vm_page_lock(page);
  if (device) rights &= vm_device_prot(foundObject.pager!.port!);
  if (!write && (entry.flags & ENTRY_NEEDS_COPY || foundObject != object || object.copy != null)) {
    rights &= ~VM_PROT_WRITE;
  }
  if (!pmap_enter(map.pmap, va, page, rights, entry.wiredCount != 0)) return KERN_RESOURCE_SHORTAGE;
  if (changeWiring && !device) vm_page_wire(page);
  return KERN_SUCCESS;
}

/** Gives an entry that nobody has touched its object. False when memory is short. */
export function vm_map_entry_make_object(map: VmMap, entry: VmMapEntry): bool {
  const offset = offsetForNewObject(entry);
  const object = vm_object_allocate(offset + (entry.end - entry.start));
  if (object == null) return false;
  vm_map_entry_set_object(map, entry, object, offset);
  return true;
}

/** With policy ADDRESS anonymous objects are addressed by virtual address, so that neighbours line up and have room. */
function offsetForNewObject(entry: VmMapEntry): u32 {
  return vm_merge_does(MERGE_POLICY_ADDRESS) ? entry.start : 0;
}

/** Gives a needs_copy entry an object of its own to write to. False when memory is short. */
export function vm_map_entry_resolve_copy(map: VmMap, entry: VmMapEntry): bool {
  const source = entry.object!;
  if (vm_merge_does(MERGE_POLICY_STALE) && vm_object_unshared(source, map)) {
    entry.flags &= <u16>~ENTRY_NEEDS_COPY;
    return true;
  }
  const offset = offsetForNewObject(entry);
  const shadow = vm_object_shadow(source, entry.offset, offset, entry.end - entry.start);
  if (shadow == null) return false;
  vm_map_entry_set_object(map, entry, shadow, offset);
  entry.flags &= <u16>~ENTRY_NEEDS_COPY;
  return true;
}

/** Neighbours that were copied from one source may be one entry again. */
function glueResolved(map: VmMap, entry: VmMapEntry): VmMapEntry {
  if (entry.wiredCount != 0) return entry;
  const next = entry.next;
  if (next == map.header || next.start != entry.end) return vm_merge_glue(map, entry);
  // What the next one joins may have joined its own predecessor at once.
  const joined = vm_merge_glue(map, next);
  return joined == next ? vm_merge_glue(map, entry) : vm_merge_glue(map, joined);
}

/**
 * Sets foundPage and foundObject to the page that shows at `offset` of `object`; for a write it is made the object's
 * own. FOUND, WAIT or KERN_*.
 */
function providePage(object: VmObject, offset: u32, write: bool): i32 {
  let result = findPage(object, offset, write ? VM_PROT_READ | VM_PROT_WRITE : VM_PROT_READ);
  if (result == ZERO) {
    const page = allocOwn(object, offset);
    if (page == null) return KERN_RESOURCE_SHORTAGE;
    vm_page_zero_fill(page);
    vm_page_wakeup(page);
    vm_stat.zeroFills++;
    current_task().zero_fills++;
    foundPage = page;
    foundObject = object;
    result = FOUND;
  }
  if (result != FOUND || !write) return result;
  if (foundObject != object) {
    const kr = copyUp(object, offset);
    if (kr != KERN_SUCCESS) return kr;
  }
  return object.copy != null ? pushCopy(object, offset) : FOUND;
}

/** A new page where the object has none, or only the mark that its pager has no data. */
function allocOwn(object: VmObject, offset: u32): VmPage | null {
  if (object.flags & OBJ_PAGER) {
    const mark = vm_page_lookup(object, offset);
    if (mark != null) vm_page_free(mark);
  }
  return vm_page_alloc(object, offset);
}

/** Walks the shadow chain. A page that must come from a pager is asked for. */
function findPage(first: VmObject, firstOffset: u32, wanted: u32): i32 {
  let object = first;
  let offset = firstOffset;
  while (true) {
    if (object.flags & OBJ_DEVICE)
      return findDevicePage(object, offset, object == first ? wanted : VM_PROT_READ);
    const page = vm_page_lookup(object, offset);
    if (page != null) {
      const result = examinePage(object, page, offset, object == first ? wanted : wanted & ~VM_PROT_WRITE);
      if (result != ZERO) return result;
    } else if (vm_object_must_ask(object, offset)) {
      return requestPage(object, offset, wanted);
    }
    const shadow = object.shadow;
    if (shadow == null) return ZERO;
    offset += object.shadowOffset;
    object = shadow;
  }
}

/** A mapped device is the last object of a chain. */
function findDevicePage(object: VmObject, offset: u32, wanted: u32): i32 {
  const port = object.pager!.port!;
  if (wanted & ~vm_device_prot(port)) return KERN_PROTECTION_FAILURE;
  const physical = vm_device_page(port, offset);
  if (physical >= vm_page_limit) return KERN_MEMORY_ERROR;
  foundPage = vm_page_of_phys(physical);
  foundObject = object;
  return FOUND;
}

/** FOUND, ZERO (the chain goes on behind it), WAIT or KERN_*. */
function examinePage(object: VmObject, page: VmPage, offset: u32, wanted: u32): i32 {
  const flags = page.flags;
  if (flags & PAGE_BUSY) return waitFor(page);
  if (flags & PAGE_ERROR) {
    vm_page_free(page);
    return KERN_MEMORY_ERROR;
  }
  if (flags & PAGE_ABSENT) {
    if (object.shadow != null) return ZERO;
    page.flags = flags & ~PAGE_ABSENT;
    vm_page_zero_fill(page);
    vm_stat.zeroFills++;
    current_task().zero_fills++;
  }
  if (vm_page_lock(page) & wanted) return requestUnlock(object, page, offset, wanted);
  foundPage = page;
  foundObject = object;
  return FOUND;
}

function waitFor(page: VmPage): i32 {
  page.flags |= PAGE_WANTED;
  assert_wait(changetype<usize>(page), true);
  return WAIT;
}

function requestPage(object: VmObject, offset: u32, wanted: u32): i32 {
  if (object.flags & OBJ_DEAD) return KERN_MEMORY_ERROR;
  if ((object.flags & OBJ_READY) == 0) {
    vm_object_assert_ready_wait(object);
    return WAIT;
  }
  const page = vm_page_alloc(object, offset);
  if (page == null) return KERN_RESOURCE_SHORTAGE;
  page.flags |= PAGE_ABSENT;
  vm_stat.pageins++;
  current_task().pageins++;
  waitFor(page);
  const pager = object.pager!;
  const at = offset + pager.pagingOffset;
  const kr = memory_object_data_request(pager.port!, pager.control!, at, PAGE_SIZE, wanted);
  if (kr == KERN_SUCCESS) return WAIT;
  // Freeing the page ends the wait just begun.
  if (kr == KERN_RESOURCE_SHORTAGE) {
    vm_page_free(page);
    return kr;
  }
  vm_object_fail(object);
  return KERN_MEMORY_ERROR;
}

function requestUnlock(object: VmObject, page: VmPage, offset: u32, wanted: u32): i32 {
  if (object.flags & OBJ_DEAD) return KERN_MEMORY_ERROR;
  const asked = vm_page_unlock_request(page);
  waitFor(page);
  if ((wanted & ~asked) == 0) return WAIT;
  vm_page_set_unlock_request(page, asked | wanted);
  const pager = object.pager!;
  const at = offset + pager.pagingOffset;
  const kr = memory_object_data_unlock(pager.port!, pager.control!, at, PAGE_SIZE, wanted);
  if (kr == KERN_SUCCESS) return WAIT;
  vm_page_set_unlock_request(page, asked);
  vm_page_wakeup(page);
  if (kr == KERN_RESOURCE_SHORTAGE) return kr;
  vm_object_fail(object);
  return KERN_MEMORY_ERROR;
}

/** Copies foundPage, which lies deeper in the chain, into `object`. */
function copyUp(object: VmObject, offset: u32): i32 {
  const source = foundPage;
  const page = allocOwn(object, offset);
  if (page == null) return KERN_RESOURCE_SHORTAGE;
  vm_page_copy(source, page);
  // The pager of an object that has a source as well must be given what it has not written itself.
  page.flags |= PAGE_DIRTY;
  // Others who see this object may have the old page mapped.
  if (object.refCount > 1) pmap_page_remove(source);
  vm_page_wakeup(page);
  vm_stat.cowFaults++;
  current_task().cow_faults++;
  vm_object_collapse(object);
  foundPage = page;
  foundObject = object;
  return KERN_SUCCESS;
}

/** Before `object` is written to, its copy object gets the old page. */
function pushCopy(object: VmObject, offset: u32): i32 {
  const copy = object.copy!;
  const source = foundPage;
  const at = offset - copy.shadowOffset;
  if (at >= copy.size || vm_page_lookup(copy, at) != null || vm_external_has(copy, at)) return FOUND;
  const page = vm_page_alloc(copy, at);
  if (page == null) return KERN_RESOURCE_SHORTAGE;
  vm_page_copy(source, page);
  // Who reads through the copy object must find the new page.
  pmap_page_remove(source);
  vm_page_wakeup(page);
  vm_page_activate(page);
  vm_stat.cowFaults++;
  return FOUND;
}

/**
 * Copies `size` bytes from byte `offset` of an object, which must not cross a page, to kernel memory. May block; the
 * caller holds a reference.
 */
export function vm_object_read(object: VmObject | null, offset: u32, buffer: usize, size: u32): i32 {
  if (object == null) {
    memory.fill(buffer, 0, size);
    return KERN_SUCCESS;
  }
  vm_object_reference(object);
  let kr: i32;
  while (true) {
    kr = findPage(object, trunc_page(offset), VM_PROT_READ);
    if (kr != WAIT) break;
    if (thread_block() == THREAD_AWAKENED) continue;
    kr = KERN_ABORTED;
    break;
  }
  if (kr == FOUND) memory.copy(buffer, vm_page_address(foundPage) + (offset & PAGE_MASK), size);
  if (kr == ZERO) memory.fill(buffer, 0, size);
  vm_object_deallocate(object);
  return kr == FOUND || kr == ZERO ? KERN_SUCCESS : kr;
}

/** Copies one page of an object into `page`. */
export function vm_object_read_page(object: VmObject, offset: u32, page: VmPage): i32 {
  return vm_object_read(object, offset, vm_page_address(page), PAGE_SIZE);
}
