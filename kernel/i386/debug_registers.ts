// Breakpoints of users in the debug registers (Intel 386 manual, chapter 12). A thread's state, eight words DR0 to DR7, is
// allocated when it is first set.
import { KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { DEBUG_STATE_DR6, DEBUG_STATE_DR7, I386_DEBUG_STATE_COUNT } from "../../abi/task_types";
import { current_thread } from "../kern/sched";
import { Thread } from "../kern/thread";
import { kalloc, kfree } from "../kern/zone";
import { load_breakpoint_addresses, store_dr7, take_dr6 } from "./asm";
import { PCB_DEBUG } from "./pcb_switch";
import { VM_MAX_ADDRESS } from "./vm_param";

const STATE_SIZE: u32 = I386_DEBUG_STATE_COUNT << 2;
const BREAKPOINTS: u32 = 4;
/** What a user may set of DR7: enables, exactness, types and lengths; not the protection of the registers themselves. */
const DR7_USER: u32 = 0xffff03ff;
/** Bit 10 reads as 1. */
const DR7_FIXED: u32 = 0x400;
/** Type of an I/O breakpoint, which no 386 or 486 has. */
const TYPE_IO: u32 = 2;

export function debug_registers_get(thread: Thread, state: usize, count: usize): i32 {
  if (load<u32>(count) < <u32>I386_DEBUG_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  if (thread.debug_state != 0) memory.copy(state, thread.debug_state, STATE_SIZE);
  else memory.fill(state, 0, STATE_SIZE);
  store<u32>(count, I386_DEBUG_STATE_COUNT);
  return KERN_SUCCESS;
}

/** KERN_INVALID_ARGUMENT: a breakpoint on what is not the user's. */
export function debug_registers_set(thread: Thread, state: usize, count: u32): i32 {
  if (count < <u32>I386_DEBUG_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  const control = load<u32>(state + DEBUG_STATE_DR7) & DR7_USER;
  for (let i: u32 = 0; i < BREAKPOINTS; i++) {
    if (!breakpoint_valid(load<u32>(state + ((<usize>i) << 2)), control, i)) return KERN_INVALID_ARGUMENT;
  }
  if (thread.debug_state == 0) {
    thread.debug_state = kalloc(STATE_SIZE);
    if (thread.debug_state == 0) return KERN_RESOURCE_SHORTAGE;
    thread.pcb_special |= PCB_DEBUG;
  }
  const own = thread.debug_state;
  memory.copy(own, state, BREAKPOINTS << 2);
  store<u32>(own + DEBUG_STATE_DR6, load<u32>(state + DEBUG_STATE_DR6));
  store<u32>(own + DEBUG_STATE_DR7, control | DR7_FIXED);
  if (changetype<usize>(thread) == changetype<usize>(current_thread())) debug_registers_load(thread);
  return KERN_SUCCESS;
}

/** Whether breakpoint `i` is off, or wholly in user space. */
function breakpoint_valid(address: u32, control: u32, i: u32): bool {
  if (((control >> (i << 1)) & 3) == 0) return true;
  const field = control >> (16 + (i << 2));
  if ((field & 3) == TYPE_IO) return false;
  return address < VM_MAX_ADDRESS;
}

/** Puts the thread's breakpoints, or none, in force. */
export function debug_registers_load(thread: Thread): void {
  if (thread.debug_state == 0) {
    store_dr7(DR7_FIXED);
    return;
  }
  load_breakpoint_addresses(thread.debug_state);
  store_dr7(load<u32>(thread.debug_state + DEBUG_STATE_DR7));
}

/** After #DB: keeps the cause where thread_get_state finds it. */
export function debug_registers_note(thread: Thread): void {
  if (thread.debug_state != 0) store<u32>(thread.debug_state + DEBUG_STATE_DR6, take_dr6());
}

export function debug_registers_free(thread: Thread): void {
  if (thread.debug_state != 0) kfree(thread.debug_state, STATE_SIZE);
  thread.debug_state = 0;
}
