// A server of abi/defs/memory_object.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type MemoryObjectInit = (memory_object: u32, memory_control: u32, memory_object_name: u32, memory_object_page_size: u32) => void;
let on_memory_object_init: usize = 0;

/** Sets what 2200 calls. The object is mapped for the first time; memory_object_ready is the answer. */
export function serve_memory_object_init(handler: MemoryObjectInit): void {
  on_memory_object_init = changetype<usize>(handler);
}

function Xmemory_object_init(m: usize): i32 {
  if (on_memory_object_init == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012011) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectInit>(on_memory_object_init)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  return MIG_NO_REPLY;
}

export type MemoryObjectTerminate = (memory_object: u32, memory_control: u32, memory_object_name: u32) => void;
let on_memory_object_terminate: usize = 0;

/** Sets what 2201 calls. The kernel has no more use for the object. */
export function serve_memory_object_terminate(handler: MemoryObjectTerminate): void {
  on_memory_object_terminate = changetype<usize>(handler);
}

function Xmemory_object_terminate(m: usize): i32 {
  if (on_memory_object_terminate == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012010) | (load<u32>(m, 32) ^ 0x10012010)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectTerminate>(on_memory_object_terminate)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

export type MemoryObjectCopy = (old_memory_object: u32, old_memory_control: u32, offset: u32, length: u32, new_memory_object: u32) => void;
let on_memory_object_copy: usize = 0;

/** Sets what 2202 calls. A range is copied; `new_memory_object` stands for the copy. */
export function serve_memory_object_copy(handler: MemoryObjectCopy): void {
  on_memory_object_copy = changetype<usize>(handler);
}

function Xmemory_object_copy(m: usize): i32 {
  if (on_memory_object_copy == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012010)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectCopy>(on_memory_object_copy)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52));
  return MIG_NO_REPLY;
}

export type MemoryObjectDataRequest = (memory_object: u32, memory_control: u32, offset: u32, length: u32, desired_access: u32) => void;
let on_memory_object_data_request: usize = 0;

/** Sets what 2203 calls. Wanted: memory_object_data_supply, memory_object_data_unavailable or memory_object_data_error. */
export function serve_memory_object_data_request(handler: MemoryObjectDataRequest): void {
  on_memory_object_data_request = changetype<usize>(handler);
}

function Xmemory_object_data_request(m: usize): i32 {
  if (on_memory_object_data_request == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectDataRequest>(on_memory_object_data_request)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52));
  return MIG_NO_REPLY;
}

export type MemoryObjectDataUnlock = (memory_object: u32, memory_control: u32, offset: u32, length: u32, desired_access: u32) => void;
let on_memory_object_data_unlock: usize = 0;

/** Sets what 2204 calls. Wanted: memory_object_lock_request that permits the access. */
export function serve_memory_object_data_unlock(handler: MemoryObjectDataUnlock): void {
  on_memory_object_data_unlock = changetype<usize>(handler);
}

function Xmemory_object_data_unlock(m: usize): i32 {
  if (on_memory_object_data_unlock == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectDataUnlock>(on_memory_object_data_unlock)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52));
  return MIG_NO_REPLY;
}

export type MemoryObjectLockCompleted = (reply_to: u32, memory_control: u32, offset: u32, length: u32) => void;
let on_memory_object_lock_completed: usize = 0;

/** Sets what 2206 calls. A memory_object_lock_request is done. */
export function serve_memory_object_lock_completed(handler: MemoryObjectLockCompleted): void {
  on_memory_object_lock_completed = changetype<usize>(handler);
}

function Xmemory_object_lock_completed(m: usize): i32 {
  if (on_memory_object_lock_completed == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectLockCompleted>(on_memory_object_lock_completed)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  return MIG_NO_REPLY;
}

export type MemoryObjectSupplyCompleted = (reply_to: u32, memory_control: u32, offset: u32, length: u32, result: u32, error_offset: u32) => void;
let on_memory_object_supply_completed: usize = 0;

/** Sets what 2207 calls. A memory_object_data_supply is done. */
export function serve_memory_object_supply_completed(handler: MemoryObjectSupplyCompleted): void {
  on_memory_object_supply_completed = changetype<usize>(handler);
}

function Xmemory_object_supply_completed(m: usize): i32 {
  if (on_memory_object_supply_completed == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectSupplyCompleted>(on_memory_object_supply_completed)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52), load<u32>(m, 60));
  return MIG_NO_REPLY;
}

export type MemoryObjectDataReturn = (memory_object: u32, memory_control: u32, offset: u32, data: usize, dataCnt: u32, dirty: u32, kernel_copy: u32) => void;
let on_memory_object_data_return: usize = 0;

/** Sets what 2208 calls. Data go back to the pager. */
export function serve_memory_object_data_return(handler: MemoryObjectDataReturn): void {
  on_memory_object_data_return = changetype<usize>(handler);
}

function Xmemory_object_data_return(m: usize): i32 {
  if (on_memory_object_data_return == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 72 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 44) ^ 0x80009) | (load<u32>(m, 56) ^ 0x10012000) | (load<u32>(m, 64) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectDataReturn>(on_memory_object_data_return)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 52), load<u32>(m, 48), load<u32>(m, 60), load<u32>(m, 68));
  return MIG_NO_REPLY;
}

export type MemoryObjectChangeCompleted = (reply_to: u32, may_cache: u32, copy_strategy: u32) => void;
let on_memory_object_change_completed: usize = 0;

/** Sets what 2209 calls. A memory_object_change_attributes is done. */
export function serve_memory_object_change_completed(handler: MemoryObjectChangeCompleted): void {
  on_memory_object_change_completed = changetype<usize>(handler);
}

function Xmemory_object_change_completed(m: usize): i32 {
  if (on_memory_object_change_completed == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectChangeCompleted>(on_memory_object_change_completed)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function memory_object_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 2200:
    return Xmemory_object_init(m);
    case 2201:
    return Xmemory_object_terminate(m);
    case 2202:
    return Xmemory_object_copy(m);
    case 2203:
    return Xmemory_object_data_request(m);
    case 2204:
    return Xmemory_object_data_unlock(m);
    case 2206:
    return Xmemory_object_lock_completed(m);
    case 2207:
    return Xmemory_object_supply_completed(m);
    case 2208:
    return Xmemory_object_data_return(m);
    case 2209:
    return Xmemory_object_change_completed(m);
    default:
    return MIG_BAD_ID;
  }
}
