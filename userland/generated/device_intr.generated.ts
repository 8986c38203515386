// User stubs of abi/defs/device_intr.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 100, one way */
export function device_intr_notify(receive_port: u32, irq: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, irq, 28);
  return mig_send(m, receive_port, 0, 19, 100, 32);
}
