// Objects served by a pager: one for each memory object port, found through a hash; the cache of those nothing maps.
import { IpcPort } from "../ipc/ipc_port";
import { THREAD_AWAKENED, assert_wait, thread_block, thread_wakeup } from "../kern/sched";
import { Zone, zalloc, zfree, zone_create } from "../kern/zone";
import { KERN_ABORTED, KERN_MEMORY_ERROR, KERN_SUCCESS } from "../../abi/kern_return";
import { MEMORY_OBJECT_RETURN_ALL } from "../../abi/vm_types";
import { PAGE_SIZE } from "../i386/vm_param";
import { memory_object_create, memory_object_init, memory_object_terminate } from "./memory_object_user";
import { vm_external_free, vm_external_keep, vm_external_remove } from "./vm_external";
import {
  OBJ_CACHED,
  OBJ_CAN_PERSIST,
  OBJ_DEAD,
  OBJ_DEVICE,
  OBJ_INITIALIZED,
  OBJ_PAGER,
  OBJ_READY,
  OBJ_TEMPORARY,
  OBJ_WANTED,
  VmObject,
  VmPager,
  vm_object_allocate,
  vm_object_deallocate,
  vm_object_inherit_name,
  vm_object_own_name,
  vm_object_terminate,
} from "./vm_object";
import { PAGE_ABSENT, VmPage } from "./vm_page";
import { vm_pageout_wake } from "./vm_pageout";
import { vm_object_return_all } from "./vm_pageout_page";
import { vm_page_free } from "./vm_resident";
import { vm_stat } from "./vm_statistics";
import {
  vm_port_alloc,
  vm_port_alloc_memory_object,
  vm_port_clear,
  vm_port_copy_send,
  vm_port_free,
  vm_port_is_device,
  vm_port_make_send,
  vm_port_release_send,
  vm_port_set,
} from "./vm_ports";

/** Buckets of the hash from memory object port to object. */
const HASH_SIZE: u32 = 4096;
const hashTable: usize = memory.data(16384);

// Objects that nothing maps are kept while they have pages; the page daemon ends those that it takes the last one from.
let cacheNewest: VmObject | null = null;
let cacheOldest: VmObject | null = null;
export let vm_object_cached_count: u32 = 0;

let pagerZone: Zone = changetype<Zone>(0);

export function vm_pager_init(): void {
  pagerZone = zone_create(offsetof<VmPager>(), "vm_pager");
}

// --- the hash -------------------------------------------------------------------------------------------------------

function bucketOf(port: IpcPort): usize {
  return hashTable + ((((<u32>changetype<usize>(port)) >> 4) & (HASH_SIZE - 1)) << 2);
}

function find(port: IpcPort): VmObject | null {
  let object = load<VmObject | null>(bucketOf(port));
  while (object != null && object.pager!.port != port) object = object.pager!.hashNext;
  return object;
}

function hash(object: VmObject): void {
  const pager = object.pager!;
  const bucket = bucketOf(pager.port!);
  pager.hashNext = load<VmObject | null>(bucket);
  store<VmObject>(bucket, object);
}

function unhash(object: VmObject): void {
  let link = bucketOf(object.pager!.port!);
  let other = load<VmObject | null>(link);
  while (other != null) {
    if (other == object) {
      store<VmObject | null>(link, object.pager!.hashNext);
      object.pager!.hashNext = null;
      return;
    }
    link = changetype<usize>(other.pager) + offsetof<VmPager>("hashNext");
    other = load<VmObject | null>(link);
  }
}

// --- making ---------------------------------------------------------------------------------------------------------

/** Gives the object a pager behind `port` (a send right, taken over). False when memory is short: then nothing is changed. */
function attach(object: VmObject, port: IpcPort): bool {
  const address = zalloc(pagerZone);
  if (address == 0) return false;
  const control = vm_port_alloc(object, false);
  if (control == null || vm_object_own_name(object) == null) {
    if (control != null) vm_port_free(control);
    zfree(pagerZone, address);
    return false;
  }
  const pager = changetype<VmPager>(address);
  pager.port = port;
  pager.control = control;
  object.pager = pager;
  object.flags |= OBJ_PAGER | OBJ_INITIALIZED;
  hash(object);
  return true;
}

/** Frees what is left of the object's pager. */
export function vm_object_drop_pager(object: VmObject): void {
  const pager = object.pager;
  if (pager == null) return;
  vm_external_free(pager);
  zfree(pagerZone, changetype<usize>(pager));
  object.pager = null;
}

/**
 * The object of a memory object port, with a reference for the caller. An unknown port gets a new object, and its pager
 * memory_object_init. Null for a dead port and when memory is short.
 */
export function vm_object_enter(port: IpcPort): VmObject | null {
  const known = find(port);
  vm_stat.lookups++;
  if (known != null) {
    vm_stat.hits++;
    vm_object_hold(known);
    return known;
  }
  const object = vm_object_allocate(0);
  if (object == null) return null;
  const device = vm_port_is_device(port);
  object.flags = device ? OBJ_DEVICE | OBJ_READY : 0;
  const right = vm_port_copy_send(port);
  if (right == null || !attach(object, right)) {
    if (right != null) vm_port_release_send(right);
    vm_object_terminate(object);
    return null;
  }
  if (device) return object;
  const kr = memory_object_init(right, object.pager!.control!, object.name!, PAGE_SIZE);
  if (kr != KERN_SUCCESS) vm_object_fail(object);
  return object;
}

/** The default pager's port (a send right), or null: anonymous memory cannot be paged out. */
let defaultManager: IpcPort | null = null;

/** The right to the new default pager is taken over; the one to the old is returned. */
export function vm_pager_set_default(manager: IpcPort): IpcPort | null {
  const old = defaultManager;
  defaultManager = manager;
  return old;
}

export function vm_pager_default(): IpcPort | null {
  return defaultManager;
}

/** Has the default pager make a memory object for an internal object. False when there is none, or memory is short. */
export function vm_object_pager_create(object: VmObject): bool {
  const manager = defaultManager;
  if (manager == null) return false;
  const port = vm_port_alloc_memory_object();
  if (port == null) return false;
  const right = vm_port_make_send(port);
  if (!attach(object, right)) {
    vm_port_release_send(right);
    vm_port_free(port);
    return false;
  }
  const kr = memory_object_create(
    manager,
    port,
    object.size,
    object.pager!.control!,
    object.name!,
    PAGE_SIZE,
  );
  if (kr == KERN_SUCCESS) {
    object.flags |= OBJ_READY;
    return true;
  }
  detach(object);
  vm_port_free(port);
  return false;
}

/** The object has no pager any more. */
function detach(object: VmObject): void {
  const pager = object.pager!;
  unhash(object);
  vm_port_free(pager.control!);
  vm_port_release_send(pager.port!);
  vm_object_drop_pager(object);
  object.flags &= ~(OBJ_PAGER | OBJ_INITIALIZED | OBJ_READY);
}

/**
 * `to`, which has no pager, takes over that of `from`, both internal: an offset of `from` less `shift` is one of `to`.
 * Pages outside [start, end) of `to` mean nothing there.
 */
export function vm_object_move_pager(from: VmObject, to: VmObject, shift: u32, start: u32, end: u32): void {
  const pager = from.pager!;
  const state = from.flags & (OBJ_PAGER | OBJ_INITIALIZED | OBJ_READY | OBJ_DEAD);
  const hashed = (from.flags & OBJ_DEAD) == 0;
  if (hashed) unhash(from);
  from.pager = null;
  from.flags &= ~state;
  to.pager = pager;
  to.flags |= state;
  pager.pagingOffset += shift;
  if (hashed) hash(to);
  vm_port_set(pager.control!, to, false);
  // The pager knows a name port, and gets one at the end.
  vm_object_inherit_name(from, to);
  vm_external_keep(to, start, end);
  // What is here is newer than what the pager has.
  let page = to.pages;
  while (page != null) {
    vm_external_remove(to, page.offset, page.offset + PAGE_SIZE);
    page = page.listNext;
  }
}

/** Waits until the pager has said memory_object_ready. The caller holds a reference. */
export function vm_object_wait_ready(object: VmObject): i32 {
  while ((object.flags & OBJ_READY) == 0) {
    if (object.flags & OBJ_DEAD) return KERN_MEMORY_ERROR;
    vm_object_assert_ready_wait(object);
    if (thread_block() != THREAD_AWAKENED) return KERN_ABORTED;
  }
  return KERN_SUCCESS;
}

export function vm_object_assert_ready_wait(object: VmObject): void {
  object.flags |= OBJ_WANTED;
  assert_wait(changetype<usize>(object), true);
}

export function vm_object_wake_ready(object: VmObject): void {
  if ((object.flags & OBJ_WANTED) == 0) return;
  object.flags &= ~OBJ_WANTED;
  thread_wakeup(changetype<usize>(object));
}

/**
 * The pager is gone or gave up: data that is not here is lost, waiting faults fail. It is told that the kernel has no more
 * to do with it, if it can be.
 */
export function vm_object_fail(object: VmObject): void {
  if (object.flags & OBJ_DEAD) return;
  object.flags = (object.flags | OBJ_DEAD) & ~OBJ_CAN_PERSIST;
  unhash(object);
  if (object.flags & OBJ_CACHED) {
    destroyCached(object);
    return;
  }
  vm_object_wake_ready(object);
  for (let page: VmPage | null = object.pages; page != null;) {
    const next = page.listNext;
    // Who works on a busy page that is not absent, as a supply does, frees or ends it himself.
    if (page.flags & PAGE_ABSENT) vm_page_free(page);
    page = next;
  }
  tellTermination(object);
}

/** A send to the memory object's port failed because the port is dead, or IPC reports its death. */
export function vm_object_pager_died(pager: IpcPort): void {
  const object = find(pager);
  if (object != null) vm_object_fail(object);
}

/**
 * The last reference of a pager's object is gone. True: destroy it now (the pager has been told). False: it is in the
 * cache.
 */
export function vm_object_pager_release(object: VmObject): bool {
  const keep = OBJ_CAN_PERSIST | OBJ_READY;
  if ((object.flags & (keep | OBJ_DEAD)) == keep && object.pages != null) {
    putInCache(object);
    return false;
  }
  if (endPager(object)) return true;
  putInCache(object);
  endingWaits = true;
  vm_pageout_wake();
  return false;
}

/**
 * Before the object ends: sends back what only the kernel has, unless the pager called it temporary. False: there is no
 * memory for the messages.
 */
function returnPages(object: VmObject): bool {
  const unwanted = OBJ_DEVICE | OBJ_TEMPORARY | OBJ_DEAD;
  if ((object.flags & (unwanted | OBJ_READY)) != OBJ_READY) return true;
  return vm_object_return_all(object, MEMORY_OBJECT_RETURN_ALL) == KERN_SUCCESS;
}

/** Hands control and name port to the pager, which a device has none of, and forgets it. */
function tellTermination(object: VmObject): void {
  const pager = object.pager;
  if (pager == null) return;
  const port = pager.port!;
  const control = pager.control!;
  const name = object.name!;
  vm_port_clear(control);
  vm_port_clear(name);
  const told =
    (object.flags & OBJ_DEVICE) == 0 && memory_object_terminate(port, control, name) == KERN_SUCCESS;
  if (!told) {
    vm_port_free(control);
    vm_port_free(name);
  }
  object.name = null;
  vm_object_drop_pager(object);
  vm_port_release_send(port);
}

/** The object, which nothing maps, is to end. False: not now, for want of memory. */
function endPager(object: VmObject): bool {
  if (!returnPages(object)) return false;
  if (object.pager != null && (object.flags & OBJ_DEAD) == 0) unhash(object);
  tellTermination(object);
  return true;
}

/** A reference to an object that may be in the cache. */
export function vm_object_hold(object: VmObject): void {
  if (object.flags & OBJ_CACHED) uncache(object);
  object.refCount++;
}

// --- the cache ------------------------------------------------------------------------------------------------------

/** Some object is in the cache only because there was no memory to end it. */
let endingWaits: bool = false;

function putInCache(object: VmObject): void {
  const pager = object.pager!;
  object.flags |= OBJ_CACHED;
  const newest = cacheNewest;
  pager.cacheNext = newest;
  pager.cachePrev = null;
  if (newest != null) newest.pager!.cachePrev = object;
  else cacheOldest = object;
  cacheNewest = object;
  vm_object_cached_count++;
}

function uncache(object: VmObject): void {
  const pager = object.pager!;
  const next = pager.cacheNext;
  const prev = pager.cachePrev;
  if (next != null) next.pager!.cachePrev = prev;
  else cacheOldest = prev;
  if (prev != null) prev.pager!.cacheNext = next;
  else cacheNewest = next;
  object.flags &= ~OBJ_CACHED;
  vm_object_cached_count--;
}

/** False: there is no memory to end it, and it stays. */
function destroyCached(object: VmObject): bool {
  uncache(object);
  if (!endPager(object)) {
    putInCache(object);
    return false;
  }
  const shadow = object.shadow;
  vm_object_terminate(object);
  vm_object_deallocate(shadow);
  return true;
}

/** Ends the objects that had to wait for memory to tell their pagers. False: some still have to. */
export function vm_object_end_waiting(): bool {
  if (!endingWaits) return true;
  endingWaits = false;
  let object = cacheOldest;
  while (object != null) {
    const newer = object.pager!.cachePrev;
    if ((object.flags & OBJ_CAN_PERSIST) == 0 && !destroyCached(object)) endingWaits = true;
    object = endingWaits ? null : newer;
  }
  return !endingWaits;
}

/** A page was taken from the object: one that nothing maps and that has none left ends. */
export function vm_object_collect(object: VmObject): void {
  if (object.flags & OBJ_CACHED && object.pages == null && !destroyCached(object)) endingWaits = true;
}

/** Terminates the object that has been in the cache for longest. False: there is none, or no memory to do it. */
export function vm_object_cache_trim(): bool {
  const oldest = cacheOldest;
  return oldest != null && destroyCached(oldest);
}

/** Memory_object_ready and change_attributes set these, for a held object. One of strategy TEMPORARY is copied like anonymous memory. */
export function vm_object_set_attributes(
  object: VmObject,
  mayCache: bool,
  temporary: bool,
  copyStrategy: u32,
): void {
  let flags = object.flags & ~(OBJ_CAN_PERSIST | OBJ_TEMPORARY);
  if (mayCache) flags |= OBJ_CAN_PERSIST;
  if (temporary) flags |= OBJ_TEMPORARY;
  object.flags = flags;
  object.pager!.copyStrategy = copyStrategy;
}
