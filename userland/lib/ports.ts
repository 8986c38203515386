// What programs that test ports and messages share: making ports, reading their state, and threads that wait.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_BYTE,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MACH_SEND_MSG,
  MACH_SEND_TIMEOUT,
  MSG_HEADER_SIZE,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONGFORM,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE, PORT_STATUS_SIZE } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_get_receive_status,
  mach_port_get_refs,
  mach_port_insert_right,
  mach_port_request_notification,
  mach_port_type,
} from "../generated/mach_port.generated";
import { mach_msg_trap, thread_start_address, thread_switch } from "./asm";
import { set_header, task_self } from "./mach";
import { allocate_stack, start_thread, ThreadBody, THREAD_STACK_SIZE } from "./threads";
import { vm_deallocate } from "./vm";

/** Room for any message of the tests. */
export const ROOM: u32 = 256;
/** Where a message's items begin, and the data of the first one with a short descriptor. */
export const HEADER: u32 = MSG_HEADER_SIZE;
export const FIRST: u32 = HEADER + 4;
/** The address word and the end of an out-of-line item behind the header. */
export const OOL_ADDRESS: u32 = HEADER + 12;
export const OOL_END: u32 = HEADER + 16;

/** A new receive right (or set, or dead name); 0 on failure. */
export function allocate_port(right: u32): u32 {
  const slot = stackAlloc(4);
  return mach_port_allocate(task_self(), right, slot) == 0 ? load<u32>(slot) : 0;
}

/** A receive right with a send right under the same name. */
export function make_port(): u32 {
  const port = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
  return port;
}

/** MACH_PORT_TYPE_* of a name; 0 if it is not in use. */
export function type_of(name: u32): u32 {
  const slot = stackAlloc(4);
  return mach_port_type(task_self(), name, slot) == 0 ? load<u32>(slot) : 0;
}

/** User references of a right. */
export function references(name: u32, right: u32): u32 {
  const slot = stackAlloc(4);
  return mach_port_get_refs(task_self(), name, right, slot) == 0 ? load<u32>(slot) : 0;
}

/** A word (PORT_STATUS_*) of a receive right's status. */
export function port_status(name: u32, offset: usize): u32 {
  const status = stackAlloc(PORT_STATUS_SIZE);
  return mach_port_get_receive_status(task_self(), name, status) == 0
    ? load<u32>(status + offset)
    : 0xffffffff;
}

/** Asks for a notification at receive right `notify` (0: withdraws); a former request's right is given up. */
export function request_notification(name: u32, id: u32, sync: u32, notify: u32): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  const once: u32 = MACH_MSG_TYPE_MAKE_SEND_ONCE;
  const result = mach_port_request_notification(task_self(), name, id, sync, notify, once, slot);
  if (result == 0 && load<u32>(slot) != 0) mach_port_deallocate(task_self(), load<u32>(slot));
  return result;
}

/** An out-of-line item of `length` bytes, which the sender gives away with `deallocate`. */
export function set_memory(item: usize, address: u32, length: u32, deallocate: bool): void {
  store<u32>(item, deallocate ? MSG_TYPE_LONGFORM | MSG_TYPE_DEALLOCATE : MSG_TYPE_LONGFORM);
  store<u32>(item, MACH_MSG_TYPE_BYTE | (8 << 16), 4);
  store<u32>(item + MSG_TYPE_LONG_NUMBER, length);
  store<u32>(item, address, 12);
}

/** Sends an empty message by a send right, waiting for at most `timeout` ms. */
export function send_empty(port: u32, id: u32, timeout: u32): i32 {
  const message = stackAlloc(HEADER);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, id);
  return mach_msg_trap(message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, HEADER, 0, 0, timeout, 0);
}

/** Receives what is there now. */
export function receive_now(message: usize, port: u32): i32 {
  return mach_msg_trap(message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, ROOM, port, 0, 0);
}

/** The id of what is there now; 0 if there is nothing. */
export function next_id(port: u32): u32 {
  const message = stackAlloc(ROOM);
  return receive_now(message, port) == MACH_MSG_SUCCESS ? load<u32>(message, 20) : 0;
}

// --- Threads ---

/** Starts a thread of this task on a stack of its own; its name. */
export function start(body: ThreadBody, argument: u32): u32 {
  const slot = stackAlloc(4);
  const stack = allocate_stack();
  const address = <u32>thread_start_address();
  return start_thread(task_self(), address, stack, changetype<u32>(body), argument, slot) == 0
    ? load<u32>(slot)
    : 0;
}

/** Lets the others run until they wait. */
export function let_others_wait(): void {
  for (let turn = 0; turn < 4; turn++) thread_switch(0, SWITCH_OPTION_WAIT, 1);
}

/** The memory of a stack of which the top is known. */
export function free_stack(top: u32): void {
  vm_deallocate(task_self(), top - THREAD_STACK_SIZE, THREAD_STACK_SIZE);
}
