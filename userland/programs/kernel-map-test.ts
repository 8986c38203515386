// The kernel's own map under load: several tasks ask for lists so long that the kernel takes them from its map, while threads
// and their stacks come and go. Afterwards the map is what it was.
import { stackAlloc } from "../../guest/i386";
import { MACH_PORT_RIGHT_RECEIVE, MACH_PORT_TYPE_DEAD_NAME } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { task_terminate, thread_terminate } from "../generated/mach.generated";
import { mach_port_allocate, mach_port_deallocate, mach_port_names } from "../generated/mach_port.generated";
import { thread_switch } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { after_fork, fork_server } from "../lib/fork";
import { task_self } from "../lib/mach";
import { type_of } from "../lib/ports";
import { begin, finish, host_port } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { kernel_task } from "../lib/tasks";
import { spawn_thread } from "../lib/threads";
import { vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const KERNEL_END: u32 = 0xfffff000;
/** More than a page of names. */
const PORTS: u32 = 1500;
const CALLS: u32 = 12;
const LISTERS: u32 = 3;
const THREADS: u32 = 24;
/** The kernel keeps some stacks for the next threads. */
const SPARE_STACKS: u32 = 8;
/** Turns of 10 ms until everybody must be done. */
const TURNS: u32 = 5000;
const children: usize = memory.data(12);

/** Makes many ports, lists them over and over, and says so by ending. */
function lister(_service: u32): void {
  after_fork();
  const cells = stackAlloc(16);
  for (let i: u32 = 0; i < PORTS; i++) mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cells);
  for (let i: u32 = 0; i < CALLS; i++) {
    if (mach_port_names(task_self(), cells, cells + 4, cells + 8, cells + 12) != 0) break;
    if (load<u32>(cells, 4) < PORTS || load<u32>(cells, 4) != load<u32>(cells, 12)) break;
    vm_deallocate(task_self(), load<u32>(cells), load<u32>(cells, 4) << 2);
    vm_deallocate(task_self(), load<u32>(cells, 8), load<u32>(cells, 12) << 2);
    if (i == CALLS - 1) task_terminate(task_self());
  }
  // What went wrong shows: this task does not end.
  for (;;) thread_switch(0, SWITCH_OPTION_WAIT, 1000);
}

function idler(_argument: u32): void {
  for (;;) thread_switch(0, SWITCH_OPTION_WAIT, 1000);
}

/** Threads, each on a kernel stack of its own, come all at once and go one by one. */
function threads_come_and_go(): bool {
  const threads = stackAlloc(4 * THREADS);
  let good: bool = true;
  for (let i: u32 = 0; i < THREADS; i++) {
    const thread = spawn_thread(idler, 0);
    store<u32>(threads + (i << 2), thread);
    if (thread == 0) good = false;
  }
  thread_switch(0, SWITCH_OPTION_WAIT, 10);
  for (let i: u32 = 0; i < THREADS; i++) {
    const thread = load<u32>(threads + (((i * 7) % THREADS) << 2));
    if (thread_terminate(thread) != 0) good = false;
    mach_port_deallocate(task_self(), thread);
  }
  return good;
}

function is_dead(task: u32): bool {
  return (type_of(task) & MACH_PORT_TYPE_DEAD_NAME) != 0;
}

function listers_ended(): bool {
  for (let i: u32 = 0; i < LISTERS; i++) if (!is_dead(load<u32>(children + (i << 2)))) return false;
  return true;
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const kernel = kernel_task(host_port);
  check("the kernel's task shows its memory", kernel != 0);
  const before = count_entries_of(kernel, USER_END, KERNEL_END);
  check("which has entries", before > 0);
  const service = stackAlloc(4);
  for (let i: u32 = 0; i < LISTERS; i++)
    check_equals("a task that lists its ports", fork_server(lister, children + (i << 2), service), 0);
  let good: bool = true;
  let turns: u32 = 0;
  for (; turns < TURNS && !listers_ended(); turns++) {
    if (turns < 8 && !threads_come_and_go()) good = false;
    thread_switch(0, SWITCH_OPTION_WAIT, 10);
  }
  check("threads come and go meanwhile", good);
  check("every list was whole", listers_ended());
  thread_switch(0, SWITCH_OPTION_WAIT, 50);
  const after = count_entries_of(kernel, USER_END, KERNEL_END);
  check("nothing remains in the kernel's map but spare stacks", after <= before + SPARE_STACKS);
  return finish();
}
