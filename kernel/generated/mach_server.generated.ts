// The kernel's server of abi/defs/mach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { convert_port_to_host_priv, convert_port_to_memory_object, vm_map, vm_set_default_memory_manager } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread, convert_task_to_port, convert_thread_to_port, mach_ports_lookup, mach_ports_register, task_get_special_port, task_set_special_port, thread_get_special_port, thread_set_special_port } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { task_get_emulation_vector, task_set_emulation, task_set_emulation_vector } from "../kern/syscall_emulation";
import { Task } from "../kern/task";
import { task_info, task_ras_control, task_resume, task_suspend, task_threads } from "../kern/task_control";
import { task_create, task_deallocate, task_terminate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_abort, thread_get_state, thread_info, thread_resume, thread_set_state, thread_suspend } from "../kern/thread_control";
import { thread_create, thread_deallocate, thread_terminate } from "../kern/thread_life";
import { memory_object_change_attributes, memory_object_data_error, memory_object_data_supply, memory_object_data_unavailable, memory_object_destroy, memory_object_get_attributes, memory_object_lock_request, memory_object_ready } from "../vm/memory_object";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { VmMapCopy } from "../vm/vm_map_copy";
import { VmObject } from "../vm/vm_object";
import { vm_allocate, vm_copy, vm_deallocate, vm_inherit, vm_machine_attribute, vm_protect, vm_read, vm_region, vm_statistics, vm_write } from "../vm/vm_user";

function Xtask_create(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_create(target_task, load<u32>(m, 28) != 0, r + 36);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<usize>(r, changetype<usize>(convert_task_to_port(changetype<Task>(load<usize>(r, 36)))), 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_terminate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_terminate(target_task);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xtask_get_emulation_vector(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_get_emulation_vector(task, r + 36, r + 52, r + 48);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x20000000, 40);
  store<u32>(r, 0x200002, 44);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 56, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_set_emulation_vector(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | ((load<u32>(m, 32) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 36) ^ 0x200002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_set_emulation_vector(task, load<u32>(m, 28), changetype<VmMapCopy>(load<usize>(m, 44)), load<u32>(m, 40));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xtask_threads(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_threads(target_task, r + 44, r + 40);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const task_info_outCnt = stackAlloc(4);
  store<u32>(task_info_outCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = task_info(target_task, load<u32>(m, 28), r + 36, task_info_outCnt);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10002002 | (load<u32>(task_info_outCnt) << 16), 32);
  store<u32>(r, 36 + 4 * load<u32>(task_info_outCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_terminate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_terminate(target_thread);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xthread_get_state(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const old_stateCnt = stackAlloc(4);
  store<u32>(old_stateCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = thread_get_state(target_thread, load<u32>(m, 28), r + 36, old_stateCnt);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10002002 | (load<u32>(old_stateCnt) << 16), 32);
  store<u32>(r, 36 + 4 * load<u32>(old_stateCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_set_state(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 36) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 32;
  const new_stateArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, new_stateArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(new_stateArray);
    return failure;
  }
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_set_state(target_thread, load<u32>(m, 28), new_stateArray.address, new_stateArray.number);
  mig_array_free(new_stateArray);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xthread_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const thread_info_outCnt = stackAlloc(4);
  store<u32>(thread_info_outCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = thread_info(target_thread, load<u32>(m, 28), r + 36, thread_info_outCnt);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10002002 | (load<u32>(thread_info_outCnt) << 16), 32);
  store<u32>(r, 36 + 4 * load<u32>(thread_info_outCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_allocate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const result = vm_allocate(target_task, r + 36, load<u32>(m, 36), load<u32>(m, 44) != 0);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_deallocate(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_deallocate(target_task, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

function Xvm_protect(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012000) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_protect(target_task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44) != 0, load<u32>(m, 52));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

function Xvm_inherit(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_inherit(target_task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

function Xvm_read(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_read(target_task, load<u32>(m, 28), load<u32>(m, 36), r + 44, r + 40);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x80009, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_write(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | ((load<u32>(m, 32) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 36) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_write(target_task, load<u32>(m, 28), changetype<VmMapCopy>(load<usize>(m, 44)), load<u32>(m, 40));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

function Xvm_copy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_copy(target_task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

function Xvm_region(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const result = vm_region(target_task, r + 36, r + 44, r + 52, r + 60, r + 68, r + 76, r + 84, r + 92);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 0x10012002, 48);
  store<u32>(r, 0x10012002, 56);
  store<u32>(r, 0x10012002, 64);
  store<u32>(r, 0x10012000, 72);
  store<u32>(r, 0x10012011, 80);
  store<u32>(r, 0x10012002, 88);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 96, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_statistics(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_statistics(target_task, r + 36);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x100d2002, 32);
  store<u32>(r, 88, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_ports_register(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if ((((load<u32>(m, 24) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 28) ^ 0x200011)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_ports_register(target_task, load<usize>(m, 36), load<u32>(m, 32));
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xmach_ports_lookup(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_ports_lookup(target_task, r + 44, r + 40);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x200011, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmemory_object_data_unavailable(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_data_unavailable(memory_control, load<u32>(m, 28), load<u32>(m, 36));
  return result;
}

function Xmemory_object_get_attributes(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_get_attributes(memory_control, r + 36, r + 44, r + 52);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012000, 32);
  store<u32>(r, 0x10012000, 40);
  store<u32>(r, 0x10012002, 48);
  store<u32>(r, 56, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_set_default_memory_manager(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  store<u32>(r, load<u32>(m, 28), 36);
  const result = vm_set_default_memory_manager(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmemory_object_lock_request(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 72 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012000) | (load<u32>(m, 56) ^ 0x10012002) | (load<u32>(m, 64) ^ 0x10012012)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_lock_request(memory_control, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52) != 0, load<u32>(m, 60), changetype<IpcPort>(load<usize>(m, 68)));
  return result;
}

function Xtask_suspend(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_suspend(target_task);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xtask_resume(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_resume(target_task);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xtask_get_special_port(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_get_special_port(task, load<u32>(m, 28), r + 36);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_set_special_port(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_set_special_port(task, load<u32>(m, 28), changetype<IpcPort>(load<usize>(m, 36)));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xthread_create(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const parent_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_create(parent_task, r + 36);
  if (changetype<usize>(parent_task) != 0) task_deallocate(parent_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<usize>(r, changetype<usize>(convert_thread_to_port(changetype<Thread>(load<usize>(r, 36)))), 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_suspend(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_suspend(target_thread);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xthread_resume(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_resume(target_thread);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xthread_abort(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_abort(target_thread);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xthread_get_special_port(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_get_special_port(thread, load<u32>(m, 28), r + 36);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_set_special_port(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_set_special_port(thread, load<u32>(m, 28), changetype<IpcPort>(load<usize>(m, 36)));
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xtask_set_emulation(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_port = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_set_emulation(target_port, load<u32>(m, 28), load<u32>(m, 36));
  if (changetype<usize>(target_port) != 0) task_deallocate(target_port);
  return result;
}

function Xtask_ras_control(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_ras_control(target_task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xvm_map(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 104 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012000) | (load<u32>(m, 56) ^ 0x10012011) | (load<u32>(m, 64) ^ 0x10012002) | (load<u32>(m, 72) ^ 0x10012000) | (load<u32>(m, 80) ^ 0x10012002) | (load<u32>(m, 88) ^ 0x10012002) | (load<u32>(m, 96) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const result = vm_map(target_task, r + 36, load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52) != 0, changetype<IpcPort>(load<usize>(m, 60)), load<u32>(m, 68), load<u32>(m, 76) != 0, load<u32>(m, 84), load<u32>(m, 92), load<u32>(m, 100));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmemory_object_data_error(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_data_error(memory_control, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  return result;
}

function Xmemory_object_destroy(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_destroy(memory_control, load<u32>(m, 28));
  return result;
}

function Xmemory_object_data_supply(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 72 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | ((load<u32>(m, 32) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 36) ^ 0x80009) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012000) | (load<u32>(m, 64) ^ 0x10012012)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_data_supply(memory_control, load<u32>(m, 28), changetype<VmMapCopy>(load<usize>(m, 44)), load<u32>(m, 40), load<u32>(m, 52), load<u32>(m, 60) != 0, changetype<IpcPort>(load<usize>(m, 68)));
  return result;
}

function Xmemory_object_ready(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_ready(memory_control, load<u32>(m, 28) != 0, load<u32>(m, 36));
  return result;
}

function Xmemory_object_change_attributes(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012012)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const memory_control = convert_port_to_memory_object(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = memory_object_change_attributes(memory_control, load<u32>(m, 28) != 0, load<u32>(m, 36), changetype<IpcPort>(load<usize>(m, 44)));
  return result;
}

function Xvm_machine_attribute(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 52), 36);
  const result = vm_machine_attribute(target_task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), r + 36);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function mach_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    case 2007: {
      result = Xtask_create(m, r);
      break;
    }
    case 2008: {
      result = Xtask_terminate(m, r);
      break;
    }
    case 2009: {
      result = Xtask_get_emulation_vector(m, r);
      break;
    }
    case 2010: {
      result = Xtask_set_emulation_vector(m, r);
      break;
    }
    case 2011: {
      result = Xtask_threads(m, r);
      break;
    }
    case 2012: {
      result = Xtask_info(m, r);
      break;
    }
    case 2016: {
      result = Xthread_terminate(m, r);
      break;
    }
    case 2017: {
      result = Xthread_get_state(m, r);
      break;
    }
    case 2018: {
      result = Xthread_set_state(m, r);
      break;
    }
    case 2019: {
      result = Xthread_info(m, r);
      break;
    }
    case 2021: {
      result = Xvm_allocate(m, r);
      break;
    }
    case 2023: {
      result = Xvm_deallocate(m, r);
      break;
    }
    case 2024: {
      result = Xvm_protect(m, r);
      break;
    }
    case 2025: {
      result = Xvm_inherit(m, r);
      break;
    }
    case 2026: {
      result = Xvm_read(m, r);
      break;
    }
    case 2027: {
      result = Xvm_write(m, r);
      break;
    }
    case 2028: {
      result = Xvm_copy(m, r);
      break;
    }
    case 2029: {
      result = Xvm_region(m, r);
      break;
    }
    case 2030: {
      result = Xvm_statistics(m, r);
      break;
    }
    case 2033: {
      result = Xmach_ports_register(m, r);
      break;
    }
    case 2034: {
      result = Xmach_ports_lookup(m, r);
      break;
    }
    case 2039: {
      result = Xmemory_object_data_unavailable(m, r);
      break;
    }
    case 2040: {
      result = Xmemory_object_get_attributes(m, r);
      break;
    }
    case 2041: {
      result = Xvm_set_default_memory_manager(m, r);
      break;
    }
    case 2044: {
      result = Xmemory_object_lock_request(m, r);
      break;
    }
    case 2056: {
      result = Xtask_suspend(m, r);
      break;
    }
    case 2057: {
      result = Xtask_resume(m, r);
      break;
    }
    case 2058: {
      result = Xtask_get_special_port(m, r);
      break;
    }
    case 2059: {
      result = Xtask_set_special_port(m, r);
      break;
    }
    case 2061: {
      result = Xthread_create(m, r);
      break;
    }
    case 2062: {
      result = Xthread_suspend(m, r);
      break;
    }
    case 2063: {
      result = Xthread_resume(m, r);
      break;
    }
    case 2064: {
      result = Xthread_abort(m, r);
      break;
    }
    case 2067: {
      result = Xthread_get_special_port(m, r);
      break;
    }
    case 2068: {
      result = Xthread_set_special_port(m, r);
      break;
    }
    case 2070: {
      result = Xtask_set_emulation(m, r);
      break;
    }
    case 2071: {
      result = Xtask_ras_control(m, r);
      break;
    }
    case 2089: {
      result = Xvm_map(m, r);
      break;
    }
    case 2090: {
      result = Xmemory_object_data_error(m, r);
      break;
    }
    case 2092: {
      result = Xmemory_object_destroy(m, r);
      break;
    }
    case 2093: {
      result = Xmemory_object_data_supply(m, r);
      break;
    }
    case 2094: {
      result = Xmemory_object_ready(m, r);
      break;
    }
    case 2095: {
      result = Xmemory_object_change_attributes(m, r);
      break;
    }
    case 2099: {
      result = Xvm_machine_attribute(m, r);
      break;
    }
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function mach_reply_size(id: i32): u32 {
  switch (id) {
    case 2012:
    return 4132;
    case 2017:
    return 4132;
    case 2019:
    return 4132;
    default:
    return 240;
  }
}
