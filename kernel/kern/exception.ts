// A user exception that nobody handles ends its task; whoever watches the task sees its port die.
import { current_task, current_thread } from "./sched";
import { kernel_verbose, kprint, kprint_bytes, kprint_hex, kprint_u32 } from "./debug";
import { task_name } from "./task";
import { task_terminate } from "./task_life";
import { thread_user_state } from "./thread";

/** Raises exception `kind` (EXC_*) in the current thread. */
export function exception(kind: u32, code: i32, subcode: u32): void {
  if (kernel_verbose()) print_exception(kind, code, subcode);
  task_terminate(current_task());
}

function print_exception(kind: u32, code: i32, subcode: u32): void {
  kprint("task ");
  kprint_bytes(task_name(current_task()));
  kprint(" terminated: exception ");
  kprint_u32(kind);
  kprint(" code ");
  kprint_u32(code);
  kprint(" subcode 0x");
  kprint_hex(subcode);
  kprint(" eip 0x");
  kprint_hex(thread_user_state(current_thread()).eip);
  kprint("\n");
}
