// User stubs of abi/defs/mach386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 4600 */
export function host_vm_merge_info(host: u32, info: usize, infoCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(infoCnt), 28);
  const result = mig_rpc(m, host, 5395, 4600, 32, 2092, 44);
  if (result != 0) return result;
  const info_count: u32 = load<u32>(m, 40);
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(info, load<u32>(m, 44));
  } else {
    if (info_count > 512 || info_count > load<u32>(infoCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(info), m + 44, info_count * 4);
  }
  store<u32>(infoCnt, info_count);
  return 0;
}
