// User stubs of abi/defs/exc.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2400 */
export function exception_raise(exception_port: u32, thread: u32, task: u32, exception: u32, code: u32, subcode: u32): i32 {
  const m = stackAlloc(64);
  store<u32>(m, 0x10012011, 24);
  store<u32>(m, thread, 28);
  store<u32>(m, 0x10012011, 32);
  store<u32>(m, task, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, exception, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, code, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, subcode, 60);
  return mig_rpc(m, exception_port, 5395 | 0x80000000, 2400, 64, 32, 32);
}
