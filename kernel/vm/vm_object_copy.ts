// Copy-on-write: shadow objects, copy objects, and taking chains apart again when a link is no longer needed.
import {
  MEMORY_OBJECT_COPY_CALL,
  MEMORY_OBJECT_COPY_DELAY,
  MEMORY_OBJECT_COPY_NONE,
  MEMORY_OBJECT_COPY_TEMPORARY,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { memory_object_copy } from "./memory_object_user";
import { KERN_MEMORY_ERROR, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { PAGE_SIZE } from "../i386/vm_param";
import { vm_page_wait } from "./vm_pageout";
import { pmap_page_write_protect } from "../i386/pmap";
import {
  OBJ_INTERNAL,
  OBJ_PAGER,
  OBJ_TEMPORARY,
  OBJ_USE_SHARED_COPY,
  VmObject,
  vm_object_allocate,
  vm_object_deallocate,
  vm_object_inherit_name,
  vm_object_reference,
  vm_object_terminate,
} from "./vm_object";
import { vm_external_has } from "./vm_external";
import { vm_page_activate } from "./vm_page_queues";
import { vm_object_enter, vm_object_move_pager, vm_object_wait_ready } from "./vm_pager";
import {
  vm_port_alloc_memory_object,
  vm_port_free,
  vm_port_make_send,
  vm_port_release_send,
} from "./vm_ports";
import {
  PAGE_ABSENT,
  PAGE_BUSY,
  PAGE_ERROR,
  VmPage,
  vm_page_lock,
  vm_page_set_lock,
  vm_page_wakeup,
  vm_page_zero_fill,
} from "./vm_page";
import { vm_page_alloc, vm_page_free, vm_page_lookup, vm_page_rename } from "./vm_resident";
import { vm_object_read_page } from "./vm_fault";

/**
 * A new object that shadows [sourceOffset, + length) of `source` at [offset, + length), taking over the caller's
 * reference to `source`. Null when memory is short; the reference stays then.
 */
export function vm_object_shadow(
  source: VmObject,
  sourceOffset: u32,
  offset: u32,
  length: u32,
): VmObject | null {
  const object = vm_object_allocate(offset + length);
  if (object == null) return null;
  object.shadow = source;
  object.shadowOffset = sourceOffset - offset;
  return object;
}

/** Whether copies of the object may be made by marking both sides' entries needs_copy. */
export function vm_object_copies_symmetrically(object: VmObject): bool {
  return (object.flags & (OBJ_TEMPORARY | OBJ_USE_SHARED_COPY)) == OBJ_TEMPORARY;
}

/** Where vm_object_copy_strategically puts its result. */
export let copy_object: VmObject = changetype<VmObject>(0);
export let copy_offset: u32 = 0;
/** Whether who maps it must shadow it before writing: others may be given the same copy object. */
export let copy_needs_copy: bool = false;

/**
 * Copies [offset, offset + size) of an object that is not copied symmetrically, by its copy strategy. The copy is an
 * object with one reference in copy_object, at copy_offset, with copy_needs_copy. May block; the caller holds a reference to `object`.
 */
export function vm_object_copy_strategically(object: VmObject, offset: u32, size: u32): i32 {
  if (object.flags & OBJ_PAGER) {
    const kr = vm_object_wait_ready(object);
    if (kr != KERN_SUCCESS) return kr;
  }
  const pager = object.pager;
  const strategy = pager == null ? MEMORY_OBJECT_COPY_NONE : pager.copyStrategy;
  if (
    object.flags & OBJ_USE_SHARED_COPY ||
    strategy == MEMORY_OBJECT_COPY_DELAY ||
    strategy == MEMORY_OBJECT_COPY_TEMPORARY
  ) {
    return copyDelayed(object, offset, size);
  }
  return strategy == MEMORY_OBJECT_COPY_CALL
    ? copyByPager(object, offset, size)
    : vm_object_copy_slowly(object, offset, size);
}

/**
 * The pager is asked for the copy: it gets the port of a new memory object, which shows the source where the pager says that it has
 * no data. The source's pages are locked against writes, so that the pager hears of the first one.
 */
function copyByPager(source: VmObject, offset: u32, size: u32): i32 {
  const pager = source.pager!;
  const port = vm_port_alloc_memory_object();
  if (port == null) return KERN_RESOURCE_SHORTAGE;
  const right = vm_port_make_send(port);
  const at = offset + pager.pagingOffset;
  if (memory_object_copy(pager.port!, pager.control!, at, size, port) != KERN_SUCCESS) {
    vm_port_release_send(right);
    vm_port_free(port);
    return KERN_MEMORY_ERROR;
  }
  let page = source.pages;
  while (page != null) {
    if (page.offset - offset < size) {
      vm_page_set_lock(page, vm_page_lock(page) | VM_PROT_WRITE);
      pmap_page_write_protect(page);
    }
    page = page.listNext;
  }
  const copy = vm_object_enter(right);
  vm_port_release_send(right);
  if (copy == null) return KERN_RESOURCE_SHORTAGE;
  vm_object_reference(source);
  copy.shadow = source;
  copy.shadowOffset = offset;
  copy_object = copy;
  copy_offset = 0;
  copy_needs_copy = false;
  return KERN_SUCCESS;
}

/** A copy object: it sees the source's pages until somebody writes to the source, who first pushes the old page there. */
function copyDelayed(source: VmObject, offset: u32, size: u32): i32 {
  const end = offset + size;
  const old = source.copy;
  if (old != null && old.residentCount == 0 && (old.flags & OBJ_PAGER) == 0) {
    // Nothing was written on either side: one copy object serves both.
    if (old.size < end) {
      protectPages(source, old.size, end);
      old.size = end;
    }
    vm_object_reference(old);
    copy_object = old;
    copy_offset = offset;
    copy_needs_copy = true;
    return KERN_SUCCESS;
  }
  const copy = vm_object_allocate(end);
  if (copy == null) return KERN_RESOURCE_SHORTAGE;
  vm_object_reference(source);
  copy.shadow = source;
  if (old != null) {
    // The older copy looks through the new one: its reference to the source moves along.
    old.shadow = copy;
    copy.refCount++;
    source.refCount--;
    if (copy.size < old.size) copy.size = old.size;
  }
  source.copy = copy;
  protectPages(source, 0, copy.size);
  copy_object = copy;
  copy_offset = offset;
  copy_needs_copy = true;
  return KERN_SUCCESS;
}

function protectPages(object: VmObject, start: u32, end: u32): void {
  let page = object.pages;
  while (page != null) {
    if (page.offset >= start && page.offset < end) pmap_page_write_protect(page);
    page = page.listNext;
  }
}

/** Copies every page now; results as above. */
export function vm_object_copy_slowly(source: VmObject, offset: u32, size: u32): i32 {
  const copy = vm_object_allocate(size);
  if (copy == null) return KERN_RESOURCE_SHORTAGE;
  vm_object_reference(source);
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) {
    const kr = copyOnePage(source, offset + at, copy, at);
    if (kr != KERN_SUCCESS) {
      vm_object_deallocate(copy);
      vm_object_deallocate(source);
      return kr;
    }
  }
  vm_object_deallocate(source);
  copy_object = copy;
  copy_offset = 0;
  copy_needs_copy = false;
  return KERN_SUCCESS;
}

function copyOnePage(source: VmObject, offset: u32, copy: VmObject, at: u32): i32 {
  let fresh = vm_page_alloc(copy, at);
  while (fresh == null) {
    const kr = vm_page_wait();
    if (kr != KERN_SUCCESS) return kr;
    fresh = vm_page_alloc(copy, at);
  }
  const page: VmPage = fresh!;
  vm_page_zero_fill(page);
  const kr = vm_object_read_page(source, offset, page);
  vm_page_wakeup(page);
  vm_page_activate(page);
  return kr;
}

/** Takes shadows out of the chain of `object` where nobody else needs them. */
export function vm_object_collapse(object: VmObject): void {
  while (true) {
    const backing = object.shadow;
    if (backing == null) return;
    if (!mayTakeApart(object, backing)) return;
    if (backing.refCount == 1) {
      // Two pagers cannot become one.
      if (backing.flags & object.flags & OBJ_PAGER) return;
      absorb(object, backing);
      continue;
    }
    if (backing.flags & OBJ_PAGER || !hidesAllPages(object, backing)) return;
    bypass(object, backing);
  }
}

function mayTakeApart(object: VmObject, backing: VmObject): bool {
  if (object.pagingInProgress != 0 || backing.pagingInProgress != 0) return false;
  if ((backing.flags & object.flags & OBJ_INTERNAL) == 0) return false;
  if (backing.copy != null && backing.copy != object) return false;
  // The backing object is itself a copy object: its source points at it.
  const below = backing.shadow;
  return below == null || below.copy != backing;
}

/** Moves the pages of `backing`, which only `object` refers to, into `object`. */
function absorb(object: VmObject, backing: VmObject): void {
  const shift = object.shadowOffset;
  const takesPager = (backing.flags & OBJ_PAGER) != 0;
  if (takesPager) vm_object_move_pager(backing, object, shift, 0, object.size);
  for (let page: VmPage | null = backing.pages; page != null;) {
    const next = page.listNext;
    const offset = page.offset - shift;
    const hidden = vm_page_lookup(object, offset) != null || (!takesPager && vm_external_has(object, offset));
    if (offset >= object.size || hidden) vm_page_free(page);
    else vm_page_rename(page, object, offset);
    page = next;
  }
  object.shadow = backing.shadow;
  object.shadowOffset = shift + backing.shadowOffset;
  if (object.shadow == null) vm_object_inherit_name(backing, object);
  backing.shadow = null;
  backing.copy = null;
  backing.refCount = 0;
  vm_object_terminate(backing);
}

/** Whether every page that `object` could see in `backing` is hidden by one of its own. */
function hidesAllPages(object: VmObject, backing: VmObject): bool {
  if (backing.residentCount > object.residentCount && backing.shadow == null && object.pager == null) {
    // Too many to be hidden, unless some lie outside what `object` sees.
    if (object.size >= backing.size) return false;
  }
  let page = backing.pages;
  while (page != null) {
    const offset = page.offset - object.shadowOffset;
    if (offset < object.size) {
      const own = vm_page_lookup(object, offset);
      if (
        own == null ? !vm_external_has(object, offset) : own.flags & (PAGE_BUSY | PAGE_ABSENT | PAGE_ERROR)
      ) {
        return false;
      }
    }
    page = page.listNext;
  }
  return true;
}

function bypass(object: VmObject, backing: VmObject): void {
  const below = backing.shadow;
  if (below != null) vm_object_reference(below);
  object.shadow = below;
  object.shadowOffset += backing.shadowOffset;
  if (backing.copy == object) backing.copy = null;
  vm_object_deallocate(backing);
}
