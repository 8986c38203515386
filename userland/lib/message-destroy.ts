// Gives back the rights and the memory that a received message brought.
import {
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONG_SIZE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_NUMBER_MASK,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE,
  MSG_TYPE_SIZE_SHIFT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { mach_port_deallocate, mach_port_mod_refs } from "../generated/mach_port.generated";
import { task_self } from "./mach";
import { vm_deallocate } from "./vm";

function destroy_right(type: u32, name: u32): void {
  if (name == 0 || name == 0xffffffff) return;
  if (type == MACH_MSG_TYPE_MOVE_SEND || type == MACH_MSG_TYPE_MOVE_SEND_ONCE)
    mach_port_deallocate(task_self(), name);
  else if (type == MACH_MSG_TYPE_MOVE_RECEIVE)
    mach_port_mod_refs(task_self(), name, MACH_PORT_RIGHT_RECEIVE, <u32>-1);
}

function destroy_rights(type: u32, names: usize, count: u32): void {
  if (type < <u32>MACH_MSG_TYPE_MOVE_RECEIVE || type > <u32>MACH_MSG_TYPE_MOVE_SEND_ONCE) return;
  for (let index: u32 = 0; index < count; index++)
    destroy_right(type, load<u32>(names + ((<usize>index) << 2)));
}

/** Gives back all that the items of the message bring; the right to reply stays. */
export function message_destroy_body(message: usize): void {
  if ((load<u32>(message) & MACH_MSGH_BITS_COMPLEX) == 0) return;
  const end = message + load<u32>(message, MSGH_SIZE);
  for (let at = message + MSG_HEADER_SIZE; at + MSG_TYPE_SIZE <= end;) {
    const first = load<u32>(at);
    const long = (first & MSG_TYPE_LONGFORM) != 0;
    const type: u32 = long ? load<u16>(at, 4) : first & 0xff;
    const bits: u32 = long ? load<u16>(at, 6) : (first >> MSG_TYPE_SIZE_SHIFT) & 0xff;
    const count = long
      ? load<u32>(at, MSG_TYPE_LONG_NUMBER)
      : (first & MSG_TYPE_NUMBER_MASK) >> MSG_TYPE_NUMBER_SHIFT;
    const bytes = (count * bits + 7) >> 3;
    at += long ? MSG_TYPE_LONG_SIZE : MSG_TYPE_SIZE;
    if ((first & MSG_TYPE_INLINE) != 0) {
      destroy_rights(type, at, count);
      at += (bytes + 3) & ~3;
    } else {
      const data = load<u32>(at);
      destroy_rights(type, data, count);
      if (bytes != 0) vm_deallocate(task_self(), data, bytes);
      at += 4;
    }
  }
}
