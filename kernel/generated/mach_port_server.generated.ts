// The kernel's server of abi/defs/mach_port.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { mach_port_allocate, mach_port_allocate_name, mach_port_clear_protected_payload, mach_port_deallocate, mach_port_destroy, mach_port_extract_right, mach_port_get_receive_status, mach_port_get_refs, mach_port_get_set_status, mach_port_insert_right, mach_port_mod_refs, mach_port_move_member, mach_port_names, mach_port_rename, mach_port_request_notification, mach_port_set_mscount, mach_port_set_protected_payload, mach_port_set_qlimit, mach_port_set_seqno, mach_port_type } from "../ipc/mach_port";
import { mig_port, mig_port_item } from "../kern/ipc_kobject";
import { convert_port_to_space, space_deallocate } from "../kern/ipc_tt";

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

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function mach_port_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    case 3200: {
      result = Xmach_port_names(m, r);
      break;
    }
    case 3201: {
      result = Xmach_port_type(m, r);
      break;
    }
    case 3202: {
      result = Xmach_port_rename(m, r);
      break;
    }
    case 3203: {
      result = Xmach_port_allocate_name(m, r);
      break;
    }
    case 3204: {
      result = Xmach_port_allocate(m, r);
      break;
    }
    case 3205: {
      result = Xmach_port_destroy(m, r);
      break;
    }
    case 3206: {
      result = Xmach_port_deallocate(m, r);
      break;
    }
    case 3207: {
      result = Xmach_port_get_refs(m, r);
      break;
    }
    case 3208: {
      result = Xmach_port_mod_refs(m, r);
      break;
    }
    case 3210: {
      result = Xmach_port_set_qlimit(m, r);
      break;
    }
    case 3211: {
      result = Xmach_port_set_mscount(m, r);
      break;
    }
    case 3212: {
      result = Xmach_port_get_set_status(m, r);
      break;
    }
    case 3213: {
      result = Xmach_port_move_member(m, r);
      break;
    }
    case 3214: {
      result = Xmach_port_request_notification(m, r);
      break;
    }
    case 3215: {
      result = Xmach_port_insert_right(m, r);
      break;
    }
    case 3216: {
      result = Xmach_port_extract_right(m, r);
      break;
    }
    case 3217: {
      result = Xmach_port_get_receive_status(m, r);
      break;
    }
    case 3218: {
      result = Xmach_port_set_seqno(m, r);
      break;
    }
    case 3221: {
      result = Xmach_port_set_protected_payload(m, r);
      break;
    }
    case 3222: {
      result = Xmach_port_clear_protected_payload(m, r);
      break;
    }
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function mach_port_reply_size(id: i32): u32 {
  switch (id) {
    default:
    return 240;
  }
}
