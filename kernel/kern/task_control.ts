// Calls on tasks: stopping, information, threads.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_NO_ACCESS,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  TASK_BASIC_INFO,
  TASK_BASIC_INFO_COUNT,
  TASK_BASIC_INFO_OLD_COUNT,
  TASK_EVENTS_INFO,
  TASK_EVENTS_INFO_COUNT,
  TASK_INFO_BASE_PRIORITY,
  TASK_INFO_CREATION_TIME,
  TASK_INFO_CREATION_TIME64,
  TASK_INFO_RESIDENT_SIZE,
  TASK_INFO_SUSPEND_COUNT,
  TASK_INFO_SYSTEM_TIME,
  TASK_INFO_SYSTEM_TIME64,
  TASK_INFO_USER_TIME,
  TASK_INFO_USER_TIME64,
  TASK_INFO_VIRTUAL_SIZE,
  TASK_THREAD_TIMES_INFO,
  TASK_THREAD_TIMES_INFO_COUNT,
  TASK_THREAD_TIMES_INFO_OLD_COUNT,
} from "../../abi/task_types";
import { PAGE_SHIFT } from "../i386/vm_param";
import { ast_on } from "./ast_needed";
import { convert_thread_to_port } from "./ipc_tt";
import { set_max_priority } from "./processor_set";
import { queue_first, queue_next } from "./queue";
import { PRIORITIES } from "./sched";
import { Task, task_threads_head } from "./task";
import { thread_of_list } from "./thread";
import { thread_priority, thread_release, thread_set_max_priority } from "./thread_control";
import { thread_reference } from "./thread_life";
import { put_creation_time, put_creation_time64, put_time, put_time64 } from "./time_value";
import { kalloc } from "./zone";

/** Counts one suspension; with the first all threads stop before their next user instruction. */
export function task_suspend(task: Task | null): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  if (!task.active) return KERN_FAILURE;
  task.suspend_count++;
  ast_on();
  return KERN_SUCCESS;
}

/** Undoes one task_suspend. KERN_FAILURE when there is none to undo. */
export function task_resume(task: Task | null): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  if (!task.active || task.suspend_count == 0) return KERN_FAILURE;
  task.suspend_count--;
  const head = task_threads_head(task);
  for (let link = queue_first(head); link != head; link = queue_next(link))
    thread_release(thread_of_list(link));
  return KERN_SUCCESS;
}

/** Restartable atomic sequences: for processors without atomic instructions, which an i386 is not. */
export function task_ras_control(task: Task | null, _base: u32, _bounds: u32, _flavor: i32): i32 {
  return task == null ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}

/** Priority of new threads, and with `change_threads` of all. */
export function task_priority(task: Task | null, priority: i32, change_threads: bool): i32 {
  if (task == null || priority < 0 || priority >= PRIORITIES) return KERN_INVALID_ARGUMENT;
  if (priority < task.max_priority) return KERN_NO_ACCESS;
  task.priority = priority;
  let result = KERN_SUCCESS;
  const head = task_threads_head(task);
  for (let link = queue_first(head); change_threads && link != head; link = queue_next(link)) {
    if (thread_priority(thread_of_list(link), priority, false) != KERN_SUCCESS) result = KERN_FAILURE;
  }
  return result;
}

/**
 * Sets the best priority of the task's threads to come; its own priority is no better, and equal with `set_priority`. With
 * `change_threads` its threads follow. KERN_NO_ACCESS: a better one than now, and not `privileged`.
 */
export function task_set_max_priority(
  task: Task | null,
  privileged: bool,
  max_priority: i32,
  set_priority: bool,
  change_threads: bool,
): i32 {
  if (task == null || max_priority < 0 || max_priority >= PRIORITIES) return KERN_INVALID_ARGUMENT;
  if (max_priority < task.max_priority && !privileged) return KERN_NO_ACCESS;
  task.max_priority = max_priority;
  if (max_priority > task.priority || set_priority) task.priority = max_priority;
  const head = task_threads_head(task);
  for (let link = queue_first(head); change_threads && link != head; link = queue_next(link)) {
    const thread = thread_of_list(link);
    const best = max<i32>(max_priority, set_max_priority());
    thread_set_max_priority(thread, best);
    if (set_priority) thread_priority(thread, best, false);
  }
  return KERN_SUCCESS;
}

/**
 * Stores at `list` the address of a kalloc'ed array of send rights (IpcPort), one for each thread, and at `count` how
 * many there are. An empty list has address 0.
 */
export function task_threads(task: Task | null, list: usize, count: usize): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  if (!task.active) return KERN_FAILURE;
  store<u32>(count, task.thread_count);
  store<usize>(list, 0);
  if (task.thread_count == 0) return KERN_SUCCESS;
  const ports = kalloc(task.thread_count << 2);
  if (ports == 0) return KERN_RESOURCE_SHORTAGE;
  let at = ports;
  const head = task_threads_head(task);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    const thread = thread_of_list(link);
    thread_reference(thread);
    store<usize>(at, changetype<usize>(convert_thread_to_port(thread)));
    at += 4;
  }
  store<usize>(list, ports);
  return KERN_SUCCESS;
}

/** The cell `count` holds the room at `info` in words, and gets the words written. */
export function task_info(task: Task | null, flavor: i32, info: usize, count: usize): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  const words = info_words(flavor, load<u32>(count));
  if (words == 0) return KERN_INVALID_ARGUMENT;
  memory.fill(info, 0, (<usize>words) << 2);
  if (flavor == TASK_BASIC_INFO) put_basic_info(task, info, words == TASK_BASIC_INFO_COUNT);
  else if (flavor == TASK_EVENTS_INFO) put_events_info(task, info);
  else put_thread_times(task, info, words == TASK_THREAD_TIMES_INFO_COUNT);
  store<u32>(count, words);
  return KERN_SUCCESS;
}

/** Words that a flavor gives into `room` words; 0 when it is unknown or does not fit. */
function info_words(flavor: i32, room: u32): u32 {
  if (flavor == TASK_BASIC_INFO) return fitting(room, TASK_BASIC_INFO_COUNT, TASK_BASIC_INFO_OLD_COUNT);
  if (flavor == TASK_EVENTS_INFO) return fitting(room, TASK_EVENTS_INFO_COUNT, TASK_EVENTS_INFO_COUNT);
  if (flavor != TASK_THREAD_TIMES_INFO) return 0;
  return fitting(room, TASK_THREAD_TIMES_INFO_COUNT, TASK_THREAD_TIMES_INFO_OLD_COUNT);
}

function fitting(room: u32, count: u32, old_count: u32): u32 {
  if (room >= count) return count;
  return room >= old_count ? old_count : 0;
}

function put_basic_info(task: Task, info: usize, full: bool): void {
  store<i32>(info + TASK_INFO_SUSPEND_COUNT, task.suspend_count);
  store<i32>(info + TASK_INFO_BASE_PRIORITY, task.priority);
  store<u32>(info + TASK_INFO_VIRTUAL_SIZE, task.map.size);
  store<u32>(info + TASK_INFO_RESIDENT_SIZE, task.map.pmap.residentCount << PAGE_SHIFT);
  put_time(info + TASK_INFO_USER_TIME, task.total_user_ticks);
  put_time(info + TASK_INFO_SYSTEM_TIME, task.total_system_ticks);
  put_creation_time(info + TASK_INFO_CREATION_TIME, task.creation_tick);
  if (!full) return;
  put_time64(info + TASK_INFO_USER_TIME64, task.total_user_ticks);
  put_time64(info + TASK_INFO_SYSTEM_TIME64, task.total_system_ticks);
  put_creation_time64(info + TASK_INFO_CREATION_TIME64, task.creation_tick);
}

function put_events_info(task: Task, info: usize): void {
  store<u32>(info, task.faults);
  store<u32>(info + 4, task.zero_fills);
  store<u32>(info + 8, task.reactivations);
  store<u32>(info + 12, task.pageins);
  store<u32>(info + 16, task.cow_faults);
  store<u32>(info + 20, task.messages_sent);
  store<u32>(info + 24, task.messages_received);
}

/** Times of the living threads. */
function put_thread_times(task: Task, info: usize, full: bool): void {
  let user: u32 = 0;
  let system: u32 = 0;
  const head = task_threads_head(task);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    user += thread_of_list(link).user_ticks;
    system += thread_of_list(link).system_ticks;
  }
  put_time(info, user);
  put_time(info + 8, system);
  if (!full) return;
  put_time64(info + 16, user);
  put_time64(info + 32, system);
}
