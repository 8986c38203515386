// Notifications: messages that the kernel sends to send-once rights. Each function consumes the right it is given. If
// there is no memory for the message, the right is dropped without a word.
import {
  MACH_MSGH_BITS_CIRCULAR,
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_PORT_NAME,
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE_SHIFT,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_NOTIFY_MSG_ACCEPTED,
  MACH_NOTIFY_NO_SENDERS,
  MACH_NOTIFY_PORT_DELETED,
  MACH_NOTIFY_PORT_DESTROYED,
  MACH_NOTIFY_SEND_ONCE,
} from "../../abi/mach_port";
import { IKM_NULL, ikm_header, IpcKmsg, kernel_message } from "./ipc_kmsg";
import { ipc_mqueue_send_always } from "./ipc_mqueue";
import {
  ip_active,
  ip_release,
  ipc_port_check_circularity,
  ipc_port_release_receive,
  IpcPort,
} from "./ipc_port";

/** One inline 32-bit element. */
const WORD_DESCRIPTOR: u32 = (32 << MSG_TYPE_SIZE_SHIFT) | (1 << MSG_TYPE_NUMBER_SHIFT) | MSG_TYPE_INLINE;
const WORD_SIZE: u32 = MSG_HEADER_SIZE + 8;

/** A notification with one word of `type`; without memory the right is dropped and the result null. */
function word_message(soright: IpcPort, id: i32, type: u32, word: u32): IpcKmsg {
  const kmsg = header_message(soright, id, WORD_SIZE);
  if (kmsg == IKM_NULL) return kmsg;
  const body = ikm_header(kmsg) + MSG_HEADER_SIZE;
  store<u32>(body, WORD_DESCRIPTOR | type);
  store<u32>(body, word, 4);
  return kmsg;
}

function header_message(soright: IpcPort, id: i32, size: u32): IpcKmsg {
  return kernel_message(soright, MACH_MSG_TYPE_PORT_SEND_ONCE, id, size);
}

function send_word(soright: IpcPort, id: i32, type: u32, word: u32): void {
  if (!ip_active(soright)) {
    ip_release(soright);
    return;
  }
  const kmsg = word_message(soright, id, type, word);
  if (kmsg != IKM_NULL) ipc_mqueue_send_always(kmsg);
}

export function ipc_notify_port_deleted(soright: IpcPort, name: u32): void {
  send_word(soright, MACH_NOTIFY_PORT_DELETED, MACH_MSG_TYPE_PORT_NAME, name);
}

export function ipc_notify_msg_accepted(soright: IpcPort, name: u32): void {
  send_word(soright, MACH_NOTIFY_MSG_ACCEPTED, MACH_MSG_TYPE_PORT_NAME, name);
}

export function ipc_notify_no_senders(soright: IpcPort, mscount: u32): void {
  send_word(soright, MACH_NOTIFY_NO_SENDERS, MACH_MSG_TYPE_INTEGER_32, mscount);
}

export function ipc_notify_dead_name(soright: IpcPort, name: u32): void {
  send_word(soright, MACH_NOTIFY_DEAD_NAME, MACH_MSG_TYPE_PORT_NAME, name);
}

/** The right itself was destroyed unused. */
export function ipc_notify_send_once(soright: IpcPort): void {
  if (!ip_active(soright)) {
    ip_release(soright);
    return;
  }
  const kmsg = header_message(soright, MACH_NOTIFY_SEND_ONCE, MSG_HEADER_SIZE);
  if (kmsg != IKM_NULL) ipc_mqueue_send_always(kmsg);
}

/** Hands over the receive right (in limbo) of `port`, whose port-destroyed request was `soright`. */
export function ipc_notify_port_destroyed(soright: IpcPort, port: IpcPort): void {
  if (!ip_active(soright)) {
    ip_release(soright);
    ipc_port_release_receive(port);
    return;
  }
  const kmsg = word_message(
    soright,
    MACH_NOTIFY_PORT_DESTROYED,
    MACH_MSG_TYPE_PORT_RECEIVE,
    <u32>changetype<usize>(port),
  );
  if (kmsg == IKM_NULL) {
    ipc_port_release_receive(port);
    return;
  }
  kmsg.bits |= <u32>MACH_MSGH_BITS_COMPLEX;
  if (ipc_port_check_circularity(port, soright)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
  ipc_mqueue_send_always(kmsg);
}
