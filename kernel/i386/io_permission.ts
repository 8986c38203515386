// I/O ports for tasks: a port that stands for a range of them, and the bitmap of a task that may use some (Intel 386 manual,
// 8.3.2). The TSS has room for one bitmap: that of the task that last needed its own. Another task's IN or OUT faults, and
// its bitmap is copied in then.
import { IO_BITMAP_SIZE } from "../../abi/i386";
import { KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { I386_ISA_PORT_MAP_STATE_COUNT } from "../../abi/task_types";
import {
  IP_NULL,
  ipc_port_alloc_kernel,
  ipc_port_make_send,
  ipc_port_release_send,
  IpcPort,
} from "../ipc/ipc_port";
import {
  ipc_kobject_get,
  ipc_kobject_set,
  ipc_kobject_type,
  IKOT_IO_PERM,
  IKOT_MASTER_DEVICE,
} from "../kern/ipc_kobject";
import { queue_first, queue_next } from "../kern/queue";
import { current_task } from "../kern/sched";
import { Task, task_threads_head } from "../kern/task";
import { Thread, thread_of_list } from "../kern/thread";
import { kalloc, kfree } from "../kern/zone";
import { tss_io_bitmap, tss_set_io_bitmap } from "./descriptors";
import { PCB_IO } from "./pcb_switch";

/** A set bit forbids a port. */
const ALL_FORBIDDEN: u8 = 0xff;

/** Whose bitmap is in the TSS. */
let loaded: Task = changetype<Task>(0);

/**
 * A port that stands for the I/O ports `first` to `last`, kept in its kernel object word. It dies with its last send right.
 * KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE.
 */
export function i386_io_perm_create(master: IpcPort, first: u32, last: u32, result: usize): i32 {
  const from = first & 0xffff;
  const to = last & 0xffff;
  if (ipc_kobject_get(master, IKOT_MASTER_DEVICE) == 0 || from > to) return KERN_INVALID_ARGUMENT;
  const port = ipc_port_alloc_kernel();
  if (port == IP_NULL) return KERN_RESOURCE_SHORTAGE;
  ipc_kobject_set(port, (to << 16) | from, IKOT_IO_PERM);
  store<usize>(result, changetype<usize>(ipc_port_make_send(port)));
  return KERN_SUCCESS;
}

/** Lets the task use the ports that `io_perm` (a send right, consumed) stands for, or takes them away. */
export function i386_io_perm_modify(task: Task | null, io_perm: IpcPort, enable: bool): i32 {
  if (task == null || ipc_kobject_type(io_perm) != IKOT_IO_PERM) return KERN_INVALID_ARGUMENT;
  if (task.io_bitmap == 0 && !make_bitmap(task)) return KERN_RESOURCE_SHORTAGE;
  const range = <u32>io_perm.kobject;
  for (let port = range & 0xffff; port <= range >> 16; port++) set_permission(task.io_bitmap, port, enable);
  if (changetype<usize>(loaded) == changetype<usize>(task)) forget_loaded();
  ipc_port_release_send(io_perm);
  return KERN_SUCCESS;
}

function make_bitmap(task: Task): bool {
  const bitmap = kalloc(IO_BITMAP_SIZE);
  if (bitmap == 0) return false;
  memory.fill(bitmap, ALL_FORBIDDEN, IO_BITMAP_SIZE);
  task.io_bitmap = bitmap;
  mark_threads(task);
  return true;
}

function set_permission(bitmap: usize, port: u32, enable: bool): void {
  const at = bitmap + (port >> 3);
  const bit: u32 = 1 << (port & 7);
  store<u8>(at, enable ? load<u8>(at) & ~bit : load<u8>(at) | bit);
}

function mark_threads(task: Task): void {
  const head = task_threads_head(task);
  for (let link = queue_first(head); link != head; link = queue_next(link))
    thread_of_list(link).pcb_special |= PCB_IO;
}

/** The TSS has nobody's bitmap. */
function forget_loaded(): void {
  loaded = changetype<Task>(0);
  tss_set_io_bitmap(false);
}

/** After an IN or OUT that faulted: puts the current task's bitmap in force. False if it was, or if there is none. */
export function io_bitmap_fault(): bool {
  const task = current_task();
  if (task.io_bitmap == 0 || changetype<usize>(loaded) == changetype<usize>(task)) return false;
  memory.copy(tss_io_bitmap(), task.io_bitmap, IO_BITMAP_SIZE);
  loaded = task;
  tss_set_io_bitmap(true);
  return true;
}

export function io_bitmap_switch(to: Task): void {
  tss_set_io_bitmap(to.io_bitmap != 0 && changetype<usize>(loaded) == changetype<usize>(to));
}

/** A new thread of the task. */
export function io_bitmap_inherit(thread: Thread): void {
  if (thread.task.io_bitmap != 0) thread.pcb_special |= PCB_IO;
}

export function io_bitmap_free(task: Task): void {
  if (changetype<usize>(loaded) == changetype<usize>(task)) forget_loaded();
  if (task.io_bitmap != 0) kfree(task.io_bitmap, IO_BITMAP_SIZE);
  task.io_bitmap = 0;
}

/** Flavor 3: the part of the bitmap that an ISA bus can have. */
export function io_bitmap_get_state(task: Task, state: usize, count: usize): i32 {
  if (load<u32>(count) < <u32>I386_ISA_PORT_MAP_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  const size: usize = I386_ISA_PORT_MAP_STATE_COUNT << 2;
  if (task.io_bitmap != 0) memory.copy(state, task.io_bitmap, size);
  else memory.fill(state, ALL_FORBIDDEN, size);
  store<u32>(count, I386_ISA_PORT_MAP_STATE_COUNT);
  return KERN_SUCCESS;
}
