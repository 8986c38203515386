// User stubs of abi/defs/mach_debug.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 3007 */
export function mach_port_get_srights(task: u32, name: u32, srights: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3007, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(srights, load<u32>(m, 36));
  return 0;
}

/** 3011 */
export function mach_port_dnrequest_info(task: u32, name: u32, total: usize, used: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3011, 32, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(total, load<u32>(m, 36));
  store<u32>(used, load<u32>(m, 44));
  return 0;
}

/** 3018 */
export function mach_port_kernel_object(task: u32, name: u32, object_type: usize, object_addr: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x1001200f, 24);
  store<u32>(m, name, 28);
  const result = mig_rpc(m, task, 5395, 3018, 32, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(object_type, load<u32>(m, 36));
  store<u32>(object_addr, load<u32>(m, 44));
  return 0;
}

/** 3019 */
export function mach_vm_region_info(task: u32, address: u32, region: usize, object: usize): i32 {
  const m = stackAlloc(88);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, address, 28);
  const result = mig_rpc(m, task, 5395, 3019, 32, 88, 88);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x100b2002) | (load<u32>(m, 80) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  memory.copy(region, m + 36, 44);
  store<u32>(object, load<u32>(m, 84));
  return 0;
}

/** 3022 */
export function host_slab_info(host: u32, info: usize, infoCnt: usize): i32 {
  const m = stackAlloc(2020);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(infoCnt), 28);
  const result = mig_rpc(m, host, 5395, 3022, 32, 2020, 44);
  if (result != 0) return result;
  const info_count: u32 = load<u32>(m, 40) / 19;
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(info, load<u32>(m, 44));
  } else {
    if (info_count > 26 || info_count > load<u32>(infoCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(info), m + 44, info_count * 76);
  }
  store<u32>(infoCnt, info_count);
  return 0;
}
