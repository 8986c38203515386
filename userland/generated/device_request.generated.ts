// User stubs of abi/defs/device_request.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2800, one way */
export function device_open_request(master_port: u32, reply_port: u32, mode: u32, name: usize): i32 {
  const m = stackAlloc(172);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x400000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, name, 128);
  return mig_send(m, master_port, reply_port, 19 | 5376, 2800, 172);
}

/** 2802, one way */
export function device_write_request(device: u32, reply_port: u32, mode: u32, recnum: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(56);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<u32>(m, <u32>data, 52);
  return mig_send(m, device, reply_port, 19 | 5376 | 0x80000000, 2802, 56);
}

/** 2803, one way */
export function device_write_request_inband(device: u32, reply_port: u32, mode: u32, recnum: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(172);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  if (dataCnt > 128) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (dataCnt << 16), 40);
  memory.copy(m + 44, data, dataCnt);
  const r2 = m + ((dataCnt + 3) & ~3) - 128;
  return mig_send(m, device, reply_port, 19 | 5376, 2803, <u32>(r2 - m) + 172);
}

/** 2804, one way */
export function device_read_request(device: u32, reply_port: u32, mode: u32, recnum: u32, bytes_wanted: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, bytes_wanted, 44);
  return mig_send(m, device, reply_port, 19 | 5376, 2804, 48);
}

/** 2805, one way */
export function device_read_request_inband(device: u32, reply_port: u32, mode: u32, recnum: u32, bytes_wanted: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, recnum, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, bytes_wanted, 44);
  return mig_send(m, device, reply_port, 19 | 5376, 2805, 48);
}

/** 2806, one way */
export function device_open_new_request(master_port: u32, reply_port: u32, mode: u32, name: usize): i32 {
  const m = stackAlloc(164);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x1080080c, 32);
  mig_strncpy(m + 36, name, 128);
  return mig_send(m, master_port, reply_port, 19 | 5376, 2806, 164);
}
