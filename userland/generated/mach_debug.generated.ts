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

/** 3009 */
export function host_ipc_marequest_info(host: u32, max_requests: usize, info: usize, infoCnt: usize): i32 {
  const m = stackAlloc(2100);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(infoCnt), 28);
  const result = mig_rpc(m, host, 5395, 3009, 32, 2100, 52);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(max_requests, load<u32>(m, 36));
  const info_count: u32 = load<u32>(m, 48);
  if ((load<u32>(m, 40) & 0x10000000) == 0) {
    store<u32>(info, load<u32>(m, 52));
  } else {
    if (info_count > 512 || info_count > load<u32>(infoCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(info), m + 52, info_count * 4);
  }
  store<u32>(infoCnt, info_count);
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

/** 3014 */
export function host_stack_usage(host: u32, reserved: usize, total: usize, space: usize, resident: usize, maxusage: usize, maxstack: usize): i32 {
  const m = stackAlloc(80);
  const result = mig_rpc(m, host, 5395, 3014, 24, 80, 80);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002) | (load<u32>(m, 64) ^ 0x10012002) | (load<u32>(m, 72) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(reserved, load<u32>(m, 36));
  store<u32>(total, load<u32>(m, 44));
  store<u32>(space, load<u32>(m, 52));
  store<u32>(resident, load<u32>(m, 60));
  store<u32>(maxusage, load<u32>(m, 68));
  store<u32>(maxstack, load<u32>(m, 76));
  return 0;
}

/** 3015 */
export function processor_set_stack_usage(pset: u32, total: usize, space: usize, resident: usize, maxusage: usize, maxstack: usize): i32 {
  const m = stackAlloc(72);
  const result = mig_rpc(m, pset, 5395, 3015, 24, 72, 72);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002) | (load<u32>(m, 64) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(total, load<u32>(m, 36));
  store<u32>(space, load<u32>(m, 44));
  store<u32>(resident, load<u32>(m, 52));
  store<u32>(maxusage, load<u32>(m, 60));
  store<u32>(maxstack, load<u32>(m, 68));
  return 0;
}

/** 3016 */
export function host_virtual_physical_table_info(host: u32, info: usize, infoCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(infoCnt), 28);
  const result = mig_rpc(m, host, 5395, 3016, 32, 2092, 44);
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

/** 3020 */
export function mach_vm_object_info(object: u32, info: usize, shadow: usize, copy: usize): i32 {
  const m = stackAlloc(108);
  const result = mig_rpc(m, object, 5395, 3020, 24, 108, 108);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x100e2002) | (load<u32>(m, 92) ^ 0x10012011) | (load<u32>(m, 100) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  memory.copy(info, m + 36, 56);
  store<u32>(shadow, load<u32>(m, 96));
  store<u32>(copy, load<u32>(m, 104));
  return 0;
}

/** 3021 */
export function mach_vm_object_pages(object: u32, pages: usize, pagesCnt: usize): i32 {
  const m = stackAlloc(2084);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(pagesCnt), 28);
  const result = mig_rpc(m, object, 5395, 3021, 32, 2084, 44);
  if (result != 0) return result;
  const pages_count: u32 = load<u32>(m, 40) / 6;
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(pages, load<u32>(m, 44));
  } else {
    if (pages_count > 85 || pages_count > load<u32>(pagesCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(pages), m + 44, pages_count * 24);
  }
  store<u32>(pagesCnt, pages_count);
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

/** 3023 */
export function host_load_symbol_table(host: u32, task: u32, name: usize, symtab: usize, symtabCnt: u32): i32 {
  const m = stackAlloc(84);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, task, 28);
  store<u32>(m, 0x1020080c, 32);
  mig_strncpy(m + 36, name, 32);
  store<u32>(m, 0x20000000, 68);
  store<u32>(m, 0x80009, 72);
  store<u32>(m, symtabCnt, 76);
  store<u32>(m, <u32>symtab, 80);
  return mig_rpc(m, host, 5395 | 0x80000000, 3023, 84, 32, 32);
}

/** 3024 */
export function mach_vm_object_pages_phys(object: u32, pages: usize, pagesCnt: usize): i32 {
  const m = stackAlloc(2088);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(pagesCnt), 28);
  const result = mig_rpc(m, object, 5395, 3024, 32, 2088, 44);
  if (result != 0) return result;
  const pages_count: u32 = load<u32>(m, 40) / 7;
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(pages, load<u32>(m, 44));
  } else {
    if (pages_count > 73 || pages_count > load<u32>(pagesCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(pages), m + 44, pages_count * 28);
  }
  store<u32>(pagesCnt, pages_count);
  return 0;
}
