// The kernel's messages of abi/defs/device_reply.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";
import { VmMapCopy } from "../vm/vm_map_copy";

/** 2900; the rights of reply_port, device_port are consumed. The device, or why not. */
export function device_open_reply(reply_port: IpcPort, reply_portType: u32, return_code: u32, device_port: IpcPort): i32 {
  const destination = reply_port;
  if (!IP_VALID(destination)) {
    ipc_port_release_send(device_port);
    return MACH_SEND_INVALID_DEST;
  }
  const kmsg = kernel_message(destination, reply_portType | <u32>0x80000000, 2900, 40);
  if (kmsg == IKM_NULL) {
    ipc_port_release_send(device_port);
    return KERN_RESOURCE_SHORTAGE;
  }
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012011, 32);
  store<usize>(m, changetype<usize>(device_port), 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2902; the rights of reply_port are consumed. How much was written, or why not. */
export function device_write_reply(reply_port: IpcPort, reply_portType: u32, return_code: u32, bytes_written: u32): i32 {
  const destination = reply_port;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, reply_portType, 2902, 40);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, bytes_written, 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2903; the rights of reply_port are consumed. As device_write_reply. */
export function device_write_reply_inband(reply_port: IpcPort, reply_portType: u32, return_code: u32, bytes_written: u32): i32 {
  const destination = reply_port;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, reply_portType, 2903, 40);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, bytes_written, 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2904; the rights of reply_port are consumed. What was read, or why not. */
export function device_read_reply(reply_port: IpcPort, reply_portType: u32, return_code: u32, data: VmMapCopy, dataCnt: u32): i32 {
  const destination = reply_port;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, reply_portType | <u32>0x80000000, 2904, 48);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x20000000, 32);
  store<u32>(m, 0x80009, 36);
  store<u32>(m, dataCnt, 40);
  store<usize>(m, changetype<usize>(data), 44);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2905; the rights of reply_port are consumed. As device_read_reply. */
export function device_read_reply_inband(reply_port: IpcPort, reply_portType: u32, return_code: u32, data: usize, dataCnt: u32): i32 {
  const destination = reply_port;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, reply_portType, 2905, 36 + ((dataCnt + 3) & ~3));
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, return_code, 28);
  store<u32>(m, 0x10000808 | (dataCnt << 16), 32);
  memory.copy(m + 36, data, dataCnt);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
