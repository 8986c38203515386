// fork: a copy of the task that is a process of its own, with the same descriptors under the same names.
import { stackAlloc } from "../../guest/i386";
import { ENOMEM, ENOENT } from "../../abi/errno";
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { TASK_BOOTSTRAP_PORT } from "../../abi/mach_port";
import {
  I386_THREAD_STATE,
  I386_THREAD_STATE_COUNT,
  THREAD_STATE_EAX,
  THREAD_STATE_EBP,
  THREAD_STATE_EBX,
  THREAD_STATE_EDI,
  THREAD_STATE_EIP,
  THREAD_STATE_ESI,
  THREAD_STATE_SIZE,
  THREAD_STATE_UESP,
} from "../../abi/task_types";
import {
  task_create,
  task_set_special_port,
  task_terminate,
  thread_create,
  thread_resume,
  thread_set_state,
} from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_insert_right } from "../generated/mach_port.generated";
import { proc_child } from "../generated/process.generated";
import { fork_point } from "../lib/asm";
import { forget_ports, task_self } from "../lib/mach";
import { print_flush } from "../lib/print";
import { argument, each_right, process_port } from "../lib/process";
import { current_directory, DESCRIPTORS, FREE, kind_of, port_of } from "./descriptors";
import { note, set_errno } from "./errno";

const POINT_SIZE: u32 = 24;
let child_task: u32 = 0;

function give(name: u32): void {
  if (name != 0) mach_port_insert_right(child_task, name, name, MACH_MSG_TYPE_COPY_SEND);
}

/** Gives the child what its memory says that it has. */
function give_rights(): void {
  each_right(give);
  give(current_directory());
  for (let fd: u32 = 0; fd < DESCRIPTORS; fd++) if (kind_of(fd) != FREE) give(port_of(fd));
}

/** A thread of the child that goes on where `point` says. */
function start_child(point: usize): i32 {
  const thread = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  let result = thread_create(child_task, thread);
  if (result != 0) return result;
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state, load<u32>(point), THREAD_STATE_EBX);
  store<u32>(state, load<u32>(point, 4), THREAD_STATE_ESI);
  store<u32>(state, load<u32>(point, 8), THREAD_STATE_EDI);
  store<u32>(state, load<u32>(point, 12), THREAD_STATE_EBP);
  store<u32>(state, load<u32>(point, 16), THREAD_STATE_UESP);
  store<u32>(state, load<u32>(point, 20), THREAD_STATE_EIP);
  store<u32>(state, 1, THREAD_STATE_EAX);
  result = thread_set_state(load<u32>(thread), I386_THREAD_STATE, state, I386_THREAD_STATE_COUNT);
  if (result == 0) result = thread_resume(load<u32>(thread));
  mach_port_deallocate(task_self(), load<u32>(thread));
  return result;
}

/** Makes the child a process and starts it; its number, or -1. */
function finish_child(point: usize): i32 {
  const pid = stackAlloc(4);
  const port = stackAlloc(4);
  if (note(proc_child(process_port, child_task, argument(0), pid, port)) != 0) return -1;
  give_rights();
  // Where this process knows itself, the child knows its own place.
  mach_port_insert_right(child_task, process_port, load<u32>(port), MACH_MSG_TYPE_COPY_SEND);
  task_set_special_port(child_task, TASK_BOOTSTRAP_PORT, load<u32>(port));
  mach_port_deallocate(task_self(), load<u32>(port));
  return start_child(point) == 0 ? load<u32>(pid) : set_errno(ENOMEM);
}

/** A copy of this process with one thread, the caller: 0 in the copy, its number in this one, or -1. */
export function fork(): i32 {
  if (process_port == 0) return set_errno(ENOENT);
  const point = stackAlloc(POINT_SIZE);
  const slot = stackAlloc(4);
  print_flush();
  if (fork_point(point) != 0) {
    forget_ports();
    return 0;
  }
  if (task_create(task_self(), 1, slot) != 0) return set_errno(ENOMEM);
  child_task = load<u32>(slot);
  const pid = finish_child(point);
  if (pid < 0) task_terminate(child_task);
  mach_port_deallocate(task_self(), child_task);
  return pid;
}
