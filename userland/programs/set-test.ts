// Port sets: what members bring, in order, and what happens to threads that wait on a set or a port when it joins a set,
// leaves it or dies.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_NAME, KERN_INVALID_RIGHT, KERN_NOT_IN_SET } from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_RCV_IN_SET,
  MACH_RCV_PORT_CHANGED,
  MACH_RCV_PORT_DIED,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_SEQNO,
} from "../../abi/mach_msg";
import {
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_TYPE_RECEIVE,
  PORT_STATUS_MSGCOUNT,
  PORT_STATUS_PSET,
} from "../../abi/mach_port";
import {
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_get_set_status,
  mach_port_mod_refs,
  mach_port_move_member,
} from "../generated/mach_port.generated";
import { check, check_equals } from "../lib/check";
import { message_receive, task_self } from "../lib/mach";
import {
  allocate_port,
  let_others_wait,
  make_port,
  next_id,
  port_status,
  receive_now,
  ROOM,
  send_empty,
  start,
  type_of,
} from "../lib/ports";
import { begin, finish } from "../lib/process";
import { vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const NOT_YET: u32 = 0xffffffff;
let set: u32 = 0;
let one: u32 = 0;
let two: u32 = 0;
/** What the waiting thread's receive gave: the code, and the member. */
let result: u32 = 0;
let member: u32 = 0;

function move(port: u32, to: u32): i32 {
  return mach_port_move_member(task_self(), port, to);
}

/** Receives from `from` as long as it takes. */
function wait_on(from: u32): void {
  const message = stackAlloc(ROOM);
  const code = message_receive(message, ROOM, from);
  member = load<u32>(message, MSGH_LOCAL_PORT);
  atomic.store<u32>(cells, code);
}

/** The code, as the other thread leaves it. */
const cells: usize = memory.data(4);

function start_waiting(from: u32): void {
  atomic.store<u32>(cells, NOT_YET);
  mach_port_deallocate(task_self(), start(wait_on, from));
  let_others_wait();
}

function waited(): u32 {
  let_others_wait();
  result = atomic.load<u32>(cells);
  return result;
}

function make_ports(): void {
  set = allocate_port(MACH_PORT_RIGHT_PORT_SET);
  one = make_port();
  two = make_port();
}

function destroy_ports(): void {
  mach_port_destroy(task_self(), set);
  mach_port_destroy(task_self(), one);
  mach_port_destroy(task_self(), two);
}

function members(): void {
  const slots = stackAlloc(8);
  make_ports();
  check_equals("a port is in no set at first", move(one, 0), KERN_NOT_IN_SET);
  check_equals("it joins one", move(one, set), 0);
  check_equals("twice is as once", move(one, set), 0);
  check_equals("another joins", move(two, set), 0);
  check_equals("a port is no set", move(one, two), KERN_INVALID_RIGHT);
  check_equals("a set is no member", move(set, set), KERN_INVALID_RIGHT);
  check_equals("nor is a name of nothing", move(0x1234, set), KERN_INVALID_NAME);
  store<u32>(slots, 0);
  check_equals("the members are listed", mach_port_get_set_status(task_self(), set, slots, slots + 4), 0);
  check_equals("two", load<u32>(slots, 4), 2);
  const first = load<u32>(load<u32>(slots));
  check("by name", first + load<u32>(load<u32>(slots), 4) == one + two && (first == one || first == two));
  vm_deallocate(task_self(), load<u32>(slots), 8);
  check_equals(
    "a port has no list",
    mach_port_get_set_status(task_self(), one, slots, slots + 4),
    KERN_INVALID_RIGHT,
  );
  check_equals("a member knows its set", port_status(one, PORT_STATUS_PSET), set);
  const other = allocate_port(MACH_PORT_RIGHT_PORT_SET);
  check_equals("it may change to another", move(one, other), 0);
  check_equals("and leave", move(one, 0), 0);
  mach_port_destroy(task_self(), other);
  destroy_ports();
}

function order(): void {
  const message = stackAlloc(ROOM);
  make_ports();
  send_empty(one, 1, 0);
  move(one, set);
  move(two, set);
  send_empty(two, 2, 0);
  send_empty(one, 3, 0);
  send_empty(two, 4, 0);
  let good = true;
  for (let id: u32 = 1; id <= 4; id++) {
    receive_now(message, set);
    if (load<u32>(message, MSGH_ID) != id) good = false;
    if (load<u32>(message, MSGH_LOCAL_PORT) != (id & 1 ? one : two)) good = false;
    if (load<u32>(message, MSGH_SEQNO) != (id - 1) >> 1) good = false;
  }
  check("messages come in order, each with its port and that port's sequence number", good);
  send_empty(one, 5, 0);
  send_empty(two, 6, 0);
  check_equals("a member is not received from", receive_now(message, one), MACH_RCV_IN_SET);
  move(one, 0);
  check_equals("unless it leaves", next_id(one), 5);
  check_equals("the others' messages stay", next_id(set), 6);
  send_empty(one, 7, 0);
  check_equals("a queue counts its own", port_status(one, PORT_STATUS_MSGCOUNT), 1);
  destroy_ports();
}

function waiting(): void {
  make_ports();
  move(one, set);
  start_waiting(set);
  send_empty(one, 1, 0);
  check_equals("a message wakes who waits on the set", waited(), MACH_MSG_SUCCESS);
  check_equals("and tells the member", member, one);
  start_waiting(set);
  send_empty(two, 2, 0);
  check_equals("a port outside does not", waited(), NOT_YET);
  move(two, set);
  check_equals("until it joins with its message", waited(), MACH_MSG_SUCCESS);
  check_equals("which is its own", member, two);
  move(two, 0);
  start_waiting(two);
  move(two, set);
  check_equals("who waits on a port that joins a set stops", waited(), MACH_RCV_PORT_CHANGED);
  start_waiting(set);
  move(one, 0);
  move(two, 0);
  check_equals("members that leave disturb nobody", waited(), NOT_YET);
  mach_port_destroy(task_self(), set);
  check_equals("the set's end does", waited(), MACH_RCV_PORT_DIED);
  check_equals("its members live", type_of(one) & MACH_PORT_TYPE_RECEIVE, MACH_PORT_TYPE_RECEIVE);
  start_waiting(one);
  mach_port_mod_refs(task_self(), one, MACH_PORT_RIGHT_RECEIVE, -1);
  check_equals("a port's end stops who waits on it", waited(), MACH_RCV_PORT_DIED);
  destroy_ports();
}

function member_dies(): void {
  make_ports();
  move(one, set);
  move(two, set);
  send_empty(one, 1, 0);
  send_empty(two, 2, 0);
  start_waiting(set);
  check_equals("the first message is there", waited(), MACH_MSG_SUCCESS);
  send_empty(one, 3, 0);
  mach_port_destroy(task_self(), one);
  check_equals("a member that dies takes its messages along", next_id(set), 2);
  check_equals("and no others", next_id(set), 0);
  start_waiting(set);
  send_empty(two, 4, 0);
  check_equals("the set goes on", waited(), MACH_MSG_SUCCESS);
  destroy_ports();
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  members();
  order();
  waiting();
  member_dies();
  return finish();
}
