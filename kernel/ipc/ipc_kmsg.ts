// Messages inside the kernel. Past the link words they look as in user memory (abi/mach_msg.ts), with ports in place
// of names: msgh_remote_port is the destination, msgh_local_port the reply port, and out-of-line items are VmMapCopy
// addresses or kernel arrays of ports. A right in a message owns its count and its reference.
import { current_thread } from "../kern/sched";
import { kalloc, kfree, zalloc_raw, zfree } from "../kern/zone";
import { copyinmsg, copyoutmsg } from "../vm/vm_copyio";
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSGH_BITS_USER,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_RCV_INVALID_DATA,
  MACH_SEND_INVALID_DATA,
  MACH_SEND_MSG_TOO_SMALL,
  MACH_SEND_NO_BUFFER,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import { ipc_kmsg_clean_body } from "./ipc_kmsg_body";
import { ipc_object_destroy } from "./ipc_copyin";
import { IMAR_NULL, IpcMarequest } from "./ipc_marequest";
import { ipc_port_release_send, ipc_port_release_sonce, IpcPort } from "./ipc_port";
import { ipc_zones } from "./ipc_zones";

@unmanaged
export class IpcKmsg {
  // Link in a message queue: must stay first.
  next!: usize;
  prev!: usize;
  /** Bytes there is room for from `bits` on. */
  capacity!: u32;
  marequest: IpcMarequest = IMAR_NULL;
  // The header.
  bits!: u32;
  size!: u32;
  remote: IpcPort = changetype<IpcPort>(0);
  local: IpcPort = changetype<IpcPort>(0);
  seqno!: u32;
  id!: i32;
}

export const IKM_NULL: IpcKmsg = changetype<IpcKmsg>(0);
/** Bytes before the header. */
export const IKM_OVERHEAD: u32 = 16;
/** Messages up to this size come from a zone. */
export const IKM_SMALL_SIZE: u32 = 240;
/** Nobody may keep more than this in one message; longer data go out of line. */
export const IKM_SIZE_MAX: u32 = 128 * 1024;

/** Address of the message's header. */
export function ikm_header(kmsg: IpcKmsg): usize {
  return changetype<usize>(kmsg) + IKM_OVERHEAD;
}

export function ikm_from_header(header: usize): IpcKmsg {
  return changetype<IpcKmsg>(header - IKM_OVERHEAD);
}

/** Types of the rights in the header. */
export function ikm_remote_type(kmsg: IpcKmsg): u32 {
  return kmsg.bits & 0xff;
}

export function ikm_local_type(kmsg: IpcKmsg): u32 {
  return (kmsg.bits >> 8) & 0xff;
}

/** A message buffer of at least `size` bytes: nothing in it is defined. Null when memory is short. */
export function ikm_alloc(size: u32): IpcKmsg {
  if (size > IKM_SIZE_MAX) return IKM_NULL;
  if (size > IKM_SMALL_SIZE) return alloc_large(size);
  const kmsg = changetype<IpcKmsg>(zalloc_raw(ipc_zones().kmsg));
  if (kmsg == IKM_NULL) return IKM_NULL;
  kmsg.marequest = IMAR_NULL;
  kmsg.capacity = IKM_SMALL_SIZE;
  return kmsg;
}

function alloc_large(size: u32): IpcKmsg {
  const kmsg = changetype<IpcKmsg>(kalloc(IKM_OVERHEAD + size));
  if (kmsg != IKM_NULL) kmsg.capacity = size;
  return kmsg;
}

/**
 * A message of the kernel's own to `destination`, whose right (of the type in `bits`) becomes the message's. Null, with
 * that right released, when memory is short.
 */
export function kernel_message(destination: IpcPort, bits: u32, id: i32, size: u32): IpcKmsg {
  const kmsg = ikm_alloc(size);
  if (kmsg == IKM_NULL) {
    if ((bits & 0xff) == MACH_MSG_TYPE_PORT_SEND_ONCE) ipc_port_release_sonce(destination);
    else ipc_port_release_send(destination);
    return kmsg;
  }
  kmsg.bits = bits;
  kmsg.size = size;
  kmsg.remote = destination;
  kmsg.local = changetype<IpcPort>(0);
  kmsg.seqno = 0;
  kmsg.id = id;
  return kmsg;
}

/** Frees the buffer only; what the message held must be gone. */
export function ikm_free(kmsg: IpcKmsg): void {
  const capacity = kmsg.capacity;
  if (capacity == IKM_SMALL_SIZE) zfree(ipc_zones().kmsg, changetype<usize>(kmsg));
  else kfree(changetype<usize>(kmsg), IKM_OVERHEAD + capacity);
}

/** Reads a user's message; stores the IpcKmsg at `result`. */
export function ipc_kmsg_get(address: u32, size: u32, result: usize): u32 {
  if (size < <u32>MSG_HEADER_SIZE || (size & 3) != 0) return MACH_SEND_MSG_TOO_SMALL;
  const kmsg = ikm_alloc(size);
  if (kmsg == IKM_NULL) return MACH_SEND_NO_BUFFER;
  if (copyinmsg(address, ikm_header(kmsg), size)) {
    ikm_free(kmsg);
    return MACH_SEND_INVALID_DATA;
  }
  kmsg.size = size;
  kmsg.bits &= <u32>MACH_MSGH_BITS_USER;
  store<usize>(result, changetype<usize>(kmsg));
  return MACH_MSG_SUCCESS;
}

/** Writes the first `size` bytes of a message that has names again to the user and frees it. */
export function ipc_kmsg_put(address: u32, kmsg: IpcKmsg, size: u32): u32 {
  const failed = copyoutmsg(ikm_header(kmsg), address, size);
  ikm_free(kmsg);
  return failed ? MACH_RCV_INVALID_DATA : MACH_MSG_SUCCESS;
}

/**
 * Destroys a message and everything in it. A message may hold the last right to a queue with messages that hold ...:
 * so what is found on the way waits its turn in the thread's list, and the kernel stack stays short.
 */
export function ipc_kmsg_destroy(kmsg: IpcKmsg): void {
  const thread = current_thread();
  const busy = thread.ith_messages != 0;
  kmsg.prev = 0;
  if (busy) {
    // After the one that is being destroyed.
    const head = changetype<IpcKmsg>(thread.ith_messages);
    kmsg.next = head.next;
    head.next = changetype<usize>(kmsg);
    return;
  }
  kmsg.next = 0;
  thread.ith_messages = changetype<usize>(kmsg);
  while (thread.ith_messages != 0) {
    const current = changetype<IpcKmsg>(thread.ith_messages);
    ipc_kmsg_clean(current);
    thread.ith_messages = current.next;
    ikm_free(current);
  }
}

/** Destroys what the message holds; the buffer stays. */
export function ipc_kmsg_clean(kmsg: IpcKmsg): void {
  ipc_object_destroy(kmsg.remote, ikm_remote_type(kmsg));
  ipc_object_destroy(kmsg.local, ikm_local_type(kmsg));
  if (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) {
    ipc_kmsg_clean_body(ikm_header(kmsg) + MSG_HEADER_SIZE, ikm_header(kmsg) + kmsg.size);
  }
}
