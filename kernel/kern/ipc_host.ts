// Conversions of host and memory object ports, and the routines whose request port is not their first argument's kind.
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_HOST,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { SLAB_INFO_SIZE } from "../../abi/vm_types";
import { IP_NULL, IP_VALID, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";
import { vm_map_copyin_kernel } from "../vm/vm_map_copy";
import { VmMap } from "../vm/vm_map";
import { VmObject } from "../vm/vm_object";
import * as vm from "../vm/vm_user";
import * as host from "./host";
import {
  ipc_kobject_get,
  IKOT_HOST,
  IKOT_HOST_PRIV,
  IKOT_PAGING_NAME,
  IKOT_PAGING_REQUEST,
} from "./ipc_kobject";
import { Task } from "./task";
import { task_set_name as set_name } from "./task_life";
import { kalloc, kfree, zone_count, zone_info } from "./zone";

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

/** The memory object's right is consumed on success. */
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
  if (object != IP_NULL && !IP_VALID(object)) return KERN_INVALID_ARGUMENT;
  const kr = vm.vm_map(map, address, size, mask, anywhere, object, offset, copy, prot, maxProt, inheritance);
  if (kr == KERN_SUCCESS) ipc_port_release_send(object);
  return kr;
}

/** Any host port will do; the privileged one lifts the limit. */
export function vm_wire(port: IpcPort, map: VmMap, address: u32, size: u32, access: u32): i32 {
  if (convert_port_to_host(port) == 0) return KERN_INVALID_HOST;
  return vm.vm_wire(map, convert_port_to_host_priv(port) != 0, address, size, access);
}

export function vm_wire_all(port: IpcPort, map: VmMap, flags: u32): i32 {
  return convert_port_to_host_priv(port) ? vm.vm_wire_all(map, flags) : KERN_INVALID_HOST;
}

export function vm_set_size_limit(port: IpcPort, map: VmMap, current: u32, maximum: u32): i32 {
  if (convert_port_to_host(port) == 0) return KERN_INVALID_HOST;
  return vm.vm_set_size_limit(map, convert_port_to_host_priv(port) != 0, current, maximum);
}

export function task_set_name(task: Task, name: usize, length: u32): i32 {
  if (changetype<usize>(task) == 0) return KERN_INVALID_ARGUMENT;
  set_name(task, name, length);
  return KERN_SUCCESS;
}

/** KERN_INVALID_HOST for any port but the privileged one. */
export function host_reboot(port: IpcPort, options: u32): i32 {
  return convert_port_to_host_priv(port) ? host.host_reboot(options) : KERN_INVALID_HOST;
}

export function host_kernel_version(version: usize): i32 {
  return host.host_get_kernel_version(version);
}

/**
 * `info`: cell with the address of room for as many cache_info structures as the cell `count` says; more are given out
 * of line (a VmMapCopy in the cell). `count` gets their number.
 */
export function host_slab_info(info: usize, count: usize): i32 {
  const total = zone_count();
  if (total <= load<u32>(count)) {
    store<u32>(count, zone_info(load<usize>(info), total));
    return KERN_SUCCESS;
  }
  const bytes = total * SLAB_INFO_SIZE;
  const buffer = kalloc(bytes);
  if (buffer == 0) return KERN_RESOURCE_SHORTAGE;
  const written = zone_info(buffer, total);
  const kr = vm_map_copyin_kernel(buffer, written * SLAB_INFO_SIZE, info);
  kfree(buffer, bytes);
  store<u32>(count, written);
  return kr;
}
