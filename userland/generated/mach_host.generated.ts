// User stubs of abi/defs/mach_host.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2600 */
export function host_processors(host_priv: u32, processor_list: usize, processor_listCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, host_priv, 5395, 2600, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(processor_list, load<u32>(m, 44));
  store<u32>(processor_listCnt, load<u32>(m, 40));
  return 0;
}

/** 2603 */
export function processor_start(processor: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, processor, 5395, 2603, 24, 32, 32);
}

/** 2604 */
export function processor_exit(processor: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, processor, 5395, 2604, 24, 32, 32);
}

/** 2606 */
export function processor_set_default(host: u32, default_set: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, host, 5395, 2606, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(default_set, load<u32>(m, 36));
  return 0;
}

/** 2608 */
export function processor_set_create(host: u32, new_set: usize, new_name: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, host, 5395, 2608, 24, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011) | (load<u32>(m, 40) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(new_set, load<u32>(m, 36));
  store<u32>(new_name, load<u32>(m, 44));
  return 0;
}

/** 2609 */
export function processor_set_destroy(set: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, set, 5395, 2609, 24, 32, 32);
}

/** 2611 */
export function processor_assign(processor: u32, new_set: u32, wait: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, new_set, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, wait, 36);
  return mig_rpc(m, processor, 5395 | 0x80000000, 2611, 40, 32, 32);
}

/** 2612 */
export function processor_get_assignment(processor: u32, assigned_set: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, processor, 5395, 2612, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(assigned_set, load<u32>(m, 36));
  return 0;
}

/** 2613 */
export function thread_assign(thread: u32, new_set: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, new_set, 28);
  return mig_rpc(m, thread, 5395 | 0x80000000, 2613, 32, 32, 32);
}

/** 2614 */
export function thread_assign_default(thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, thread, 5395, 2614, 24, 32, 32);
}

/** 2615 */
export function thread_get_assignment(thread: u32, assigned_set: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, thread, 5395, 2615, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(assigned_set, load<u32>(m, 36));
  return 0;
}

/** 2616 */
export function task_assign(task: u32, new_set: u32, assign_threads: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, new_set, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, assign_threads, 36);
  return mig_rpc(m, task, 5395 | 0x80000000, 2616, 40, 32, 32);
}

/** 2617 */
export function task_assign_default(task: u32, assign_threads: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, assign_threads, 28);
  return mig_rpc(m, task, 5395, 2617, 32, 32, 32);
}

/** 2618 */
export function task_get_assignment(task: u32, assigned_set: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, task, 5395, 2618, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(assigned_set, load<u32>(m, 36));
  return 0;
}

/** 2619 */
export function host_kernel_version(host: u32, kernel_version: usize): i32 {
  const m = stackAlloc(556);
  const result = mig_rpc(m, host, 5395, 2619, 24, 556, 556);
  if (result != 0) return result;
  memory.copy(kernel_version, m + 44, 512);
  return 0;
}

/** 2620 */
export function thread_priority(thread: u32, priority: u32, set_max: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, priority, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, set_max, 36);
  return mig_rpc(m, thread, 5395, 2620, 40, 32, 32);
}

/** 2621 */
export function thread_max_priority(thread: u32, processor_set: u32, max_priority: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, processor_set, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, max_priority, 36);
  return mig_rpc(m, thread, 5395 | 0x80000000, 2621, 40, 32, 32);
}

/** 2622 */
export function task_priority(task: u32, priority: u32, change_threads: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, priority, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, change_threads, 36);
  return mig_rpc(m, task, 5395, 2622, 40, 32, 32);
}

/** 2623 */
export function processor_set_max_priority(processor_set: u32, max_priority: u32, change_threads: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, max_priority, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, change_threads, 36);
  return mig_rpc(m, processor_set, 5395, 2623, 40, 32, 32);
}

/** 2624 */
export function thread_policy(thread: u32, policy: u32, data: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, policy, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, data, 36);
  return mig_rpc(m, thread, 5395, 2624, 40, 32, 32);
}

/** 2625 */
export function processor_set_policy_enable(processor_set: u32, policy: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, policy, 28);
  return mig_rpc(m, processor_set, 5395, 2625, 32, 32, 32);
}

/** 2626 */
export function processor_set_policy_disable(processor_set: u32, policy: u32, change_threads: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, policy, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, change_threads, 36);
  return mig_rpc(m, processor_set, 5395, 2626, 40, 32, 32);
}

/** 2627 */
export function processor_set_tasks(processor_set: u32, task_list: usize, task_listCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, processor_set, 5395, 2627, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(task_list, load<u32>(m, 44));
  store<u32>(task_listCnt, load<u32>(m, 40));
  return 0;
}

/** 2628 */
export function processor_set_threads(processor_set: u32, thread_list: usize, thread_listCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, processor_set, 5395, 2628, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(thread_list, load<u32>(m, 44));
  store<u32>(thread_listCnt, load<u32>(m, 40));
  return 0;
}

/** 2629 */
export function host_processor_sets(host: u32, processor_sets: usize, processor_setsCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, host, 5395, 2629, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(processor_sets, load<u32>(m, 44));
  store<u32>(processor_setsCnt, load<u32>(m, 40));
  return 0;
}

/** 2630 */
export function host_processor_set_priv(host_priv: u32, set_name: u32, set: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, set_name, 28);
  const result = mig_rpc(m, host_priv, 5395 | 0x80000000, 2630, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(set, load<u32>(m, 36));
  return 0;
}

/** 2631 */
export function thread_depress_abort(thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, thread, 5395, 2631, 24, 32, 32);
}

/** 2632 */
export function host_set_time(host_priv: u32, new_time: usize): i32 {
  const m = stackAlloc(36);
  store<u32>(m, 0x10022002, 24);
  memory.copy(m + 28, new_time, 8);
  return mig_rpc(m, host_priv, 5395, 2632, 36, 32, 32);
}

/** 2633 */
export function host_adjust_time(host_priv: u32, new_adjustment: usize, old_adjustment: usize): i32 {
  const m = stackAlloc(44);
  store<u32>(m, 0x10022002, 24);
  memory.copy(m + 28, new_adjustment, 8);
  const result = mig_rpc(m, host_priv, 5395, 2633, 36, 44, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10022002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(old_adjustment, m + 36, 8);
  return 0;
}

/** 2634 */
export function host_get_time(host: u32, current_time: usize): i32 {
  const m = stackAlloc(44);
  const result = mig_rpc(m, host, 5395, 2634, 24, 44, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10022002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(current_time, m + 36, 8);
  return 0;
}

/** 2635 */
export function host_reboot(host_priv: u32, options: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, options, 28);
  return mig_rpc(m, host_priv, 5395, 2635, 32, 32, 32);
}

/** 2636 */
export function vm_wire(host: u32, task: u32, address: u32, size: u32, access: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, address, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, size, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, access, 52);
  return mig_rpc(m, host, 5395 | 0x80000000, 2636, 56, 32, 32);
}

/** 2637 */
export function thread_wire(host_priv: u32, thread: u32, wired: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, thread, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, wired, 36);
  return mig_rpc(m, host_priv, 5395 | 0x80000000, 2637, 40, 32, 32);
}

/** 2638 */
export function host_info(host: u32, flavor: u32, host_info_out: usize, host_info_outCnt: usize): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(host_info_outCnt), 36);
  const result = mig_rpc(m, host, 5395, 2638, 40, 4132, 36);
  if (result != 0) return result;
  const host_info_out_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (host_info_out_count > 1024 || host_info_out_count > load<u32>(host_info_outCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(host_info_out, m + 36, host_info_out_count * 4);
  store<u32>(host_info_outCnt, host_info_out_count);
  return 0;
}

/** 2639 */
export function processor_info(processor: u32, flavor: u32, host: usize, processor_info_out: usize, processor_info_outCnt: usize): i32 {
  const m = stackAlloc(4140);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(processor_info_outCnt), 36);
  const result = mig_rpc(m, processor, 5395, 2639, 40, 4140, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(host, load<u32>(m, 36));
  const processor_info_out_count: u32 = ((load<u32>(m, 40) >> 16) & 0xfff);
  if (processor_info_out_count > 1024 || processor_info_out_count > load<u32>(processor_info_outCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(processor_info_out, m + 44, processor_info_out_count * 4);
  store<u32>(processor_info_outCnt, processor_info_out_count);
  return 0;
}

/** 2640 */
export function processor_set_info(set_name: u32, flavor: u32, host: usize, info_out: usize, info_outCnt: usize): i32 {
  const m = stackAlloc(4140);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(info_outCnt), 36);
  const result = mig_rpc(m, set_name, 5395, 2640, 40, 4140, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(host, load<u32>(m, 36));
  const info_out_count: u32 = ((load<u32>(m, 40) >> 16) & 0xfff);
  if (info_out_count > 1024 || info_out_count > load<u32>(info_outCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(info_out, m + 44, info_out_count * 4);
  store<u32>(info_outCnt, info_out_count);
  return 0;
}

/** 2641 */
export function processor_control(processor: u32, processor_cmd: usize, processor_cmdCnt: u32): i32 {
  const m = stackAlloc(4124);
  if (processor_cmdCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10002002 | (processor_cmdCnt << 16), 24);
  memory.copy(m + 28, processor_cmd, processor_cmdCnt * 4);
  const r0 = m + processor_cmdCnt * 4 - 4096;
  return mig_rpc(m, processor, 5395, 2641, <u32>(r0 - m) + 4124, 32, 32);
}

/** 2643 */
export function host_get_time64(host: u32, current_time: usize): i32 {
  const m = stackAlloc(52);
  const result = mig_rpc(m, host, 5395, 2643, 24, 52, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10042002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(current_time, m + 36, 16);
  return 0;
}

/** 2644 */
export function host_set_time64(host_priv: u32, new_time: usize): i32 {
  const m = stackAlloc(44);
  store<u32>(m, 0x10042002, 24);
  memory.copy(m + 28, new_time, 16);
  return mig_rpc(m, host_priv, 5395, 2644, 44, 32, 32);
}

/** 2645 */
export function host_adjust_time64(host_priv: u32, new_adjustment: usize, old_adjustment: usize): i32 {
  const m = stackAlloc(52);
  store<u32>(m, 0x10042002, 24);
  memory.copy(m + 28, new_adjustment, 16);
  const result = mig_rpc(m, host_priv, 5395, 2645, 44, 52, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10042002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(old_adjustment, m + 36, 16);
  return 0;
}

/** 2646 */
export function host_get_kernel_version(host: u32, kernel_version: usize): i32 {
  const m = stackAlloc(548);
  const result = mig_rpc(m, host, 5395, 2646, 24, 548, 548);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x1200080c)) != 0) return MIG_TYPE_ERROR;
  memory.copy(kernel_version, m + 36, 512);
  return 0;
}

/** 2647 */
export function host_get_uptime64(host: u32, uptime: usize): i32 {
  const m = stackAlloc(52);
  const result = mig_rpc(m, host, 5395, 2647, 24, 52, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10042002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(uptime, m + 36, 16);
  return 0;
}

/** 2648 */
export function processor_set_processors(processor_set: u32, processors_list: usize, processors_listCnt: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, processor_set, 5395, 2648, 24, 48, 48);
  if (result != 0) return result;
  store<u32>(processors_list, load<u32>(m, 44));
  store<u32>(processors_listCnt, load<u32>(m, 40));
  return 0;
}

/** 2649 */
export function task_max_priority(host: u32, task: u32, max_priority: u32, set_priority: u32, change_threads: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, max_priority, 36);
  store<u32>(m, 0x10012000, 40);
  store<u32>(m, set_priority, 44);
  store<u32>(m, 0x10012000, 48);
  store<u32>(m, change_threads, 52);
  return mig_rpc(m, host, 5395 | 0x80000000, 2649, 56, 32, 32);
}
