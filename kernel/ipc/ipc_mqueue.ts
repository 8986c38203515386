// Message queues: sending, receiving, and waiting for either.
import { queue_first, queue_empty, queue_next, dequeue_head, enqueue_tail, remqueue } from "../kern/queue";
import {
  current_thread,
  thread_block,
  thread_go,
  thread_will_wait,
  thread_will_wait_with_timeout,
  THREAD_TIMED_OUT,
} from "../kern/sched";
import { Thread } from "../kern/thread";
import { ipc_kobject_server } from "../kern/ipc_kobject";
import {
  MACH_MSGH_BITS_CIRCULAR,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_RCV_INTERRUPTED,
  MACH_RCV_IN_PROGRESS,
  MACH_RCV_IN_SET,
  MACH_RCV_INVALID_NAME,
  MACH_RCV_LARGE,
  MACH_RCV_TIMED_OUT,
  MACH_RCV_TIMEOUT,
  MACH_RCV_TOO_LARGE,
  MACH_SEND_IN_PROGRESS,
  MACH_SEND_INTERRUPTED,
  MACH_SEND_TIMED_OUT,
  MACH_SEND_TIMEOUT,
} from "../../abi/mach_msg";
import { MACH_PORT_TYPE_PORT_SET, MACH_PORT_TYPE_RECEIVE } from "../../abi/mach_port";
import { ie_type, IE_NULL, ipc_entry_lookup } from "./ipc_entry";
import { ikm_remote_type, IKM_NULL, ipc_kmsg_destroy, IpcKmsg } from "./ipc_kmsg";
import { IMAR_NULL, ipc_marequest_destroy } from "./ipc_marequest";
import { io_reference, IpcTarget, target_messages, target_receivers } from "./ipc_object";
import { ip_active, ip_mqueue, ip_release, IP_NULL, IpcPort, port_blocked } from "./ipc_port";
import { IPS_NULL } from "./ipc_pset";
import { ipc_space_kernel, IpcSpace } from "./ipc_space";
import { ith_from_link, ith_link, ith_unlink } from "./ipc_thread";

/** Send whatever the queue limit: for the kernel's own messages. */
export const MACH_SEND_ALWAYS: u32 = 0x10000;

/** Everyone who waits to receive from `target` stops with `code`. */
export function ipc_mqueue_changed(target: IpcTarget, code: u32): void {
  for (;;) {
    const link = dequeue_head(target_receivers(target));
    if (link == 0) return;
    const thread = ith_from_link(link);
    thread.ith_state = code;
    thread_go(thread);
  }
}

/** Moves the messages for `port` from one queue to the end of another, where receivers may wait for them. */
export function ipc_mqueue_move(to: IpcTarget, from: IpcTarget, port: IpcPort): void {
  const head = target_messages(from);
  let link = queue_first(head);
  while (link != head) {
    const next = queue_next(link);
    const kmsg = changetype<IpcKmsg>(link);
    if (kmsg.remote == port) {
      remqueue(link);
      if (deliver(to, port, kmsg)) message_left(port, kmsg);
      else enqueue_tail(target_messages(to), link);
    }
    link = next;
  }
}

/** Hands a message to a waiting receiver; false if there is none that takes it. */
function deliver(target: IpcTarget, port: IpcPort, kmsg: IpcKmsg): bool {
  for (;;) {
    const link = dequeue_head(target_receivers(target));
    if (link == 0) return false;
    const thread = ith_from_link(link);
    if (kmsg.size > thread.ith_msize) {
      thread.ith_state = MACH_RCV_TOO_LARGE;
      if (thread.ith_option & MACH_RCV_LARGE) {
        thread.ith_msize = kmsg.size;
        thread_go(thread);
        continue;
      }
    } else {
      thread.ith_state = MACH_MSG_SUCCESS;
    }
    thread.ith_kmsg = changetype<usize>(kmsg);
    thread.ith_seqno = port.seqno++;
    thread_go(thread);
    return true;
  }
}

/** A queued message of the port was taken: there is room for another. */
function message_left(port: IpcPort, kmsg: IpcKmsg): void {
  port.msgcount--;
  const request = kmsg.marequest;
  if (request != IMAR_NULL) {
    kmsg.marequest = IMAR_NULL;
    ipc_marequest_destroy(request);
  }
  if (port.msgcount < port.qlimit) wake_sender(port);
}

function wake_sender(port: IpcPort): void {
  const link = dequeue_head(port_blocked(port));
  if (link == 0) return;
  const thread = ith_from_link(link);
  thread.ith_state = MACH_MSG_SUCCESS;
  thread_go(thread);
}

/** The queue limit was raised: as many senders as now have room may go on. */
export function ipc_mqueue_limit_changed(port: IpcPort): void {
  for (let room = <i32>port.qlimit - <i32>port.msgcount; room > 0; room--) {
    if (queue_empty(port_blocked(port))) return;
    wake_sender(port);
  }
}

/** Waits in a queue at `head`. `option` and `timeout` as for mach_msg; `bounded`: the option's timeout bit. */
function wait_in(head: usize, thread: Thread, progress: u32, bounded: bool, timeout: u32): i32 {
  thread.ith_state = progress;
  enqueue_tail(head, ith_link(thread));
  if (bounded) thread_will_wait_with_timeout(thread, timeout);
  else thread_will_wait(thread);
  const result = thread_block();
  if (thread.ith_state == progress) ith_unlink(thread);
  return result;
}

/**
 * Sends a message in kernel form to its destination, waiting for room in the queue unless the right is send-once or
 * `option` has MACH_SEND_ALWAYS. On success the message is not the caller's any more; a message to a dead port counts
 * as sent. MACH_SEND_TIMED_OUT and MACH_SEND_INTERRUPTED leave it with the caller.
 */
export function ipc_mqueue_send(kmsg: IpcKmsg, option: u32, timeout: u32): u32 {
  const port = kmsg.remote;
  if (ip_active(port) && port.receiver == ipc_space_kernel()) {
    const reply = ipc_kobject_server(kmsg);
    if (reply != IKM_NULL) ipc_mqueue_send(reply, MACH_SEND_ALWAYS, 0);
    return MACH_MSG_SUCCESS;
  }
  if (kmsg.bits & MACH_MSGH_BITS_CIRCULAR) {
    ipc_kmsg_destroy(kmsg);
    return MACH_MSG_SUCCESS;
  }
  const always = (option & MACH_SEND_ALWAYS) != 0 || ikm_remote_type(kmsg) == MACH_MSG_TYPE_PORT_SEND_ONCE;
  while (ip_active(port) && !always && port.msgcount >= port.qlimit) {
    const bounded = (option & MACH_SEND_TIMEOUT) != 0;
    if (bounded && timeout == 0) return MACH_SEND_TIMED_OUT;
    const thread = current_thread();
    const result = wait_in(port_blocked(port), thread, MACH_SEND_IN_PROGRESS, bounded, timeout);
    if (thread.ith_state == MACH_SEND_IN_PROGRESS) {
      return result == THREAD_TIMED_OUT ? MACH_SEND_TIMED_OUT : MACH_SEND_INTERRUPTED;
    }
  }
  if (!ip_active(port)) {
    kmsg.remote = IP_NULL;
    ip_release(port);
    ipc_kmsg_destroy(kmsg);
    return MACH_MSG_SUCCESS;
  }
  const target = ip_mqueue(port);
  if (deliver(target, port, kmsg)) {
    accepted_at_once(kmsg);
  } else {
    port.msgcount++;
    enqueue_tail(target_messages(target), changetype<usize>(kmsg));
  }
  return MACH_MSG_SUCCESS;
}

/** A receiver had the message before it was queued. */
function accepted_at_once(kmsg: IpcKmsg): void {
  const request = kmsg.marequest;
  if (request == IMAR_NULL) return;
  kmsg.marequest = IMAR_NULL;
  ipc_marequest_destroy(request);
}

/** Sends a message of the kernel's, which may not wait. Consumes it. */
export function ipc_mqueue_send_always(kmsg: IpcKmsg): void {
  ipc_mqueue_send(kmsg, MACH_SEND_ALWAYS, 0);
}

/** The port or set to receive from by `name`; stores the IpcTarget, with a reference, at `result`. */
export function ipc_mqueue_copyin(space: IpcSpace, name: u32, result: usize): u32 {
  if (!space.active) return MACH_RCV_INVALID_NAME;
  const entry = ipc_entry_lookup(space, name);
  if (entry == IE_NULL) return MACH_RCV_INVALID_NAME;
  const type = ie_type(entry);
  if (type & MACH_PORT_TYPE_RECEIVE) {
    if (changetype<IpcPort>(entry.object).pset != IPS_NULL) return MACH_RCV_IN_SET;
  } else if (type != MACH_PORT_TYPE_PORT_SET) {
    return MACH_RCV_INVALID_NAME;
  }
  io_reference(entry.object);
  store<usize>(result, changetype<usize>(entry.object));
  return MACH_MSG_SUCCESS;
}

/**
 * Takes the first message of `target`, waiting for one if need be. `result` is two cells: the IpcKmsg and its sequence
 * number. A message of more than `limit` bytes gives MACH_RCV_TOO_LARGE: with MACH_RCV_LARGE it stays queued and cell
 * 0 is its size, else it is the caller's to destroy. If `buffer` is not 0 a sender may put the message there, in the
 * caller's user memory, as copyout would have: the IpcKmsg is null then.
 */
export function ipc_mqueue_receive(
  target: IpcTarget,
  option: u32,
  limit: u32,
  timeout: u32,
  buffer: u32,
  result: usize,
): u32 {
  const head = target_messages(target);
  const link = queue_first(head);
  if (link != head) {
    const kmsg = changetype<IpcKmsg>(link);
    const large = kmsg.size > limit;
    if (large && (option & MACH_RCV_LARGE) != 0) {
      store<u32>(result, kmsg.size);
      return MACH_RCV_TOO_LARGE;
    }
    const port = kmsg.remote;
    remqueue(link);
    store<u32>(result, <u32>link);
    store<u32>(result, port.seqno++, 4);
    message_left(port, kmsg);
    return large ? MACH_RCV_TOO_LARGE : MACH_MSG_SUCCESS;
  }
  const bounded = (option & MACH_RCV_TIMEOUT) != 0;
  if (bounded && timeout == 0) return MACH_RCV_TIMED_OUT;
  const thread = current_thread();
  ith_expect(thread, buffer, option, limit);
  const waited = wait_in(target_receivers(target), thread, MACH_RCV_IN_PROGRESS, bounded, timeout);
  return ipc_mqueue_received(thread, waited, result);
}

/** What the thread is about to wait for. */
export function ith_expect(thread: Thread, buffer: u32, option: u32, limit: u32): void {
  thread.ith_message = buffer;
  thread.ith_msize = limit;
  thread.ith_option = option;
  thread.ith_kmsg = 0;
}

/** How the wait of ipc_mqueue_receive ended; `waited` is what thread_block returned. */
export function ipc_mqueue_received(thread: Thread, waited: i32, result: usize): u32 {
  const state = thread.ith_state;
  if (state == MACH_RCV_IN_PROGRESS) {
    return waited == THREAD_TIMED_OUT ? MACH_RCV_TIMED_OUT : MACH_RCV_INTERRUPTED;
  }
  const refused = state == MACH_RCV_TOO_LARGE && (thread.ith_option & MACH_RCV_LARGE) != 0;
  store<u32>(result, refused ? thread.ith_msize : <u32>thread.ith_kmsg);
  store<u32>(result, thread.ith_seqno, 4);
  return state;
}
