// The system calls but for those of syscall_subr.ts. The call gate's stub (i386/trap.asm.ts) has the table of all of them.
// Each is a function without parameters that reads its own argument words; what it returns becomes the user's EAX.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  EXC_BAD_INSTRUCTION,
  I386_REGS_SEGS_STATE,
  I386_STATE_MAX,
  I386_THREAD_STATE,
} from "../../abi/task_types";
import { call_trap } from "../i386/asm";
import { pcb_set_state } from "../i386/pcb";
import { mach_msg_trap } from "../ipc/mach_msg";
import { copyin } from "../vm/vm_copyio";
import { exception } from "./exception";
import { syscall_arg, syscall_arguments, syscall_unchanged } from "./syscall_arguments";
import { current_task, current_thread } from "./sched";
import { emulate_syscall } from "./syscall_emulation";
import { thread_user_state } from "./thread";
import { swtch, swtch_pri } from "./thread_control";

/** Exception code of a bad trap number: an invalid instruction. */
const CODE_BAD_TRAP: i32 = 1;

/** A number that is in the table and unused. */
export function trap_unused(): u32 {
  return KERN_INVALID_ARGUMENT;
}

/** A number that had a meaning once. */
export function trap_null(): u32 {
  return 0;
}

/** A number that is not in the table. */
export function trap_bad_number(): u32 {
  if (emulated()) return syscall_unchanged();
  if (thread_user_state(current_thread()).eax == 0) return KERN_INVALID_ARGUMENT;
  exception(EXC_BAD_INSTRUCTION, CODE_BAD_TRAP, 0);
  return syscall_unchanged();
}

/** Any number of the table, of a task that emulates system calls: its table for the call gate's stub has nothing else. */
export function trap_emulated(): u32 {
  if (emulated()) return syscall_unchanged();
  return call_trap(thread_user_state(current_thread()).eax);
}

function emulated(): bool {
  const regs = thread_user_state(current_thread());
  const task = current_task();
  return task.emulation != 0 && emulate_syscall(task, <i32>regs.eax, regs);
}

/** Event counters belong to drivers that users map; there is none. */
export function trap_evc_wait(): u32 {
  const event = stackAlloc(4);
  return syscall_arguments(event, 1) ? KERN_INVALID_ARGUMENT : syscall_unchanged();
}

export function trap_mach_msg(): u32 {
  const args = stackAlloc(28);
  if (!syscall_arguments(args, 7)) return syscall_unchanged();
  return mach_msg_trap(
    syscall_arg(args, 0),
    syscall_arg(args, 1),
    syscall_arg(args, 2),
    syscall_arg(args, 3),
    syscall_arg(args, 4),
    syscall_arg(args, 5),
    syscall_arg(args, 6),
  );
}

export function trap_swtch_pri(): u32 {
  return <u32>swtch_pri();
}

export function trap_swtch(): u32 {
  return <u32>swtch();
}

/** Replaces EAX too when the state is that of the registers. */
export function trap_thread_set_self_state(): u32 {
  const args = stackAlloc(12);
  if (!syscall_arguments(args, 3)) return syscall_unchanged();
  const flavor = syscall_arg(args, 0);
  const count = min<u32>(syscall_arg(args, 2), I386_STATE_MAX);
  const state = stackAlloc(128); // I386_STATE_MAX words
  let result = copyin(syscall_arg(args, 1), state, count << 2);
  if (result == KERN_SUCCESS) result = pcb_set_state(current_thread(), flavor, state, count);
  const registers = flavor == I386_THREAD_STATE || flavor == I386_REGS_SEGS_STATE;
  return result == KERN_SUCCESS && registers ? syscall_unchanged() : result;
}
