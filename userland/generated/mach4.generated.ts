// User stubs of abi/defs/mach4.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 4000 */
export function task_enable_pc_sampling(host: u32, tick: usize, flavor: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  const result = mig_rpc(m, host, 5395, 4000, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(tick, load<u32>(m, 36));
  return 0;
}

/** 4001 */
export function task_disable_pc_sampling(task: u32, samplecnt: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, task, 5395, 4001, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(samplecnt, load<u32>(m, 36));
  return 0;
}

/** 4002 */
export function task_get_sampled_pcs(task: u32, seqno: usize, sampled_pcs: usize, sampled_pcsCnt: usize): i32 {
  const m = stackAlloc(6188);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(seqno), 28);
  const result = mig_rpc(m, task, 5395, 4002, 32, 6188, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(seqno, load<u32>(m, 36));
  const sampled_pcs_count: u32 = ((load<u32>(m, 40) >> 16) & 0xfff) / 3;
  if (sampled_pcs_count > 512 || sampled_pcs_count > load<u32>(sampled_pcsCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(sampled_pcs, m + 44, sampled_pcs_count * 12);
  store<u32>(sampled_pcsCnt, sampled_pcs_count);
  return 0;
}

/** 4003 */
export function thread_enable_pc_sampling(host: u32, tick: usize, flavor: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  const result = mig_rpc(m, host, 5395, 4003, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(tick, load<u32>(m, 36));
  return 0;
}

/** 4004 */
export function thread_disable_pc_sampling(thread: u32, samplecnt: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, thread, 5395, 4004, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(samplecnt, load<u32>(m, 36));
  return 0;
}

/** 4005 */
export function thread_get_sampled_pcs(thread: u32, seqno: usize, sampled_pcs: usize, sampled_pcsCnt: usize): i32 {
  const m = stackAlloc(6188);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(seqno), 28);
  const result = mig_rpc(m, thread, 5395, 4005, 32, 6188, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(seqno, load<u32>(m, 36));
  const sampled_pcs_count: u32 = ((load<u32>(m, 40) >> 16) & 0xfff) / 3;
  if (sampled_pcs_count > 512 || sampled_pcs_count > load<u32>(sampled_pcsCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(sampled_pcs, m + 44, sampled_pcs_count * 12);
  store<u32>(sampled_pcsCnt, sampled_pcs_count);
  return 0;
}

/** 4010 */
export function memory_object_create_proxy(task: u32, max_protection: u32, object: usize, objectCnt: u32, objectPoly: u32, offset: usize, offsetCnt: u32, start: usize, startCnt: u32, len: usize, lenCnt: u32, proxy: usize): i32 {
  const m = memory.data(16432, 4);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, max_protection, 28);
  if (objectCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10002000 | objectPoly | (objectCnt << 16), 32);
  memory.copy(m + 36, object, objectCnt * 4);
  const r1 = m + objectCnt * 4 - 4096;
  if (offsetCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(r1, 0x10002002 | (offsetCnt << 16), 4132);
  memory.copy(r1 + 4136, offset, offsetCnt * 4);
  const r2 = r1 + offsetCnt * 4 - 4096;
  if (startCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(r2, 0x10002002 | (startCnt << 16), 8232);
  memory.copy(r2 + 8236, start, startCnt * 4);
  const r3 = r2 + startCnt * 4 - 4096;
  if (lenCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(r3, 0x10002002 | (lenCnt << 16), 12332);
  memory.copy(r3 + 12336, len, lenCnt * 4);
  const r4 = r3 + lenCnt * 4 - 4096;
  const result = mig_rpc(m, task, 5395 | (objectPoly ? <u32>0x80000000 : 0), 4010, <u32>(r4 - m) + 16432, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(proxy, load<u32>(m, 36));
  return 0;
}

/** 4011 */
export function vm_region_create_proxy(task: u32, address: u32, max_protection: u32, len: u32, proxy: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, max_protection, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, len, 44);
  const result = mig_rpc(m, task, 5395, 4011, 48, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(proxy, load<u32>(m, 36));
  return 0;
}
