// User stubs of abi/defs/gnumach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 4200 */
export function vm_cache_statistics(target_task: u32, vm_cache_stats: usize): i32 {
  const m = stackAlloc(80);
  const result = mig_rpc(m, target_task, 5395, 4200, 24, 80, 80);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x100b2002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(vm_cache_stats, m + 36, 44);
  return 0;
}

/** 4201, one way */
export function thread_terminate_release(thread: u32, task: u32, thread_name: u32, reply_port: u32, address: u32, size: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x1001200f, 32);
  store<u32>(m, thread_name, 36);
  store<u32>(m, 0x1001200f, 40);
  store<u32>(m, reply_port, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, address, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, size, 60);
  return mig_send(m, thread, 19 | 0x80000000, 4201, 64);
}

/** 4202, one way */
export function task_set_name(task: u32, name: usize, nameCnt: u32): i32 {
  const m = stackAlloc(92);
  if (nameCnt > 64) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x1000080c | (nameCnt << 16), 24);
  memory.copy(m + 28, name, nameCnt);
  const r0 = m + ((nameCnt + 3) & ~3) - 64;
  return mig_send(m, task, 19, 4202, <u32>(r0 - m) + 92);
}

/** 4207 */
export function vm_wire_all(host: u32, task: u32, flags: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, flags, 36);
  return mig_rpc(m, host, 5395 | 0x80000000, 4207, 40, 32, 32);
}

/** 4209 */
export function vm_msync(task: u32, address: u32, size: u32, sync_flags: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, sync_flags, 44);
  return mig_rpc(m, task, 5395, 4209, 48, 32, 32);
}

/** 4215 */
export function vm_set_size_limit(host_port: u32, map: u32, current_limit: u32, max_limit: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, map, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, current_limit, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, max_limit, 44);
  return mig_rpc(m, host_port, 5395 | 0x80000000, 4215, 48, 32, 32);
}

/** 4216 */
export function vm_get_size_limit(map: u32, current_limit: usize, max_limit: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, map, 5395, 4216, 24, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(current_limit, load<u32>(m, 36));
  store<u32>(max_limit, load<u32>(m, 44));
  return 0;
}
