// The kernel's messages of abi/defs/memory_object.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSGH_BITS_CIRCULAR, MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";
import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";
import { IP_VALID, ipc_port_check_circularity, ipc_port_clear_receiver, ipc_port_copy_send, ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import { VmMapCopy } from "../vm/vm_map_copy";

/** 2200. The object is mapped for the first time; memory_object_ready is the answer. */
export function memory_object_init(memory_object: IpcPort, memory_control: IpcPort, memory_object_name: IpcPort, memory_object_page_size: u32): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2200, 48);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012011, 32);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_object_name)), 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, memory_object_page_size, 44);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2201. The kernel has no more use for the object. */
export function memory_object_terminate(memory_object: IpcPort, memory_control: IpcPort, memory_object_name: IpcPort): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2201, 40);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012010, 24);
  ipc_port_clear_receiver(memory_control);
  if (ipc_port_check_circularity(memory_control, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
  store<usize>(m, changetype<usize>(memory_control), 28);
  store<u32>(m, 0x10012010, 32);
  ipc_port_clear_receiver(memory_object_name);
  if (ipc_port_check_circularity(memory_object_name, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
  store<usize>(m, changetype<usize>(memory_object_name), 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2202. A range is copied; `new_memory_object` stands for the copy. */
export function memory_object_copy(old_memory_object: IpcPort, old_memory_control: IpcPort, offset: u32, length: u32, new_memory_object: IpcPort): i32 {
  const destination = ipc_port_copy_send(old_memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2202, 56);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(old_memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012010, 48);
  ipc_port_clear_receiver(new_memory_object);
  if (ipc_port_check_circularity(new_memory_object, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
  store<usize>(m, changetype<usize>(new_memory_object), 52);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2203. Wanted: memory_object_data_supply, memory_object_data_unavailable or memory_object_data_error. */
export function memory_object_data_request(memory_object: IpcPort, memory_control: IpcPort, offset: u32, length: u32, desired_access: u32): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2203, 56);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, desired_access, 52);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2204. Wanted: memory_object_lock_request that permits the access. */
export function memory_object_data_unlock(memory_object: IpcPort, memory_control: IpcPort, offset: u32, length: u32, desired_access: u32): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2204, 56);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, desired_access, 52);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2206; the rights of reply_to are consumed. A memory_object_lock_request is done. */
export function memory_object_lock_completed(reply_to: IpcPort, memory_control: IpcPort, offset: u32, length: u32): i32 {
  const destination = reply_to;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 18 | <u32>0x80000000, 2206, 48);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2207; the rights of reply_to are consumed. A memory_object_data_supply is done. */
export function memory_object_supply_completed(reply_to: IpcPort, memory_control: IpcPort, offset: u32, length: u32, result: u32, error_offset: u32): i32 {
  const destination = reply_to;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 18 | <u32>0x80000000, 2207, 64);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x10012002, 40);
  store<u32>(m, length, 44);
  store<u32>(m, 0x10012002, 48);
  store<u32>(m, result, 52);
  store<u32>(m, 0x10012002, 56);
  store<u32>(m, error_offset, 60);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2208. Data go back to the pager. */
export function memory_object_data_return(memory_object: IpcPort, memory_control: IpcPort, offset: u32, data: VmMapCopy, dataCnt: u32, dirty: bool, kernel_copy: bool): i32 {
  const destination = ipc_port_copy_send(memory_object);
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 17 | <u32>0x80000000, 2208, 72);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012011, 24);
  store<usize>(m, changetype<usize>(ipc_port_make_send(memory_control)), 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, offset, 36);
  store<u32>(m, 0x20000000, 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, dataCnt, 48);
  store<usize>(m, changetype<usize>(data), 52);
  store<u32>(m, 0x10012000, 56);
  store<u32>(m, dirty ? 1 : 0, 60);
  store<u32>(m, 0x10012000, 64);
  store<u32>(m, kernel_copy ? 1 : 0, 68);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}

/** 2209; the rights of reply_to are consumed. A memory_object_change_attributes is done. */
export function memory_object_change_completed(reply_to: IpcPort, may_cache: bool, copy_strategy: u32): i32 {
  const destination = reply_to;
  if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;
  const kmsg = kernel_message(destination, 18, 2209, 40);
  if (kmsg == IKM_NULL) return KERN_RESOURCE_SHORTAGE;
  const m = ikm_header(kmsg);
  store<u32>(m, 0x10012000, 24);
  store<u32>(m, may_cache ? 1 : 0, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, copy_strategy, 36);
  ipc_mqueue_send_always(kmsg);
  return KERN_SUCCESS;
}
