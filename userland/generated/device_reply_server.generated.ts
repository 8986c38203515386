// A server of abi/defs/device_reply.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type DeviceOpenReply = (reply_port: u32, return_code: u32, device_port: u32) => void;
let on_device_open_reply: usize = 0;

/** Sets what 2900 calls. The device, or why not. */
export function serve_device_open_reply(handler: DeviceOpenReply): void {
  on_device_open_reply = changetype<usize>(handler);
}

function Xdevice_open_reply(m: usize): i32 {
  if (on_device_open_reply == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<DeviceOpenReply>(on_device_open_reply)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

export type DeviceWriteReply = (reply_port: u32, return_code: u32, bytes_written: u32) => void;
let on_device_write_reply: usize = 0;

/** Sets what 2902 calls. How much was written, or why not. */
export function serve_device_write_reply(handler: DeviceWriteReply): void {
  on_device_write_reply = changetype<usize>(handler);
}

function Xdevice_write_reply(m: usize): i32 {
  if (on_device_write_reply == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<DeviceWriteReply>(on_device_write_reply)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

export type DeviceWriteReplyInband = (reply_port: u32, return_code: u32, bytes_written: u32) => void;
let on_device_write_reply_inband: usize = 0;

/** Sets what 2903 calls. As device_write_reply. */
export function serve_device_write_reply_inband(handler: DeviceWriteReplyInband): void {
  on_device_write_reply_inband = changetype<usize>(handler);
}

function Xdevice_write_reply_inband(m: usize): i32 {
  if (on_device_write_reply_inband == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<DeviceWriteReplyInband>(on_device_write_reply_inband)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

export type DeviceReadReply = (reply_port: u32, return_code: u32, data: usize, dataCnt: u32) => void;
let on_device_read_reply: usize = 0;

/** Sets what 2904 calls. What was read, or why not. */
export function serve_device_read_reply(handler: DeviceReadReply): void {
  on_device_read_reply = changetype<usize>(handler);
}

function Xdevice_read_reply(m: usize): i32 {
  if (on_device_read_reply == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 36) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<DeviceReadReply>(on_device_read_reply)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 44), load<u32>(m, 40));
  return MIG_NO_REPLY;
}

export type DeviceReadReplyInband = (reply_port: u32, return_code: u32, data: usize, dataCnt: u32) => void;
let on_device_read_reply_inband: usize = 0;

/** Sets what 2905 calls. As device_read_reply. */
export function serve_device_read_reply_inband(handler: DeviceReadReplyInband): void {
  on_device_read_reply_inband = changetype<usize>(handler);
}

function Xdevice_read_reply_inband(m: usize): i32 {
  if (on_device_read_reply_inband == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) < 36 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) & 0xf000ffff ^ 0x10000808)) != 0) return MIG_BAD_ARGUMENTS;
  const dataCnt = (load<u32>(m, 32) & 0xfff0000) >> 16;
  if (dataCnt > 128 || load<u32>(m, MSGH_SIZE) != 36 + ((dataCnt * 1 + 3) & ~3)) return MIG_BAD_ARGUMENTS;
  changetype<DeviceReadReplyInband>(on_device_read_reply_inband)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), m + 36, dataCnt);
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function device_reply_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 2900:
    return Xdevice_open_reply(m);
    case 2902:
    return Xdevice_write_reply(m);
    case 2903:
    return Xdevice_write_reply_inband(m);
    case 2904:
    return Xdevice_read_reply(m);
    case 2905:
    return Xdevice_read_reply_inband(m);
    default:
    return MIG_BAD_ID;
  }
}
