// The kernel's server of abi/defs/mach4.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { convert_port_to_map, convert_port_to_space, convert_port_to_task, convert_port_to_thread, space_deallocate } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free, mig_port_array } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { task_disable_pc_sampling, task_enable_pc_sampling, task_get_sampled_pcs, thread_disable_pc_sampling, thread_enable_pc_sampling, thread_get_sampled_pcs } from "../kern/pc_sample";
import { Task } from "../kern/task";
import { task_deallocate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_deallocate } from "../kern/thread_life";
import { memory_object_create_proxy, vm_region_create_proxy } from "../vm/memory_object_proxy";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";

function Xtask_enable_pc_sampling(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const host = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_enable_pc_sampling(host, r + 36, load<u32>(m, 28));
  if (changetype<usize>(host) != 0) task_deallocate(host);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_disable_pc_sampling(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_disable_pc_sampling(task, r + 36);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_get_sampled_pcs(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const sampled_pcsCnt = stackAlloc(4);
  store<u32>(sampled_pcsCnt, 512);
  const result = task_get_sampled_pcs(task, r + 36, r + 44, sampled_pcsCnt);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10002002 | (load<u32>(sampled_pcsCnt) * 3 << 16), 40);
  store<u32>(r, 44 + 12 * load<u32>(sampled_pcsCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_enable_pc_sampling(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const host = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_enable_pc_sampling(host, r + 36, load<u32>(m, 28));
  if (changetype<usize>(host) != 0) thread_deallocate(host);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_disable_pc_sampling(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_disable_pc_sampling(thread, r + 36);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_get_sampled_pcs(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const sampled_pcsCnt = stackAlloc(4);
  store<u32>(sampled_pcsCnt, 512);
  const result = thread_get_sampled_pcs(thread, r + 36, r + 44, sampled_pcsCnt);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10002002 | (load<u32>(sampled_pcsCnt) * 3 << 16), 40);
  store<u32>(r, 44 + 12 * load<u32>(sampled_pcsCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmemory_object_create_proxy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 48) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 32;
  const objectArray = changetype<MigArray>(stackAlloc(12));
  at = mig_port_array(m, at, 1024, objectArray);
  const offsetArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, offsetArray);
  const startArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, startArray);
  const lenArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, lenArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(objectArray);
    mig_array_free(offsetArray);
    mig_array_free(startArray);
    mig_array_free(lenArray);
    return failure;
  }
  const task = convert_port_to_space(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_create_proxy(task, load<u32>(m, 28), objectArray.address, objectArray.number, load<u32>(m, 32) & 0xff, offsetArray.address, offsetArray.number, startArray.address, startArray.number, lenArray.address, lenArray.number, r + 36);
  mig_array_free(objectArray);
  mig_array_free(offsetArray);
  mig_array_free(startArray);
  mig_array_free(lenArray);
  if (changetype<usize>(task) != 0) space_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_region_create_proxy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_region_create_proxy(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), r + 36);
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach4_define(): void {
  mig_define(4000, Xtask_enable_pc_sampling, 240);
  mig_define(4001, Xtask_disable_pc_sampling, 240);
  mig_define(4002, Xtask_get_sampled_pcs, 6188);
  mig_define(4003, Xthread_enable_pc_sampling, 240);
  mig_define(4004, Xthread_disable_pc_sampling, 240);
  mig_define(4005, Xthread_get_sampled_pcs, 6188);
  mig_define(4010, Xmemory_object_create_proxy, 240);
  mig_define(4011, Xvm_region_create_proxy, 240);
}
