// The scheduler: run queues by priority, waiting for events, and giving up the processor. Kernel mode is not
// preempted: a thread gives up the processor only in thread_block.
//
//   assert_wait(event, true);          // from here on a wakeup is not lost
//   const result = thread_block();     // THREAD_AWAKENED, THREAD_TIMED_OUT, ...
import { stiHlt, cli } from "../../guest/i386";
import { set_kernel_stack } from "../i386/descriptors";
import { select_trap_table, switch_context } from "../i386/asm";
import { pcb_switch } from "../i386/pcb_switch";
import { vm_map_activate } from "../vm/vm_map";
import { ast_init, ast_on, ast_set } from "./ast_needed";
import { HZ } from "./clock";
import { kernel_assert } from "./debug";
import { compute_priority, sched_second, update_priority, usage_tick } from "./priority";
import {
  dequeue_head,
  enqueue_tail,
  queue_empty,
  queue_first,
  queue_init,
  queue_linked,
  queue_next,
  remqueue,
} from "./queue";
import { Task } from "./task";
import {
  AST_TERMINATE,
  KERNEL_STACK_SIZE,
  TH_HALTED,
  TH_RUN,
  TH_UNINT,
  TH_WAIT,
  Thread,
  thread_timer,
} from "./thread";
import { clock_ticks, milliseconds_to_ticks, timer_cancel, timer_set } from "./timer";

export { milliseconds_to_ticks } from "./timer";

// What thread_block returns.
/** Normal wakeup. */
export const THREAD_AWAKENED: i32 = 0;
/** The timeout set by thread_set_timeout ran out. */
export const THREAD_TIMED_OUT: i32 = 1;
/** thread_abort or thread_terminate ended an interruptible wait. */
export const THREAD_INTERRUPTED: i32 = 2;
/** Start the operation again (only by clear_wait callers that mean it). */
export const THREAD_RESTART: i32 = 3;

/** Priorities: 0 is the best, 63 the worst. */
export const PRIORITIES: i32 = 64;
/** Clock ticks of a time slice, unless a fixed-priority thread has its own. */
export const QUANTUM: i32 = 10;

const run_queues: usize = memory.data(512);
/** Bit p set: run queue p (p + 32 in the second word) is not empty. */
let runnable_low: u32 = 0;
let runnable_high: u32 = 0;

const WAIT_BUCKETS: usize = 128;
const wait_queues: usize = memory.data(1024);

let active_thread: Thread = changetype<Thread>(0);
/** The running thread should give way at the border to user mode. */
let need_resched: bool = false;

export function sched_init(): void {
  ast_init();
  for (let i: usize = 0; i < <usize>PRIORITIES; i++) queue_init(run_queues + (i << 3));
  for (let i: usize = 0; i < WAIT_BUCKETS; i++) queue_init(wait_queues + (i << 3));
}

export function current_thread(): Thread {
  return active_thread;
}

export function current_task(): Task {
  return active_thread.task;
}

/** Adopts the flow of control of the boot stub as `thread`. */
export function sched_begin(thread: Thread): void {
  thread.state = TH_RUN;
  active_thread = thread;
  set_kernel_stack(thread.kernel_stack + KERNEL_STACK_SIZE);
}

function sched_give_way(): void {
  need_resched = true;
  ast_on();
}

// --- run queues ---

function run_queue(priority: i32): usize {
  return run_queues + ((<usize>priority) << 3);
}

function mark_runnable(priority: i32): void {
  if (priority < 32) runnable_low |= (<u32>1) << priority;
  else runnable_high |= (<u32>1) << (priority - 32);
}

function unmark_if_empty(priority: i32): void {
  if (!queue_empty(run_queue(priority))) return;
  if (priority < 32) runnable_low &= ~((<u32>1) << priority);
  else runnable_high &= ~((<u32>1) << (priority - 32));
}

/** The best priority that has a runnable thread; PRIORITIES when there is none. */
function best_priority(): i32 {
  if (runnable_low != 0) return <i32>ctz<u32>(runnable_low);
  if (runnable_high != 0) return 32 + <i32>ctz<u32>(runnable_high);
  return PRIORITIES;
}

/** Puts a runnable thread that is not running at the end of its queue. */
function thread_setrun(thread: Thread): void {
  enqueue_tail(run_queue(thread.sched_pri), changetype<usize>(thread));
  mark_runnable(thread.sched_pri);
  if (thread.sched_pri < active_thread.sched_pri) sched_give_way();
}

/** Takes a thread off its run queue. */
function rem_runq(thread: Thread): void {
  remqueue(changetype<usize>(thread));
  unmark_if_empty(thread.sched_pri);
}

/** The running thread is not; but the one that the idle loop runs as may be, when it has just been woken. */
function on_run_queue(thread: Thread): bool {
  return (thread.state & (TH_RUN | TH_WAIT)) == TH_RUN && queue_linked(changetype<usize>(thread));
}

/** The first thread of a run queue, or null. */
export function sched_first_runnable(priority: i32): Thread {
  return runnable_at(priority, queue_first(run_queue(priority)));
}

/** The one behind it in its queue, or null. */
export function sched_next_runnable(thread: Thread): Thread {
  return runnable_at(thread.sched_pri, queue_next(changetype<usize>(thread)));
}

function runnable_at(priority: i32, link: usize): Thread {
  return changetype<Thread>(link == run_queue(priority) ? 0 : link);
}

/** How many threads are in run queues: the running one is not. */
export function sched_runnable_count(): u32 {
  let count: u32 = 0;
  for (let priority = 0; priority < PRIORITIES; priority++) {
    let thread = sched_first_runnable(priority);
    for (; changetype<usize>(thread) != 0; thread = sched_next_runnable(thread)) count++;
  }
  return count;
}

/** Whether another thread could run now. */
export function sched_others_runnable(): bool {
  return (runnable_low | runnable_high) != 0;
}

/** Changes the priority in force. */
export function thread_set_sched_pri(thread: Thread, priority: i32): void {
  const queued = on_run_queue(thread);
  if (queued) rem_runq(thread);
  thread.sched_pri = priority;
  if (queued) thread_setrun(thread);
  else if (best_priority() < active_thread.sched_pri) sched_give_way();
}

// --- waiting ---

function wait_queue(event: usize): usize {
  return wait_queues + ((((event >> 2) ^ (event >> 9)) & (WAIT_BUCKETS - 1)) << 3);
}

/** Marks the current thread as waiting for `event` (an address, not 0). It must not be waiting already. */
export function assert_wait(event: usize, interruptible: bool): void {
  const thread = active_thread;
  kernel_assert(!(thread.state & TH_WAIT), "assert_wait: already waiting");
  thread.wait_event = event;
  thread.state |= interruptible ? TH_WAIT : TH_WAIT | TH_UNINT;
  thread.wait_result = THREAD_AWAKENED;
  enqueue_tail(wait_queue(event), changetype<usize>(thread));
  if (interruptible && thread.ast & AST_TERMINATE) clear_wait(thread, THREAD_INTERRUPTED, true);
}

/** As assert_wait without an event: only clear_wait or thread_go ends it. */
export function thread_will_wait(thread: Thread): void {
  kernel_assert(!(thread.state & TH_WAIT), "thread_will_wait: already waiting");
  thread.wait_event = 0;
  thread.state |= TH_WAIT;
  thread.wait_result = THREAD_AWAKENED;
  if (thread.ast & AST_TERMINATE) clear_wait(thread, THREAD_INTERRUPTED, true);
}

/** thread_will_wait that ends with THREAD_TIMED_OUT after `milliseconds` (0: no sooner than the next clock tick). */
export function thread_will_wait_with_timeout(thread: Thread, milliseconds: u32): void {
  thread_will_wait(thread);
  set_wait_timer(thread, milliseconds_to_ticks(milliseconds));
}

/** Bounds the wait just asserted by the current thread to `delay` clock ticks. */
export function thread_set_timeout(delay: u32): void {
  set_wait_timer(active_thread, delay);
}

function set_wait_timer(thread: Thread, delay: u32): void {
  if (thread.state & TH_WAIT)
    timer_set(thread_timer(thread), delay, thread_timed_out, changetype<usize>(thread));
}

function thread_timed_out(argument: usize): void {
  clear_wait(changetype<Thread>(argument), THREAD_TIMED_OUT, false);
}

/** Ends the wait of `thread`, if it waits and (when `interrupt_only`) may be interrupted. */
export function clear_wait(thread: Thread, result: i32, interrupt_only: bool): void {
  if (!(thread.state & TH_WAIT)) return;
  if (interrupt_only && thread.state & TH_UNINT) return;
  end_wait(thread, result);
  if (thread.state & (TH_RUN | TH_HALTED)) return;
  thread.state |= TH_RUN;
  update_priority(thread);
  thread_setrun(thread);
}

function end_wait(thread: Thread, result: i32): void {
  if (thread.wait_event != 0) {
    remqueue(changetype<usize>(thread));
    thread.wait_event = 0;
  }
  timer_cancel(thread_timer(thread));
  thread.wait_result = result;
  thread.state &= ~(TH_WAIT | TH_UNINT);
}

/** Ends a thread_will_wait with THREAD_AWAKENED. */
export function thread_go(thread: Thread): void {
  clear_wait(thread, THREAD_AWAKENED, false);
}

/** Wakes all threads that wait for `event`, in the order they began to wait. Returns how many. */
export function thread_wakeup(event: usize): u32 {
  const head = wait_queue(event);
  let woken: u32 = 0;
  let link = queue_first(head);
  while (link != head) {
    const thread = changetype<Thread>(link);
    link = queue_next(link);
    if (thread.wait_event != event) continue;
    clear_wait(thread, THREAD_AWAKENED, false);
    woken++;
  }
  return woken;
}

/** Wakes the one that has waited longest. */
export function thread_wakeup_one(event: usize): bool {
  const head = wait_queue(event);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    const thread = changetype<Thread>(link);
    if (thread.wait_event != event) continue;
    clear_wait(thread, THREAD_AWAKENED, false);
    return true;
  }
  return false;
}

// --- switching ---

/** Runs other threads until the wait is over; at once when it is already. Returns the wait's result. */
export function thread_block(): i32 {
  const self = active_thread;
  if (self.state & TH_WAIT) {
    self.state &= ~TH_RUN;
  } else if (!(self.state & TH_HALTED)) {
    if (best_priority() > self.sched_pri) {
      need_resched = false;
      return self.wait_result;
    }
    enqueue_tail(run_queue(self.sched_pri), changetype<usize>(self));
    mark_runnable(self.sched_pri);
  }
  const next = thread_select();
  thread_invoke(next, next.sched_quantum);
  return self.wait_result;
}

/** Gives the processor to `thread` if that can run; a wait that was asserted begins. */
export function thread_run(thread: Thread): bool {
  const self = active_thread;
  if (!on_run_queue(thread)) return false;
  rem_runq(thread);
  if (self.state & TH_WAIT) {
    self.state &= ~TH_RUN;
  } else {
    enqueue_tail(run_queue(self.sched_pri), changetype<usize>(self));
    mark_runnable(self.sched_pri);
  }
  thread_invoke(thread, thread.sched_quantum);
  return true;
}

/** Whether the thread is blocked and its wait has not ended yet. */
export function thread_is_waiting(thread: Thread): bool {
  return (thread.state & (TH_WAIT | TH_RUN)) == TH_WAIT;
}

/**
 * thread_will_wait and thread_block of the current thread in one, with `next`, for which thread_is_waiting holds, to run in
 * its place: without going through a run queue and for the rest of the time slice, unless somebody better can run.
 */
export function thread_handoff(next: Thread): i32 {
  const self = active_thread;
  thread_will_wait(self);
  end_wait(next, THREAD_AWAKENED);
  next.state |= TH_RUN;
  update_priority(next);
  if (need_resched || !(self.state & TH_WAIT) || best_priority() < next.sched_pri) {
    thread_setrun(next);
    return thread_block();
  }
  self.state &= ~TH_RUN;
  thread_invoke(next, self.quantum);
  return self.wait_result;
}

/** Makes a thread that has never run runnable. */
export function thread_start(thread: Thread): void {
  thread.state |= TH_RUN;
  thread_setrun(thread);
}

/** Takes the best runnable thread off its queue; waits for an interrupt to make one runnable when there is none. */
function thread_select(): Thread {
  let priority = best_priority();
  while (priority == PRIORITIES) {
    stiHlt();
    cli();
    priority = best_priority();
  }
  const link = dequeue_head(run_queue(priority));
  unmark_if_empty(priority);
  return changetype<Thread>(link);
}

function thread_invoke(next: Thread, quantum: i32): void {
  const self = active_thread;
  need_resched = false;
  next.quantum = quantum;
  if (changetype<usize>(next) == changetype<usize>(self)) return;
  active_thread = next;
  set_kernel_stack(next.kernel_stack + KERNEL_STACK_SIZE);
  ast_set(next.ast | next.suspend_count | next.task.suspend_count);
  if (changetype<usize>(next.task.map) != changetype<usize>(self.task.map)) vm_map_activate(next.task.map);
  if ((self.task.emulation | next.task.emulation) != 0) select_trap_table(next.task.emulation);
  if ((self.pcb_special | next.pcb_special) != 0) pcb_switch(self, next);
  switch_context(changetype<usize>(self) + offsetof<Thread>("kernel_sp"), next.kernel_sp);
}

// --- time slices ---

/** Called by the clock. The idle loop runs as the thread that waits there. */
export function sched_tick(): void {
  const self = active_thread;
  const busy = (self.state & TH_RUN) != 0 && !on_run_queue(self);
  if (busy) usage_tick(self);
  if (clock_ticks() % HZ == 0) sched_second(busy ? self : changetype<Thread>(0));
  if (!busy || --self.quantum > 0) return;
  self.quantum = self.sched_quantum;
  compute_priority(self);
  if (best_priority() <= self.sched_pri) sched_give_way();
}

export function sched_need_resched(): bool {
  return need_resched;
}
