// The two rights in a message's header: from names to ports and back.
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSGH_BITS_PORTS_MASK,
  MACH_MSG_IPC_KERNEL,
  MACH_MSG_MASK,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_MSG_TYPE_PROTECTED_PAYLOAD,
  MACH_RCV_BODY_ERROR,
  MACH_RCV_HEADER_ERROR,
  MACH_RCV_INVALID_NOTIFY,
  MACH_RCV_NOTIFY,
  MACH_SEND_CANCEL,
  MACH_SEND_INVALID_DEST,
  MACH_SEND_INVALID_HEADER,
  MACH_SEND_INVALID_NOTIFY,
  MACH_SEND_INVALID_REPLY,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import { KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_PORT_TYPE_DEAD_NAME, MACH_PORT_TYPE_RECEIVE } from "../../abi/mach_port";
import { stackAlloc } from "../../guest/i386";
import { VmMap } from "../vm/vm_map";
import { ie_type, ie_urefs, IE_NULL, ipc_entry_lookup, IpcEntry } from "./ipc_entry";
import { ipc_object_copyout_dest, ipc_object_destroy } from "./ipc_copyin";
import { ikm_header, ikm_local_type, ikm_remote_type, IpcKmsg } from "./ipc_kmsg";
import {
  ipc_kmsg_clean_body,
  ipc_kmsg_copyin_body,
  ipc_kmsg_copyout_body,
  ipc_kmsg_copyout_object,
} from "./ipc_kmsg_body";
import { ipc_notify_send_once } from "./ipc_notify";
import { IO_VALID } from "./ipc_object";
import { ip_active, IP_NULL, ipc_port_make_sonce, ipc_port_release_sonce, IpcPort } from "./ipc_port";
import {
  ipc_object_copyin_type,
  ipc_right_copyin_check,
  ipc_right_dealloc,
  ipc_right_dncancel,
  ipc_right_dnrequested,
  ipc_right_dnrequest,
  ipc_right_reverse,
  ipc_right_take,
} from "./ipc_right";
import { IpcSpace } from "./ipc_space";

/** Dispositions a header may have: everything but receive rights. */
function header_disposition(type: u32): bool {
  return type - MACH_MSG_TYPE_MOVE_SEND <= <u32>(MACH_MSG_TYPE_MAKE_SEND_ONCE - MACH_MSG_TYPE_MOVE_SEND);
}

function is_move(type: u32): bool {
  return type == MACH_MSG_TYPE_MOVE_SEND || type == MACH_MSG_TYPE_MOVE_SEND_ONCE;
}

/** The entry of a receive right, or null. */
function receive_entry(space: IpcSpace, name: u32): IpcEntry {
  const entry = ipc_entry_lookup(space, name);
  return entry != IE_NULL && ie_type(entry) & MACH_PORT_TYPE_RECEIVE ? entry : IE_NULL;
}

/** Turns the names in the header into rights; all or nothing. `notify` is the port of MACH_SEND_CANCEL. */
export function ipc_kmsg_copyin_header(kmsg: IpcKmsg, space: IpcSpace, option: u32, notify: u32): u32 {
  const destType = ikm_remote_type(kmsg);
  const replyType = ikm_local_type(kmsg);
  const destName = <u32>changetype<usize>(kmsg.remote);
  const replyName = <u32>changetype<usize>(kmsg.local);
  if (!header_disposition(destType)) return MACH_SEND_INVALID_HEADER;
  if (replyType ? !header_disposition(replyType) : replyName != 0) return MACH_SEND_INVALID_HEADER;
  if (!space.active) return MACH_SEND_INVALID_DEST;

  const dest = ipc_entry_lookup(space, destName);
  if (dest == IE_NULL || !ipc_right_copyin_check(space, dest, destType)) return MACH_SEND_INVALID_DEST;
  if (ie_type(dest) == MACH_PORT_TYPE_DEAD_NAME) return MACH_SEND_INVALID_DEST;
  let reply = IE_NULL;
  if (replyType && IO_VALID(kmsg.local)) {
    reply = ipc_entry_lookup(space, replyName);
    if (reply == IE_NULL || !ipc_right_copyin_check(space, reply, replyType)) return MACH_SEND_INVALID_REPLY;
    if (reply == dest && is_move(destType) && is_move(replyType) && ie_urefs(dest) < 2)
      return destType == MACH_MSG_TYPE_MOVE_SEND ? MACH_SEND_INVALID_DEST : MACH_SEND_INVALID_REPLY;
  }
  if (option & MACH_SEND_CANCEL) {
    const notifyEntry = receive_entry(space, notify);
    if (notifyEntry == IE_NULL) return MACH_SEND_INVALID_NOTIFY;
    cancel_request(dest, destType, changetype<IpcPort>(notifyEntry.object));
  }
  // With one name in both places the move comes last, for it may take the name away.
  if (reply == dest && is_move(destType)) {
    kmsg.local = ipc_right_take(space, reply, replyType);
    reply = IE_NULL;
  }
  kmsg.remote = ipc_right_take(space, dest, destType);
  if (reply != IE_NULL) kmsg.local = ipc_right_take(space, reply, replyType);
  kmsg.bits =
    (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) |
    ipc_object_copyin_type(destType) |
    (ipc_object_copyin_type(replyType) << 8);
  return MACH_MSG_SUCCESS;
}

/** MACH_SEND_CANCEL: the dead-name request on a name that a move takes away is dropped silently if it is for `notify`. */
function cancel_request(entry: IpcEntry, disposition: u32, notify: IpcPort): void {
  if (!is_move(disposition) || ie_urefs(entry) > 1 || ie_type(entry) & MACH_PORT_TYPE_RECEIVE) return;
  if (ipc_right_dnrequested(entry) == notify) ipc_port_release_sonce(ipc_right_dncancel(entry));
}

/** Header and body. On failure the rights are back where they were (bad header) or destroyed (bad body). */
export function ipc_kmsg_copyin(kmsg: IpcKmsg, space: IpcSpace, map: VmMap, option: u32, notify: u32): u32 {
  const mr = ipc_kmsg_copyin_header(kmsg, space, option, notify);
  if (mr != MACH_MSG_SUCCESS || (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) == 0) return mr;
  return ipc_kmsg_copyin_body(kmsg, space, map);
}

function set_port_bits(kmsg: IpcKmsg, remote: u32, local: u32): void {
  kmsg.bits = (kmsg.bits & ~MACH_MSGH_BITS_PORTS_MASK) | remote | (local << 8);
}

/** The receiver's name for the port the message came by, and its type as the receiver sees it. */
function copyout_dest(kmsg: IpcKmsg, space: IpcSpace, replyName: u32, replyType: u32): void {
  const port = kmsg.remote;
  let type = ikm_remote_type(kmsg);
  let name: u32;
  if (ip_active(port) && port.receiver == space && port.has_protected_payload) {
    name = port.protected_payload;
    ipc_object_copyout_dest(space, port, type);
    type = MACH_MSG_TYPE_PROTECTED_PAYLOAD;
  } else {
    name = ipc_object_copyout_dest(space, port, type);
  }
  kmsg.remote = changetype<IpcPort>(<usize>replyName);
  kmsg.local = changetype<IpcPort>(<usize>name);
  set_port_bits(kmsg, replyType, type);
}

/** Names for the header's rights. On failure the message is as it was, or has lost its reply right. */
function ipc_kmsg_copyout_header(kmsg: IpcKmsg, space: IpcSpace, option: u32, notify: u32): u32 {
  const reply = kmsg.local;
  const replyType = ikm_local_type(kmsg);
  let replyName = <u32>changetype<usize>(reply);
  let notifyEntry = IE_NULL;
  if (option & MACH_RCV_NOTIFY) {
    notifyEntry = receive_entry(space, notify);
    if (notifyEntry == IE_NULL) return MACH_RCV_INVALID_NOTIFY;
  }
  if (IO_VALID(reply)) {
    const known = replyType != MACH_MSG_TYPE_PORT_SEND_ONCE && ipc_right_reverse(space, reply) != IE_NULL;
    const cell = stackAlloc(4);
    const mr = ipc_kmsg_copyout_object(space, reply, replyType, cell);
    if (mr != MACH_MSG_SUCCESS) {
      kmsg.local = IP_NULL;
      return MACH_RCV_HEADER_ERROR | mr;
    }
    replyName = load<u32>(cell);
    if (
      notifyEntry != IE_NULL &&
      !known &&
      !request_dead_name(space, replyName, changetype<IpcPort>(notifyEntry.object))
    ) {
      kmsg.local = IP_NULL;
      return MACH_RCV_HEADER_ERROR | MACH_MSG_IPC_KERNEL;
    }
  }
  copyout_dest(kmsg, space, replyName, replyType);
  return MACH_MSG_SUCCESS;
}

/**
 * MACH_RCV_NOTIFY: asks for a dead-name notification about the name that the reply right just got; without memory the
 * name goes again.
 */
function request_dead_name(space: IpcSpace, name: u32, notify: IpcPort): bool {
  const entry = ipc_entry_lookup(space, name);
  if (entry == IE_NULL) return true; // the reply port was dead
  const previous = stackAlloc(4);
  const soright = ipc_port_make_sonce(notify);
  if (ipc_right_dnrequest(space, entry, true, soright, previous) != KERN_SUCCESS) {
    ipc_port_release_sonce(soright);
    ipc_right_dealloc(space, entry);
    return false;
  }
  const old = changetype<IpcPort>(load<usize>(previous));
  if (old != IP_NULL) ipc_notify_send_once(old);
  return true;
}

/**
 * Gives a message to a receiver. After MACH_RCV_BODY_ERROR the message has arrived, less what the extra bits say; any
 * other failure leaves it in kernel form.
 */
export function ipc_kmsg_copyout(kmsg: IpcKmsg, space: IpcSpace, map: VmMap, option: u32, notify: u32): u32 {
  let mr = ipc_kmsg_copyout_header(kmsg, space, option, notify);
  if (mr != MACH_MSG_SUCCESS || (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) == 0) return mr;
  mr = ipc_kmsg_copyout_body(ikm_header(kmsg) + MSG_HEADER_SIZE, ikm_header(kmsg) + kmsg.size, space, map);
  return mr == MACH_MSG_SUCCESS ? mr : MACH_RCV_BODY_ERROR | (mr & MACH_MSG_MASK);
}

/** Leaves of a message only what says where it came: the rest is destroyed. */
export function ipc_kmsg_copyout_dest(kmsg: IpcKmsg, space: IpcSpace): void {
  const replyType = ikm_local_type(kmsg);
  ipc_object_destroy(kmsg.local, replyType);
  if (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) {
    ipc_kmsg_clean_body(ikm_header(kmsg) + MSG_HEADER_SIZE, ikm_header(kmsg) + kmsg.size);
  }
  copyout_dest(kmsg, space, 0, replyType);
}

/** Gives the rights and the memory of a message that could not be sent back to its sender ("pseudo-receive"). */
export function ipc_kmsg_copyout_pseudo(kmsg: IpcKmsg, space: IpcSpace, map: VmMap): u32 {
  const header = changetype<usize>(kmsg);
  const remote = kmsg.remote;
  const local = kmsg.local;
  let mr = ipc_kmsg_copyout_object(
    space,
    remote,
    ikm_remote_type(kmsg),
    header + offsetof<IpcKmsg>("remote"),
  );
  mr |= ipc_kmsg_copyout_object(space, local, ikm_local_type(kmsg), header + offsetof<IpcKmsg>("local"));
  if (kmsg.bits & (<u32>MACH_MSGH_BITS_COMPLEX)) {
    mr |= ipc_kmsg_copyout_body(ikm_header(kmsg) + MSG_HEADER_SIZE, ikm_header(kmsg) + kmsg.size, space, map);
  }
  return mr;
}
