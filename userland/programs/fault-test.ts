// A program that does wrong ends; nobody else does. Each way to do wrong is tried by a task of its own, and each must end
// that task within a time limit. Then come bad arguments, which must give their codes.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ADDRESS, KERN_INVALID_ARGUMENT, KERN_NO_SPACE } from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MACH_SEND_INVALID_DATA,
  MACH_SEND_MSG,
  MSGH_ID,
} from "../../abi/mach_msg";
import { MACH_NOTIFY_DEAD_NAME, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import {
  I386_REGS_SEGS_STATE,
  I386_THREAD_STATE_COUNT,
  THREAD_STATE_CS,
  THREAD_STATE_SIZE,
  THREAD_STATE_SS,
} from "../../abi/task_types";
import { task_create, task_terminate, thread_create, thread_set_state } from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import {
  fault_address,
  fault_count,
  fault_name,
  mach_msg_trap,
  raw_trap,
  vm_allocate_trap,
} from "../lib/asm";
import { check, check_equals, check_equals_named } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { allocate_stack, start_thread } from "../lib/threads";

export { thread_entry } from "../lib/threads";

const ROOM: u32 = 64;
/** How long a task may live that does wrong, in milliseconds. */
const PATIENCE: u32 = 2000;

/** Runs way `index` in a copy of this task; whether the copy ended by itself. */
function dies(index: u32, stack: u32): bool {
  const slots = stackAlloc(8);
  // A port of its own for each way, so that a late notification of one that did not end is not taken for the next one's.
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slots) != 0) return false;
  const notify = load<u32>(slots);
  const ended = task_create(task_self(), 1, slots) == 0 && child_dies(load<u32>(slots), index, stack, notify);
  mach_port_destroy(task_self(), notify);
  return ended;
}

/** Starts the way in `child`, a copy without threads, waits, and ends the copy if nothing else has; its name is released. */
function child_dies(child: u32, index: u32, stack: u32, notify: u32): bool {
  const slots = stackAlloc(8);
  mach_port_request_notification(
    task_self(),
    child,
    MACH_NOTIFY_DEAD_NAME,
    1,
    notify,
    MACH_MSG_TYPE_MAKE_SEND_ONCE,
    slots + 4,
  );
  let ended = start_thread(child, <u32>fault_address(index), stack, 0, 0, slots + 4) == 0;
  const message = stackAlloc(ROOM);
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  if (mach_msg_trap(message, option, 0, ROOM, notify, PATIENCE, 0) != 0) ended = false;
  if (ended && load<u32>(message + MSGH_ID) != MACH_NOTIFY_DEAD_NAME) ended = false;
  if (!ended) task_terminate(child);
  mach_port_destroy(task_self(), load<u32>(slots + 4));
  mach_port_destroy(task_self(), child);
  return ended;
}

function wrong_ways(): void {
  const stack = allocate_stack();
  if (!check("a stack", stack != 0)) return;
  const count = fault_count();
  for (let index: u32 = 0; index < count; index++)
    check_equals_named(fault_name(index), dies(index, stack) ? 1 : 0, 1);
}

function bad_traps(): void {
  check_equals("a trap number that is not in use", raw_trap(-1, 0, 0, 0), KERN_INVALID_ARGUMENT);
  check_equals("one that always succeeds", raw_trap(-10, 0, 0, 0), 0);
}

function bad_addresses(): void {
  const slot = stackAlloc(4);
  const send: u32 = MACH_SEND_MSG;
  check_equals(
    "a message that is not there",
    mach_msg_trap(0x1000, send, 24, 0, 0, 0, 0),
    MACH_SEND_INVALID_DATA,
  );
  check_equals("in the kernel", mach_msg_trap(0xc0000000, send, 24, 0, 0, 0, 0), MACH_SEND_INVALID_DATA);
  check_equals("around the end", mach_msg_trap(0xfffffff0, send, 64, 0, 0, 0, 0), MACH_SEND_INVALID_DATA);
  store<u32>(slot, 0xbffff000);
  check_equals("memory over the stack", vm_allocate_trap(task_self(), slot, 4096, 0), KERN_NO_SPACE);
  store<u32>(slot, 0xc0000000);
  check_equals("memory in the kernel", vm_allocate_trap(task_self(), slot, 4096, 0), KERN_INVALID_ADDRESS);
  store<u32>(slot, 0xbffff000);
  check_equals(
    "memory around the end",
    vm_allocate_trap(task_self(), slot, 0x80000000, 0),
    KERN_INVALID_ADDRESS,
  );
  check("more memory than there is addresses", vm_allocate_trap(task_self(), slot, 0xfffff000, 1) != 0);
}

/** A thread cannot be given the kernel's segments. */
function bad_registers(): void {
  const thread = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (!check_equals("a thread", thread_create(task_self(), thread), 0)) return;
  memory.fill(state, 0, THREAD_STATE_SIZE);
  store<u32>(state + THREAD_STATE_CS, 8);
  store<u32>(state + THREAD_STATE_SS, 16);
  const count: u32 = I386_THREAD_STATE_COUNT;
  const result = thread_set_state(load<u32>(thread), I386_REGS_SEGS_STATE, state, count);
  check_equals("with the kernel's segments", result, KERN_INVALID_ARGUMENT);
  check_equals(
    "with a state of no known kind",
    thread_set_state(load<u32>(thread), 99, state, count),
    KERN_INVALID_ARGUMENT,
  );
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  wrong_ways();
  bad_traps();
  bad_addresses();
  bad_registers();
  return finish();
}
