// User stubs of abi/defs/notify.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 65, one way */
export function mach_notify_port_deleted(notify: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_send(m, notify, 0, 18, 65, 32);
}

/** 66, one way */
export function mach_notify_msg_accepted(notify: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_send(m, notify, 0, 18, 66, 32);
}

/** 69, one way */
export function mach_notify_port_destroyed(notify: u32, rights: u32, rightsPoly: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012000 | rightsPoly, 24);
  store<u32>(m, rights, 28);
  return mig_send(m, notify, 0, 18 | (rightsPoly ? <u32>0x80000000 : 0), 69, 32);
}

/** 70, one way */
export function mach_notify_no_senders(notify: u32, mscount: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mscount, 28);
  return mig_send(m, notify, 0, 18, 70, 32);
}

/** 71, one way */
export function mach_notify_send_once(notify: u32): i32 {
  const m = stackAlloc(24);
  return mig_send(m, notify, 0, 18, 71, 24);
}

/** 72, one way */
export function mach_notify_dead_name(notify: u32, name: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  return mig_send(m, notify, 0, 18, 72, 32);
}
