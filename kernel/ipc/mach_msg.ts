// mach_msg: the trap.
import { kernel_assert, kernel_check } from "../kern/debug";
import { current_task } from "../kern/sched";
import { copyoutmsg } from "../vm/vm_copyio";
import { stackAlloc } from "../../guest/i386";
import { KERN_SUCCESS } from "../../abi/kern_return";
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_MASK,
  MACH_MSG_SUCCESS,
  MACH_RCV_BODY_ERROR,
  MACH_RCV_INVALID_DATA,
  MACH_RCV_LARGE,
  MACH_RCV_MSG,
  MACH_RCV_NOTIFY,
  MACH_RCV_TOO_LARGE,
  MACH_SEND_MSG,
  MACH_SEND_NOTIFY,
  MACH_SEND_TIMED_OUT,
  MACH_SEND_TIMEOUT,
  MACH_SEND_WILL_NOTIFY,
  MSGH_SIZE,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import { ipc_space_invariants } from "./ipc_check";
import { ikm_free, IKM_NULL, ipc_kmsg_get, ipc_kmsg_put, IpcKmsg } from "./ipc_kmsg";
import {
  ipc_kmsg_copyin,
  ipc_kmsg_copyout,
  ipc_kmsg_copyout_dest,
  ipc_kmsg_copyout_pseudo,
} from "./ipc_kmsg_header";
import { ipc_marequest_create, IpcMarequest } from "./ipc_marequest";
import { mach_msg_fast, MACH_MSG_REFUSED } from "./mach_msg_fast";
import { ipc_mqueue_copyin, ipc_mqueue_receive, ipc_mqueue_send, ipc_mqueue_send_always } from "./ipc_mqueue";
import { io_release } from "./ipc_release";
import { IpcTarget } from "./ipc_object";
import { IpcSpace } from "./ipc_space";

/** Trap -25. Sizes in bytes, `timeout` in milliseconds. Returns a mach_msg code. */
export function mach_msg_trap(
  message: u32,
  option: u32,
  sendSize: u32,
  receiveSize: u32,
  receiveName: u32,
  timeout: u32,
  notify: u32,
): u32 {
  let mr: u32 = MACH_MSG_REFUSED;
  if (option == (MACH_SEND_MSG | MACH_RCV_MSG))
    mr = mach_msg_fast(message, sendSize, receiveSize, receiveName);
  if (mr == MACH_MSG_REFUSED)
    mr = mach_msg_slow(message, option, sendSize, receiveSize, receiveName, timeout, notify);
  if (kernel_check()) {
    kernel_assert(ipc_space_invariants(current_task().itk_space) == 0, "mach_msg: a name space is not sound");
  }
  return mr;
}

/** What the fast path does not do; able to do everything. */
export function mach_msg_slow(
  message: u32,
  option: u32,
  sendSize: u32,
  receiveSize: u32,
  receiveName: u32,
  timeout: u32,
  notify: u32,
): u32 {
  let mr: u32 = MACH_MSG_SUCCESS;
  if (option & MACH_SEND_MSG) mr = mach_msg_send(message, option, sendSize, timeout, notify);
  if (mr == MACH_MSG_SUCCESS && (option & MACH_RCV_MSG) != 0) {
    mr = mach_msg_receive(message, option, receiveSize, receiveName, timeout, notify);
  }
  return mr;
}

export function mach_msg_send(message: u32, option: u32, size: u32, timeout: u32, notify: u32): u32 {
  const task = current_task();
  const cell = stackAlloc(4);
  let mr = ipc_kmsg_get(message, size, cell);
  if (mr != MACH_MSG_SUCCESS) return mr;
  const kmsg = changetype<IpcKmsg>(load<usize>(cell));
  mr = ipc_kmsg_copyin(kmsg, task.itk_space, task.map, option, notify);
  if (mr != MACH_MSG_SUCCESS) {
    ikm_free(kmsg);
    return mr;
  }
  if (option & MACH_SEND_NOTIFY) mr = send_notify(kmsg, task.itk_space, option, timeout, notify);
  else mr = ipc_mqueue_send(kmsg, option & MACH_SEND_TIMEOUT, timeout);
  if (mr == MACH_MSG_SUCCESS || mr == MACH_SEND_WILL_NOTIFY) {
    task.messages_sent++;
    return mr;
  }
  mr |= ipc_kmsg_copyout_pseudo(kmsg, task.itk_space, task.map);
  ipc_kmsg_put(message, kmsg, kmsg.size);
  return mr;
}

/** MACH_SEND_NOTIFY: a message for a full queue is forced in, and the sender hears when it has left it. */
function send_notify(kmsg: IpcKmsg, space: IpcSpace, option: u32, timeout: u32, notify: u32): u32 {
  const bound = option & MACH_SEND_TIMEOUT ? timeout : 0;
  const mr = ipc_mqueue_send(kmsg, MACH_SEND_TIMEOUT, bound);
  if (mr != MACH_SEND_TIMED_OUT) return mr;
  const cell = stackAlloc(4);
  const failed: u32 = ipc_marequest_create(space, kmsg.remote, notify, cell);
  if (failed != KERN_SUCCESS) return failed;
  kmsg.marequest = changetype<IpcMarequest>(load<usize>(cell));
  ipc_mqueue_send_always(kmsg);
  return MACH_SEND_WILL_NOTIFY;
}

export function mach_msg_receive(
  message: u32,
  option: u32,
  size: u32,
  name: u32,
  timeout: u32,
  notify: u32,
): u32 {
  const cells = stackAlloc(8);
  const mr = ipc_mqueue_copyin(current_task().itk_space, name, cells);
  if (mr != MACH_MSG_SUCCESS) return mr;
  const target = changetype<IpcTarget>(load<usize>(cells));
  const buffer = option & MACH_RCV_NOTIFY ? 0 : message;
  const code = ipc_mqueue_receive(target, option, size, timeout, buffer, cells);
  io_release(target);
  return mach_msg_received(code, message, option, size, notify, cells);
}

/** Gives the caller what ipc_mqueue_receive (`mr`, `cells`) has found. */
export function mach_msg_received(
  mr: u32,
  message: u32,
  option: u32,
  size: u32,
  notify: u32,
  cells: usize,
): u32 {
  if (mr != MACH_MSG_SUCCESS && mr != MACH_RCV_TOO_LARGE) return mr;
  if (mr == MACH_RCV_TOO_LARGE && (option & MACH_RCV_LARGE) != 0) {
    return copyoutmsg(cells, message + MSGH_SIZE, 4) ? MACH_RCV_INVALID_DATA : mr;
  }
  const kmsg = changetype<IpcKmsg>(load<usize>(cells));
  if (kmsg == IKM_NULL) return MACH_MSG_SUCCESS; // it is in the buffer
  const task = current_task();
  const space = task.itk_space;
  kmsg.seqno = load<u32>(cells, 4);
  if (mr == MACH_MSG_SUCCESS) {
    task.messages_received++;
    mr = ipc_kmsg_copyout(kmsg, space, task.map, option, notify);
    if (mr == MACH_MSG_SUCCESS || (mr & ~MACH_MSG_MASK) == MACH_RCV_BODY_ERROR)
      return put(message, kmsg, kmsg.size, mr);
  }
  ipc_kmsg_copyout_dest(kmsg, space);
  kmsg.bits &= ~(<u32>MACH_MSGH_BITS_COMPLEX);
  return put(message, kmsg, MSG_HEADER_SIZE, mr);
}

/** Writes `bytes` of the message to the receiver; `code` is the result unless the buffer is bad. */
function put(message: u32, kmsg: IpcKmsg, bytes: u32, code: u32): u32 {
  const failed = ipc_kmsg_put(message, kmsg, bytes);
  return failed != MACH_MSG_SUCCESS ? failed : code;
}
