// Conversions of host and memory object ports, and the routines whose request port is not their first argument's kind.
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_HOST,
  KERN_INVALID_TASK,
  KERN_PROTECTION_FAILURE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { VM_PROT_ALL, VM_PROT_READ } from "../../abi/vm_types";
import { page_aligned } from "../i386/vm_param";
import {
  ip_kotype,
  IP_NULL,
  IP_VALID,
  ipc_port_copy_send,
  ipc_port_release_send,
  IpcPort,
} from "../ipc/ipc_port";
import { memory_object_proxy, MemoryObjectProxy } from "../vm/memory_object_proxy";
import * as contiguous from "../vm/vm_contiguous";
import { VmMap } from "../vm/vm_map";
import { vm_object_reference, VmObject } from "../vm/vm_object";
import { vm_pageout_try_again } from "../vm/vm_pageout";
import { vm_pager_default, vm_pager_set_default } from "../vm/vm_pager";
import * as vm from "../vm/vm_user";
import * as host from "./host";
import {
  ipc_kobject_get,
  IKOT_HOST,
  IKOT_HOST_PRIV,
  IKOT_NONE,
  IKOT_PAGER,
  IKOT_PAGING_NAME,
  IKOT_PAGING_REQUEST,
} from "./ipc_kobject";
import { current_thread } from "./sched";
import { Task } from "./task";
import { task_set_max_priority } from "./task_control";
import { Thread } from "./thread";

/** 1 for either of the host's ports, else 0. */
export function convert_port_to_host(port: IpcPort): u32 {
  return ipc_kobject_get(port, IKOT_HOST) || ipc_kobject_get(port, IKOT_HOST_PRIV) ? 1 : 0;
}

/** 1 for the privileged host port, else 0. */
export function convert_port_to_host_priv(port: IpcPort): u32 {
  return ipc_kobject_get(port, IKOT_HOST_PRIV) ? 1 : 0;
}

/** The object of a control port, without a reference: the kernel does not give it up while the port lives. */
export function convert_port_to_memory_object(port: IpcPort): VmObject {
  return changetype<VmObject>(ipc_kobject_get(port, IKOT_PAGING_REQUEST));
}

export function convert_port_to_memory_object_name(port: IpcPort): VmObject {
  return changetype<VmObject>(ipc_kobject_get(port, IKOT_PAGING_NAME));
}

/**
 * The memory object's right is consumed on success. A dead port maps zeros, as null does; ports of the kernel's objects are
 * memory objects only if devices are mapped by them.
 */
export function vm_map(
  map: VmMap,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  object: IpcPort,
  offset: u32,
  copy: bool,
  prot: u32,
  maxProt: u32,
  inheritance: u32,
): i32 {
  let kr: i32;
  const proxy = memory_object_proxy(object);
  if (proxy != null) {
    kr = map_window(map, address, size, mask, anywhere, proxy, offset, copy, prot, maxProt, inheritance);
  } else {
    let source = object;
    if (!IP_VALID(object)) source = IP_NULL;
    else if (ip_kotype(object) != IKOT_NONE && ip_kotype(object) != IKOT_PAGER) return KERN_INVALID_ARGUMENT;
    kr = vm.vm_map(map, address, size, mask, anywhere, source, offset, copy, prot, maxProt, inheritance);
  }
  if (kr == KERN_SUCCESS) ipc_port_release_send(object);
  return kr;
}

/** Maps a part of a proxy's window, with no more than the proxy's protection; a copy only needs to be readable. */
function map_window(
  map: VmMap,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  proxy: MemoryObjectProxy,
  offset: u32,
  copy: bool,
  prot: u32,
  maxProt: u32,
  inheritance: u32,
): i32 {
  if (!page_aligned(offset) || offset > proxy.length || size > proxy.length - offset)
    return KERN_INVALID_ARGUMENT;
  if (copy && !(proxy.maxProtection & VM_PROT_READ)) return KERN_PROTECTION_FAILURE;
  if (!copy) {
    prot &= proxy.maxProtection | ~VM_PROT_ALL;
    maxProt &= proxy.maxProtection | ~VM_PROT_ALL;
  }
  const at = proxy.start + offset;
  const object = proxy.object;
  if (object == null) {
    return vm.vm_map(map, address, size, mask, anywhere, proxy.pager, at, copy, prot, maxProt, inheritance);
  }
  vm_object_reference(object);
  return vm.vm_map_object(map, address, size, mask, anywhere, object, at, copy, prot, maxProt, inheritance);
}

// --- what needs a host port beside a task ---

/** KERN_SUCCESS if `port` is the privileged host port and there is a task. */
function privileged(port: IpcPort, map: VmMap | null): i32 {
  if (convert_port_to_host_priv(port) == 0) return KERN_INVALID_HOST;
  return map == null ? KERN_INVALID_TASK : KERN_SUCCESS;
}

/** As `privileged`, for either host port. */
function any_host(port: IpcPort, map: VmMap | null): i32 {
  if (convert_port_to_host(port) == 0) return KERN_INVALID_HOST;
  return map == null ? KERN_INVALID_TASK : KERN_SUCCESS;
}

/** The privileged port lifts the limit. */
export function vm_wire(port: IpcPort, map: VmMap, address: u32, size: u32, access: u32): i32 {
  const kr = any_host(port, map);
  if (kr != KERN_SUCCESS) return kr;
  return vm.vm_wire(map, convert_port_to_host_priv(port) != 0, address, size, access);
}

export function vm_wire_all(port: IpcPort, map: VmMap, flags: u32): i32 {
  const kr = privileged(port, map);
  return kr != KERN_SUCCESS ? kr : vm.vm_wire_all(map, flags);
}

export function task_max_priority(
  port: IpcPort,
  task: Task | null,
  max_priority: i32,
  set_priority: bool,
  change_threads: bool,
): i32 {
  if (convert_port_to_host(port) == 0) return KERN_INVALID_ARGUMENT;
  const privileged = convert_port_to_host_priv(port) != 0;
  return task_set_max_priority(task, privileged, max_priority, set_priority, change_threads);
}

export function vm_set_size_limit(port: IpcPort, map: VmMap, current: u32, maximum: u32): i32 {
  const kr = any_host(port, map);
  if (kr != KERN_SUCCESS) return kr;
  return vm.vm_set_size_limit(map, convert_port_to_host_priv(port) != 0, current, maximum);
}

/** `paddr` gets 64 bits. */
export function vm_allocate_contiguous(
  port: IpcPort,
  map: VmMap,
  vaddr: usize,
  paddr: usize,
  size: u32,
  pmin: u64,
  pmax: u64,
  palign: u64,
): i32 {
  const kr = privileged(port, map);
  return kr != KERN_SUCCESS
    ? kr
    : contiguous.vm_allocate_contiguous(map, vaddr, paddr, size, pmin, pmax, palign);
}

export function vm_pages_phys(
  port: IpcPort,
  map: VmMap,
  address: u32,
  size: u32,
  pages: usize,
  count: usize,
): i32 {
  const kr = privileged(port, map);
  return kr != KERN_SUCCESS ? kr : contiguous.vm_pages_phys(map, address, size, pages, count);
}

// --- the host alone ---

/** KERN_INVALID_HOST for any port but the privileged one. */
export function host_reboot(port: IpcPort, options: u32): i32 {
  return convert_port_to_host_priv(port) ? host.host_reboot(options) : KERN_INVALID_HOST;
}

export function host_kernel_version(version: usize): i32 {
  return host.host_get_kernel_version(version);
}

/** A thread can only decide for itself. */
export function thread_wire(thread: Thread | null, wired: bool): i32 {
  if (thread == null || thread != current_thread()) return KERN_INVALID_ARGUMENT;
  thread.vm_privilege = wired ? 1 : 0;
  return KERN_SUCCESS;
}

/** The cell has a send right, which is taken over, or null; it gets the one that was here before, or a copy of it. */
export function vm_set_default_memory_manager(cell: usize): i32 {
  const manager = changetype<IpcPort>(load<usize>(cell));
  if (IP_VALID(manager)) {
    store<usize>(cell, changetype<usize>(vm_pager_set_default(manager)));
    vm_pageout_try_again();
  } else {
    const current = changetype<IpcPort>(changetype<usize>(vm_pager_default()));
    store<usize>(cell, changetype<usize>(ipc_port_copy_send(current)));
  }
  return KERN_SUCCESS;
}
