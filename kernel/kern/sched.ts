// The scheduler's interface. Kernel mode is not preempted: a thread gives up the processor only in thread_block.
//
//   assert_wait(event, true);          // from here on a wakeup is not lost
//   const result = thread_block();     // THREAD_AWAKENED, THREAD_TIMED_OUT, ...
import { Task } from "./task";
import { Thread } from "./thread";

// What thread_block returns.
/** Normal wakeup. */
export const THREAD_AWAKENED: i32 = 0;
/** The timeout set by thread_set_timeout ran out. */
export const THREAD_TIMED_OUT: i32 = 1;
/** thread_abort or thread_terminate ended an interruptible wait. */
export const THREAD_INTERRUPTED: i32 = 2;
/** Start the operation again (only by clear_wait callers that mean it). */
export const THREAD_RESTART: i32 = 3;

export function current_thread(): Thread {
  return unreachable();
}

export function current_task(): Task {
  return current_thread().task;
}

/** Marks the current thread as waiting for `event` (an address, not 0). It must not be waiting already. */
export function assert_wait(event: usize, interruptible: bool): void {
  unreachable();
}

/** As assert_wait without an event: only clear_wait or thread_go ends it. */
export function thread_will_wait(thread: Thread): void {
  unreachable();
}

/** thread_will_wait that ends with THREAD_TIMED_OUT after `milliseconds` (0: no sooner than the next clock tick). */
export function thread_will_wait_with_timeout(thread: Thread, milliseconds: u32): void {
  unreachable();
}

/** Bounds the wait just asserted by the current thread to `ticks` clock ticks. */
export function thread_set_timeout(ticks: u32): void {
  unreachable();
}

/** Clock ticks of at least `milliseconds`, rounded up; saturates. */
export function milliseconds_to_ticks(milliseconds: u32): u32 {
  return unreachable();
}

/** Runs other threads until the wait is over; at once when it is already. Returns the wait's result. */
export function thread_block(): i32 {
  return unreachable();
}

/** Wakes all threads that wait for `event`, in the order they began to wait. Returns how many. */
export function thread_wakeup(event: usize): u32 {
  return unreachable();
}

/** Wakes the one that has waited longest. */
export function thread_wakeup_one(event: usize): bool {
  return unreachable();
}

/** Ends the wait of `thread`, if it waits and (when `interrupt_only`) may be interrupted. */
export function clear_wait(thread: Thread, result: i32, interrupt_only: bool): void {
  unreachable();
}

/** Ends a thread_will_wait with THREAD_AWAKENED. */
export function thread_go(thread: Thread): void {
  clear_wait(thread, THREAD_AWAKENED, false);
}
