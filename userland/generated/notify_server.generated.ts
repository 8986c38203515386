// A server of abi/defs/notify.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type MachNotifyPortDeleted = (notify: u32, name: u32) => void;
let on_mach_notify_port_deleted: usize = 0;

/** Sets what 65 calls. A name with a dead-name request was given up by another way than its port's death. */
export function serve_mach_notify_port_deleted(handler: MachNotifyPortDeleted): void {
  on_mach_notify_port_deleted = changetype<usize>(handler);
}

function Xmach_notify_port_deleted(m: usize): i32 {
  if (on_mach_notify_port_deleted == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyPortDeleted>(on_mach_notify_port_deleted)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

export type MachNotifyMsgAccepted = (notify: u32, name: u32) => void;
let on_mach_notify_msg_accepted: usize = 0;

/** Sets what 66 calls. The queue took the message of a send with MACH_SEND_NOTIFY. */
export function serve_mach_notify_msg_accepted(handler: MachNotifyMsgAccepted): void {
  on_mach_notify_msg_accepted = changetype<usize>(handler);
}

function Xmach_notify_msg_accepted(m: usize): i32 {
  if (on_mach_notify_msg_accepted == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyMsgAccepted>(on_mach_notify_msg_accepted)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

export type MachNotifyPortDestroyed = (notify: u32, rights: u32) => void;
let on_mach_notify_port_destroyed: usize = 0;

/** Sets what 69 calls. A receive right was given up; here it is. */
export function serve_mach_notify_port_destroyed(handler: MachNotifyPortDestroyed): void {
  on_mach_notify_port_destroyed = changetype<usize>(handler);
}

function Xmach_notify_port_destroyed(m: usize): i32 {
  if (on_mach_notify_port_destroyed == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012010)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyPortDestroyed>(on_mach_notify_port_destroyed)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

export type MachNotifyNoSenders = (notify: u32, mscount: u32) => void;
let on_mach_notify_no_senders: usize = 0;

/** Sets what 70 calls. The last send right has gone. */
export function serve_mach_notify_no_senders(handler: MachNotifyNoSenders): void {
  on_mach_notify_no_senders = changetype<usize>(handler);
}

function Xmach_notify_no_senders(m: usize): i32 {
  if (on_mach_notify_no_senders == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyNoSenders>(on_mach_notify_no_senders)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

export type MachNotifySendOnce = (notify: u32) => void;
let on_mach_notify_send_once: usize = 0;

/** Sets what 71 calls. A send-once right went without a message. */
export function serve_mach_notify_send_once(handler: MachNotifySendOnce): void {
  on_mach_notify_send_once = changetype<usize>(handler);
}

function Xmach_notify_send_once(m: usize): i32 {
  if (on_mach_notify_send_once == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifySendOnce>(on_mach_notify_send_once)(load<u32>(m, MSGH_LOCAL_PORT));
  return MIG_NO_REPLY;
}

export type MachNotifyDeadName = (notify: u32, name: u32) => void;
let on_mach_notify_dead_name: usize = 0;

/** Sets what 72 calls. The port behind a name has died. */
export function serve_mach_notify_dead_name(handler: MachNotifyDeadName): void {
  on_mach_notify_dead_name = changetype<usize>(handler);
}

function Xmach_notify_dead_name(m: usize): i32 {
  if (on_mach_notify_dead_name == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyDeadName>(on_mach_notify_dead_name)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function notify_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 65:
    return Xmach_notify_port_deleted(m);
    case 66:
    return Xmach_notify_msg_accepted(m);
    case 69:
    return Xmach_notify_port_destroyed(m);
    case 70:
    return Xmach_notify_no_senders(m);
    case 71:
    return Xmach_notify_send_once(m);
    case 72:
    return Xmach_notify_dead_name(m);
    default:
    return MIG_BAD_ID;
  }
}
