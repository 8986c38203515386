// The kernel's messages of abi/defs/task_notify.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_copy_send, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";

/** 4400; the rights of task, parent are consumed. The parent is null for tasks of the bootstrap. */
export function mach_notify_new_task(notify: IpcPort, task: IpcPort, parent: IpcPort): i32 {
  const destination = ipc_port_copy_send(notify);
  if (!IP_VALID(destination)) {
    ipc_port_release_send(task);
    ipc_port_release_send(parent);
    return MACH_SEND_INVALID_DEST;
  }
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 4400, 40);
  if (kmsg == IKM_NULL) {
    ipc_port_release_send(task);
    ipc_port_release_send(parent);
    return KERN_RESOURCE_SHORTAGE;
  }
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(task), 28);
  store<u32>(m, 0x10012011, 32);
  store<usize>(m, changetype<usize>(parent), 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
