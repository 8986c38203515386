// The kernel's server of abi/defs/mach386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { host_vm_merge_info } from "../kern/host_debug";
import { convert_port_to_host } from "../kern/ipc_host";
import { convert_port_to_map } from "../kern/ipc_tt";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { VmMap, vm_map_deallocate } from "../vm/vm_map";
import { vm_read_bytes, vm_write_bytes } from "../vm/vm_user";

function Xhost_vm_merge_info(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (convert_port_to_host(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))) == 0) return KERN_INVALID_HOST;
  const infoCnt = stackAlloc(4);
  store<u32>(infoCnt, min<u32>(load<u32>(m, 28), 512));
  const info = stackAlloc(4);
  store<usize>(info, r + 44);
  const result = host_vm_merge_info(info, infoCnt);
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

function Xvm_read_bytes(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const dataCnt = stackAlloc(4);
  store<u32>(dataCnt, 2048);
  const result = vm_read_bytes(target_task, load<u32>(m, 28), load<u32>(m, 36), r + 36, dataCnt);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  if (result != KERN_SUCCESS) return result;
  memory.fill(r + 36 + load<u32>(dataCnt), 0, 3);
  store<u32>(r, 0x10000808 | (load<u32>(dataCnt) << 16), 32);
  store<u32>(r, 36 + ((load<u32>(dataCnt) + 3) & ~3), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xvm_write_bytes(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 36) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 32;
  const dataArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 8, 8, false, 2048, dataArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(dataArray);
    return failure;
  }
  const target_task = convert_port_to_map(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = vm_write_bytes(target_task, load<u32>(m, 28), dataArray.address, dataArray.number);
  mig_array_free(dataArray);
  if (changetype<usize>(target_task) != 0) vm_map_deallocate(target_task);
  return result;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach386_define(): void {
  mig_define(4600, Xhost_vm_merge_info, 2092);
  mig_define(4601, Xvm_read_bytes, 2084);
  mig_define(4602, Xvm_write_bytes, 240);
}
