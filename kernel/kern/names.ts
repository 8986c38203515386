// What debuggers call tasks and threads, and which tasks the system needs.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import { bytes_length, store_bytes } from "./bytes";
import { kprint, kprint_bytes } from "./debug";
import { Task, TASK_NAME_SIZE, task_name } from "./task";
import { Thread, THREAD_NAME_SIZE, thread_name } from "./thread";

/** Copies at most TASK_NAME_SIZE - 1 bytes, up to a 0. */
export function task_set_name(task: Task | null, name: usize, length: u32): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  set_name(task_name(task), name, min<u32>(length, TASK_NAME_SIZE - 1));
  return KERN_SUCCESS;
}

/** Copies at most THREAD_NAME_SIZE - 1 bytes, up to a 0. */
export function thread_set_name(thread: Thread | null, name: usize, length: u32): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  set_name(thread_name(thread), name, min<u32>(length, THREAD_NAME_SIZE - 1));
  return KERN_SUCCESS;
}

function set_name(to: usize, name: usize, length: u32): void {
  store<u8>(store_bytes(to, name, length), 0);
}

/** The name with its ending 0: of the thread, or of its task if it never got one. The cell `count` gets its length. */
export function thread_get_name(thread: Thread | null, name: usize, count: usize): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  const own = thread_name(thread);
  const from = load<u8>(own) != 0 ? own : task_name(thread.task);
  const length = min<u32>(bytes_length(from), THREAD_NAME_SIZE - 1);
  set_name(name, from, length);
  store<u32>(count, length + 1);
  return KERN_SUCCESS;
}

/** Whether the end of the task is told on the console. */
export function task_set_essential(task: Task | null, essential: bool): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  task.essential = essential ? 1 : 0;
  return KERN_SUCCESS;
}

/** The task ends. */
export function task_report_essential(task: Task): void {
  if (!task.essential) return;
  kprint("essential task ");
  kprint_bytes(task_name(task));
  kprint(" has ended\n");
}
