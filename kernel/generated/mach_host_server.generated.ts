// The kernel's server of abi/defs/mach_host.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_ARGUMENT, KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { host_get_kernel_version, host_info } from "../kern/host";
import { host_adjust_time, host_adjust_time64, host_get_time, host_get_time64, host_get_uptime64, host_set_time, host_set_time64 } from "../kern/host_time";
import { convert_port_to_host, convert_port_to_host_priv, host_kernel_version, host_reboot, task_max_priority, thread_wire, vm_wire } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { convert_port_to_processor, host_processors, processor_assign, processor_control, processor_exit, processor_get_assignment, processor_info, processor_start } from "../kern/processor";
import { convert_port_to_pset, convert_port_to_pset_name, host_processor_set_priv, host_processor_sets, processor_set_create, processor_set_default, processor_set_destroy, processor_set_info, processor_set_max_priority, processor_set_policy_disable, processor_set_policy_enable, processor_set_processors, processor_set_tasks, processor_set_threads, task_assign, task_assign_default, task_get_assignment, thread_assign, thread_assign_default, thread_get_assignment, thread_max_priority } from "../kern/processor_set";
import { Task } from "../kern/task";
import { task_priority } from "../kern/task_control";
import { task_deallocate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_depress_abort, thread_priority } from "../kern/thread_control";
import { thread_deallocate } from "../kern/thread_life";
import { thread_policy } from "../kern/thread_policy";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";

function Xhost_processors(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_processors(r + 44, r + 40);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_start(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_start();
  return result;
}

function Xprocessor_exit(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_exit();
  return result;
}

function Xprocessor_set_default(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_default(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_create(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_create(r + 36, r + 44);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, 0x10012011, 40);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_destroy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_destroy();
  return result;
}

function Xprocessor_assign(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const new_set = convert_port_to_pset(changetype<IpcPort>(load<usize>(m, 28)));
  const result = processor_assign(new_set, load<u32>(m, 36) != 0);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xprocessor_get_assignment(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_get_assignment(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_assign(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const new_set = convert_port_to_pset(changetype<IpcPort>(load<usize>(m, 28)));
  const result = thread_assign(thread, new_set);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xthread_assign_default(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_assign_default(thread);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xthread_get_assignment(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_get_assignment(thread, r + 36);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_assign(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const new_set = convert_port_to_pset(changetype<IpcPort>(load<usize>(m, 28)));
  const result = task_assign(task, new_set, load<u32>(m, 36) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xtask_assign_default(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_assign_default(task, load<u32>(m, 28) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xtask_get_assignment(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_get_assignment(task, r + 36);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

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

function Xthread_max_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const processor_set = convert_port_to_pset(changetype<IpcPort>(load<usize>(m, 28)));
  const result = thread_max_priority(thread, processor_set, load<u32>(m, 36));
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xtask_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_priority(task, load<u32>(m, 28), load<u32>(m, 36) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xprocessor_set_max_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_max_priority(load<u32>(m, 28), load<u32>(m, 36) != 0);
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

function Xprocessor_set_policy_enable(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_policy_enable(load<u32>(m, 28));
  return result;
}

function Xprocessor_set_policy_disable(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_policy_disable(load<u32>(m, 28), load<u32>(m, 36) != 0);
  return result;
}

function Xprocessor_set_tasks(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_tasks(r + 44, r + 40);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_threads(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_threads(r + 44, r + 40);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_processor_sets(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = host_processor_sets(r + 44, r + 40);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_processor_set_priv(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const set_name = convert_port_to_pset_name(changetype<IpcPort>(load<usize>(m, 28)));
  const result = host_processor_set_priv(set_name, r + 36);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_depress_abort(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_depress_abort(thread);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xhost_set_time(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 36 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10022002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_set_time(m + 28);
  return result;
}

function Xhost_adjust_time(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 36 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10022002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_adjust_time(m + 28, r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10022002, 32);
  store<u32>(r, 44, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_get_time(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
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

function Xthread_wire(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, 28)));
  const result = thread_wire(thread, load<u32>(m, 36) != 0);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
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

function Xprocessor_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const processor_info_outCnt = stackAlloc(4);
  store<u32>(processor_info_outCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = processor_info(load<u32>(m, 28), r + 36, r + 44, processor_info_outCnt);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, 0x10002002 | (load<u32>(processor_info_outCnt) << 16), 40);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 44 + 4 * load<u32>(processor_info_outCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const info_outCnt = stackAlloc(4);
  store<u32>(info_outCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = processor_set_info(load<u32>(m, 28), r + 36, r + 44, info_outCnt);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, 0x10002002 | (load<u32>(info_outCnt) << 16), 40);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 44 + 4 * load<u32>(info_outCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_control(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 28) return MIG_BAD_ARGUMENTS;
  let at: usize = 24;
  const processor_cmdArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, processor_cmdArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(processor_cmdArray);
    return failure;
  }
  if (convert_port_to_processor(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_control(processor_cmdArray.address, processor_cmdArray.number);
  mig_array_free(processor_cmdArray);
  return result;
}

function Xhost_get_time64(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_get_time64(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10042002, 32);
  store<u32>(r, 52, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_set_time64(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10042002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_set_time64(m + 28);
  return result;
}

function Xhost_adjust_time64(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10042002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_adjust_time64(m + 28, r + 36);
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
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_get_uptime64(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10042002, 32);
  store<u32>(r, 52, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_processors(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_processors(r + 44, r + 40);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_max_priority(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012000) | (load<u32>(m, 48) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, 28)));
  const result = task_max_priority(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), task, load<u32>(m, 36), load<u32>(m, 44) != 0, load<u32>(m, 52) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach_host_define(): void {
  mig_define(2600, Xhost_processors, 240);
  mig_define(2603, Xprocessor_start, 240);
  mig_define(2604, Xprocessor_exit, 240);
  mig_define(2606, Xprocessor_set_default, 240);
  mig_define(2608, Xprocessor_set_create, 240);
  mig_define(2609, Xprocessor_set_destroy, 240);
  mig_define(2611, Xprocessor_assign, 240);
  mig_define(2612, Xprocessor_get_assignment, 240);
  mig_define(2613, Xthread_assign, 240);
  mig_define(2614, Xthread_assign_default, 240);
  mig_define(2615, Xthread_get_assignment, 240);
  mig_define(2616, Xtask_assign, 240);
  mig_define(2617, Xtask_assign_default, 240);
  mig_define(2618, Xtask_get_assignment, 240);
  mig_define(2619, Xhost_kernel_version, 556);
  mig_define(2620, Xthread_priority, 240);
  mig_define(2621, Xthread_max_priority, 240);
  mig_define(2622, Xtask_priority, 240);
  mig_define(2623, Xprocessor_set_max_priority, 240);
  mig_define(2624, Xthread_policy, 240);
  mig_define(2625, Xprocessor_set_policy_enable, 240);
  mig_define(2626, Xprocessor_set_policy_disable, 240);
  mig_define(2627, Xprocessor_set_tasks, 240);
  mig_define(2628, Xprocessor_set_threads, 240);
  mig_define(2629, Xhost_processor_sets, 240);
  mig_define(2630, Xhost_processor_set_priv, 240);
  mig_define(2631, Xthread_depress_abort, 240);
  mig_define(2632, Xhost_set_time, 240);
  mig_define(2633, Xhost_adjust_time, 240);
  mig_define(2634, Xhost_get_time, 240);
  mig_define(2635, Xhost_reboot, 240);
  mig_define(2636, Xvm_wire, 240);
  mig_define(2637, Xthread_wire, 240);
  mig_define(2638, Xhost_info, 4132);
  mig_define(2639, Xprocessor_info, 4140);
  mig_define(2640, Xprocessor_set_info, 4140);
  mig_define(2641, Xprocessor_control, 240);
  mig_define(2643, Xhost_get_time64, 240);
  mig_define(2644, Xhost_set_time64, 240);
  mig_define(2645, Xhost_adjust_time64, 240);
  mig_define(2646, Xhost_get_kernel_version, 548);
  mig_define(2647, Xhost_get_uptime64, 240);
  mig_define(2648, Xprocessor_set_processors, 240);
  mig_define(2649, Xtask_max_priority, 240);
}
