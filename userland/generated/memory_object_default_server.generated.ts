// A server of abi/defs/memory_object_default.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type MemoryObjectCreate = (old_memory_object: u32, new_memory_object: u32, new_object_size: u32, new_control_port: u32, new_name: u32, new_page_size: u32) => void;
let on_memory_object_create: usize = 0;

/** Sets what 2250 calls. The first page of memory without a pager goes out: an object for it. */
export function serve_memory_object_create(handler: MemoryObjectCreate): void {
  on_memory_object_create = changetype<usize>(handler);
}

function Xmemory_object_create(m: usize): i32 {
  if (on_memory_object_create == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012010) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012011) | (load<u32>(m, 48) ^ 0x10012011) | (load<u32>(m, 56) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectCreate>(on_memory_object_create)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52), load<u32>(m, 60));
  return MIG_NO_REPLY;
}

export type MemoryObjectDataInitialize = (memory_object: u32, memory_control_port: u32, offset: u32, data: usize, dataCnt: u32) => void;
let on_memory_object_data_initialize: usize = 0;

/** Sets what 2251 calls. Data that the object has never had. */
export function serve_memory_object_data_initialize(handler: MemoryObjectDataInitialize): void {
  on_memory_object_data_initialize = changetype<usize>(handler);
}

function Xmemory_object_data_initialize(m: usize): i32 {
  if (on_memory_object_data_initialize == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 44) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MemoryObjectDataInitialize>(on_memory_object_data_initialize)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 52), load<u32>(m, 48));
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function memory_object_default_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 2250:
    return Xmemory_object_create(m);
    case 2251:
    return Xmemory_object_data_initialize(m);
    default:
    return MIG_BAD_ID;
  }
}
