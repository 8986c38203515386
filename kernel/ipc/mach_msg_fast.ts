// The fast path of mach_msg: a remote procedure call in one step. It applies when
//
//   - the caller sends and receives, with no other option;
//   - the message is simple and small, and the buffer lies on one page that is there;
//   - it goes to a live kernel port by COPY_SEND, with a reply port by MAKE_SEND_ONCE, which is the port that the caller
//     receives from;
//   - that port is in no set, has no messages and nobody waits for any.
//
// A call that it refuses has changed nothing, and mach_msg.ts does it from the start. Both ways have the same results:
// tests/ipc/fast.spec.ts compares them.
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_MASK,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_PORT_SEND,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_RCV_BODY_ERROR,
  MACH_RCV_INVALID_DATA,
  MACH_RCV_MSG,
  MSGH_BITS,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import { MACH_PORT_TYPE_RECEIVE, MACH_PORT_TYPE_SEND } from "../../abi/mach_port";
import { moveWords, stackAlloc } from "../../guest/i386";
import { ipc_kobject_answers, ipc_kobject_reply_size, ipc_kobject_serve } from "../kern/ipc_kobject";
import { queue_empty } from "../kern/queue";
import { current_task } from "../kern/sched";
import { Task } from "../kern/task";
import { copyoutmsg, user_range } from "../vm/vm_copyio";
import { IE_NULL, ipc_entry_lookup } from "./ipc_entry";
import { IKM_NULL, ikm_alloc, ikm_header, ipc_kmsg_clean, IKM_SMALL_SIZE, IpcKmsg } from "./ipc_kmsg";
import { ipc_kmsg_copyout_body } from "./ipc_kmsg_body";
import { ipc_mqueue_send_always } from "./ipc_mqueue";
import { target_messages, target_receivers } from "./ipc_object";
import { ip_active, ipc_port_make_sonce, ipc_port_release_send, IpcPort } from "./ipc_port";
import { IPS_NULL } from "./ipc_pset";
import { ipc_space_kernel } from "./ipc_space";
import { mach_msg_receive } from "./mach_msg";

/** What mach_msg_fast returns when it has done nothing. */
export const MACH_MSG_REFUSED: u32 = 0xffffffff;
/** Bytes of the largest message that is sent this way. */
const FAST_SIZE: u32 = 128;
const REQUEST_BITS: u32 = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
const KERNEL_REQUEST_BITS: u32 = MACH_MSG_TYPE_PORT_SEND | (MACH_MSG_TYPE_PORT_SEND_ONCE << 8);

/** mach_msg with MACH_SEND_MSG | MACH_RCV_MSG. Returns its code, or MACH_MSG_REFUSED. */
export function mach_msg_fast(message: u32, size: u32, receiveSize: u32, receiveName: u32): u32 {
  if (size - MSG_HEADER_SIZE > FAST_SIZE - MSG_HEADER_SIZE || (size & 3) != 0) return MACH_MSG_REFUSED;
  const task = current_task();
  const header = user_range(task.map, message, size, false);
  if (header == 0 || load<u32>(header, MSGH_BITS) != REQUEST_BITS) return MACH_MSG_REFUSED;
  if (load<u32>(header, MSGH_LOCAL_PORT) != receiveName) return MACH_MSG_REFUSED;
  const space = task.itk_space;
  const destination = ipc_entry_lookup(space, load<u32>(header, MSGH_REMOTE_PORT));
  if (destination == IE_NULL || (destination.bits & MACH_PORT_TYPE_SEND) == 0) return MACH_MSG_REFUSED;
  const port = changetype<IpcPort>(destination.object);
  if (!ip_active(port) || port.receiver != ipc_space_kernel()) return MACH_MSG_REFUSED;
  const entry = ipc_entry_lookup(space, receiveName);
  if (entry == IE_NULL || (entry.bits & MACH_PORT_TYPE_RECEIVE) == 0) return MACH_MSG_REFUSED;
  const replyPort = changetype<IpcPort>(entry.object);
  if (!is_quiet(replyPort) || ipc_kobject_reply_size(load<i32>(header, MSGH_ID)) > IKM_SMALL_SIZE)
    return MACH_MSG_REFUSED;
  return call_kernel(task, header, size, port, replyPort, message, receiveSize, receiveName);
}

/** Whether what is sent to the port next is what its receiver gets next. */
function is_quiet(port: IpcPort): bool {
  return (
    port.pset == IPS_NULL &&
    port.has_protected_payload == 0 &&
    queue_empty(target_messages(port)) &&
    queue_empty(target_receivers(port))
  );
}

/** Serves the request at `header`, user memory, and receives the reply. */
function call_kernel(
  task: Task,
  header: usize,
  size: u32,
  port: IpcPort,
  replyPort: IpcPort,
  message: u32,
  receiveSize: u32,
  receiveName: u32,
): u32 {
  const request = changetype<IpcKmsg>(stackAlloc(144));
  const reply = changetype<IpcKmsg>(stackAlloc(256));
  moveWords(ikm_header(request), header, size >> 2);
  port.srights++;
  port.refs++;
  request.bits = KERNEL_REQUEST_BITS;
  request.size = size;
  request.remote = port;
  request.local = ipc_port_make_sonce(replyPort);
  task.messages_sent++;
  ipc_kobject_serve(request, reply);
  ipc_port_release_send(port);
  if (!ipc_kobject_answers(reply)) {
    ipc_kmsg_clean(reply);
    return mach_msg_receive(message, MACH_RCV_MSG, receiveSize, receiveName, 0, 0);
  }
  const receives =
    reply.remote == replyPort &&
    ip_active(replyPort) &&
    replyPort.receiver == task.itk_space &&
    replyPort.name == receiveName &&
    is_quiet(replyPort) &&
    reply.size <= receiveSize;
  return receives
    ? receive_reply(task, reply, message)
    : queue_reply(reply, message, receiveSize, receiveName);
}

/** The caller gets the reply at once: what copying it out of a queue would have done. */
function receive_reply(task: Task, reply: IpcKmsg, message: u32): u32 {
  const port = reply.remote;
  port.sorights--;
  port.refs--;
  reply.remote = changetype<IpcPort>(0);
  reply.local = changetype<IpcPort>(<usize>port.name);
  reply.seqno = port.seqno++;
  task.messages_received++;
  const size = reply.size;
  const from = ikm_header(reply);
  let mr: u32 = MACH_MSG_SUCCESS;
  if (reply.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) {
    mr = ipc_kmsg_copyout_body(from + MSG_HEADER_SIZE, from + size, task.itk_space, task.map);
    if (mr != MACH_MSG_SUCCESS) mr = MACH_RCV_BODY_ERROR | (mr & MACH_MSG_MASK);
  }
  reply.bits = (reply.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) | (MACH_MSG_TYPE_PORT_SEND_ONCE << 8);
  const to = user_range(task.map, message, size, true);
  if (to != 0) moveWords(to, from, size >> 2);
  else if (copyoutmsg(from, message, size)) return MACH_RCV_INVALID_DATA;
  return mr;
}

/** Something changed while the routine ran: the reply goes the way of all messages. */
function queue_reply(reply: IpcKmsg, message: u32, receiveSize: u32, receiveName: u32): u32 {
  const kmsg = ikm_alloc(reply.size);
  if (kmsg == IKM_NULL) {
    ipc_kmsg_clean(reply);
  } else {
    moveWords(ikm_header(kmsg), ikm_header(reply), reply.size >> 2);
    ipc_mqueue_send_always(kmsg);
  }
  return mach_msg_receive(message, MACH_RCV_MSG, receiveSize, receiveName, 0, 0);
}
