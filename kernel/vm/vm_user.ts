// The vm_* calls, as MIG server routines and traps call them. Out-parameters are kernel addresses of u32 cells.
// A null map gives KERN_INVALID_ARGUMENT.
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import {
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_NO_ACCESS,
  KERN_NO_SPACE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  MATTR_CACHE,
  VM_INHERIT_DEFAULT,
  VM_INHERIT_NONE,
  VM_PROT_ALL,
  VM_PROT_DEFAULT,
  VM_PROT_NONE,
  VM_PROT_NOTIFY,
  VM_SYNC_ASYNCHRONOUS,
  VM_SYNC_INVALIDATE,
  VM_SYNC_SYNCHRONOUS,
  VM_WIRE_CURRENT,
  VM_WIRE_FUTURE,
} from "../../abi/vm_types";
import { VM_MAX_ADDRESS, VM_MIN_ADDRESS, page_aligned, round_page, trunc_page } from "../i386/vm_param";
import { copyin_map, copyout_map } from "./vm_copyio";
import { vm_map_verify } from "./vm_check";
import { vm_map_shown } from "./vm_kern";
import { ENTRY_SHARED, ENTRY_SUBMAP, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_delete, vm_map_inherit, vm_map_protect } from "./vm_map_change";
import { VmMapCopy, vm_map_check_access, vm_map_copy_discard, vm_map_copyin } from "./vm_map_copy";
import { vm_map_enter } from "./vm_map_enter";
import { vm_map_lookup_entry } from "./vm_map_entry";
import { vm_map_copy_overwrite } from "./vm_map_overwrite";
import { vm_map_pageable } from "./vm_map_wire";
import { OBJ_PAGER, VmObject, vm_object_deallocate, vm_object_name, vm_object_reference } from "./vm_object";
import { vm_object_write_back } from "./memory_object";
import {
  copy_needs_copy,
  copy_object,
  copy_offset,
  vm_object_copies_symmetrically,
  vm_object_copy_strategically,
} from "./vm_object_copy";
import { vm_object_enter, vm_object_wait_ready } from "./vm_pager";
import { vm_port_make_send } from "./vm_ports";

/** Bytes that a task may wire without the privileged host port. */
const UNPRIVILEGED_WIRED_MAX: u32 = 8 * 1024 * 1024;

/** The code of a call that worked on `map`, after kernel.check=1 has had its look. */
function verified(map: VmMap, kr: i32): i32 {
  vm_map_verify(map);
  return kr;
}

/** The page-aligned range of a call, clamped to user space; false when nothing of it is left. */
let rangeStart: u32 = 0;
let rangeEnd: u32 = 0;
function setRange(address: u32, size: u32): bool {
  rangeStart = trunc_page(address);
  const last = address + size;
  rangeEnd = last > VM_MAX_ADDRESS ? VM_MAX_ADDRESS : round_page(last);
  return last >= address && rangeStart < rangeEnd;
}

/** `address`: in and out. */
export function vm_allocate(map: VmMap | null, address: usize, size: u32, anywhere: bool): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  if (size == 0) {
    store<u32>(address, 0);
    return KERN_SUCCESS;
  }
  store<u32>(address, anywhere ? VM_MIN_ADDRESS : trunc_page(load<u32>(address)));
  size = round_page(size);
  if (size == 0) return anywhere ? KERN_NO_SPACE : KERN_INVALID_ADDRESS;
  const kr = vm_map_enter(
    map,
    address,
    size,
    0,
    anywhere,
    null,
    0,
    false,
    VM_PROT_DEFAULT,
    VM_PROT_ALL,
    VM_INHERIT_DEFAULT,
  );
  return verified(map, kr);
}

export function vm_deallocate(map: VmMap | null, address: u32, size: u32): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  if (size == 0 || !setRange(address, size)) return KERN_SUCCESS;
  return verified(map, vm_map_delete(map, rangeStart, rangeEnd));
}

export function vm_protect(map: VmMap | null, address: u32, size: u32, setMaximum: bool, prot: u32): i32 {
  if (map == null || prot & ~(VM_PROT_ALL | VM_PROT_NOTIFY)) return KERN_INVALID_ARGUMENT;
  if (size == 0 || !setRange(address, size)) return KERN_SUCCESS;
  return verified(map, vm_map_protect(map, rangeStart, rangeEnd, prot, setMaximum));
}

export function vm_inherit(map: VmMap | null, address: u32, size: u32, inheritance: u32): i32 {
  if (map == null || inheritance > <u32>VM_INHERIT_NONE) return KERN_INVALID_ARGUMENT;
  if (size == 0 || !setRange(address, size)) return KERN_SUCCESS;
  return verified(map, vm_map_inherit(map, rangeStart, rangeEnd, inheritance));
}

/** Stores a VmMapCopy at `data` (out-of-line reply memory) and its size at `dataCount`. */
export function vm_read(map: VmMap | null, address: u32, size: u32, data: usize, dataCount: usize): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  store<u32>(dataCount, size);
  return verified(map, vm_map_copyin(map, address, size, false, data));
}

/** Consumes `data` on success. */
export function vm_write(map: VmMap | null, address: u32, data: VmMapCopy | null, size: u32): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  return verified(map, vm_map_copy_overwrite(map, address, data));
}

/** As many bytes as an inline array has room for. */
const INLINE_BYTES: u32 = 2048;

/** Bytes as they are now, into the reply: vm_map_copyin would have to make the pages copy-on-write. */
export function vm_read_bytes(
  map: VmMap | null,
  address: u32,
  size: u32,
  data: usize,
  dataCount: usize,
): i32 {
  if (map == null || size > INLINE_BYTES) return KERN_INVALID_ARGUMENT;
  store<u32>(dataCount, size);
  return copyin_map(map, address, data, size);
}

export function vm_write_bytes(map: VmMap | null, address: u32, data: usize, size: u32): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  return copyout_map(map, data, address, size);
}

export function vm_copy(map: VmMap | null, source: u32, size: u32, destination: u32): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  if (!page_aligned(source) || !page_aligned(size) || !page_aligned(destination))
    return KERN_INVALID_ARGUMENT;
  const cell = stackAlloc(4);
  let kr = vm_map_copyin(map, source, size, false, cell);
  if (kr != KERN_SUCCESS) return kr;
  const copy = load<VmMapCopy | null>(cell);
  kr = vm_map_copy_overwrite(map, destination, copy);
  if (kr != KERN_SUCCESS) vm_map_copy_discard(copy);
  return verified(map, kr);
}

/** The entry at or above `address`, in a submap if there is one; null when there is none. */
export function vm_map_entry_from(map: VmMap, address: u32): VmMapEntry | null {
  let entry = vm_map_lookup_entry(map, address);
  if (entry == map.header || address >= entry.end) entry = entry.next;
  while (entry.flags & ENTRY_SUBMAP) {
    const inner = vm_map_entry_from(changetype<VmMap>(entry.offset), address);
    if (inner != null) return inner;
    entry = entry.next;
  }
  return entry == map.header ? null : entry;
}

/** Stores a send right to the object's name port (an IpcPort, or 0) at `cell`. */
export function vm_region_name(object: VmObject | null, cell: usize): void {
  store<u32>(cell, 0);
  if (object == null) return;
  const name = vm_object_name(object);
  if (name != null) store<u32>(cell, <u32>changetype<usize>(vm_port_make_send(name)));
}

/** `address`: in and out. `name`: a send right (an IpcPort) to the object's name port, or 0. KERN_NO_SPACE at the end. */
export function vm_region(
  map: VmMap | null,
  address: usize,
  size: usize,
  prot: usize,
  maxProt: usize,
  inheritance: usize,
  isShared: usize,
  name: usize,
  offset: usize,
): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  const entry = vm_map_entry_from(vm_map_shown(map), load<u32>(address));
  if (entry == null) return KERN_NO_SPACE;
  store<u32>(address, entry.start);
  store<u32>(size, entry.end - entry.start);
  store<u32>(prot, entry.protection);
  store<u32>(maxProt, entry.maxProtection);
  store<u32>(inheritance, entry.inheritance);
  store<u32>(isShared, entry.flags & ENTRY_SHARED ? 1 : 0);
  store<u32>(offset, entry.offset);
  vm_region_name(entry.object, name);
  return KERN_SUCCESS;
}

/** What vm_map enters: set by mapSource. */
let sourceObject: VmObject | null = null;
let sourceOffset: u32 = 0;
let sourceNeedsCopy: bool = false;

/** The object, or a copy of it. The caller's reference to it becomes one to the source. May block. */
function mapSource(object: VmObject, offset: u32, size: u32, copy: bool): i32 {
  sourceObject = object;
  sourceOffset = offset;
  sourceNeedsCopy = false;
  if (!copy) return KERN_SUCCESS;
  let kr = object.flags & OBJ_PAGER ? vm_object_wait_ready(object) : KERN_SUCCESS;
  // Other mappings of a pager's object are not told that there is a copy.
  if ((object.flags & OBJ_PAGER) == 0 && vm_object_copies_symmetrically(object)) {
    sourceObject = object;
    sourceOffset = offset;
    sourceNeedsCopy = true;
    return KERN_SUCCESS;
  }
  if (kr == KERN_SUCCESS) kr = vm_object_copy_strategically(object, offset, size);
  if (kr == KERN_SUCCESS) {
    sourceObject = copy_object;
    sourceOffset = copy_offset;
    sourceNeedsCopy = copy_needs_copy;
  }
  vm_object_deallocate(object);
  return kr;
}

/**
 * `object`: the memory object's port (a send right, borrowed: the caller keeps it), or null for zero-filled memory. May
 * block when `copy` is set.
 */
export function vm_map(
  map: VmMap | null,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  object: IpcPort | null,
  offset: u32,
  copy: bool,
  prot: u32,
  maxProt: u32,
  inheritance: u32,
): i32 {
  if (map == null || !mappable(size, prot | maxProt, inheritance)) return KERN_INVALID_ARGUMENT;
  if (object == null) {
    store<u32>(address, trunc_page(load<u32>(address)));
    size = round_page(size);
    return verified(
      map,
      vm_map_enter(map, address, size, mask, anywhere, null, 0, false, prot, maxProt, inheritance),
    );
  }
  if (!page_aligned(offset) || offset + round_page(size) < offset) return KERN_INVALID_ARGUMENT;
  const entered = vm_object_enter(object);
  if (entered == null) return KERN_INVALID_ARGUMENT;
  return vm_map_object(map, address, size, mask, anywhere, entered, offset, copy, prot, maxProt, inheritance);
}

function mappable(size: u32, rights: u32, inheritance: u32): bool {
  return round_page(size) != 0 && !(rights & ~VM_PROT_ALL) && inheritance <= <u32>VM_INHERIT_NONE;
}

/** As vm_map, of an object; the caller's reference to it is consumed. */
export function vm_map_object(
  map: VmMap | null,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  object: VmObject,
  offset: u32,
  copy: bool,
  prot: u32,
  maxProt: u32,
  inheritance: u32,
): i32 {
  if (map == null || !mappable(size, prot | maxProt, inheritance)) {
    vm_object_deallocate(object);
    return KERN_INVALID_ARGUMENT;
  }
  store<u32>(address, trunc_page(load<u32>(address)));
  size = round_page(size);
  let kr = mapSource(object, offset, size, copy);
  if (kr != KERN_SUCCESS) return kr;
  const source = sourceObject;
  kr = vm_map_enter(
    map,
    address,
    size,
    mask,
    anywhere,
    source,
    sourceOffset,
    sourceNeedsCopy,
    prot,
    maxProt,
    inheritance,
  );
  if (kr != KERN_SUCCESS) vm_object_deallocate(source);
  return verified(map, kr);
}

/** `privileged`: the caller holds the privileged host port. May block. */
export function vm_wire(map: VmMap | null, privileged: bool, address: u32, size: u32, access: u32): i32 {
  if (map == null || access & ~VM_PROT_ALL) return KERN_INVALID_ARGUMENT;
  if (size == 0) return KERN_SUCCESS;
  const start = trunc_page(address);
  const end = round_page(address + size);
  if (end <= start || end > VM_MAX_ADDRESS) return KERN_NO_SPACE;
  if (!privileged && access != VM_PROT_NONE) {
    if (end - start > UNPRIVILEGED_WIRED_MAX || map.sizeWired > UNPRIVILEGED_WIRED_MAX - (end - start)) {
      return KERN_NO_ACCESS;
    }
  }
  return verified(map, vm_map_pageable(map, start, end, access, true));
}

/** VM_WIRE_CURRENT wires all that is mapped, VM_WIRE_FUTURE what will be; VM_WIRE_NONE unwires. May block. */
export function vm_wire_all(map: VmMap | null, flags: u32): i32 {
  if (map == null || flags & ~(VM_WIRE_CURRENT | VM_WIRE_FUTURE)) return KERN_INVALID_ARGUMENT;
  map.wiringRequired = flags & VM_WIRE_FUTURE ? VM_PROT_DEFAULT : VM_PROT_NONE;
  if (flags == VM_WIRE_FUTURE) return KERN_SUCCESS;
  const access = flags & VM_WIRE_CURRENT ? VM_PROT_DEFAULT : VM_PROT_NONE;
  return verified(map, vm_map_pageable(map, VM_MIN_ADDRESS, VM_MAX_ADDRESS, access, false));
}

/**
 * No attribute can be changed on this machine: caches are coherent. KERN_INVALID_ADDRESS where there is no memory whose
 * cache could be asked about.
 */
export function vm_machine_attribute(
  map: VmMap | null,
  address: u32,
  size: u32,
  attribute: u32,
  value: usize,
): i32 {
  if (map == null || attribute != <u32>MATTR_CACHE) return KERN_INVALID_ARGUMENT;
  const entry = vm_map_lookup_entry(map, address);
  return address < entry.start || address >= entry.end ? KERN_INVALID_ADDRESS : KERN_INVALID_ARGUMENT;
}

/**
 * Sends the dirty pages of the range's memory objects back to their pagers, with VM_SYNC_INVALIDATE the pages go as well;
 * holes give KERN_INVALID_ADDRESS. Does not wait for the pagers to be done. May block.
 */
export function vm_msync(map: VmMap | null, address: u32, size: u32, flags: u32): i32 {
  const both = VM_SYNC_ASYNCHRONOUS | VM_SYNC_SYNCHRONOUS;
  if (map == null || (flags & both) == both) return KERN_INVALID_ARGUMENT;
  if (size == 0) return KERN_SUCCESS;
  if (!setRange(address, size)) return KERN_INVALID_ARGUMENT;
  const end = rangeEnd;
  let kr = vm_map_check_access(map, rangeStart, end, VM_PROT_NONE);
  for (let at = rangeStart; at < end && kr == KERN_SUCCESS;) {
    const entry = vm_map_lookup_entry(map, at);
    // Somebody else removed it meanwhile.
    if (at < entry.start || at >= entry.end) return KERN_INVALID_ADDRESS;
    const stop = min<u32>(entry.end, end);
    const object = entry.object;
    if (object != null) {
      vm_object_reference(object);
      const offset = entry.offset + (at - entry.start);
      kr = vm_object_write_back(object, offset, stop - at, (flags & VM_SYNC_INVALIDATE) != 0);
      vm_object_deallocate(object);
    }
    at = stop;
  }
  return kr;
}

/** `privileged`: may raise the maximum. */
export function vm_set_size_limit(map: VmMap | null, privileged: bool, current: u32, maximum: u32): i32 {
  if (map == null || current > maximum) return KERN_INVALID_ARGUMENT;
  if (maximum > map.sizeLimitMax && !privileged) return KERN_NO_ACCESS;
  map.sizeLimit = current;
  map.sizeLimitMax = maximum;
  return KERN_SUCCESS;
}

export function vm_get_size_limit(map: VmMap | null, current: usize, maximum: usize): i32 {
  if (map == null) return KERN_INVALID_ARGUMENT;
  store<u32>(current, map.sizeLimit);
  store<u32>(maximum, map.sizeLimitMax);
  return KERN_SUCCESS;
}

export { vm_cache_statistics, vm_statistics } from "./vm_statistics";
