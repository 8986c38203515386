// What the generated stubs of userland/generated share.
import { MIG_NO_REPLY, MIG_REPLY_MISMATCH, MIG_SERVER_DIED, MIG_TYPE_ERROR } from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_RCV_MSG,
  MACH_SEND_INVALID_RIGHT,
  MACH_SEND_INVALID_TYPE,
  MACH_SEND_MSG,
  MSG_HEADER_SIZE,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { MACH_NOTIFY_SEND_ONCE } from "../../abi/mach_port";
import { mach_port_destroy } from "../generated/mach_port.generated";
import { mach_msg_trap } from "./asm";
import {
  forget_reply_port,
  INTEGER_DESCRIPTOR,
  reply_port,
  set_header,
  set_integer,
  task_self,
} from "./mach";

/** Size of a reply that has nothing but a return code, and the offset of that. */
const ERROR_REPLY_SIZE: u32 = 32;
const RETURN_CODE: usize = 28;
/** Reply ids are request ids plus this. */
const REPLY_ID: i32 = 100;

/**
 * Calls routine `id`: sends the request of `size` bytes at `message` and receives the reply there. Returns the reply's
 * code, or says why there is none. A reply of success has from `minimum` to `limit` bytes.
 */
export function mig_rpc(
  message: usize,
  port: u32,
  bits: u32,
  id: i32,
  size: u32,
  limit: u32,
  minimum: u32,
): i32 {
  const reply = reply_port();
  set_header(message, bits, port, reply, id);
  const mr = mach_msg_trap(
    message,
    MACH_SEND_MSG | MACH_RCV_MSG,
    size,
    max(limit, ERROR_REPLY_SIZE),
    reply,
    0,
    0,
  );
  if (mr != MACH_MSG_SUCCESS) {
    if (mr >= MACH_SEND_INVALID_RIGHT && mr <= MACH_SEND_INVALID_TYPE) abandon_reply_port(reply);
    return mr;
  }
  const replyId = load<i32>(message, MSGH_ID);
  if (replyId != id + REPLY_ID)
    return replyId == MACH_NOTIFY_SEND_ONCE ? MIG_SERVER_DIED : MIG_REPLY_MISMATCH;
  const received = load<u32>(message, MSGH_SIZE);
  if (received < ERROR_REPLY_SIZE || load<u32>(message, MSG_HEADER_SIZE) != INTEGER_DESCRIPTOR)
    return MIG_TYPE_ERROR;
  const result = load<i32>(message, RETURN_CODE);
  if (result == 0 && received < minimum) return MIG_TYPE_ERROR;
  return result;
}

/** Answers the request at `m` with the results in the `size` bytes at `r`, but for header and return code. MIG_NO_REPLY. */
export function mig_reply(m: usize, r: usize, size: u32, complex: u32): i32 {
  const type = load<u32>(m, MSGH_BITS) & 0xff;
  set_header(r, type | complex, load<u32>(m, MSGH_REMOTE_PORT), 0, load<u32>(m, MSGH_ID) + REPLY_ID);
  set_integer(r + MSG_HEADER_SIZE, 0);
  mach_msg_trap(r, MACH_SEND_MSG, size, 0, 0, 0, 0);
  return MIG_NO_REPLY;
}

/** Sends a request without waiting for a reply; one that comes goes to `reply` (0: nowhere). */
export function mig_send(message: usize, port: u32, reply: u32, bits: u32, id: i32, size: u32): i32 {
  set_header(message, bits, port, reply, id);
  return mach_msg_trap(message, MACH_SEND_MSG, size, 0, 0, 0, 0);
}

/** After a send that failed in its body a send-once notification waits on the reply port: another one is taken. */
function abandon_reply_port(reply: u32): void {
  forget_reply_port();
  mach_port_destroy(task_self(), reply);
}

/** Copies a 0-terminated string into a field of `size` bytes, cut if need be, and fills the rest with zeros. */
export function mig_strncpy(to: usize, from: usize, size: u32): void {
  let i: u32 = 0;
  for (; i + 1 < size; i++) {
    const byte = load<u8>(from + i);
    if (byte == 0) break;
    store<u8>(to + i, byte);
  }
  memory.fill(to + i, 0, size - i);
}
