// Threads that allocate, free and call the kernel at once: every block keeps its bytes, and the heaps stay in order.
import { stackAlloc } from "../../guest/i386";
import { vm_statistics } from "../generated/mach.generated";
import { gsync_wait, gsync_wake } from "../generated/gnumach.generated";
import { VM_STATS_SIZE } from "../../abi/vm_types";
import { swtch } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { cthread_fork } from "../lib/cthreads";
import { free, heap_check, malloc } from "../lib/heap";
import { task_self } from "../lib/mach";
import { mutex_lock, mutex_unlock } from "../lib/mutex";
import { begin, finish } from "../lib/process";

export { thread_entry } from "../lib/threads";

const THREADS: u32 = 4;
const ROUNDS: u32 = 600;
const KEPT: u32 = 64;
/** Blocks of each thread: address, size, byte. */
const blocks: usize = memory.data(3072);
const lock: usize = memory.data(4);
const done: usize = memory.data(4);
let counter: u32 = 0;
let spoilt: u32 = 0;
let failed_calls: u32 = 0;

function next(seed: u32): u32 {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  return seed ^ (seed << 5);
}

/** Whether a block still has its byte at both ends and in the middle. */
function is_whole(cell: usize): bool {
  const address = load<u32>(cell);
  const size = load<u32>(cell, 4);
  const byte = load<u8>(cell, 8);
  return (
    load<u8>(address) == byte && load<u8>(address + size / 2) == byte && load<u8>(address + size - 1) == byte
  );
}

function drop(cell: usize): void {
  if (load<u32>(cell) == 0) return;
  if (!is_whole(cell)) spoilt++;
  free(load<u32>(cell));
  store<u32>(cell, 0);
}

function work(thread: u32): void {
  let seed = thread * 7919 + 1;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    seed = next(seed);
    const cell = blocks + (thread * KEPT + ((seed >>> 8) % KEPT)) * 12;
    drop(cell);
    // Small blocks mostly, and now and then a large one.
    const size = (seed & 15) == 0 ? (seed >>> 4) % 60000 : (seed >>> 4) % 300;
    const address = malloc(size + 1);
    store<u32>(cell, address);
    store<u32>(cell, size + 1, 4);
    store<u32>(cell, seed >>> 24, 8);
    memory.fill(address, <u8>(seed >>> 24), size + 1);
    if ((seed & 7) == 0 && vm_statistics(task_self(), stackAlloc(VM_STATS_SIZE)) != 0) failed_calls++;
    mutex_lock(lock);
    const before = counter;
    if ((seed & 31) == 0) swtch();
    counter = before + 1;
    mutex_unlock(lock);
  }
  for (let index: u32 = 0; index < KEPT; index++) drop(blocks + (thread * KEPT + index) * 12);
  mutex_lock(lock);
  store<u32>(done, load<u32>(done) + 1);
  mutex_unlock(lock);
  gsync_wake(task_self(), <u32>done, 0, 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  for (let thread: u32 = 1; thread < THREADS; thread++)
    check_equals("a thread starts", cthread_fork(work, thread), 0);
  work(0);
  for (let seen = load<u32>(done); seen < THREADS; seen = load<u32>(done))
    gsync_wait(task_self(), <u32>done, seen, 0, 0, 0);
  check_equals("every block kept its bytes", spoilt, 0);
  check_equals("every call was answered", failed_calls, 0);
  check_equals("the lock let one thread in at a time", counter, THREADS * ROUNDS);
  check("the heaps are in order", heap_check());
  return finish();
}
