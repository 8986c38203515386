// Notifications, word by word: who hears what when rights are made, given up and die; and user references at their limit.
import { stackAlloc } from "../../guest/i386";
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_CAPABILITY,
  KERN_INVALID_RIGHT,
  KERN_INVALID_VALUE,
  KERN_UREFS_OVERFLOW,
} from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_PORT_NAME,
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_MSG_TYPE_PROTECTED_PAYLOAD,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_INVALID_NOTIFY,
  MACH_RCV_MSG,
  MACH_RCV_NOTIFY,
  MACH_SEND_CANCEL,
  MACH_SEND_INVALID_NOTIFY,
  MACH_SEND_MSG,
  MSGH_BITS,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_NOTIFY_NO_SENDERS,
  MACH_NOTIFY_PORT_DELETED,
  MACH_NOTIFY_PORT_DESTROYED,
  MACH_NOTIFY_SEND_ONCE,
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_DNREQUEST,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_SEND_UREFS_MAX,
  MACH_PORT_UREFS_MAX,
  PORT_STATUS_MSCOUNT,
  PORT_STATUS_NSREQUEST,
  PORT_STATUS_PDREQUEST,
} from "../../abi/mach_port";
import {
  mach_port_clear_protected_payload,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_extract_right,
  mach_port_insert_right,
  mach_port_mod_refs,
  mach_port_set_mscount,
  mach_port_set_protected_payload,
} from "../generated/mach_port.generated";
import { mach_msg_trap } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { port_descriptor, set_header, set_port, task_self } from "../lib/mach";
import {
  allocate_port,
  FIRST,
  HEADER,
  make_port,
  next_id,
  port_status,
  receive_now,
  references,
  request_notification,
  ROOM,
  send_empty,
  type_of,
} from "../lib/ports";
import { begin, finish } from "../lib/process";

export { thread_entry } from "../lib/threads";

let notify: u32 = 0;
const message: usize = memory.data(256);

function word(offset: usize): u32 {
  return load<u32>(message + offset);
}

/** Receives a notification, whose header and size must be those of its kind; false if there is none. */
function notified(id: u32, size: u32): bool {
  if (!check_equals("a notification comes", receive_now(message, notify), MACH_MSG_SUCCESS)) return false;
  check_equals("  its id", word(MSGH_ID), id);
  check_equals("  its size", word(MSGH_SIZE), size);
  const complex: u32 = id == MACH_NOTIFY_PORT_DESTROYED ? MACH_MSGH_BITS_COMPLEX : 0;
  check_equals("  its bits", word(MSGH_BITS), complex | (MACH_MSG_TYPE_PORT_SEND_ONCE << 8));
  check_equals("  no reply port", word(MSGH_REMOTE_PORT), 0);
  return check_equals("  its port", word(MSGH_LOCAL_PORT), notify);
}

/** A notification with one word of `type`. */
function notified_of(id: u32, type: u32, value: u32): void {
  if (!notified(id, 32)) return;
  check_equals("  its descriptor", word(HEADER), port_descriptor(type));
  check_equals("  its word", word(FIRST), value);
}

function nothing(name: string): void {
  check_equals(name, next_id(notify), 0);
}

function no_senders(): void {
  const port = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  request_notification(port, MACH_NOTIFY_NO_SENDERS, 0, notify);
  notified_of(MACH_NOTIFY_NO_SENDERS, MACH_MSG_TYPE_INTEGER_32, 0);
  check_equals("a request is answered once", port_status(port, PORT_STATUS_NSREQUEST), 0);
  request_notification(port, MACH_NOTIFY_NO_SENDERS, 1, notify);
  nothing("a request of a later count waits");
  check_equals("and shows", port_status(port, PORT_STATUS_NSREQUEST), 1);
  mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
  mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
  check_equals("rights made are counted", port_status(port, PORT_STATUS_MSCOUNT), 2);
  mach_port_deallocate(task_self(), port);
  nothing("one of two rights goes");
  mach_port_deallocate(task_self(), port);
  notified_of(MACH_NOTIFY_NO_SENDERS, MACH_MSG_TYPE_INTEGER_32, 2);
  mach_port_set_mscount(task_self(), port, 77);
  request_notification(port, MACH_NOTIFY_NO_SENDERS, 77, notify);
  notified_of(MACH_NOTIFY_NO_SENDERS, MACH_MSG_TYPE_INTEGER_32, 77);
  // The last send right may be in a message.
  mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
  request_notification(port, MACH_NOTIFY_NO_SENDERS, 0, notify);
  set_header(message, MACH_MSG_TYPE_MOVE_SEND, port, 0, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0);
  nothing("a right in a message is one");
  check_equals("until that is received", next_id(port), 1);
  notified_of(MACH_NOTIFY_NO_SENDERS, MACH_MSG_TYPE_INTEGER_32, 78);
  request_notification(port, MACH_NOTIFY_NO_SENDERS, 1000, notify);
  mach_port_destroy(task_self(), port);
  check("a port that dies gives the request's right up", notified(MACH_NOTIFY_SEND_ONCE, 24));
}

function dead_names(): void {
  const slots = stackAlloc(8);
  let port = make_port();
  check_equals("a dead name is asked for", request_notification(port, MACH_NOTIFY_DEAD_NAME, 0, notify), 0);
  check("and shows", (type_of(port) & MACH_PORT_TYPE_DNREQUEST) != 0);
  request_notification(port, MACH_NOTIFY_DEAD_NAME, 0, 0);
  check("a request withdrawn gives its right up", notified(MACH_NOTIFY_SEND_ONCE, 24));
  check("and is gone", (type_of(port) & MACH_PORT_TYPE_DNREQUEST) == 0);
  request_notification(port, MACH_NOTIFY_DEAD_NAME, 0, notify);
  mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1);
  notified_of(MACH_NOTIFY_DEAD_NAME, MACH_MSG_TYPE_PORT_NAME, port);
  check_equals("the name is dead", type_of(port), MACH_PORT_TYPE_DEAD_NAME);
  check_equals("with a reference more", references(port, MACH_PORT_RIGHT_DEAD_NAME), 2);
  const late = request_notification(port, MACH_NOTIFY_DEAD_NAME, 0, notify);
  check_equals("it is too late to ask", late, KERN_INVALID_ARGUMENT);
  check_equals("the right for it is lost", next_id(notify), MACH_NOTIFY_SEND_ONCE);
  check_equals("unless one insists", request_notification(port, MACH_NOTIFY_DEAD_NAME, 1, notify), 0);
  notified_of(MACH_NOTIFY_DEAD_NAME, MACH_MSG_TYPE_PORT_NAME, port);
  check_equals("for a reference", references(port, MACH_PORT_RIGHT_DEAD_NAME), 3);
  mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_DEAD_NAME, MACH_PORT_UREFS_MAX - 3);
  const full = request_notification(port, MACH_NOTIFY_DEAD_NAME, 1, notify);
  check_equals("as long as there are some", full, KERN_UREFS_OVERFLOW);
  check("the right for it is lost", next_id(notify) == MACH_NOTIFY_SEND_ONCE);
  mach_port_destroy(task_self(), port);
  // The name goes before its port.
  port = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  mach_port_extract_right(task_self(), port, MACH_MSG_TYPE_MAKE_SEND_ONCE, slots, slots + 4);
  const once = load<u32>(slots);
  request_notification(once, MACH_NOTIFY_DEAD_NAME, 0, notify);
  mach_port_deallocate(task_self(), once);
  notified_of(MACH_NOTIFY_PORT_DELETED, MACH_MSG_TYPE_PORT_NAME, once);
  check_equals("the right's port hears as well", next_id(port), MACH_NOTIFY_SEND_ONCE);
  mach_port_destroy(task_self(), port);
}

function port_destroyed(): void {
  const port = make_port();
  send_empty(port, 5, 0);
  check_equals(
    "a port's end is asked for",
    request_notification(port, MACH_NOTIFY_PORT_DESTROYED, 0, notify),
    0,
  );
  check_equals("and shows", port_status(port, PORT_STATUS_PDREQUEST), 1);
  const sync = request_notification(port, MACH_NOTIFY_PORT_DESTROYED, 1, notify);
  check_equals("there is no later count for it", sync, KERN_INVALID_VALUE);
  check_equals("the right for it is lost", next_id(notify), MACH_NOTIFY_SEND_ONCE);
  mach_port_destroy(task_self(), port);
  if (!notified(MACH_NOTIFY_PORT_DESTROYED, 32)) return;
  check_equals("  its descriptor", word(HEADER), port_descriptor(MACH_MSG_TYPE_PORT_RECEIVE));
  const saved = word(FIRST);
  check_equals("the receive right is here", type_of(saved), MACH_PORT_TYPE_RECEIVE);
  check_equals("with its queue", next_id(saved), 5);
  check_equals("and without the request", port_status(saved, PORT_STATUS_PDREQUEST), 0);
  // The right that the notification goes to leads to the port itself.
  request_notification(saved, MACH_NOTIFY_PORT_DESTROYED, 0, saved);
  mach_port_destroy(task_self(), saved);
  check_equals("a port that would wait in its own queue dies", type_of(saved), 0);
}

/** Ports in messages to one another. */
function rings(): void {
  const one = make_port();
  const two = make_port();
  request_notification(two, MACH_NOTIFY_DEAD_NAME, 0, notify);
  set_port(message + HEADER, one, MACH_MSG_TYPE_MOVE_RECEIVE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, two, 0, 1);
  check_equals("a port goes into another", mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0), 0);
  set_port(message + HEADER, two, MACH_MSG_TYPE_MOVE_RECEIVE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, one, 0, 2);
  check_equals("and that one into it", mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0), 0);
  check_equals("nobody could receive: it dies", next_id(notify), MACH_NOTIFY_DEAD_NAME);
  check_equals("and with it the other", type_of(one), MACH_PORT_TYPE_DEAD_NAME);
  mach_port_destroy(task_self(), one);
  mach_port_destroy(task_self(), two);
}

function wrong_requests(): void {
  const port = make_port();
  const set_right = request_notification(port, 12, 0, notify);
  check_equals("an unknown notification", set_right, KERN_INVALID_VALUE);
  check_equals("gives the right back", next_id(notify), MACH_NOTIFY_SEND_ONCE);
  const dead = allocate_port(MACH_PORT_RIGHT_DEAD_NAME);
  const none = request_notification(dead, MACH_NOTIFY_NO_SENDERS, 0, notify);
  check_equals("no senders of a dead name", none, KERN_INVALID_RIGHT);
  next_id(notify);
  check_equals(
    "a dead name for a port",
    mach_port_insert_right(task_self(), 0x4000, dead, MACH_MSG_TYPE_COPY_SEND),
    KERN_INVALID_CAPABILITY,
  );
  mach_port_destroy(task_self(), dead);
  mach_port_destroy(task_self(), port);
}

/** Options of mach_msg with a notify port. */
function options(): void {
  const slots = stackAlloc(8);
  const port = make_port();
  const reply = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  mach_port_extract_right(task_self(), reply, MACH_MSG_TYPE_MAKE_SEND_ONCE, slots, slots + 4);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8), port, reply, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0);
  const received = mach_msg_trap(message, MACH_RCV_MSG | MACH_RCV_NOTIFY, 0, ROOM, port, 0, notify);
  check_equals("a reply right with a request", received, MACH_MSG_SUCCESS);
  const name = word(MSGH_REMOTE_PORT);
  check("shows it", (type_of(name) & MACH_PORT_TYPE_DNREQUEST) != 0);
  mach_port_destroy(task_self(), reply);
  notified_of(MACH_NOTIFY_DEAD_NAME, MACH_MSG_TYPE_PORT_NAME, name);
  mach_port_destroy(task_self(), name);
  mach_port_destroy(task_self(), load<u32>(slots));

  set_header(message, MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_COPY_SEND << 8), port, port, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0);
  const nowhere = mach_msg_trap(message, MACH_RCV_MSG | MACH_RCV_NOTIFY, 0, ROOM, port, 0, 0);
  check_equals("without a notify port the right is lost", nowhere, MACH_RCV_INVALID_NOTIFY);
  check_equals("and the message", word(MSGH_REMOTE_PORT), 0);

  mach_port_extract_right(task_self(), port, MACH_MSG_TYPE_MAKE_SEND_ONCE, slots, slots + 4);
  const once = load<u32>(slots);
  request_notification(once, MACH_NOTIFY_DEAD_NAME, 0, notify);
  set_header(message, 18, once, 0, 3);
  const cancel: u32 = MACH_SEND_MSG | MACH_SEND_CANCEL;
  check_equals(
    "a request to cancel needs its port",
    mach_msg_trap(message, cancel, HEADER, 0, 0, 0, 0),
    MACH_SEND_INVALID_NOTIFY,
  );
  check_equals("a right leaves", mach_msg_trap(message, cancel, HEADER, 0, 0, 0, notify), MACH_MSG_SUCCESS);
  check_equals("without a word", next_id(notify), 0);
  check_equals("by its message", next_id(port), 3);
  mach_port_destroy(task_self(), port);
}

function payloads(): void {
  const port = make_port();
  mach_port_set_protected_payload(task_self(), port, 0xabcd1234);
  send_empty(port, 1, 0);
  receive_now(message, port);
  check_equals("a port's payload is in its messages", word(MSGH_LOCAL_PORT), 0xabcd1234);
  check_equals("as their bits say", word(MSGH_BITS), MACH_MSG_TYPE_PROTECTED_PAYLOAD << 8);
  mach_port_clear_protected_payload(task_self(), port);
  send_empty(port, 1, 0);
  receive_now(message, port);
  check_equals("until it is cleared", word(MSGH_LOCAL_PORT), port);
  mach_port_destroy(task_self(), port);
}

function reference_limit(): void {
  const port = make_port();
  check_equals(
    "references up to the limit",
    mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_SEND, MACH_PORT_SEND_UREFS_MAX - 1),
    0,
  );
  check_equals(
    "no more",
    mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_SEND, 1),
    KERN_UREFS_OVERFLOW,
  );
  check_equals(
    "nor by a right given",
    mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND),
    KERN_UREFS_OVERFLOW,
  );
  set_port(message + HEADER, port, MACH_MSG_TYPE_MAKE_SEND);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, port, 0, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0);
  check_equals("one of a message is swallowed", receive_now(message, port), MACH_MSG_SUCCESS);
  check_equals("by its name", word(FIRST), port);
  check_equals("at the limit", references(port, MACH_PORT_RIGHT_SEND), MACH_PORT_SEND_UREFS_MAX);
  check_equals(
    "below nothing",
    mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_SEND, -MACH_PORT_SEND_UREFS_MAX - 1),
    KERN_INVALID_VALUE,
  );
  mach_port_destroy(task_self(), port);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  notify = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  no_senders();
  dead_names();
  port_destroyed();
  rings();
  wrong_requests();
  options();
  payloads();
  reference_limit();
  nothing("nobody hears anything else");
  mach_port_destroy(task_self(), notify);
  return finish();
}
