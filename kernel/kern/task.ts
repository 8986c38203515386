// Tasks: an address space, a port name space, and threads.
import { IpcPort } from "../ipc/ipc_port";
import { IpcSpace } from "../ipc/ipc_space";
import { VmMap } from "../vm/vm_map";

/** Bytes kept of a task's name, the ending 0 included. */
export const TASK_NAME_SIZE: u32 = 64;

/** All fields are zero when a task is made. The name's TASK_NAME_SIZE bytes follow the structure. */
@unmanaged
export class Task {
  // Link in the list of all tasks: must stay first.
  tasks_next!: usize;
  tasks_prev!: usize;

  ref_count!: u32;
  /** False once task_terminate was called. */
  active!: u32;
  map: VmMap = changetype<VmMap>(0);

  /** Head of the queue of threads (linked by thread_list_next). */
  thread_list_next!: usize;
  thread_list_prev!: usize;
  thread_count!: u32;

  /** task_suspend calls not yet undone: the threads stay out of user mode while this is not 0. */
  suspend_count!: i32;
  /** Of new threads: the priority, and the best that they may have. */
  priority!: i32;
  max_priority!: i32;
  /** Its end is told on the console. */
  essential!: u32;

  /** Times of threads that are gone, in ticks; tick of creation. */
  total_user_ticks!: u32;
  total_system_ticks!: u32;
  creation_tick!: u32;

  // --- task_events_info; kept by kernel/vm and kernel/ipc ---
  faults!: u32;
  zero_fills!: u32;
  reactivations!: u32;
  pageins!: u32;
  cow_faults!: u32;
  messages_sent!: u32;
  messages_received!: u32;

  /** Handlers of emulated system calls (syscall_emulation.ts) and sampled program counters (pc_sample.ts); 0 for none. */
  emulation!: usize;
  pc_samples!: usize;

  // --- owned by kernel/i386 ---
  /** I/O permission bitmap, 0 for a task that may use no port: see io_permission.ts. */
  io_bitmap!: usize;

  // --- owned by kernel/ipc (ipc_tt.ts) ---
  itk_space: IpcSpace = changetype<IpcSpace>(0);
  /** Not a right: the port that names the task. */
  itk_self: IpcPort = changetype<IpcPort>(0);
  /** Send right that mach_task_self hands out. */
  itk_sself: IpcPort = changetype<IpcPort>(0);
  /** Send rights. */
  itk_exception: IpcPort = changetype<IpcPort>(0);
  itk_bootstrap: IpcPort = changetype<IpcPort>(0);
  itk_registered0: IpcPort = changetype<IpcPort>(0);
  itk_registered1: IpcPort = changetype<IpcPort>(0);
  itk_registered2: IpcPort = changetype<IpcPort>(0);
  itk_registered3: IpcPort = changetype<IpcPort>(0);
}

/** Head of the queue of the task's threads. */
export function task_threads_head(task: Task): usize {
  return changetype<usize>(task) + offsetof<Task>("thread_list_next");
}

/** Address of the task's name: a 0-terminated byte string. */
export function task_name(task: Task): usize {
  return changetype<usize>(task) + offsetof<Task>();
}
