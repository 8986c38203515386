// The kernel's server of abi/defs/gnumach.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { gsync_requeue, gsync_wait, gsync_wake } from "../kern/gsync";
import { convert_port_to_host_priv, convert_port_to_memory_object_name, vm_allocate_contiguous, vm_pages_phys, vm_set_size_limit, vm_wire_all } from "../kern/ipc_host";
import { mig_port, mig_port_item } from "../kern/ipc_kobject";
import { convert_port_to_map, convert_port_to_task, convert_port_to_thread } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { task_set_essential, task_set_name, thread_get_name, thread_set_name } from "../kern/names";
import { Task } from "../kern/task";
import { task_deallocate } from "../kern/task_life";
import { register_new_task_notification } from "../kern/task_notify";
import { Thread } from "../kern/thread";
import { thread_deallocate, thread_terminate_release } from "../kern/thread_life";
import { vm_object_sync } from "../vm/memory_object";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { VmObject } from "../vm/vm_object";
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

function Xregister_new_task_notification(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 24)) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = register_new_task_notification(mig_port(m, 24), load<u32>(m, 24) & 0xff);
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

function Xvm_object_sync(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012000) | (load<u32>(m, 48) ^ 0x10012000) | (load<u32>(m, 56) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const object = convert_port_to_memory_object_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_object_sync(object, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44) != 0, load<u32>(m, 52) != 0, load<u32>(m, 60) != 0);
  return result;
}

function Xvm_msync(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_msync(task, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44));
  if (changetype<usize>(task) != 0) vm_map_deallocate(task);
  return result;
}

function Xvm_allocate_contiguous(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 76 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x1001400b) | (load<u32>(m, 52) ^ 0x1001400b) | (load<u32>(m, 64) ^ 0x1001400b)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, 28)));
  const result = vm_allocate_contiguous(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), target_task, r + 36, r + 44, load<u32>(m, 36), load<u64>(m, 44), load<u64>(m, 56), load<u64>(m, 68));
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x1001400b, 40);
  store<u32>(r, 52, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xtask_set_essential(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  store<u32>(r, 0, MSGH_SIZE);
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = task_set_essential(task, load<u32>(m, 28) != 0);
  if (changetype<usize>(task) != 0) task_deallocate(task);
  return result;
}

function Xvm_pages_phys(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, 28)));
  const pagesCnt = stackAlloc(4);
  store<u32>(pagesCnt, 256);
  const pages = stackAlloc(4);
  store<usize>(pages, r + 44);
  const result = vm_pages_phys(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), target_task, load<u32>(m, 36), load<u32>(m, 44), pages, pagesCnt);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  const pagesInPlace = load<usize>(pages) == r + 44;
  store<u32>(r, 0x20000000 | (pagesInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x40000b, 36);
  store<u32>(r, load<u32>(pagesCnt) * 1, 40);
  if (!pagesInPlace) {
    store<usize>(r, load<usize>(pages), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (pagesInPlace ? 8 * load<u32>(pagesCnt) : 4), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xthread_set_name(m: usize, r: usize): i32 {
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
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = thread_set_name(thread, nameArray.address, nameArray.number);
  mig_array_free(nameArray);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  return result;
}

function Xthread_get_name(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const nameCnt = stackAlloc(4);
  store<u32>(nameCnt, 64);
  const result = thread_get_name(thread, r + 36, nameCnt);
  if (changetype<usize>(thread) != 0) thread_deallocate(thread);
  if (result != KERN_SUCCESS) return result;
  memory.fill(r + 36 + load<u32>(nameCnt), 0, 3);
  store<u32>(r, 0x1000080c | (load<u32>(nameCnt) << 16), 32);
  store<u32>(r, 36 + ((load<u32>(nameCnt) + 3) & ~3), MSGH_SIZE);
  return KERN_SUCCESS;
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

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function gnumach_define(): void {
  mig_define(4200, Xvm_cache_statistics, 240);
  mig_define(4201, Xthread_terminate_release, 240);
  mig_define(4202, Xtask_set_name, 240);
  mig_define(4203, Xregister_new_task_notification, 240);
  mig_define(4204, Xgsync_wait, 240);
  mig_define(4205, Xgsync_wake, 240);
  mig_define(4206, Xgsync_requeue, 240);
  mig_define(4207, Xvm_wire_all, 240);
  mig_define(4208, Xvm_object_sync, 240);
  mig_define(4209, Xvm_msync, 240);
  mig_define(4210, Xvm_allocate_contiguous, 240);
  mig_define(4211, Xtask_set_essential, 240);
  mig_define(4212, Xvm_pages_phys, 2092);
  mig_define(4213, Xthread_set_name, 240);
  mig_define(4214, Xthread_get_name, 240);
  mig_define(4215, Xvm_set_size_limit, 240);
  mig_define(4216, Xvm_get_size_limit, 240);
}
