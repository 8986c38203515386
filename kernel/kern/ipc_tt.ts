// Tasks and threads as ports: the ports that name them, the ports they hand out, and conversion both ways.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_PORT_SEND } from "../../abi/mach_msg";
import {
  MACH_PORT_NULL,
  MACH_PORT_TYPE_SEND,
  TASK_BOOTSTRAP_PORT,
  TASK_EXCEPTION_PORT,
  TASK_KERNEL_PORT,
  TASK_PORT_REGISTER_MAX,
  THREAD_EXCEPTION_PORT,
  THREAD_KERNEL_PORT,
} from "../../abi/mach_port";
import { stackAlloc } from "../../guest/i386";
import { ipc_object_copyout } from "../ipc/ipc_copyin";
import { ie_type, IE_NULL, ipc_entry_lookup } from "../ipc/ipc_entry";
import { ipc_kmsg_copyout_object } from "../ipc/ipc_kmsg_body";
import {
  IP_NULL,
  IP_VALID,
  ipc_port_alloc,
  ipc_port_alloc_kernel,
  ipc_port_copy_send,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  ipc_port_release_send,
  IpcPort,
} from "../ipc/ipc_port";
import {
  IS_NULL,
  ipc_space_create,
  ipc_space_destroy,
  ipc_space_reference,
  ipc_space_release,
  IpcSpace,
} from "../ipc/ipc_space";
import { vm_map_reference, VmMap } from "../vm/vm_map";
import { ipc_kobject_get, ipc_kobject_set, IKOT_NONE, IKOT_TASK, IKOT_THREAD } from "./ipc_kobject";
import { current_task, current_thread } from "./sched";
import { Task } from "./task";
import { task_deallocate, task_reference } from "./task_life";
import { Thread } from "./thread";
import { thread_deallocate, thread_reference } from "./thread_life";
import { kalloc, kfree } from "./zone";

export const TASK_NULL: Task = changetype<Task>(0);
export const THREAD_NULL: Thread = changetype<Thread>(0);
const MAP_NULL: VmMap = changetype<VmMap>(0);

// --- Tasks ---

/** Gives a new task its name space and ports; it inherits `parent`'s. KERN_RESOURCE_SHORTAGE leaves nothing behind. */
export function ipc_task_init(task: Task, parent: Task | null): i32 {
  const space = ipc_space_create();
  const self = ipc_port_alloc_kernel();
  if (space == IS_NULL || self == IP_NULL) {
    ipc_space_release(space);
    if (self != IP_NULL) ipc_port_dealloc_kernel(self);
    return KERN_RESOURCE_SHORTAGE;
  }
  task.itk_space = space;
  task.itk_self = self;
  task.itk_sself = ipc_port_make_send(self);
  if (parent != null) inherit_ports(task, parent);
  return KERN_SUCCESS;
}

function inherit_ports(task: Task, parent: Task): void {
  task.itk_exception = ipc_port_copy_send(parent.itk_exception);
  task.itk_bootstrap = ipc_port_copy_send(parent.itk_bootstrap);
  for (let i: u32 = 0; i < <u32>TASK_PORT_REGISTER_MAX; i++) {
    store<usize>(registered(task, i), changetype<usize>(ipc_port_copy_send(registered_port(parent, i))));
  }
}

function registered(task: Task, index: u32): usize {
  return changetype<usize>(task) + offsetof<Task>("itk_registered0") + ((<usize>index) << 2);
}

function registered_port(task: Task, index: u32): IpcPort {
  return changetype<IpcPort>(load<usize>(registered(task, index)));
}

/** From now on the task's port stands for it. */
export function ipc_task_enable(task: Task): void {
  if (task.itk_self != IP_NULL) ipc_kobject_set(task.itk_self, changetype<usize>(task), IKOT_TASK);
}

/** The task's port stands for nothing any more. */
export function ipc_task_disable(task: Task): void {
  if (task.itk_self != IP_NULL) ipc_kobject_set(task.itk_self, 0, IKOT_NONE);
}

/** Takes a dying task's ports and names away. Its space stays as an empty, inactive one until ipc_task_free. */
export function ipc_task_terminate(task: Task): void {
  const self = task.itk_self;
  if (self == IP_NULL) return;
  task.itk_self = IP_NULL;
  release(changetype<usize>(task) + offsetof<Task>("itk_sself"));
  release(changetype<usize>(task) + offsetof<Task>("itk_exception"));
  release(changetype<usize>(task) + offsetof<Task>("itk_bootstrap"));
  for (let i: u32 = 0; i < <u32>TASK_PORT_REGISTER_MAX; i++) release(registered(task, i));
  ipc_port_dealloc_kernel(self);
  ipc_space_destroy(task.itk_space);
}

/** Empties the cell of a send right. */
function release(cell: usize): void {
  const port = changetype<IpcPort>(load<usize>(cell));
  store<usize>(cell, 0);
  ipc_port_release_send(port);
}

/** The task's structure is about to be freed. */
export function ipc_task_free(task: Task): void {
  ipc_space_release(task.itk_space);
}

// --- Threads ---

export function ipc_thread_init(thread: Thread): i32 {
  const self = ipc_port_alloc_kernel();
  if (self == IP_NULL) return KERN_RESOURCE_SHORTAGE;
  thread.ith_self = self;
  thread.ith_sself = ipc_port_make_send(self);
  return KERN_SUCCESS;
}

export function ipc_thread_enable(thread: Thread): void {
  if (thread.ith_self != IP_NULL) ipc_kobject_set(thread.ith_self, changetype<usize>(thread), IKOT_THREAD);
}

export function ipc_thread_disable(thread: Thread): void {
  if (thread.ith_self != IP_NULL) ipc_kobject_set(thread.ith_self, 0, IKOT_NONE);
}

export function ipc_thread_terminate(thread: Thread): void {
  const self = thread.ith_self;
  if (self == IP_NULL) return;
  thread.ith_self = IP_NULL;
  release(changetype<usize>(thread) + offsetof<Thread>("ith_sself"));
  release(changetype<usize>(thread) + offsetof<Thread>("ith_exception"));
  ipc_port_dealloc_kernel(self);
}

// --- Traps ---

/** Gives a send right (consumed) to the current task; its name, or 0 (or the dead name) if that cannot be. */
function name_send(port: IpcPort): u32 {
  const name = stackAlloc(4);
  ipc_kmsg_copyout_object(current_task().itk_space, port, MACH_MSG_TYPE_PORT_SEND, name);
  return load<u32>(name);
}

/** Trap -28. */
export function mach_task_self(): u32 {
  return name_send(retrieve_task_self(current_task()));
}

/** Trap -27. */
export function mach_thread_self(): u32 {
  return name_send(retrieve_thread_self(current_thread()));
}

/** Trap -26: the name of a new receive right, 0 on failure. */
export function mach_reply_port(): u32 {
  const space = current_task().itk_space;
  const cells = stackAlloc(8);
  if (!space.active) return MACH_PORT_NULL;
  return ipc_port_alloc(space, cells, cells + 4) == KERN_SUCCESS ? load<u32>(cells) : MACH_PORT_NULL;
}

/** A new send right to what the task hands out as itself. */
export function retrieve_task_self(task: Task): IpcPort {
  return ipc_port_copy_send(task.itk_sself);
}

export function retrieve_thread_self(thread: Thread): IpcPort {
  return ipc_port_copy_send(thread.ith_sself);
}

// --- Special ports ---

/** Offset of the cell of special port `which` in a task; 0 for no such port. */
function task_special(which: u32): usize {
  switch (which) {
    case TASK_KERNEL_PORT:
      return offsetof<Task>("itk_sself");
    case TASK_EXCEPTION_PORT:
      return offsetof<Task>("itk_exception");
    case TASK_BOOTSTRAP_PORT:
      return offsetof<Task>("itk_bootstrap");
    default:
      return 0;
  }
}

function thread_special(which: u32): usize {
  switch (which) {
    case THREAD_KERNEL_PORT:
      return offsetof<Thread>("ith_sself");
    case THREAD_EXCEPTION_PORT:
      return offsetof<Thread>("ith_exception");
    default:
      return 0;
  }
}

/** Stores a new send right, or null, at `port`. */
export function task_get_special_port(task: Task, which: u32, port: usize): i32 {
  const offset = task_special(which);
  if (task == TASK_NULL || offset == 0) return KERN_INVALID_ARGUMENT;
  if (task.itk_self == IP_NULL) return KERN_FAILURE;
  return get_special(changetype<usize>(task) + offset, port);
}

/** Takes over the send right `port` on success. */
export function task_set_special_port(task: Task, which: u32, port: IpcPort): i32 {
  const offset = task_special(which);
  if (task == TASK_NULL || offset == 0) return KERN_INVALID_ARGUMENT;
  if (task.itk_self == IP_NULL) return KERN_FAILURE;
  return set_special(changetype<usize>(task) + offset, port);
}

export function thread_get_special_port(thread: Thread, which: u32, port: usize): i32 {
  const offset = thread_special(which);
  if (thread == THREAD_NULL || offset == 0) return KERN_INVALID_ARGUMENT;
  if (thread.ith_self == IP_NULL) return KERN_FAILURE;
  return get_special(changetype<usize>(thread) + offset, port);
}

export function thread_set_special_port(thread: Thread, which: u32, port: IpcPort): i32 {
  const offset = thread_special(which);
  if (thread == THREAD_NULL || offset == 0) return KERN_INVALID_ARGUMENT;
  if (thread.ith_self == IP_NULL) return KERN_FAILURE;
  return set_special(changetype<usize>(thread) + offset, port);
}

function get_special(cell: usize, port: usize): i32 {
  const copy = ipc_port_copy_send(changetype<IpcPort>(load<usize>(cell)));
  store<usize>(port, changetype<usize>(copy));
  return KERN_SUCCESS;
}

function set_special(cell: usize, port: IpcPort): i32 {
  const old = changetype<IpcPort>(load<usize>(cell));
  store<usize>(cell, changetype<usize>(port));
  ipc_port_release_send(old);
  return KERN_SUCCESS;
}

/** Takes over `count` send rights and the kernel array (kalloc) they are in, on success. */
export function mach_ports_register(task: Task, ports: usize, count: u32): i32 {
  if (task == TASK_NULL || count > <u32>TASK_PORT_REGISTER_MAX) return KERN_INVALID_ARGUMENT;
  if (task.itk_self == IP_NULL) return KERN_INVALID_ARGUMENT;
  for (let i: u32 = 0; i < <u32>TASK_PORT_REGISTER_MAX; i++) {
    const port = i < count ? changetype<IpcPort>(load<usize>(ports + ((<usize>i) << 2))) : IP_NULL;
    set_special(registered(task, i), port);
  }
  if (ports) kfree(ports, count << 2);
  return KERN_SUCCESS;
}

/** Stores a kernel array of TASK_PORT_REGISTER_MAX new send rights at `ports`, and its length at `count`. */
export function mach_ports_lookup(task: Task, ports: usize, count: usize): i32 {
  if (task == TASK_NULL || task.itk_self == IP_NULL) return KERN_INVALID_ARGUMENT;
  const array = kalloc(TASK_PORT_REGISTER_MAX << 2);
  if (array == 0) return KERN_RESOURCE_SHORTAGE;
  for (let i: u32 = 0; i < <u32>TASK_PORT_REGISTER_MAX; i++)
    get_special(registered(task, i), array + ((<usize>i) << 2));
  store<usize>(ports, array);
  store<u32>(count, TASK_PORT_REGISTER_MAX);
  return KERN_SUCCESS;
}

// --- From ports; each result has a reference of its own ---

export function convert_port_to_task(port: IpcPort): Task {
  const task = changetype<Task>(ipc_kobject_get(port, IKOT_TASK));
  if (task != TASK_NULL) task_reference(task);
  return task;
}

export function convert_port_to_thread(port: IpcPort): Thread {
  const thread = changetype<Thread>(ipc_kobject_get(port, IKOT_THREAD));
  if (thread != THREAD_NULL) thread_reference(thread);
  return thread;
}

export function convert_port_to_map(port: IpcPort): VmMap {
  const task = changetype<Task>(ipc_kobject_get(port, IKOT_TASK));
  if (task == TASK_NULL || !task.active) return MAP_NULL;
  vm_map_reference(task.map);
  return task.map;
}

export function convert_port_to_space(port: IpcPort): IpcSpace {
  const task = changetype<Task>(ipc_kobject_get(port, IKOT_TASK));
  if (task == TASK_NULL || !task.active) return IS_NULL;
  ipc_space_reference(task.itk_space);
  return task.itk_space;
}

// --- To ports; the object's reference is consumed ---

export function convert_task_to_port(task: Task): IpcPort {
  const port = task.itk_self != IP_NULL ? ipc_port_make_send(task.itk_self) : IP_NULL;
  task_deallocate(task);
  return port;
}

export function convert_thread_to_port(thread: Thread): IpcPort {
  const port = thread.ith_self != IP_NULL ? ipc_port_make_send(thread.ith_self) : IP_NULL;
  thread_deallocate(thread);
  return port;
}

export function space_deallocate(space: IpcSpace): void {
  ipc_space_release(space);
}

// --- From names of the current task, for traps ---

/** The port behind a send right of the current task, borrowed; null for any other name. */
export function port_name_to_port(name: u32): IpcPort {
  const entry = ipc_entry_lookup(current_task().itk_space, name);
  if (entry == IE_NULL || (ie_type(entry) & MACH_PORT_TYPE_SEND) == 0) return IP_NULL;
  return changetype<IpcPort>(entry.object);
}

export function port_name_to_task(name: u32): Task {
  return convert_port_to_task(port_name_to_port(name));
}

export function port_name_to_thread(name: u32): Thread {
  return convert_port_to_thread(port_name_to_port(name));
}

export function port_name_to_map(name: u32): VmMap {
  return convert_port_to_map(port_name_to_port(name));
}

export function port_name_to_space(name: u32): IpcSpace {
  return convert_port_to_space(port_name_to_port(name));
}

/** Gives `space` a send right (consumed) under the lowest free name; for the boot loader. 0 if that cannot be. */
export function ipc_insert_send(space: IpcSpace, port: IpcPort): u32 {
  const name = stackAlloc(4);
  if (!IP_VALID(port)) return MACH_PORT_NULL;
  if (ipc_object_copyout(space, port, MACH_MSG_TYPE_PORT_SEND, true, name) == KERN_SUCCESS)
    return load<u32>(name);
  ipc_port_release_send(port);
  return MACH_PORT_NULL;
}
