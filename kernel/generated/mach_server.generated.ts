// The kernel's server of abi/defs/mach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { convert_port_to_host_priv, convert_port_to_memory_object, vm_map, vm_set_default_memory_manager } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread, convert_task_to_port, convert_thread_to_port, mach_ports_lookup, mach_ports_register, task_get_special_port, task_set_special_port, thread_get_special_port, thread_set_special_port } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
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

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach_define(): void {
  mig_define(2007, Xtask_create, 240);
  mig_define(2008, Xtask_terminate, 240);
  mig_define(2009, Xtask_get_emulation_vector, 240);
  mig_define(2010, Xtask_set_emulation_vector, 240);
  mig_define(2011, Xtask_threads, 240);
  mig_define(2012, Xtask_info, 4132);
  mig_define(2016, Xthread_terminate, 240);
  mig_define(2017, Xthread_get_state, 4132);
  mig_define(2018, Xthread_set_state, 240);
  mig_define(2019, Xthread_info, 4132);
  mig_define(2021, Xvm_allocate, 240);
  mig_define(2023, Xvm_deallocate, 240);
  mig_define(2024, Xvm_protect, 240);
  mig_define(2025, Xvm_inherit, 240);
  mig_define(2026, Xvm_read, 240);
  mig_define(2027, Xvm_write, 240);
  mig_define(2028, Xvm_copy, 240);
  mig_define(2029, Xvm_region, 240);
  mig_define(2030, Xvm_statistics, 240);
  mig_define(2033, Xmach_ports_register, 240);
  mig_define(2034, Xmach_ports_lookup, 240);
  mig_define(2039, Xmemory_object_data_unavailable, 240);
  mig_define(2040, Xmemory_object_get_attributes, 240);
  mig_define(2041, Xvm_set_default_memory_manager, 240);
  mig_define(2044, Xmemory_object_lock_request, 240);
  mig_define(2056, Xtask_suspend, 240);
  mig_define(2057, Xtask_resume, 240);
  mig_define(2058, Xtask_get_special_port, 240);
  mig_define(2059, Xtask_set_special_port, 240);
  mig_define(2061, Xthread_create, 240);
  mig_define(2062, Xthread_suspend, 240);
  mig_define(2063, Xthread_resume, 240);
  mig_define(2064, Xthread_abort, 240);
  mig_define(2067, Xthread_get_special_port, 240);
  mig_define(2068, Xthread_set_special_port, 240);
  mig_define(2070, Xtask_set_emulation, 240);
  mig_define(2071, Xtask_ras_control, 240);
  mig_define(2089, Xvm_map, 240);
  mig_define(2090, Xmemory_object_data_error, 240);
  mig_define(2092, Xmemory_object_destroy, 240);
  mig_define(2093, Xmemory_object_data_supply, 240);
  mig_define(2094, Xmemory_object_ready, 240);
  mig_define(2095, Xmemory_object_change_attributes, 240);
  mig_define(2099, Xvm_machine_attribute, 240);
}
