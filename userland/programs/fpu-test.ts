// The floating-point unit: each thread has registers of its own, which others can read and set, and exceptions of its own.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import { THREAD_EXCEPTION_PORT } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  EXC_ARITHMETIC,
  FLOAT_STATE_FPKIND,
  FLOAT_STATE_IMAGE,
  FLOAT_STATE_INITIALIZED,
  FP_387,
  I386_FLOAT_STATE,
  I386_FLOAT_STATE_COUNT,
  I386_XFLOAT_STATE,
  I386_XFLOAT_STATE_COUNT,
  THREAD_STATE_EIP,
  THREAD_STATE_SIZE,
  THREAD_STATE_UESP,
  XFLOAT_STATE_IMAGE,
} from "../../abi/task_types";
import {
  thread_create,
  thread_get_state,
  thread_resume,
  thread_set_special_port,
  thread_set_state,
  thread_suspend,
  thread_terminate,
} from "../generated/mach.generated";
import { i386_get_xstate_size } from "../generated/mach_i386.generated";
import {
  float_add,
  float_divide_address,
  float_get,
  float_set,
  float_wait_address,
  mach_host_self,
  machine_counter_address,
  swtch,
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
import { begin, finish } from "../lib/process";
import { allocate_stack, spawn_thread } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const PATIENCE: u32 = 2000;
const A_WHILE: u32 = 30;
const ROUNDS: u32 = 200;
/** Words of the image of FNSAVE: control, status. */
const IMAGE_CONTROL: usize = 0;
const IMAGE_STATUS: usize = 4;
/** Registers begin behind the environment; of the first, the significand's upper word and the exponent. */
const IMAGE_REGISTERS: usize = 28;
/** Zero divide, and the summary of unmasked exceptions. */
const STATUS_ZERO_DIVIDE: u32 = 0x84;

/** Results of threads, and how many are done. */
const results: usize = memory.data(12);
const done: usize = memory.data(4);

function sleep(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, A_WHILE);
}

/** Adds `index` over and over, giving way in between. */
function add_up(index: u32): void {
  float_set(0);
  for (let i: u32 = 0; i < ROUNDS; i++) {
    float_add(index);
    swtch();
  }
  atomic.store<u32>(results + (index << 2) - 4, float_get());
  atomic.add<u32>(done, 1);
}

/** Loads a number and keeps it. */
function hold(value: u32): void {
  float_set(value);
  for (;;) sleep();
}

/** Takes what somebody put into the unit. */
function wait_and_take(_argument: u32): void {
  while (atomic.load<u32>(done) == 0) sleep();
  atomic.store<u32>(results, float_get());
  atomic.store<u32>(done, 2);
  for (;;) sleep();
}

function threads_of_their_own(): void {
  atomic.store<u32>(done, 0);
  float_set(1000);
  for (let index: u32 = 1; index <= 3; index++) spawn_thread(add_up, index);
  for (let patience = 0; patience < 100 && atomic.load<u32>(done) < 3; patience++) sleep();
  check_equals("the first thread's sum", load<u32>(results), ROUNDS);
  check_equals("the second's", load<u32>(results, 4), 2 * ROUNDS);
  check_equals("the third's", load<u32>(results, 8), 3 * ROUNDS);
  check_equals("this one's number", float_get(), 1000);
}

function state_of(thread: u32, flavor: i32, state: usize, room: u32): i32 {
  const count = stackAlloc(4);
  store<u32>(count, room);
  return thread_get_state(thread, flavor, state, count);
}

function states(): void {
  const state = stackAlloc(128);
  const size = stackAlloc(4);
  const thread = spawn_thread(hold, 1);
  sleep();
  thread_suspend(thread);
  check_equals("a state", state_of(thread, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT), 0);
  check_equals("of a 387", load<u32>(state + FLOAT_STATE_FPKIND), FP_387);
  check_equals("in use", load<u32>(state + FLOAT_STATE_INITIALIZED), 1);
  const image = state + FLOAT_STATE_IMAGE;
  check_equals("the control word", load<u16>(image + IMAGE_CONTROL), 0x37f);
  check_equals("ST(0): the significand", load<u32>(image + IMAGE_REGISTERS + 4), 0x80000000);
  check_equals("the exponent", load<u16>(image + IMAGE_REGISTERS + 8), 0x3fff);
  const short = state_of(thread, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT - 1);
  check_equals("too little room", short, KERN_INVALID_ARGUMENT);
  check_equals("the size of the extended state", i386_get_xstate_size(mach_host_self(), size), 0);
  check_equals("in words", load<u32>(size) >> 2, I386_XFLOAT_STATE_COUNT);
  check_equals("it", state_of(thread, I386_XFLOAT_STATE, state, I386_XFLOAT_STATE_COUNT), 0);
  check_equals("has the same number", load<u16>(state + XFLOAT_STATE_IMAGE + IMAGE_REGISTERS + 8), 0x3fff);

  atomic.store<u32>(done, 0);
  const taker = spawn_thread(wait_and_take, 0);
  sleep();
  check_equals("a thread without", state_of(taker, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT), 0);
  check_equals("has nothing", load<u32>(state + FLOAT_STATE_INITIALIZED), 0);
  state_of(thread, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT);
  store<u16>(image + IMAGE_REGISTERS + 8, 0x4000);
  check_equals("given the other's, doubled", thread_set_state(taker, I386_FLOAT_STATE, state, 30), 0);
  atomic.store<u32>(done, 1);
  for (let patience = 0; patience < 100 && atomic.load<u32>(done) != 2; patience++) sleep();
  check_equals("it takes it", load<u32>(results), 2);
  store<u32>(state + FLOAT_STATE_INITIALIZED, 0);
  check_equals("taken away", thread_set_state(thread, I386_FLOAT_STATE, state, 30), 0);
  state_of(thread, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT);
  check_equals("nothing is left", load<u32>(state + FLOAT_STATE_INITIALIZED), 0);
  thread_terminate(thread);
  thread_terminate(taker);
}

function exceptions(): void {
  const slot = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  const image = stackAlloc(128);
  const message = stackAlloc(EXCEPTION_ROOM);
  const port = make_port();
  thread_create(task_self(), slot);
  const thread = load<u32>(slot);
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state + THREAD_STATE_EIP, <u32>float_divide_address());
  store<u32>(state + THREAD_STATE_UESP, allocate_stack());
  set_registers(thread, state);
  thread_set_special_port(thread, THREAD_EXCEPTION_PORT, port);
  const before = atomic.load<u32>(machine_counter_address());
  thread_resume(thread);
  if (!check_equals("a division by zero", receive_exception(port, message, PATIENCE), 0)) return;
  check_equals("is arithmetic", load<u32>(message + EXCEPTION_KIND), EXC_ARITHMETIC);
  check_equals("of the unit", load<u32>(message + EXCEPTION_CODE), 5);
  const status = load<u32>(message + EXCEPTION_SUBCODE);
  check_equals("whose status says it", status & STATUS_ZERO_DIVIDE, STATUS_ZERO_DIVIDE);
  get_registers(thread, state);
  check_equals("at the next instruction", load<u32>(state + THREAD_STATE_EIP), <u32>float_wait_address());
  state_of(thread, I386_FLOAT_STATE, image, I386_FLOAT_STATE_COUNT);
  check_equals("its state", load<u16>(image + FLOAT_STATE_IMAGE + IMAGE_STATUS), status);
  store<u16>(image + FLOAT_STATE_IMAGE + IMAGE_STATUS, <u16>(status & ~0x80ff));
  check_equals("made good", thread_set_state(thread, I386_FLOAT_STATE, image, 30), 0);
  answer_exception(message, KERN_SUCCESS);
  sleep();
  check_equals("the thread goes on", atomic.load<u32>(machine_counter_address()), before + 1);
  thread_terminate(thread);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  check("a number", float_of(7) == 7);
  threads_of_their_own();
  states();
  exceptions();
  return finish();
}

function float_of(value: i32): i32 {
  float_set(value);
  return float_get();
}
