// Looking into maps and memory objects.
import {
  KERN_INVALID_ARGUMENT,
  KERN_NO_SPACE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  OBJECT_INFO_ABSENT,
  OBJECT_INFO_COPY,
  OBJECT_INFO_COPY_STRATEGY,
  OBJECT_INFO_OBJECT,
  OBJECT_INFO_PAGESIZE,
  OBJECT_INFO_PAGING_IN_PROGRESS,
  OBJECT_INFO_PAGING_OFFSET,
  OBJECT_INFO_REF_COUNT,
  OBJECT_INFO_RESIDENT,
  OBJECT_INFO_SHADOW,
  OBJECT_INFO_SHADOW_OFFSET,
  OBJECT_INFO_SIZE,
  OBJECT_INFO_SIZE_FIELD,
  OBJECT_INFO_STATE,
  PAGE_INFO_OFFSET,
  PAGE_INFO_PAGE_LOCK,
  PAGE_INFO_PHYS,
  PAGE_INFO_SIZE,
  PAGE_INFO_STATE,
  PAGE_INFO_UNLOCK_REQUEST,
  PAGE_INFO_WIRE_COUNT,
  PAGE_PHYS_INFO_SIZE,
  REGION_INFO_END,
  REGION_INFO_INHERIT,
  REGION_INFO_MAX_PROT,
  REGION_INFO_NEEDS_COPY,
  REGION_INFO_OBJECT,
  REGION_INFO_OFFSET,
  REGION_INFO_PROT,
  REGION_INFO_SHARING,
  REGION_INFO_START,
  REGION_INFO_USER_WIRED,
  REGION_INFO_WIRED,
  VOI_STATE_ALIVE,
  VOI_STATE_CAN_PERSIST,
  VOI_STATE_INTERNAL,
  VOI_STATE_PAGER_CREATED,
  VOI_STATE_PAGER_INITIALIZED,
  VOI_STATE_PAGER_READY,
  VOI_STATE_TEMPORARY,
  VPI_STATE_ABSENT,
  VPI_STATE_ACTIVE,
  VPI_STATE_BUSY,
  VPI_STATE_DIRTY,
  VPI_STATE_ERROR,
  VPI_STATE_INACTIVE,
  VPI_STATE_LAUNDRY,
  VPI_STATE_PRECIOUS,
  VPI_STATE_REFERENCE,
  VPI_STATE_TABLED,
  VPI_STATE_WANTED,
} from "../../abi/vm_types";
import { pmap_is_modified, pmap_is_referenced } from "../i386/pmap";
import { PAGE_SIZE } from "../i386/vm_param";
import { mig_reply_filled, mig_reply_room } from "../kern/mig_array";
import { ENTRY_NEEDS_COPY, ENTRY_SHARED, VmMap } from "./vm_map";
import {
  OBJ_CAN_PERSIST,
  OBJ_DEAD,
  OBJ_INITIALIZED,
  OBJ_INTERNAL,
  OBJ_PAGER,
  OBJ_READY,
  OBJ_TEMPORARY,
  VmObject,
  vm_object_own_name,
} from "./vm_object";
import {
  PAGE_ABSENT,
  PAGE_ACTIVE,
  PAGE_BUSY,
  PAGE_ERROR,
  PAGE_INACTIVE,
  PAGE_LAUNDRY,
  PAGE_PRECIOUS,
  PAGE_WANTED,
  VmPage,
  vm_page_lock,
  vm_page_phys,
  vm_page_unlock_request,
} from "./vm_page";
import { vm_map_shown } from "./vm_kern";
import { vm_port_make_send } from "./vm_ports";
import { vm_map_entry_from } from "./vm_user";

/**
 * Writes the 11 words REGION_INFO_* to `buffer`; `name` gets a send right to the object's own name port, not to that of what
 * it is a shadow of, or 0.
 */
export function mach_vm_region_info(map: VmMap | null, address: u32, buffer: usize, name: usize): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  const entry = vm_map_entry_from(vm_map_shown(map), address);
  if (entry == null) return KERN_NO_SPACE;
  const object = entry.object;
  store<u32>(buffer + REGION_INFO_START, entry.start);
  store<u32>(buffer + REGION_INFO_END, entry.end);
  store<u32>(buffer + REGION_INFO_PROT, entry.protection);
  store<u32>(buffer + REGION_INFO_MAX_PROT, entry.maxProtection);
  store<u32>(buffer + REGION_INFO_INHERIT, entry.inheritance);
  store<u32>(buffer + REGION_INFO_WIRED, entry.wiredCount);
  store<u32>(buffer + REGION_INFO_USER_WIRED, entry.wiredCount);
  store<u32>(buffer + REGION_INFO_OBJECT, address_of(object));
  store<u32>(buffer + REGION_INFO_OFFSET, entry.offset);
  store<u32>(buffer + REGION_INFO_NEEDS_COPY, entry.flags & ENTRY_NEEDS_COPY ? 1 : 0);
  store<u32>(buffer + REGION_INFO_SHARING, entry.flags & ENTRY_SHARED ? 1 : 0);
  store_name(object, name);
  return KERN_SUCCESS;
}

// --- objects ---

/** Writes the 14 words OBJECT_INFO_* to `info`; the cells get send rights to the name ports of shadow and copy, or 0. */
export function mach_vm_object_info(object: VmObject | null, info: usize, shadow: usize, copy: usize): i32 {
  if (object == null) return KERN_INVALID_ARGUMENT;
  memory.fill(info, 0, OBJECT_INFO_SIZE);
  store<u32>(info + OBJECT_INFO_OBJECT, address_of(object));
  store<u32>(info + OBJECT_INFO_PAGESIZE, PAGE_SIZE);
  store<u32>(info + OBJECT_INFO_SIZE_FIELD, object.size);
  store<u32>(info + OBJECT_INFO_REF_COUNT, object.refCount);
  store<u32>(info + OBJECT_INFO_RESIDENT, object.residentCount);
  store<u32>(info + OBJECT_INFO_ABSENT, count_absent(object));
  store<u32>(info + OBJECT_INFO_COPY, address_of(object.copy));
  store<u32>(info + OBJECT_INFO_SHADOW, address_of(object.shadow));
  store<u32>(info + OBJECT_INFO_SHADOW_OFFSET, object.shadowOffset);
  const pager = object.pager;
  if (pager != null) {
    store<u32>(info + OBJECT_INFO_PAGING_OFFSET, pager.pagingOffset);
    store<u32>(info + OBJECT_INFO_COPY_STRATEGY, pager.copyStrategy);
  }
  store<u32>(info + OBJECT_INFO_PAGING_IN_PROGRESS, object.pagingInProgress);
  store<u32>(info + OBJECT_INFO_STATE, object_state(object.flags));
  store_name(object.shadow, shadow);
  store_name(object.copy, copy);
  return KERN_SUCCESS;
}

function address_of(object: VmObject | null): u32 {
  return <u32>changetype<usize>(object);
}

function store_name(object: VmObject | null, cell: usize): void {
  store<u32>(cell, 0);
  if (object == null) return;
  const name = vm_object_own_name(object);
  if (name != null) store<usize>(cell, changetype<usize>(vm_port_make_send(name)));
}

function count_absent(object: VmObject): u32 {
  let count: u32 = 0;
  let page = object.pages;
  while (page != null) {
    if (page.flags & PAGE_ABSENT) count++;
    page = page.listNext;
  }
  return count;
}

function object_state(flags: u32): u32 {
  let state: u32 = flags & OBJ_DEAD ? 0 : VOI_STATE_ALIVE;
  if (flags & OBJ_PAGER) state |= VOI_STATE_PAGER_CREATED;
  if (flags & OBJ_INITIALIZED) state |= VOI_STATE_PAGER_INITIALIZED;
  if (flags & OBJ_READY) state |= VOI_STATE_PAGER_READY;
  if (flags & OBJ_CAN_PERSIST) state |= VOI_STATE_CAN_PERSIST;
  if (flags & OBJ_INTERNAL) state |= VOI_STATE_INTERNAL;
  if (flags & OBJ_TEMPORARY) state |= VOI_STATE_TEMPORARY;
  return state;
}

// --- pages ---

/** An out array (kern/mig_array.ts) of the object's vm_page_info structures. */
export function mach_vm_object_pages(object: VmObject | null, pages: usize, count: usize): i32 {
  return list_pages(object, pages, count, PAGE_INFO_SIZE);
}

/** As mach_vm_object_pages, of vm_page_phys_info structures. */
export function mach_vm_object_pages_phys(object: VmObject | null, pages: usize, count: usize): i32 {
  return list_pages(object, pages, count, PAGE_PHYS_INFO_SIZE);
}

function list_pages(object: VmObject | null, pages: usize, count: usize, size: u32): i32 {
  if (object == null) return KERN_INVALID_ARGUMENT;
  const number = object.residentCount;
  const room = mig_reply_room(pages, count, number, size);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  let at = room;
  let page = object.pages;
  while (page != null) {
    put_page(page, at, size);
    at += size;
    page = page.listNext;
  }
  return mig_reply_filled(pages, count, room, number, size);
}

function put_page(page: VmPage, at: usize, size: u32): void {
  store<u32>(at, page.offset, PAGE_INFO_OFFSET);
  store<u32>(at, vm_page_phys(page), PAGE_INFO_PHYS);
  if (size == <u32>PAGE_PHYS_INFO_SIZE) {
    store<u32>(at, 0, PAGE_INFO_PHYS + 4);
    at += PAGE_PHYS_INFO_SIZE - PAGE_INFO_SIZE;
  }
  store<u32>(at, page.wireCount, PAGE_INFO_WIRE_COUNT);
  store<u32>(at, vm_page_lock(page), PAGE_INFO_PAGE_LOCK);
  store<u32>(at, vm_page_unlock_request(page), PAGE_INFO_UNLOCK_REQUEST);
  store<u32>(at, page_state(page), PAGE_INFO_STATE);
}

function page_state(page: VmPage): u32 {
  const flags = page.flags;
  let state: u32 = VPI_STATE_TABLED;
  if (flags & PAGE_BUSY) state |= VPI_STATE_BUSY;
  if (flags & PAGE_WANTED) state |= VPI_STATE_WANTED;
  if (flags & PAGE_ABSENT) state |= VPI_STATE_ABSENT;
  if (flags & PAGE_ERROR) state |= VPI_STATE_ERROR;
  if (flags & PAGE_PRECIOUS) state |= VPI_STATE_PRECIOUS;
  if (pmap_is_modified(page)) state |= VPI_STATE_DIRTY;
  if (pmap_is_referenced(page)) state |= VPI_STATE_REFERENCE;
  if (flags & PAGE_ACTIVE) state |= VPI_STATE_ACTIVE;
  if (flags & PAGE_INACTIVE) state |= VPI_STATE_INACTIVE;
  if (flags & PAGE_LAUNDRY) state |= VPI_STATE_LAUNDRY;
  return state;
}
