// Queues with threads that wait on them: room for senders in their order, limits, interruption, forced messages, and what
// dies while somebody waits on it.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_INTERRUPTED,
  MACH_RCV_LARGE,
  MACH_RCV_MSG,
  MACH_RCV_TOO_LARGE,
  MACH_SEND_INTERRUPTED,
  MACH_SEND_INVALID_NOTIFY,
  MACH_SEND_MSG,
  MACH_SEND_NOTIFY,
  MACH_SEND_NOTIFY_IN_PROGRESS,
  MACH_SEND_TIMED_OUT,
  MACH_SEND_TIMEOUT,
  MACH_SEND_WILL_NOTIFY,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_MSG_ACCEPTED,
  MACH_NOTIFY_PORT_DELETED,
  MACH_NOTIFY_SEND_ONCE,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_MAREQUEST,
  MACH_PORT_TYPE_SEND_RECEIVE,
  PORT_STATUS_MSGCOUNT,
} from "../../abi/mach_port";
import { task_terminate, thread_abort } from "../generated/mach.generated";
import {
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_extract_right,
  mach_port_set_qlimit,
} from "../generated/mach_port.generated";
import { mach_msg_trap } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { fork_task } from "../lib/fork";
import { message_receive, set_header, set_port, task_self } from "../lib/mach";
import {
  allocate_port,
  FIRST,
  HEADER,
  let_others_wait,
  make_port,
  next_id,
  OOL_END,
  port_status,
  receive_now,
  references,
  ROOM,
  send_empty,
  set_memory,
  start,
  type_of,
} from "../lib/ports";
import { begin, finish } from "../lib/process";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const NOT_YET: u32 = 0xffffffff;
/** The port that the threads use, and what came of each thread's call. */
let port: u32 = 0;
const results: usize = memory.data(32);

function result_of(index: u32): u32 {
  return load<u32>(results + ((<usize>index) << 2));
}

function finish_with(index: u32, result: u32): void {
  store<u32>(results + ((<usize>index) << 2), result);
}

/** Sends message `index` and waits for room as long as it takes. */
function send_and_wait(index: u32): void {
  const message = stackAlloc(HEADER);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, index);
  finish_with(index, mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0));
}

function receive_and_wait(index: u32): void {
  const message = stackAlloc(ROOM);
  finish_with(index, message_receive(message, ROOM, port));
}

/** Receives into too little room, and leaves what does not fit. */
function receive_small(index: u32): void {
  const message = stackAlloc(ROOM);
  const result = mach_msg_trap(message, MACH_RCV_MSG | MACH_RCV_LARGE, 0, HEADER, port, 0, 0);
  finish_with(index, result == MACH_RCV_TOO_LARGE ? load<u32>(message, MSGH_SIZE) : result);
}

/** Starts `count` senders, each when the one before waits. */
function start_senders(count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    finish_with(index, NOT_YET);
    mach_port_deallocate(task_self(), start(send_and_wait, index));
    let_others_wait();
  }
}

function new_port(limit: u32): void {
  port = make_port();
  mach_port_set_qlimit(task_self(), port, limit);
}

function senders_in_order(): void {
  new_port(0);
  start_senders(4);
  check_equals("senders wait while there is no room", result_of(0), NOT_YET);
  mach_port_set_qlimit(task_self(), port, 2);
  let_others_wait();
  check_equals("room for two lets the first go on", result_of(0), MACH_MSG_SUCCESS);
  check_equals("and the second", result_of(1), MACH_MSG_SUCCESS);
  check_equals("but not the third", result_of(2), NOT_YET);
  let ordered = true;
  for (let index: u32 = 0; index < 4; index++) {
    if (next_id(port) != index && index != 0) ordered = false;
    let_others_wait();
  }
  check("messages come in the order of their senders", ordered);
  check_equals("everyone could send", result_of(3), MACH_MSG_SUCCESS);
  check_equals("nothing is left", port_status(port, PORT_STATUS_MSGCOUNT), 0);
  mach_port_destroy(task_self(), port);
}

function interruption(): void {
  new_port(0);
  finish_with(0, NOT_YET);
  const sender = start(send_and_wait, 0);
  let_others_wait();
  thread_abort(sender);
  let_others_wait();
  check_equals("a sender is interrupted", result_of(0), MACH_SEND_INTERRUPTED);
  finish_with(0, NOT_YET);
  const receiver = start(receive_and_wait, 0);
  let_others_wait();
  thread_abort(receiver);
  let_others_wait();
  check_equals("a receiver is interrupted", result_of(0), MACH_RCV_INTERRUPTED);
  mach_port_set_qlimit(task_self(), port, 1);
  check_equals("neither stays in the queue", send_empty(port, 5, 0), MACH_MSG_SUCCESS);
  check_equals("nor takes anything from it", next_id(port), 5);
  mach_port_deallocate(task_self(), sender);
  mach_port_deallocate(task_self(), receiver);
  mach_port_destroy(task_self(), port);
}

/** A send-once right made from `port`. */
function make_send_once(): u32 {
  const cells = stackAlloc(8);
  mach_port_extract_right(task_self(), port, MACH_MSG_TYPE_MAKE_SEND_ONCE, cells, cells + 4);
  return load<u32>(cells);
}

function send_once_never_waits(): void {
  const message = stackAlloc(HEADER);
  new_port(0);
  let good = true;
  for (let index: u32 = 0; index < 20; index++) {
    set_header(message, MACH_MSG_TYPE_MOVE_SEND_ONCE, make_send_once(), 0, index);
    if (mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0) != MACH_MSG_SUCCESS) good = false;
  }
  check("send-once rights find room in a full queue", good);
  check_equals("all of them", port_status(port, PORT_STATUS_MSGCOUNT), 20);
  mach_port_destroy(task_self(), port);
}

/** A message that cannot be sent comes back, with its rights and memory. */
function given_back(): void {
  const message = stackAlloc(ROOM);
  const slot = stackAlloc(4);
  new_port(0);
  const carried = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  store<u32>(slot, 0);
  vm_allocate(task_self(), slot, PAGE_SIZE, 1);
  store<u32>(load<u32>(slot), 0x1234567);
  set_memory(message + HEADER, load<u32>(slot), PAGE_SIZE, true);
  set_port(message + OOL_END, carried, MACH_MSG_TYPE_MAKE_SEND);
  set_header(message, MACH_MSG_TYPE_MOVE_SEND | MACH_MSGH_BITS_COMPLEX, port, 0, 8);
  const result = mach_msg_trap(message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, OOL_END + 8, 0, 0, 10, 0);
  check_equals("a send waits for its timeout", result, MACH_SEND_TIMED_OUT);
  check_equals("dispositions are moves", load<u32>(message, MSGH_BITS) & 0xffff, MACH_MSG_TYPE_MOVE_SEND);
  check_equals("the destination's right is back", load<u32>(message, MSGH_REMOTE_PORT), port);
  check_equals("with its reference", references(port, MACH_PORT_RIGHT_SEND), 1);
  check_equals("a right of the body is there", load<u32>(message, OOL_END + 4), carried);
  check_equals("for good", type_of(carried), MACH_PORT_TYPE_SEND_RECEIVE);
  const back = load<u32>(message, HEADER + 12);
  check_equals("memory is back", load<u32>(back), 0x1234567);
  vm_deallocate(task_self(), back, PAGE_SIZE);
  mach_port_destroy(task_self(), carried);
  mach_port_destroy(task_self(), port);
}

function send_notify(notify: u32, id: u32): i32 {
  const message = stackAlloc(HEADER);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, id);
  return mach_msg_trap(message, MACH_SEND_MSG | MACH_SEND_NOTIFY, HEADER, 0, 0, 0, notify);
}

function forced_messages(): void {
  const message = stackAlloc(ROOM);
  const notify = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  new_port(1);
  check_equals("with room nothing is forced", send_notify(notify, 1), MACH_MSG_SUCCESS);
  check_equals("without, a notify port must be given", send_notify(0, 2), MACH_SEND_INVALID_NOTIFY);
  check_equals("then one message is", send_notify(notify, 2), MACH_SEND_WILL_NOTIFY);
  check("as the name says", (type_of(port) & MACH_PORT_TYPE_MAREQUEST) != 0);
  check_equals("only one", send_notify(notify, 3), MACH_SEND_NOTIFY_IN_PROGRESS);
  check_equals("the queue's first", next_id(port), 1);
  check_equals("does not count", next_id(notify), 0);
  check_equals("the forced one", next_id(port), 2);
  check_equals("is accepted", receive_now(message, notify), MACH_MSG_SUCCESS);
  check_equals("as a notification says", load<u32>(message, MSGH_ID), MACH_NOTIFY_MSG_ACCEPTED);
  check_equals("of this type", load<u32>(message, MSGH_BITS), MACH_MSG_TYPE_MOVE_SEND_ONCE << 8);
  check_equals("with the port's name", load<u32>(message, FIRST), port);
  send_empty(port, 1, 0);
  send_notify(notify, 2);
  mach_port_destroy(task_self(), port);
  check_equals("a name that goes tells", next_id(notify), MACH_NOTIFY_PORT_DELETED);
  check_equals("once", next_id(notify), 0);
  mach_port_destroy(task_self(), notify);
}

function large_for_one(): void {
  const message = stackAlloc(ROOM);
  port = make_port();
  finish_with(0, NOT_YET);
  finish_with(1, NOT_YET);
  mach_port_deallocate(task_self(), start(receive_small, 0));
  let_others_wait();
  mach_port_deallocate(task_self(), start(receive_and_wait, 1));
  let_others_wait();
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0);
  let_others_wait();
  check_equals("who has too little room hears the size", result_of(0), HEADER + 8);
  check_equals("the next receiver has the message", result_of(1), MACH_MSG_SUCCESS);
  mach_port_destroy(task_self(), port);
}

/** Another task with the receive right of a full queue dies. */
function task_dies(): void {
  const slots = stackAlloc(12);
  const message = stackAlloc(ROOM);
  if (!check_equals("another task", fork_task(slots, slots + 4, slots + 8), 0)) return;
  port = load<u32>(slots, 4);
  mach_port_set_qlimit(load<u32>(slots), load<u32>(slots, 8), 1);
  const reply = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8), port, reply, 1);
  check_equals("a request waits in its queue", mach_msg_trap(message, MACH_SEND_MSG, HEADER, 0, 0, 0, 0), 0);
  start_senders(1);
  check_equals("a sender waits", result_of(0), NOT_YET);
  task_terminate(load<u32>(slots));
  let_others_wait();
  check_equals("its death lets the sender go on", result_of(0), MACH_MSG_SUCCESS);
  check_equals("and tells who waits for the answer", next_id(reply), MACH_NOTIFY_SEND_ONCE);
  check_equals("the right is dead", type_of(port), MACH_PORT_TYPE_DEAD_NAME);
  mach_port_destroy(task_self(), port);
  mach_port_destroy(task_self(), reply);
  mach_port_destroy(task_self(), load<u32>(slots));
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  senders_in_order();
  interruption();
  send_once_never_waits();
  given_back();
  forced_messages();
  large_for_one();
  task_dies();
  return finish();
}
