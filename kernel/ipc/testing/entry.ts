// The module that host tests of IPC call: the IPC system over stand-ins for memory, scheduler and kernel objects.
import { Task } from "../../kern/task";
import { Thread } from "../../kern/thread";
import { ipc_space_invariants } from "../ipc_check";
import { ipc_bootstrap } from "../ipc_init";
import { ipc_kmsg_copyout_object } from "../ipc_kmsg_body";
import { ipc_port_alloc_kernel, ipc_port_make_send } from "../ipc_port";
import { ipc_space_create, ipc_space_destroy, ipc_space_release } from "../ipc_space";
import { kalloc, memory_in_use, set_allowance } from "./zone";
import { set_current_thread } from "./sched";

export {
  mach_port_allocate,
  mach_port_allocate_name,
  mach_port_clear_protected_payload,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_get_receive_status,
  mach_port_get_refs,
  mach_port_get_set_status,
  mach_port_get_srights,
  mach_port_mod_refs,
  mach_port_move_member,
  mach_port_names,
  mach_port_rename,
  mach_port_set_mscount,
  mach_port_set_protected_payload,
  mach_port_set_qlimit,
  mach_port_set_seqno,
  mach_port_type,
} from "../mach_port";
export {
  mach_port_extract_right,
  mach_port_insert_right,
  mach_port_request_notification,
} from "../mach_port";
export { ipc_object_copyin, ipc_object_destroy } from "../ipc_copyin";
export { mach_msg_slow, mach_msg_trap } from "../mach_msg";
export { memory_in_use, set_allowance, set_current_thread };

export function setup(): void {
  ipc_bootstrap();
}

/** A thread in a task with a name space of its own. */
export function make_thread(): usize {
  const task = changetype<Task>(kalloc(<u32>offsetof<Task>()));
  task.itk_space = ipc_space_create();
  return another_thread(changetype<usize>(task));
}

/** One more thread of a task. */
export function another_thread(task: usize): usize {
  const thread = changetype<Thread>(kalloc(<u32>offsetof<Thread>()));
  thread.task = changetype<Task>(task);
  return changetype<usize>(thread);
}

export function thread_task(thread: usize): usize {
  return changetype<usize>(changetype<Thread>(thread).task);
}

export function thread_space(thread: usize): usize {
  return changetype<usize>(changetype<Thread>(thread).task.itk_space);
}

/** Whether a thread waits for something that has not happened. */
export function thread_waits(thread: usize): bool {
  return changetype<Thread>(thread).state != 0;
}

/** The task of `thread` dies. */
export function kill_space(thread: usize): void {
  const space = changetype<Thread>(thread).task.itk_space;
  ipc_space_destroy(space);
  ipc_space_release(space);
  changetype<Thread>(thread).task.itk_space = ipc_space_create();
}

/** Gives the task of `thread` a send right to a fresh kernel port; its name. */
export function kernel_port(thread: usize, name: usize): u32 {
  const port = ipc_port_make_send(ipc_port_alloc_kernel());
  ipc_kmsg_copyout_object(changetype<Thread>(thread).task.itk_space, port, 17, name);
  return load<u32>(name);
}

/** 0 if all is as it must be in the space of `thread`, else the number of the broken rule. */
export function check(thread: usize): u32 {
  return ipc_space_invariants(changetype<Thread>(thread).task.itk_space);
}
