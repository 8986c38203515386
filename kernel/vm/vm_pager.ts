// Objects served by a pager: one for each memory object port, found through a hash; the cache of those nothing maps.
import { IpcPort } from "../ipc/ipc_port";
import { THREAD_AWAKENED, assert_wait, thread_block, thread_wakeup } from "../kern/sched";
import { KERN_ABORTED, KERN_MEMORY_FAILURE, KERN_SUCCESS } from "../../abi/kern_return";
import { PAGE_SIZE } from "../i386/vm_param";
import { memory_object_init, memory_object_terminate } from "./memory_object_user";
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
  vm_object_allocate,
  vm_object_deallocate,
  vm_object_terminate,
} from "./vm_object";
import { PAGE_ABSENT, PAGE_BUSY, VmPage } from "./vm_page";
import { vm_page_free } from "./vm_resident";
import {
  vm_port_alloc,
  vm_port_clear,
  vm_port_copy_send,
  vm_port_free,
  vm_port_is_device,
  vm_port_release_send,
} from "./vm_ports";

/** Buckets of the hash from memory object port to object. */
const HASH_SIZE: u32 = 256;
const hashTable: usize = memory.data(1024);

/** Objects kept without a mapping; the one unused for longest goes first. */
const CACHE_MAX: u32 = 128;
let cacheNewest: VmObject | null = null;
let cacheOldest: VmObject | null = null;
export let vm_object_cached_count: u32 = 0;

function bucketOf(pager: IpcPort): usize {
  return hashTable + ((((<u32>changetype<usize>(pager)) >> 4) & (HASH_SIZE - 1)) << 2);
}

function find(pager: IpcPort): VmObject | null {
  let object = load<VmObject | null>(bucketOf(pager));
  while (object != null && object.pager != pager) object = object.hashNext;
  return object;
}

function unhash(object: VmObject): void {
  let link = bucketOf(object.pager!);
  let other = load<VmObject | null>(link);
  while (other != null) {
    if (other == object) {
      store<VmObject | null>(link, object.hashNext);
      object.hashNext = null;
      return;
    }
    link = changetype<usize>(other) + offsetof<VmObject>("hashNext");
    other = load<VmObject | null>(link);
  }
}

/**
 * The object of a memory object port, with a reference for the caller. An unknown port gets a new object, and its pager
 * memory_object_init. Null for a dead port and when memory is short.
 */
export function vm_object_enter(pager: IpcPort): VmObject | null {
  const known = find(pager);
  if (known != null) {
    if (known.flags & OBJ_CACHED) uncache(known);
    known.refCount++;
    return known;
  }
  const object = vm_object_allocate(0);
  if (object == null) return null;
  const device = vm_port_is_device(pager);
  object.flags = device ? OBJ_PAGER | OBJ_DEVICE | OBJ_READY : OBJ_PAGER;
  const right = vm_port_copy_send(pager);
  const control = vm_port_alloc(object, false);
  const name = vm_port_alloc(object, true);
  object.pager = right;
  object.control = control;
  object.name = name;
  if (right == null || control == null || name == null) {
    freePorts(object);
    vm_object_terminate(object);
    return null;
  }
  const bucket = bucketOf(pager);
  object.hashNext = load<VmObject | null>(bucket);
  store<VmObject>(bucket, object);
  object.flags |= OBJ_INITIALIZED;
  if (device) return object;
  if (memory_object_init(right, control, name, PAGE_SIZE) != KERN_SUCCESS) vm_object_fail(object);
  return object;
}

function freePorts(object: VmObject): void {
  const pager = object.pager;
  const control = object.control;
  if (pager != null) vm_port_release_send(pager);
  if (control != null) vm_port_free(control);
  object.pager = null;
  object.control = null;
}

/** Waits until the pager has said memory_object_ready. The caller holds a reference. */
export function vm_object_wait_ready(object: VmObject): i32 {
  while ((object.flags & OBJ_READY) == 0) {
    if (object.flags & OBJ_DEAD) return KERN_MEMORY_FAILURE;
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

/** The pager is gone or gave up: data that is not here is lost, waiting faults fail. */
export function vm_object_fail(object: VmObject): void {
  if (object.flags & OBJ_DEAD) return;
  object.flags = (object.flags | OBJ_DEAD) & ~OBJ_CAN_PERSIST;
  unhash(object);
  vm_object_wake_ready(object);
  for (let page: VmPage | null = object.pages; page != null;) {
    const next = page.listNext;
    if (page.flags & (PAGE_BUSY | PAGE_ABSENT)) vm_page_free(page);
    page = next;
  }
  if (object.flags & OBJ_CACHED) destroyCached(object);
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
  if ((object.flags & (keep | OBJ_DEAD)) == keep) {
    cache(object);
    return false;
  }
  tellTermination(object);
  return true;
}

/** Hands control and name port to the pager, which a device has none of, and forgets it. */
function tellTermination(object: VmObject): void {
  if ((object.flags & OBJ_DEAD) == 0) unhash(object);
  const pager = object.pager!;
  const control = object.control!;
  const name = object.name!;
  vm_port_clear(control);
  vm_port_clear(name);
  const told =
    (object.flags & OBJ_DEVICE) == 0 && memory_object_terminate(pager, control, name) == KERN_SUCCESS;
  if (!told) {
    vm_port_free(control);
    vm_port_free(name);
  }
  vm_port_release_send(pager);
  object.pager = null;
  object.control = null;
  object.name = null;
}

function cache(object: VmObject): void {
  object.flags |= OBJ_CACHED;
  const newest = cacheNewest;
  object.cacheNext = newest;
  object.cachePrev = null;
  if (newest != null) newest.cachePrev = object;
  else cacheOldest = object;
  cacheNewest = object;
  if (++vm_object_cached_count > CACHE_MAX) destroyCached(cacheOldest!);
}

function uncache(object: VmObject): void {
  const next = object.cacheNext;
  const prev = object.cachePrev;
  if (next != null) next.cachePrev = prev;
  else cacheOldest = prev;
  if (prev != null) prev.cacheNext = next;
  else cacheNewest = next;
  object.flags &= ~OBJ_CACHED;
  vm_object_cached_count--;
}

function destroyCached(object: VmObject): void {
  uncache(object);
  tellTermination(object);
  const shadow = object.shadow;
  vm_object_terminate(object);
  vm_object_deallocate(shadow);
}

/** Memory_object_ready and change_attributes set these. An object of strategy TEMPORARY is copied like anonymous memory. */
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
  object.copyStrategy = copyStrategy;
  if (!mayCache && flags & OBJ_CACHED) destroyCached(object);
}
