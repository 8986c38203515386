// The kernel's server of abi/defs/mach_debug.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_ARGUMENT, KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort, ipc_port_release_send } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { mach_port_dnrequest_info, mach_port_get_srights, mach_port_kernel_object } from "../ipc/mach_port";
import { host_ipc_marequest_info, host_load_symbol_table, host_slab_info, host_stack_usage, host_virtual_physical_table_info, processor_set_stack_usage } from "../kern/host_debug";
import { convert_port_to_host, convert_port_to_host_priv, convert_port_to_memory_object_name } from "../kern/ipc_host";
import { convert_port_to_map, convert_port_to_space, convert_port_to_task, space_deallocate } from "../kern/ipc_tt";
import { mig_define } from "../kern/mig_table";
import { convert_port_to_pset_name } from "../kern/processor_set";
import { Task } from "../kern/task";
import { task_deallocate } from "../kern/task_life";
import { mach_vm_object_info, mach_vm_object_pages, mach_vm_object_pages_phys, mach_vm_region_info } from "../vm/vm_debug";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { VmMapCopy } from "../vm/vm_map_copy";
import { VmObject } from "../vm/vm_object";

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

function Xhost_ipc_marequest_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const infoCnt = stackAlloc(4);
  store<u32>(infoCnt, min<u32>(load<u32>(m, 28), 512));
  const info = stackAlloc(4);
  store<usize>(info, r + 52);
  const result = host_ipc_marequest_info(r + 36, info, infoCnt);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  const infoInPlace = load<usize>(info) == r + 52;
  store<u32>(r, 0x20000000 | (infoInPlace ? 0x10000000 : 0), 40);
  store<u32>(r, 0x200002, 44);
  store<u32>(r, load<u32>(infoCnt) * 1, 48);
  if (!infoInPlace) {
    store<usize>(r, load<usize>(info), 52);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 52 + (infoInPlace ? 4 * load<u32>(infoCnt) : 4), MSGH_SIZE);
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

function Xhost_stack_usage(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const result = host_stack_usage(r + 36, r + 44, r + 52, r + 60, r + 68, r + 76);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 0x10012002, 48);
  store<u32>(r, 0x10012002, 56);
  store<u32>(r, 0x10012002, 64);
  store<u32>(r, 0x10012002, 72);
  store<u32>(r, 80, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xprocessor_set_stack_usage(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_pset_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_ARGUMENT;
  const result = processor_set_stack_usage(r + 36, r + 44, r + 52, r + 60, r + 68);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  store<u32>(r, 0x10012002, 48);
  store<u32>(r, 0x10012002, 56);
  store<u32>(r, 0x10012002, 64);
  store<u32>(r, 72, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_virtual_physical_table_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const infoCnt = stackAlloc(4);
  store<u32>(infoCnt, min<u32>(load<u32>(m, 28), 512));
  const info = stackAlloc(4);
  store<usize>(info, r + 44);
  const result = host_virtual_physical_table_info(info, infoCnt);
  if (result != KERN_SUCCESS) return result;
  const infoInPlace = load<usize>(info) == r + 44;
  store<u32>(r, 0x20000000 | (infoInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x200002, 36);
  store<u32>(r, load<u32>(infoCnt) * 1, 40);
  if (!infoInPlace) {
    store<usize>(r, load<usize>(info), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (infoInPlace ? 4 * load<u32>(infoCnt) : 4), MSGH_SIZE);
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

function Xmach_vm_object_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const object = convert_port_to_memory_object_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = mach_vm_object_info(object, r + 36, r + 96, r + 104);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x100e2002, 32);
  store<u32>(r, 0x10012011, 92);
  store<u32>(r, 0x10012011, 100);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 108, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xmach_vm_object_pages(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const object = convert_port_to_memory_object_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const pagesCnt = stackAlloc(4);
  store<u32>(pagesCnt, min<u32>(load<u32>(m, 28), 85));
  const pages = stackAlloc(4);
  store<usize>(pages, r + 44);
  const result = mach_vm_object_pages(object, pages, pagesCnt);
  if (result != KERN_SUCCESS) return result;
  const pagesInPlace = load<usize>(pages) == r + 44;
  store<u32>(r, 0x20000000 | (pagesInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x200002, 36);
  store<u32>(r, load<u32>(pagesCnt) * 6, 40);
  if (!pagesInPlace) {
    store<usize>(r, load<usize>(pages), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (pagesInPlace ? 24 * load<u32>(pagesCnt) : 4), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xhost_slab_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
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

function Xhost_load_symbol_table(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 84 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x1020080c) | ((load<u32>(m, 68) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 72) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host_priv(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const task = convert_port_to_task(changetype<IpcPort>(load<usize>(m, 28)));
  const result = host_load_symbol_table(task, m + 36, changetype<VmMapCopy>(load<usize>(m, 80)), load<u32>(m, 76));
  if (changetype<usize>(task) != 0) task_deallocate(task);
  if (result != KERN_SUCCESS) return result;
  ipc_port_release_send(changetype<IpcPort>(load<usize>(m, 28)));
  return KERN_SUCCESS;
}

function Xmach_vm_object_pages_phys(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const object = convert_port_to_memory_object_name(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const pagesCnt = stackAlloc(4);
  store<u32>(pagesCnt, min<u32>(load<u32>(m, 28), 73));
  const pages = stackAlloc(4);
  store<usize>(pages, r + 44);
  const result = mach_vm_object_pages_phys(object, pages, pagesCnt);
  if (result != KERN_SUCCESS) return result;
  const pagesInPlace = load<usize>(pages) == r + 44;
  store<u32>(r, 0x20000000 | (pagesInPlace ? 0x10000000 : 0), 32);
  store<u32>(r, 0x200002, 36);
  store<u32>(r, load<u32>(pagesCnt) * 7, 40);
  if (!pagesInPlace) {
    store<usize>(r, load<usize>(pages), 44);
    store<u32>(r, load<u32>(r) | 0x80000000);
  }
  store<u32>(r, 44 + (pagesInPlace ? 28 * load<u32>(pagesCnt) : 4), MSGH_SIZE);
  return KERN_SUCCESS;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach_debug_define(): void {
  mig_define(3007, Xmach_port_get_srights, 240);
  mig_define(3009, Xhost_ipc_marequest_info, 2100);
  mig_define(3011, Xmach_port_dnrequest_info, 240);
  mig_define(3014, Xhost_stack_usage, 240);
  mig_define(3015, Xprocessor_set_stack_usage, 240);
  mig_define(3016, Xhost_virtual_physical_table_info, 2092);
  mig_define(3018, Xmach_port_kernel_object, 240);
  mig_define(3019, Xmach_vm_region_info, 240);
  mig_define(3020, Xmach_vm_object_info, 240);
  mig_define(3021, Xmach_vm_object_pages, 2084);
  mig_define(3022, Xhost_slab_info, 2020);
  mig_define(3023, Xhost_load_symbol_table, 240);
  mig_define(3024, Xmach_vm_object_pages_phys, 2088);
}
