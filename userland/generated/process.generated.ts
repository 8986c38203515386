// User stubs of abi/defs/process.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 24000 */
export function proc_child(process: u32, child: u32, name: usize, pid: usize, child_process: usize): i32 {
  const m = stackAlloc(108);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, child, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x200000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, name, 64);
  const result = mig_rpc(m, process, 5395 | 0x80000000, 24000, 108, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(pid, load<u32>(m, 36));
  store<u32>(child_process, load<u32>(m, 44));
  return 0;
}

/** 24001 */
export function proc_wait_request(process: u32, pid: u32, options: u32, status: usize, ended: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, pid, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, options, 36);
  const result = mig_rpc(m, process, 5395, 24001, 40, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(status, load<u32>(m, 36));
  store<u32>(ended, load<u32>(m, 44));
  return 0;
}

/** 24002 */
export function proc_kill(process: u32, pid: u32, signal: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, pid, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, signal, 36);
  return mig_rpc(m, process, 5395, 24002, 40, 32, 32);
}

/** 24003 */
export function proc_getpids(process: u32, pid: usize, parent: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, process, 5395, 24003, 24, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(pid, load<u32>(m, 36));
  store<u32>(parent, load<u32>(m, 44));
  return 0;
}

/** 24004 */
export function proc_getallpids(process: u32, pids: usize, pidsCnt: usize): i32 {
  const m = stackAlloc(1060);
  const result = mig_rpc(m, process, 5395, 24004, 24, 1060, 36);
  if (result != 0) return result;
  const pids_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (pids_count > 256 || pids_count > load<u32>(pidsCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(pids, m + 36, pids_count * 4);
  store<u32>(pidsCnt, pids_count);
  return 0;
}

/** 24005 */
export function proc_getprocinfo(process: u32, pid: u32, parent: usize, name: usize): i32 {
  const m = stackAlloc(116);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, pid, 28);
  const result = mig_rpc(m, process, 5395, 24005, 32, 116, 116);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(parent, load<u32>(m, 36));
  memory.copy(name, m + 52, 64);
  return 0;
}

/** 24006 */
export function proc_pid2task(process: u32, pid: u32, task: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, pid, 28);
  const result = mig_rpc(m, process, 5395, 24006, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(task, load<u32>(m, 36));
  return 0;
}

/** 24007 */
export function proc_reassign(process: u32, new_task: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, new_task, 28);
  return mig_rpc(m, process, 5395 | 0x80000000, 24007, 32, 32, 32);
}

/** 24008 */
export function proc_setmsgport(process: u32, newmsgport: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, newmsgport, 28);
  return mig_rpc(m, process, 5395 | 0x80000000, 24008, 32, 32, 32);
}

/** 24009 */
export function proc_setpgrp(process: u32, pid: u32, group: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, pid, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, group, 36);
  return mig_rpc(m, process, 5395, 24009, 40, 32, 32);
}
