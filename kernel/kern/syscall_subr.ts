// Traps that are shortcuts of kernel calls. They work only on names that denote a local kernel object; for any other name
// MACH_SEND_INTERRUPTED tells the caller to send the message instead.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_PORT_SEND, MACH_SEND_INTERRUPTED } from "../../abi/mach_msg";
import { SWITCH_OPTION_DEPRESS, SWITCH_OPTION_NONE, SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { cons_kernel_put } from "../device/cons";
import { ipc_object_copyin, ipc_object_copyout, ipc_object_destroy } from "../ipc/ipc_copyin";
import { ipc_object_copyin_type } from "../ipc/ipc_right";
import { IP_NULL, IP_VALID, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";
import {
  mach_port_allocate,
  mach_port_allocate_name,
  mach_port_deallocate,
  mach_port_insert_right,
} from "../ipc/mach_port";
import { copyin, copyout } from "../vm/vm_copyio";
import { vm_allocate, vm_deallocate } from "../vm/vm_user";
import { vm_map } from "./ipc_host";
import {
  convert_task_to_port,
  port_name_to_task,
  port_name_to_thread,
  task_set_special_port,
  TASK_NULL,
  THREAD_NULL,
} from "./ipc_tt";
import { current_task } from "./sched";
import { syscall_arg, syscall_arguments, syscall_unchanged } from "./syscall_arguments";
import { Task } from "./task";
import { task_suspend } from "./task_control";
import { task_create, task_deallocate, task_terminate } from "./task_life";
import {
  thread_begin_sleep,
  thread_depress,
  thread_depress_abort,
  thread_end_depression,
  thread_yield_to,
} from "./thread_control";
import { thread_deallocate } from "./thread_life";

/** Bytes of a message of mach_print, the ending 0 included; the rest is not printed. */
const PRINT_MAX: u32 = 1024;
const PRINT_CHUNK: u32 = 64;

const REDO_AS_MESSAGE: u32 = MACH_SEND_INTERRUPTED;

// --- names ---

/** A send right from a name: IP_NULL from 0. False when the name has none. */
function port_name_to_send(name: u32, result: usize): bool {
  store<usize>(result, changetype<usize>(IP_NULL));
  if (name == 0) return true;
  return ipc_object_copyin(current_task().itk_space, name, MACH_MSG_TYPE_COPY_SEND, result) == KERN_SUCCESS;
}

// --- printing ---

/** The bytes go out as the user has them; an unreadable address ends the text. */
export function trap_mach_print(): u32 {
  const args = stackAlloc(4);
  if (!syscall_arguments(args, 1)) return syscall_unchanged();
  const address = syscall_arg(args, 0);
  const chunk = stackAlloc(64);
  for (let done: u32 = 0; done < PRINT_MAX;) {
    // No chunk crosses a page, so that a text may end at the end of one.
    const from = address + done;
    const size = PRINT_CHUNK - (from & (PRINT_CHUNK - 1));
    if (copyin(from, chunk, size) != KERN_SUCCESS) return 0;
    for (let i: u32 = 0; i < size; i++) {
      const byte = load<u8>(chunk + i);
      if (byte == 0) return 0;
      cons_kernel_put(byte);
    }
    done += size;
  }
  return 0;
}

// --- threads ---

export function trap_thread_switch(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const option = syscall_arg(args, 1);
  const milliseconds = syscall_arg(args, 2);
  if (option == SWITCH_OPTION_WAIT) thread_begin_sleep(milliseconds);
  else if (option == SWITCH_OPTION_DEPRESS) thread_depress(milliseconds);
  else if (option != SWITCH_OPTION_NONE) return KERN_INVALID_ARGUMENT;
  const target = port_name_to_thread(syscall_arg(args, 0));
  thread_yield_to(target);
  if (target != THREAD_NULL) thread_deallocate(target);
  thread_end_depression();
  return KERN_SUCCESS;
}

export function trap_thread_depress_abort(): u32 {
  const args = stackAlloc(4);
  if (!syscall_arguments(args, 1)) return syscall_unchanged();
  const thread = port_name_to_thread(syscall_arg(args, 0));
  if (thread == THREAD_NULL) return REDO_AS_MESSAGE;
  const result = thread_depress_abort(thread);
  thread_deallocate(thread);
  return result;
}

// --- memory ---

export function trap_vm_map(): u32 {
  const args = stackAlloc(44);
  if (!syscall_arguments(args, 11)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = map_in_task(task, args);
  task_deallocate(task);
  return result;
}

function map_in_task(task: Task, args: usize): u32 {
  const user_address = syscall_arg(args, 1);
  const cell = stackAlloc(8);
  if (copyin(user_address, cell, 4) != KERN_SUCCESS) return REDO_AS_MESSAGE;
  if (!port_name_to_send(syscall_arg(args, 5), cell + 4)) return REDO_AS_MESSAGE;
  const object = changetype<IpcPort>(load<usize>(cell + 4));
  const result = vm_map(
    task.map,
    cell,
    syscall_arg(args, 2),
    syscall_arg(args, 3),
    syscall_arg(args, 4) != 0,
    object,
    syscall_arg(args, 6),
    syscall_arg(args, 7) != 0,
    syscall_arg(args, 8),
    syscall_arg(args, 9),
    syscall_arg(args, 10),
  );
  if (result == KERN_SUCCESS) return copyout(cell, user_address, 4);
  ipc_port_release_send(object);
  return result;
}

export function trap_vm_allocate(): u32 {
  const args = stackAlloc(16);
  if (!syscall_arguments(args, 4)) return syscall_unchanged();
  const user_address = syscall_arg(args, 1);
  const cell = stackAlloc(4);
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  let result = copyin(user_address, cell, 4);
  if (result == KERN_SUCCESS)
    result = vm_allocate(task.map, cell, syscall_arg(args, 2), syscall_arg(args, 3) != 0);
  if (result == KERN_SUCCESS) result = copyout(cell, user_address, 4);
  task_deallocate(task);
  return result;
}

export function trap_vm_deallocate(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = vm_deallocate(task.map, syscall_arg(args, 1), syscall_arg(args, 2));
  task_deallocate(task);
  return result;
}

// --- tasks ---

export function trap_task_create(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const cell = stackAlloc(4);
  const parent = port_name_to_task(syscall_arg(args, 0));
  if (parent == TASK_NULL) return REDO_AS_MESSAGE;
  let result = task_create(parent, syscall_arg(args, 1) != 0, cell);
  if (result == KERN_SUCCESS) {
    const right = convert_task_to_port(changetype<Task>(load<usize>(cell)));
    result = ipc_object_copyout(current_task().itk_space, right, MACH_MSG_TYPE_PORT_SEND, true, cell);
    if (result == KERN_SUCCESS) copyout(cell, syscall_arg(args, 2), 4);
    else ipc_port_release_send(right);
  }
  task_deallocate(parent);
  return result;
}

export function trap_task_terminate(): u32 {
  const args = stackAlloc(4);
  if (!syscall_arguments(args, 1)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = task_terminate(task);
  task_deallocate(task);
  return result;
}

export function trap_task_suspend(): u32 {
  const args = stackAlloc(4);
  if (!syscall_arguments(args, 1)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = task_suspend(task);
  task_deallocate(task);
  return result;
}

export function trap_task_set_special_port(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const cell = stackAlloc(4);
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  let result: u32 = REDO_AS_MESSAGE;
  if (port_name_to_send(syscall_arg(args, 2), cell)) {
    const port = changetype<IpcPort>(load<usize>(cell));
    result = task_set_special_port(task, syscall_arg(args, 1), port);
    if (result != KERN_SUCCESS && IP_VALID(port)) ipc_port_release_send(port);
  }
  task_deallocate(task);
  return result;
}

// --- ports ---

export function trap_mach_port_allocate(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const cell = stackAlloc(4);
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  let result = mach_port_allocate(task.itk_space, syscall_arg(args, 1), cell);
  if (result == KERN_SUCCESS) result = copyout(cell, syscall_arg(args, 2), 4);
  task_deallocate(task);
  return result;
}

export function trap_mach_port_deallocate(): u32 {
  const args = stackAlloc(8);
  if (!syscall_arguments(args, 2)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = mach_port_deallocate(task.itk_space, syscall_arg(args, 1));
  task_deallocate(task);
  return result;
}

export function trap_mach_port_insert_right(): u32 {
  const args = stackAlloc(16);
  if (!syscall_arguments(args, 4)) return syscall_unchanged();
  const cell = stackAlloc(4);
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = insert_right(task, syscall_arg(args, 1), syscall_arg(args, 2), syscall_arg(args, 3), cell);
  task_deallocate(task);
  return result;
}

function insert_right(task: Task, port_name: u32, right_name: u32, type: u32, cell: usize): u32 {
  const space = current_task().itk_space;
  if (ipc_object_copyin(space, right_name, type, cell) != KERN_SUCCESS) return REDO_AS_MESSAGE;
  const port = changetype<IpcPort>(load<usize>(cell));
  const right = ipc_object_copyin_type(type);
  const result = mach_port_insert_right(task.itk_space, port_name, port, right);
  if (result != KERN_SUCCESS && IP_VALID(port)) ipc_object_destroy(port, right);
  return result;
}

export function trap_mach_port_allocate_name(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const task = port_name_to_task(syscall_arg(args, 0));
  if (task == TASK_NULL) return REDO_AS_MESSAGE;
  const result = mach_port_allocate_name(task.itk_space, syscall_arg(args, 1), syscall_arg(args, 2));
  task_deallocate(task);
  return result;
}
