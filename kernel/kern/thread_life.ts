// How threads begin and end.
import { EFL_IF, USER_CS, USER_DS } from "../../abi/i386";
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_PORT_NULL } from "../../abi/mach_port";
import { POLICY_FIXEDPRI, POLICY_TIMESHARE } from "../../abi/task_types";
import { thread_bootstrap_address } from "../i386/asm";
import { fpu_discard } from "../i386/fpu";
import { io_bitmap_inherit } from "../i386/io_permission";
import { pcb_free } from "../i386/pcb";
import { SavedState } from "../i386/saved_state";
import { mach_port_deallocate, mach_port_destroy } from "../ipc/mach_port";
import { kmem_alloc_guarded, kmem_free, stack_map } from "../vm/vm_kern";
import { vm_deallocate } from "../vm/vm_user";
import { KernelThread } from "./ast";
import { ast_on } from "./ast_needed";
import { panic } from "./debug";
import { ipc_thread_disable, ipc_thread_enable, ipc_thread_init, ipc_thread_terminate } from "./ipc_tt";
import { pc_sample_free } from "./pc_sample";
import { usage_init } from "./priority";
import { set_max_priority } from "./processor_set";
import { dequeue_head, enqueue_tail, queue_init, remqueue } from "./queue";
import {
  assert_wait,
  clear_wait,
  current_thread,
  QUANTUM,
  thread_block,
  thread_wakeup,
  THREAD_INTERRUPTED,
} from "./sched";
import { Task, task_threads_head } from "./task";
import { task_deallocate, task_reference } from "./task_life";
import {
  AST_TERMINATE,
  KERNEL_STACK_SIZE,
  TH_HALTED,
  TH_SUSP,
  TH_WAIT,
  Thread,
  THREAD_NAME_SIZE,
  thread_depress_timer,
  thread_list_link,
  thread_stop_event,
  thread_user_state,
} from "./thread";
import { clock_ticks, timer_cancel } from "./timer";
import { zalloc, Zone, zone_create, zfree } from "./zone";

/** Kernel stacks kept for the next thread, linked through their first word. */
const STACK_CACHE: u32 = 8;
/** Words that switch_context pops before it returns. */
const SWITCH_SAVED: usize = 16;

let thread_zone: Zone = changetype<Zone>(0);
let free_stacks: usize = 0;
let free_stack_count: u32 = 0;
/** Dead threads that wait for the reaper. */
const reaper_queue: usize = memory.data(8);

export function thread_init(): void {
  thread_zone = zone_create(<u32>offsetof<Thread>() + THREAD_NAME_SIZE, "threads");
  queue_init(reaper_queue);
}

export function thread_reference(thread: Thread): void {
  thread.ref_count++;
}

/** Drops a reference; the last one, which only a dead thread loses, frees the thread. */
export function thread_deallocate(thread: Thread): void {
  if (--thread.ref_count > 0) return;
  if (thread.kernel_stack != 0) stack_free(thread.kernel_stack);
  pcb_free(thread);
  pc_sample_free(changetype<usize>(thread) + offsetof<Thread>("pc_samples"));
  task_deallocate(thread.task);
  zfree(thread_zone, changetype<usize>(thread));
}

// --- creation ---

/**
 * Makes a thread in `task` with suspend count 1 and the registers of a fresh user thread. Stores it at `child` with a
 * reference for the caller. KERN_INVALID_ARGUMENT, KERN_FAILURE (the task is dead), KERN_RESOURCE_SHORTAGE.
 */
export function thread_create(task: Task | null, child: usize): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  if (!task.active) return KERN_FAILURE;
  const thread = thread_allocate(task);
  if (changetype<usize>(thread) == 0) return KERN_RESOURCE_SHORTAGE;
  if (ipc_thread_init(thread) != KERN_SUCCESS) {
    thread_discard(thread);
    return KERN_RESOURCE_SHORTAGE;
  }
  thread.suspend_count = 1;
  ipc_thread_enable(thread);
  store<usize>(child, changetype<usize>(thread));
  return KERN_SUCCESS;
}

/** A stopped thread, with two references: its life's and the caller's. Null when memory is short. */
function thread_allocate(task: Task): Thread {
  const stack = stack_alloc();
  if (stack == 0) return changetype<Thread>(0);
  const thread = changetype<Thread>(zalloc(thread_zone));
  if (changetype<usize>(thread) == 0) {
    stack_free(stack);
    return thread;
  }
  thread.ref_count = 2;
  thread.active = 1;
  thread.task = task;
  thread.kernel_stack = stack;
  thread.state = TH_WAIT | TH_SUSP;
  thread.max_priority = max<i32>(task.max_priority, set_max_priority());
  thread.priority = max<i32>(task.priority, thread.max_priority);
  thread.sched_pri = thread.priority;
  thread.depress_priority = -1;
  thread.policy = POLICY_TIMESHARE;
  thread.sched_quantum = QUANTUM;
  usage_init(thread);
  thread.creation_tick = clock_ticks();
  thread_setup_stack(thread);
  io_bitmap_inherit(thread);
  task_reference(task);
  enqueue_tail(task_threads_head(task), thread_list_link(thread));
  task.thread_count++;
  return thread;
}

/** Undoes thread_allocate. */
function thread_discard(thread: Thread): void {
  remqueue(thread_list_link(thread));
  thread.task.thread_count--;
  thread.ref_count = 1;
  thread_deallocate(thread);
}

/** Fresh user registers at the stack's top, and below them what switch_context pops. */
function thread_setup_stack(thread: Thread): void {
  const user = thread_user_state(thread);
  memory.fill(changetype<usize>(user), 0, offsetof<SavedState>());
  user.cs = USER_CS;
  user.ss = USER_DS;
  user.ds = USER_DS;
  user.es = USER_DS;
  user.fs = USER_DS;
  user.gs = USER_DS;
  user.efl = EFL_IF;
  const bootstrap = changetype<usize>(user) - 4;
  store<usize>(bootstrap, thread_bootstrap_address());
  memory.fill(bootstrap - SWITCH_SAVED, 0, SWITCH_SAVED);
  thread.kernel_sp = bootstrap - SWITCH_SAVED;
}

/** Starts a thread that runs `body(argument)` in the kernel and ends when that returns. Panics without memory. */
export function kernel_thread(task: Task, body: KernelThread, argument: usize, priority: i32): void {
  const thread = thread_allocate(task);
  if (changetype<usize>(thread) == 0) {
    panic("kernel_thread: no memory");
    return;
  }
  thread.kernel_start = changetype<usize>(body);
  thread.kernel_argument = argument;
  thread.policy = POLICY_FIXEDPRI;
  thread.priority = priority;
  thread.sched_pri = priority;
  clear_wait(thread, 0, false);
  thread_deallocate(thread);
}

/** The thread that start-up runs as, on the boot stub's stack. */
export function thread_adopt_boot(task: Task): Thread {
  const thread = changetype<Thread>(zalloc(thread_zone));
  thread.ref_count = 1;
  thread.active = 1;
  thread.task = task;
  thread.policy = POLICY_FIXEDPRI;
  thread.depress_priority = -1;
  thread.sched_quantum = QUANTUM;
  task_reference(task);
  return thread;
}

/** Kernel stacks that no thread uses. */
export function thread_spare_stacks(): u32 {
  return free_stack_count;
}

function stack_alloc(): usize {
  if (free_stack_count == 0) return kmem_alloc_guarded(stack_map, <u32>KERNEL_STACK_SIZE);
  const stack = free_stacks;
  free_stacks = load<usize>(stack);
  free_stack_count--;
  return stack;
}

function stack_free(stack: usize): void {
  if (free_stack_count == STACK_CACHE) {
    kmem_free(stack_map, stack, <u32>KERNEL_STACK_SIZE);
    return;
  }
  store<usize>(stack, free_stacks);
  free_stacks = stack;
  free_stack_count++;
}

// --- the end ---

/** Ends a thread. Another thread is gone by the time this returns, unless the caller was interrupted. */
export function thread_terminate(thread: Thread | null): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  if (!thread.active) return KERN_FAILURE;
  thread_kill(thread);
  if (changetype<usize>(thread) == changetype<usize>(current_thread())) return KERN_SUCCESS;
  thread_reference(thread);
  while (!(thread.state & TH_HALTED)) {
    thread.wake_active = 1;
    assert_wait(thread_stop_event(thread), true);
    if (thread_block() == THREAD_INTERRUPTED) break;
  }
  thread_deallocate(thread);
  return KERN_SUCCESS;
}

/**
 * How a thread frees its own stack: gives up two names of `task` (`reply_port` may be null) and a range of its memory, then
 * ends the thread.
 */
export function thread_terminate_release(
  thread: Thread | null,
  task: Task | null,
  thread_name: u32,
  reply_port: u32,
  address: u32,
  size: u32,
): i32 {
  if (thread == null || task == null) return KERN_INVALID_ARGUMENT;
  mach_port_deallocate(task.itk_space, thread_name);
  if (reply_port != MACH_PORT_NULL) mach_port_destroy(task.itk_space, reply_port);
  if (address != 0 || size != 0) vm_deallocate(task.map, address, size);
  return thread_terminate(thread);
}

/** Makes sure that `thread` dies at the border to user mode, and goes there. */
export function thread_kill(thread: Thread): void {
  if (!thread.active) return;
  thread.active = 0;
  thread.ast |= AST_TERMINATE;
  ast_on();
  ipc_thread_disable(thread);
  clear_wait(thread, THREAD_INTERRUPTED, true);
}

/** The current thread dies here. */
export function thread_terminate_self(): void {
  const self = current_thread();
  const task = self.task;
  self.active = 0;
  timer_cancel(thread_depress_timer(self));
  fpu_discard(self);
  ipc_thread_terminate(self);
  remqueue(thread_list_link(self));
  task.thread_count--;
  task.total_user_ticks += self.user_ticks;
  task.total_system_ticks += self.system_ticks;
  self.state = TH_HALTED;
  if (self.wake_active) thread_wakeup(thread_stop_event(self));
  // The reaper cannot run before this thread is off the processor, and so off its stack.
  enqueue_tail(reaper_queue, changetype<usize>(self));
  thread_wakeup(reaper_queue);
  thread_block();
  unreachable();
}

/** Kernel thread that frees dead threads, and with the last of a task its memory. */
export function reaper_thread(_argument: usize): void {
  for (;;) {
    const link = dequeue_head(reaper_queue);
    if (link != 0) {
      thread_deallocate(changetype<Thread>(link));
      continue;
    }
    assert_wait(reaper_queue, false);
    thread_block();
  }
}
