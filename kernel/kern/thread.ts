// Threads. A thread is made suspended, with a kernel stack of its own; the user registers of a thread that is not
// running in user mode are the saved state at the top of that stack.
import { IpcPort } from "../ipc/ipc_port";
import { SavedState } from "../i386/saved_state";
import { Task } from "./task";
import { Timer } from "./timer";

// Scheduling state bits.
/** On the run queue, running, or not yet switched away from. */
export const TH_RUN: u32 = 1;
/** Waiting for an event. */
export const TH_WAIT: u32 = 2;
/** The wait cannot be interrupted. */
export const TH_UNINT: u32 = 4;
/** Waits at the border to user mode, in a state that a debugger may change. */
export const TH_SUSP: u32 = 8;
/** Finished: never runs again. */
export const TH_HALTED: u32 = 16;

// Why a thread must not go to user mode yet (`ast`).
export const AST_TERMINATE: u32 = 1;
/** A floating-point error was reported by an interrupt. */
export const AST_FPU: u32 = 2;

/** Bytes kept of a thread's name, the ending 0 included. */
export const THREAD_NAME_SIZE: u32 = 64;

/** All fields are zero when a thread is made. The name's THREAD_NAME_SIZE bytes follow the structure. "link" is a queue.ts link of two words. */
@unmanaged
export class Thread {
  // Run queue or wait queue link: must stay first, so that a link's address is the thread's.
  links_next!: usize;
  links_prev!: usize;
  // Link in task.thread_list.
  thread_list_next!: usize;
  thread_list_prev!: usize;

  ref_count!: u32;
  task: Task = changetype<Task>(0);
  /** Lowest address of the kernel stack; its top is `kernel_stack + KERNEL_STACK_SIZE`. */
  kernel_stack!: usize;
  /** Kernel stack pointer while the thread is switched out. */
  kernel_sp!: usize;
  /** First function of a kernel thread (0: a user thread). */
  kernel_start!: usize;
  kernel_argument!: usize;

  state!: u32;
  ast!: u32;
  wait_event!: usize;
  wait_result!: i32;
  /** False once thread_terminate was called. */
  active!: u32;
  /** thread_suspend calls not yet undone; its task has another count. */
  suspend_count!: i32;
  /** Somebody waits (on the address of this field) for the thread to come to the border to user mode. */
  wake_active!: u32;

  /** The base; the worst while depressed. */
  priority!: i32;
  max_priority!: i32;
  /** Priority in force, and that of the run queue: see priority.ts. */
  sched_pri!: i32;
  /** Base to return to after thread_switch's depression; -1 when not depressed. */
  depress_priority!: i32;
  /** POLICY_*. */
  policy!: u32;
  /** Ticks of a time slice, and those left of the present one. */
  sched_quantum!: i32;
  quantum!: i32;
  /** Decaying usage, weighted with the load and not, as of second `sched_stamp`. */
  sched_usage!: u32;
  cpu_usage!: u32;
  sched_stamp!: u32;
  /** Second when the thread last woke up or was found running. */
  run_second!: u32;

  /** Clock ticks spent in user and in kernel mode, and the tick of creation. */
  user_ticks!: u32;
  system_ticks!: u32;
  creation_tick!: u32;

  // Wait timer and depression timer: laid out as class Timer of timer.ts.
  timer_next!: usize;
  timer_prev!: usize;
  timer_deadline!: u32;
  timer_action!: usize;
  timer_argument!: usize;
  depress_timer_next!: usize;
  depress_timer_prev!: usize;
  depress_timer_deadline!: u32;
  depress_timer_action!: usize;
  depress_timer_argument!: usize;

  // --- owned by kernel/ipc ---
  /** Link in a port's or message queue's list of waiting threads (ipc_thread.ts). */
  ith_next: Thread = changetype<Thread>(0);
  ith_prev: Thread = changetype<Thread>(0);
  /** mach_msg_return of the operation the thread waits in. */
  ith_state!: u32;
  /** ipc_kmsg handed over by the sender; 0 when it has put the message at ith_message. */
  ith_kmsg!: usize;
  /** Where the waiting receiver wants the message, in user memory; 0: it takes a kmsg only. */
  ith_message!: u32;
  /** Largest message the waiting receiver takes; size of the refused message for RCV_LARGE. */
  ith_msize!: u32;
  ith_seqno!: u32;
  /** Object (port or set) the thread waits on. */
  ith_object!: usize;
  ith_mqueue!: usize;
  ith_option!: u32;
  ith_scratch0!: usize;
  ith_scratch1!: usize;
  ith_scratch2!: usize;
  /** Kernel messages to be destroyed with the thread. */
  ith_messages!: usize;
  /** Reply port of the kernel's own RPCs. */
  ith_rpc_reply: IpcPort = changetype<IpcPort>(0);
  ith_mig_reply!: u32;
  /** Not a right: the port that names the thread. */
  ith_self: IpcPort = changetype<IpcPort>(0);
  /** Send right that mach_thread_self hands out. */
  ith_sself: IpcPort = changetype<IpcPort>(0);
  /** Send right: exceptions go there. */
  ith_exception: IpcPort = changetype<IpcPort>(0);

  /** See pc_sample.ts; 0 for none. */
  pc_samples!: usize;

  // --- owned by kernel/i386 ---
  /** What a switch must take care of: PCB_* of pcb_switch.ts. */
  pcb_special!: u32;
  /** Image of FNSAVE; 0 for a thread that has not used the unit. */
  fpu_state!: usize;
  /** Allocated when first set, 0 before: see user_ldt.ts, user_gdt.ts, debug_registers.ts. */
  user_ldt!: usize;
  user_gdt!: usize;
  debug_state!: usize;
  /** Flavor 4: kept for whoever asks. */
  v86_table!: u32;
  v86_count!: u32;

  // --- owned by kernel/vm ---
  /** Errors of the memory object seen by this thread's last fault. */
  vm_fault_error!: i32;
  /** The thread may use the pages that are kept for the kernel (thread_wire). */
  vm_privilege!: u32;
}

/** The user registers of a thread that is in the kernel. */
export function thread_user_state(thread: Thread): SavedState {
  return changetype<SavedState>(thread.kernel_stack + KERNEL_STACK_SIZE - offsetof<SavedState>());
}

/** Address of the thread's name: a byte string, empty unless one was given. */
export function thread_name(thread: Thread): usize {
  return changetype<usize>(thread) + offsetof<Thread>();
}

/** The thread that a link of its task's list belongs to. */
export function thread_of_list(link: usize): Thread {
  return changetype<Thread>(link - offsetof<Thread>("thread_list_next"));
}

/** The thread's link in its task's list. */
export function thread_list_link(thread: Thread): usize {
  return changetype<usize>(thread) + offsetof<Thread>("thread_list_next");
}

/** What threads that wait for `thread` to stop wait for. */
export function thread_stop_event(thread: Thread): usize {
  return changetype<usize>(thread) + offsetof<Thread>("wake_active");
}

/** Bounds the thread's wait. */
export function thread_timer(thread: Thread): Timer {
  return changetype<Timer>(changetype<usize>(thread) + offsetof<Thread>("timer_next"));
}

/** Ends the thread's priority depression. */
export function thread_depress_timer(thread: Thread): Timer {
  return changetype<Timer>(changetype<usize>(thread) + offsetof<Thread>("depress_timer_next"));
}

/** Bytes of a kernel stack. */
export const KERNEL_STACK_SIZE: usize = 8192;
