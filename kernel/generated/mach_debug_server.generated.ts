// The kernel's server of abi/defs/mach_debug.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { mach_port_dnrequest_info, mach_port_get_srights, mach_port_kernel_object } from "../ipc/mach_port";
import { convert_port_to_host, host_slab_info } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_space, space_deallocate } from "../kern/ipc_tt";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { mach_vm_region_info } from "../vm/vm_user";

function Xmach_port_get_srights(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_get_srights(task, load<u32>(m, 28), r + 36);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_dnrequest_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_dnrequest_info(task, load<u32>(m, 28), r + 36, r + 44);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_port_kernel_object(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001200f)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_port_kernel_object(task, load<u32>(m, 28), r + 36, r + 44);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_vm_region_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_vm_region_info(task, load<u32>(m, 28), r + 36, r + 84);
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x100b2002, 32);
  store<u32>(r, 0x10012011, 80);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 88, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_slab_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const infoCnt = stackAlloc(4);
  store<u32>(infoCnt, min<u32>(load<u32>(m, 28), 26));
  const info = stackAlloc(4);
  store<usize>(info, r + 44);
  const result = host_slab_info(info, infoCnt);
  if (result != KERN_SUCCESS) return result;
  const infoInPlace = load<usize>(info) == r + 44;
  store<u32>(r, 0x20000000 | (infoInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x200002, 36);
  store<u32>(r, load<u32>(infoCnt) * 19, 40);
  if (!infoInPlace) {
    store<usize>(r, load<usize>(info), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (infoInPlace ? 76 * load<u32>(infoCnt) : 4), MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function mach_debug_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    case 3007: {
      result = Xmach_port_get_srights(m, r);
      break;
    }
    case 3011: {
      result = Xmach_port_dnrequest_info(m, r);
      break;
    }
    case 3018: {
      result = Xmach_port_kernel_object(m, r);
      break;
    }
    case 3019: {
      result = Xmach_vm_region_info(m, r);
      break;
    }
    case 3022: {
      result = Xhost_slab_info(m, r);
      break;
    }
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function mach_debug_reply_size(id: i32): u32 {
  switch (id) {
    case 3022:
    return 2020;
    default:
    return 240;
  }
}
