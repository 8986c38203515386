// Tasks: emulated system calls, sampled program counters, threads that free themselves, special ports, and what children get.
import { stackAlloc } from "../../guest/i386";
import { INBAND_MAX } from "../../abi/fs";
import {
  KERN_FAILURE,
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_NO_ACCESS,
  KERN_PROTECTION_FAILURE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  BASEPRI_USER,
  SAMPLED_PC_PERIODIC,
  SAMPLED_PC_SIZE,
  TASK_BASIC_INFO,
  TASK_BASIC_INFO_COUNT,
} from "../../abi/task_types";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { thread_terminate_release } from "../generated/gnumach.generated";
import {
  mach_ports_lookup,
  mach_ports_register,
  task_create,
  task_get_emulation_vector,
  task_info,
  task_ras_control,
  task_set_emulation,
  task_set_emulation_vector,
  task_terminate,
  thread_suspend,
  thread_terminate,
  vm_deallocate,
  vm_protect,
  vm_region,
} from "../generated/mach.generated";
import {
  task_disable_pc_sampling,
  task_enable_pc_sampling,
  task_get_sampled_pcs,
  thread_disable_pc_sampling,
  thread_enable_pc_sampling,
  thread_get_sampled_pcs,
} from "../generated/mach4.generated";
import { vm_read_bytes, vm_write_bytes } from "../generated/mach386.generated";
import { task_max_priority, task_priority } from "../generated/mach_host.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import {
  emulation_address,
  emulations_address,
  mach_host_self,
  raw_trap,
  spin_address,
  thread_switch,
} from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish, host_port } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { PAGE_SIZE, vm_allocate } from "../lib/vm";
import { allocate_stack, start_thread, THREAD_STACK_SIZE } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const A_WHILE: u32 = 100;
/** An unused trap number, which the kernel answers with KERN_INVALID_ARGUMENT, and one beyond the table. */
const UNUSED: i32 = -1;
const POSITIVE: i32 = 5;
/** What the handler of lib/machine.asm.ts answers. */
const EMULATED: u32 = 0x1234;

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

function emulations(): u32 {
  return atomic.load<u32>(emulations_address());
}

function emulation(): void {
  const self = task_self();
  const handler = <u32>emulation_address();
  check_equals("the kernel's answer", raw_trap(UNUSED, 0, 0, 0), KERN_INVALID_ARGUMENT);
  check_equals("a handler", task_set_emulation(self, handler, UNUSED), 0);
  check_equals("the handler's answer", raw_trap(UNUSED, 0, 0, 0), EMULATED);
  check_equals("it has run", emulations(), 1);
  check_equals("for a number of no trap", task_set_emulation(self, handler, POSITIVE), 0);
  check_equals("its answer", raw_trap(POSITIVE, 0, 0, 0), EMULATED);
  check_equals("others are the kernel's", raw_trap(-10, 0, 0, 0), 0);
  check_equals("too large", task_set_emulation(self, handler, 100000), KERN_INVALID_ARGUMENT);
  vectors(handler);
  check_equals("none", task_set_emulation(self, 0, UNUSED), 0);
  check_equals("the kernel's answer again", raw_trap(UNUSED, 0, 0, 0), KERN_INVALID_ARGUMENT);
}

function vectors(handler: u32): void {
  const self = task_self();
  const first = stackAlloc(4);
  const vector = stackAlloc(4);
  const count = stackAlloc(4);
  check_equals("the vector", task_get_emulation_vector(self, first, vector, count), 0);
  check_equals("from the lowest number", load<u32>(first), UNUSED);
  check_equals("to the highest", load<u32>(count), POSITIVE - UNUSED + 1);
  const words = load<u32>(vector);
  check_equals("has the handler", load<u32>(words), handler);
  check_equals("and holes", load<u32>(words, 4), 0);
  store<u32>(words, handler, 4);
  check_equals("another vector", task_set_emulation_vector(self, -3, words, 2), 0);
  check_equals("at its number", raw_trap(-2, 0, 0, 0), EMULATED);
  check_equals("and at the next", raw_trap(-3, 0, 0, 0), EMULATED);
  vm_deallocate(self, words, load<u32>(count) * 4);

  const slot = stackAlloc(4);
  check_equals("a child", task_create(self, 0, slot), 0);
  check_equals("has the same handlers", task_get_emulation_vector(load<u32>(slot), first, vector, count), 0);
  check_equals("all of them", load<u32>(count), POSITIVE + 4);
  vm_deallocate(self, load<u32>(vector), load<u32>(count) * 4);
  task_set_emulation(load<u32>(slot), 0, -2);
  check_equals("its own from then on", raw_trap(-2, 0, 0, 0), EMULATED);
  task_terminate(load<u32>(slot));
  check_equals("no atomic sequences", task_ras_control(self, 0, 0, 0), KERN_FAILURE);
}

/** Counts the samples in which a spinning thread was found where it spins. */
function samples_at(pcs: usize, count: u32, thread_words: usize): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const sample = pcs + <usize>i * SAMPLED_PC_SIZE;
    if (load<u32>(sample, 4) == <u32>spin_address() && load<u32>(sample, 8) == SAMPLED_PC_PERIODIC) found++;
    store<u32>(thread_words, load<u32>(sample));
  }
  return found;
}

function sampling(): void {
  const self = task_self();
  const tick = stackAlloc(4);
  const sequence = stackAlloc(4);
  const count = stackAlloc(4);
  const slot = stackAlloc(4);
  const room = stackAlloc(6144); // 512 samples
  store<u32>(count, 512);
  store<u32>(sequence, 0);
  const off = task_get_sampled_pcs(self, sequence, room, count);
  check_equals("no samples yet", off, KERN_FAILURE);
  check_equals("sampling", task_enable_pc_sampling(self, tick, SAMPLED_PC_PERIODIC), 0);
  check_equals("at each tick", load<u32>(tick), 10000);
  start_thread(self, <u32>spin_address(), allocate_stack(), 0, 0, slot);
  const thread = load<u32>(slot);
  check_equals("of a thread too", thread_enable_pc_sampling(thread, tick, SAMPLED_PC_PERIODIC), 0);
  sleep();
  thread_suspend(thread);
  store<u32>(count, 512);
  check_equals("the task's samples", task_get_sampled_pcs(self, sequence, room, count), 0);
  const found = samples_at(room, load<u32>(count), slot);
  check("are where the thread spins", found >= 2);
  const last = load<u32>(sequence);
  store<u32>(count, 512);
  check_equals("asked again", task_get_sampled_pcs(self, sequence, room, count), 0);
  check_equals("there are no more", load<u32>(count), load<u32>(sequence) - last);
  store<u32>(sequence, 0);
  store<u32>(count, 512);
  check_equals("the thread's", thread_get_sampled_pcs(thread, sequence, room, count), 0);
  check_equals("are all its own", samples_at(room, load<u32>(count), slot), load<u32>(count));
  store<u32>(sequence, 1000000);
  store<u32>(count, 512);
  const future = task_get_sampled_pcs(self, sequence, room, count);
  check_equals("of the future", future, KERN_FAILURE);
  check_equals("no more", thread_disable_pc_sampling(thread, count), 0);
  check("how many there were", load<u32>(count) >= found);
  check_equals("of the task", task_disable_pc_sampling(self, count), 0);
  thread_terminate(thread);
  mach_port_deallocate(self, thread);
}

/** Another thread's stack and name go with it. */
function release(): void {
  const self = task_self();
  const slot = stackAlloc(4);
  const size = stackAlloc(32);
  const stack = allocate_stack();
  start_thread(self, <u32>spin_address(), stack, 0, 0, slot);
  const thread = load<u32>(slot);
  const low = stack - THREAD_STACK_SIZE;
  const ended = thread_terminate_release(thread, self, thread, 0, low, THREAD_STACK_SIZE);
  check_equals("a thread is released", ended, KERN_SUCCESS);
  sleep();
  check_equals("its name is gone", thread_suspend(thread), MACH_SEND_INVALID_DEST);
  store<u32>(slot, low);
  vm_region(self, slot, size, size + 4, size + 8, size + 12, size + 16, size + 20, size + 24);
  check("so is its stack", load<u32>(slot) >= stack);
}

function registered(): void {
  const self = task_self();
  const slot = stackAlloc(4);
  const list = stackAlloc(4);
  const count = stackAlloc(4);
  const ports = stackAlloc(8);
  store<u32>(ports, self);
  store<u32>(ports, self, 4);
  check_equals("two ports are registered", mach_ports_register(self, ports, 2), 0);
  check_equals("a child", task_create(self, 0, slot), 0);
  const child = load<u32>(slot);
  check_equals("finds them", mach_ports_lookup(child, list, count), 0);
  check_equals("among four", load<u32>(count), 4);
  check_equals("the first", load<u32>(load<u32>(list)), self);
  check_equals("and no third", load<u32>(load<u32>(list), 8), 0);
  vm_deallocate(self, load<u32>(list), 16);
  const info = stackAlloc(88);
  store<u32>(count, TASK_BASIC_INFO_COUNT);
  check_equals("it has no memory", task_info(child, TASK_BASIC_INFO, info, count), 0);
  check_equals("at all", load<u32>(info, 8), 0);
  check_equals("five are too many", mach_ports_register(self, load<u32>(list), 5) != 0 ? 1 : 0, 1);
  mach_ports_register(self, ports, 0);
  task_terminate(child);
}

/** A task's priorities are no better than its maximum, which only the privileged host port makes better. */
function priorities(): void {
  const cell = stackAlloc(4);
  task_create(task_self(), 0, cell);
  const child = load<u32>(cell);
  const better: u32 = BASEPRI_USER - 5;
  check_equals("a better priority", task_priority(child, better, 0), KERN_NO_ACCESS);
  check_equals("a better maximum", task_max_priority(mach_host_self(), child, better, 0, 0), KERN_NO_ACCESS);
  const worse = task_max_priority(mach_host_self(), child, BASEPRI_USER + 5, 0, 0);
  check_equals("a worse maximum", worse, 0);
  check_equals("is the best now", task_priority(child, BASEPRI_USER, 0), KERN_NO_ACCESS);
  if (host_port != 0) {
    check_equals("better by privilege", task_max_priority(host_port, child, better, 1, 0), 0);
    check_equals("it may be used", task_priority(child, better, 0), 0);
  }
  check_equals("no host", task_max_priority(child, child, better, 0, 0), KERN_INVALID_ARGUMENT);
  task_terminate(child);
  mach_port_deallocate(task_self(), child);
}

/** Bytes of another task, wherever they are, with the map as it was. */
function bytes(): void {
  const cell = stackAlloc(4);
  const from = stackAlloc(INBAND_MAX + 4);
  const to = stackAlloc(INBAND_MAX);
  const count = stackAlloc(4);
  task_create(task_self(), 0, cell);
  const child = load<u32>(cell);
  const base: u32 = 0x10000;
  store<u32>(cell, base);
  vm_allocate(child, cell, 2 * PAGE_SIZE, 0);
  vm_protect(child, base + PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_READ | VM_PROT_WRITE);
  const entries = count_entries_of(child, 0, USER_END);
  for (let index: u32 = 0; index < <u32>INBAND_MAX; index += 4) store<u32>(from + index, index * 0x9e3779b1);
  const across = base + PAGE_SIZE - 1001;
  check_equals("written across pages", vm_write_bytes(child, across, from, INBAND_MAX), 0);
  store<u32>(count, INBAND_MAX);
  check_equals("and read", vm_read_bytes(child, across, INBAND_MAX, to, count), 0);
  check_equals("as many", load<u32>(count), INBAND_MAX);
  check("the same", memory.compare(from, to, INBAND_MAX) == 0);
  store<u32>(count, INBAND_MAX);
  check_equals("a part", vm_read_bytes(child, across + 3, 5, to, count), 0);
  check("of it", load<u32>(count) == 5 && memory.compare(from + 3, to, 5) == 0);
  check_equals("nothing", vm_write_bytes(child, across, from, 0), 0);
  check_equals("too many", vm_read_bytes(child, across, INBAND_MAX + 1, to, count), KERN_INVALID_ARGUMENT);
  check_equals("nowhere", vm_read_bytes(child, 0x1000, 4, to, count), KERN_INVALID_ADDRESS);
  const last = base + 2 * PAGE_SIZE - 2;
  check_equals("over the end", vm_write_bytes(child, last, from, 4), KERN_INVALID_ADDRESS);
  check_equals("the kernel's", vm_write_bytes(child, 0xc0000000, from, 4), KERN_INVALID_ADDRESS);
  check_equals("around the end", vm_read_bytes(child, 0xfffffffe, 4, to, count), KERN_INVALID_ADDRESS);
  check_equals("a map as before", count_entries_of(child, 0, USER_END), entries);
  vm_protect(child, base, PAGE_SIZE, 0, VM_PROT_READ);
  check_equals("not to be written", vm_write_bytes(child, base, from, 4), KERN_PROTECTION_FAILURE);
  vm_protect(child, base, PAGE_SIZE, 0, 0);
  check_equals("not to be read", vm_read_bytes(child, base, 4, to, count), KERN_PROTECTION_FAILURE);
  task_terminate(child);
  check("no task", vm_write_bytes(child, across, from, 4) != 0);
  mach_port_deallocate(task_self(), child);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  emulation();
  sampling();
  release();
  registered();
  priorities();
  bytes();
  return finish();
}
