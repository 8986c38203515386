// User stubs of abi/defs/term.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 28000 */
export function term_set_mode(terminal: u32, mode: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  return mig_rpc(m, terminal, 5395, 28000, 32, 32, 32);
}

/** 28001 */
export function term_get_ready(terminal: u32, ready: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, terminal, 5395, 28001, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(ready, load<u32>(m, 36));
  return 0;
}

/** 28002 */
export function term_set_foreground(terminal: u32, process: u32, group: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, process, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, group, 36);
  return mig_rpc(m, terminal, 5395 | 0x80000000, 28002, 40, 32, 32);
}
