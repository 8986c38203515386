// gsync: threads and tasks that sleep at a word of memory, in the order they came.
import { stackAlloc } from "../../guest/i386";
import { GSYNC_BROADCAST, GSYNC_MUTATE, GSYNC_QUAD, GSYNC_SHARED, GSYNC_TIMED } from "../../abi/gsync";
import {
  KERN_INTERRUPTED,
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_SUCCESS,
  KERN_TIMEDOUT,
} from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_SEND_MSG,
} from "../../abi/mach_msg";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { VM_INHERIT_SHARE, VM_PROT_READ } from "../../abi/vm_types";
import { gsync_requeue, gsync_wait, gsync_wake } from "../generated/gnumach.generated";
import {
  task_create,
  task_terminate,
  thread_abort,
  thread_terminate,
  vm_inherit,
  vm_protect,
} from "../generated/mach.generated";
import { mach_msg_trap, mach_reply_port, mach_task_self, thread_switch } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { set_header, set_integer, task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { allocate_stack, run_thread, spawn_thread } from "../lib/threads";
import { PAGE_SIZE, vm_allocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const A_WHILE: u32 = 30;
const GSYNC_WAIT: u32 = 4204;
const REQUEST_SIZE: u32 = 64;
const REPLY_CODE: usize = 28;
const UNMAPPED: u32 = 0x1000;

/** A page that tasks share: the words slept at, and what sleepers leave. */
let page: u32 = 0;
let first_word: u32 = 0;
let second_word: u32 = 0;
/** How many were woken; then, from `order` on, who and by what code, two words each. */
let woken: u32 = 0;
let order: u32 = 0;

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

/** gsync_wait by a thread that shares no reply port with others. */
function wait_alone(address: u32, value: u32, flags: u32): i32 {
  const message = stackAlloc(64);
  const reply = mach_reply_port();
  const bits: u32 = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
  set_header(message, bits, mach_task_self(), reply, GSYNC_WAIT);
  set_integer(message + 24, address);
  set_integer(message + 32, value);
  set_integer(message + 40, 0);
  set_integer(message + 48, 0);
  set_integer(message + 56, flags);
  const option: u32 = MACH_SEND_MSG | MACH_RCV_MSG;
  const mr = mach_msg_trap(message, option, REQUEST_SIZE, REQUEST_SIZE, reply, 0, 0);
  return mr != 0 ? mr : load<i32>(message, REPLY_CODE);
}

/** Sleeps at the first word, says who was woken and why, and stays. */
function sleeper(who: u32): void {
  leave(who, wait_alone(first_word, 0, 0));
}

function shared_sleeper(who: u32): void {
  leave(who, wait_alone(first_word, 0, GSYNC_SHARED));
}

function leave(who: u32, result: i32): void {
  const index = atomic.add<u32>(woken, 1);
  atomic.store<u32>(order + index * 8, who);
  atomic.store<u32>(order + index * 8 + 4, <u32>result);
  for (;;) thread_switch(0, SWITCH_OPTION_WAIT, 60000);
}

function who(index: u32): u32 {
  return atomic.load<u32>(order + index * 8);
}

function result_of(index: u32): u32 {
  return atomic.load<u32>(order + index * 8 + 4);
}

function begin_round(): void {
  memory.fill(page, 0, PAGE_SIZE);
}

/** Starts a sleeper and lets it fall asleep. */
function start(body: (argument: u32) => void, argument: u32): u32 {
  const thread = spawn_thread(body, argument);
  sleep();
  return thread;
}

function wake(address: u32, flags: u32): void {
  gsync_wake(task_self(), address, 1, flags);
  sleep();
}

function codes(): void {
  const self = task_self();
  begin_round();
  check_equals("another value", gsync_wait(self, first_word, 1, 0, 0, 0), KERN_INVALID_ARGUMENT);
  const quad = gsync_wait(self, first_word, 0, 1, 0, GSYNC_QUAD);
  check_equals("another second value", quad, KERN_INVALID_ARGUMENT);
  check_equals("an odd address", gsync_wait(self, first_word + 2, 0, 0, 0, 0), KERN_INVALID_ADDRESS);
  check_equals("no memory", gsync_wait(self, UNMAPPED, 0, 0, 0, 0), KERN_INVALID_ADDRESS);
  check_equals("no memory to share", gsync_wait(self, UNMAPPED, 0, 0, 0, GSYNC_SHARED), KERN_INVALID_ADDRESS);
  check_equals("the kernel's", gsync_wait(self, 0xc0101000, 0, 0, 0, 0), KERN_INVALID_ADDRESS);
  check_equals("around the end", gsync_wait(self, 0xfffffffc, 0, 0, 0, GSYNC_QUAD), KERN_INVALID_ADDRESS);
  check_equals("nobody comes", gsync_wait(self, first_word, 0, 0, A_WHILE, GSYNC_TIMED), KERN_TIMEDOUT);
  const both = gsync_wait(self, first_word, 0, 0, A_WHILE, GSYNC_TIMED | GSYNC_QUAD);
  check_equals("with two words", both, KERN_TIMEDOUT);
  const shared = gsync_wait(self, first_word, 0, 0, A_WHILE, GSYNC_TIMED | GSYNC_SHARED);
  check_equals("at shared memory", shared, KERN_TIMEDOUT);
  vm_protect(self, page, PAGE_SIZE, 0, VM_PROT_READ);
  gsync_wake(self, first_word, 1, GSYNC_MUTATE);
  check_equals("what cannot be written stays", load<u32>(first_word), 0);
  const readable = gsync_wait(self, first_word, 0, 0, A_WHILE, GSYNC_TIMED);
  check_equals("and can be slept at", readable, KERN_TIMEDOUT);
  vm_protect(self, page, PAGE_SIZE, 0, 3);
  gsync_wake(self, first_word, 7, GSYNC_MUTATE);
  check_equals("what can is stored, sleepers or not", load<u32>(first_word), 7);
}

function arrival(): void {
  begin_round();
  for (let i: u32 = 1; i <= 3; i++) start(sleeper, i);
  check_equals("three sleep", load<u32>(woken), 0);
  wake(second_word, 0);
  check_equals("not at another word", load<u32>(woken), 0);
  wake(first_word, GSYNC_SHARED);
  check_equals("not at the object", load<u32>(woken), 0);
  wake(first_word, 0);
  check_equals("one wakes", load<u32>(woken), 1);
  check_equals("the first", who(0), 1);
  check_equals("with success", result_of(0), KERN_SUCCESS);
  wake(first_word, GSYNC_MUTATE);
  check_equals("then the second", who(1), 2);
  check_equals("and the word is changed", load<u32>(first_word), 1);
  store<u32>(first_word, 0);
  start(sleeper, 4);
  wake(first_word, GSYNC_BROADCAST);
  check_equals("all of the rest", load<u32>(woken), 4);
  check("in their order", who(2) == 3 && who(3) == 4);
}

function moving(): void {
  begin_round();
  for (let i: u32 = 1; i <= 4; i++) start(sleeper, i);
  gsync_requeue(task_self(), first_word, second_word, 1, 0);
  sleep();
  check_equals("one is woken, one is moved", load<u32>(woken), 1);
  check_equals("the first was woken", who(0), 1);
  wake(second_word, GSYNC_BROADCAST);
  check_equals("the second was moved", who(1), 2);
  check_equals("alone", load<u32>(woken), 2);
  gsync_requeue(task_self(), first_word, second_word, 0, GSYNC_BROADCAST);
  wake(first_word, GSYNC_BROADCAST);
  check_equals("all are moved", load<u32>(woken), 2);
  wake(second_word, 0);
  check_equals("in their order", who(2), 3);
  gsync_requeue(task_self(), second_word, second_word, 0, GSYNC_BROADCAST);
  wake(second_word, 0);
  check_equals("to where they are", who(3), 4);
}

function leaving(): void {
  begin_round();
  const first = start(sleeper, 1);
  const second = start(sleeper, 2);
  start(sleeper, 3);
  check_equals("aborted", thread_abort(first), 0);
  sleep();
  check_equals("it is told", result_of(0), KERN_INTERRUPTED);
  check_equals("ended", thread_terminate(second), 0);
  wake(first_word, 0);
  check_equals("the one behind them wakes", who(1), 3);
}

/** Two tasks at one page. */
function sharing(): void {
  const slot = stackAlloc(4);
  begin_round();
  const stack = allocate_stack();
  check_equals("another task", task_create(task_self(), 1, slot), 0);
  check_equals("sleeps", run_thread(load<u32>(slot), stack, shared_sleeper, 9), 0);
  sleep();
  wake(first_word, 0);
  check_equals("not at this one's address", load<u32>(woken), 0);
  wake(first_word, GSYNC_SHARED);
  check_equals("but at the memory of both", who(0), 9);
  check_equals("with success", result_of(0), KERN_SUCCESS);
  check_equals("again", run_thread(load<u32>(slot), stack, shared_sleeper, 10), 0);
  sleep();
  task_terminate(load<u32>(slot));
  sleep();
  start(shared_sleeper, 11);
  wake(first_word, GSYNC_SHARED);
  check_equals("a dead task sleeps no more", who(1), 11);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const slot = stackAlloc(4);
  if (!check_equals("a page", vm_allocate(task_self(), slot, PAGE_SIZE, 1), 0)) return finish();
  page = load<u32>(slot);
  first_word = page;
  second_word = page + 16;
  woken = page + 64;
  order = page + 128;
  check_equals("shared with children", vm_inherit(task_self(), page, PAGE_SIZE, VM_INHERIT_SHARE), 0);
  codes();
  arrival();
  moving();
  leaving();
  sharing();
  return finish();
}
