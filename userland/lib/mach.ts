// What nearly every program needs of Mach: its own task port, messages, ports.
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_SEND_MSG,
  MSGH_BITS,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSG_TYPE_INLINE,
} from "../../abi/mach_msg";
import { mach_msg_trap, mach_reply_port, mach_task_self } from "./asm";
import { CTHREAD_REPLY_PORT, cthread_self } from "./cthreads";

let self: u32 = 0;

/** The name of this task's own port. The library keeps one reference for all. */
export function task_self(): u32 {
  if (self == 0) self = mach_task_self();
  return self;
}

/** The calling thread's reply port. */
export function reply_port(): u32 {
  const cell = cthread_self() + CTHREAD_REPLY_PORT;
  if (load<u32>(cell) == 0) store<u32>(cell, mach_reply_port());
  return load<u32>(cell);
}

/** The descriptor word of one inline 32-bit integer. */
export const INTEGER_DESCRIPTOR: u32 = MSG_TYPE_INLINE | (1 << 16) | (32 << 8) | MACH_MSG_TYPE_INTEGER_32;

/** The descriptor word of one inline port right of type `name`. */
export function port_descriptor(name: u32): u32 {
  return MSG_TYPE_INLINE | (1 << 16) | (32 << 8) | name;
}

/** Fills the words of a header that a sender sets. */
export function set_header(message: usize, bits: u32, remote: u32, local: u32, id: u32): void {
  store<u32>(message + MSGH_BITS, bits);
  store<u32>(message + 4, 0);
  store<u32>(message + MSGH_REMOTE_PORT, remote);
  store<u32>(message + MSGH_LOCAL_PORT, local);
  store<u32>(message + 16, 0);
  store<u32>(message + MSGH_ID, id);
}

/** Stores one inline integer item. */
export function set_integer(item: usize, value: u32): void {
  store<u32>(item, INTEGER_DESCRIPTOR);
  store<u32>(item + 4, value);
}

/** Stores one inline port item. */
export function set_port(item: usize, port: u32, type: u32): void {
  store<u32>(item, port_descriptor(type));
  store<u32>(item + 4, port);
}

export function message_send(message: usize, size: u32): i32 {
  return mach_msg_trap(message, MACH_SEND_MSG, size, 0, 0, 0, 0);
}

export function message_receive(message: usize, size: u32, port: u32): i32 {
  return mach_msg_trap(message, MACH_RCV_MSG, 0, size, port, 0, 0);
}

/**
 * A remote call: sends `message` to `port` and receives the answer in its place.
 * @param complex whether the request carries rights or out-of-line memory
 */
export function message_rpc(message: usize, port: u32, id: u32, complex: bool, size: u32, limit: u32): i32 {
  const bits: u32 = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
  set_header(message, complex ? bits | MACH_MSGH_BITS_COMPLEX : bits, port, reply_port(), id);
  return mach_msg_trap(message, MACH_SEND_MSG | MACH_RCV_MSG, size, limit, reply_port(), 0, 0);
}

/** For a copy of this task: the cached names mean nothing there. */
export function forget_ports(): void {
  self = 0;
  forget_reply_port();
}

/** The calling thread takes another reply port. */
export function forget_reply_port(): void {
  store<u32>(cthread_self() + CTHREAD_REPLY_PORT, 0);
}
