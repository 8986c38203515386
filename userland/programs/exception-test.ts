// Exceptions with a handler: what the message says, where the thread stands, how it goes on, and which port hears of it.
import { stackAlloc } from "../../guest/i386";
import { EFL_TF } from "../../abi/i386";
import { KERN_FAILURE, KERN_SUCCESS } from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_RCV_TIMED_OUT,
  MACH_SEND_INVALID_DEST,
  MSGH_BITS,
  MSGH_ID,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { TASK_EXCEPTION_PORT, THREAD_EXCEPTION_PORT } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  EXC_BREAKPOINT,
  THREAD_STATE_EBX,
  THREAD_STATE_EFL,
  THREAD_STATE_EIP,
  THREAD_STATE_SIZE,
  THREAD_STATE_UESP,
} from "../../abi/task_types";
import {
  task_create,
  task_set_special_port,
  task_suspend,
  thread_abort,
  thread_create,
  thread_resume,
  thread_set_special_port,
  thread_suspend,
  thread_terminate,
} from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import { exception_case, exception_count, exceptions_survived_address, thread_switch } from "../lib/asm";
import { check, check_equals, check_equals_named } from "../lib/check";
import {
  answer_exception,
  answer_with,
  EXCEPTION_BITS,
  EXCEPTION_CODE,
  EXCEPTION_KIND,
  EXCEPTION_RAISE,
  EXCEPTION_ROOM,
  EXCEPTION_SIZE,
  EXCEPTION_SUBCODE,
  EXCEPTION_TASK,
  EXCEPTION_THREAD,
  get_registers,
  make_port,
  receive_exception,
  set_registers,
} from "../lib/exceptions";
import { task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { allocate_stack } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const PATIENCE: u32 = 2000;
/** Nothing comes: long enough to have seen it if it did. */
const A_WHILE: u32 = 30;

// Words of a record of exceptions.asm.ts.
const CASE_START: usize = 0;
const CASE_EIP: usize = 4;
const CASE_KIND: usize = 8;
const CASE_CODE: usize = 12;
const CASE_SUBCODE: usize = 16;
const CASE_AFTER: usize = 20;
const CASE_NAME: usize = 24;

let stack: u32 = 0;
/** Where exceptions of threads and of the task come. */
let thread_port: u32 = 0;
let task_port: u32 = 0;

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

/** A suspended thread of `task` that will start at `eip`, with `port` for its exceptions; its name, or 0. */
function thread_at(task: u32, eip: u32, port: u32): u32 {
  const slot = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (thread_create(task, slot) != 0) return 0;
  const thread = load<u32>(slot);
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state + THREAD_STATE_EIP, eip);
  store<u32>(state + THREAD_STATE_UESP, stack);
  if (set_registers(thread, state) != 0) return 0;
  if (port != 0 && thread_set_special_port(thread, THREAD_EXCEPTION_PORT, port) != 0) return 0;
  return thread;
}

/** Starts case `index` in this task; the thread's name. */
function start_case(index: u32, port: u32): u32 {
  const thread = thread_at(task_self(), load<u32>(exception_case(index) + CASE_START), port);
  thread_resume(thread);
  return thread;
}

/** Ends a thread of start_case. */
function end_case(thread: u32): void {
  thread_terminate(thread);
  mach_port_deallocate(task_self(), thread);
}

/** Which words of the message and the registers differ from the record, a bit each; 0 is good. */
function differences(message: usize, thread: u32, record: usize): u32 {
  const state = stackAlloc(THREAD_STATE_SIZE);
  let wrong: u32 = 0;
  if (load<u32>(message + MSGH_BITS) != EXCEPTION_BITS) wrong |= 1;
  if (load<u32>(message + MSGH_SIZE) != EXCEPTION_SIZE) wrong |= 2;
  if (load<u32>(message + MSGH_ID) != EXCEPTION_RAISE) wrong |= 4;
  if (load<u32>(message + EXCEPTION_THREAD) != thread) wrong |= 8;
  if (load<u32>(message + EXCEPTION_TASK) != task_self()) wrong |= 16;
  if (load<u32>(message + EXCEPTION_KIND) != load<u32>(record + CASE_KIND)) wrong |= 32;
  if (load<u32>(message + EXCEPTION_CODE) != load<u32>(record + CASE_CODE)) wrong |= 64;
  if (load<u32>(message + EXCEPTION_SUBCODE) != load<u32>(record + CASE_SUBCODE)) wrong |= 128;
  if (get_registers(thread, state) != 0) wrong |= 256;
  if (load<u32>(state + THREAD_STATE_EIP) != load<u32>(record + CASE_EIP)) wrong |= 512;
  return wrong;
}

/** Moves the thread behind its instruction, without the trap flag. */
function move_behind(thread: u32, record: usize): void {
  const state = stackAlloc(THREAD_STATE_SIZE);
  get_registers(thread, state);
  store<u32>(state + THREAD_STATE_EIP, load<u32>(record + CASE_AFTER));
  store<u32>(state + THREAD_STATE_UESP, stack);
  store<u32>(state + THREAD_STATE_EFL, load<u32>(state + THREAD_STATE_EFL) & ~(<u32>EFL_TF));
  set_registers(thread, state);
}

function survived(): u32 {
  return atomic.load<u32>(exceptions_survived_address());
}

function every_case(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  const count = exception_count();
  for (let index: u32 = 0; index < count; index++) {
    const record = exception_case(index);
    const before = survived();
    const thread = start_case(index, thread_port);
    let wrong: u32 = 1024;
    if (receive_exception(thread_port, message, PATIENCE) == MACH_MSG_SUCCESS) {
      wrong = differences(message, thread, record);
      move_behind(thread, record);
      answer_exception(message, KERN_SUCCESS);
      sleep();
      if (survived() != before + 1) wrong |= 2048;
    }
    check_equals_named(load<u32>(record + CASE_NAME), wrong, 0);
    end_case(thread);
  }
}

/** Starts the last case, INT3, and receives its exception; the thread's name. */
function breakpoint(port: u32, heard: u32, message: usize): u32 {
  const thread = start_case(exception_count() - 1, port);
  check_equals("a breakpoint", receive_exception(heard, message, PATIENCE), MACH_MSG_SUCCESS);
  return thread;
}

/** The thread's port first, then the task's. */
function order_of_ports(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  let before = survived();
  let thread = breakpoint(thread_port, thread_port, message);
  check_equals("the task's port waits", receive_exception(task_port, message, A_WHILE), MACH_RCV_TIMED_OUT);
  check_equals("refused", answer_exception(message, KERN_FAILURE), 0);
  check_equals("the task's port hears it", receive_exception(task_port, message, PATIENCE), 0);
  check_equals("of the same kind", load<u32>(message + EXCEPTION_KIND), EXC_BREAKPOINT);
  answer_exception(message, KERN_SUCCESS);
  sleep();
  check_equals("the thread goes on", survived(), before + 1);
  end_case(thread);

  before = survived();
  thread = breakpoint(0, task_port, message);
  answer_exception(message, KERN_SUCCESS);
  sleep();
  check_equals("a thread without a port", survived(), before + 1);
  end_case(thread);
}

/** Answers that are none. */
function wrong_answers(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  let thread = breakpoint(thread_port, thread_port, message);
  answer_with(message, 2501, 32, KERN_SUCCESS);
  check_equals("an answer with another id", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);

  thread = breakpoint(thread_port, thread_port, message);
  answer_with(message, 2500, 36, KERN_SUCCESS);
  check_equals("one that is too long", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);

  thread = breakpoint(thread_port, thread_port, message);
  answer_with(message, 2500, 24, KERN_SUCCESS);
  check_equals("one that says nothing", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);

  const port = make_port();
  thread = breakpoint(port, port, message);
  mach_port_destroy(task_self(), load<u32>(message + 8));
  check_equals("none: its right was destroyed", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);

  thread = thread_at(task_self(), load<u32>(exception_case(exception_count() - 1) + CASE_START), port);
  mach_port_destroy(task_self(), port);
  thread_resume(thread);
  check_equals("a dead port", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);

  const dying = make_port();
  thread = start_case(exception_count() - 1, dying);
  sleep();
  mach_port_destroy(task_self(), dying);
  check_equals("a port that dies with the message", receive_exception(task_port, message, PATIENCE), 0);
  answer_exception(message, KERN_SUCCESS);
  end_case(thread);
}

/** A thread that waits for its handler can be looked at, changed, interrupted and ended. */
function while_it_waits(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  const state = stackAlloc(THREAD_STATE_SIZE);
  const before = survived();
  const thread = breakpoint(thread_port, thread_port, message);
  check_equals("suspended", thread_suspend(thread), 0);
  check_equals("its registers", get_registers(thread, state), 0);
  store<u32>(state + THREAD_STATE_EBX, 77);
  check_equals("changed", set_registers(thread, state), 0);
  check_equals("aborted", thread_abort(thread), 0);
  check_equals("resumed", thread_resume(thread), 0);
  sleep();
  check_equals("it goes on without an answer", survived(), before + 1);
  thread_suspend(thread);
  get_registers(thread, state);
  check_equals("with what was changed", load<u32>(state + THREAD_STATE_EBX), 77);
  const late = answer_exception(message, KERN_FAILURE);
  check_equals("an answer has nowhere to go", late, MACH_SEND_INVALID_DEST);
  check_equals("nobody else is asked", receive_exception(task_port, message, A_WHILE), MACH_RCV_TIMED_OUT);
  end_case(thread);

  const other = breakpoint(thread_port, thread_port, message);
  check_equals("ended while it waits", thread_terminate(other), 0);
  check_equals("its answer is taken", answer_exception(message, KERN_FAILURE), 0);
  check_equals("nothing more of it", receive_exception(task_port, message, A_WHILE), MACH_RCV_TIMED_OUT);
  mach_port_deallocate(task_self(), other);
}

/** Steps through the instructions of a thread until it is where it stays. */
function stepping(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  const state = stackAlloc(THREAD_STATE_SIZE);
  // Behind INT3: INC, and a JMP to itself.
  const record = exception_case(exception_count() - 1);
  const thread = breakpoint(thread_port, thread_port, message);
  get_registers(thread, state);
  store<u32>(state + THREAD_STATE_EFL, load<u32>(state + THREAD_STATE_EFL) | EFL_TF);
  set_registers(thread, state);
  const before = survived();
  let eip = load<u32>(record + CASE_AFTER);
  for (let step = 0; step < 3; step++) {
    answer_exception(message, KERN_SUCCESS);
    check_equals("a step", receive_exception(thread_port, message, PATIENCE), MACH_MSG_SUCCESS);
    get_registers(thread, state);
    if (step == 0) check("goes one instruction", load<u32>(state + THREAD_STATE_EIP) > eip);
    else check_equals("stays", load<u32>(state + THREAD_STATE_EIP), eip);
    eip = load<u32>(state + THREAD_STATE_EIP);
  }
  check_equals("the instruction was done once", survived(), before + 1);
  end_case(thread);
  answer_exception(message, KERN_SUCCESS);
}

/** An exception in another task: its own names, and its end when nobody helps. */
function another_task(): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  const slot = stackAlloc(4);
  if (!check_equals("a task", task_create(task_self(), 1, slot), 0)) return;
  const task = load<u32>(slot);
  const start = load<u32>(exception_case(exception_count() - 1) + CASE_START);
  let thread = thread_at(task, start, 0);
  thread_resume(thread);
  check_equals("inherits the port", receive_exception(task_port, message, PATIENCE), 0);
  check_equals("the message names it", load<u32>(message + EXCEPTION_TASK), task);
  check_equals("and its thread", load<u32>(message + EXCEPTION_THREAD), thread);
  thread_terminate(thread);
  answer_exception(message, KERN_SUCCESS);
  check_equals("it lives", task_set_special_port(task, TASK_EXCEPTION_PORT, 0), 0);
  thread = thread_at(task, start, thread_port);
  thread_resume(thread);
  check_equals("a thread's port", receive_exception(thread_port, message, PATIENCE), 0);
  answer_exception(message, KERN_FAILURE);
  sleep();
  check_equals("nobody helps: it ends", task_suspend(task), MACH_SEND_INVALID_DEST);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  stack = allocate_stack();
  thread_port = make_port();
  task_port = make_port();
  check("ports", thread_port != 0 && task_port != 0);
  check_equals("the task's port", task_set_special_port(task_self(), TASK_EXCEPTION_PORT, task_port), 0);
  every_case();
  order_of_ports();
  wrong_answers();
  while_it_waits();
  stepping();
  another_task();
  return finish();
}
