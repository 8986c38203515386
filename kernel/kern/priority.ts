// Priorities of timesharing threads. Each clock tick that a thread runs is usage, weighted with the load; every second five
// eighths of it are left. Usage makes a thread's priority worse than its base, so that who has run gives way to who has not.
// A thread that finds no time all the same gets a slice now and then, whatever its priority.
import { BASEPRI_USER, POLICY_TIMESHARE } from "../../abi/task_types";
import {
  PRIORITIES,
  sched_first_runnable,
  sched_next_runnable,
  sched_runnable_count,
  thread_set_sched_pri,
} from "./sched";
import { Thread } from "./thread";

/** Load and usage are fixed-point numbers: this is one thread, or one tick of a thread that runs alone. */
const SCALE: u32 = 128;
/** Usage that makes a priority worse by one. */
const USAGE_PER_PRIORITY: u32 = 12 * SCALE;
/** After so many seconds nothing is left of any usage. */
const FORGOTTEN: u32 = 40;
const MAX_LOAD: u32 = 256 * SCALE;
/** Seconds in the run queue without a slice, after which a thread gets one. */
const PATIENCE: u32 = 2;

/** Seconds since the kernel started. */
let second: u32 = 0;
/** Runnable threads, smoothed; at least one. */
let load: u32 = SCALE;

/** Charges the running thread for a tick. */
export function usage_tick(thread: Thread): void {
  thread.run_second = second;
  thread.sched_usage += load;
  thread.cpu_usage += SCALE;
}

/** Brings usage up to the present second; then the priority must be computed again. */
function usage_decay(thread: Thread): void {
  const passed = second - thread.sched_stamp;
  if (passed == 0) return;
  thread.sched_stamp = second;
  if (passed > FORGOTTEN) {
    thread.sched_usage = 0;
    thread.cpu_usage = 0;
  }
  for (let i: u32 = 0; i < passed && thread.cpu_usage > 0; i++) {
    thread.sched_usage = (thread.sched_usage * 5) >> 3;
    thread.cpu_usage = (thread.cpu_usage * 5) >> 3;
  }
}

/** The priority that a thread should have now. */
function priority_of(thread: Thread): i32 {
  if (thread.policy != <u32>POLICY_TIMESHARE || thread.depress_priority >= 0) return thread.priority;
  return min<i32>(thread.priority + <i32>(thread.sched_usage / USAGE_PER_PRIORITY), PRIORITIES - 1);
}

/** Puts the priority that is due in force. */
export function compute_priority(thread: Thread): void {
  usage_decay(thread);
  const priority = priority_of(thread);
  if (priority != thread.sched_pri) thread_set_sched_pri(thread, priority);
}

/** As compute_priority, for a thread that wakes up and is in no run queue. */
export function update_priority(thread: Thread): void {
  thread.run_second = second;
  if (thread.sched_stamp == second) return;
  usage_decay(thread);
  thread.sched_pri = priority_of(thread);
}

/** Share of the processor in the last seconds, of 1000. A thread that always runs has 8/3 seconds of usage. */
export function usage_share(thread: Thread): u32 {
  compute_priority(thread);
  return (thread.cpu_usage * 15) >> 9;
}

/** Seconds since the thread last woke up or was found running. */
export function seconds_since_run(thread: Thread): u32 {
  return second - thread.run_second;
}

/** For a new thread. */
export function usage_init(thread: Thread): void {
  thread.sched_stamp = second;
  thread.run_second = second;
}

/** Once a second, from the clock interrupt. `running`: the thread that the interrupt found running, if any. */
export function sched_second(running: Thread): void {
  second++;
  const busy: u32 = changetype<usize>(running) != 0 ? 1 : 0;
  const now = (sched_runnable_count() + busy) * SCALE;
  load = min<u32>(max<u32>((load + now) >> 1, SCALE), MAX_LOAD);
  if (busy) compute_priority(running);
  recompute_runnable();
}

/** Threads in run queues age there; the one that has waited longest may get a slice. */
function recompute_runnable(): void {
  let neglected = changetype<Thread>(0);
  for (let priority = 0; priority < PRIORITIES; priority++) {
    let thread = sched_first_runnable(priority);
    while (changetype<usize>(thread) != 0) {
      const following = sched_next_runnable(thread);
      if (thread.sched_stamp != second) compute_priority(thread);
      if (is_neglected(thread)) {
        if (changetype<usize>(neglected) == 0 || thread.run_second < neglected.run_second) neglected = thread;
      }
      thread = following;
    }
  }
  if (changetype<usize>(neglected) == 0) return;
  neglected.run_second = second;
  if (neglected.sched_pri > BASEPRI_USER) thread_set_sched_pri(neglected, BASEPRI_USER);
}

function is_neglected(thread: Thread): bool {
  return thread.policy == <u32>POLICY_TIMESHARE && second - thread.run_second >= PATIENCE;
}
