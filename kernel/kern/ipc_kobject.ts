// Kernel objects behind ports: which kinds there are, and what happens to a message that is sent to one.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_NAME_MASK,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE_SHIFT,
} from "../../abi/mach_msg";
import { device_notify } from "../device/device";
import { device_define } from "../generated/device_server.generated";
import { gnumach_define } from "../generated/gnumach_server.generated";
import { mach4_define } from "../generated/mach4_server.generated";
import { mach_debug_define } from "../generated/mach_debug_server.generated";
import { mach_host_define } from "../generated/mach_host_server.generated";
import { mach386_define } from "../generated/mach386_server.generated";
import { mach_i386_define } from "../generated/mach_i386_server.generated";
import { mach_port_define } from "../generated/mach_port_server.generated";
import { mach_define } from "../generated/mach_server.generated";
import { ipc_object_destroy } from "../ipc/ipc_copyin";
import {
  ikm_alloc,
  ikm_free,
  ikm_header,
  ikm_local_type,
  IKM_NULL,
  ikm_remote_type,
  ipc_kmsg_clean,
  ipc_kmsg_destroy,
  IpcKmsg,
} from "../ipc/ipc_kmsg";
import { IO_BITS_KOTYPE } from "../ipc/ipc_object";
import {
  ip_active,
  IP_DEAD,
  ip_kotype,
  IP_NULL,
  IP_VALID,
  ipc_port_dealloc_kernel,
  ipc_port_release_sonce,
  IpcPort,
} from "../ipc/ipc_port";
import { ipc_space_kernel } from "../ipc/ipc_space";
import { memory_object_proxy_no_senders } from "../vm/memory_object_proxy";
import { mig_call, mig_lookup, mig_reply_size } from "./mig_table";

// Object types, as mach_port_kernel_object shows them.
export const IKOT_NONE: u32 = 0;
export const IKOT_THREAD: u32 = 1;
export const IKOT_TASK: u32 = 2;
export const IKOT_HOST: u32 = 3;
export const IKOT_HOST_PRIV: u32 = 4;
export const IKOT_PROCESSOR: u32 = 5;
export const IKOT_PSET: u32 = 6;
export const IKOT_PSET_NAME: u32 = 7;
export const IKOT_PAGER: u32 = 8;
/** A memory object's control port. */
export const IKOT_PAGING_REQUEST: u32 = 9;
export const IKOT_DEVICE: u32 = 10;
/** A memory object's name port. */
export const IKOT_PAGING_NAME: u32 = 16;
export const IKOT_MASTER_DEVICE: u32 = 19;
/** A window of a memory object. */
export const IKOT_PAGER_PROXY: u32 = 27;
/** Where an answer may still come that nobody waits for any more. */
export const IKOT_ABANDONED_REPLY: u32 = 29;
/** Where the devices hear of the death of reply ports. */
export const IKOT_DEVICE_NOTIFY: u32 = 30;
/** A range of I/O ports. */
export const IKOT_IO_PERM: u32 = 31;

/** Makes the port stand for `kobject`. IKOT_NONE with 0 ends that. */
export function ipc_kobject_set(port: IpcPort, kobject: usize, type: u32): void {
  port.bits = (port.bits & ~IO_BITS_KOTYPE) | type;
  port.kobject = kobject;
}

/** The object of type `type` behind `port`; 0 for any other port, null and dead ones included. */
export function ipc_kobject_get(port: IpcPort, type: u32): usize {
  return IP_VALID(port) && ip_active(port) && ip_kotype(port) == type ? port.kobject : 0;
}

/** What kind of object is behind `port`; IKOT_NONE for null and dead ones. */
export function ipc_kobject_type(port: IpcPort): u32 {
  return IP_VALID(port) && ip_active(port) ? ip_kotype(port) : IKOT_NONE;
}

/** The last send right of a kernel port is gone: what lives only in rights ends. */
export function ipc_kobject_no_senders(port: IpcPort): void {
  if (ip_kotype(port) == IKOT_IO_PERM) ipc_port_dealloc_kernel(port);
  else if (ip_kotype(port) == IKOT_PAGER_PROXY) memory_object_proxy_no_senders(port);
}

// --- Requests ---

/** Offset of a reply's return code; its descriptor is just before it. */
const RETURN_CODE: usize = 28;
const ERROR_REPLY_SIZE: u32 = 32;
const INTEGER_DESCRIPTOR: u32 =
  MACH_MSG_TYPE_INTEGER_32 | (32 << MSG_TYPE_SIZE_SHIFT) | (1 << MSG_TYPE_NUMBER_SHIFT) | MSG_TYPE_INLINE;
/** Reply ids are request ids plus this. */
const REPLY_ID: i32 = 100;

/** Enters all routines into the table; once, at boot. */
export function mig_init(): void {
  mach_define();
  mach4_define();
  mach_port_define();
  mach_host_define();
  mach_debug_define();
  mach_i386_define();
  mach386_define();
  gnumach_define();
  device_define();
}

/** Ids from 64 on that come with a send-once right: the kernel's own notifications to its ports. */
function is_notification(request: IpcKmsg): bool {
  return <u32>(request.id - 64) < 36 && ikm_remote_type(request) == MACH_MSG_TYPE_PORT_SEND_ONCE;
}

/** Consumes it. The right must not make a notification of its own. */
function serve_notification(request: IpcKmsg): void {
  device_notify(request.remote, request.id);
  ipc_port_release_sonce(request.remote);
  request.remote = IP_NULL;
  ipc_kmsg_destroy(request);
}

/** Ends the kernel's wait at a reply port of its own: the port goes with the answer, or with the right to send one. */
export function ipc_kobject_abandon(port: IpcPort): void {
  if (port.sorights == 0) {
    ipc_port_dealloc_kernel(port);
    return;
  }
  port.receiver = ipc_space_kernel();
  ipc_kobject_set(port, 0, IKOT_ABANDONED_REPLY);
}

/** Consumes what came to an abandoned reply port, and the port. */
function end_abandoned(message: IpcKmsg): void {
  const port = message.remote;
  ipc_port_release_sonce(port);
  message.remote = IP_NULL;
  ipc_kmsg_destroy(message);
  ipc_port_dealloc_kernel(port);
}

/**
 * Serves a request (consumed) to a kernel port; returns the reply to send, or null. A routine that succeeds has taken
 * over what the request carried; after a failure that is destroyed. MIG_NO_REPLY: it has taken over the reply right too,
 * and will use it later. May block.
 */
export function ipc_kobject_server(request: IpcKmsg): IpcKmsg {
  if (ip_kotype(request.remote) == IKOT_ABANDONED_REPLY) {
    end_abandoned(request);
    return IKM_NULL;
  }
  if (is_notification(request)) {
    serve_notification(request);
    return IKM_NULL;
  }
  const routine = mig_lookup(request.id);
  const reply = ikm_alloc(routine == 0 ? ERROR_REPLY_SIZE : mig_reply_size(routine));
  if (reply == IKM_NULL) return refuse(request);
  if (ipc_kobject_serve(routine, request, reply)) {
    ipc_object_destroy(request.remote, ikm_remote_type(request));
    ikm_free(request);
  } else {
    ipc_kmsg_destroy(request);
  }
  if (ipc_kobject_answers(reply)) return reply;
  ipc_kmsg_destroy(reply);
  return IKM_NULL;
}

/**
 * Runs the routine (of mig_lookup, or 0) that `request` asks for. `reply`, a buffer with room enough, takes over the reply port and gets the
 * answer. False when the routine failed: what the request's body carried is still there then. May block.
 */
export function ipc_kobject_serve(routine: u32, request: IpcKmsg, reply: IpcKmsg): bool {
  const id = request.id;
  const header = ikm_header(reply);
  reply.bits = ikm_local_type(request);
  reply.size = ERROR_REPLY_SIZE;
  reply.remote = request.local;
  reply.local = IP_NULL;
  reply.seqno = 0;
  reply.id = id + REPLY_ID;
  store<u32>(header, INTEGER_DESCRIPTOR, MSG_HEADER_SIZE);
  const result = routine == 0 ? MIG_BAD_ID : mig_call(routine, ikm_header(request), header);
  store<i32>(header, result, RETURN_CODE);
  request.local = IP_NULL; // the reply has it
  if (result == MIG_NO_REPLY) reply.remote = IP_NULL;
  return result == KERN_SUCCESS || result == MIG_NO_REPLY;
}

/** There is no memory for a reply: the request's own buffer takes KERN_RESOURCE_SHORTAGE back. Null without a reply port. */
function refuse(request: IpcKmsg): IpcKmsg {
  const port = request.local;
  if (!IP_VALID(port)) {
    ipc_kmsg_destroy(request);
    return IKM_NULL;
  }
  request.local = IP_NULL;
  ipc_kmsg_clean(request);
  const header = ikm_header(request);
  request.bits = ikm_local_type(request);
  request.size = ERROR_REPLY_SIZE;
  request.remote = port;
  request.id += REPLY_ID;
  store<u32>(header, INTEGER_DESCRIPTOR, MSG_HEADER_SIZE);
  store<i32>(header, KERN_RESOURCE_SHORTAGE, RETURN_CODE);
  return request;
}

/**
 * Whether a reply of ipc_kobject_serve is to be sent: there must be where to, and the routine must not be one-way (size
 * 0) or answer later. If not, the reply is left fit to be destroyed.
 */
export function ipc_kobject_answers(reply: IpcKmsg): bool {
  if (reply.size == 0) {
    reply.size = MSG_HEADER_SIZE;
    reply.bits &= ~(<u32>MACH_MSGH_BITS_COMPLEX);
    return false;
  }
  return IP_VALID(reply.remote);
}

/** Whether the descriptor at `offset` is that of one word, of whatever type: what a polymorphic item must have. */
export function mig_port_item(message: usize, offset: usize): bool {
  return ((load<u32>(message + offset) ^ INTEGER_DESCRIPTOR) & ~(<u32>MSG_TYPE_NAME_MASK)) == 0;
}

/** The port of a polymorphic item. A word that is no right, of which the message system made no port, counts as dead. */
export function mig_port(message: usize, offset: usize): IpcPort {
  const port = load<usize>(message + offset + 4);
  const complex = (load<u32>(message) & (<u32>MACH_MSGH_BITS_COMPLEX)) != 0;
  const type = load<u32>(message + offset) & MSG_TYPE_NAME_MASK;
  const right =
    type - MACH_MSG_TYPE_PORT_RECEIVE <= <u32>(MACH_MSG_TYPE_PORT_SEND_ONCE - MACH_MSG_TYPE_PORT_RECEIVE);
  return port == 0 || (complex && right) ? changetype<IpcPort>(port) : IP_DEAD;
}
