// The VM as a module of its own, for tests on the host: what tests/vm/kernel-vm.ts calls.
import { KERN_SUCCESS } from "../../../abi/kern_return";
import { IpcPort } from "../../ipc/ipc_port";
import { IpcPort as TestPort } from "./ipc_port";
import { pmap_rights } from "../../i386/pmap";
import { zone_info, zone_bytes, kalloc, kfree } from "../../kern/zone";
import { vm_bootstrap } from "../vm_init";
import { vm_map_check } from "../vm_check";
import { copyin_map, copyinstr, copyout_map } from "../vm_copyio";
import { vm_fault } from "../vm_fault";
import { kernel_map, kmem_alloc, kmem_alloc_guarded, kmem_free, stack_map } from "../vm_kern";
import {
  ENTRY_NEEDS_COPY,
  VmMap,
  VmMapEntry,
  vm_map_activate,
  vm_map_create,
  vm_map_deallocate,
  vm_map_entry_zone,
} from "../vm_map";
import {
  VmMapCopy,
  vm_map_copy_discard,
  vm_map_copyin,
  vm_map_copy_read,
  vm_map_copyin_kernel,
  vm_map_copyout,
} from "../vm_map_copy";
import { vm_map_lookup_entry } from "../vm_map_entry";
import { vm_map_fork } from "../vm_map_fork";
import { vm_merge_statistics } from "../vm_merge_policy";
import { OBJ_INTERNAL, VmObject, vm_object_bottom, vm_object_count } from "../vm_object";
import { vm_object_pager_died, vm_pager_set_default } from "../vm_pager";
import { vm_page_check, vm_page_free_count, vm_page_free_target, vm_page_load } from "../vm_resident";
import { vm_pageout_scan, vm_pageout_start } from "../vm_pageout";
import { vm_stat } from "../vm_statistics";
import * as debug from "../vm_debug";
import * as user from "../vm_user";
import { port_alloc, port_release, ports_alive } from "./vm_ports";
import { wait_is_over } from "./sched";
import {
  memory_object_change_attributes,
  memory_object_data_error,
  memory_object_data_supply,
  memory_object_data_unavailable,
  memory_object_destroy,
  memory_object_lock_request,
  memory_object_ready,
} from "../memory_object";

export { vm_merge_background } from "../vm_merge_later";
export { vm_merge_set_mode, vm_merge_switch_off } from "../vm_merge_policy";
export {
  copyinstr,
  kalloc,
  kfree,
  kmem_alloc,
  kmem_alloc_guarded,
  kmem_free,
  vm_fault,
  vm_map_activate,
  vm_map_check,
  vm_map_copy_discard,
  vm_map_copyin,
  vm_map_copyin_kernel,
  vm_map_copyout,
  vm_map_create,
  vm_map_deallocate,
  vm_map_fork,
  vm_merge_statistics,
  vm_object_pager_died,
  vm_page_check,
  wait_is_over,
  zone_info,
};

/** Cells for out-parameters and bytes, all free for the harness between calls. */
export const scratch: usize = memory.data(8192);

/** Boots with `bytes` of memory from physical 4 MiB on. */
export function boot(bytes: u32, invlpg: bool, checks: bool): u32 {
  vm_page_load(0x400000, 0x400000 + bytes);
  return vm_bootstrap(0x400000, invlpg, checks);
}

export function kernel_map_of(stacks: bool): VmMap {
  return stacks ? stack_map : kernel_map;
}
export function free_pages(): u32 {
  return vm_page_free_count;
}
export function object_count(): u32 {
  return vm_object_count;
}
export function port_count(): i32 {
  return ports_alive;
}
export function entries_in_use(): u32 {
  return vm_map_entry_zone.inUse;
}
export function entry_bytes(): u32 {
  return zone_bytes(vm_map_entry_zone);
}
export function entry_struct_size(): u32 {
  return vm_map_entry_zone.elementSize;
}

// Each returns a KERN_* code; results are in the cells of `scratch`.
export function allocate(map: VmMap, address: u32, size: u32, anywhere: bool): i32 {
  store<u32>(scratch, address);
  return user.vm_allocate(map, scratch, size, anywhere);
}
export function deallocate(map: VmMap, address: u32, size: u32): i32 {
  return user.vm_deallocate(map, address, size);
}
export function protect(map: VmMap, address: u32, size: u32, setMaximum: bool, protection: u32): i32 {
  return user.vm_protect(map, address, size, setMaximum, protection);
}
export function inherit(map: VmMap, address: u32, size: u32, inheritance: u32): i32 {
  return user.vm_inherit(map, address, size, inheritance);
}
export function map_memory(
  map: VmMap,
  address: u32,
  size: u32,
  mask: u32,
  anywhere: bool,
  port: IpcPort | null,
  offset: u32,
  copy: bool,
  protection: u32,
  maximum: u32,
  inheritance: u32,
): i32 {
  store<u32>(scratch, address);
  return user.vm_map(
    map,
    scratch,
    size,
    mask,
    anywhere,
    port,
    offset,
    copy,
    protection,
    maximum,
    inheritance,
  );
}
export function copy(map: VmMap, source: u32, size: u32, destination: u32): i32 {
  return user.vm_copy(map, source, size, destination);
}
export function wire(map: VmMap, privileged: bool, address: u32, size: u32, access: u32): i32 {
  return user.vm_wire(map, privileged, address, size, access);
}
export function wire_all(map: VmMap, flags: u32): i32 {
  return user.vm_wire_all(map, flags);
}
export function set_size_limit(map: VmMap, privileged: bool, current: u32, maximum: u32): i32 {
  return user.vm_set_size_limit(map, privileged, current, maximum);
}
export function statistics(map: VmMap): i32 {
  return user.vm_statistics(map, scratch);
}

/** vm_read into `map` itself: cell 0 gets the address. */
export function read_into(map: VmMap, address: u32, size: u32): i32 {
  const kr = user.vm_read(map, address, size, scratch + 8, scratch + 12);
  if (kr != KERN_SUCCESS) return kr;
  const data = load<VmMapCopy | null>(scratch + 8);
  const failure = vm_map_copyout(map, scratch, data);
  if (failure != KERN_SUCCESS) vm_map_copy_discard(data);
  return failure;
}

/** vm_write from `source`, another place in `map`. */
export function write_from(map: VmMap, source: u32, size: u32, destination: u32): i32 {
  const kr = vm_map_copyin(map, source, size, false, scratch + 8);
  if (kr != KERN_SUCCESS) return kr;
  const data = load<VmMapCopy | null>(scratch + 8);
  const failure = user.vm_write(map, destination, data, size);
  if (failure != KERN_SUCCESS) vm_map_copy_discard(data);
  return failure;
}

/** A word written and read as user mode would. */
export function poke(map: VmMap, address: u32, value: u32): i32 {
  store<u32>(scratch, value);
  return copyout_map(map, scratch, address, 4);
}
export function peek(map: VmMap, address: u32): i32 {
  return copyin_map(map, address, scratch, 4);
}
export function rights(map: VmMap, address: u32): u32 {
  return pmap_rights(map.pmap, address);
}

/**
 * The entry at or above `address`: start, end, protection, maximum, inheritance, shared, object (that vm_region would
 * name), offset, needs_copy, wired in cells 0-9, its own object and its references in 10 and 11, whether what lies at the
 * bottom is a pager's, and the offset there, in 12 and 13. False: none.
 */
export function region(map: VmMap, address: u32): bool {
  let entry: VmMapEntry = vm_map_lookup_entry(map, address);
  if (entry == map.header || address >= entry.end) entry = entry.next;
  if (entry == map.header) return false;
  const object = entry.object;
  store<u32>(scratch, entry.start, 0);
  store<u32>(scratch, entry.end, 4);
  store<u32>(scratch, entry.protection, 8);
  store<u32>(scratch, entry.maxProtection, 12);
  store<u32>(scratch, entry.inheritance, 16);
  store<u32>(scratch, entry.flags & 1, 20);
  store<u32>(scratch, object == null ? 0 : <u32>changetype<usize>(vm_object_bottom(object)), 24);
  store<u32>(scratch, entry.offset, 28);
  store<u32>(scratch, entry.flags & ENTRY_NEEDS_COPY ? 1 : 0, 32);
  store<u32>(scratch, entry.wiredCount, 36);
  store<u32>(scratch, <u32>changetype<usize>(object), 40);
  store<u32>(scratch, object == null ? 0 : <u32>object.refCount, 44);
  let offset = entry.offset;
  let external: bool = false;
  let at = object;
  while (at != null) {
    external = (at.flags & OBJ_INTERNAL) == 0;
    const shadow = at.shadow;
    if (shadow != null) offset += at.shadowOffset;
    at = shadow;
  }
  store<u32>(scratch, external ? 1 : 0, 48);
  store<u32>(scratch, offset, 52);
  return true;
}

export function entry_count(map: VmMap): u32 {
  return map.entryCount;
}

/** vm_region's own results: address, size, protection, maximum, inheritance, shared, name, offset in cells 0-7. */
export function vm_region(map: VmMap, address: u32): i32 {
  const cell = scratch;
  store<u32>(cell, address);
  return user.vm_region(map, cell, cell + 4, cell + 8, cell + 12, cell + 16, cell + 20, cell + 24, cell + 28);
}
export function vm_region_info(map: VmMap, address: u32): i32 {
  return debug.mach_vm_region_info(map, address, scratch, scratch + 44);
}

// The pager's side.
export function pager_create(): TestPort {
  return port_alloc();
}
export function pager_destroy(port: TestPort): void {
  port_release(port);
}
export function pager_kill(port: TestPort): void {
  port.dead = true;
}
function objectOf(control: TestPort): VmObject | null {
  return changetype<VmObject | null>(control.kobject);
}
export function pager_ready(control: TestPort, mayCache: bool, strategy: u32): i32 {
  return memory_object_ready(objectOf(control), mayCache, strategy);
}
/** Supplies the page at scratch + 4096. */
export function pager_supply(control: TestPort, offset: u32, lock: u32, reply: IpcPort | null): i32 {
  vm_map_copyin_kernel(scratch + 4096, 4096, scratch + 64);
  const data = load<VmMapCopy | null>(scratch + 64);
  const kr = memory_object_data_supply(objectOf(control), offset, data, 4096, lock, false, reply);
  if (kr != KERN_SUCCESS) vm_map_copy_discard(data);
  return kr;
}
/** Supplies a page of a copy, which is consumed. */
export function pager_supply_copy(control: TestPort, offset: u32, data: VmMapCopy | null): i32 {
  const kr = memory_object_data_supply(objectOf(control), offset, data, 4096, 0, false, null);
  if (kr != KERN_SUCCESS) vm_map_copy_discard(data);
  return kr;
}
export function pager_unavailable(control: TestPort, offset: u32, size: u32): i32 {
  return memory_object_data_unavailable(objectOf(control), offset, size);
}
export function pager_error(control: TestPort, offset: u32, size: u32): i32 {
  return memory_object_data_error(objectOf(control), offset, size, 5);
}
export function pager_lock(
  control: TestPort,
  offset: u32,
  size: u32,
  returned: u32,
  flush: bool,
  lock: u32,
  reply: IpcPort | null,
): i32 {
  return memory_object_lock_request(objectOf(control), offset, size, returned, flush, lock, reply);
}
/** The page at byte `from` of data that were returned, to scratch + 4096. */
export function copy_read(copy: VmMapCopy, from: u32): i32 {
  return vm_map_copy_read(copy, from, scratch + 4096, 4096);
}

/** What `manager` is asked for from now on: a pager for anonymous memory. */
export function default_pager(manager: TestPort): void {
  vm_pager_set_default(changetype<IpcPort>(changetype<usize>(manager)));
  vm_pageout_start();
}
/** Pages out until `count` pages are free, or nothing more can be. */
export function page_out(count: u32): void {
  let before: u32 = 0;
  do {
    before = vm_page_free_count;
    vm_pageout_scan(count);
  } while (vm_page_free_count > before);
}
/** One round of the pageout thread. */
export function pageout_round(): bool {
  return vm_pageout_scan(vm_page_free_target);
}
export function pageouts(): u32 {
  return vm_stat.pageouts;
}
export function pager_attributes(control: TestPort, mayCache: bool, strategy: u32): i32 {
  return memory_object_change_attributes(objectOf(control), mayCache, strategy, null);
}
export function pager_give_up(control: TestPort): i32 {
  return memory_object_destroy(objectOf(control), 0);
}
