// The kernel's server of abi/defs/mach386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_INVALID_HOST, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { IpcPort } from "../ipc/ipc_port";
import { host_vm_merge_info } from "../kern/host_debug";
import { convert_port_to_host } from "../kern/ipc_host";
import { mig_define } from "../kern/mig_table";

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

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function mach386_define(): void {
  mig_define(4600, Xhost_vm_merge_info, 2092);
}
