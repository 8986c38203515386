// What threads have of the i386 besides registers: local and global descriptors, I/O ports, breakpoints, and the flavors of
// their state. Whatever is changed under a running thread shows as an exception of that thread.
import { stackAlloc } from "../../guest/i386";
import { USER_CS, USER_DS, USER_GDT } from "../../abi/i386";
import { KERN_INVALID_ARGUMENT, KERN_NO_SPACE, KERN_SUCCESS } from "../../abi/kern_return";
import { THREAD_EXCEPTION_PORT } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  DEBUG_STATE_DR6,
  DEBUG_STATE_DR7,
  EXC_BAD_INSTRUCTION,
  EXC_BREAKPOINT,
  I386_DEBUG_STATE,
  I386_DEBUG_STATE_COUNT,
  I386_ISA_PORT_MAP_STATE,
  I386_ISA_PORT_MAP_STATE_COUNT,
  I386_REGS_SEGS_STATE,
  I386_THREAD_STATE_COUNT,
  I386_THREAD_STATE_LIST,
  I386_V86_ASSIST_STATE,
  THREAD_STATE_CS,
  THREAD_STATE_DS,
  THREAD_STATE_ECX,
  THREAD_STATE_EIP,
  THREAD_STATE_ES,
  THREAD_STATE_FS,
  THREAD_STATE_GS,
  THREAD_STATE_SIZE,
  THREAD_STATE_SS,
  THREAD_STATE_UESP,
} from "../../abi/task_types";
import {
  thread_create,
  thread_get_state,
  thread_resume,
  thread_set_special_port,
  thread_set_state,
  thread_terminate,
} from "../generated/mach.generated";
import {
  i386_get_gdt,
  i386_get_ldt,
  i386_io_perm_create,
  i386_io_perm_modify,
  i386_set_gdt,
  i386_set_ldt,
} from "../generated/mach_i386.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import {
  break_once_address,
  breakpoint_address,
  mach_thread_self,
  machine_counter_address,
  port_once_address,
  push_once_address,
  read_once_address,
  segment_word,
  spin_address,
  thread_switch,
} from "../lib/asm";
import { check, check_equals } from "../lib/check";
import {
  answer_exception,
  EXCEPTION_CODE,
  EXCEPTION_KIND,
  EXCEPTION_ROOM,
  EXCEPTION_SUBCODE,
  get_registers,
  make_port,
  receive_exception,
  set_registers,
} from "../lib/exceptions";
import { task_self } from "../lib/mach";
import { begin, device_port, finish, has_argument } from "../lib/process";
import { allocate_stack } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const PATIENCE: u32 = 2000;
/** Long enough for another thread to do what it is there for. */
const A_WHILE: u32 = 30;

// Descriptors: base and limit are put in by `segment`. Upper words: ring 3, 32 bits, limit in bytes; or flat.
const DATA: u32 = 0x0040f200;
const FLAT_CODE: u32 = 0x00cffa00;
const FLAT_DATA: u32 = 0x00cff200;
const RING_0_DATA: u32 = 0x00409200;
const FREE_TSS: u32 = 0x0000e900;

// Selectors of the local table behind the kernel's four entries.
const LOCAL: u32 = 0x47;
const LOCAL_CODE: u32 = 0x4f;
const LOCAL_STACK: u32 = 0x57;

const words: usize = memory.data(16);
const descriptor: usize = memory.data(8);

let stack: u32 = 0;
let port: u32 = 0;

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

/** Builds a descriptor and returns its address. */
function segment(base: u32, limit: u32, high: u32): usize {
  store<u32>(descriptor, (base << 16) | (limit & 0xffff));
  store<u32>(descriptor + 4, high | (base & 0xff000000) | ((base >> 16) & 0xff));
  return descriptor;
}

function flat(high: u32): usize {
  store<u32>(descriptor, 0xffff);
  store<u32>(descriptor + 4, high);
  return descriptor;
}

/** A suspended thread at `eip` with these selectors, whose exceptions come to `port`. */
function thread_with(eip: usize, cs: u32, ss: u32, data: u32): u32 {
  const slot = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (thread_create(task_self(), slot) != 0) return 0;
  const thread = load<u32>(slot);
  thread_set_special_port(thread, THREAD_EXCEPTION_PORT, port);
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state + THREAD_STATE_EIP, <u32>eip);
  store<u32>(state + THREAD_STATE_UESP, stack);
  store<u32>(state + THREAD_STATE_CS, cs);
  store<u32>(state + THREAD_STATE_SS, ss);
  store<u32>(state + THREAD_STATE_DS, USER_DS);
  store<u32>(state + THREAD_STATE_ES, USER_DS);
  store<u32>(state + THREAD_STATE_FS, data);
  store<u32>(state + THREAD_STATE_GS, data);
  const set = thread_set_state(thread, I386_REGS_SEGS_STATE, state, I386_THREAD_STATE_COUNT);
  check_equals("a thread with segments", set, KERN_SUCCESS);
  return thread;
}

function end(thread: u32): void {
  thread_terminate(thread);
  mach_port_deallocate(task_self(), thread);
}

/** Receives the thread's exception, compares, lets the thread spin with flat segments, and ends it. */
function expect_protection(what: string, thread: u32, code: u32, subcode: u32): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (!check_equals(what, receive_exception(port, message, PATIENCE), 0)) return;
  check_equals("  kind", load<u32>(message + EXCEPTION_KIND), EXC_BAD_INSTRUCTION);
  check_equals("  code", load<u32>(message + EXCEPTION_CODE), code);
  check_equals("  subcode", load<u32>(message + EXCEPTION_SUBCODE), subcode);
  get_registers(thread, state);
  store<u32>(state + THREAD_STATE_EIP, <u32>spin_address());
  check_equals("  helped", set_registers(thread, state), KERN_SUCCESS);
  answer_exception(message, KERN_SUCCESS);
  sleep();
  get_registers(thread, state);
  check_equals("  it spins", load<u32>(state + THREAD_STATE_EIP), <u32>spin_address());
  check_equals("  in the flat code segment", load<u32>(state + THREAD_STATE_CS), USER_CS);
  end(thread);
}

function local_descriptors(): void {
  const list = stackAlloc(64);
  // The address of the room, which the call could replace.
  const place = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(place, <u32>list);
  const self = mach_thread_self();
  store<u32>(count, 8);
  check_equals("descriptors of its own", i386_get_ldt(self, 0, 8, place, count), 0);
  check_equals("are none", load<u32>(count), 0);
  check_equals("one is set", i386_set_ldt(self, LOCAL, segment(<u32>words, 15, DATA), 1), 0);
  store<u32>(words, 0x12345678);
  store<u32>(words + 12, 0x9abcdef0);
  check_equals("it leads to its words", segment_word(LOCAL, 0), 0x12345678);
  check_equals("up to the last", segment_word(LOCAL, 12), 0x9abcdef0);
  store<u32>(count, 2);
  check_equals("read back", i386_get_ldt(self, LOCAL, 2, place, count), 0);
  check_equals("it is the only one", load<u32>(count), 1);
  check_equals("its lower word", load<u32>(list), load<u32>(descriptor));
  check_equals("its upper word, accessed", load<u32>(list, 4), load<u32>(descriptor + 4) | 0x100);
  check_equals("of ring 0", i386_set_ldt(self, LOCAL, segment(0, 15, RING_0_DATA), 1), KERN_INVALID_ARGUMENT);
  check_equals("no segment", i386_set_ldt(self, LOCAL, segment(0, 103, FREE_TSS), 1), KERN_INVALID_ARGUMENT);
  check_equals("beyond the table", i386_set_ldt(self, 0xffff, list, 2), KERN_INVALID_ARGUMENT);
  check_equals("nothing of that happened", segment_word(LOCAL, 0), 0x12345678);
  mach_port_deallocate(task_self(), self);
}

/** Descriptors that go away under a thread which uses them. */
function local_exceptions(): void {
  let thread = thread_with(spin_address(), USER_CS, USER_DS, LOCAL);
  thread_resume(thread);
  expect_protection("a selector without a descriptor", thread, 13, LOCAL & ~3);

  thread = thread_with(spin_address(), USER_CS, USER_DS, LOCAL);
  i386_set_ldt(thread, LOCAL, segment(<u32>words, 15, DATA), 1);
  thread_resume(thread);
  sleep();
  i386_set_ldt(thread, LOCAL, segment(0, 0, 0), 1);
  expect_protection("a data segment that goes away", thread, 13, LOCAL & ~3);

  thread = thread_with(spin_address(), LOCAL_CODE, USER_DS, USER_DS);
  i386_set_ldt(thread, LOCAL_CODE, flat(FLAT_CODE), 1);
  thread_resume(thread);
  sleep();
  i386_set_ldt(thread, LOCAL_CODE, segment(0, 0, 0), 1);
  expect_protection("a code segment that goes away", thread, 13, LOCAL_CODE & ~3);

  thread = thread_with(spin_address(), USER_CS, LOCAL_STACK, USER_DS);
  i386_set_ldt(thread, LOCAL_STACK, flat(FLAT_DATA), 1);
  thread_resume(thread);
  sleep();
  i386_set_ldt(thread, LOCAL_STACK, segment(0, 0, 0), 1);
  expect_protection("a stack that goes away", thread, 13, LOCAL_STACK & ~3);

  thread = thread_with(spin_address(), 0x0b, USER_DS, USER_DS);
  thread_resume(thread);
  expect_protection("the kernel's code segment", thread, 13, 8);
}

/** With the argument "limits": there are emulators that look at no limit. */
function local_limits(): void {
  let thread = thread_with(read_once_address(), USER_CS, USER_DS, 0);
  i386_set_ldt(thread, LOCAL, segment(<u32>words, 15, DATA), 1);
  const state = stackAlloc(THREAD_STATE_SIZE);
  get_registers(thread, state);
  store<u32>(state + THREAD_STATE_GS, LOCAL);
  store<u32>(state + THREAD_STATE_ECX, 13);
  thread_set_state(thread, I386_REGS_SEGS_STATE, state, I386_THREAD_STATE_COUNT);
  thread_resume(thread);
  expect_protection("a word over the limit", thread, 13, 0);

  thread = thread_with(push_once_address(), USER_CS, LOCAL_STACK, USER_DS);
  i386_set_ldt(thread, LOCAL_STACK, segment(0, 15, DATA), 1);
  thread_resume(thread);
  expect_protection("a stack that is too short", thread, 12, 0);

  thread = thread_with(spin_address(), LOCAL_CODE, USER_DS, USER_DS);
  i386_set_ldt(thread, LOCAL_CODE, segment(0, 15, 0x0040fa00), 1);
  thread_resume(thread);
  expect_protection("an EIP behind its code segment", thread, 13, 0);
}

function global_descriptors(): void {
  const self = mach_thread_self();
  const selector = stackAlloc(4);
  const back = stackAlloc(8);
  store<u32>(selector, 0xffffffff);
  check_equals("a slot", i386_set_gdt(self, selector, segment(<u32>words, 15, DATA)), 0);
  const first = load<u32>(selector);
  check_equals("is the first", first, USER_GDT | 3);
  check_equals("it leads to its words", segment_word(first, 0), 0x12345678);
  store<u32>(selector, 0xffffffff);
  check_equals("another slot", i386_set_gdt(self, selector, segment(<u32>words + 12, 3, DATA)), 0);
  check_equals("leads to others", segment_word(load<u32>(selector), 0), 0x9abcdef0);
  store<u32>(selector, 0xffffffff);
  check_equals("a third", i386_set_gdt(self, selector, descriptor), KERN_NO_SPACE);
  store<u32>(selector, 8);
  check_equals("the kernel's", i386_set_gdt(self, selector, descriptor), KERN_INVALID_ARGUMENT);
  store<u32>(selector, first);
  const ring_0 = i386_set_gdt(self, selector, segment(0, 15, RING_0_DATA));
  check_equals("of ring 0", ring_0, KERN_INVALID_ARGUMENT);
  check_equals("read back", i386_get_gdt(self, first, back), 0);
  check_equals("the base", load<u32>(back) >> 16, (<u32>words) & 0xffff);
  check_equals("of no slot", i386_get_gdt(self, 0x23, back), KERN_INVALID_ARGUMENT);

  const thread = thread_with(spin_address(), USER_CS, USER_DS, first);
  check_equals("another thread's slot", i386_get_gdt(thread, first, back), 0);
  check_equals("is empty", load<u32>(back, 4), 0);
  thread_resume(thread);
  expect_protection("it cannot use this one's", thread, 13, first & ~3);
  check_equals("which is still there", segment_word(first, 0), 0x12345678);
  store<u32>(selector, first);
  check_equals("emptied", i386_set_gdt(self, selector, segment(0, 0, 0)), 0);
  mach_port_deallocate(task_self(), self);
}

function counted(): u32 {
  return atomic.load<u32>(machine_counter_address());
}

function port_map_word(index: usize): u32 {
  const state = stackAlloc(128);
  const count = stackAlloc(4);
  store<u32>(count, I386_ISA_PORT_MAP_STATE_COUNT);
  const thread = thread_with(spin_address(), USER_CS, USER_DS, USER_DS);
  thread_get_state(thread, I386_ISA_PORT_MAP_STATE, state, count);
  end(thread);
  return load<u32>(state + (index << 2));
}

function io_ports(): void {
  const slot = stackAlloc(4);
  let thread = thread_with(port_once_address(), USER_CS, USER_DS, USER_DS);
  thread_resume(thread);
  expect_protection("a port without permission", thread, 13, 0);
  check_equals("no master port", i386_io_perm_create(task_self(), 0x80, 0x80, slot), KERN_INVALID_ARGUMENT);
  check_equals("no range", i386_io_perm_create(device_port, 0x81, 0x80, slot), KERN_INVALID_ARGUMENT);
  check_equals("a permission", i386_io_perm_create(device_port, 0x80, 0x81, slot), 0);
  const permission = load<u32>(slot);
  check_equals("no permission", i386_io_perm_modify(task_self(), device_port, 1), KERN_INVALID_ARGUMENT);
  check_equals("given", i386_io_perm_modify(task_self(), permission, 1), 0);
  check_equals("the map says so", port_map_word(4), 0xfffffffc);
  let before = counted();
  thread = thread_with(port_once_address(), USER_CS, USER_DS, USER_DS);
  thread_resume(thread);
  sleep();
  check_equals("the port is read", counted(), before + 1);
  end(thread);
  check_equals("taken away", i386_io_perm_modify(task_self(), permission, 0), 0);
  check_equals("the map is full again", port_map_word(4), 0xffffffff);
  before = counted();
  thread = thread_with(port_once_address(), USER_CS, USER_DS, USER_DS);
  thread_resume(thread);
  expect_protection("the port is refused", thread, 13, 0);
  check_equals("and not read", counted(), before);
  check_equals("the permission goes", mach_port_deallocate(task_self(), permission), 0);
}

function breakpoints(): void {
  const state = stackAlloc(32);
  const count = stackAlloc(4);
  const message = stackAlloc(EXCEPTION_ROOM);
  const registers = stackAlloc(THREAD_STATE_SIZE);
  const thread = thread_with(break_once_address(), USER_CS, USER_DS, USER_DS);
  memory.fill(state, 0, 32);
  store<u32>(state, 0xc0101000);
  store<u32>(state + DEBUG_STATE_DR7, 1);
  const refused = thread_set_state(thread, I386_DEBUG_STATE, state, I386_DEBUG_STATE_COUNT);
  check_equals("a breakpoint in the kernel", refused, KERN_INVALID_ARGUMENT);
  store<u32>(state, <u32>breakpoint_address());
  store<u32>(state + DEBUG_STATE_DR7, 0x2001);
  check_equals(
    "one of its own",
    thread_set_state(thread, I386_DEBUG_STATE, state, I386_DEBUG_STATE_COUNT),
    0,
  );
  const before = counted();
  thread_resume(thread);
  check_equals("is met", receive_exception(port, message, PATIENCE), 0);
  check_equals("a breakpoint", load<u32>(message + EXCEPTION_KIND), EXC_BREAKPOINT);
  check_equals("as of a single step", load<u32>(message + EXCEPTION_CODE), 1);
  get_registers(thread, registers);
  check_equals("at its address", load<u32>(registers + THREAD_STATE_EIP), <u32>breakpoint_address());
  store<u32>(count, I386_DEBUG_STATE_COUNT);
  check_equals("the state", thread_get_state(thread, I386_DEBUG_STATE, state, count), 0);
  check_equals("says which", load<u32>(state + DEBUG_STATE_DR6) & 15, 1);
  check_equals("without what users may not set", load<u32>(state + DEBUG_STATE_DR7), 0x401);
  store<u32>(state + DEBUG_STATE_DR7, 0);
  thread_set_state(thread, I386_DEBUG_STATE, state, I386_DEBUG_STATE_COUNT);
  answer_exception(message, KERN_SUCCESS);
  sleep();
  check_equals("without it the thread goes on", counted(), before + 1);
  end(thread);
}

function flavors(): void {
  const state = stackAlloc(128);
  const count = stackAlloc(4);
  const thread = thread_with(spin_address(), USER_CS, USER_DS, USER_DS);
  store<u32>(count, 4);
  check_equals("the list of flavors", thread_get_state(thread, I386_THREAD_STATE_LIST, state, count), 0);
  check("is 1, 2, 3, 4", load<u32>(state) == 1 && load<u32>(state, 4) == 2 && load<u32>(state, 12) == 4);
  store<u32>(count, 3);
  const short = thread_get_state(thread, I386_THREAD_STATE_LIST, state, count);
  check_equals("no room for it", short, KERN_INVALID_ARGUMENT);
  store<u32>(count, 32);
  check_equals("flavor 7", thread_get_state(thread, 7, state, count), KERN_INVALID_ARGUMENT);
  store<u32>(state, 0x1000);
  store<u32>(state, 2, 4);
  check_equals("a table", thread_set_state(thread, I386_V86_ASSIST_STATE, state, 2), 0);
  memory.fill(state, 0, 8);
  check_equals("is kept", thread_get_state(thread, I386_V86_ASSIST_STATE, state, count), 0);
  check("as it was", load<u32>(state) == 0x1000 && load<u32>(state, 4) == 2);
  store<u32>(state, 0xc0000000);
  const outside = thread_set_state(thread, I386_V86_ASSIST_STATE, state, 2);
  check_equals("one outside", outside, KERN_INVALID_ARGUMENT);
  end(thread);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  stack = allocate_stack();
  port = make_port();
  check("a stack and a port", stack != 0 && port != 0);
  local_descriptors();
  local_exceptions();
  if (has_argument("limits")) local_limits();
  global_descriptors();
  io_ports();
  breakpoints();
  flavors();
  return finish();
}
