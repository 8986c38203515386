// Threads of the caller's task and of other tasks. Every program exports `thread_entry` so that crt.asm.ts finds it:
//   export { thread_entry } from "../lib/threads";
import { stackAlloc } from "../../guest/i386";
import {
  I386_THREAD_STATE,
  I386_THREAD_STATE_COUNT,
  THREAD_STATE_EBX,
  THREAD_STATE_EIP,
  THREAD_STATE_ESI,
  THREAD_STATE_SIZE,
  THREAD_STATE_UESP,
} from "../../abi/task_types";
import {
  thread_create,
  thread_resume,
  thread_set_state,
  thread_terminate,
} from "../generated/mach.generated";
import { mach_thread_self, thread_start_address } from "./asm";
import { task_self } from "./mach";
import { vm_allocate } from "./vm";

/** What a thread runs. */
export type ThreadBody = (argument: u32) => void;

export const THREAD_STACK_SIZE: u32 = 16384;

/** Called by crt.asm.ts on a new thread. */
export function thread_entry(body: usize, argument: u32): void {
  changetype<ThreadBody>(body)(argument);
  thread_terminate(mach_thread_self());
}

/** Makes a thread in `task` that starts at `eip` with the two registers set, and lets it run. */
export function start_thread(task: u32, eip: u32, stack: u32, ebx: u32, esi: u32, thread: usize): i32 {
  let result = thread_create(task, thread);
  if (result != 0) return result;
  const state = stackAlloc(THREAD_STATE_SIZE);
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state + THREAD_STATE_EIP, eip);
  store<u32>(state + THREAD_STATE_UESP, stack);
  store<u32>(state + THREAD_STATE_EBX, ebx);
  store<u32>(state + THREAD_STATE_ESI, esi);
  result = thread_set_state(load<u32>(thread), I386_THREAD_STATE, state, I386_THREAD_STATE_COUNT);
  return result != 0 ? result : thread_resume(load<u32>(thread));
}

/** A fresh stack of the caller's task; returns its top, 0 on shortage. */
export function allocate_stack(): u32 {
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  if (vm_allocate(task_self(), slot, THREAD_STACK_SIZE, 1) != 0) return 0;
  return load<u32>(slot) + THREAD_STACK_SIZE;
}

/**
 * Runs `body(argument)` on a new thread of `task`, which is the caller's own or a copy of it made by task_create with
 * inheritance after the stack was allocated. Returns a kern_return.
 */
export function run_thread(task: u32, stack: u32, body: ThreadBody, argument: u32): i32 {
  const thread = stackAlloc(4);
  return start_thread(task, <u32>thread_start_address(), stack, changetype<u32>(body), argument, thread);
}

/** Runs `body(argument)` on a new thread and stack of this task; the thread's name, or 0. */
export function spawn_thread(body: ThreadBody, argument: u32): u32 {
  const slot = stackAlloc(4);
  const stack = allocate_stack();
  const entry = <u32>thread_start_address();
  if (stack == 0) return 0;
  return start_thread(task_self(), entry, stack, changetype<u32>(body), argument, slot) == 0
    ? load<u32>(slot)
    : 0;
}
