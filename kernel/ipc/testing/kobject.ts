// Stands in for kern/ipc_kobject.ts and kern/mig_table.ts in host tests of IPC: what a kernel port answers depends on the request's id (SERVED_*).
import { KERN_FAILURE, MIG_NO_REPLY } from "../../../abi/kern_return";
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_TYPE_PORT_SEND,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE_SHIFT,
} from "../../../abi/mach_msg";
import { ipc_object_destroy } from "../ipc_copyin";
import {
  IKM_NULL,
  ikm_alloc,
  ikm_free,
  ikm_header,
  ikm_local_type,
  ikm_remote_type,
  IpcKmsg,
  ipc_kmsg_destroy,
} from "../ipc_kmsg";
import { IP_NULL, IP_VALID, ipc_port_copy_send, IpcPort } from "../ipc_port";
import { serve } from "./host";

/** The id's remainder by 8; any other one is answered with success and nothing more. */
const SERVED_FAILURE: i32 = 1;
const SERVED_ONE_WAY: i32 = 2;
const SERVED_NO_REPLY: i32 = 3;
/** With a send right to the port itself. */
const SERVED_RIGHT: i32 = 4;
/** What a small buffer does not hold. */
const SERVED_LARGE: i32 = 5;
const LARGE_REPLY: u32 = 400;

export function mig_lookup(id: i32): u32 {
  return (id & 7) == SERVED_LARGE ? LARGE_REPLY : 240;
}

export function mig_reply_size(routine: u32): u32 {
  return routine;
}

/** The harness does what it likes, then the answer is made. */
export function ipc_kobject_serve(_routine: u32, request: IpcKmsg, reply: IpcKmsg): bool {
  const kind = request.id & 7;
  const header = ikm_header(reply);
  reply.bits = ikm_local_type(request);
  reply.size = MSG_HEADER_SIZE + 8;
  reply.remote = request.local;
  reply.local = IP_NULL;
  reply.seqno = 0;
  reply.id = request.id + 100;
  request.local = IP_NULL;
  store<u32>(header, 0x10012002, MSG_HEADER_SIZE);
  store<i32>(header, kind == SERVED_FAILURE ? KERN_FAILURE : kind == SERVED_NO_REPLY ? MIG_NO_REPLY : 0, 28);
  serve(request.id);
  if (kind == SERVED_ONE_WAY) reply.size = 0;
  if (kind == SERVED_NO_REPLY) {
    if (IP_VALID(reply.remote)) ipc_object_destroy(reply.remote, ikm_local_type(request));
    reply.remote = IP_NULL;
  }
  if (kind == SERVED_LARGE) {
    memory.fill(header + 32, 7, LARGE_REPLY - 32);
    reply.size = LARGE_REPLY;
  }
  if (kind == SERVED_RIGHT) {
    const one = MSG_TYPE_INLINE | (1 << MSG_TYPE_NUMBER_SHIFT) | (32 << MSG_TYPE_SIZE_SHIFT);
    store<u32>(header, one | MACH_MSG_TYPE_PORT_SEND, 32);
    store<usize>(header, changetype<usize>(ipc_port_copy_send(request.remote)), 36);
    reply.bits |= <u32>MACH_MSGH_BITS_COMPLEX;
    reply.size = 40;
  }
  return kind != SERVED_FAILURE;
}

export function ipc_kobject_answers(reply: IpcKmsg): bool {
  if (reply.size != 0) return IP_VALID(reply.remote);
  reply.size = MSG_HEADER_SIZE;
  return false;
}

export function ipc_kobject_server(request: IpcKmsg): IpcKmsg {
  const routine = mig_lookup(request.id);
  const reply = ikm_alloc(mig_reply_size(routine));
  if (reply == IKM_NULL) {
    ipc_kmsg_destroy(request);
    return IKM_NULL;
  }
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

export function ipc_kobject_no_senders(_port: IpcPort): void {}
