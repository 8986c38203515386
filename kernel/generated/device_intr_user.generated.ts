// The kernel's messages of abi/defs/device_intr.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_copy_send, IpcPort } from "../ipc/ipc_port";

/** 100. The line has interrupted, and stays silent until device_intr_ack. */
export function device_intr_notify(receive_port: IpcPort, irq: u32): i32 {
  const destination = ipc_port_copy_send(receive_port);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17, 100, 32);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, irq, 28);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
