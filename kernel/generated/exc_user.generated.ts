// The kernel's messages of abi/defs/exc.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_copy_send, ipc_port_make_sonce, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";

/** 2400; the rights of thread, task are consumed. The thread waits for the answer. KERN_SUCCESS: it goes on; anything else: the next port is asked. */
export function exception_raise(exception_port: IpcPort, reply: IpcPort, thread: IpcPort, task: IpcPort, exception: u32, code: u32, subcode: u32): i32 {
  const destination = ipc_port_copy_send(exception_port);
  if (!IP_VALID(destination)) {
    ipc_port_release_send(thread);
    ipc_port_release_send(task);
    return MACH_SEND_INVALID_DEST;
  }
  const kmsg = kernel_message(destination, 17 | 4608 | <u32>0x80000000, 2400, 64);
  if (kmsg == IKM_NULL) {
    ipc_port_release_send(thread);
    ipc_port_release_send(task);
    return KERN_RESOURCE_SHORTAGE;
  }
  kmsg.local = ipc_port_make_sonce(reply);
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(thread), 28);
  store<u32>(m, 0x10012011, 32);
  store<usize>(m, changetype<usize>(task), 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, exception, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, code, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, subcode, 60);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
