// The processor set: there is one, the default set, which has the processor and all tasks and threads. It stays.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  BASEPRI_SYSTEM,
  POLICY_TIMESHARE,
  PROCESSOR_SET_BASIC_INFO,
  PROCESSOR_SET_BASIC_INFO_COUNT,
  PROCESSOR_SET_SCHED_INFO,
  PROCESSOR_SET_SCHED_INFO_COUNT,
  PSET_INFO_LOAD_AVERAGE,
  PSET_INFO_MACH_FACTOR,
  PSET_INFO_MAX_PRIORITY,
  PSET_INFO_POLICIES,
  PSET_INFO_PROCESSOR_COUNT,
  PSET_INFO_TASK_COUNT,
  PSET_INFO_THREAD_COUNT,
} from "../../abi/task_types";
import { ipc_port_alloc_kernel, ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import { host_name_port } from "./host";
import { ipc_kobject_get, ipc_kobject_set, IKOT_PSET, IKOT_PSET_NAME } from "./ipc_kobject";
import { convert_task_to_port, convert_thread_to_port } from "./ipc_tt";
import { set_load_average, set_mach_factor } from "./load";
import { list_of_one, processor_list } from "./processor";
import { queue_first, queue_next } from "./queue";
import { PRIORITIES } from "./sched";
import { Task, task_threads_head } from "./task";
import { task_first, task_next, task_reference } from "./task_life";
import { Thread, thread_of_list } from "./thread";
import { thread_set_max_priority, thread_set_policy } from "./thread_control";
import { thread_reference } from "./thread_life";
import { policies_enabled, policies_set, policy_valid } from "./thread_policy";
import { kalloc } from "./zone";

let control_port: IpcPort = changetype<IpcPort>(0);
let name_port: IpcPort = changetype<IpcPort>(0);
/** The best priority that new threads may have. */
let max_priority: i32 = BASEPRI_SYSTEM;

export function processor_set_init(): void {
  control_port = ipc_port_alloc_kernel();
  name_port = ipc_port_alloc_kernel();
  ipc_kobject_set(control_port, changetype<usize>(control_port), IKOT_PSET);
  ipc_kobject_set(name_port, changetype<usize>(name_port), IKOT_PSET_NAME);
}

/** 1 for the control port, else 0. */
export function convert_port_to_pset(port: IpcPort): u32 {
  return ipc_kobject_get(port, IKOT_PSET) ? 1 : 0;
}

/** 1 for either port, else 0. */
export function convert_port_to_pset_name(port: IpcPort): u32 {
  return convert_port_to_pset(port) || ipc_kobject_get(port, IKOT_PSET_NAME) ? 1 : 0;
}

/** The name port (no right). */
export function default_set_name(): IpcPort {
  return name_port;
}

export function set_max_priority(): i32 {
  return max_priority;
}

function store_right(port: IpcPort, cell: usize): i32 {
  store<usize>(cell, changetype<usize>(ipc_port_make_send(port)));
  return KERN_SUCCESS;
}

// --- finding it ---

export function processor_set_default(set: usize): i32 {
  return store_right(name_port, set);
}

export function host_processor_sets(list: usize, count: usize): i32 {
  return list_of_one(name_port, list, count);
}

export function host_processor_set_priv(name: u32, set: usize): i32 {
  return name == 0 ? KERN_INVALID_ARGUMENT : store_right(control_port, set);
}

export function thread_get_assignment(thread: Thread | null, set: usize): i32 {
  return thread == null ? KERN_INVALID_ARGUMENT : store_right(name_port, set);
}

export function task_get_assignment(task: Task | null, set: usize): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  return task.active ? store_right(name_port, set) : KERN_FAILURE;
}

// --- there are no others ---

export function processor_set_create(set: usize, name: usize): i32 {
  return KERN_FAILURE;
}

export function processor_set_destroy(): i32 {
  return KERN_FAILURE;
}

export function thread_assign(thread: Thread | null, set: u32): i32 {
  return thread == null || set == 0 ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}

export function thread_assign_default(thread: Thread | null): i32 {
  return thread_assign(thread, 1);
}

export function task_assign(task: Task | null, set: u32, assign_threads: bool): i32 {
  return task == null || set == 0 ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}

export function task_assign_default(task: Task | null, assign_threads: bool): i32 {
  return task_assign(task, 1, assign_threads);
}

// --- what is in it ---

function count_tasks(): u32 {
  let count: u32 = 0;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task)) count++;
  return count;
}

export function count_threads(): u32 {
  let count: u32 = 0;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task))
    count += task.thread_count;
  return count;
}

/** The cell `count` holds the room at `info` in words, and gets the words written. KERN_FAILURE: too little room. */
export function processor_set_info(flavor: i32, host: usize, info: usize, count: usize): i32 {
  let words: u32 = 0;
  if (flavor == PROCESSOR_SET_BASIC_INFO) words = PROCESSOR_SET_BASIC_INFO_COUNT;
  else if (flavor == PROCESSOR_SET_SCHED_INFO) words = PROCESSOR_SET_SCHED_INFO_COUNT;
  else return KERN_INVALID_ARGUMENT;
  if (load<u32>(count) < words) return KERN_FAILURE;
  store<u32>(count, words);
  if (flavor == PROCESSOR_SET_SCHED_INFO) {
    store<u32>(info, policies_enabled(), PSET_INFO_POLICIES);
    store<i32>(info, max_priority, PSET_INFO_MAX_PRIORITY);
  } else {
    store<u32>(info, 1, PSET_INFO_PROCESSOR_COUNT);
    store<u32>(info, count_tasks(), PSET_INFO_TASK_COUNT);
    store<u32>(info, count_threads(), PSET_INFO_THREAD_COUNT);
    store<u32>(info, set_load_average(), PSET_INFO_LOAD_AVERAGE);
    store<u32>(info, set_mach_factor(), PSET_INFO_MACH_FACTOR);
  }
  return store_right(host_name_port(), host);
}

export function processor_set_processors(list: usize, count: usize): i32 {
  return processor_list(list, count);
}

/** Kernel arrays of send rights, one for each task. */
export function processor_set_tasks(list: usize, count: usize): i32 {
  const number = count_tasks();
  const array = kalloc(number << 2);
  if (array == 0) return KERN_RESOURCE_SHORTAGE;
  let at = array;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task)) {
    task_reference(task);
    store<usize>(at, changetype<usize>(convert_task_to_port(task)));
    at += 4;
  }
  store<usize>(list, array);
  store<u32>(count, number);
  return KERN_SUCCESS;
}

/** As processor_set_tasks; the kernel's own threads have no ports, and show as null. */
export function processor_set_threads(list: usize, count: usize): i32 {
  const number = count_threads();
  const array = kalloc(number << 2);
  if (array == 0) return KERN_RESOURCE_SHORTAGE;
  let at = array;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task)) {
    const head = task_threads_head(task);
    for (let link = queue_first(head); link != head; link = queue_next(link)) {
      const thread = thread_of_list(link);
      thread_reference(thread);
      store<usize>(at, changetype<usize>(convert_thread_to_port(thread)));
      at += 4;
    }
  }
  store<usize>(list, array);
  store<u32>(count, number);
  return KERN_SUCCESS;
}

// --- priorities and policies ---

/** With `change_threads` no thread keeps a better maximum. */
export function processor_set_max_priority(priority: i32, change_threads: bool): i32 {
  if (priority < 0 || priority >= PRIORITIES) return KERN_INVALID_ARGUMENT;
  max_priority = priority;
  if (!change_threads) return KERN_SUCCESS;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task)) {
    const head = task_threads_head(task);
    for (let link = queue_first(head); link != head; link = queue_next(link)) {
      const thread = thread_of_list(link);
      if (thread.kernel_start == 0 && thread.max_priority < priority)
        thread_set_max_priority(thread, priority);
    }
  }
  return KERN_SUCCESS;
}

/** The set's control port permits any maximum. */
export function thread_max_priority(thread: Thread | null, set: u32, priority: i32): i32 {
  if (thread == null || set == 0 || priority < 0 || priority >= PRIORITIES) return KERN_INVALID_ARGUMENT;
  thread_set_max_priority(thread, priority);
  return KERN_SUCCESS;
}

export function processor_set_policy_enable(policy: u32): i32 {
  if (!policy_valid(policy)) return KERN_INVALID_ARGUMENT;
  policies_set(policies_enabled() | policy);
  return KERN_SUCCESS;
}

/** With `change_threads` threads of that policy become timesharing ones. */
export function processor_set_policy_disable(policy: u32, change_threads: bool): i32 {
  if (!policy_valid(policy) || policy == <u32>POLICY_TIMESHARE) return KERN_INVALID_ARGUMENT;
  policies_set(policies_enabled() & ~policy);
  if (!change_threads) return KERN_SUCCESS;
  for (let task = task_first(); changetype<usize>(task) != 0; task = task_next(task)) {
    const head = task_threads_head(task);
    for (let link = queue_first(head); link != head; link = queue_next(link)) {
      const thread = thread_of_list(link);
      if (thread.policy == policy) thread_set_policy(thread, POLICY_TIMESHARE, 0);
    }
  }
  return KERN_SUCCESS;
}
