// User stubs of abi/defs/memory_object_default.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2250, one way */
export function memory_object_create(old_memory_object: u32, new_memory_object: u32, new_object_size: u32, new_control_port: u32, new_name: u32, new_page_size: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012010, 24);
  store<u32>(m, new_memory_object, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, new_object_size, 36);
  store<u32>(m, 0x10012014, 40);
  store<u32>(m, new_control_port, 44);
  store<u32>(m, 0x10012014, 48);
  store<u32>(m, new_name, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, new_page_size, 60);
  return mig_send(m, old_memory_object, 0, 19 | 0x80000000, 2250, 64);
}

/** 2251, one way */
export function memory_object_data_initialize(memory_object: u32, memory_control_port: u32, offset: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, memory_control_port, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<u32>(m, <u32>data, 52);
  return mig_send(m, memory_object, 0, 19 | 0x80000000, 2251, 56);
}
