// Proxies: ports that map as a window of a memory object, with less protection. A proxy lives as long as its send rights.
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_TASK,
  KERN_NO_SPACE,
  KERN_PROTECTION_FAILURE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_PORT_SEND } from "../../abi/mach_msg";
import { VM_PROT_ALL } from "../../abi/vm_types";
import { page_aligned, round_page } from "../i386/vm_param";
import {
  IP_NULL,
  IP_VALID,
  ipc_port_alloc_kernel,
  ipc_port_copy_send,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  ipc_port_release_send,
  IpcPort,
} from "../ipc/ipc_port";
import { IpcSpace, IS_NULL } from "../ipc/ipc_space";
import { ipc_kobject_get, ipc_kobject_set, IKOT_NONE, IKOT_PAGER_PROXY } from "../kern/ipc_kobject";
import { zalloc, Zone, zone_create, zfree } from "../kern/zone";
import { VmMap } from "./vm_map";
import { vm_map_settle } from "./vm_map_change";
import { vm_map_lookup_entry } from "./vm_map_entry";
import { vm_map_entry_share } from "./vm_map_fork";
import { vm_object_deallocate, vm_object_reference, VmObject } from "./vm_object";

@unmanaged
export class MemoryObjectProxy {
  port: IpcPort = changetype<IpcPort>(0);
  /** What it stands for: a memory object's port (a send right), or an object (a reference). */
  pager: IpcPort = changetype<IpcPort>(0);
  object!: VmObject | null;
  maxProtection!: u32;
  /** The window: offset in the memory object, and bytes. */
  start!: u32;
  length!: u32;
}

let proxy_zone: Zone = changetype<Zone>(0);

export function memory_object_proxy_init(): void {
  proxy_zone = zone_create(offsetof<MemoryObjectProxy>(), "proxies");
}

/** The proxy behind a port, or null. */
export function memory_object_proxy(port: IpcPort): MemoryObjectProxy | null {
  return changetype<MemoryObjectProxy | null>(ipc_kobject_get(port, IKOT_PAGER_PROXY));
}

/** Stores a send right to a new proxy's port at `result`; the pager's right or the object's reference becomes its own. */
function create(
  pager: IpcPort,
  object: VmObject | null,
  max_protection: u32,
  start: u32,
  length: u32,
  result: usize,
): i32 {
  const proxy = changetype<MemoryObjectProxy>(zalloc(proxy_zone));
  if (changetype<usize>(proxy) == 0) return KERN_RESOURCE_SHORTAGE;
  const port = ipc_port_alloc_kernel();
  if (port == IP_NULL) {
    zfree(proxy_zone, changetype<usize>(proxy));
    return KERN_RESOURCE_SHORTAGE;
  }
  proxy.port = port;
  proxy.pager = pager;
  proxy.object = object;
  proxy.maxProtection = max_protection;
  proxy.start = start;
  proxy.length = length;
  ipc_kobject_set(port, changetype<usize>(proxy), IKOT_PAGER_PROXY);
  store<usize>(result, changetype<usize>(ipc_port_make_send(port)));
  return KERN_SUCCESS;
}

/** The last send right to a proxy's port is gone. */
export function memory_object_proxy_no_senders(port: IpcPort): void {
  const proxy = memory_object_proxy(port);
  if (proxy == null) return;
  ipc_kobject_set(port, 0, IKOT_NONE);
  ipc_port_release_send(proxy.pager);
  vm_object_deallocate(proxy.object);
  zfree(proxy_zone, changetype<usize>(proxy));
  ipc_port_dealloc_kernel(port);
}

/**
 * A proxy for a window of one memory object, whose right is taken over on success: every array has one element. A proxy of a
 * proxy is a window in that one's window.
 */
export function memory_object_create_proxy(
  space: IpcSpace,
  max_protection: u32,
  objects: usize,
  object_count: u32,
  object_type: u32,
  offsets: usize,
  offset_count: u32,
  starts: usize,
  start_count: u32,
  lengths: usize,
  length_count: u32,
  result: usize,
): i32 {
  if (space == IS_NULL) return KERN_INVALID_TASK;
  if (object_count != 1 || offset_count != 1 || start_count != 1 || length_count != 1)
    return KERN_INVALID_ARGUMENT;
  const port = changetype<IpcPort>(load<usize>(objects));
  if (!IP_VALID(port) || object_type != <u32>MACH_MSG_TYPE_PORT_SEND) return KERN_INVALID_ARGUMENT;
  // What of the proxy the window begins with: nothing can be before it.
  if (load<u32>(offsets) != 0 || max_protection & ~VM_PROT_ALL) return KERN_INVALID_ARGUMENT;
  const start = load<u32>(starts);
  const length = round_page(load<u32>(lengths));
  if (!page_aligned(start) || length == 0 || start + length < start) return KERN_INVALID_ARGUMENT;
  const inner = memory_object_proxy(port);
  if (inner == null) return create(port, null, max_protection, start, length, result);
  return create_inner(inner, port, max_protection, start, length, result);
}

/** A window in a proxy's window; the proxy's own right `port` goes on success. */
function create_inner(
  outer: MemoryObjectProxy,
  port: IpcPort,
  max_protection: u32,
  start: u32,
  length: u32,
  result: usize,
): i32 {
  if (start > outer.length || length > outer.length - start) return KERN_INVALID_ARGUMENT;
  const object = outer.object;
  if (object != null) vm_object_reference(object);
  const pager = ipc_port_copy_send(outer.pager);
  const protection = max_protection & outer.maxProtection;
  const kr = create(pager, object, protection, outer.start + start, length, result);
  if (kr == KERN_SUCCESS) {
    ipc_port_release_send(port);
  } else {
    ipc_port_release_send(pager);
    vm_object_deallocate(object);
  }
  return kr;
}

/** A proxy for a range of one map entry, which is shared from then on. May block. */
export function vm_region_create_proxy(
  map: VmMap | null,
  address: u32,
  max_protection: u32,
  length: u32,
  result: usize,
): i32 {
  if (map == null || !page_aligned(address) || max_protection & ~VM_PROT_ALL) return KERN_INVALID_ARGUMENT;
  length = round_page(length);
  if (length == 0 || address + length < address) return KERN_INVALID_ARGUMENT;
  if (map.transitions != 0) vm_map_settle(map, address, address + length);
  const entry = vm_map_lookup_entry(map, address);
  if (address < entry.start || address >= entry.end) return KERN_NO_SPACE;
  if (length > entry.end - address) return KERN_INVALID_ARGUMENT;
  if (max_protection & ~(<u32>entry.maxProtection)) return KERN_PROTECTION_FAILURE;
  if (!vm_map_entry_share(map, entry)) return KERN_RESOURCE_SHORTAGE;
  const object = entry.object!;
  vm_object_reference(object);
  const start = entry.offset + (address - entry.start);
  const kr = create(IP_NULL, object, max_protection, start, length, result);
  if (kr != KERN_SUCCESS) vm_object_deallocate(object);
  return kr;
}
