// Messages between two tasks: inline data, out-of-line memory, rights, timeouts, queue limits and dead names. The other
// task is a copy of this one that serves four requests.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSG_TYPE_PORT_SEND,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_INVALID_NAME,
  MACH_RCV_LARGE,
  MACH_RCV_MSG,
  MACH_RCV_TIMED_OUT,
  MACH_RCV_TIMEOUT,
  MACH_RCV_TOO_LARGE,
  MACH_SEND_INVALID_DEST,
  MACH_SEND_INVALID_HEADER,
  MACH_SEND_INVALID_TYPE,
  MACH_SEND_MSG,
  MACH_SEND_MSG_TOO_SMALL,
  MACH_SEND_TIMED_OUT,
  MACH_SEND_TIMEOUT,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_UNUSED,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_PORT_QLIMIT_DEFAULT,
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_SEND,
} from "../../abi/mach_port";
import { task_terminate } from "../generated/mach.generated";
import {
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_get_refs,
  mach_port_request_notification,
  mach_port_type,
} from "../generated/mach_port.generated";
import { mach_msg_trap } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { after_fork, fork_server } from "../lib/fork";
import {
  INTEGER_DESCRIPTOR,
  message_receive,
  message_rpc,
  message_send,
  port_descriptor,
  reply_port,
  set_header,
  set_integer,
  set_port,
  task_self,
} from "../lib/mach";
import {
  allocate_port,
  FIRST,
  HEADER,
  make_port,
  OOL_ADDRESS,
  OOL_END,
  ROOM,
  set_memory,
} from "../lib/ports";
import { begin, finish } from "../lib/process";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

/** Two integers in, their sum and their difference out. */
const ADD: u32 = 7000;
/** Out-of-line bytes in, the same bytes in reverse order out, out of line. */
const REVERSE: u32 = 7001;
/** A send right in: the server sends CALLED to it. The answer is empty. */
const CALL: u32 = 7002;
const CALLED: u32 = 7003;
/** The answer brings a send right to a new port of the server and the number of requests so far. */
const GIVE: u32 = 7004;
const REPLY: u32 = 100;

const SECOND: u32 = 36;
const TWO_ITEMS: u32 = 40;

let child: u32 = 0;
let server: u32 = 0;

// The server.

function reverse_bytes(address: u32, length: u32): void {
  for (let low: u32 = 0, high = length; low + 1 < high; low++) {
    high--;
    const byte = load<u8>(address + low);
    store<u8>(address + low, load<u8>(address + high));
    store<u8>(address + high, byte);
  }
}

function send_called(port: u32): void {
  const message = stackAlloc(HEADER);
  set_header(message, MACH_MSG_TYPE_MOVE_SEND, port, 0, CALLED);
  message_send(message, HEADER);
}

/** Turns a request into its answer in place; returns the answer's size, with COMPLEX in the low bit. */
function serve_request(message: usize, requests: u32): u32 {
  const id = load<u32>(message + MSGH_ID);
  if (id == ADD) {
    const a = load<u32>(message + FIRST);
    const b = load<u32>(message + SECOND);
    set_integer(message + HEADER, a + b);
    set_integer(message + SECOND - 4, a - b);
    return TWO_ITEMS;
  }
  if (id == REVERSE) {
    const length = load<u32>(message + HEADER + MSG_TYPE_LONG_NUMBER);
    const address = load<u32>(message + OOL_ADDRESS);
    reverse_bytes(address, length);
    set_memory(message + HEADER, address, length, true);
    return OOL_END | 1;
  }
  if (id == CALL) {
    send_called(load<u32>(message + FIRST));
    return HEADER;
  }
  set_port(message + HEADER, make_port(), MACH_MSG_TYPE_COPY_SEND);
  set_integer(message + SECOND - 4, requests);
  return TWO_ITEMS | 1;
}

/** What the other task runs. */
function serve(port: u32): void {
  after_fork();
  const message = stackAlloc(ROOM);
  let requests: u32 = 0;
  while (message_receive(message, ROOM, port) == MACH_MSG_SUCCESS) {
    requests++;
    const client = load<u32>(message + MSGH_REMOTE_PORT);
    const id = load<u32>(message + MSGH_ID) + REPLY;
    const size = serve_request(message, requests);
    const complex: u32 = (size & 1) != 0 ? MACH_MSGH_BITS_COMPLEX : 0;
    set_header(message, MACH_MSG_TYPE_MOVE_SEND_ONCE | complex, client, 0, id);
    message_send(message, size & ~(<u32>1));
  }
}

// The client.

function inline_calls(): void {
  const message = stackAlloc(ROOM);
  let good = true;
  for (let round: u32 = 0; round < 100; round++) {
    set_integer(message + HEADER, round * 3);
    set_integer(message + SECOND - 4, round);
    if (message_rpc(message, server, ADD, false, TWO_ITEMS, ROOM) != 0) good = false;
    if (load<u32>(message + FIRST) != round * 4 || load<u32>(message + SECOND) != round * 2) good = false;
  }
  check("100 calls with two numbers each way", good);
  check_equals("the answer's id", load<u32>(message + MSGH_ID), ADD + REPLY);
  check_equals("its size", load<u32>(message + MSGH_SIZE), TWO_ITEMS);
  check_equals("its port", load<u32>(message + MSGH_LOCAL_PORT), reply_port());
  check_equals("its descriptor", load<u32>(message + HEADER), INTEGER_DESCRIPTOR);
}

/** `length` bytes there and back, reversed. */
function out_of_line(name: string, length: u32): void {
  const message = stackAlloc(ROOM);
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  vm_allocate(task_self(), slot, length, 1);
  const mine = load<u32>(slot);
  for (let at: u32 = 0; at < length; at++) store<u8>(mine + at, <u8>(at * 7));
  set_memory(message + HEADER, mine, length, true);
  if (!check_equals(name, message_rpc(message, server, REVERSE, true, OOL_END, ROOM), 0)) return;
  const theirs = load<u32>(message + OOL_ADDRESS);
  check_equals("comes back in full", load<u32>(message + HEADER + MSG_TYPE_LONG_NUMBER), length);
  let good = true;
  for (let at: u32 = 0; at < length; at++)
    if (load<u8>(theirs + at) != <u8>((length - 1 - at) * 7)) good = false;
  check("and reversed", good);
  check_equals("is ours to release", vm_deallocate(task_self(), theirs, length), 0);
}

function rights(): void {
  const message = stackAlloc(ROOM);
  const slot = stackAlloc(4);
  const mine = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  set_port(message + HEADER, mine, MACH_MSG_TYPE_MAKE_SEND);
  check_equals("a right is passed", message_rpc(message, server, CALL, true, SECOND - 4, ROOM), 0);
  check_equals("the server calls back", message_receive(message, ROOM, mine), 0);
  check_equals("with its message", load<u32>(message + MSGH_ID), CALLED);
  mach_port_destroy(task_self(), mine);

  check_equals("a right is given", message_rpc(message, server, GIVE, false, HEADER, ROOM), 0);
  check_equals("as a send right", load<u32>(message + HEADER), port_descriptor(MACH_MSG_TYPE_PORT_SEND));
  const given = load<u32>(message + FIRST);
  mach_port_type(task_self(), given, slot);
  check_equals("its type", load<u32>(slot), MACH_PORT_TYPE_SEND);
  mach_port_get_refs(task_self(), given, MACH_PORT_RIGHT_SEND, slot);
  check_equals("its references", load<u32>(slot), 1);
  check_equals("it can be released", mach_port_deallocate(task_self(), given), 0);
  check_equals("once", mach_port_deallocate(task_self(), given), 15);
}

function timeouts(): void {
  const message = stackAlloc(ROOM);
  const port = make_port();
  const receive: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  check_equals("nothing comes", mach_msg_trap(message, receive, 0, ROOM, port, 20, 0), MACH_RCV_TIMED_OUT);
  check_equals("not even at once", mach_msg_trap(message, receive, 0, ROOM, port, 0, 0), MACH_RCV_TIMED_OUT);
  const send: u32 = MACH_SEND_MSG | MACH_SEND_TIMEOUT;
  let sent: u32 = 0;
  for (; sent < 100; sent++) {
    set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, 9000 + sent);
    if (mach_msg_trap(message, send, HEADER, 0, 0, 10, 0) != MACH_MSG_SUCCESS) break;
  }
  check_equals("a queue takes its limit", sent, MACH_PORT_QLIMIT_DEFAULT);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, 9999);
  check_equals("and no more", mach_msg_trap(message, send, HEADER, 0, 0, 0, 0), MACH_SEND_TIMED_OUT);
  let ordered = true;
  for (let next: u32 = 0; next < sent; next++) {
    message_receive(message, ROOM, port);
    if (load<u32>(message + MSGH_ID) != 9000 + next || load<u32>(message + 16) != next) ordered = false;
  }
  check("messages and sequence numbers come in order", ordered);
  mach_port_destroy(task_self(), port);
}

function sizes(): void {
  const message = stackAlloc(ROOM);
  const port = make_port();
  set_integer(message + HEADER, 1);
  set_integer(message + SECOND - 4, 2);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, 1);
  message_send(message, TWO_ITEMS);
  const large: u32 = MACH_RCV_MSG | MACH_RCV_LARGE;
  check_equals(
    "too large to receive",
    mach_msg_trap(message, large, 0, HEADER, port, 0, 0),
    MACH_RCV_TOO_LARGE,
  );
  check_equals("tells the size", load<u32>(message + MSGH_SIZE), TWO_ITEMS);
  check_equals("and stays", message_receive(message, ROOM, port), 0);
  check_equals("complete", load<u32>(message + SECOND), 2);
  check_equals("a message below its header", message_send(message, 20), MACH_SEND_MSG_TOO_SMALL);
  check_equals("a size that is no multiple of 4", message_send(message, 26), MACH_SEND_MSG_TOO_SMALL);
  mach_port_destroy(task_self(), port);
}

function bad_messages(): void {
  const message = stackAlloc(ROOM);
  const port = make_port();
  set_header(message, MACH_MSG_TYPE_COPY_SEND, 0x1234, 0, 1);
  check_equals("a name that is no right", message_send(message, HEADER), MACH_SEND_INVALID_DEST);
  set_header(message, 5, port, 0, 1);
  check_equals("a disposition that is none", message_send(message, HEADER), MACH_SEND_INVALID_HEADER);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, port, 0, 1);
  store<u32>(message + HEADER, INTEGER_DESCRIPTOR | MSG_TYPE_UNUSED);
  check_equals("a descriptor with its unused bit", message_send(message, 32), MACH_SEND_INVALID_TYPE);
  check_equals("receiving on no port", message_receive(message, ROOM, 0x1234), MACH_RCV_INVALID_NAME);
  mach_port_destroy(task_self(), port);
}

/** The other task ends: its port dies, and we are told. */
function dead_names(): void {
  const message = stackAlloc(ROOM);
  const slot = stackAlloc(4);
  const notify = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  const request = mach_port_request_notification(
    task_self(),
    server,
    MACH_NOTIFY_DEAD_NAME,
    0,
    notify,
    MACH_MSG_TYPE_MAKE_SEND_ONCE,
    slot,
  );
  check_equals("a dead-name notification is requested", request, 0);
  check_equals("the server's task ends", task_terminate(child), 0);
  check_equals("a notification comes", message_receive(message, ROOM, notify), 0);
  check_equals("of the right kind", load<u32>(message + MSGH_ID), MACH_NOTIFY_DEAD_NAME);
  check_equals("with the name", load<u32>(message + FIRST), server);
  mach_port_type(task_self(), server, slot);
  check_equals("which is dead now", load<u32>(slot), MACH_PORT_TYPE_DEAD_NAME);
  mach_port_get_refs(task_self(), server, MACH_PORT_RIGHT_DEAD_NAME, slot);
  check_equals("with a reference from the notification", load<u32>(slot), 2);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, server, 0, 1);
  check_equals("sending to it fails", message_send(message, HEADER), MACH_SEND_INVALID_DEST);
  mach_port_destroy(task_self(), server);
  mach_port_destroy(task_self(), notify);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const slots = stackAlloc(8);
  if (check_equals("a second task runs", fork_server(serve, slots, slots + 4), 0)) {
    child = load<u32>(slots);
    server = load<u32>(slots + 4);
    mach_port_type(task_self(), server, slots);
    check_equals("we can send to it", load<u32>(slots), MACH_PORT_TYPE_SEND);
    inline_calls();
    out_of_line("five bytes out of line", 5);
    out_of_line("three pages out of line", 3 * PAGE_SIZE);
    rights();
    timeouts();
    sizes();
    bad_messages();
    dead_names();
  }
  return finish();
}
