// User stubs of abi/defs/mach_i386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 3803 */
export function i386_set_ldt(target_thread: u32, first_selector: u32, desc_list: usize, desc_listCnt: u32): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, first_selector, 28);
  if (desc_listCnt > 256) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x200002, 36);
  store<u32>(m, desc_listCnt * 2, 40);
  memory.copy(m + 44, desc_list, desc_listCnt * 8);
  const r1 = m + desc_listCnt * 8 - 2048;
  return mig_rpc(m, target_thread, 5395, 3803, <u32>(r1 - m) + 2092, 32, 32);
}

/** 3804 */
export function i386_get_ldt(target_thread: u32, first_selector: u32, selector_count: u32, desc_list: usize, desc_listCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, first_selector, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, selector_count, 36);
  const result = mig_rpc(m, target_thread, 5395, 3804, 40, 2092, 44);
  if (result != 0) return result;
  const desc_list_count: u32 = load<u32>(m, 40) / 2;
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(desc_list, load<u32>(m, 44));
  } else {
    if (desc_list_count > 256 || desc_list_count > load<u32>(desc_listCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(desc_list), m + 44, desc_list_count * 8);
  }
  store<u32>(desc_listCnt, desc_list_count);
  return 0;
}

/** 3805 */
export function i386_io_perm_create(master_port: u32, from: u32, to: u32, io_perm: usize): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10011001, 24);
  store<u32>(m, from, 28);
  store<u32>(m, 0x10011001, 32);
  store<u32>(m, to, 36);
  const result = mig_rpc(m, master_port, 5395, 3805, 40, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(io_perm, load<u32>(m, 36));
  return 0;
}

/** 3806 */
export function i386_io_perm_modify(target_task: u32, io_perm: u32, enable: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, io_perm, 28);
  store<u32>(m, 0x10012000, 32);
  store<u32>(m, enable, 36);
  return mig_rpc(m, target_task, 5395 | 0x80000000, 3806, 40, 32, 32);
}

/** 3807 */
export function i386_set_gdt(target_thread: u32, selector: usize, desc: usize): i32 {
  const m = stackAlloc(44);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(selector), 28);
  store<u32>(m, 0x10022002, 32);
  memory.copy(m + 36, desc, 8);
  const result = mig_rpc(m, target_thread, 5395, 3807, 44, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(selector, load<u32>(m, 36));
  return 0;
}

/** 3808 */
export function i386_get_gdt(target_thread: u32, selector: u32, desc: usize): i32 {
  const m = stackAlloc(44);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, selector, 28);
  const result = mig_rpc(m, target_thread, 5395, 3808, 32, 44, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10022002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(desc, m + 36, 8);
  return 0;
}

/** 3809 */
export function i386_get_xstate_size(host: u32, size: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, host, 5395, 3809, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(size, load<u32>(m, 36));
  return 0;
}
