// What pagers call: the kernel's side of the memory object protocol. Each routine gets the object that its request port
// stands for (IPC looks it up: the kobject of an IKOT_PAGING_REQUEST port is the VmObject's address) or null.
import { IpcPort } from "../ipc/ipc_port";
import {
  KERN_INVALID_ARGUMENT,
  KERN_MEMORY_PRESENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  MEMORY_OBJECT_COPY_TEMPORARY,
  MEMORY_OBJECT_RETURN_ALL,
  MEMORY_OBJECT_RETURN_DIRTY,
  MEMORY_OBJECT_RETURN_NONE,
  VM_PROT_ALL,
  VM_PROT_NO_CHANGE,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { pmap_page_remove, pmap_page_write_protect } from "../i386/pmap";
import { PAGE_SIZE, page_aligned, round_page, trunc_page } from "../i386/vm_param";
import {
  memory_object_change_completed,
  memory_object_lock_completed,
  memory_object_supply_completed,
} from "./memory_object_user";
import { VmMapCopy, vm_map_copy_discard, vm_map_copy_read } from "./vm_map_copy";
import {
  OBJ_CAN_PERSIST,
  OBJ_DEAD,
  OBJ_DEVICE,
  OBJ_INTERNAL,
  OBJ_PAGER,
  OBJ_READY,
  VmObject,
  vm_object_deallocate,
} from "./vm_object";
import { vm_object_fail, vm_object_hold, vm_object_set_attributes, vm_object_wake_ready } from "./vm_pager";
import {
  PAGE_ABSENT,
  PAGE_BUSY,
  PAGE_ERROR,
  PAGE_PRECIOUS,
  VmPage,
  vm_page_address,
  vm_page_lock,
  vm_page_set_lock,
  vm_page_set_unlock_request,
  vm_page_unlock_request,
  vm_page_wakeup,
} from "./vm_page";
import { vm_page_activate } from "./vm_page_queues";
import { vm_page_wait } from "./vm_pageout";
import { vm_object_return_range } from "./vm_pageout_page";
import { vm_port_release_sonce } from "./vm_ports";
import { vm_page_alloc, vm_page_free, vm_page_lookup } from "./vm_resident";

/** An offset of the pager's as one of the object's. */
function objectOffset(object: VmObject, offset: u32): u32 {
  return offset - object.pager!.pagingOffset;
}

function served(object: VmObject | null): bool {
  return object != null && (object.flags & (OBJ_PAGER | OBJ_DEAD)) == OBJ_PAGER;
}

function aligned(offset: u32, size: u32): bool {
  return page_aligned(offset) && page_aligned(size) && (offset + size >= offset || offset + size == 0);
}

export function memory_object_ready(object: VmObject | null, mayCache: bool, copyStrategy: u32): i32 {
  if (object == null || !served(object)) return KERN_INVALID_ARGUMENT;
  vm_object_hold(object);
  const valid = setAttributes(object, mayCache, copyStrategy);
  if (valid) {
    object.flags |= OBJ_READY;
    vm_object_wake_ready(object);
  }
  vm_object_deallocate(object);
  return valid ? KERN_SUCCESS : KERN_INVALID_ARGUMENT;
}

function setAttributes(object: VmObject, mayCache: bool, copyStrategy: u32): bool {
  if (copyStrategy > <u32>MEMORY_OBJECT_COPY_TEMPORARY) return false;
  vm_object_set_attributes(object, mayCache, copyStrategy == MEMORY_OBJECT_COPY_TEMPORARY, copyStrategy);
  return true;
}

/**
 * Data for pages of the object, asked for or not. Consumes `data`, and the send-once right `replyTo` (or null), whenever
 * it returns KERN_SUCCESS. Pages that are there already stay as they are, and end the supply with KERN_MEMORY_PRESENT in
 * the supply_completed message. May block.
 */
export function memory_object_data_supply(
  object: VmObject | null,
  offset: u32,
  data: VmMapCopy | null,
  size: u32,
  lock: u32,
  precious: bool,
  replyTo: IpcPort | null,
): i32 {
  if (object == null || !served(object) || !aligned(offset, size)) return KERN_INVALID_ARGUMENT;
  if (lock & ~VM_PROT_ALL || (size != 0 && (data == null || data.size < size))) return KERN_INVALID_ARGUMENT;
  vm_object_hold(object);
  const start = objectOffset(object, offset);
  let result: i32 = KERN_SUCCESS;
  let done: u32 = 0;
  for (; done < size; done += PAGE_SIZE) {
    result = supplyPage(object, start + done, data!, done, lock, precious);
    if (result != KERN_SUCCESS) break;
  }
  vm_map_copy_discard(data);
  if (replyTo != null) {
    const error = result == KERN_SUCCESS ? 0 : offset + done;
    const pager = object.pager;
    // The pager may have given the object up meanwhile.
    if (pager == null) vm_port_release_sonce(replyTo);
    else memory_object_supply_completed(replyTo, pager.control!, offset, size, result, error);
  }
  vm_object_deallocate(object);
  return KERN_SUCCESS;
}

function supplyPage(
  object: VmObject,
  offset: u32,
  data: VmMapCopy,
  from: u32,
  lock: u32,
  precious: bool,
): i32 {
  let page = vm_page_lookup(object, offset);
  if (page == null) {
    // The kernel's own memory has changed since the data were asked for.
    if (object.flags & OBJ_INTERNAL) return KERN_MEMORY_PRESENT;
    page = vm_page_alloc(object, offset);
    if (page == null) return KERN_RESOURCE_SHORTAGE;
  } else if ((page.flags & PAGE_ABSENT) == 0) {
    return KERN_MEMORY_PRESENT;
  }
  // Busy and not absent: nobody else supplies or frees it while the data is fetched.
  page.flags = (page.flags & ~PAGE_ABSENT) | PAGE_BUSY;
  const kr = vm_map_copy_read(data, from, vm_page_address(page), PAGE_SIZE);
  if (kr != KERN_SUCCESS) page.flags |= PAGE_ERROR;
  if (precious) page.flags |= PAGE_PRECIOUS;
  vm_page_set_lock(page, lock);
  vm_page_set_unlock_request(page, 0);
  vm_page_wakeup(page);
  vm_page_activate(page);
  return kr;
}

/** Has every page of [offset, offset + size) that is asked for be `flag`, and wakes who waits. */
function answerPages(object: VmObject, pagerOffset: u32, size: u32, clear: u32, flag: u32): void {
  const offset = objectOffset(object, pagerOffset);
  const asked = PAGE_BUSY | PAGE_ABSENT;
  let page = object.pages;
  while (page != null) {
    if (page.offset - offset < size && (page.flags & asked) == asked) {
      page.flags = (page.flags & ~clear) | flag;
      vm_page_wakeup(page);
    }
    page = page.listNext;
  }
}

/** The pager has no data for these pages: they are zero-filled, or looked for in the shadow. */
export function memory_object_data_unavailable(object: VmObject | null, offset: u32, size: u32): i32 {
  if (object == null || !served(object) || !aligned(offset, size)) return KERN_INVALID_ARGUMENT;
  answerPages(object, offset, size, 0, PAGE_ABSENT);
  return KERN_SUCCESS;
}

/** The pager cannot provide these pages: faults that wait for them fail with KERN_MEMORY_ERROR. */
export function memory_object_data_error(object: VmObject | null, offset: u32, size: u32, error: i32): i32 {
  if (object == null || !served(object) || !aligned(offset, size)) return KERN_INVALID_ARGUMENT;
  answerPages(object, offset, size, PAGE_ABSENT, PAGE_ERROR);
  return KERN_SUCCESS;
}

/**
 * Sends dirty pages (MEMORY_OBJECT_RETURN_DIRTY), or also precious ones (_ALL), back to the pager, drops the pages with
 * `shouldFlush`, and changes the lock of those that stay. Pages being worked on are left alone. May block for memory.
 */
export function memory_object_lock_request(
  object: VmObject | null,
  offset: u32,
  size: u32,
  shouldReturn: u32,
  shouldFlush: bool,
  lock: u32,
  replyTo: IpcPort | null,
): i32 {
  if (object == null || !served(object) || !aligned(offset, size)) return KERN_INVALID_ARGUMENT;
  if (lock & ~VM_PROT_ALL && lock != VM_PROT_NO_CHANGE) return KERN_INVALID_ARGUMENT;
  vm_object_hold(object);
  lockPages(object, objectOffset(object, offset), size, shouldReturn, shouldFlush, lock);
  if (replyTo != null) {
    // The pager may have given the object up while this waited.
    const pager = object.pager;
    if (pager == null) vm_port_release_sonce(replyTo);
    else memory_object_lock_completed(replyTo, pager.control!, offset, size);
  }
  vm_object_deallocate(object);
  return KERN_SUCCESS;
}

function lockPages(
  object: VmObject,
  offset: u32,
  size: u32,
  shouldReturn: u32,
  shouldFlush: bool,
  lock: u32,
): i32 {
  if (shouldReturn != <u32>MEMORY_OBJECT_RETURN_NONE) {
    while (vm_object_return_range(object, offset, size, shouldReturn, shouldFlush) != KERN_SUCCESS) {
      const kr = vm_page_wait();
      if (kr == KERN_RESOURCE_SHORTAGE) return kr;
      // Given up, the object has nobody to return pages to.
      if (kr != KERN_SUCCESS || !served(object)) return KERN_SUCCESS;
    }
  }
  for (let page: VmPage | null = object.pages; page != null;) {
    const next = page.listNext;
    if (page.offset - offset < size && (page.flags & (PAGE_BUSY | PAGE_ABSENT)) == 0) {
      lockPage(page, shouldFlush, lock);
    }
    page = next;
  }
  return KERN_SUCCESS;
}

/**
 * As memory_object_lock_request, of any range and by the name port. Objects without a pager have nowhere to return pages to
 * and keep them.
 */
export function vm_object_sync(
  object: VmObject | null,
  offset: u32,
  size: u32,
  shouldFlush: bool,
  shouldReturn: bool,
  shouldIosync: bool,
): i32 {
  if (object == null) return KERN_INVALID_ARGUMENT;
  if (!served(object) || object.flags & OBJ_INTERNAL || size == 0) return KERN_SUCCESS;
  const start = trunc_page(offset);
  const length = round_page(offset + size) - start;
  const returned: u32 = shouldReturn ? MEMORY_OBJECT_RETURN_ALL : MEMORY_OBJECT_RETURN_NONE;
  return memory_object_lock_request(object, start, length, returned, shouldFlush, VM_PROT_NO_CHANGE, null);
}

/** Sends the dirty pages of [offset, offset + size) of a pager's object back; with `flush` the pages go as well. May block. */
export function vm_object_write_back(object: VmObject, offset: u32, size: u32, flush: bool): i32 {
  if (!served(object) || object.flags & (OBJ_INTERNAL | OBJ_DEVICE)) return KERN_SUCCESS;
  return lockPages(object, offset, size, <u32>MEMORY_OBJECT_RETURN_DIRTY, flush, VM_PROT_NO_CHANGE);
}

function lockPage(page: VmPage, shouldFlush: bool, lock: u32): void {
  if (shouldFlush && page.wireCount == 0) {
    vm_page_free(page);
    return;
  }
  if (lock == VM_PROT_NO_CHANGE) return;
  const more = lock & ~vm_page_lock(page);
  if (more & ~VM_PROT_WRITE) pmap_page_remove(page);
  else if (more != 0) pmap_page_write_protect(page);
  vm_page_set_lock(page, lock);
  vm_page_set_unlock_request(page, vm_page_unlock_request(page) & lock);
  vm_page_wakeup(page);
}

export function memory_object_change_attributes(
  object: VmObject | null,
  mayCache: bool,
  copyStrategy: u32,
  replyTo: IpcPort | null,
): i32 {
  if (object == null || !served(object)) return KERN_INVALID_ARGUMENT;
  vm_object_hold(object);
  const valid = setAttributes(object, mayCache, copyStrategy);
  // An object that nothing maps may end here.
  vm_object_deallocate(object);
  if (!valid) return KERN_INVALID_ARGUMENT;
  if (replyTo != null) memory_object_change_completed(replyTo, mayCache, copyStrategy);
  return KERN_SUCCESS;
}

/** Three u32 cells. */
export function memory_object_get_attributes(
  object: VmObject | null,
  ready: usize,
  mayCache: usize,
  copyStrategy: usize,
): i32 {
  if (object == null || !served(object)) return KERN_INVALID_ARGUMENT;
  store<u32>(ready, object.flags & OBJ_READY ? 1 : 0);
  store<u32>(mayCache, object.flags & OBJ_CAN_PERSIST ? 1 : 0);
  store<u32>(copyStrategy, object.pager!.copyStrategy);
  return KERN_SUCCESS;
}

/** The pager gives the object up: what is not resident is lost. */
export function memory_object_destroy(object: VmObject | null, reason: i32): i32 {
  if (object == null || !served(object)) return KERN_INVALID_ARGUMENT;
  vm_object_fail(object);
  return KERN_SUCCESS;
}
