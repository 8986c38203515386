// Stands in for kern/sched.ts in host tests of IPC: the harness says which thread runs, and runs others in block().
import { Task } from "../../kern/task";
import { Thread } from "../../kern/thread";
import { block } from "./host";

export const THREAD_AWAKENED: i32 = 0;
export const THREAD_TIMED_OUT: i32 = 1;
export const THREAD_INTERRUPTED: i32 = 2;
export const THREAD_RESTART: i32 = 3;

let current: usize = 0;

export function set_current_thread(thread: usize): void {
  current = thread;
}

export function current_thread(): Thread {
  return changetype<Thread>(current);
}

export function current_task(): Task {
  return current_thread().task;
}

/** The state word is 1 while the thread waits. */
export function thread_will_wait(thread: Thread): void {
  thread.state = 1;
}

export function thread_will_wait_with_timeout(thread: Thread, _milliseconds: u32): void {
  thread.state = 1;
}

export function thread_go(thread: Thread): void {
  thread.state = 0;
}

export function thread_block(): i32 {
  const thread = current_thread();
  const result = block(changetype<usize>(thread));
  current = changetype<usize>(thread);
  const waits = thread.state;
  thread.state = 0;
  return waits ? result : THREAD_AWAKENED;
}

export function thread_is_waiting(thread: Thread): bool {
  return thread.state != 0;
}

/** The harness finds that `next` waits no more. */
export function thread_handoff(next: Thread): i32 {
  thread_will_wait(current_thread());
  thread_go(next);
  return thread_block();
}

/** Stands in for kern/timer.ts. */
@unmanaged
export class Timer {
  next!: usize;
}
