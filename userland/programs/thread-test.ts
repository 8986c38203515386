// Threads: preemption, suspension, changing another thread's registers, interrupting its waits, ending it, and what the
// kernel says about all that. No line depends on how fast the machine is.
import { stackAlloc } from "../../guest/i386";
import { USER_CS, USER_DS } from "../../abi/i386";
import { KERN_FAILURE, KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_RCV_INTERRUPTED,
  MACH_RCV_MSG,
  MACH_RCV_TIMED_OUT,
  MACH_RCV_TIMEOUT,
  MACH_SEND_INVALID_DEST,
  MSG_HEADER_SIZE,
} from "../../abi/mach_msg";
import { SWITCH_OPTION_DEPRESS, SWITCH_OPTION_NONE, SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  BASEPRI_USER,
  I386_THREAD_STATE,
  I386_THREAD_STATE_COUNT,
  TASK_BASIC_INFO,
  TASK_BASIC_INFO_COUNT,
  TASK_INFO_SUSPEND_COUNT,
  TH_STATE_STOPPED,
  TH_STATE_WAITING,
  THREAD_BASIC_INFO,
  THREAD_BASIC_INFO_COUNT,
  THREAD_INFO_BASE_PRIORITY,
  THREAD_INFO_RUN_STATE,
  THREAD_INFO_SUSPEND_COUNT,
  THREAD_STATE_CS,
  THREAD_STATE_DS,
  THREAD_STATE_EAX,
  THREAD_STATE_EBX,
  THREAD_STATE_EFL,
  THREAD_STATE_EIP,
  THREAD_STATE_SIZE,
  THREAD_STATE_UESP,
} from "../../abi/task_types";
import {
  task_create,
  task_info,
  task_resume,
  task_suspend,
  task_terminate,
  task_threads,
  thread_abort,
  thread_create,
  thread_get_state,
  thread_info,
  thread_resume,
  thread_set_state,
  thread_suspend,
  thread_terminate,
  vm_deallocate,
} from "../generated/mach.generated";
import { host_get_uptime64, thread_depress_abort, thread_priority } from "../generated/mach_host.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import {
  mach_host_self,
  mach_msg_trap,
  mach_reply_port,
  mach_thread_self,
  swtch,
  thread_start_address,
  thread_switch,
} from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { message_send, set_header, task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { allocate_stack, start_thread } from "../lib/threads";

export { thread_entry } from "../lib/threads";

/** A short sleep, several time slices of the clock, in milliseconds. */
const A_WHILE: u32 = 60;
/** Rounds of a busy loop that are many time slices on any machine. */
const LONG_LOOP: u32 = 200000000;
/** No thread's priority gets there within a second. */
const WORST: u32 = 63;
/** Threads made and ended one after the other. */
const MANY: u32 = 40;
/** Message id of thread_terminate. */
const THREAD_TERMINATE: u32 = 2016;
/** A receive's result before it has one. */
const UNDECIDED: u32 = 0xffffffff;

// What the threads share.
const counter: usize = memory.data(4);
const result: usize = memory.data(4);
const port: usize = memory.data(4);

let stack: u32 = 0;

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

function count_for_ever(step: u32): void {
  for (;;) atomic.add<u32>(counter, step);
}

function receive_for_ever(_argument: u32): void {
  const message = stackAlloc(64);
  const name = load<u32>(port);
  atomic.store<u32>(result, mach_msg_trap(message, MACH_RCV_MSG, 0, 64, name, 0, 0));
  for (;;) sleep();
}

/** Ends its thread by a message without reply port: the usual stub would share that of the main thread. */
function end_at_once(_argument: u32): void {
  const message = stackAlloc(MSG_HEADER_SIZE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, mach_thread_self(), 0, THREAD_TERMINATE);
  message_send(message, MSG_HEADER_SIZE);
}

/** Starts `body(argument)` on the one stack there is for it; the thread's name, or 0. */
function start(body: usize, argument: u32): u32 {
  const thread = stackAlloc(4);
  const entry = <u32>thread_start_address();
  return start_thread(task_self(), entry, stack, <u32>body, argument, thread) == 0 ? load<u32>(thread) : 0;
}

function body_of(body: (argument: u32) => void): usize {
  return changetype<usize>(body);
}

function state_of(thread: u32, state: usize): i32 {
  const count = stackAlloc(4);
  store<u32>(count, I386_THREAD_STATE_COUNT);
  return thread_get_state(thread, I386_THREAD_STATE, state, count);
}

/** One word of a thread's basic information. */
function info_word(thread: u32, offset: usize): u32 {
  const info = stackAlloc(100);
  const count = stackAlloc(4);
  store<u32>(count, THREAD_BASIC_INFO_COUNT);
  return thread_info(thread, THREAD_BASIC_INFO, info, count) == 0 ? load<u32>(info + offset) : UNDECIDED;
}

/** The number of threads of this task. */
function thread_count(): u32 {
  const list = stackAlloc(4);
  const count = stackAlloc(4);
  if (task_threads(task_self(), list, count) != 0) return 0;
  const names = load<u32>(list);
  const length = load<u32>(count);
  for (let i: u32 = 0; i < length; i++) mach_port_deallocate(task_self(), load<u32>(names + i * 4));
  vm_deallocate(task_self(), names, length * 4);
  return length;
}

/** Milliseconds since the kernel started. */
function uptime(): u32 {
  const time = stackAlloc(16);
  host_get_uptime64(mach_host_self(), time);
  return load<u32>(time) * 1000 + load<u32>(time, 8) / 1000000;
}

function fresh_thread(): void {
  const thread = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (!check_equals("a new thread", thread_create(task_self(), thread), 0)) return;
  const name = load<u32>(thread);
  check_equals("is suspended once", info_word(name, THREAD_INFO_SUSPEND_COUNT), 1);
  check_equals("and stopped", info_word(name, THREAD_INFO_RUN_STATE), TH_STATE_STOPPED);
  check_equals("of the users' priority", info_word(name, THREAD_INFO_BASE_PRIORITY), BASEPRI_USER);
  check_equals("its registers", state_of(name, state), 0);
  check_equals("have the user's code segment", load<u32>(state + THREAD_STATE_CS), USER_CS);
  check_equals("and data segment", load<u32>(state + THREAD_STATE_DS), USER_DS);
  check_equals("interrupts on", load<u32>(state + THREAD_STATE_EFL), 0x200);
  check_equals(
    "and nothing else",
    load<u32>(state + THREAD_STATE_EIP) | load<u32>(state + THREAD_STATE_EAX),
    0,
  );
  check_equals("two threads", thread_count(), 2);
  check_equals("it ends before it ran", thread_terminate(name), 0);
  check_equals("its name is dead", thread_suspend(name), MACH_SEND_INVALID_DEST);
  check_equals("one thread", thread_count(), 1);
}

function preemption(): void {
  const thread = start(body_of(count_for_ever), 1);
  if (!check("a thread that counts", thread != 0)) return;
  let rounds: u32 = 0;
  while (atomic.load<u32>(counter) == 0 && rounds < LONG_LOOP) rounds++;
  check("runs while this one is busy", rounds < LONG_LOOP);
  suspension(thread);
  redirection(thread);
  priorities(thread);
  check_equals("the thread ends", thread_terminate(thread), 0);
  const last = atomic.load<u32>(counter);
  sleep();
  check_equals("and counts no more", atomic.load<u32>(counter), last);
  check_equals("one thread is left", thread_count(), 1);
}

function suspension(thread: u32): void {
  check_equals("suspended", thread_suspend(thread), 0);
  check_equals("twice", thread_suspend(thread), 0);
  let last = atomic.load<u32>(counter);
  sleep();
  check_equals("it stands still", atomic.load<u32>(counter), last);
  check_equals("suspend count", info_word(thread, THREAD_INFO_SUSPEND_COUNT), 2);
  check_equals("resumed once", thread_resume(thread), 0);
  sleep();
  check_equals("it stands still yet", atomic.load<u32>(counter), last);
  check_equals("resumed twice", thread_resume(thread), 0);
  sleep();
  check("it goes on", atomic.load<u32>(counter) != last);
  check_equals("resumed once too often", thread_resume(thread), KERN_FAILURE);

  check_equals("by the task", task_suspend(load<u32>(other_task)), 0);
  check_equals("another task's count", task_word(load<u32>(other_task), TASK_INFO_SUSPEND_COUNT), 1);
  check_equals("resumed", task_resume(load<u32>(other_task)), 0);
  check_equals("too often", task_resume(load<u32>(other_task)), KERN_FAILURE);
}

const other_task: usize = memory.data(4);

function task_word(task: u32, offset: usize): u32 {
  const info = stackAlloc(88);
  const count = stackAlloc(4);
  store<u32>(count, TASK_BASIC_INFO_COUNT);
  return task_info(task, TASK_BASIC_INFO, info, count) == 0 ? load<u32>(info + offset) : UNDECIDED;
}

/** Gives a running thread other work by its registers. */
function redirection(thread: u32): void {
  const state = stackAlloc(THREAD_STATE_SIZE);
  thread_suspend(thread);
  check_equals("registers of a thread in a loop", state_of(thread, state), 0);
  check("its stack is in use", stack - load<u32>(state + THREAD_STATE_UESP) < 4096);
  store<u32>(state + THREAD_STATE_EIP, <u32>thread_start_address());
  store<u32>(state + THREAD_STATE_UESP, stack);
  store<u32>(state + THREAD_STATE_EBX, <u32>body_of(count_for_ever));
  store<u32>(state + 20, 0x10000);
  const set = thread_set_state(thread, I386_THREAD_STATE, state, I386_THREAD_STATE_COUNT);
  check_equals("changed", set, 0);
  atomic.store<u32>(counter, 0);
  thread_resume(thread);
  sleep();
  thread_suspend(thread);
  const now = atomic.load<u32>(counter);
  check("it counts in larger steps", now != 0 && (now & 0xffff) == 0);
  thread_resume(thread);
}

function priorities(thread: u32): void {
  check_equals("the worst priority", thread_priority(thread, WORST, 0), 0);
  const last = atomic.load<u32>(counter);
  for (let rounds: u32 = 0; rounds < LONG_LOOP / 200; rounds++) atomic.load<u32>(counter);
  check_equals("gets no time from a thread that has not been busy for long", atomic.load<u32>(counter), last);
  check_equals("swtch finds it", swtch(), 1);
  sleep();
  check("it runs while this one sleeps", atomic.load<u32>(counter) != last);
  check_equals("better than its maximum", thread_priority(thread, 3, 0), KERN_FAILURE);
  check_equals("no such priority", thread_priority(thread, 64, 0), KERN_INVALID_ARGUMENT);
  check_equals("back again", thread_priority(thread, BASEPRI_USER, 0), 0);

  const before = atomic.load<u32>(counter);
  check_equals("depressed", thread_switch(thread, SWITCH_OPTION_DEPRESS, A_WHILE), 0);
  check("the other one ran", atomic.load<u32>(counter) != before);
  thread_depress_abort(mach_thread_self());
  check_equals("handed over", thread_switch(thread, SWITCH_OPTION_NONE, 0), 0);
  check_equals("an unknown option", thread_switch(thread, 9, 0), KERN_INVALID_ARGUMENT);
}

function interruption(): void {
  const state = stackAlloc(THREAD_STATE_SIZE);
  atomic.store<u32>(result, UNDECIDED);
  store<u32>(port, mach_reply_port());
  const thread = start(body_of(receive_for_ever), 0);
  if (!check("a thread that waits for a message", thread != 0)) return;
  sleep();
  check_equals("waits", info_word(thread, THREAD_INFO_RUN_STATE), TH_STATE_WAITING);
  check_equals("suspended", thread_suspend(thread), 0);
  check_equals("aborted", thread_abort(thread), 0);
  check_equals("its registers", state_of(thread, state), 0);
  check_equals("say so", load<u32>(state + THREAD_STATE_EAX), MACH_RCV_INTERRUPTED);
  check_equals("it has not gone on", atomic.load<u32>(result), UNDECIDED);
  check_equals("resumed", thread_resume(thread), 0);
  sleep();
  check_equals("it knows", atomic.load<u32>(result), MACH_RCV_INTERRUPTED);
  check_equals("ended in its sleep", thread_terminate(thread), 0);
}

function time(): void {
  const before = uptime();
  sleep();
  check("a sleep takes its time", uptime() - before >= A_WHILE - 10);
  const message = stackAlloc(64);
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  const start = uptime();
  check_equals(
    "nothing comes",
    mach_msg_trap(message, option, 0, 64, load<u32>(port), A_WHILE, 0),
    MACH_RCV_TIMED_OUT,
  );
  check("in time", uptime() - start >= A_WHILE - 10);
}

function many(): void {
  let good: u32 = 0;
  for (let i: u32 = 0; i < MANY; i++) {
    const thread = start(body_of(end_at_once), i);
    if (thread == 0) break;
    while (thread_count() > 1) swtch();
    mach_port_deallocate(task_self(), thread);
    good++;
  }
  check_equals("threads come and go", good, MANY);
}

function itself(): void {
  const state = stackAlloc(THREAD_STATE_SIZE);
  check_equals("nobody reads his own registers", state_of(mach_thread_self(), state), KERN_INVALID_ARGUMENT);
  check_equals("or interrupts himself", thread_abort(mach_thread_self()), KERN_INVALID_ARGUMENT);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  stack = allocate_stack();
  if (
    check("a stack", stack != 0) &&
    check_equals("a task", task_create(task_self(), 0, other_task), KERN_SUCCESS)
  ) {
    fresh_thread();
    preemption();
    interruption();
    time();
    many();
    itself();
    check_equals("the other task ends", task_terminate(load<u32>(other_task)), 0);
    check_equals("its name is dead", task_suspend(load<u32>(other_task)), MACH_SEND_INVALID_DEST);
  }
  return finish();
}
