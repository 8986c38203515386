// User stubs of abi/defs/io.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 21000 */
export function io_write(io_object: u32, offset: u64, data: usize, dataCnt: u32, dataDealloc: u32, amount: usize): i32 {
  const m = stackAlloc(52);
  store<u32>(m, 0x1001400b, 24);
  store<u64>(m, offset, 28);
  store<u32>(m, 0x20000000 | (dataDealloc ? 0x40000000 : 0), 36);
  store<u32>(m, 0x80009, 40);
  store<u32>(m, dataCnt, 44);
  store<u32>(m, <u32>data, 48);
  const result = mig_rpc(m, io_object, 5395 | 0x80000000, 21000, 52, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(amount, load<u32>(m, 36));
  return 0;
}

/** 21001 */
export function io_write_inband(io_object: u32, offset: u64, data: usize, dataCnt: u32, amount: usize): i32 {
  const m = stackAlloc(2088);
  store<u32>(m, 0x1001400b, 24);
  store<u64>(m, offset, 28);
  if (dataCnt > 2048) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (dataCnt << 16), 36);
  memory.copy(m + 40, data, dataCnt);
  const r1 = m + ((dataCnt + 3) & ~3) - 2048;
  const result = mig_rpc(m, io_object, 5395, 21001, <u32>(r1 - m) + 2088, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(amount, load<u32>(m, 36));
  return 0;
}

/** 21002 */
export function io_read(io_object: u32, offset: u64, amount: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(2092);
  store<u32>(m, 0x1001400b, 24);
  store<u64>(m, offset, 28);
  store<u32>(m, 0x10012002, 36);
  store<u32>(m, amount, 40);
  const result = mig_rpc(m, io_object, 5395, 21002, 44, 2092, 44);
  if (result != 0) return result;
  const data_count: u32 = load<u32>(m, 40);
  if ((load<u32>(m, 32) & 0x10000000) == 0) {
    store<u32>(data, load<u32>(m, 44));
  } else {
    if (data_count > 2048 || data_count > load<u32>(dataCnt)) return MIG_ARRAY_TOO_LARGE;
    memory.copy(load<usize>(data), m + 44, data_count);
  }
  store<u32>(dataCnt, data_count);
  return 0;
}

/** 21003 */
export function io_seek(io_object: u32, offset: u64, whence: u32, position: usize): i32 {
  const m = stackAlloc(44);
  store<u32>(m, 0x1001400b, 24);
  store<u64>(m, offset, 28);
  store<u32>(m, 0x10012002, 36);
  store<u32>(m, whence, 40);
  const result = mig_rpc(m, io_object, 5395, 21003, 44, 44, 44);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x1001400b)) != 0) return MIG_TYPE_ERROR;
  store<u64>(position, load<u64>(m, 36));
  return 0;
}

/** 21004 */
export function io_stat(io_object: u32, status: usize): i32 {
  const m = stackAlloc(100);
  const result = mig_rpc(m, io_object, 5395, 21004, 24, 100, 100);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10102002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(status, m + 36, 64);
  return 0;
}

/** 21005 */
export function io_map(io_object: u32, memory_object: usize): i32 {
  const m = stackAlloc(40);
  const result = mig_rpc(m, io_object, 5395, 21005, 24, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(memory_object, load<u32>(m, 36));
  return 0;
}
