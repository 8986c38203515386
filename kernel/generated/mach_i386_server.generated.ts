// The kernel's server of abi/defs/mach_i386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { i386_get_xstate_size } from "../i386/fpu";
import { i386_io_perm_create, i386_io_perm_modify } from "../i386/io_permission";
import { i386_get_gdt, i386_set_gdt } from "../i386/user_gdt";
import { i386_get_ldt, i386_set_ldt } from "../i386/user_ldt";
import { IpcPort } from "../ipc/ipc_port";
import { convert_port_to_host } from "../kern/ipc_host";
import { convert_port_to_task, convert_port_to_thread } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { Task } from "../kern/task";
import { task_deallocate } from "../kern/task_life";
import { Thread } from "../kern/thread";
import { thread_deallocate } from "../kern/thread_life";

function Xi386_set_ldt(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 44) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 32;
  const desc_listArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, true, 512, desc_listArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(desc_listArray);
    return failure;
  }
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = i386_set_ldt(target_thread, load<u32>(m, 28), desc_listArray.address, desc_listArray.number / 2);
  mig_array_free(desc_listArray);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  return result;
}

function Xi386_get_ldt(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const desc_listCnt = stackAlloc(4);
  store<u32>(desc_listCnt, 256);
  const desc_list = stackAlloc(4);
  store<usize>(desc_list, r + 44);
  const result = i386_get_ldt(target_thread, load<u32>(m, 28), load<u32>(m, 36), desc_list, desc_listCnt);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  if (result != KERN_SUCCESS) return result;
  const desc_listInPlace = load<usize>(desc_list) == r + 44;
  store<u32>(r, 0x20000000 | (desc_listInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x200002, 36);
  store<u32>(r, load<u32>(desc_listCnt) * 2, 40);
  if (!desc_listInPlace) {
    store<usize>(r, load<usize>(desc_list), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (desc_listInPlace ? 8 * load<u32>(desc_listCnt) : 4), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xi386_io_perm_create(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10011001) | (load<u32>(m, 32) ^ 0x10011001)) != 0) return MIG_BAD_ARGUMENTS;
  const result = i386_io_perm_create(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), load<u32>(m, 28), load<u32>(m, 36), r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xi386_io_perm_modify(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012000)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = i386_io_perm_modify(target_task, changetype<IpcPort>(load<usize>(m, 28)), load<u32>(m, 36) != 0);
  if (changetype<usize>(target_task) != 0) task_deallocate(target_task);
  return result;
}

function Xi386_set_gdt(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10022002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  store<u32>(r, load<u32>(m, 28), 36);
  const result = i386_set_gdt(target_thread, r + 36, m + 36);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xi386_get_gdt(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_thread = convert_port_to_thread(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = i386_get_gdt(target_thread, load<u32>(m, 28), r + 36);
  if (changetype<usize>(target_thread) != 0) thread_deallocate(target_thread);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10022002, 32);
  store<u32>(r, 44, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xi386_get_xstate_size(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = i386_get_xstate_size(r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach_i386_define(): void {
  mig_define(3803, Xi386_set_ldt, 240);
  mig_define(3804, Xi386_get_ldt, 2092);
  mig_define(3805, Xi386_io_perm_create, 240);
  mig_define(3806, Xi386_io_perm_modify, 240);
  mig_define(3807, Xi386_set_gdt, 240);
  mig_define(3808, Xi386_get_gdt, 240);
  mig_define(3809, Xi386_get_xstate_size, 240);
}
