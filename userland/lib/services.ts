// The rights that programs get when they ask their bootstrap port: from init, and from the process server.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
} from "../../abi/mach_msg";
import { message_send, set_header, set_port } from "./mach";
import { INIT_PORTS_CONSOLE, INIT_PORTS_PROCESS, INIT_PORTS_REPLY, INIT_PORTS_REPLY_SIZE } from "./protocol";

/** Names of the rights, each where it stands in the reply. */
const names: usize = memory.data(104);

/** The right called INIT_PORTS_* `what`; 0: there is none. */
export function service(what: u32): u32 {
  return load<u32>(names + what);
}

export function set_service(what: u32, name: u32): void {
  store<u32>(names + what, name);
}

/** Answers INIT_PORTS to the send-once right `to`; `process_type` is how the asker gets INIT_PORTS_PROCESS. */
export function send_services(to: u32, process_type: u32): void {
  const reply = stackAlloc(INIT_PORTS_REPLY_SIZE);
  set_header(reply, MACH_MSG_TYPE_MOVE_SEND_ONCE | MACH_MSGH_BITS_COMPLEX, to, 0, INIT_PORTS_REPLY);
  for (let what: u32 = INIT_PORTS_CONSOLE; what < <u32>INIT_PORTS_REPLY_SIZE; what += 8)
    set_port(
      reply + what - 4,
      service(what),
      what == INIT_PORTS_PROCESS ? process_type : MACH_MSG_TYPE_COPY_SEND,
    );
  message_send(reply, INIT_PORTS_REPLY_SIZE);
}
