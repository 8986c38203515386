// Serving the messages of a port with the servers that tools/mig makes (userland/generated/*_server.generated.ts).
import { stackAlloc } from "../../guest/i386";
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSG_HEADER_SIZE,
  MACH_RCV_INVALID_NAME,
  MACH_RCV_MSG,
  MACH_RCV_PORT_CHANGED,
  MACH_RCV_PORT_DIED,
  MACH_RCV_TIMEOUT,
} from "../../abi/mach_msg";
import { mach_msg_trap } from "./asm";
import { cthread_fork } from "./cthreads";
import { message_destroy_body } from "./message-destroy";
import { message_receive, message_send, set_header, set_integer } from "./mach";

/** Serves one message; the reply's code, or MIG_NO_REPLY. */
export type Server = (message: usize) => i32;

/** The longest message of the interfaces that programs serve. */
const MESSAGE_ROOM: u32 = 2304;
const REPLY_SIZE: u32 = 32;
/** Reply ids are request ids plus this. */
const REPLY_ID: u32 = 100;

/** Answers the request whose header is at `message` with a code, in its place. */
function reply(message: usize, result: i32): void {
  const to = load<u32>(message, MSGH_REMOTE_PORT);
  const type = load<u32>(message, MSGH_BITS) & 0xff;
  set_header(message, type, to, 0, load<u32>(message, MSGH_ID) + REPLY_ID);
  set_integer(message + MSG_HEADER_SIZE, result);
  message_send(message, REPLY_SIZE);
}

function answer(message: usize, server: Server): void {
  const result = server(message);
  if (result == MIG_NO_REPLY) return;
  // What was refused has not been looked at: its rights and its memory are nobody's.
  if (result == MIG_BAD_ID || result == MIG_BAD_ARGUMENTS) message_destroy_body(message);
  if (load<u32>(message, MSGH_REMOTE_PORT) != 0) reply(message, result);
}

/** Serves the receive right (or port set) `port` until it dies. */
export function serve_port(port: u32, server: Server): void {
  const message = stackAlloc(MESSAGE_ROOM);
  for (;;) {
    const result = message_receive(message, MESSAGE_ROOM, port);
    if (result == MACH_MSG_SUCCESS) answer(message, server);
    else if (
      result == MACH_RCV_INVALID_NAME ||
      result == MACH_RCV_PORT_DIED ||
      result == MACH_RCV_PORT_CHANGED
    )
      return;
  }
}

/** Serves one message that comes to `port` within `milliseconds`. Returns what mach_msg did. */
export function serve_one(port: u32, server: Server, milliseconds: u32): i32 {
  const message = stackAlloc(MESSAGE_ROOM);
  const result = mach_msg_trap(
    message,
    MACH_RCV_MSG | MACH_RCV_TIMEOUT,
    0,
    MESSAGE_ROOM,
    port,
    milliseconds,
    0,
  );
  if (result == MACH_MSG_SUCCESS) answer(message, server);
  return result;
}

let pool_port: u32 = 0;
let pool_server: usize = 0;
/** Threads that may still be started, and threads that wait. */
const spare: usize = memory.data<u32>([0]);
const idle: usize = memory.data<u32>([0]);

function serve_pool(_argument: u32): void {
  const message = stackAlloc(MESSAGE_ROOM);
  for (;;) {
    atomic.add<u32>(idle, 1);
    const result = message_receive(message, MESSAGE_ROOM, pool_port);
    const last = atomic.sub<u32>(idle, 1) == 1;
    if (result != MACH_MSG_SUCCESS) continue;
    if (last && atomic.load<u32>(spare) != 0) {
      atomic.sub<u32>(spare, 1);
      cthread_fork(serve_pool, 0);
    }
    answer(message, changetype<Server>(pool_server));
  }
}

/** Serves the receive right `port` with as many threads as there are requests at once, at most `most`. Does not return. */
export function serve_with_threads(port: u32, server: Server, most: u32): void {
  pool_port = port;
  pool_server = changetype<usize>(server);
  atomic.store<u32>(spare, most - 1);
  serve_pool(0);
}
