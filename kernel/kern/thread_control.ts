// Calls on threads: stopping, state, scheduling, information.
import { KERN_ABORTED, KERN_FAILURE, KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  I386_DEBUG_STATE,
  POLICY_FIXEDPRI,
  TH_STATE_HALTED,
  TH_STATE_RUNNING,
  TH_STATE_STOPPED,
  TH_STATE_UNINTERRUPTIBLE,
  TH_STATE_WAITING,
  THREAD_BASIC_INFO,
  THREAD_BASIC_INFO_COUNT,
  THREAD_BASIC_INFO_OLD_COUNT,
  THREAD_INFO_BASE_PRIORITY,
  THREAD_INFO_CPU_USAGE,
  THREAD_INFO_CREATION_TIME,
  THREAD_INFO_CUR_PRIORITY,
  THREAD_INFO_RUN_STATE,
  THREAD_INFO_SLEEP_TIME,
  THREAD_INFO_SUSPEND_COUNT,
  THREAD_INFO_SYSTEM_TIME,
  THREAD_INFO_USER_TIME,
  THREAD_INFO_USER_TIME64,
  THREAD_SCHED_INFO,
  THREAD_SCHED_INFO_COUNT,
  THREAD_SCHED_INFO_OLD_COUNT,
} from "../../abi/task_types";
import { pcb_get_state, pcb_set_state } from "../i386/pcb";
import { thread_stop_count } from "./ast";
import { ast_on } from "./ast_needed";
import { HZ } from "./clock";
import { compute_priority, seconds_since_run, usage_share } from "./priority";
import {
  assert_wait,
  clear_wait,
  current_thread,
  PRIORITIES,
  QUANTUM,
  sched_others_runnable,
  thread_block,
  thread_run,
  thread_set_timeout,
  THREAD_AWAKENED,
  THREAD_INTERRUPTED,
} from "./sched";
import {
  TH_HALTED,
  TH_RUN,
  TH_SUSP,
  TH_UNINT,
  TH_WAIT,
  Thread,
  thread_depress_timer,
  thread_stop_event,
} from "./thread";
import { thread_deallocate, thread_reference } from "./thread_life";
import { put_creation_time, put_creation_time64, put_time, put_time64 } from "./time_value";
import { milliseconds_to_ticks, timer_cancel, timer_set } from "./timer";

// --- stopping ---

/** Counts one suspension; with the first the thread stops before its next user instruction. */
export function thread_suspend(thread: Thread | null): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  thread.suspend_count++;
  ast_on();
  return KERN_SUCCESS;
}

/** Undoes one thread_suspend. KERN_FAILURE when there is none to undo. */
export function thread_resume(thread: Thread | null): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  if (thread.suspend_count == 0) return KERN_FAILURE;
  thread.suspend_count--;
  thread_release(thread);
  return KERN_SUCCESS;
}

/** Lets a thread go on that is stopped for no reason any more. */
export function thread_release(thread: Thread): void {
  if (thread.state & TH_SUSP && thread_stop_count(thread) == 0) clear_wait(thread, THREAD_AWAKENED, false);
}

/**
 * Ends an interruptible wait of another thread. If that is suspended, waits for it to be out of the kernel, so that
 * its state can be changed.
 */
export function thread_abort(thread: Thread | null): i32 {
  if (thread == null || changetype<usize>(thread) == changetype<usize>(current_thread()))
    return KERN_INVALID_ARGUMENT;
  if (thread.state & TH_SUSP) return KERN_SUCCESS;
  clear_wait(thread, THREAD_INTERRUPTED, true);
  thread_reference(thread);
  let result = KERN_SUCCESS;
  while (thread_stop_count(thread) > 0 && !(thread.state & (TH_SUSP | TH_HALTED))) {
    thread.wake_active = 1;
    assert_wait(thread_stop_event(thread), true);
    if (thread_block() != THREAD_INTERRUPTED) continue;
    result = KERN_ABORTED;
    break;
  }
  thread_deallocate(thread);
  return result;
}

// --- state ---

/** The cell `count` holds the room at `state` in words, and gets the words written. */
export function thread_get_state(thread: Thread | null, flavor: i32, state: usize, count: usize): i32 {
  if (thread == null || !state_accessible(thread, flavor)) return KERN_INVALID_ARGUMENT;
  return pcb_get_state(thread, flavor, state, count);
}

export function thread_set_state(thread: Thread | null, flavor: i32, state: usize, count: u32): i32 {
  if (thread == null || !state_accessible(thread, flavor)) return KERN_INVALID_ARGUMENT;
  return pcb_set_state(thread, flavor, state, count);
}

/** A thread has no access to its own state, but for the debug registers; those of the kernel have none. */
function state_accessible(thread: Thread, flavor: i32): bool {
  if (thread.kernel_start != 0) return false;
  return flavor == I386_DEBUG_STATE || changetype<usize>(thread) != changetype<usize>(current_thread());
}

// --- scheduling ---

/** Sets the base priority, no better than the thread's maximum; with `set_max` the maximum too. */
export function thread_priority(thread: Thread | null, priority: i32, set_max: bool): i32 {
  if (thread == null || priority < 0 || priority >= PRIORITIES) return KERN_INVALID_ARGUMENT;
  if (priority < thread.max_priority) return KERN_FAILURE;
  if (set_max) thread.max_priority = priority;
  set_base_priority(thread, priority);
  return KERN_SUCCESS;
}

/** Sets the best base priority that the thread may have; a better one it has becomes that. */
export function thread_set_max_priority(thread: Thread, priority: i32): void {
  thread.max_priority = priority;
  const depressed = thread.depress_priority >= 0;
  if ((depressed ? thread.depress_priority : thread.priority) < priority) set_base_priority(thread, priority);
}

function set_base_priority(thread: Thread, priority: i32): void {
  if (thread.depress_priority >= 0) {
    thread.depress_priority = priority;
    return;
  }
  thread.priority = priority;
  compute_priority(thread);
}

/** `milliseconds`: the time slice of a fixed-priority thread. Whether the policy is allowed is the caller's to check. */
export function thread_set_policy(thread: Thread, policy: u32, milliseconds: u32): void {
  thread.policy = policy;
  const fixed = policy == <u32>POLICY_FIXEDPRI;
  thread.sched_quantum = fixed ? max<i32>(milliseconds_to_ticks(milliseconds), 1) : QUANTUM;
  compute_priority(thread);
}

/** Ends a priority depression. KERN_INVALID_ARGUMENT if the thread is not depressed. */
export function thread_depress_abort(thread: Thread | null): i32 {
  if (thread == null || thread.depress_priority < 0) return KERN_INVALID_ARGUMENT;
  timer_cancel(thread_depress_timer(thread));
  thread_undepress(changetype<usize>(thread));
  return KERN_SUCCESS;
}

function thread_undepress(argument: usize): void {
  const thread = changetype<Thread>(argument);
  if (thread.depress_priority < 0) return;
  thread.priority = thread.depress_priority;
  thread.depress_priority = -1;
  compute_priority(thread);
}

/** The current thread goes behind everything else, for `milliseconds` at most unless that is 0. */
export function thread_depress(milliseconds: u32): void {
  depress_for(milliseconds_to_ticks(milliseconds));
}

function depress_for(ticks: u32): void {
  const self = current_thread();
  timer_cancel(thread_depress_timer(self));
  if (self.depress_priority < 0) self.depress_priority = self.priority;
  self.priority = PRIORITIES - 1; // the worst
  compute_priority(self);
  if (ticks != 0) timer_set(thread_depress_timer(self), ticks, thread_undepress, changetype<usize>(self));
}

/** The current thread runs again after it gave way: its depression, if any, has done its work. */
export function thread_end_depression(): void {
  thread_depress_abort(current_thread());
}

/** Gives way to threads of the same priority. Returns whether there is anything else to run. */
export function swtch(): bool {
  if (!sched_others_runnable()) return false;
  thread_block();
  return sched_others_runnable();
}

/** Gives way to every other thread for at most a time slice. */
export function swtch_pri(): bool {
  if (!sched_others_runnable()) return false;
  depress_for(<u32>QUANTUM);
  thread_block();
  thread_end_depression();
  return sched_others_runnable();
}

/** thread_switch with option WAIT: from now on the current thread waits for `milliseconds`. */
export function thread_begin_sleep(milliseconds: u32): void {
  const self = current_thread();
  assert_wait(changetype<usize>(self), true);
  thread_set_timeout(milliseconds_to_ticks(milliseconds));
}

/** Gives the processor up: to `target` (may be null) if that can run, else to whoever is due. */
export function thread_yield_to(target: Thread): void {
  if (changetype<usize>(target) != 0 && thread_run(target)) return;
  thread_block();
}

// --- information ---

/** The cell `count` holds the room at `info` in words, and gets the words written. */
export function thread_info(thread: Thread | null, flavor: i32, info: usize, count: usize): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  const room = load<u32>(count);
  if (flavor == THREAD_BASIC_INFO) {
    if (room < <u32>THREAD_BASIC_INFO_OLD_COUNT) return KERN_INVALID_ARGUMENT;
    const full = room >= <u32>THREAD_BASIC_INFO_COUNT;
    put_basic_info(thread, info, full);
    store<u32>(count, full ? THREAD_BASIC_INFO_COUNT : THREAD_BASIC_INFO_OLD_COUNT);
    return KERN_SUCCESS;
  }
  if (flavor == THREAD_SCHED_INFO) {
    if (room < <u32>THREAD_SCHED_INFO_OLD_COUNT) return KERN_INVALID_ARGUMENT;
    const full = room >= <u32>THREAD_SCHED_INFO_COUNT;
    put_sched_info(thread, info, full);
    store<u32>(count, full ? THREAD_SCHED_INFO_COUNT : THREAD_SCHED_INFO_OLD_COUNT);
    return KERN_SUCCESS;
  }
  return KERN_INVALID_ARGUMENT;
}

function put_basic_info(thread: Thread, info: usize, full: bool): void {
  const words: usize = full ? THREAD_BASIC_INFO_COUNT : THREAD_BASIC_INFO_OLD_COUNT;
  memory.fill(info, 0, words << 2);
  put_time(info + THREAD_INFO_USER_TIME, thread.user_ticks);
  put_time(info + THREAD_INFO_SYSTEM_TIME, thread.system_ticks);
  store<i32>(info + THREAD_INFO_CPU_USAGE, usage_share(thread));
  store<i32>(info + THREAD_INFO_BASE_PRIORITY, thread.priority);
  store<i32>(info + THREAD_INFO_CUR_PRIORITY, thread.sched_pri);
  store<i32>(info + THREAD_INFO_RUN_STATE, run_state(thread));
  store<i32>(info + THREAD_INFO_SUSPEND_COUNT, thread.suspend_count);
  if (!(thread.state & TH_RUN)) store<u32>(info + THREAD_INFO_SLEEP_TIME, seconds_since_run(thread));
  put_creation_time(info + THREAD_INFO_CREATION_TIME, thread.creation_tick);
  if (!full) return;
  put_time64(info + THREAD_INFO_USER_TIME64, thread.user_ticks);
  put_time64(info + THREAD_INFO_USER_TIME64 + 16, thread.system_ticks);
  put_creation_time64(info + THREAD_INFO_USER_TIME64 + 32, thread.creation_tick);
}

function run_state(thread: Thread): i32 {
  if (thread.state & TH_HALTED) return TH_STATE_HALTED;
  if (thread.state & TH_SUSP || thread_stop_count(thread) > 0) return TH_STATE_STOPPED;
  if (thread.state & TH_RUN) return TH_STATE_RUNNING;
  if (thread.state & TH_UNINT) return TH_STATE_UNINTERRUPTIBLE;
  return thread.state & TH_WAIT ? TH_STATE_WAITING : TH_STATE_RUNNING;
}

function put_sched_info(thread: Thread, info: usize, full: bool): void {
  const fixed = thread.policy == <u32>POLICY_FIXEDPRI;
  store<u32>(info, thread.policy);
  store<u32>(info + 4, fixed ? <u32>thread.sched_quantum * (1000 / HZ) : 0);
  store<i32>(info + 8, thread.priority);
  store<i32>(info + 12, thread.max_priority);
  store<i32>(info + 16, thread.sched_pri);
  store<i32>(info + 20, thread.depress_priority >= 0 ? 1 : 0);
  store<i32>(info + 24, thread.depress_priority);
  if (full) store<i32>(info + 28, 0);
}
