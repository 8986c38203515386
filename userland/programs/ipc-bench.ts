// What system calls, messages, ports, tasks and faults cost. Each operation is repeated between bench_begin and bench_end
// (lib/timing.ts); the host measures there. With the argument `tsc` the program reads the time-stamp counter itself.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_TYPE_BYTE,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_MSG,
  MACH_SEND_MSG,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONG_BITS,
  MSG_TYPE_LONG_NAME,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONG_SIZE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE,
  MSG_TYPE_SIZE_SHIFT,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { SWITCH_OPTION_NONE } from "../../abi/mach_traps";
import * as rpc from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_insert_right,
  mach_port_type,
} from "../generated/mach_port.generated";
import { mach_msg_trap, null_trap, thread_switch, vm_allocate_trap, vm_deallocate_trap } from "../lib/asm";
import { check_equals } from "../lib/check";
import { after_fork, fork_server } from "../lib/fork";
import { message_send, reply_port, set_header, task_self } from "../lib/mach";
import { begin, finish, has_argument } from "../lib/process";
import { allocate_stack, run_thread } from "../lib/threads";
import { expect_success, section_begin, section_end, time_by_counter } from "../lib/timing";
import { PAGE_SIZE } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const CALLS: u32 = 256;
const PAGES: u32 = 64;
const MESSAGES: u32 = 64;
const TASKS: u32 = 32;
const INLINE_BYTES: u32 = 1024;
const DATA_MESSAGE_SIZE: u32 = 1052;
const OUT_OF_LINE_MESSAGE_SIZE: u32 = 40;
const OUT_OF_LINE_ADDRESS: usize = 36;
/** A message id that the servers pass over without an answer of more than a header. */
const REQUEST_ID: u32 = 1000;
const RPC_BITS: u32 = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);

const message: usize = memory.data(1052);
const server_message: usize = memory.data(1052);
const cell: usize = memory.data(4);
/** For the threads that take turns: whether they go on, and how often the partner gave way. */
const wanted: usize = memory.data(4);
const given: usize = memory.data(4);

// --- One task alone ---

function traps(): void {
  for (let i: u32 = 0; i < CALLS; i++) null_trap();
  section_begin("null-trap", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) null_trap();
  section_end();
}

function kernel_calls(): void {
  const reply = reply_port();
  for (let i: u32 = 0; i < CALLS; i++) mach_port_type(task_self(), reply, cell);
  section_begin("null-kernel-rpc", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) expect_success(mach_port_type(task_self(), reply, cell));
  section_end();
}

function allocate_and_free_port(): void {
  expect_success(mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell));
  expect_success(mach_port_destroy(task_self(), load<u32>(cell)));
}

function ports(): void {
  allocate_and_free_port();
  section_begin("port_allocate+destroy", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) allocate_and_free_port();
  section_end();
}

function create_task(slot: usize): void {
  expect_success(rpc.task_create(task_self(), 1, slot));
  expect_success(rpc.task_terminate(load<u32>(slot)));
}

/** The names of the dead tasks' ports go afterwards. */
function tasks(): void {
  const slots = stackAlloc(128); // TASKS words
  create_task(slots);
  mach_port_destroy(task_self(), load<u32>(slots));
  section_begin("task_create-inherit+terminate", TASKS);
  for (let i: u32 = 0; i < TASKS; i++) create_task(slots + i * 4);
  section_end();
  for (let i: u32 = 0; i < TASKS; i++) mach_port_destroy(task_self(), load<u32>(slots + i * 4));
}

function memory_calls(): void {
  section_begin("vm_allocate+deallocate-rpc", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    expect_success(rpc.vm_allocate(task_self(), cell, PAGE_SIZE, 1));
    expect_success(rpc.vm_deallocate(task_self(), load<u32>(cell), PAGE_SIZE));
  }
  section_end();
  section_begin("vm_allocate+deallocate-trap", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    expect_success(vm_allocate_trap(task_self(), cell, PAGE_SIZE, 1));
    expect_success(vm_deallocate_trap(task_self(), load<u32>(cell), PAGE_SIZE));
  }
  section_end();
}

function touch(address: u32, pages: u32): void {
  for (let page: u32 = 0; page < pages; page++) store<u32>(address + page * PAGE_SIZE, page);
}

function faults(): void {
  check_equals("memory to touch", vm_allocate_trap(task_self(), cell, PAGES * PAGE_SIZE, 1), 0);
  const address = load<u32>(cell);
  section_begin("zero-fill-fault-write", PAGES);
  touch(address, PAGES);
  section_end();
  vm_deallocate_trap(task_self(), address, PAGES * PAGE_SIZE);
}

// --- With a partner ---

/** Receives on `port` for ever: frees what came out of line, and answers whoever wants an answer. */
function serve(port: u32): void {
  let option: u32 = MACH_RCV_MSG;
  for (;;) {
    if (mach_msg_trap(server_message, option, MSG_HEADER_SIZE, DATA_MESSAGE_SIZE, port, 0, 0) != 0) return;
    if (load<u32>(server_message, MSGH_BITS) & (<u32>MACH_MSGH_BITS_COMPLEX)) {
      const bytes = load<u32>(server_message + MSG_HEADER_SIZE, MSG_TYPE_LONG_NUMBER);
      vm_deallocate_trap(task_self(), load<u32>(server_message, OUT_OF_LINE_ADDRESS), bytes);
    }
    const reply = load<u32>(server_message, MSGH_REMOTE_PORT);
    option = reply == 0 ? MACH_RCV_MSG : MACH_SEND_MSG | MACH_RCV_MSG;
    if (reply != 0) {
      const type = load<u32>(server_message, MSGH_BITS) & 0xff;
      set_header(server_message, type, reply, 0, load<u32>(server_message, MSGH_ID) + 100);
    }
  }
}

function serve_task(port: u32): void {
  after_fork();
  serve(port);
}

/** Sends `message`, whose header is set, and waits for the answer. */
function call(port: u32): void {
  const reply = reply_port();
  set_header(message, RPC_BITS, port, reply, REQUEST_ID);
  expect_success(mach_msg_trap(message, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER_SIZE, 64, reply, 0, 0));
}

function calls_to(title: string, port: u32): void {
  for (let i: u32 = 0; i < CALLS; i++) call(port);
  section_begin(title, CALLS);
  for (let i: u32 = 0; i < CALLS; i++) call(port);
  section_end();
}

function thread_calls(): void {
  const stack = allocate_stack();
  check_equals("a port for the thread", mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell), 0);
  const port = load<u32>(cell);
  check_equals("a right to it", mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND), 0);
  check_equals("a thread", run_thread(task_self(), stack, serve, port), 0);
  calls_to("null-rpc-thread", port);
  mach_port_destroy(task_self(), port);
}

/** Sends `size` bytes at `message` as often as MESSAGES says, then waits until all have been received. */
function stream(title: string, port: u32, bits: u32, size: u32): void {
  section_begin(title, MESSAGES);
  for (let i: u32 = 0; i < MESSAGES; i++) {
    set_header(message, bits, port, 0, REQUEST_ID);
    expect_success(message_send(message, size));
  }
  call(port);
  section_end();
}

function inline_messages(port: u32): void {
  const type = message + MSG_HEADER_SIZE;
  const words = INLINE_BYTES / 4;
  store<u32>(
    type,
    MSG_TYPE_INLINE |
      (words << MSG_TYPE_NUMBER_SHIFT) |
      (32 << MSG_TYPE_SIZE_SHIFT) |
      MACH_MSG_TYPE_INTEGER_32,
  );
  memory.fill(type + MSG_TYPE_SIZE, 1, INLINE_BYTES);
  stream("send-inline-1K", port, MACH_MSG_TYPE_COPY_SEND, DATA_MESSAGE_SIZE);
}

function out_of_line_messages(title: string, port: u32, bytes: u32): void {
  check_equals("memory to send", vm_allocate_trap(task_self(), cell, bytes, 1), 0);
  const address = load<u32>(cell);
  touch(address, bytes / PAGE_SIZE);
  const type = message + MSG_HEADER_SIZE;
  store<u32>(type, MSG_TYPE_LONGFORM);
  store<u16>(type, MACH_MSG_TYPE_BYTE, MSG_TYPE_LONG_NAME);
  store<u16>(type, 8, MSG_TYPE_LONG_BITS);
  store<u32>(type, bytes, MSG_TYPE_LONG_NUMBER);
  store<u32>(type, address, MSG_TYPE_LONG_SIZE);
  stream(title, port, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, OUT_OF_LINE_MESSAGE_SIZE);
  vm_deallocate_trap(task_self(), address, bytes);
}

function task_calls(): void {
  const slots = stackAlloc(8);
  if (!check_equals("a second task", fork_server(serve_task, slots, slots + 4), 0)) return;
  const port = load<u32>(slots, 4);
  calls_to("null-rpc-task", port);
  inline_messages(port);
  out_of_line_messages("send-out-of-line-64K", port, 64 << 10);
  out_of_line_messages("send-out-of-line-1M", port, 1 << 20);
  rpc.task_terminate(load<u32>(slots));
}

/** Gives way as long as it is wanted, and counts. */
function give_way(_argument: u32): void {
  while (atomic.load<u32>(wanted) != 0) {
    atomic.add<u32>(given, 1);
    thread_switch(0, SWITCH_OPTION_NONE, 0);
  }
}

function switches(): void {
  const stack = allocate_stack();
  atomic.store<u32>(wanted, 1);
  check_equals("a thread to switch to", run_thread(task_self(), stack, give_way, 0), 0);
  thread_switch(0, SWITCH_OPTION_NONE, 0);
  atomic.store<u32>(given, 0);
  section_begin("thread-switch", CALLS);
  for (let i: u32 = 0; i < CALLS / 2; i++) thread_switch(0, SWITCH_OPTION_NONE, 0);
  section_end();
  check_equals("the threads took turns", atomic.load<u32>(given), CALLS / 2);
  atomic.store<u32>(wanted, 0);
  thread_switch(0, SWITCH_OPTION_NONE, 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  if (has_argument("tsc")) time_by_counter();
  traps();
  kernel_calls();
  memory_calls();
  faults();
  ports();
  switches();
  thread_calls();
  task_calls();
  tasks();
  return finish();
}
