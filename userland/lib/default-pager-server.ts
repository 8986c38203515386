// What programs may ask the default pager (abi/defs/default_pager.defs).
import { stackAlloc } from "../../guest/i386";
import {
  KERN_FAILURE,
  KERN_SUCCESS,
  MIG_BAD_ARGUMENTS,
  MIG_BAD_ID,
  MIG_NO_REPLY,
} from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSGH_BITS_COMPLEX,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { mach_port_allocate, mach_port_move_member } from "../generated/mach_port.generated";
import { message_send, set_header, set_integer, set_port, task_self } from "./mach";
import { paging_free, paging_total } from "./paging-space";
import { PAGE_SIZE } from "./vm";

const OBJECT_CREATE: i32 = 2275;
const INFO: i32 = 2276;
const REPLY_ID: u32 = 100;
/** Type descriptor of three inline integers. */
const THREE_INTEGERS: u32 = 0x10032002;

let port_set: u32 = 0;

/** New objects' ports become members of the set. */
export function serve_paging_objects(set: u32): void {
  port_set = set;
}

function begin_reply(reply: usize, message: usize, bits: u32): void {
  const type = load<u32>(message, MSGH_BITS) & 0xff;
  set_header(
    reply,
    type | bits,
    load<u32>(message, MSGH_REMOTE_PORT),
    0,
    load<u32>(message, MSGH_ID) + REPLY_ID,
  );
  set_integer(reply + 24, KERN_SUCCESS);
}

function object_create(message: usize): i32 {
  if (load<u32>(message, MSGH_SIZE) != 32) return MIG_BAD_ARGUMENTS;
  const name = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, name) != 0) return KERN_FAILURE;
  mach_port_move_member(task_self(), load<u32>(name), port_set);
  const reply = stackAlloc(40);
  begin_reply(reply, message, MACH_MSGH_BITS_COMPLEX);
  set_port(reply + 32, load<u32>(name), MACH_MSG_TYPE_MAKE_SEND);
  message_send(reply, 40);
  return MIG_NO_REPLY;
}

/** Bytes in all, bytes free, bytes of a page. */
function info(message: usize): i32 {
  if (load<u32>(message, MSGH_SIZE) != 24) return MIG_BAD_ARGUMENTS;
  const reply = stackAlloc(48);
  begin_reply(reply, message, 0);
  store<u32>(reply, THREE_INTEGERS, 32);
  store<u32>(reply, paging_total * PAGE_SIZE, 36);
  store<u32>(reply, paging_free * PAGE_SIZE, 40);
  store<u32>(reply, PAGE_SIZE, 44);
  message_send(reply, 48);
  return MIG_NO_REPLY;
}

/** Serves the message: the reply's code, or MIG_NO_REPLY when it has been answered. */
export function default_pager_server(message: usize): i32 {
  switch (load<i32>(message, MSGH_ID)) {
    case OBJECT_CREATE:
      return object_create(message);
    case INFO:
      return info(message);
    default:
      return MIG_BAD_ID;
  }
}
