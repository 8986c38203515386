// Samples of program counters, taken at clock ticks in user mode, for a task or a thread. The latest are kept.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { SAMPLED_PC_MAX, SAMPLED_PC_PERIODIC, SAMPLED_PC_SIZE } from "../../abi/task_types";
import { HZ } from "./clock";
import { Task } from "./task";
import { Thread } from "./thread";
import { kalloc, kfree } from "./zone";

/** Before the ring of samples: thread, program counter and kind, three words each. */
@unmanaged
class SampleControl {
  /** Kinds that are wanted. */
  flavors!: u32;
  /** Samples taken so far; sample n is in the ring's place n modulo its length. */
  sequence!: u32;
}

const NONE: SampleControl = changetype<SampleControl>(0);
const CONTROL_SIZE: u32 = 8 + SAMPLED_PC_MAX * SAMPLED_PC_SIZE;

function sample_at(control: SampleControl, sequence: u32): usize {
  return changetype<usize>(control) + 8 + <usize>(sequence % SAMPLED_PC_MAX) * SAMPLED_PC_SIZE;
}

/** From the clock interrupt, which found user mode at `pc`. */
export function pc_sample_tick(thread: Thread, pc: u32): void {
  take(changetype<SampleControl>(thread.pc_samples), thread, pc);
  take(changetype<SampleControl>(thread.task.pc_samples), thread, pc);
}

function take(control: SampleControl, thread: Thread, pc: u32): void {
  if (control == NONE || !(control.flavors & SAMPLED_PC_PERIODIC)) return;
  const sample = sample_at(control, control.sequence++);
  store<usize>(sample, changetype<usize>(thread));
  store<u32>(sample, pc, 4);
  store<u32>(sample, SAMPLED_PC_PERIODIC, 8);
}

// The calls work on the cell of a task or thread that holds its control.

function enable(cell: usize, tick: usize, flavors: u32): i32 {
  if (load<usize>(cell) == 0) store<usize>(cell, kalloc(CONTROL_SIZE));
  const control = changetype<SampleControl>(load<usize>(cell));
  if (control == NONE) return KERN_RESOURCE_SHORTAGE;
  control.flavors = flavors;
  store<u32>(tick, 1000000 / HZ);
  return KERN_SUCCESS;
}

function disable(cell: usize, count: usize): i32 {
  const control = changetype<SampleControl>(load<usize>(cell));
  store<u32>(count, control == NONE ? 0 : control.sequence);
  pc_sample_free(cell);
  return KERN_SUCCESS;
}

/** Frees what the cell holds. */
export function pc_sample_free(cell: usize): void {
  if (load<usize>(cell) != 0) kfree(load<usize>(cell), CONTROL_SIZE);
  store<usize>(cell, 0);
}

/**
 * Copies the samples behind number [`sequence`], of which only the last SAMPLED_PC_MAX are kept, to `samples`; stores the
 * number of the last one, and how many these are at `count`, which holds the room.
 */
function copy_samples(cell: usize, sequence: usize, samples: usize, count: usize): i32 {
  const control = changetype<SampleControl>(load<usize>(cell));
  if (control == NONE || control.flavors == 0) return KERN_FAILURE;
  const last = control.sequence;
  if (load<u32>(sequence) > last) return KERN_FAILURE;
  const wanted = min<u32>(last - load<u32>(sequence), min<u32>(SAMPLED_PC_MAX, load<u32>(count)));
  for (let i: u32 = 0; i < wanted; i++)
    memory.copy(samples + <usize>i * SAMPLED_PC_SIZE, sample_at(control, last - wanted + i), SAMPLED_PC_SIZE);
  store<u32>(sequence, last);
  store<u32>(count, wanted);
  return KERN_SUCCESS;
}

function task_cell(task: Task): usize {
  return changetype<usize>(task) + offsetof<Task>("pc_samples");
}

function thread_cell(thread: Thread): usize {
  return changetype<usize>(thread) + offsetof<Thread>("pc_samples");
}

/** `tick`: microseconds between samples. `flavors`: SAMPLED_PC_*; kinds other than the periodic one give no samples. */
export function task_enable_pc_sampling(task: Task | null, tick: usize, flavors: u32): i32 {
  return task == null ? KERN_INVALID_ARGUMENT : enable(task_cell(task), tick, flavors);
}

export function task_disable_pc_sampling(task: Task | null, count: usize): i32 {
  return task == null ? KERN_INVALID_ARGUMENT : disable(task_cell(task), count);
}

export function task_get_sampled_pcs(task: Task | null, sequence: usize, samples: usize, count: usize): i32 {
  return task == null ? KERN_INVALID_ARGUMENT : copy_samples(task_cell(task), sequence, samples, count);
}

export function thread_enable_pc_sampling(thread: Thread | null, tick: usize, flavors: u32): i32 {
  return thread == null ? KERN_INVALID_ARGUMENT : enable(thread_cell(thread), tick, flavors);
}

export function thread_disable_pc_sampling(thread: Thread | null, count: usize): i32 {
  return thread == null ? KERN_INVALID_ARGUMENT : disable(thread_cell(thread), count);
}

export function thread_get_sampled_pcs(
  thread: Thread | null,
  sequence: usize,
  samples: usize,
  count: usize,
): i32 {
  return thread == null ? KERN_INVALID_ARGUMENT : copy_samples(thread_cell(thread), sequence, samples, count);
}
