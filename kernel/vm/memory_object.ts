// What pagers call: the kernel's side of the memory object protocol. Each routine gets the object that its request port
// stands for (IPC looks it up: the kobject of an IKOT_PAGING_REQUEST port is the VmObject's address) or null.
import { IpcPort } from "../ipc/ipc_port";
import { VmMapCopy } from "./vm_map_copy";
import { VmObject } from "./vm_object";

export function memory_object_ready(object: VmObject | null, mayCache: bool, copyStrategy: u32): i32 {
  return unreachable();
}

/** Consumes `data` whenever it returns KERN_SUCCESS. `replyTo`: a send-once right, consumed likewise, or null. */
export function memory_object_data_supply(
  object: VmObject | null,
  offset: u32,
  data: VmMapCopy | null,
  size: u32,
  lock: u32,
  precious: bool,
  replyTo: IpcPort | null,
): i32 {
  return unreachable();
}

export function memory_object_data_unavailable(object: VmObject | null, offset: u32, size: u32): i32 {
  return unreachable();
}

export function memory_object_data_error(object: VmObject | null, offset: u32, size: u32, error: i32): i32 {
  return unreachable();
}

export function memory_object_lock_request(
  object: VmObject | null,
  offset: u32,
  size: u32,
  shouldReturn: u32,
  shouldFlush: bool,
  lock: u32,
  replyTo: IpcPort | null,
): i32 {
  return unreachable();
}

export function memory_object_change_attributes(
  object: VmObject | null,
  mayCache: bool,
  copyStrategy: u32,
  replyTo: IpcPort | null,
): i32 {
  return unreachable();
}

/** Three u32 cells. */
export function memory_object_get_attributes(
  object: VmObject | null,
  ready: usize,
  mayCache: usize,
  copyStrategy: usize,
): i32 {
  return unreachable();
}

export function memory_object_destroy(object: VmObject | null, reason: i32): i32 {
  return unreachable();
}
