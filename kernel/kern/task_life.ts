// How tasks begin and end.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_TASK,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { BASEPRI_USER } from "../../abi/task_types";
import { io_bitmap_free } from "../i386/io_permission";
import { vm_kern_show_in } from "../vm/vm_kern";
import { vm_map_create, vm_map_deallocate, VmMap } from "../vm/vm_map";
import { vm_map_fork } from "../vm/vm_map_fork";
import { panic } from "./debug";
import {
  ipc_task_disable,
  ipc_task_enable,
  ipc_task_free,
  ipc_task_init,
  ipc_task_terminate,
} from "./ipc_tt";
import { task_report_essential, task_set_name } from "./names";
import { enqueue_tail, queue_first, queue_init, queue_next, remqueue } from "./queue";
import { pc_sample_free } from "./pc_sample";
import { emulation_inherit, emulation_release } from "./syscall_emulation";
import { Task, TASK_NAME_SIZE, task_name, task_threads_head } from "./task";
import { thread_of_list } from "./thread";
import { thread_kill } from "./thread_life";
import { notify_new_task } from "./task_notify";
import { clock_ticks } from "./timer";
import { zalloc, Zone, zone_create, zfree } from "./zone";
import { zone_collect_when_short } from "./zone_collect";

let task_zone: Zone = changetype<Zone>(0);
let the_kernel_task: Task = changetype<Task>(0);
/** All living tasks. */
const all_tasks: usize = memory.data(8);

/** Makes the kernel task: an empty user map, and the kernel's threads. */
export function task_init(): void {
  task_zone = zone_create(<u32>offsetof<Task>() + TASK_NAME_SIZE, "tasks");
  queue_init(all_tasks);
  const task = task_allocate(null, false);
  if (changetype<usize>(task) == 0) panic("task_init: no memory");
  the_kernel_task = task;
  vm_kern_show_in(task.map);
  task_set_name(task, KERNEL_TASK_NAME, 6);
}

/** "kernel" */
const KERNEL_TASK_NAME: usize = memory.data<u8>([0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c]);

/** The queue of all living tasks, linked by their first words. */
export function all_tasks_head(): usize {
  return all_tasks;
}

export function kernel_task(): Task {
  return the_kernel_task;
}

export function task_reference(task: Task): void {
  task.ref_count++;
}

/** Drops a reference; the last one, which only a dead task loses, frees its memory. */
export function task_deallocate(task: Task): void {
  if (--task.ref_count > 0) return;
  ipc_task_free(task);
  vm_map_deallocate(task.map);
  io_bitmap_free(task);
  emulation_release(task);
  pc_sample_free(changetype<usize>(task) + offsetof<Task>("pc_samples"));
  zfree(task_zone, changetype<usize>(task));
  zone_collect_when_short();
}

/** The first of all living tasks, in the order of their creation; it is the kernel's. Null behind the last. */
export function task_first(): Task {
  return task_of(queue_first(all_tasks));
}

export function task_next(task: Task): Task {
  return task_of(queue_next(changetype<usize>(task)));
}

function task_of(link: usize): Task {
  return changetype<Task>(link == all_tasks ? 0 : link);
}

/**
 * Makes a task, with the memory that `parent`'s inheritance attributes say or with none. Stores it at `child` with a
 * reference for the caller. KERN_INVALID_TASK, KERN_RESOURCE_SHORTAGE.
 */
export function task_create(parent: Task | null, inherit_memory: bool, child: usize): i32 {
  if (parent == null) return KERN_INVALID_TASK;
  const task = task_allocate(parent, inherit_memory);
  if (changetype<usize>(task) == 0) return KERN_RESOURCE_SHORTAGE;
  task.ref_count++;
  store<usize>(child, changetype<usize>(task));
  return KERN_SUCCESS;
}

/** A task with the one reference of its life; null when memory is short. */
function task_allocate(parent: Task | null, inherit_memory: bool): Task {
  let map: VmMap | null = null;
  if (parent != null && inherit_memory) map = vm_map_fork(parent.map);
  else map = vm_map_create();
  if (map == null) return changetype<Task>(0);
  const task = changetype<Task>(zalloc(task_zone));
  if (changetype<usize>(task) == 0) {
    vm_map_deallocate(map);
    return task;
  }
  task.ref_count = 1;
  task.active = 1;
  task.map = map;
  queue_init(task_threads_head(task));
  task.priority = BASEPRI_USER;
  task.max_priority = BASEPRI_USER;
  task.creation_tick = clock_ticks();
  if (parent != null) {
    task.priority = parent.priority;
    task.max_priority = parent.max_priority;
    memory.copy(task_name(task), task_name(parent), TASK_NAME_SIZE);
  }
  if (ipc_task_init(task, parent) != KERN_SUCCESS) {
    vm_map_deallocate(map);
    zfree(task_zone, changetype<usize>(task));
    return changetype<Task>(0);
  }
  if (parent != null) emulation_inherit(task, parent);
  ipc_task_enable(task);
  enqueue_tail(all_tasks, changetype<usize>(task));
  notify_new_task(task, parent);
  return task;
}

/** Ends a task: its ports die now, its threads when they come to the border to user mode, its memory with the last. */
export function task_terminate(task: Task | null): i32 {
  if (task == null || changetype<usize>(task) == changetype<usize>(the_kernel_task))
    return KERN_INVALID_ARGUMENT;
  if (!task.active) return KERN_FAILURE;
  task.active = 0;
  task_report_essential(task);
  remqueue(changetype<usize>(task));
  ipc_task_disable(task);
  const head = task_threads_head(task);
  for (let link = queue_first(head); link != head; link = queue_next(link)) thread_kill(thread_of_list(link));
  ipc_task_terminate(task);
  task_deallocate(task);
  return KERN_SUCCESS;
}
