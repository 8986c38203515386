// The kernel's server of abi/defs/gnumach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { gsync_requeue, gsync_wait, gsync_wake } from "../kern/gsync";
import { task_set_name, vm_set_size_limit, vm_wire_all } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { Task } from "../kern/task";
import { task_deallocate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_deallocate, thread_terminate_release } from "../kern/thread_life";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { vm_cache_statistics, vm_get_size_limit, vm_msync } from "../vm/vm_user";

function Xvm_cache_statistics(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_cache_statistics(target_task, r + 36);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x100b2002, 32);
  store<u32>(r, 80, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_terminate_release(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x1001200f) | (load<u32>(m, 40) ^ 0x1001200f) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, 28)));
  const result = thread_terminate_release(thread, task, load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52), load<u32>(m, 60));
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xtask_set_name(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 28) return MIG_BAD_ARGUMENTS;
  let at: usize = 24;
  const nameArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 12, 8, false, 64, nameArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(nameArray);
    return failure;
  }
  store<u32>(r, 0, MSGH_SIZE);
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_set_name(task, nameArray.address, nameArray.number);
  mig_array_free(nameArray);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xgsync_wait(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = gsync_wait(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52), load<u32>(m, 60));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xgsync_wake(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = gsync_wake(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xgsync_requeue(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012000) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = gsync_requeue(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44) != 0, load<u32>(m, 52));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xvm_wire_all(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, 28)));
  const result = vm_wire_all(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), task, load<u32>(m, 36));
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xvm_msync(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_msync(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  return result;
}

function Xvm_set_size_limit(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const map = convert_port_to_map(changetype<IpcPort>(load<usize>(m, 28)));
  const result = vm_set_size_limit(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), map, load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(map) != 0) vm_map_deallocate(map);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xvm_get_size_limit(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const map = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_get_size_limit(map, r + 36, r + 44);
  if (changetype<usize>(map) != 0) vm_map_deallocate(map);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function gnumach_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    case 4200: {
      result = Xvm_cache_statistics(m, r);
      break;
    }
    case 4201: {
      result = Xthread_terminate_release(m, r);
      break;
    }
    case 4202: {
      result = Xtask_set_name(m, r);
      break;
    }
    case 4204: {
      result = Xgsync_wait(m, r);
      break;
    }
    case 4205: {
      result = Xgsync_wake(m, r);
      break;
    }
    case 4206: {
      result = Xgsync_requeue(m, r);
      break;
    }
    case 4207: {
      result = Xvm_wire_all(m, r);
      break;
    }
    case 4209: {
      result = Xvm_msync(m, r);
      break;
    }
    case 4215: {
      result = Xvm_set_size_limit(m, r);
      break;
    }
    case 4216: {
      result = Xvm_get_size_limit(m, r);
      break;
    }
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function gnumach_reply_size(id: i32): u32 {
  switch (id) {
    default:
    return 240;
  }
}
