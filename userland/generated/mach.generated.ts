// User stubs of abi/defs/mach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2007 */
export function task_create(target_task: u32, inherit_memory: u32, child_task: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, inherit_memory, 28);
  const result = mig_rpc(m, target_task, 5395, 2007, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(child_task, load<u32>(m, 36));
  return 0;
}

/** 2008 */
export function task_terminate(target_task: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_task, 5395, 2008, 24, 32, 32);
}

/** 2009 */
export function task_get_emulation_vector(task: u32, vector_start: usize, emulation_vector: usize, emulation_vectorCnt: usize): i32 {
  const m = stackAlloc(56);
  const result = mig_rpc(m, task, 5395, 2009, 24, 56, 56);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(vector_start, load<u32>(m, 36));
  store<u32>(emulation_vector, load<u32>(m, 52));
  store<u32>(emulation_vectorCnt, load<u32>(m, 48));
  return 0;
}

/** 2010 */
export function task_set_emulation_vector(task: u32, vector_start: u32, emulation_vector: usize, emulation_vectorCnt: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, vector_start, 28);
  store<u32>(m, 0x20000000, 32);
  store<u32>(m, 0x200002, 36);
  store<u32>(m, emulation_vectorCnt, 40);
  store<u32>(m, <u32>emulation_vector, 44);
  return mig_rpc(m, task, 5395 | 0x80000000, 2010, 48, 32, 32);
}

/** 2011 */
export function task_threads(target_task: u32, thread_list: usize, thread_listCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, target_task, 5395, 2011, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(thread_list, load<u32>(m, 44));
  store<u32>(thread_listCnt, load<u32>(m, 40));
  return 0;
}

/** 2012 */
export function task_info(target_task: u32, flavor: u32, task_info_out: usize, task_info_outCnt: usize): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(task_info_outCnt), 36);
  const result = mig_rpc(m, target_task, 5395, 2012, 40, 4132, 36);
  if (result != 0) return result;
  const task_info_out_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (task_info_out_count > 1024 || task_info_out_count > load<u32>(task_info_outCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(task_info_out, m + 36, task_info_out_count * 4);
  store<u32>(task_info_outCnt, task_info_out_count);
  return 0;
}

/** 2016 */
export function thread_terminate(target_thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_thread, 5395, 2016, 24, 32, 32);
}

/** 2017 */
export function thread_get_state(target_thread: u32, flavor: u32, old_state: usize, old_stateCnt: usize): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(old_stateCnt), 36);
  const result = mig_rpc(m, target_thread, 5395, 2017, 40, 4132, 36);
  if (result != 0) return result;
  const old_state_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (old_state_count > 1024 || old_state_count > load<u32>(old_stateCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(old_state, m + 36, old_state_count * 4);
  store<u32>(old_stateCnt, old_state_count);
  return 0;
}

/** 2018 */
export function thread_set_state(target_thread: u32, flavor: u32, new_state: usize, new_stateCnt: u32): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  if (new_stateCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10002002 | (new_stateCnt << 16), 32);
  memory.copy(m + 36, new_state, new_stateCnt * 4);
  const r1 = m + new_stateCnt * 4 - 4096;
  return mig_rpc(m, target_thread, 5395, 2018, <u32>(r1 - m) + 4132, 32, 32);
}

/** 2019 */
export function thread_info(target_thread: u32, flavor: u32, thread_info_out: usize, thread_info_outCnt: usize): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(thread_info_outCnt), 36);
  const result = mig_rpc(m, target_thread, 5395, 2019, 40, 4132, 36);
  if (result != 0) return result;
  const thread_info_out_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (thread_info_out_count > 1024 || thread_info_out_count > load<u32>(thread_info_outCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(thread_info_out, m + 36, thread_info_out_count * 4);
  store<u32>(thread_info_outCnt, thread_info_out_count);
  return 0;
}

/** 2021 */
export function vm_allocate(target_task: u32, address: usize, size: u32, anywhere: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(address), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012000, 40);
  store<u32>(m, anywhere, 44);
  const result = mig_rpc(m, target_task, 5395, 2021, 48, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(address, load<u32>(m, 36));
  return 0;
}

/** 2023 */
export function vm_deallocate(target_task: u32, address: u32, size: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  return mig_rpc(m, target_task, 5395, 2023, 40, 32, 32);
}

/** 2024 */
export function vm_protect(target_task: u32, address: u32, size: u32, set_maximum: u32, new_protection: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012000, 40);
  store<u32>(m, set_maximum, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, new_protection, 52);
  return mig_rpc(m, target_task, 5395, 2024, 56, 32, 32);
}

/** 2025 */
export function vm_inherit(target_task: u32, address: u32, size: u32, new_inheritance: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, new_inheritance, 44);
  return mig_rpc(m, target_task, 5395, 2025, 48, 32, 32);
}

/** 2026 */
export function vm_read(target_task: u32, address: u32, size: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  const result = mig_rpc(m, target_task, 5395, 2026, 40, 48, 48);
  if (result != 0) return result;
  store<u32>(data, load<u32>(m, 44));
  store<u32>(dataCnt, load<u32>(m, 40));
  return 0;
}

/** 2027 */
export function vm_write(target_task: u32, address: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x20000000, 32);
  store<u32>(m, 0x80009, 36);
  store<u32>(m, dataCnt, 40);
  store<u32>(m, <u32>data, 44);
  return mig_rpc(m, target_task, 5395 | 0x80000000, 2027, 48, 32, 32);
}

/** 2028 */
export function vm_copy(target_task: u32, source_address: u32, size: u32, dest_address: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, source_address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, dest_address, 44);
  return mig_rpc(m, target_task, 5395, 2028, 48, 32, 32);
}

/** 2029 */
export function vm_region(target_task: u32, address: usize, size: usize, protection: usize, max_protection: usize, inheritance: usize, is_shared: usize, object_name: usize, offset: usize): i32 {
  const m = stackAlloc(96);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(address), 28);
  const result = mig_rpc(m, target_task, 5395, 2029, 32, 96, 96);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002) | (load<u32>(m, 64) ^ 0x10012002) | (load<u32>(m, 72) ^ 0x10012000) | (load<u32>(m, 80) ^ 0x10012011) | (load<u32>(m, 88) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(address, load<u32>(m, 36));
  store<u32>(size, load<u32>(m, 44));
  store<u32>(protection, load<u32>(m, 52));
  store<u32>(max_protection, load<u32>(m, 60));
  store<u32>(inheritance, load<u32>(m, 68));
  store<u32>(is_shared, load<u32>(m, 76));
  store<u32>(object_name, load<u32>(m, 84));
  store<u32>(offset, load<u32>(m, 92));
  return 0;
}

/** 2030 */
export function vm_statistics(target_task: u32, vm_stats: usize): i32 {
  const m = stackAlloc(88);
  const result = mig_rpc(m, target_task, 5395, 2030, 24, 88, 88);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x100d2002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(vm_stats, m + 36, 52);
  return 0;
}

/** 2033 */
export function mach_ports_register(target_task: u32, init_port_set: usize, init_port_setCnt: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x20000000, 24);
  store<u32>(m, 0x200013, 28);
  store<u32>(m, init_port_setCnt, 32);
  store<u32>(m, <u32>init_port_set, 36);
  return mig_rpc(m, target_task, 5395 | 0x80000000, 2033, 40, 32, 32);
}

/** 2034 */
export function mach_ports_lookup(target_task: u32, init_port_set: usize, init_port_setCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, target_task, 5395, 2034, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(init_port_set, load<u32>(m, 44));
  store<u32>(init_port_setCnt, load<u32>(m, 40));
  return 0;
}

/** 2039, one way */
export function memory_object_data_unavailable(memory_control: u32, offset: u32, size: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, offset, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  return mig_send(m, memory_control, 0, 19, 2039, 40);
}

/** 2040 */
export function memory_object_get_attributes(memory_control: u32, object_ready: usize, may_cache: usize, copy_strategy: usize): i32 {
  const m = stackAlloc(56);
  const result = mig_rpc(m, memory_control, 5395, 2040, 24, 56, 56);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012000) | (load<u32>(m, 40) ^ 0x10012000) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(object_ready, load<u32>(m, 36));
  store<u32>(may_cache, load<u32>(m, 44));
  store<u32>(copy_strategy, load<u32>(m, 52));
  return 0;
}

/** 2041 */
export function vm_set_default_memory_manager(host_priv: u32, default_manager: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012014, 24);
  store<u32>(m, load<u32>(default_manager), 28);
  const result = mig_rpc(m, host_priv, 5395 | 0x80000000, 2041, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(default_manager, load<u32>(m, 36));
  return 0;
}

/** 2044, one way */
export function memory_object_lock_request(memory_control: u32, offset: u32, size: u32, should_return: u32, should_flush: u32, lock_value: u32, reply_to: u32): i32 {
  const m = stackAlloc(72);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, offset, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, should_return, 44);
  store<u32>(m, 0x10012000, 48);
  store<u32>(m, should_flush, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, lock_value, 60);
  store<u32>(m, 0x10012015, 64);
  store<u32>(m, reply_to, 68);
  return mig_send(m, memory_control, 0, 19 | 0x80000000, 2044, 72);
}

/** 2056 */
export function task_suspend(target_task: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_task, 5395, 2056, 24, 32, 32);
}

/** 2057 */
export function task_resume(target_task: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_task, 5395, 2057, 24, 32, 32);
}

/** 2058 */
export function task_get_special_port(task: u32, which_port: u32, special_port: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, which_port, 28);
  const result = mig_rpc(m, task, 5395, 2058, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(special_port, load<u32>(m, 36));
  return 0;
}

/** 2059 */
export function task_set_special_port(task: u32, which_port: u32, special_port: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, which_port, 28);
  store<u32>(m, 0x10012013, 32);
  store<u32>(m, special_port, 36);
  return mig_rpc(m, task, 5395 | 0x80000000, 2059, 40, 32, 32);
}

/** 2061 */
export function thread_create(parent_task: u32, child_thread: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, parent_task, 5395, 2061, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(child_thread, load<u32>(m, 36));
  return 0;
}

/** 2062 */
export function thread_suspend(target_thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_thread, 5395, 2062, 24, 32, 32);
}

/** 2063 */
export function thread_resume(target_thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_thread, 5395, 2063, 24, 32, 32);
}

/** 2064 */
export function thread_abort(target_thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, target_thread, 5395, 2064, 24, 32, 32);
}

/** 2067 */
export function thread_get_special_port(thread: u32, which_port: u32, special_port: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, which_port, 28);
  const result = mig_rpc(m, thread, 5395, 2067, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(special_port, load<u32>(m, 36));
  return 0;
}

/** 2068 */
export function thread_set_special_port(thread: u32, which_port: u32, special_port: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, which_port, 28);
  store<u32>(m, 0x10012013, 32);
  store<u32>(m, special_port, 36);
  return mig_rpc(m, thread, 5395 | 0x80000000, 2068, 40, 32, 32);
}

/** 2070 */
export function task_set_emulation(target_port: u32, routine_entry_pt: u32, routine_number: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, routine_entry_pt, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, routine_number, 36);
  return mig_rpc(m, target_port, 5395, 2070, 40, 32, 32);
}

/** 2071 */
export function task_ras_control(target_task: u32, basepc: u32, boundspc: u32, flavor: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, basepc, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, boundspc, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, flavor, 44);
  return mig_rpc(m, target_task, 5395, 2071, 48, 32, 32);
}

/** 2089 */
export function vm_map(target_task: u32, address: usize, size: u32, mask: u32, anywhere: u32, memory_object: u32, offset: u32, copy: u32, cur_protection: u32, max_protection: u32, inheritance: u32): i32 {
  const m = stackAlloc(104);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(address), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, mask, 44);
  store<u32>(m, 0x10012000, 48);
  store<u32>(m, anywhere, 52);
  store<u32>(m, 0x10012013, 56);
  store<u32>(m, memory_object, 60);
  store<u32>(m, 0x10012002, 64);
  store<u32>(m, offset, 68);
  store<u32>(m, 0x10012000, 72);
  store<u32>(m, copy, 76);
  store<u32>(m, 0x10012002, 80);
  store<u32>(m, cur_protection, 84);
  store<u32>(m, 0x10012002, 88);
  store<u32>(m, max_protection, 92);
  store<u32>(m, 0x10012002, 96);
  store<u32>(m, inheritance, 100);
  const result = mig_rpc(m, target_task, 5395 | 0x80000000, 2089, 104, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(address, load<u32>(m, 36));
  return 0;
}

/** 2090, one way */
export function memory_object_data_error(memory_control: u32, offset: u32, size: u32, error_value: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, offset, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, error_value, 44);
  return mig_send(m, memory_control, 0, 19, 2090, 48);
}

/** 2092, one way */
export function memory_object_destroy(memory_control: u32, reason: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, reason, 28);
  return mig_send(m, memory_control, 0, 19, 2092, 32);
}

/** 2093, one way */
export function memory_object_data_supply(memory_control: u32, offset: u32, data: usize, dataCnt: u32, dataDealloc: u32, lock_value: u32, precious: u32, reply_to: u32): i32 {
  const m = stackAlloc(72);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, offset, 28);
  store<u32>(m, 0x20000000 | (dataDealloc ? 0x40000000 : 0), 32);
  store<u32>(m, 0x80009, 36);
  store<u32>(m, dataCnt, 40);
  store<u32>(m, <u32>data, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, lock_value, 52);
  store<u32>(m, 0x10012000, 56);
  store<u32>(m, precious, 60);
  store<u32>(m, 0x10012015, 64);
  store<u32>(m, reply_to, 68);
  return mig_send(m, memory_control, 0, 19 | 0x80000000, 2093, 72);
}

/** 2094, one way */
export function memory_object_ready(memory_control: u32, may_cache: u32, copy_strategy: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, may_cache, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, copy_strategy, 36);
  return mig_send(m, memory_control, 0, 19, 2094, 40);
}

/** 2095, one way */
export function memory_object_change_attributes(memory_control: u32, may_cache: u32, copy_strategy: u32, reply_to: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, may_cache, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, copy_strategy, 36);
  store<u32>(m, 0x10012015, 40);
  store<u32>(m, reply_to, 44);
  return mig_send(m, memory_control, 0, 19 | 0x80000000, 2095, 48);
}

/** 2099 */
export function vm_machine_attribute(target_task: u32, address: u32, size: u32, attribute: u32, value: usize): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, attribute, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, load<u32>(value), 52);
  const result = mig_rpc(m, target_task, 5395, 2099, 56, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(value, load<u32>(m, 36));
  return 0;
}
