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

/** 4601 */
export function vm_read_bytes(target_task: u32, address: u32, size: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(2084);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, size, 36);
  const result = mig_rpc(m, target_task, 5395, 4601, 40, 2084, 36);
  if (result != 0) return result;
  const data_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (data_count > 2048 || data_count > load<u32>(dataCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(data, m + 36, data_count);
  store<u32>(dataCnt, data_count);
  return 0;
}

/** 4602 */
export function vm_write_bytes(target_task: u32, address: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(2084);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  if (dataCnt > 2048) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (dataCnt << 16), 32);
  memory.copy(m + 36, data, dataCnt);
  const r1 = m + ((dataCnt + 3) & ~3) - 2048;
  return mig_rpc(m, target_task, 5395, 4602, <u32>(r1 - m) + 2084, 32, 32);
}
