// Copying to or from memory whose pager may fail: the fault of such a copy is an error, and not the end of the task.
import { stackAlloc } from "../../guest/i386";
import { KERN_FAILURE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSG_SUCCESS, MSGH_ID } from "../../abi/mach_msg";
import { TASK_EXCEPTION_PORT } from "../../abi/mach_port";
import { THREAD_STATE_EIP, THREAD_STATE_SIZE } from "../../abi/task_types";
import { task_set_special_port } from "../generated/mach.generated";
import { guarded_begin_address, guarded_bytes, guarded_end_address, guarded_failed_address } from "./asm";
import { cthread_fork } from "./cthreads";
import {
  answer_exception,
  EXCEPTION_RAISE,
  EXCEPTION_ROOM,
  EXCEPTION_THREAD,
  get_registers,
  make_port,
  receive_exception,
  set_registers,
} from "./exceptions";
import { task_self } from "./mach";

/** Copies `count` bytes; false when a page of them could not be had. */
export function guarded_copy(to: usize, from: usize, count: u32): bool {
  return guarded_bytes(to, from, count) == 0;
}

/** Sends a thread that has failed while copying on its way; false for any other. */
function recover(thread: u32): bool {
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (get_registers(thread, state) != 0) return false;
  const at = load<u32>(state, THREAD_STATE_EIP);
  if (at < <u32>guarded_begin_address() || at >= <u32>guarded_end_address()) return false;
  store<u32>(state, <u32>guarded_failed_address(), THREAD_STATE_EIP);
  return set_registers(thread, state) == 0;
}

function serve(port: u32): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  for (;;) {
    if (receive_exception(port, message, 0x7fffffff) != MACH_MSG_SUCCESS) continue;
    if (load<u32>(message, MSGH_ID) != EXCEPTION_RAISE) continue;
    const good = recover(load<u32>(message, EXCEPTION_THREAD));
    answer_exception(message, good ? KERN_SUCCESS : KERN_FAILURE);
  }
}

/** Starts the thread that recovers others. Returns a kern_return. */
export function guard_threads(): i32 {
  const port = make_port();
  if (port == 0) return KERN_FAILURE;
  const result = cthread_fork(serve, port);
  return result != 0 ? result : task_set_special_port(task_self(), TASK_EXCEPTION_PORT, port);
}
