// The kernel's server of abi/defs/mach_port.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { mach_port_allocate, mach_port_allocate_name, mach_port_clear_protected_payload, mach_port_deallocate, mach_port_destroy, mach_port_extract_right, mach_port_get_receive_status, mach_port_get_refs, mach_port_get_set_status, mach_port_insert_right, mach_port_mod_refs, mach_port_move_member, mach_port_names, mach_port_rename, mach_port_request_notification, mach_port_set_ktype, mach_port_set_mscount, mach_port_set_protected_payload, mach_port_set_qlimit, mach_port_set_seqno, mach_port_type } from "../ipc/mach_port";
import { convert_port_to_host_priv } from "../kern/ipc_host";
import { mig_port, mig_port_item } from "../kern/ipc_kobject";
import { convert_port_to_space, space_deallocate } from "../kern/ipc_tt";
import { mig_define } from "../kern/mig_table";

function Xmach_port_names(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_names(task, r + 44, r + 40, r + 60, r + 56);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x20000f, 36);
  store<u32>(r, 0x20000000, 48);
  store<u32>(r, 0x200002, 52);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 64, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_type(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_type(task, load<u32>(m, 28), r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_rename(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_rename(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_allocate_name(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_allocate_name(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_allocate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_allocate(task, load<u32>(m, 28), r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x1001200f, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_destroy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_destroy(task, load<u32>(m, 28));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_deallocate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_deallocate(task, load<u32>(m, 28));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_get_refs(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_get_refs(task, load<u32>(m, 28), load<u32>(m, 36), r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_mod_refs(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_mod_refs(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_set_qlimit(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_set_qlimit(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_set_mscount(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_set_mscount(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_get_set_status(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_get_set_status(task, load<u32>(m, 28), r + 44, r + 40);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x20000f, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_move_member(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_move_member(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_request_notification(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 48)) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_request_notification(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), mig_port(m, 48), load<u32>(m, 48) & 0xff, r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012012, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_insert_right(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 32)) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_insert_right(task, load<u32>(m, 28), mig_port(m, 32), load<u32>(m, 32) & 0xff);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_extract_right(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const polyType = stackAlloc(4);
  const result = mach_port_extract_right(task, load<u32>(m, 28), load<u32>(m, 36), r + 36, polyType);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012000 | load<u32>(polyType), 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_get_receive_status(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_get_receive_status(task, load<u32>(m, 28), r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10092002, 32);
  store<u32>(r, 72, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_set_seqno(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_set_seqno(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_set_protected_payload(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_set_protected_payload(task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_clear_protected_payload(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_clear_protected_payload(task, load<u32>(m, 28));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  return result;
}

function Xmach_port_set_ktype(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x1001200f) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const host = convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, 28)));
  const result = mach_port_set_ktype(host, task, load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52));
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach_port_define(): void {
  mig_define(3200, Xmach_port_names, 240);
  mig_define(3201, Xmach_port_type, 240);
  mig_define(3202, Xmach_port_rename, 240);
  mig_define(3203, Xmach_port_allocate_name, 240);
  mig_define(3204, Xmach_port_allocate, 240);
  mig_define(3205, Xmach_port_destroy, 240);
  mig_define(3206, Xmach_port_deallocate, 240);
  mig_define(3207, Xmach_port_get_refs, 240);
  mig_define(3208, Xmach_port_mod_refs, 240);
  mig_define(3210, Xmach_port_set_qlimit, 240);
  mig_define(3211, Xmach_port_set_mscount, 240);
  mig_define(3212, Xmach_port_get_set_status, 240);
  mig_define(3213, Xmach_port_move_member, 240);
  mig_define(3214, Xmach_port_request_notification, 240);
  mig_define(3215, Xmach_port_insert_right, 240);
  mig_define(3216, Xmach_port_extract_right, 240);
  mig_define(3217, Xmach_port_get_receive_status, 240);
  mig_define(3218, Xmach_port_set_seqno, 240);
  mig_define(3221, Xmach_port_set_protected_payload, 240);
  mig_define(3222, Xmach_port_clear_protected_payload, 240);
  mig_define(3223, Xmach_port_set_ktype, 240);
}
