// Emulated system calls: a task's table of handlers, by which chosen trap numbers go to the task's own code. Threads share
// the table; a new task shares its parent's until one of them changes it.
import { KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { TRAP_LAST } from "../../abi/mach_traps";
import { EXC_BAD_ACCESS } from "../../abi/task_types";
import { stackAlloc } from "../../guest/i386";
import { select_trap_table } from "../i386/asm";
import { SavedState } from "../i386/saved_state";
import { copyout } from "../vm/vm_copyio";
import { vm_map_copy_discard, vm_map_copy_read, vm_map_copyin_kernel, VmMapCopy } from "../vm/vm_map_copy";
import { exception } from "./exception";
import { current_task } from "./sched";
import { Task } from "./task";
import { kalloc, kfree } from "./zone";

/** Lowest and highest number that can have a handler: those of the trap table, and as many above zero. */
const NUMBER_MIN: i32 = TRAP_LAST;
const NUMBER_MAX: i32 = -TRAP_LAST;

/** Before the handlers, a word for each number from `minimum` on. */
@unmanaged
class EmulationVector {
  references!: u32;
  minimum!: i32;
  count!: u32;
}

const NONE: EmulationVector = changetype<EmulationVector>(0);

function vector_of(task: Task): EmulationVector {
  return changetype<EmulationVector>(task.emulation);
}

function vector_size(count: u32): u32 {
  return <u32>offsetof<EmulationVector>() + (count << 2);
}

/** Address of the handler's word for the vector's entry `index`. */
function handler_cell(vector: EmulationVector, index: u32): usize {
  return changetype<usize>(vector) + offsetof<EmulationVector>() + ((<usize>index) << 2);
}

/** The handler of a trap number; 0 for none. */
function handler_of(task: Task, number: i32): u32 {
  const vector = vector_of(task);
  if (vector == NONE) return 0;
  const index = <u32>(number - vector.minimum);
  return index < vector.count ? load<u32>(handler_cell(vector, index)) : 0;
}

function set_vector(task: Task, vector: EmulationVector): void {
  task.emulation = changetype<usize>(vector);
  if (task == current_task()) select_trap_table(task.emulation);
}

/** A new task has its parent's handlers. */
export function emulation_inherit(task: Task, parent: Task): void {
  task.emulation = parent.emulation;
  if (task.emulation != 0) vector_of(task).references++;
}

export function emulation_release(task: Task): void {
  const vector = vector_of(task);
  set_vector(task, NONE);
  if (vector != NONE && --vector.references == 0) kfree(changetype<usize>(vector), vector_size(vector.count));
}

/** Makes the task's vector its own and large enough for the numbers `low` to `high`. */
function reserve(task: Task, low: i32, high: i32): bool {
  const old = vector_of(task);
  if (old != NONE) {
    low = min<i32>(low, old.minimum);
    high = max<i32>(high, old.minimum + <i32>old.count - 1);
  }
  const count = <u32>(high - low + 1);
  if (old != NONE && old.references == 1 && old.count == count) return true;
  const vector = changetype<EmulationVector>(kalloc(vector_size(count)));
  if (vector == NONE) return false;
  vector.references = 1;
  vector.minimum = low;
  vector.count = count;
  if (old != NONE)
    memory.copy(
      handler_cell(vector, <u32>(old.minimum - low)),
      handler_cell(old, 0),
      (<usize>old.count) << 2,
    );
  emulation_release(task);
  set_vector(task, vector);
  return true;
}

/** Whether `count` trap numbers from `first` on can have handlers. */
function numbers_valid(first: i32, count: u32): bool {
  return first >= NUMBER_MIN && first <= NUMBER_MAX && count <= <u32>(NUMBER_MAX - first + 1);
}

function set_handlers(task: Task, first: i32, handlers: usize, count: u32): i32 {
  if (!reserve(task, first, first + <i32>count - 1)) return KERN_RESOURCE_SHORTAGE;
  const vector = vector_of(task);
  memory.copy(handler_cell(vector, <u32>(first - vector.minimum)), handlers, (<usize>count) << 2);
  return KERN_SUCCESS;
}

/** `entry`: where trap `number` goes from now on; 0: to the kernel. KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE. */
export function task_set_emulation(task: Task | null, entry: u32, number: i32): i32 {
  const handler = stackAlloc(4);
  if (task == null || !numbers_valid(number, 1)) return KERN_INVALID_ARGUMENT;
  store<u32>(handler, entry);
  return set_handlers(task, number, handler, 1);
}

/** Sets `count` handlers (consumed on success) from that of trap `first` on: as task_set_emulation. */
export function task_set_emulation_vector(
  task: Task | null,
  first: i32,
  handlers: VmMapCopy,
  count: u32,
): i32 {
  if (task == null || !numbers_valid(first, count)) return KERN_INVALID_ARGUMENT;
  if (count == 0) return KERN_SUCCESS;
  const words = kalloc(count << 2);
  if (words == 0) return KERN_RESOURCE_SHORTAGE;
  let result = vm_map_copy_read(handlers, 0, words, count << 2);
  if (result == KERN_SUCCESS) result = set_handlers(task, first, words, count);
  kfree(words, count << 2);
  if (result == KERN_SUCCESS) vm_map_copy_discard(handlers);
  return result;
}

/** Stores the first number that has a place at `first`, and the handlers as a VmMapCopy and their number; 0 without any. */
export function task_get_emulation_vector(
  task: Task | null,
  first: usize,
  handlers: usize,
  count: usize,
): i32 {
  if (task == null) return KERN_INVALID_ARGUMENT;
  const vector = vector_of(task);
  const places: u32 = vector == NONE ? 0 : vector.count;
  store<i32>(first, vector == NONE ? 0 : vector.minimum);
  store<u32>(count, places);
  store<usize>(handlers, 0);
  return places == 0 ? KERN_SUCCESS : vm_map_copyin_kernel(handler_cell(vector, 0), places << 2, handlers);
}

/**
 * If the task emulates trap `number`: pushes EFLAGS below EIP on the user's stack and goes on at the handler. False if it
 * does not.
 */
export function emulate_syscall(task: Task, number: i32, regs: SavedState): bool {
  const handler = handler_of(task, number);
  if (handler == 0) return false;
  const frame = stackAlloc(8);
  store<u32>(frame, regs.efl);
  store<u32>(frame, regs.eip, 4);
  const result = copyout(frame, regs.uesp - 8, 8);
  if (result != KERN_SUCCESS) {
    exception(EXC_BAD_ACCESS, result, regs.uesp - 8);
    return true;
  }
  regs.uesp -= 8;
  regs.eip = handler;
  return true;
}
