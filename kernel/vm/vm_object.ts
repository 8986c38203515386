// Memory objects as the kernel sees them: a set of pages with a shadow chain behind it, or with a pager.
//
// References (refCount): one for each map entry and each entry of a copy in flight that names the object, one for each
// object that shadows it. A copy object holds a reference to its source as its shadow; `copy` points back without one.
import { IpcPort } from "../ipc/ipc_port";
import { Zone, zalloc, zfree, zone_create } from "../kern/zone";
import { PAGE_SHIFT, PAGE_SIZE } from "../i386/vm_param";
import { VmPage } from "./vm_page";
import { vm_page_free, vm_page_lookup } from "./vm_resident";
import { VmMap } from "./vm_map";
import { vm_external_remove } from "./vm_external";
import { vm_object_drop_pager, vm_object_pager_release } from "./vm_pager";
import { vm_port_alloc, vm_port_free, vm_port_set } from "./vm_ports";

// VmObject.flags
/** A pager serves it. */
export const OBJ_PAGER: u32 = 0x1;
/** memory_object_init was sent. */
export const OBJ_INITIALIZED: u32 = 0x2;
/** The pager said memory_object_ready. */
export const OBJ_READY: u32 = 0x4;
/** Kept when the last reference goes (memory_object_ready's may_cache). */
export const OBJ_CAN_PERSIST: u32 = 0x8;
/** Made by the kernel, zero-filled. */
export const OBJ_INTERNAL: u32 = 0x10;
/** Its contents may be dropped with its last reference. */
export const OBJ_TEMPORARY: u32 = 0x20;
/** Entries share it: copies are made with copy objects, not by marking entries. */
export const OBJ_USE_SHARED_COPY: u32 = 0x80;
/** memory_object_destroy was called or the pager is gone: faults fail with KERN_MEMORY_ERROR. */
export const OBJ_DEAD: u32 = 0x100;
/** Referenced by nothing, kept in the cache. */
export const OBJ_CACHED: u32 = 0x200;
/** A mapped device: its pages are the driver's, and no page belongs to the object. */
export const OBJ_DEVICE: u32 = 0x400;
/** Somebody waits (on the object's address) for OBJ_READY. */
export const OBJ_WANTED: u32 = 0x800;

/** The part of an object that only those with a pager have. */
@unmanaged
export class VmPager {
  /** The memory object's port (a send right). */
  port!: IpcPort | null;
  /** The kernel's control port. */
  control!: IpcPort | null;
  /** MEMORY_OBJECT_COPY_* */
  copyStrategy!: u32;
  /** An offset in the object, and this, make an offset in the pager's memory object (mod 2^32). */
  pagingOffset!: u32;
  /** Next object in the same bucket of the pager hash. */
  hashNext!: VmObject | null;
  /** Neighbours in the cache of objects that nothing maps. */
  cacheNext!: VmObject | null;
  cachePrev!: VmObject | null;
  /** Internal objects: which pages the pager has been given (vm_external.ts). */
  existFirst!: u32;
  existCount!: u32;
  existMap!: usize;
}

@unmanaged
export class VmObject {
  refCount!: i32;
  /** Internal objects: no mapping reaches beyond this offset. */
  size!: u32;
  flags!: u32;
  pages!: VmPage | null;
  residentCount!: u32;
  /** Where pages that are not here are looked for, at offset + shadowOffset (mod 2^32). */
  shadow!: VmObject | null;
  shadowOffset!: u32;
  /** The newest copy object made of this one. */
  copy!: VmObject | null;
  /** Long operations under way that forbid joining and collapsing. */
  pagingInProgress!: u32;
  /** With OBJ_PAGER: what has to do with the pager. */
  pager!: VmPager | null;
  /** The kernel's name port, made when somebody asks for it. */
  name!: IpcPort | null;
  /** Of the references, at least ownerRefs are entries of this map; exactly, if they are all there are. */
  ownerMap!: VmMap | null;
  ownerRefs!: i32;
  /** Their start - offset, but for strayRefs of them. */
  base!: u32;
  strayRefs!: i32;
}

/** GNU Mach's object has 80 bytes on i386. */
if (offsetof<VmObject>() > 80) ERROR("VmObject has grown");

let objectZone: Zone = changetype<Zone>(0);
export let vm_object_count: u32 = 0;

export function vm_object_init(): void {
  objectZone = zone_create(offsetof<VmObject>(), "vm_object");
}

/** An internal object of `size` bytes with one reference; null when memory is short. */
export function vm_object_allocate(size: u32): VmObject | null {
  const address = zalloc(objectZone);
  if (address == 0) return null;
  const object = changetype<VmObject>(address);
  object.refCount = 1;
  object.size = size;
  object.flags = OBJ_INTERNAL | OBJ_TEMPORARY;
  vm_object_count++;
  return object;
}

export function vm_object_reference(object: VmObject): void {
  object.refCount++;
}

/** Drops a reference; objects that lose their last one are cached or destroyed, down the shadow chain. */
export function vm_object_deallocate(object: VmObject | null): void {
  let at = object;
  while (at != null) {
    if (--at.refCount > 0) return;
    if (at.flags & OBJ_PAGER && !vm_object_pager_release(at)) return;
    const shadow = at.shadow;
    vm_object_terminate(at);
    at = shadow;
  }
}

/** Frees an object without references; the reference to its shadow is the caller's. */
export function vm_object_terminate(object: VmObject): void {
  const shadow = object.shadow;
  if (shadow != null && shadow.copy == object) shadow.copy = null;
  for (let page: VmPage | null = object.pages; page != null; page = object.pages) vm_page_free(page);
  const name = object.name;
  if (name != null) vm_port_free(name);
  vm_object_drop_pager(object);
  vm_object_count--;
  zfree(objectZone, changetype<usize>(object));
}

/** The object at the end of the shadow chain: what vm_region's name port stands for. */
export function vm_object_bottom(object: VmObject): VmObject {
  let bottom = object;
  for (let next: VmObject | null = bottom.shadow; next != null; next = bottom.shadow) bottom = next;
  return bottom;
}

/** The name port of what vm_region shows for `object` (no right is made); null when memory is short. */
export function vm_object_name(object: VmObject): IpcPort | null {
  return vm_object_own_name(vm_object_bottom(object));
}

/** The object's own name port (no right is made); null when memory is short. */
export function vm_object_own_name(object: VmObject): IpcPort | null {
  if (object.name == null) object.name = vm_port_alloc(object, true);
  return object.name;
}

/** Hands the name port of a vanishing object on, so that names stay known. */
export function vm_object_inherit_name(from: VmObject, to: VmObject): void {
  const name = from.name;
  if (name == null || to.name != null) return;
  from.name = null;
  to.name = name;
  vm_port_set(name, to, true);
}

// --- which map refers to the object -----------------------------------------------------------------------------

/** An entry of `map` that starts at `base` + its offset begins to name the object (the reference is counted elsewhere). */
export function vm_object_owner_add(object: VmObject, map: VmMap, base: u32): void {
  const owner = object.ownerMap;
  if (owner == null) {
    object.ownerMap = map;
    object.ownerRefs = 1;
    object.base = base;
    object.strayRefs = 0;
  } else if (owner == map) {
    object.ownerRefs++;
    if (object.base != base) object.strayRefs++;
  }
}

/** An entry of `map` that starts at `base` + its offset no longer names the object. */
export function vm_object_owner_drop(object: VmObject, map: VmMap, base: u32): void {
  if (object.ownerMap != map) return;
  if (--object.ownerRefs == 0) object.ownerMap = null;
  else if (object.base != base) object.strayRefs--;
}

/** Whether all references are entries of `map` that map each offset at one address: no page is visible anywhere else. */
export function vm_object_sole(object: VmObject, map: VmMap): bool {
  return object.ownerMap == map && object.ownerRefs == object.refCount && object.strayRefs == 0;
}

/**
 * Whether `object`, named by a needs_copy entry of `map`, may be written to without a shadow after all: nothing but the
 * map sees it, each page at one address. (A copy object may still be given to others by its source.)
 */
export function vm_object_unshared(object: VmObject, map: VmMap): bool {
  if ((object.flags & (OBJ_INTERNAL | OBJ_DEAD)) != OBJ_INTERNAL) return false;
  const shadow = object.shadow;
  if (shadow != null && shadow.copy == object) return false;
  return object.refCount == 1 || vm_object_sole(object, map);
}

// --- pages ----------------------------------------------------------------------------------------------------------

/** Frees the pages of [start, end), those that an internal object's pager has included. */
export function vm_object_page_remove(object: VmObject, start: u32, end: u32): void {
  vm_external_remove(object, start, end);
  const count = (end - start) >> PAGE_SHIFT;
  // A step along the list is cheaper than a lookup.
  if (count < object.residentCount >> 1) {
    for (let offset = start; offset != end; offset += PAGE_SIZE) {
      const page = vm_page_lookup(object, offset);
      if (page != null) vm_page_free(page);
    }
    return;
  }
  for (let page: VmPage | null = object.pages; page != null;) {
    const next = page.listNext;
    if (page.offset - start < end - start) vm_page_free(page);
    page = next;
  }
}
