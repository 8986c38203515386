// What the entry stubs of trap.asm.ts call: exceptions, interrupts, and the check before user mode goes on.
import { loadCr2 } from "../../guest/i386";
import {
  EFL_TF,
  IRQ_BASE,
  PF_WRITE,
  RETURN_IRET,
  RETURN_POINTS,
  T_BOUND,
  T_DEBUG,
  T_DIVIDE,
  T_FPU_ERROR,
  T_FPU_OVERRUN,
  T_INT3,
  T_INTO,
  T_INVALID_OPCODE,
  T_INVALID_TSS,
  T_NMI,
  T_NO_FPU,
  T_PAGE_FAULT,
  T_PROTECTION,
} from "../../abi/i386";
import { KERN_ABORTED, KERN_SUCCESS } from "../../abi/kern_return";
import {
  EXC_ARITHMETIC,
  EXC_BAD_ACCESS,
  EXC_BAD_INSTRUCTION,
  EXC_BREAKPOINT,
  EXC_SOFTWARE,
} from "../../abi/task_types";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { ast_taken } from "../kern/ast";
import { clock_note_mode } from "../kern/clock";
import { db_check_request, db_trap } from "../ddb/db_trap";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { kprint, kprint_hex, machine_stop, panic } from "../kern/debug";
import { exception } from "../kern/exception";
import { current_task, current_thread } from "../kern/sched";
import { thread_user_state } from "../kern/thread";
import { vm_fault } from "../vm/vm_fault";
import { gate_entry_address, gate_entry_stepped_address, return_points_address } from "./asm";
import { debug_registers_note } from "./debug_registers";
import { fpu_status, fpu_take } from "./fpu";
import { io_bitmap_fault } from "./io_permission";
import { irq_dispatch } from "./irq";
import { SavedState } from "./saved_state";
import { trunc_page, VM_MAX_ADDRESS } from "./vm_param";

/** Exception code of a page fault on an address that users never have. */
const CODE_KERNEL_ADDRESS: i32 = T_PAGE_FAULT;

// Codes of exceptions (the subcode is 0 unless trap() says otherwise).
const CODE_INVALID_OPCODE: i32 = 1;
const CODE_DIVIDE: i32 = 1;
const CODE_OVERFLOW: i32 = 2;
const CODE_FPU_OVERRUN: i32 = 4;
const CODE_FPU_ERROR: i32 = 5;
const CODE_BOUND: i32 = 7;
const CODE_SINGLE_STEP: i32 = 1;
const CODE_INT3: i32 = 2;

export function from_user(regs: SavedState): bool {
  return (regs.cs & 3) != 0;
}

/** An exception, in user or kernel mode. Returns the saved state to go back through. */
export function trap(regs: SavedState): usize {
  const trapno = regs.trapno;
  const err = regs.err;
  let state = regs;
  if (!from_user(regs)) {
    const point = return_point(regs.eip);
    if (point < 0) {
      kernel_trap(regs);
      return changetype<usize>(regs);
    }
    state = restore_user_state(regs, point);
  }
  if (trapno == T_PAGE_FAULT) user_page_fault(loadCr2(), err);
  else user_exception(trapno, err);
  ast_taken();
  return changetype<usize>(state);
}

/** Which instruction of the return to user mode is at `eip`; -1 for none. */
function return_point(eip: u32): i32 {
  const points = return_points_address();
  for (let i = 0; i < RETURN_POINTS; i++) if (load<u32>(points + ((<usize>i) << 2)) == eip) return i;
  return -1;
}

/**
 * The return to user mode faulted, on what the user had put into a segment register, the LDT or EIP: that counts as the
 * user's fault, with the registers that it was to get. Those popped already are in the fault's own frame, which lies
 * over the place that they came from.
 */
function restore_user_state(regs: SavedState, point: i32): SavedState {
  const user = thread_user_state(current_thread());
  const popped: usize = point == RETURN_IRET ? offsetof<SavedState>("trapno") : (<usize>point) << 2;
  // Upwards in memory, so from the top down.
  for (let at = popped; at > 0;) {
    at -= 4;
    store<u32>(changetype<usize>(user) + at, load<u32>(changetype<usize>(regs) + at));
  }
  return user;
}

/** An interrupt. One that interrupted the kernel came to the idle loop, or to the call gate's first instructions. */
export function interrupt(regs: SavedState): void {
  const user = from_user(regs);
  clock_note_mode(user, regs.eip);
  irq_dispatch(regs.trapno - IRQ_BASE);
  db_check_request(regs);
  if (user) ast_taken();
}

function user_page_fault(address: u32, error: u32): void {
  if (address >= VM_MAX_ADDRESS) {
    exception(EXC_BAD_ACCESS, CODE_KERNEL_ADDRESS, address);
    return;
  }
  const prot: u32 = error & PF_WRITE ? VM_PROT_READ | VM_PROT_WRITE : VM_PROT_READ;
  const result = vm_fault(current_task().map, trunc_page(address), prot, false);
  // An interrupted fault is simply taken again, should the thread live on.
  if (result != KERN_SUCCESS && result != KERN_ABORTED) exception(EXC_BAD_ACCESS, result, address);
}

function user_exception(trapno: u32, err: u32): void {
  if (trapno == T_DIVIDE) exception(EXC_ARITHMETIC, CODE_DIVIDE, 0);
  else if (trapno == T_INTO) exception(EXC_ARITHMETIC, CODE_OVERFLOW, 0);
  else if (trapno == T_FPU_ERROR) fpu_exception();
  else if (trapno == T_FPU_OVERRUN) exception(EXC_ARITHMETIC, CODE_FPU_OVERRUN, 0);
  else if (trapno == T_BOUND) exception(EXC_SOFTWARE, CODE_BOUND, 0);
  else if (trapno == T_INT3) exception(EXC_BREAKPOINT, CODE_INT3, 0);
  else if (trapno == T_NO_FPU && fpu_take()) return;
  else if (trapno == T_INVALID_OPCODE || trapno == T_NO_FPU)
    exception(EXC_BAD_INSTRUCTION, CODE_INVALID_OPCODE, 0);
  else if (trapno == T_PROTECTION && err == 0 && io_bitmap_fault()) return;
  else if (trapno >= <u32>T_INVALID_TSS && trapno <= <u32>T_PROTECTION) {
    exception(EXC_BAD_INSTRUCTION, trapno, err & 0xffff);
  } else if (trapno == T_DEBUG) {
    debug_registers_note(current_thread());
    exception(EXC_BREAKPOINT, CODE_SINGLE_STEP, 0);
  } else if (trapno != T_NMI) exception(EXC_BAD_INSTRUCTION, trapno, 0);
}

/** The current thread's floating-point instruction found an unmasked exception. */
export function fpu_exception(): void {
  exception(EXC_ARITHMETIC, CODE_FPU_ERROR, fpu_status());
}

/**
 * The kernel takes no exceptions of its own making. Only a user's single step through the call gate arrives here: the
 * trap comes after the far call, in kernel mode (386 manual, 12.3.1.4).
 */
function kernel_trap(regs: SavedState): void {
  if (regs.trapno == T_NMI) return;
  if (regs.trapno == T_DEBUG && regs.eip == <u32>gate_entry_address()) {
    // The trap flag is saved with the system call's registers, and is off until they are restored.
    regs.efl &= ~EFL_TF;
    regs.eip = <u32>gate_entry_stepped_address();
    return;
  }
  if (regs.trapno == T_INT3 && db_trap(regs, "breakpoint")) return;
  kprint("\nkernel trap ");
  kprint_hex(regs.trapno);
  kprint(" error ");
  kprint_hex(regs.err);
  kprint(" eip ");
  kprint_hex(regs.eip);
  kprint(" cr2 ");
  kprint_hex(loadCr2());
  // Who goes on from the debugger goes no further than this.
  if (db_trap(regs, "exception in kernel mode")) machine_stop(KERNEL_PANIC_STATUS);
  panic("exception in kernel mode");
}
