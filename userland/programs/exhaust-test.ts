// Takes all of something until the kernel refuses, each time in a task of its own that is then ended: the kernel must
// answer with a code or end the greedy task, nobody else may suffer, and what was taken must come back. Meant for a
// machine with little memory (8 MiB), where "all" is soon reached.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_TYPE_MAKE_SEND_ONCE, MACH_RCV_MSG, MACH_RCV_TIMEOUT } from "../../abi/mach_msg";
import { MACH_NOTIFY_DEAD_NAME, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { VM_STATS_FREE, VM_STATS_SIZE } from "../../abi/vm_types";
import {
  task_create,
  task_suspend,
  task_terminate,
  thread_create,
  vm_statistics,
} from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import { mach_msg_trap, thread_switch } from "../lib/asm";
import { begin_check, check, check_at_most } from "../lib/check";
import { after_fork } from "../lib/fork";
import { task_self } from "../lib/mach";
import { MAP_FAILED, MAP_PRIVATE, mmap, PROT_READ, PROT_WRITE } from "../lib/mman";
import { print, print_line } from "../lib/print";
import { begin, finish } from "../lib/process";
import { allocate_stack, run_thread } from "../lib/threads";
import { PAGE_SIZE } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const ROOM: u32 = 64;
/** How long a greedy task may take, in milliseconds. */
const PATIENCE: u32 = 60000;
/** More than a machine with little memory can give of anything. */
const MANY: u32 = 1000000;
const ARENA: u32 = 0x20000000;

const TOUCH: u32 = 0;
const ENTRIES: u32 = 1;
const PORTS: u32 = 2;
const TASKS: u32 = 3;
const THREADS: u32 = 4;
const KINDS: u32 = 5;

function kind_name(kind: u32): string {
  if (kind == TOUCH) return "pages";
  if (kind == ENTRIES) return "map entries";
  if (kind == PORTS) return "ports";
  return kind == TASKS ? "tasks" : "threads";
}

/** One more of a kind; false when the kernel refuses. Touching a page that cannot be had ends the task. */
function take(kind: u32, index: u32): bool {
  const slot = stackAlloc(4);
  if (kind == TOUCH) {
    const page = ARENA + index * PAGE_SIZE;
    if (mmap(page, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, 0) == MAP_FAILED) return false;
    store<u32>(page, index);
    return true;
  }
  if (kind == ENTRIES) {
    // Every other page: neighbours that could join would be no entries.
    return mmap(ARENA + index * 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED;
  }
  if (kind == PORTS) return mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot) == 0;
  if (kind == TASKS) return task_create(task_self(), 0, slot) == 0;
  return kind == THREADS && thread_create(task_self(), slot) == 0;
}

/** Tasks outlive the one that made them. Their ports' names are among the lowest ones. */
function end_tasks(count: u32): void {
  for (let name: u32 = 1; name < count + 8; name++) if (name != task_self()) task_terminate(name);
}

/** The greedy task: takes until it is refused, then ends itself. */
function be_greedy(kind: u32): void {
  after_fork();
  let taken: u32 = 0;
  while (taken < MANY && take(kind, taken)) taken++;
  if (kind == TASKS) end_tasks(taken);
  task_terminate(task_self());
}

function free_pages(): u32 {
  const statistics = stackAlloc(VM_STATS_SIZE);
  return vm_statistics(task_self(), statistics) == 0 ? load<u32>(statistics + VM_STATS_FREE) : 0;
}

/** Runs a greedy task to its end; false when it does not end. */
function run_greedy(kind: u32, stack: u32, notify: u32): bool {
  const slots = stackAlloc(8);
  if (task_create(task_self(), 1, slots) != 0) return false;
  const child = load<u32>(slots);
  mach_port_request_notification(
    task_self(),
    child,
    MACH_NOTIFY_DEAD_NAME,
    1,
    notify,
    MACH_MSG_TYPE_MAKE_SEND_ONCE,
    slots + 4,
  );
  let ended = run_thread(child, stack, be_greedy, kind) == 0;
  const message = stackAlloc(ROOM);
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  if (mach_msg_trap(message, option, 0, ROOM, notify, PATIENCE, 0) != 0) {
    ended = false;
    task_suspend(child);
    task_terminate(child);
  }
  mach_port_destroy(task_self(), child);
  // Whoever dies frees its last things on the way out.
  thread_switch(0, SWITCH_OPTION_WAIT, 50);
  return ended;
}

/** Pages may stay with the kernel's own caches after the first time, but not more with every time. */
const LEEWAY: u32 = 8;

function exhaust(kind: u32, stack: u32, notify: u32): void {
  const first = run_greedy(kind, stack, notify);
  begin_check(first);
  print("all ");
  print(kind_name(kind));
  print_line(" are taken, and the task ends");
  const before = free_pages();
  check("again", run_greedy(kind, stack, notify));
  const after = free_pages();
  check_at_most("pages lost", before > after ? before - after : 0, LEEWAY);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const slot = stackAlloc(4);
  const stack = allocate_stack();
  if (check("a stack", stack != 0) && mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot) == 0)
    for (let kind: u32 = 0; kind < KINDS; kind++) exhaust(kind, stack, load<u32>(slot));
  return finish();
}
