// User stubs of abi/defs/pipe.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 26000 */
export function pipe_create(server: u32, read_end: usize, write_end: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, server, 5395, 26000, 24, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011) | (load<u32>(m, 40) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(read_end, load<u32>(m, 36));
  store<u32>(write_end, load<u32>(m, 44));
  return 0;
}
