// The fast path of mach_msg: one step of a remote procedure call without queues, message buffers and run queues. It
// applies when
//
//   - the caller sends and receives, with no other option;
//   - the message is simple and small, and lies on one page that is there;
//   - it is a request: by COPY_SEND to a live port, with a reply port by MAKE_SEND_ONCE, which is the port received from; or
//     a reply: by MOVE_SEND_ONCE to a live port, without a reply port, of which nobody asked to hear;
//   - no message waits where the caller receives, and the port there is in no set;
//   - and either the destination is the kernel's: then the routine runs, and the caller has the reply;
//   - or somebody waits there to receive, on a page that is there and with room enough: then the message goes straight
//     into that buffer, and the receiver runs while the caller waits.
//
// A call that it refuses has changed nothing, and mach_msg.ts does it from the start. Both ways have the same results:
// tests/ipc/fast.spec.ts compares them for requests to the kernel; programs try the others.
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_MASK,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSG_TYPE_PORT_SEND,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_RCV_BODY_ERROR,
  MACH_RCV_IN_PROGRESS,
  MACH_RCV_INVALID_DATA,
  MACH_RCV_MSG,
  MSGH_BITS,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSGH_SEQNO,
  MSGH_SIZE,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_TYPE_SEND,
  MACH_PORT_TYPE_SEND_ONCE,
} from "../../abi/mach_port";
import { moveWords, stackAlloc } from "../../guest/i386";
import { ipc_kobject_answers, ipc_kobject_serve } from "../kern/ipc_kobject";
import { mig_lookup, mig_reply_size } from "../kern/mig_table";
import { enqueue_tail, queue_empty, queue_first, remqueue } from "../kern/queue";
import { current_thread, thread_handoff, thread_is_waiting } from "../kern/sched";
import { Task } from "../kern/task";
import { Thread } from "../kern/thread";
import { copyoutmsg, user_readable, user_writable } from "../vm/vm_copyio";
import { ie_type, IE_NULL, ipc_entry_alloc, ipc_entry_dealloc, ipc_entry_find, IpcEntry } from "./ipc_entry";
import { IKM_NULL, ikm_alloc, ikm_header, ipc_kmsg_clean, IKM_SMALL_SIZE, IpcKmsg } from "./ipc_kmsg";
import { ipc_kmsg_copyout_body } from "./ipc_kmsg_body";
import { IMAR_NULL } from "./ipc_marequest";
import { ipc_mqueue_received, ipc_mqueue_send_always, ith_expect } from "./ipc_mqueue";
import { IpcTarget, target_messages, target_receivers } from "./ipc_object";
import { ip_active, ip_mqueue, ipc_port_make_sonce, ipc_port_release_send, IpcPort } from "./ipc_port";
import { IPS_NULL } from "./ipc_pset";
import { ipc_space_kernel, IpcSpace } from "./ipc_space";
import { ith_from_link, ith_link, ith_unlink } from "./ipc_thread";
import { mach_msg_receive, mach_msg_received } from "./mach_msg";

/** What mach_msg_fast returns when it has done nothing. */
export const MACH_MSG_REFUSED: u32 = 0xffffffff;
/** Bytes of the largest message that is sent this way. */
const FAST_SIZE: u32 = 128;

// Types of the two rights in a header, remote and local, as the sender and as the receiver sees them.
const REQUEST_BITS: u32 = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
const REQUEST_BITS_KERNEL: u32 = MACH_MSG_TYPE_PORT_SEND | (MACH_MSG_TYPE_PORT_SEND_ONCE << 8);
const REQUEST_BITS_RECEIVED: u32 = MACH_MSG_TYPE_PORT_SEND_ONCE | (MACH_MSG_TYPE_PORT_SEND << 8);
const REPLY_BITS: u32 = MACH_MSG_TYPE_MOVE_SEND_ONCE;
const REPLY_BITS_RECEIVED: u32 = MACH_MSG_TYPE_PORT_SEND_ONCE << 8;

/** mach_msg with MACH_SEND_MSG | MACH_RCV_MSG. Returns its code, or MACH_MSG_REFUSED. */
export function mach_msg_fast(message: u32, size: u32, receiveSize: u32, receiveName: u32): u32 {
  if (size - MSG_HEADER_SIZE > FAST_SIZE - MSG_HEADER_SIZE || (size & 3) != 0) return MACH_MSG_REFUSED;
  const self = current_thread();
  const space = self.task.itk_space;
  const from = user_readable(self.task.map, message, size);
  if (from == 0) return MACH_MSG_REFUSED;
  const remote = ipc_entry_find(space, load<u32>(from, MSGH_REMOTE_PORT));
  if (remote == IE_NULL) return MACH_MSG_REFUSED;
  const local = ipc_entry_find(space, receiveName);
  if (local == IE_NULL) return MACH_MSG_REFUSED;
  const bits = load<u32>(from, MSGH_BITS);
  if (bits == REQUEST_BITS) {
    if (load<u32>(from, MSGH_LOCAL_PORT) != receiveName) return MACH_MSG_REFUSED;
    if ((remote.bits & MACH_PORT_TYPE_SEND) == 0 || (local.bits & MACH_PORT_TYPE_RECEIVE) == 0)
      return MACH_MSG_REFUSED;
    const port = changetype<IpcPort>(remote.object);
    const replyPort = changetype<IpcPort>(local.object);
    if (!ip_active(port) || replyPort.pset != IPS_NULL || !queue_empty(target_messages(replyPort)))
      return MACH_MSG_REFUSED;
    if (port.receiver == ipc_space_kernel())
      return call_kernel(self, from, size, port, replyPort, message, receiveSize);
    return send_request(self, from, size, port, replyPort, message, receiveSize);
  }
  if (bits != REPLY_BITS || load<u32>(from, MSGH_LOCAL_PORT) != 0) return MACH_MSG_REFUSED;
  return send_reply(self, from, size, remote, local, message, receiveSize);
}

// --- To another thread ---

/** Who will receive the next message to `port`, if there is no reason against writing it into the buffer; else null. */
function receiver_of(port: IpcPort, size: u32): Thread {
  const link = queue_first(target_receivers(ip_mqueue(port)));
  if (link == target_receivers(ip_mqueue(port))) return changetype<Thread>(0);
  const thread = ith_from_link(link);
  if (thread.ith_message == 0 || size > thread.ith_msize) return changetype<Thread>(0);
  // One whose time is up, or that was interrupted, is still in the queue until it runs.
  if (!thread_is_waiting(thread)) return changetype<Thread>(0);
  if (port.receiver != thread.task.itk_space || port.has_protected_payload) return changetype<Thread>(0);
  return thread;
}

function send_request(
  self: Thread,
  from: usize,
  size: u32,
  port: IpcPort,
  replyPort: IpcPort,
  message: u32,
  receiveSize: u32,
): u32 {
  const receiver = receiver_of(port, size);
  if (changetype<usize>(receiver) == 0) return MACH_MSG_REFUSED;
  const to = user_writable(receiver.task.map, receiver.ith_message, size);
  if (to == 0) return MACH_MSG_REFUSED;
  const entry = ipc_entry_alloc(receiver.task.itk_space);
  if (entry == IE_NULL) return MACH_MSG_REFUSED;
  entry.object = ipc_port_make_sonce(replyPort);
  entry.bits = MACH_PORT_TYPE_SEND_ONCE | 1;
  put(to, from, size, REQUEST_BITS_RECEIVED, entry.name, port);
  return exchange(self, receiver, replyPort, message, receiveSize);
}

function send_reply(
  self: Thread,
  from: usize,
  size: u32,
  remote: IpcEntry,
  local: IpcEntry,
  message: u32,
  receiveSize: u32,
): u32 {
  if (ie_type(remote) != MACH_PORT_TYPE_SEND_ONCE || remote.request != 0 || remote.marequest != IMAR_NULL)
    return MACH_MSG_REFUSED;
  if ((local.bits & (MACH_PORT_TYPE_RECEIVE | MACH_PORT_TYPE_PORT_SET)) == 0) return MACH_MSG_REFUSED;
  const target = changetype<IpcTarget>(local.object);
  if (local.bits & MACH_PORT_TYPE_RECEIVE && changetype<IpcPort>(target).pset != IPS_NULL)
    return MACH_MSG_REFUSED;
  const port = changetype<IpcPort>(remote.object);
  if (!ip_active(port) || !queue_empty(target_messages(target))) return MACH_MSG_REFUSED;
  const receiver = receiver_of(port, size);
  if (changetype<usize>(receiver) == 0) return MACH_MSG_REFUSED;
  const to = user_writable(receiver.task.map, receiver.ith_message, size);
  if (to == 0) return MACH_MSG_REFUSED;
  port.sorights--;
  port.refs--; // not the last: the receive right has one
  ipc_entry_dealloc(self.task.itk_space, remote);
  put(to, from, size, REPLY_BITS_RECEIVED, 0, port);
  return exchange(self, receiver, target, message, receiveSize);
}

/** The receiver's message: the sender's with another header. `remote` is the name of the reply port. */
function put(to: usize, from: usize, size: u32, bits: u32, remote: u32, port: IpcPort): void {
  moveWords(to, from, size >> 2);
  store<u32>(to, bits, MSGH_BITS);
  store<u32>(to, size, MSGH_SIZE);
  store<u32>(to, remote, MSGH_REMOTE_PORT);
  store<u32>(to, port.name, MSGH_LOCAL_PORT);
  store<u32>(to, port.seqno++, MSGH_SEQNO);
}

/** The receiver goes on, and the caller waits on `target`. */
function exchange(self: Thread, receiver: Thread, target: IpcTarget, message: u32, receiveSize: u32): u32 {
  remqueue(ith_link(receiver));
  receiver.ith_state = MACH_MSG_SUCCESS;
  receiver.task.messages_received++;
  self.task.messages_sent++;
  ith_expect(self, message, MACH_RCV_MSG, receiveSize);
  self.ith_state = MACH_RCV_IN_PROGRESS;
  enqueue_tail(target_receivers(target), ith_link(self));
  const waited = thread_handoff(receiver);
  if (self.ith_state == MACH_MSG_SUCCESS && self.ith_kmsg == 0) return MACH_MSG_SUCCESS;
  if (self.ith_state == MACH_RCV_IN_PROGRESS) ith_unlink(self);
  const cells = stackAlloc(8);
  const mr = ipc_mqueue_received(self, waited, cells);
  return mach_msg_received(mr, message, MACH_RCV_MSG, receiveSize, 0, cells);
}

// --- To the kernel ---

/** Serves the request at `from`, user memory, and receives the reply. */
function call_kernel(
  self: Thread,
  from: usize,
  size: u32,
  port: IpcPort,
  replyPort: IpcPort,
  message: u32,
  receiveSize: u32,
): u32 {
  const routine = mig_lookup(load<i32>(from, MSGH_ID));
  if (mig_reply_size(routine) > IKM_SMALL_SIZE) return MACH_MSG_REFUSED;
  const request = changetype<IpcKmsg>(stackAlloc(144));
  const reply = changetype<IpcKmsg>(stackAlloc(256));
  const name = replyPort.name;
  moveWords(ikm_header(request), from, size >> 2);
  port.srights++;
  port.refs++;
  request.bits = REQUEST_BITS_KERNEL;
  request.size = size;
  request.remote = port;
  request.local = ipc_port_make_sonce(replyPort);
  self.task.messages_sent++;
  ipc_kobject_serve(routine, request, reply);
  ipc_port_release_send(port);
  if (!ipc_kobject_answers(reply)) ipc_kmsg_clean(reply);
  else if (receives(self.task.itk_space, name, reply, replyPort, receiveSize))
    return receive_reply(self.task, reply, message);
  else queue_reply(reply);
  return mach_msg_receive(message, MACH_RCV_MSG, receiveSize, name, 0, 0);
}

/** Whether the reply is what the caller would receive next: the routine may have changed everything. */
function receives(space: IpcSpace, name: u32, reply: IpcKmsg, port: IpcPort, receiveSize: u32): bool {
  if (reply.remote != port || !ip_active(port) || port.receiver != space || port.name != name) return false;
  if (port.pset != IPS_NULL || port.has_protected_payload || reply.size > receiveSize) return false;
  return queue_empty(target_messages(port)) && queue_empty(target_receivers(port));
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
  const mr = reply.bits & (<u32>MACH_MSGH_BITS_COMPLEX) ? copyout_body(task, from, size) : MACH_MSG_SUCCESS;
  reply.bits = (reply.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) | REPLY_BITS_RECEIVED;
  const to = user_writable(task.map, message, size);
  if (to != 0) moveWords(to, from, size >> 2);
  else if (copyoutmsg(from, message, size)) return MACH_RCV_INVALID_DATA;
  return mr;
}

function copyout_body(task: Task, from: usize, size: u32): u32 {
  const mr = ipc_kmsg_copyout_body(from + MSG_HEADER_SIZE, from + size, task.itk_space, task.map);
  return mr == MACH_MSG_SUCCESS ? mr : MACH_RCV_BODY_ERROR | (mr & MACH_MSG_MASK);
}

/** The reply goes the way of all messages. */
function queue_reply(reply: IpcKmsg): void {
  const kmsg = ikm_alloc(reply.size);
  if (kmsg == IKM_NULL) {
    ipc_kmsg_clean(reply);
    return;
  }
  moveWords(ikm_header(kmsg), ikm_header(reply), reply.size >> 2);
  ipc_mqueue_send_always(kmsg);
}
