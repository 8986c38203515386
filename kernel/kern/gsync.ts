// Waiting for words of memory to change. A waiter sleeps at a place: an address of an address space, or an offset of a memory
// object, so that tasks which share memory meet. Waiters of one place are woken in the order they came.
import { stackAlloc } from "../../guest/i386";
import { GSYNC_BROADCAST, GSYNC_MUTATE, GSYNC_QUAD, GSYNC_SHARED, GSYNC_TIMED } from "../../abi/gsync";
import {
  KERN_INTERRUPTED,
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_TASK,
  KERN_SUCCESS,
  KERN_TIMEDOUT,
} from "../../abi/kern_return";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { copyin_map, copyout_map } from "../vm/vm_copyio";
import { vm_fault } from "../vm/vm_fault";
import { VmMap } from "../vm/vm_map";
import { vm_map_lookup_entry } from "../vm/vm_map_entry";
import { VmObject, vm_object_deallocate, vm_object_reference } from "../vm/vm_object";
import { enqueue_tail, queue_first, queue_init, queue_linked, queue_next, remqueue } from "./queue";
import {
  current_thread,
  thread_block,
  thread_go,
  thread_will_wait,
  thread_will_wait_with_timeout,
  THREAD_TIMED_OUT,
} from "./sched";
import { Task } from "./task";
import { Thread } from "./thread";

/** Lies in the frame of the waiting thread, or of who looks for one. */
@unmanaged
class GsyncWaiter {
  // Link in its bucket: must stay first.
  next!: usize;
  prev!: usize;
  /** The place: a map or an object, and an address or offset in it. */
  space!: usize;
  offset!: u32;
  /** The object, with a reference, if the place is in one. */
  object: VmObject = changetype<VmObject>(0);
  thread: Thread = changetype<Thread>(0);
}

const BUCKETS: usize = 64;
const buckets: usize = memory.data(512);

export function gsync_init(): void {
  for (let i: usize = 0; i < BUCKETS; i++) queue_init(buckets + (i << 3));
}

function bucket_of(place: GsyncWaiter): usize {
  const hash = (place.space >> 4) ^ (place.offset >> 2) ^ (place.offset >> 12);
  return buckets + ((hash & (BUCKETS - 1)) << 3);
}

/**
 * Sleeps while the word at `address` is `first`, and with GSYNC_QUAD the next one is `second`; for at most `milliseconds`
 * with GSYNC_TIMED. KERN_INVALID_ADDRESS, KERN_INVALID_ARGUMENT (another value), KERN_TIMEDOUT, KERN_INTERRUPTED.
 */
export function gsync_wait(
  task: Task | null,
  address: u32,
  first: u32,
  second: u32,
  milliseconds: u32,
  flags: u32,
): i32 {
  const words = stackAlloc(8);
  const waiter = changetype<GsyncWaiter>(stackAlloc(24));
  if (task == null) return KERN_INVALID_TASK;
  if (!find_place(task, address, flags, waiter)) return KERN_INVALID_ADDRESS;
  const quad = (flags & GSYNC_QUAD) != 0;
  let result = KERN_INVALID_ARGUMENT;
  if (copyin_map(task.map, address, words, quad ? 8 : 4) != KERN_SUCCESS) result = KERN_INVALID_ADDRESS;
  else if (load<u32>(words) == first && (!quad || load<u32>(words, 4) == second)) {
    // Nothing has run since the words were read.
    result = sleep_at(waiter, milliseconds, flags);
  }
  leave_place(waiter);
  return result;
}

function sleep_at(waiter: GsyncWaiter, milliseconds: u32, flags: u32): i32 {
  const self = current_thread();
  waiter.thread = self;
  enqueue_tail(bucket_of(waiter), changetype<usize>(waiter));
  if (flags & GSYNC_TIMED) thread_will_wait_with_timeout(self, milliseconds);
  else thread_will_wait(self);
  const result = thread_block();
  if (!queue_linked(changetype<usize>(waiter))) return KERN_SUCCESS;
  remqueue(changetype<usize>(waiter));
  return result == THREAD_TIMED_OUT ? KERN_TIMEDOUT : KERN_INTERRUPTED;
}

/**
 * Wakes the first that sleeps at `address`, or all with GSYNC_BROADCAST; with GSYNC_MUTATE the word becomes `value` before.
 * KERN_INVALID_ADDRESS, KERN_INVALID_ARGUMENT (nobody sleeps there).
 */
export function gsync_wake(task: Task | null, address: u32, value: u32, flags: u32): i32 {
  const word = stackAlloc(4);
  const place = changetype<GsyncWaiter>(stackAlloc(24));
  if (task == null) return KERN_INVALID_TASK;
  if (!find_place(task, address, flags, place)) return KERN_INVALID_ADDRESS;
  let result = KERN_SUCCESS;
  if (flags & GSYNC_MUTATE) {
    store<u32>(word, value);
    if (copyout_map(task.map, word, address, 4) != KERN_SUCCESS) result = KERN_INVALID_ADDRESS;
  }
  if (result == KERN_SUCCESS) {
    let woken = wake_first(place);
    if (!woken) result = KERN_INVALID_ARGUMENT;
    while (woken && flags & GSYNC_BROADCAST) woken = wake_first(place);
  }
  leave_place(place);
  return result;
}

/**
 * Those that sleep at `source` (the first, or all with GSYNC_BROADCAST) sleep at `target` from now on; with `wake_one` the
 * first is woken instead. KERN_INVALID_ADDRESS, KERN_INVALID_ARGUMENT (nobody sleeps there).
 */
export function gsync_requeue(task: Task | null, source: u32, target: u32, wake_one: bool, flags: u32): i32 {
  const from = changetype<GsyncWaiter>(stackAlloc(24));
  const to = changetype<GsyncWaiter>(stackAlloc(24));
  if (task == null) return KERN_INVALID_TASK;
  if (!find_place(task, source, flags, from)) return KERN_INVALID_ADDRESS;
  let result = KERN_INVALID_ADDRESS;
  if (find_place(task, target, flags, to)) {
    result = first_at(from) == null ? KERN_INVALID_ARGUMENT : KERN_SUCCESS;
    if (wake_one) wake_first(from);
    if (!same_place(from, to)) move_waiters(from, to, (flags & GSYNC_BROADCAST) != 0);
    leave_place(to);
  }
  leave_place(from);
  return result;
}

function move_waiters(from: GsyncWaiter, to: GsyncWaiter, all: bool): void {
  for (;;) {
    const waiter = first_at(from);
    if (waiter == null) return;
    remqueue(changetype<usize>(waiter));
    leave_place(waiter);
    waiter.space = to.space;
    waiter.offset = to.offset;
    waiter.object = to.object;
    if (changetype<usize>(to.object) != 0) vm_object_reference(to.object);
    enqueue_tail(bucket_of(to), changetype<usize>(waiter));
    if (!all) return;
  }
}

function same_place(a: GsyncWaiter, b: GsyncWaiter): bool {
  return a.space == b.space && a.offset == b.offset;
}

function first_at(place: GsyncWaiter): GsyncWaiter | null {
  const head = bucket_of(place);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    const waiter = changetype<GsyncWaiter>(link);
    if (same_place(waiter, place)) return waiter;
  }
  return null;
}

/** False if nobody sleeps there. */
function wake_first(place: GsyncWaiter): bool {
  const waiter = first_at(place);
  if (waiter == null) return false;
  remqueue(changetype<usize>(waiter));
  thread_go(waiter.thread);
  return true;
}

/** Which place `address` of the task is. False if it is none, or must be written to and cannot. May block. */
function find_place(task: Task, address: u32, flags: u32, place: GsyncWaiter): bool {
  memory.fill(changetype<usize>(place), 0, offsetof<GsyncWaiter>());
  const map = task.map;
  if (address & 3 || !accessible(map, address, (flags & GSYNC_MUTATE) != 0)) return false;
  if (!(flags & GSYNC_SHARED)) {
    place.space = changetype<usize>(map);
    place.offset = address;
    return true;
  }
  const entry = vm_map_lookup_entry(map, address);
  const object = entry.object;
  if (address >= entry.end || object == null) return false;
  vm_object_reference(object);
  place.object = object;
  place.space = changetype<usize>(object);
  place.offset = entry.offset + (address - entry.start);
  return true;
}

/** Brings the page in: for writing where that is allowed, so that no later copy makes another object of it. */
function accessible(map: VmMap, address: u32, write: bool): bool {
  if (vm_fault(map, address, VM_PROT_READ | VM_PROT_WRITE, false) == KERN_SUCCESS) return true;
  return !write && vm_fault(map, address, VM_PROT_READ, false) == KERN_SUCCESS;
}

function leave_place(place: GsyncWaiter): void {
  if (changetype<usize>(place.object) != 0) vm_object_deallocate(place.object);
}
