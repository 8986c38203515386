// The hostile program: tasks that make calls at random (lib/hostile), several at once and round after round, until so many
// have been made. After each round all of them are dead, and the kernel must hold exactly what it held before: elements
// of every zone, and pages.
//
//   argv: name, privileged host port, master device port, seed, calls, 1 if the tasks get the two ports as well
//
// A right to this program's own task and thread, and to the kernel's task, stands in each of the tasks under a name that
// calls do not pick: so a task that lists all tasks finds them by that name, and does not end its judge.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MSGH_ID,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_RECEIVE,
} from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { RB_HALT, RB_STATUS_SHIFT } from "../../abi/task_types";
import { VM_INHERIT_SHARE, VM_WIRE_CURRENT, VM_WIRE_FUTURE } from "../../abi/vm_types";
import { vm_wire_all } from "../generated/gnumach.generated";
import { task_create, thread_create, thread_terminate, vm_inherit } from "../generated/mach.generated";
import { host_reboot } from "../generated/mach_host.generated";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_insert_right,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import {
  mach_msg_trap,
  mach_thread_self,
  task_terminate_trap,
  thread_start_address,
  thread_switch,
} from "../lib/asm";
import { after_fork } from "../lib/fork";
import { hostile_begin, hostile_call } from "../lib/hostile";
import { holdings_differ, holdings_remember } from "../lib/holdings";
import { task_self } from "../lib/mach";
import { arg, format, print_flush } from "../lib/print";
import { random_seed } from "../lib/random";
import { parse_u32 } from "../lib/string";
import { end_other_tasks, keep_tasks, kept_task } from "../lib/tasks";
import { allocate_stack, start_thread, ThreadBody } from "../lib/threads";
import { PAGE_SIZE, vm_allocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

/** Tasks at once, and calls of each before it ends itself. */
const TASKS: u32 = 4;
const CALLS_EACH: u32 = 1500;
/** Milliseconds without a call after which a round is over, and the most that it may take, in such waits. */
const PATIENCE: u32 = 30;
const WAITS: u32 = 200;
/** Rounds before what the kernel holds is remembered: its own tables have grown by then. */
const WARM_UP: u32 = 0;
const PROGRESS: u32 = 10000;
const ROOM: u32 = 256;

// Names in a hostile task.
const NAME_HOST: u32 = 30;
const NAME_DEVICE: u32 = 31;
const NAME_SIBLING: u32 = 32;
const NAME_JUDGE: u32 = 60001;

let host: u32 = 0;
let device: u32 = 0;
let privileged: bool = false;
let notify: u32 = 0;
let thread_self: u32 = 0;
/** Shared with the tasks: how many calls each has made. */
let counters: u32 = 0;
let seed: u32 = 0;
let round: u32 = 0;
const stacks: usize = memory.data(16);
const tasks: usize = memory.data(16);

function cell(array: usize, index: u32): usize {
  return array + ((<usize>index) << 2);
}

/** What a hostile task runs. */
function be_hostile(index: u32): void {
  after_fork();
  random_seed(seed * 0x10001 + round * TASKS + index);
  hostile_begin(privileged ? NAME_HOST : 0, privileged ? NAME_DEVICE : 0);
  for (let calls: u32 = 0; calls < CALLS_EACH; calls++) {
    hostile_call();
    store<u32>(cell(counters, index), load<u32>(cell(counters, index)) + 1);
  }
  task_terminate_trap(task_self());
}

function give(task: u32, name: u32, port: u32): void {
  mach_port_insert_right(task, name, port, MACH_MSG_TYPE_COPY_SEND);
}

function start_task(index: u32): void {
  const slot = stackAlloc(4);
  store<u32>(cell(tasks, index), 0);
  if (task_create(task_self(), 1, slot) != 0) return;
  const task = load<u32>(slot);
  store<u32>(cell(tasks, index), task);
  give(task, NAME_JUDGE, thread_self);
  for (let kept: u32 = 0; kept_task(kept) != 0; kept++) give(task, NAME_JUDGE + 1 + kept, kept_task(kept));
  if (privileged) {
    give(task, NAME_HOST, host);
    give(task, NAME_DEVICE, device);
  }
  for (let other: u32 = 0; other < index; other++)
    give(task, NAME_SIBLING + other, load<u32>(cell(tasks, other)));
  mach_port_request_notification(
    task_self(),
    task,
    MACH_NOTIFY_DEAD_NAME,
    1,
    notify,
    MACH_MSG_TYPE_MAKE_SEND_ONCE,
    slot,
  );
  const stack = load<u32>(cell(stacks, index));
  const body = changetype<u32>(be_hostile as ThreadBody);
  store<u32>(slot, 0);
  start_thread(task, <u32>thread_start_address(), stack, body, index, slot);
  mach_port_destroy(task_self(), load<u32>(slot));
}

/** Waits for a notification; 0 if none comes in time, else its id. */
function next_notification(timeout: u32): u32 {
  const message = stackAlloc(ROOM);
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  if (mach_msg_trap(message, option, 0, ROOM, notify, timeout, 0) != MACH_MSG_SUCCESS) return 0;
  return load<u32>(message, MSGH_ID);
}

function calls_made(): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < TASKS; index++) sum += load<u32>(cell(counters, index));
  return sum;
}

/** Until all tasks are dead, or none makes a call any more. */
function wait_for_tasks(): void {
  let alive = TASKS;
  let before = calls_made();
  for (let waits: u32 = 0; waits < WAITS && alive > 0; waits++) {
    if (next_notification(PATIENCE) == MACH_NOTIFY_DEAD_NAME) {
      alive--;
      continue;
    }
    const now = calls_made();
    if (now == before) return;
    before = now;
  }
}

function end_tasks(): void {
  for (let index: u32 = 0; index < TASKS; index++) {
    const task = load<u32>(cell(tasks, index));
    if (task == 0) continue;
    task_terminate_trap(task);
    mach_port_destroy(task_self(), task);
  }
  end_other_tasks(host);
  while (next_notification(0) != 0);
}

function run_round(): void {
  for (let index: u32 = 0; index < TASKS; index++) start_task(index);
  wait_for_tasks();
  end_tasks();
}

/** Whether the kernel holds what it held; what is dying may take a little. */
function holds_the_same(): bool {
  for (let tries = 0; tries < 20; tries++) {
    if (!holdings_differ(host, tries == 19)) return true;
    end_other_tasks(host);
    thread_switch(0, SWITCH_OPTION_WAIT, 20);
  }
  arg(round);
  arg(seed);
  format("FAIL: the kernel holds something else after round %u of seed %u\n");
  return false;
}

/** Makes this program's own table of names as large as it will be: names that were freed are kept for later. */
function use_names(): void {
  const slot = stackAlloc(4);
  const first = next_name(slot);
  for (let count = 0; count < 80; count++) next_name(slot);
  for (let name = first; name <= first + 80; name++) mach_port_destroy(task_self(), name);
}

function next_name(slot: usize): u32 {
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_DEAD_NAME, slot);
  return load<u32>(slot);
}

/** The kernel keeps some stacks of threads that have died. */
function use_stacks(): void {
  const threads = stackAlloc(48);
  for (let index: u32 = 0; index < 12; index++) thread_create(task_self(), cell(threads, index));
  for (let index: u32 = 0; index < 12; index++) {
    thread_terminate(load<u32>(cell(threads, index)));
    mach_port_destroy(task_self(), load<u32>(cell(threads, index)));
  }
  thread_switch(0, SWITCH_OPTION_WAIT, 20);
}

function prepare(): bool {
  const slot = stackAlloc(4);
  keep_tasks(host);
  thread_self = mach_thread_self();
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot) != 0) return false;
  notify = load<u32>(slot);
  for (let index: u32 = 0; index < TASKS; index++) store<u32>(cell(stacks, index), allocate_stack());
  store<u32>(slot, 0);
  if (vm_allocate(task_self(), slot, PAGE_SIZE, 1) != 0) return false;
  counters = load<u32>(slot);
  vm_inherit(task_self(), counters, PAGE_SIZE, VM_INHERIT_SHARE);
  use_names();
  use_stacks();
  // Where memory is short this program must not need any.
  return vm_wire_all(host, task_self(), VM_WIRE_CURRENT | VM_WIRE_FUTURE) == 0;
}

function run(calls: u32): bool {
  if (!prepare()) return false;
  let shown: u32 = 0;
  for (; calls_made() < calls; round++) {
    if (round == WARM_UP) holdings_remember(host);
    run_round();
    if (round >= WARM_UP && !holds_the_same()) return false;
    if (calls_made() - shown < PROGRESS) continue;
    shown = calls_made();
    arg(shown);
    arg(round);
    format("%u calls in %u rounds\n");
    print_flush();
  }
  return true;
}

export function main(argc: i32, argv: usize): i32 {
  if (argc < 6) return 1;
  host = parse_u32(load<u32>(argv, 4));
  device = parse_u32(load<u32>(argv, 8));
  seed = parse_u32(load<u32>(argv, 12));
  privileged = parse_u32(load<u32>(argv, 20)) != 0;
  const good = run(parse_u32(load<u32>(argv, 16)));
  arg(calls_made());
  format(good ? "%u calls: nothing is lost\n" : "%u calls: FAILED\n");
  print_flush();
  host_reboot(host, RB_HALT | ((good ? 0 : <u32>1) << RB_STATUS_SHIFT));
  return 1;
}
