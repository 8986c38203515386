// Stands in for kern/sched.ts in host tests of the VM: one thread, whose waits the test harness ends.
import { block } from "./host";

export const THREAD_AWAKENED: i32 = 0;
export const THREAD_TIMED_OUT: i32 = 1;
export const THREAD_INTERRUPTED: i32 = 2;
export const THREAD_RESTART: i32 = 3;

@unmanaged
export class Task {
  faults!: u32;
  zero_fills!: u32;
  pageins!: u32;
  cow_faults!: u32;
}

@unmanaged
export class Thread {
  vm_privilege!: u32;
}

const thread = changetype<Thread>(memory.data(4));
const task = changetype<Task>(memory.data(16));
let waitEvent: usize = 0;
let woken: bool = false;

export function current_thread(): Thread {
  return thread;
}

export function current_task(): Task {
  return task;
}

export function assert_wait(event: usize, interruptible: bool): void {
  waitEvent = event;
  woken = false;
}

export function thread_block(): i32 {
  if (woken) return THREAD_AWAKENED;
  return block(waitEvent);
}

export function thread_wakeup(event: usize): u32 {
  if (event != waitEvent) return 0;
  woken = true;
  return 1;
}

export function thread_set_timeout(_delay: u32): void {}

/** Whether the wait last asserted is over. */
export function wait_is_over(): bool {
  return woken;
}
