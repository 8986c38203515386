// User stubs of abi/defs/device_reply.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 2900, one way */
export function device_open_reply(reply_port: u32, reply_portPoly: u32, return_code: u32, device_port: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012011, 32);
  store<u32>(m, device_port, 36);
  return mig_send(m, reply_port, 0, reply_portPoly | 0x80000000, 2900, 40);
}

/** 2902, one way */
export function device_write_reply(reply_port: u32, reply_portPoly: u32, return_code: u32, bytes_written: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, bytes_written, 36);
  return mig_send(m, reply_port, 0, reply_portPoly, 2902, 40);
}

/** 2903, one way */
export function device_write_reply_inband(reply_port: u32, reply_portPoly: u32, return_code: u32, bytes_written: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, bytes_written, 36);
  return mig_send(m, reply_port, 0, reply_portPoly, 2903, 40);
}

/** 2904, one way */
export function device_read_reply(reply_port: u32, reply_portPoly: u32, return_code: u32, data: usize, dataCnt: u32, dataDealloc: u32): i32 {
  const m = stackAlloc(48);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x20000000 | (dataDealloc ? 0x40000000 : 0), 32);
  store<u32>(m, 0x80009, 36);
  store<u32>(m, dataCnt, 40);
  store<u32>(m, <u32>data, 44);
  return mig_send(m, reply_port, 0, reply_portPoly | 0x80000000, 2904, 48);
}

/** 2905, one way */
export function device_read_reply_inband(reply_port: u32, reply_portPoly: u32, return_code: u32, data: usize, dataCnt: u32): i32 {
  const m = stackAlloc(164);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  if (dataCnt > 128) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (dataCnt << 16), 32);
  memory.copy(m + 36, data, dataCnt);
  const r1 = m + ((dataCnt + 3) & ~3) - 128;
  return mig_send(m, reply_port, 0, reply_portPoly, 2905, <u32>(r1 - m) + 164);
}
