// The kernel's messages of abi/defs/memory_object_default.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSGH_BITS_CIRCULAR, MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_check_circularity, ipc_port_clear_receiver, ipc_port_copy_send, ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import { VmMapCopy } from "../vm/vm_map_copy";

/** 2250. The first page of memory without a pager goes out: an object for it. */
export function memory_object_create(old_memory_object: IpcPort, new_memory_object: IpcPort, new_object_size: u32, new_control_port: IpcPort, new_name: IpcPort, new_page_size: u32): i32 {
  const destination = ipc_port_copy_send(old_memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2250, 64);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012010, 24);
  ipc_port_clear_receiver(new_memory_object);
  if (ipc_port_check_circularity(new_memory_object, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
  store<usize>(m, changetype<usize>(new_memory_object), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, new_object_size, 36);
  store<u32>(m, 0x10012011, 40);
  store<usize>(m, changetype<usize>(ipc_port_make_send(new_control_port)), 44);
  store<u32>(m, 0x10012011, 48);
  store<usize>(m, changetype<usize>(ipc_port_make_send(new_name)), 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, new_page_size, 60);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2251. Data that the object has never had. */
export function memory_object_data_initialize(memory_object: IpcPort, memory_control_port: IpcPort, offset: u32, data: VmMapCopy, dataCnt: u32): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2251, 56);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control_port)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<usize>(m, changetype<usize>(data), 52);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
