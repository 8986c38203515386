// User stubs of abi/defs/device.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2800 */
export function device_open(master_port: u32, mode: u32, name: usize, device: usize): i32 {
  const m = stackAlloc(172);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x400000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, name, 128);
  const result = mig_rpc(m, master_port, 5395, 2800, 172, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(device, load<u32>(m, 36));
  return 0;
}

/** 2801 */
export function device_close(device: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, device, 5395, 2801, 24, 32, 32);
}

/** 2802 */
export function device_write(device: u32, mode: u32, recnum: u32, data: usize, dataCnt: u32, bytes_written: usize): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<u32>(m, <u32>data, 52);
  const result = mig_rpc(m, device, 5395 | 0x80000000, 2802, 56, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(bytes_written, load<u32>(m, 36));
  return 0;
}

/** 2803 */
export function device_write_inband(device: u32, mode: u32, recnum: u32, data: usize, dataCnt: u32, bytes_written: usize): i32 {
  const m = stackAlloc(172);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  if (dataCnt > 128) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (dataCnt << 16), 40);
  memory.copy(m + 44, data, dataCnt);
  const r2 = m + ((dataCnt + 3) & ~3) - 128;
  const result = mig_rpc(m, device, 5395, 2803, <u32>(r2 - m) + 172, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_TYPE_ERROR;
  store<u32>(bytes_written, load<u32>(m, 36));
  return 0;
}

/** 2804 */
export function device_read(device: u32, mode: u32, recnum: u32, bytes_wanted: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, bytes_wanted, 44);
  const result = mig_rpc(m, device, 5395, 2804, 48, 48, 48);
  if (result != 0) return result;
  store<u32>(data, load<u32>(m, 44));
  store<u32>(dataCnt, load<u32>(m, 40));
  return 0;
}

/** 2805 */
export function device_read_inband(device: u32, mode: u32, recnum: u32, bytes_wanted: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(164);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, bytes_wanted, 44);
  const result = mig_rpc(m, device, 5395, 2805, 48, 164, 36);
  if (result != 0) return result;
  const data_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (data_count > 128 || data_count > load<u32>(dataCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(data, m + 36, data_count);
  store<u32>(dataCnt, data_count);
  return 0;
}

/** 2809 */
export function device_map(device: u32, prot: u32, offset: u32, size: u32, pager: usize, unmap: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, prot, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, size, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, unmap, 52);
  const result = mig_rpc(m, device, 5395, 2809, 56, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(pager, load<u32>(m, 36));
  return 0;
}

/** 2810 */
export function device_set_status(device: u32, flavor: u32, status: usize, statusCnt: u32): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  if (statusCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10002002 | (statusCnt << 16), 32);
  memory.copy(m + 36, status, statusCnt * 4);
  const r1 = m + statusCnt * 4 - 4096;
  return mig_rpc(m, device, 5395, 2810, <u32>(r1 - m) + 4132, 32, 32);
}

/** 2811 */
export function device_get_status(device: u32, flavor: u32, status: usize, statusCnt: usize): i32 {
  const m = stackAlloc(4132);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flavor, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, load<u32>(statusCnt), 36);
  const result = mig_rpc(m, device, 5395, 2811, 40, 4132, 36);
  if (result != 0) return result;
  const status_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (status_count > 1024 || status_count > load<u32>(statusCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(status, m + 36, status_count * 4);
  store<u32>(statusCnt, status_count);
  return 0;
}

/** 2812 */
export function device_set_filter(device: u32, receive_port: u32, receive_portPoly: u32, priority: u32, filter: usize, filterCnt: u32): i32 {
  const m = stackAlloc(300);
  store<u32>(m, 0x10012000 | receive_portPoly, 24);
  store<u32>(m, receive_port, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, priority, 36);
  if (filterCnt > 128) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10001001 | (filterCnt << 16), 40);
  memory.copy(m + 44, filter, filterCnt * 2);
  const r2 = m + ((filterCnt * 2 + 3) & ~3) - 256;
  return mig_rpc(m, device, 5395 | (receive_portPoly ? <u32>0x80000000 : 0), 2812, <u32>(r2 - m) + 300, 32, 32);
}

/** 2813 */
export function device_intr_register(device: u32, id: u32, flags: u32, receive_port: u32, receive_portPoly: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, id, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, flags, 36);
  store<u32>(m, 0x10012000 | receive_portPoly, 40);
  store<u32>(m, receive_port, 44);
  return mig_rpc(m, device, 5395 | (receive_portPoly ? <u32>0x80000000 : 0), 2813, 48, 32, 32);
}

/** 2814 */
export function device_intr_ack(device: u32, receive_port: u32, receive_portPoly: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012000 | receive_portPoly, 24);
  store<u32>(m, receive_port, 28);
  return mig_rpc(m, device, 5395 | (receive_portPoly ? <u32>0x80000000 : 0), 2814, 32, 32, 32);
}
