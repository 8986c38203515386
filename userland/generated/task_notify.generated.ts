// User stubs of abi/defs/task_notify.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 4400, one way */
export function mach_notify_new_task(notify: u32, task: u32, parent: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012011, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x10012011, 32);
  store<u32>(m, parent, 36);
  return mig_send(m, notify, 0, 19 | 0x80000000, 4400, 40);
}
