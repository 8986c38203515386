// User stubs of abi/defs/mach_port.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 3200 */
export function mach_port_names(task: u32, names: usize, namesCnt: usize, types: usize, typesCnt: usize): i32 {
  const m = stackAlloc(64);
  const result = mig_rpc(m, task, 5395, 3200, 24, 64, 64);
  if (result != 0) return result;
  store<u32>(names, load<u32>(m, 44));
  store<u32>(namesCnt, load<u32>(m, 40));
  store<u32>(types, load<u32>(m, 60));
  store<u32>(typesCnt, load<u32>(m, 56));
  return 0;
}

/** 3201 */
export function mach_port_type(task: u32, name: u32, ptype: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3201, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(ptype, load<u32>(m, 36));
  return 0;
}

/** 3202 */
export function mach_port_rename(task: u32, old_name: u32, new_name: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, old_name, 28);
  store<u32>(m, 0x1001200f, 32);
  store<u32>(m, new_name, 36);
  return mig_rpc(m, task, 5395, 3202, 40, 32, 32);
}

/** 3203 */
export function mach_port_allocate_name(task: u32, right: u32, name: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, right, 28);
  store<u32>(m, 0x1001200f, 32);
  store<u32>(m, name, 36);
  return mig_rpc(m, task, 5395, 3203, 40, 32, 32);
}

/** 3204 */
export function mach_port_allocate(task: u32, right: u32, name: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, right, 28);
  const result = mig_rpc(m, task, 5395, 3204, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x1001200f)) != 0) return MIG_TYPE_ERROR;
  store<u32>(name, load<u32>(m, 36));
  return 0;
}

/** 3205 */
export function mach_port_destroy(task: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_rpc(m, task, 5395, 3205, 32, 32, 32);
}

/** 3206 */
export function mach_port_deallocate(task: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_rpc(m, task, 5395, 3206, 32, 32, 32);
}

/** 3207 */
export function mach_port_get_refs(task: u32, name: u32, right: u32, refs: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, right, 36);
  const result = mig_rpc(m, task, 5395, 3207, 40, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(refs, load<u32>(m, 36));
  return 0;
}

/** 3208 */
export function mach_port_mod_refs(task: u32, name: u32, right: u32, delta: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, right, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, delta, 44);
  return mig_rpc(m, task, 5395, 3208, 48, 32, 32);
}

/** 3210 */
export function mach_port_set_qlimit(task: u32, name: u32, qlimit: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, qlimit, 36);
  return mig_rpc(m, task, 5395, 3210, 40, 32, 32);
}

/** 3211 */
export function mach_port_set_mscount(task: u32, name: u32, mscount: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, mscount, 36);
  return mig_rpc(m, task, 5395, 3211, 40, 32, 32);
}

/** 3212 */
export function mach_port_get_set_status(task: u32, name: u32, members: usize, membersCnt: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3212, 32, 48, 48);
  if (result != 0) return result;
  store<u32>(members, load<u32>(m, 44));
  store<u32>(membersCnt, load<u32>(m, 40));
  return 0;
}

/** 3213 */
export function mach_port_move_member(task: u32, member: u32, after: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, member, 28);
  store<u32>(m, 0x1001200f, 32);
  store<u32>(m, after, 36);
  return mig_rpc(m, task, 5395, 3213, 40, 32, 32);
}

/** 3214 */
export function mach_port_request_notification(task: u32, name: u32, id: u32, sync: u32, notify: u32, notifyPoly: u32, previous: usize): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, id, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, sync, 44);
  store<u32>(m, 0x10012000 | notifyPoly, 48);
  store<u32>(m, notify, 52);
  const result = mig_rpc(m, task, 5395 | (notifyPoly ? <u32>0x80000000 : 0), 3214, 56, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012012)) != 0) return MIG_TYPE_ERROR;
  store<u32>(previous, load<u32>(m, 36));
  return 0;
}

/** 3215 */
export function mach_port_insert_right(task: u32, name: u32, poly: u32, polyPoly: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012000 | polyPoly, 32);
  store<u32>(m, poly, 36);
  return mig_rpc(m, task, 5395 | (polyPoly ? <u32>0x80000000 : 0), 3215, 40, 32, 32);
}

/** 3216 */
export function mach_port_extract_right(task: u32, name: u32, msgt_name: u32, poly: usize, polyPoly: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, msgt_name, 36);
  const result = mig_rpc(m, task, 5395, 3216, 40, 40, 40);
  if (result != 0) return result;
  store<u32>(poly, load<u32>(m, 36));
  store<u32>(polyPoly, load<u32>(m, 32) & 0xff);
  return 0;
}

/** 3217 */
export function mach_port_get_receive_status(task: u32, name: u32, status: usize): i32 {
  const m = stackAlloc(72);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3217, 32, 72, 72);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10092002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(status, m + 36, 36);
  return 0;
}

/** 3218 */
export function mach_port_set_seqno(task: u32, name: u32, seqno: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, seqno, 36);
  return mig_rpc(m, task, 5395, 3218, 40, 32, 32);
}

/** 3221 */
export function mach_port_set_protected_payload(task: u32, name: u32, payload: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, payload, 36);
  return mig_rpc(m, task, 5395, 3221, 40, 32, 32);
}

/** 3222 */
export function mach_port_clear_protected_payload(task: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_rpc(m, task, 5395, 3222, 32, 32, 32);
}

/** 3223 */
export function mach_port_set_ktype(host: u32, task: u32, name: u32, right: u32, ktype: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x1001200f, 32);
  store<u32>(m, name, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, right, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, ktype, 52);
  return mig_rpc(m, host, 5395 | 0x80000000, 3223, 56, 32, 32);
}
