// A pager task with as many memory objects as the caller likes. Every page of every object begins with a word of its own.
import { stackAlloc } from "../../guest/i386";
import { KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";
import { MACH_MSG_TYPE_MAKE_SEND } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { task_create } from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_extract_right,
  mach_port_move_member,
} from "../generated/mach_port.generated";
import { after_fork } from "./fork";
import { task_self } from "./mach";
import { pager_loop } from "./pager";
import { file_word } from "./pattern";
import { allocate_stack, run_thread } from "./threads";
import { PAGE_SIZE } from "./vm";

const page: usize = memory.data(4096, 4096);
let server: u32 = 0;
let port_set: u32 = 0;

/** The word at byte `offset` of the object that the server knows as `object`. */
export function object_word(object: u32, offset: u32): u32 {
  return file_word(offset) ^ (object << 24);
}

function make_page(object: u32, offset: u32): usize {
  for (let at: u32 = 0; at < PAGE_SIZE; at += 4) store<u32>(page + at, object_word(object, offset + at));
  return page;
}

function serve(set: u32): void {
  after_fork();
  pager_loop(set, make_page);
}

/** Starts the server, a copy of this task; its task port is stored at `child`. Returns a kern_return. */
export function start_object_server(child: usize): i32 {
  const stack = allocate_stack();
  if (stack == 0) return KERN_RESOURCE_SHORTAGE;
  let result = task_create(task_self(), 1, child);
  if (result != 0) return result;
  server = load<u32>(child);
  const set = stackAlloc(4);
  result = mach_port_allocate(server, MACH_PORT_RIGHT_PORT_SET, set);
  if (result != 0) return result;
  port_set = load<u32>(set);
  return run_thread(server, stack, serve, port_set);
}

/** Makes a memory object: a send right at `port`, the server's name for it at `name`. Returns a kern_return. */
export function make_object(port: usize, name: usize): i32 {
  const type = stackAlloc(4);
  let result = mach_port_allocate(server, MACH_PORT_RIGHT_RECEIVE, name);
  if (result != 0) return result;
  result = mach_port_extract_right(server, load<u32>(name), MACH_MSG_TYPE_MAKE_SEND, port, type);
  return result != 0 ? result : mach_port_move_member(server, load<u32>(name), port_set);
}
