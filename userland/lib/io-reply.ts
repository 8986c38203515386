// Answers to io_read and io_write that come later than its server returns.
import { stackAlloc } from "../../guest/i386";
import { INBAND_MAX } from "../../abi/fs";
import { MSG_HEADER_SIZE, MSGH_BITS, MSGH_ID, MSGH_REMOTE_PORT } from "../../abi/mach_msg";
import { message_send, set_header, set_integer } from "./mach";

/** Who waits for an answer: his right, its type, and the reply's id. */
@unmanaged
export class Asker {
  port!: u32;
  type!: u32;
  id!: u32;
}

const REPLY_ID: u32 = 100;
const ERROR_SIZE: u32 = 32;
const DATA: u32 = 44;

/** The sender of the request at `message`, who will be answered later. */
export function asker_of(message: usize, asker: Asker): void {
  asker.port = load<u32>(message, MSGH_REMOTE_PORT);
  asker.type = load<u32>(message, MSGH_BITS) & 0xff;
  asker.id = load<u32>(message, MSGH_ID) + REPLY_ID;
}

/** Answers with a return code. A mach_msg code: the asker may be gone. */
export function answer_code(asker: Asker, code: i32): i32 {
  const reply = stackAlloc(ERROR_SIZE);
  set_header(reply, asker.type, asker.port, 0, asker.id);
  set_integer(reply + MSG_HEADER_SIZE, code);
  return message_send(reply, ERROR_SIZE);
}

/** Answers an io_read with up to INBAND_MAX bytes. A mach_msg code. */
export function answer_read(asker: Asker, bytes: usize, count: u32): i32 {
  const reply = stackAlloc(DATA + INBAND_MAX);
  set_header(reply, asker.type, asker.port, 0, asker.id);
  set_integer(reply + MSG_HEADER_SIZE, 0);
  store<u32>(reply, 0x30000000, 32);
  store<u32>(reply, 0x80008, 36);
  store<u32>(reply, count, 40);
  memory.copy(reply + DATA, bytes, count);
  return message_send(reply, DATA + ((count + 3) & ~3));
}

/** Answers an io_write that has written so much. A mach_msg code. */
export function answer_amount(asker: Asker, amount: u32): i32 {
  const reply = stackAlloc(ERROR_SIZE + 8);
  set_header(reply, asker.type, asker.port, 0, asker.id);
  set_integer(reply + MSG_HEADER_SIZE, 0);
  set_integer(reply + MSG_HEADER_SIZE + 8, amount);
  return message_send(reply, ERROR_SIZE + 8);
}
