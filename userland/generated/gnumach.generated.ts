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
  return mig_send(m, thread, 0, 19 | 0x80000000, 4201, 64);
}

/** 4202, one way */
export function task_set_name(task: u32, name: usize, nameCnt: u32): i32 {
  const m = stackAlloc(92);
  if (nameCnt > 64) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x1000080c | (nameCnt << 16), 24);
  memory.copy(m + 28, name, nameCnt);
  const r0 = m + ((nameCnt + 3) & ~3) - 64;
  return mig_send(m, task, 0, 19, 4202, <u32>(r0 - m) + 92);
}

/** 4203 */
export function register_new_task_notification(host_priv: u32, notification: u32, notificationPoly: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012000 | notificationPoly, 24);
  store<u32>(m, notification, 28);
  return mig_rpc(m, host_priv, 5395 | (notificationPoly ? <u32>0x80000000 : 0), 4203, 32, 32, 32);
}

/** 4204 */
export function gsync_wait(task: u32, addr: u32, val1: u32, val2: u32, msec: u32, flags: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, addr, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, val1, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, val2, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, msec, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, flags, 60);
  return mig_rpc(m, task, 5395, 4204, 64, 32, 32);
}

/** 4205, one way */
export function gsync_wake(task: u32, addr: u32, val: u32, flags: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, addr, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, val, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, flags, 44);
  return mig_send(m, task, 0, 19, 4205, 48);
}

/** 4206, one way */
export function gsync_requeue(task: u32, src_addr: u32, dst_addr: u32, wake_one: u32, flags: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, src_addr, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, dst_addr, 36);
  store<u32>(m, 0x10012000, 40);
  store<u32>(m, wake_one, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, flags, 52);
  return mig_send(m, task, 0, 19, 4206, 56);
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

/** 4208 */
export function vm_object_sync(object: u32, offset: u32, size: u32, should_flush: u32, should_return: u32, should_iosync: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, offset, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x10012000, 40);
  store<u32>(m, should_flush, 44);
  store<u32>(m, 0x10012000, 48);
  store<u32>(m, should_return, 52);
  store<u32>(m, 0x10012000, 56);
  store<u32>(m, should_iosync, 60);
  return mig_rpc(m, object, 5395, 4208, 64, 32, 32);
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

/** 4210 */
export function vm_allocate_contiguous(host_priv: u32, target_task: u32, vaddr: usize, paddr: usize, size: u32, pmin: u64, pmax: u64, palign: u64): i32 {
  const m = stackAlloc(76);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, target_task, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  store<u32>(m, 0x1001400b, 40);
  store<u64>(m, pmin, 44);
  store<u32>(m, 0x1001400b, 52);
  store<u64>(m, pmax, 56);
  store<u32>(m, 0x1001400b, 64);
  store<u64>(m, palign, 68);
  const result = mig_rpc(m, host_priv, 5395 | 0x80000000, 4210, 76, 52, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x1001400b)) != 0) return MIG_TYPE_ERROR;
  store<u32>(vaddr, load<u32>(m, 36));
  store<u64>(paddr, load<u64>(m, 44));
  return 0;
}

/** 4211, one way */
export function task_set_essential(task: u32, essential: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, essential, 28);
  return mig_send(m, task, 0, 19, 4211, 32);
}

/** 4212 */
export function vm_pages_phys(host: u32, target_task: u32, vaddr: u32, size: u32, pages: usize, pagesCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, target_task, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, vaddr, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, size, 44);
  const result = mig_rpc(m, host, 5395 | 0x80000000, 4212, 48, 2092, 44);
  if (result != 0) return result;
  const pages_count: u32 = load<u32>(m, 40);
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(pages, load<u32>(m, 44));
  } else {
    if (pages_count > 256 || pages_count > load<u32>(pagesCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(pages), m + 44, pages_count * 8);
  }
  store<u32>(pagesCnt, pages_count);
  return 0;
}

/** 4213, one way */
export function thread_set_name(thread: u32, name: usize, nameCnt: u32): i32 {
  const m = stackAlloc(92);
  if (nameCnt > 64) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x1000080c | (nameCnt << 16), 24);
  memory.copy(m + 28, name, nameCnt);
  const r0 = m + ((nameCnt + 3) & ~3) - 64;
  return mig_send(m, thread, 0, 19, 4213, <u32>(r0 - m) + 92);
}

/** 4214 */
export function thread_get_name(thread: u32, name: usize, nameCnt: usize): i32 {
  const m = stackAlloc(100);
  const result = mig_rpc(m, thread, 5395, 4214, 24, 100, 36);
  if (result != 0) return result;
  const name_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (name_count > 64 || name_count > load<u32>(nameCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(name, m + 36, name_count);
  store<u32>(nameCnt, name_count);
  return 0;
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
