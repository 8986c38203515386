// The scheduler: who uses the processor loses priority and gets it back, nobody starves, fixed priorities stay, and what
// threads and tasks are charged. It takes some seconds of the machine's time.
import { stackAlloc } from "../../guest/i386";
import { KERN_FAILURE, KERN_INVALID_ARGUMENT } from "../../abi/kern_return";
import { SWITCH_OPTION_DEPRESS, SWITCH_OPTION_WAIT, TRAP_SWTCH_PRI } from "../../abi/mach_traps";
import {
  BASEPRI_USER,
  POLICY_FIXEDPRI,
  POLICY_TIMESHARE,
  TASK_BASIC_INFO,
  TASK_BASIC_INFO_COUNT,
  TASK_INFO_USER_TIME,
  TASK_THREAD_TIMES_INFO,
  TASK_THREAD_TIMES_INFO_COUNT,
  TH_STATE_RUNNING,
  TH_STATE_WAITING,
  THREAD_BASIC_INFO,
  THREAD_BASIC_INFO_COUNT,
  THREAD_INFO_BASE_PRIORITY,
  THREAD_INFO_CPU_USAGE,
  THREAD_INFO_CUR_PRIORITY,
  THREAD_INFO_RUN_STATE,
  THREAD_INFO_SLEEP_TIME,
  THREAD_INFO_USER_TIME,
  THREAD_SCHED_INFO,
  THREAD_SCHED_INFO_COUNT,
} from "../../abi/task_types";
import {
  task_info,
  thread_info,
  thread_resume,
  thread_suspend,
  thread_terminate,
} from "../generated/mach.generated";
import { thread_depress_abort, thread_policy, thread_priority } from "../generated/mach_host.generated";
import { raw_trap, thread_switch } from "../lib/asm";
import { check, check_at_most, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { spawn_thread } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const WORST: u32 = 63;
const SECOND: u32 = 1000;
const UNDECIDED: u32 = 0xffffffff;

/** What threads count in, a word each. */
const counters: usize = memory.data(16);

function sleep(milliseconds: u32): void {
  thread_switch(0, SWITCH_OPTION_WAIT, milliseconds);
}

function counter(index: u32): u32 {
  return atomic.load<u32>(counters + index * 4);
}

function count_for_ever(index: u32): void {
  for (;;) atomic.add<u32>(counters + index * 4, 1);
}

/** Never runs unless somebody sees to it: each round begins with a depression without limit. */
function count_depressed(index: u32): void {
  for (;;) {
    thread_switch(0, SWITCH_OPTION_DEPRESS, 0);
    atomic.add<u32>(counters + index * 4, 1);
  }
}

function sleep_for_ever(_argument: u32): void {
  for (;;) sleep(60 * SECOND);
}

/** One word of a thread's information. */
function word(thread: u32, flavor: u32, count: u32, offset: usize): u32 {
  const info = stackAlloc(100);
  const size = stackAlloc(4);
  store<u32>(size, count);
  return thread_info(thread, flavor, info, size) == 0 ? load<u32>(info + offset) : UNDECIDED;
}

function basic(thread: u32, offset: usize): u32 {
  return word(thread, THREAD_BASIC_INFO, THREAD_BASIC_INFO_COUNT, offset);
}

function scheduling(thread: u32, index: usize): u32 {
  return word(thread, THREAD_SCHED_INFO, THREAD_SCHED_INFO_COUNT, index << 2);
}

/** A time in milliseconds at `offset` of a task's information. */
function task_time(flavor: u32, count: u32, offset: usize): u32 {
  const info = stackAlloc(88);
  const size = stackAlloc(4);
  store<u32>(size, count);
  if (task_info(task_self(), flavor, info, size) != 0) return 0;
  return load<u32>(info + offset) * SECOND + load<u32>(info + offset + 4) / 1000;
}

function decay(): void {
  const thread = spawn_thread(count_for_ever, 0);
  if (!check("a thread that never waits", thread != 0)) return;
  sleep(2 * SECOND);
  check_equals("runs", basic(thread, THREAD_INFO_RUN_STATE), TH_STATE_RUNNING);
  const priority = basic(thread, THREAD_INFO_CUR_PRIORITY);
  check("its priority is worse than its base", priority > <u32>BASEPRI_USER + 4 && priority <= WORST);
  check_equals("its base is the same", basic(thread, THREAD_INFO_BASE_PRIORITY), BASEPRI_USER);
  check("its usage is high", basic(thread, THREAD_INFO_CPU_USAGE) > 300);
  check_at_most("but not over all", basic(thread, THREAD_INFO_CPU_USAGE), 1000);
  const seconds = basic(thread, THREAD_INFO_USER_TIME);
  const micro = basic(thread, THREAD_INFO_USER_TIME + 4);
  check("it is charged for its time", seconds * SECOND + micro / 1000 > SECOND);
  check("so is its task", task_time(TASK_THREAD_TIMES_INFO, TASK_THREAD_TIMES_INFO_COUNT, 0) > SECOND);
  const before = task_time(TASK_BASIC_INFO, TASK_BASIC_INFO_COUNT, TASK_INFO_USER_TIME);
  check_at_most("the task's own account has dead threads only", before, 100);

  thread_suspend(thread);
  const stopped = basic(thread, THREAD_INFO_CUR_PRIORITY);
  sleep(3 * SECOND);
  check_equals("it has slept", basic(thread, THREAD_INFO_SLEEP_TIME) >= 2 ? 1 : 0, 1);
  thread_resume(thread);
  check("and is better for it", basic(thread, THREAD_INFO_CUR_PRIORITY) < stopped);
  thread_terminate(thread);
  sleep(20);
  const after = task_time(TASK_BASIC_INFO, TASK_BASIC_INFO_COUNT, TASK_INFO_USER_TIME);
  check("now it is among the dead", after > SECOND);
}

/** Two threads that never wait, a third of a bad priority, and one that steps back all the time. */
function starvation(): void {
  memory.fill(counters, 0, 16);
  const first = spawn_thread(count_for_ever, 0);
  const second = spawn_thread(count_for_ever, 1);
  const low = spawn_thread(count_for_ever, 2);
  check_equals("the worst priority of all", thread_priority(low, WORST, 0), 0);
  atomic.store<u32>(counters + 8, 0);
  const depressed = spawn_thread(count_depressed, 3);
  sleep(8 * SECOND);
  check("the first has run", counter(0) != 0);
  check("and the second", counter(1) != 0);
  check("the worst too", counter(2) != 0);
  check("and the one that steps back", counter(3) != 0);
  check("those that are equal have had equal shares", equal_shares(counter(0), counter(1)));
  thread_terminate(first);
  thread_terminate(second);
  thread_terminate(low);
  thread_terminate(depressed);
}

/** Within an eighth of each other. */
function equal_shares(a: u32, b: u32): bool {
  return max(a, b) - min(a, b) < max(a, b) >> 3;
}

function depression(): void {
  const thread = spawn_thread(sleep_for_ever, 0);
  sleep(20);
  check_equals("a thread that waits", basic(thread, THREAD_INFO_RUN_STATE), TH_STATE_WAITING);
  check_equals("is not depressed", thread_depress_abort(thread), KERN_INVALID_ARGUMENT);
  thread_terminate(thread);

  memory.fill(counters, 0, 16);
  const busy = spawn_thread(count_for_ever, 0);
  const other = spawn_thread(count_depressed, 1);
  sleep(50);
  check_equals("one that steps back", scheduling(other, 5), 1);
  check_equals("is of the worst priority", scheduling(other, 4), WORST);
  check_equals("knows its own", scheduling(other, 6), BASEPRI_USER);
  check_equals("is let off", thread_depress_abort(other), 0);
  check_equals("and has it again", scheduling(other, 2), BASEPRI_USER);
  thread_terminate(other);
  thread_terminate(busy);
  check_at_most("swtch_pri", raw_trap(TRAP_SWTCH_PRI, 0, 0, 0), 1);
}

function policies(): void {
  const thread = spawn_thread(sleep_for_ever, 0);
  check_equals("timesharing", scheduling(thread, 0), POLICY_TIMESHARE);
  check_equals("no such policy", thread_policy(thread, 4, 0), KERN_INVALID_ARGUMENT);
  check_equals("fixed priorities are not allowed", thread_policy(thread, POLICY_FIXEDPRI, 50), KERN_FAILURE);
  check_equals("timesharing is", thread_policy(thread, POLICY_TIMESHARE, 0), 0);
  thread_terminate(thread);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  decay();
  starvation();
  depression();
  policies();
  return finish();
}
