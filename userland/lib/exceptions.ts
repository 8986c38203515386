// The receiving end of exceptions: a port, the messages that come to it, and answers.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MSG_HEADER_SIZE,
  MSGH_ID,
  MSGH_REMOTE_PORT,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { I386_THREAD_STATE, I386_THREAD_STATE_COUNT } from "../../abi/task_types";
import { thread_get_state, thread_set_state } from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_insert_right,
} from "../generated/mach_port.generated";
import { mach_msg_trap } from "./asm";
import { message_send, set_header, set_integer, task_self } from "./mach";

/** exception_raise: id, size, and offsets of its data. */
export const EXCEPTION_RAISE: u32 = 2400;
export const EXCEPTION_SIZE: u32 = 64;
export const EXCEPTION_THREAD: usize = 28;
export const EXCEPTION_TASK: usize = 36;
export const EXCEPTION_KIND: usize = 44;
export const EXCEPTION_CODE: usize = 52;
export const EXCEPTION_SUBCODE: usize = 60;
/** msgh_bits as they arrive: rights inside, to be answered by a send-once right, sent to a send right. */
export const EXCEPTION_BITS: u32 = 0x80001112;
/** Room for the message, and for one that is too long. */
export const EXCEPTION_ROOM: u32 = 128;
const REPLY_SIZE: u32 = 32;
const REPLY_CODE: usize = MSG_HEADER_SIZE;

/** A port with both rights; its name, or 0. */
export function make_port(): u32 {
  const slot = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot) != 0) return 0;
  const name = load<u32>(slot);
  return mach_port_insert_right(task_self(), name, name, MACH_MSG_TYPE_MAKE_SEND) == 0 ? name : 0;
}

/** Receives the next exception of `port` into `message` (EXCEPTION_ROOM bytes). Returns a mach_msg code. */
export function receive_exception(port: u32, message: usize, timeout_ms: u32): i32 {
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  return mach_msg_trap(message, option, 0, EXCEPTION_ROOM, port, timeout_ms, 0);
}

/** Answers the exception in `message` with a kern_return and gives back the rights it brought. */
export function answer_exception(message: usize, code: u32): i32 {
  mach_port_deallocate(task_self(), load<u32>(message + EXCEPTION_THREAD));
  mach_port_deallocate(task_self(), load<u32>(message + EXCEPTION_TASK));
  return answer_with(message, load<u32>(message + MSGH_ID) + 100, REPLY_SIZE, code);
}

/** Answers with any id and size up to REPLY_SIZE + 4. */
export function answer_with(message: usize, id: u32, size: u32, code: u32): i32 {
  const reply = stackAlloc(36);
  set_header(reply, MACH_MSG_TYPE_MOVE_SEND_ONCE, load<u32>(message + MSGH_REMOTE_PORT), 0, id);
  set_integer(reply + REPLY_CODE, code);
  store<u32>(reply + REPLY_SIZE, 0);
  return message_send(reply, size);
}

/** The general registers of a thread, into THREAD_STATE_SIZE bytes at `state`. */
export function get_registers(thread: u32, state: usize): i32 {
  const count = stackAlloc(4);
  store<u32>(count, I386_THREAD_STATE_COUNT);
  return thread_get_state(thread, I386_THREAD_STATE, state, count);
}

export function set_registers(thread: u32, state: usize): i32 {
  return thread_set_state(thread, I386_THREAD_STATE, state, I386_THREAD_STATE_COUNT);
}
