// User stubs of abi/defs/default_pager.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2275 */
export function default_pager_object_create(default_pager: u32, memory_object: usize, object_size: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, object_size, 28);
  const result = mig_rpc(m, default_pager, 5395, 2275, 32, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(memory_object, load<u32>(m, 36));
  return 0;
}

/** 2276 */
export function default_pager_info(default_pager: u32, info: usize): i32 {
  const m = stackAlloc(48);
  const result = mig_rpc(m, default_pager, 5395, 2276, 24, 48, 48);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10032002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(info, m + 36, 12);
  return 0;
}

/** 2277 */
export function default_pager_objects(default_pager: u32, objects: usize, objectsCnt: usize, ports: usize, portsCnt: usize): i32 {
  const m = stackAlloc(4152);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, load<u32>(objectsCnt), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(portsCnt), 36);
  const result = mig_rpc(m, default_pager, 5395, 2277, 40, 4152, 56);
  if (result != 0) return result;
  const objects_count: u32 = load<u32>(m, 40) / 2;
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(objects, load<u32>(m, 44));
  } else {
    if (objects_count > 256 || objects_count > load<u32>(objectsCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(objects), m + 44, objects_count * 8);
  }
  store<u32>(objectsCnt, objects_count);
  const m0 = m + objects_count * 8 - 2048;
  const ports_count: u32 = load<u32>(m0, 2100);
  if ((load<u32>(m0, 2092) & 0x10000000) == 0) {
    store<u32>(ports, load<u32>(m0, 2104));
  } else {
    if (ports_count > 512 || ports_count > load<u32>(portsCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(ports), m0 + 2104, ports_count * 4);
  }
  store<u32>(portsCnt, ports_count);
  return 0;
}

/** 2278 */
export function default_pager_object_pages(default_pager: u32, memory_object: u32, pages: usize, pagesCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, memory_object, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(pagesCnt), 36);
  const result = mig_rpc(m, default_pager, 5395 | 0x80000000, 2278, 40, 2092, 44);
  if (result != 0) return result;
  const pages_count: u32 = load<u32>(m, 40);
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(pages, load<u32>(m, 44));
  } else {
    if (pages_count > 512 || pages_count > load<u32>(pagesCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(pages), m + 44, pages_count * 4);
  }
  store<u32>(pagesCnt, pages_count);
  return 0;
}

/** 2279 */
export function default_pager_paging_file(default_pager: u32, master_device_port: u32, filename: usize, add: u32): i32 {
  const m = stackAlloc(308);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, master_device_port, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x800000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, filename, 256);
  store<u32>(m, 0x10012000, 300);
  store<u32>(m, add, 304);
  return mig_rpc(m, default_pager, 5395 | 0x80000000, 2279, 308, 32, 32);
}

/** 2280 */
export function default_pager_register_fileserver(default_pager: u32, fileserver_port: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, fileserver_port, 28);
  return mig_rpc(m, default_pager, 5395 | 0x80000000, 2280, 32, 32, 32);
}
