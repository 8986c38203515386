// User stubs of abi/defs/mach_host.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

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

/** 2622 */
export function task_priority(task: u32, priority: u32, change_threads: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, priority, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, change_threads, 36);
  return mig_rpc(m, task, 5395, 2622, 40, 32, 32);
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

/** 2631 */
export function thread_depress_abort(thread: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, thread, 5395, 2631, 24, 32, 32);
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

/** 2643 */
export function host_get_time64(host: u32, current_time: usize): i32 {
  const m = stackAlloc(52);
  const result = mig_rpc(m, host, 5395, 2643, 24, 52, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10042002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(current_time, m + 36, 16);
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
