// Sending pages to pagers. The data of a message are out-of-line memory: an internal object of their own, into which the
// pages move (flush), or are copied.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MEMORY_OBJECT_RETURN_ALL } from "../../abi/vm_types";
import { pmap_clear_modify, pmap_is_modified, pmap_page_remove } from "../i386/pmap";
import { PAGE_SHIFT, PAGE_SIZE } from "../i386/vm_param";
import { memory_object_data_return } from "./memory_object_user";
import { VmMapCopy, vm_map_copy_discard, vm_map_copy_of_object } from "./vm_map_copy";
import { OBJ_INTERNAL, VmObject, vm_object_allocate, vm_object_deallocate } from "./vm_object";
import { vm_external_add, vm_external_has, vm_external_reserve } from "./vm_external";
import {
  PAGE_ABSENT,
  PAGE_BUSY,
  PAGE_ERROR,
  PAGE_INACTIVE,
  PAGE_PRECIOUS,
  VmPage,
  vm_page_copy,
  vm_page_set_lock,
  vm_page_set_unlock_request,
  vm_page_wakeup,
} from "./vm_page";
import { vm_page_launder } from "./vm_page_queues";
import { vm_page_alloc, vm_page_lookup, vm_page_rename } from "./vm_resident";
import { vm_stat } from "./vm_statistics";

/** Pages of one message at most. */
const RUN_MAX: u32 = 16;

/** The last vm_object_return_run failed because there is nobody to return pages to. */
let gone: bool = false;

/** Whether the page has data that its pager has not. */
export function vm_page_is_dirty(object: VmObject, page: VmPage): bool {
  return pmap_is_modified(page) || (object.flags & OBJ_INTERNAL && !vm_external_has(object, page.offset));
}

/** Whether the page has data that its pager has not, or wants back: with `all` precious ones too. */
function to_return(object: VmObject, page: VmPage, all: bool): bool {
  if (page.flags & (PAGE_BUSY | PAGE_ABSENT | PAGE_ERROR)) return false;
  return vm_page_is_dirty(object, page) || (all && (page.flags & PAGE_PRECIOUS) != 0);
}

/** The page at `offset` if it can be in a message with pages that are `dirty`; null otherwise. */
function next_of_run(object: VmObject, offset: u32, all: bool, dirty: bool, flush: bool): VmPage | null {
  const page = vm_page_lookup(object, offset);
  if (page == null || !to_return(object, page, all) || vm_page_is_dirty(object, page) != dirty) return null;
  if (flush && page.wireCount != 0) return null;
  // Of the kernel's own memory only what is not in use goes along.
  return object.flags & OBJ_INTERNAL && (page.flags & PAGE_INACTIVE) == 0 ? null : page;
}

/**
 * Sends the run of pages that begins with `page`, and is at most `limit` pages long, to the pager. `flush`: they leave the
 * object, but for wired ones. The bytes sent, or 0: memory is short, or the pager is gone; nothing is changed then.
 */
export function vm_object_return_run(
  object: VmObject,
  page: VmPage,
  limit: u32,
  all: bool,
  flush: bool,
): u32 {
  gone = false;
  const offset = page.offset;
  const dirty = vm_page_is_dirty(object, page);
  const moves = flush && page.wireCount == 0;
  let size: u32 = PAGE_SIZE;
  const longest = min<u32>(limit, RUN_MAX) << PAGE_SHIFT;
  while (size < longest && next_of_run(object, offset + size, all, dirty, moves) != null) size += PAGE_SIZE;
  if (object.flags & OBJ_INTERNAL && !reserve(object, offset, size)) return 0;
  const data = vm_object_allocate(size);
  if (data == null) return 0;
  const copy = vm_map_copy_of_object(data, size);
  if (copy == null) {
    vm_object_deallocate(data);
    return 0;
  }
  if (!moves && !copy_pages(object, offset, size, data)) {
    vm_map_copy_discard(copy);
    return 0;
  }
  return send(object, offset, size, data, copy, dirty, moves) ? size : 0;
}

/** The pages move only when the message can be sent: what fails, fails before. */
function send(
  object: VmObject,
  offset: u32,
  size: u32,
  data: VmObject,
  copy: VmMapCopy,
  dirty: bool,
  moves: bool,
): bool {
  if (moves) move_pages(object, offset, size, data, 0);
  const pager = object.pager!;
  const kr = memory_object_data_return(
    pager.port!,
    pager.control!,
    offset + pager.pagingOffset,
    copy,
    size,
    dirty,
    !moves,
  );
  if (kr != KERN_SUCCESS) {
    if (moves) move_pages(data, 0, size, object, offset);
    vm_map_copy_discard(copy);
    gone = kr != KERN_RESOURCE_SHORTAGE;
    return false;
  }
  vm_stat.pageouts += size >> PAGE_SHIFT;
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) {
    if (object.flags & OBJ_INTERNAL) vm_external_add(object, offset + at);
    const page = moves ? vm_page_lookup(data, at) : vm_page_lookup(object, offset + at);
    if (moves) launder(page!);
    else pmap_clear_modify(page!);
  }
  return true;
}

/** What is on its way has no lock and nothing is precious about it any more. */
function launder(page: VmPage): void {
  page.flags &= ~PAGE_PRECIOUS;
  vm_page_set_lock(page, 0);
  vm_page_set_unlock_request(page, 0);
  vm_page_launder(page);
}

function reserve(object: VmObject, offset: u32, size: u32): bool {
  for (let at: u32 = 0; at < size; at += PAGE_SIZE)
    if (!vm_external_reserve(object, offset + at)) return false;
  return true;
}

function move_pages(from: VmObject, offset: u32, size: u32, to: VmObject, target: u32): void {
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) {
    const page = vm_page_lookup(from, offset + at)!;
    pmap_page_remove(page);
    vm_page_rename(page, to, target + at);
  }
}

function copy_pages(object: VmObject, offset: u32, size: u32, data: VmObject): bool {
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) {
    const page = vm_page_alloc(data, at);
    if (page == null) return false;
    vm_page_copy(vm_page_lookup(object, offset + at)!, page);
    vm_page_wakeup(page);
    vm_page_launder(page);
  }
  return true;
}

/**
 * Sends back the pages of [offset, offset + size) that are dirty, with MEMORY_OBJECT_RETURN_ALL also the precious ones.
 * KERN_RESOURCE_SHORTAGE when memory is short: some may be left. When the pager is gone they all are.
 */
export function vm_object_return_range(
  object: VmObject,
  offset: u32,
  size: u32,
  shouldReturn: u32,
  flush: bool,
): i32 {
  const all = shouldReturn == <u32>MEMORY_OBJECT_RETURN_ALL;
  let failed: bool = false;
  if (size >> PAGE_SHIFT <= object.residentCount << 2) {
    for (let at: u32 = 0; at < size;) {
      const page = vm_page_lookup(object, offset + at);
      let step = PAGE_SIZE;
      if (page != null && to_return(object, page, all)) {
        step = vm_object_return_run(object, page, (size - at) >> PAGE_SHIFT, all, flush);
        if (step == 0) {
          if (gone) return KERN_SUCCESS;
          failed = true;
          step = PAGE_SIZE;
        }
      }
      at += step;
    }
    return failed ? KERN_RESOURCE_SHORTAGE : KERN_SUCCESS;
  }
  // Few pages in a large range: in the order of the object's list, which what is moved leaves.
  for (let page: VmPage | null = object.pages; page != null;) {
    const next = page.listNext;
    if (page.offset - offset < size && to_return(object, page, all)) {
      if (vm_object_return_run(object, page, 1, all, flush) == 0) {
        if (gone) return KERN_SUCCESS;
        failed = true;
      }
    }
    page = next;
  }
  return failed ? KERN_RESOURCE_SHORTAGE : KERN_SUCCESS;
}

/** vm_object_return_range for all pages, which leave the object. */
export function vm_object_return_all(object: VmObject, shouldReturn: u32): i32 {
  let low: u32 = 0xffffffff;
  let high: u32 = 0;
  let page = object.pages;
  while (page != null) {
    if (page.offset < low) low = page.offset;
    if (page.offset > high) high = page.offset;
    page = page.listNext;
  }
  if (low > high) return KERN_SUCCESS;
  return vm_object_return_range(object, low, high - low + PAGE_SIZE, shouldReturn, true);
}
