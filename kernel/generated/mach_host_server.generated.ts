// The kernel's server of abi/defs/mach_host.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { host_get_kernel_version, host_get_time, host_get_time64, host_get_uptime64, host_info } from "../kern/host";
import { convert_port_to_host, host_kernel_version, host_reboot, vm_wire } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread } from "../kern/ipc_tt";
import { Task } from "../kern/task";
import { task_priority } from "../kern/task_control";
import { task_deallocate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_depress_abort, thread_priority } from "../kern/thread_control";
import { thread_deallocate } from "../kern/thread_life";
import { thread_policy } from "../kern/thread_policy";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";

function Xhost_kernel_version(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_kernel_version(r + 44);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x30000000, 32);
  store<u32>(r, 0x1000000c, 36);
  store<u32>(r, 1, 40);
  store<u32>(r, 556, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_priority(thread, load<u32>(m, 28), load<u32>(m, 36) != 0);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xtask_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_priority(task, load<u32>(m, 28), load<u32>(m, 36) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xthread_policy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_policy(thread, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xthread_depress_abort(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_depress_abort(thread);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xhost_get_time(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_get_time(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10022002, 32);
  store<u32>(r, 44, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_reboot(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const result = host_reboot(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), load<u32>(m, 28));
  return result;
}

function Xvm_wire(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, 28)));
  const result = vm_wire(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), task, load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52));
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xhost_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const host_info_outCnt = stackAlloc(4);
  store<u32>(host_info_outCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = host_info(load<u32>(m, 28), r + 36, host_info_outCnt);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10002002 | (load<u32>(host_info_outCnt) << 16), 32);
  store<u32>(r, 36 + 4 * load<u32>(host_info_outCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_get_time64(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_get_time64(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10042002, 32);
  store<u32>(r, 52, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_get_kernel_version(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_get_kernel_version(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x1200080c, 32);
  store<u32>(r, 548, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_get_uptime64(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_get_uptime64(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10042002, 32);
  store<u32>(r, 52, MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function mach_host_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    case 2619: {
      result = Xhost_kernel_version(m, r);
      break;
    }
    case 2620: {
      result = Xthread_priority(m, r);
      break;
    }
    case 2622: {
      result = Xtask_priority(m, r);
      break;
    }
    case 2624: {
      result = Xthread_policy(m, r);
      break;
    }
    case 2631: {
      result = Xthread_depress_abort(m, r);
      break;
    }
    case 2634: {
      result = Xhost_get_time(m, r);
      break;
    }
    case 2635: {
      result = Xhost_reboot(m, r);
      break;
    }
    case 2636: {
      result = Xvm_wire(m, r);
      break;
    }
    case 2638: {
      result = Xhost_info(m, r);
      break;
    }
    case 2643: {
      result = Xhost_get_time64(m, r);
      break;
    }
    case 2646: {
      result = Xhost_get_kernel_version(m, r);
      break;
    }
    case 2647: {
      result = Xhost_get_uptime64(m, r);
      break;
    }
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function mach_host_reply_size(id: i32): u32 {
  switch (id) {
    case 2619:
    return 556;
    case 2638:
    return 4132;
    case 2646:
    return 548;
    default:
    return 240;
  }
}
