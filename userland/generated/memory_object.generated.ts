// User stubs of abi/defs/memory_object.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2200, one way */
export function memory_object_init(memory_object: u32, memory_control: u32, memory_object_name: u32, memory_object_page_size: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012014, 32);
  store<u32>(m, memory_object_name, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, memory_object_page_size, 44);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2200, 48);
}

/** 2201, one way */
export function memory_object_terminate(memory_object: u32, memory_control: u32, memory_object_name: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012010, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012010, 32);
  store<u32>(m, memory_object_name, 36);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2201, 40);
}

/** 2202, one way */
export function memory_object_copy(old_memory_object: u32, old_memory_control: u32, offset: u32, length: u32, new_memory_object: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, old_memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012010, 48);
  store<u32>(m, new_memory_object, 52);
  return mig_send(m, old_memory_object, 0, 19 | 0x80000000, 2202, 56);
}

/** 2203, one way */
export function memory_object_data_request(memory_object: u32, memory_control: u32, offset: u32, length: u32, desired_access: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, desired_access, 52);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2203, 56);
}

/** 2204, one way */
export function memory_object_data_unlock(memory_object: u32, memory_control: u32, offset: u32, length: u32, desired_access: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, desired_access, 52);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2204, 56);
}

/** 2206, one way */
export function memory_object_lock_completed(reply_to: u32, memory_control: u32, offset: u32, length: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  return mig_send(m, reply_to, 0, 18 | 0x80000000, 2206, 48);
}

/** 2207, one way */
export function memory_object_supply_completed(reply_to: u32, memory_control: u32, offset: u32, length: u32, result: u32, error_offset: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, result, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, error_offset, 60);
  return mig_send(m, reply_to, 0, 18 | 0x80000000, 2207, 64);
}

/** 2208, one way */
export function memory_object_data_return(memory_object: u32, memory_control: u32, offset: u32, data: usize, dataCnt: u32, dirty: u32, kernel_copy: u32): i32 {
  const m = stackAlloc(72);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<u32>(m, <u32>data, 52);
  store<u32>(m, 0x10012000, 56);
  store<u32>(m, dirty, 60);
  store<u32>(m, 0x10012000, 64);
  store<u32>(m, kernel_copy, 68);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2208, 72);
}

/** 2209, one way */
export function memory_object_change_completed(reply_to: u32, may_cache: u32, copy_strategy: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, may_cache, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, copy_strategy, 36);
  return mig_send(m, reply_to, 0, 18, 2209, 40);
}
