// The system call table: what the call gate's stub calls, and which trap number does what.
import { stackAlloc } from "../../guest/i386";
import { KERN_ABORTED, KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  TRAP_DEVICE_WRITE,
  TRAP_DEVICE_WRITEV,
  TRAP_EVC_WAIT,
  TRAP_EVC_WAIT_CLEAR,
  TRAP_LAST,
  TRAP_MACH_HOST_SELF,
  TRAP_MACH_MSG,
  TRAP_MACH_PORT_ALLOCATE,
  TRAP_MACH_PORT_ALLOCATE_NAME,
  TRAP_MACH_PORT_DEALLOCATE,
  TRAP_MACH_PORT_INSERT_RIGHT,
  TRAP_MACH_PRINT,
  TRAP_MACH_REPLY_PORT,
  TRAP_MACH_TASK_SELF,
  TRAP_MACH_THREAD_SELF,
  TRAP_SWTCH,
  TRAP_SWTCH_PRI,
  TRAP_TASK_CREATE,
  TRAP_TASK_SET_SPECIAL_PORT,
  TRAP_TASK_SUSPEND,
  TRAP_TASK_TERMINATE,
  TRAP_THREAD_DEPRESS_ABORT,
  TRAP_THREAD_SET_SELF_STATE,
  TRAP_THREAD_SWITCH,
  TRAP_VM_ALLOCATE,
  TRAP_VM_DEALLOCATE,
  TRAP_VM_MAP,
} from "../../abi/mach_traps";
import {
  EXC_BAD_ACCESS,
  EXC_BAD_INSTRUCTION,
  I386_REGS_SEGS_STATE,
  I386_STATE_MAX,
  I386_THREAD_STATE,
} from "../../abi/task_types";
import { trap_device_write, trap_device_writev } from "../device/device_trap";
import { SavedState } from "../i386/saved_state";
import { pcb_set_state } from "../i386/pcb";
import { restore_trap_flag } from "../i386/trap";
import { VM_MAX_ADDRESS } from "../i386/vm_param";
import { mach_msg_trap } from "../ipc/mach_msg";
import { copyin, copyio_fault_address } from "../vm/vm_copyio";
import { ast_taken } from "./ast";
import { exception } from "./exception";
import { mach_host_self } from "./host";
import { mach_reply_port, mach_task_self, mach_thread_self } from "./ipc_tt";
import { current_task, current_thread } from "./sched";
import { emulate_syscall } from "./syscall_emulation";
import {
  trap_mach_port_allocate,
  trap_mach_port_allocate_name,
  trap_mach_port_deallocate,
  trap_mach_port_insert_right,
  trap_mach_print,
  trap_task_create,
  trap_task_set_special_port,
  trap_task_suspend,
  trap_task_terminate,
  trap_thread_depress_abort,
  trap_thread_switch,
  trap_vm_allocate,
  trap_vm_deallocate,
  trap_vm_map,
} from "./syscall_subr";
import { swtch, swtch_pri } from "./thread_control";

/** Exception code of a bad trap number: an invalid instruction. */
const CODE_BAD_TRAP: i32 = 1;
/** Exception code of an argument word in kernel space. */
const CODE_KERNEL_ADDRESS: i32 = 14;

/** An unused number, answered with KERN_INVALID_ARGUMENT. */
const NONE: u8 = 0xff;
/** An unused number, answered with 0. */
const ZERO: u8 = 0xfe;
const ARGUMENTS_MAX: u8 = 11;
/** Bytes of the instruction that leads here. */
const FAR_CALL_SIZE: u32 = 7;

/** Argument words of each trap, by the trap number's absolute value. */
const argument_counts: usize = memory.data(132);

export function syscall_init(): void {
  memory.fill(argument_counts, NONE, <usize>(1 - TRAP_LAST));
  for (let i: usize = 10; i <= 13; i++) store<u8>(argument_counts + i, ZERO);
  for (let i: usize = 55; i <= 56; i++) store<u8>(argument_counts + i, ZERO);
  define(TRAP_EVC_WAIT, 1);
  define(TRAP_EVC_WAIT_CLEAR, 1);
  define(TRAP_MACH_MSG, 7);
  define(TRAP_MACH_REPLY_PORT, 0);
  define(TRAP_MACH_THREAD_SELF, 0);
  define(TRAP_MACH_TASK_SELF, 0);
  define(TRAP_MACH_HOST_SELF, 0);
  define(TRAP_MACH_PRINT, 1);
  define(TRAP_DEVICE_WRITEV, 5);
  define(TRAP_DEVICE_WRITE, 5);
  define(TRAP_SWTCH_PRI, 0);
  define(TRAP_SWTCH, 0);
  define(TRAP_THREAD_SWITCH, 3);
  define(TRAP_VM_MAP, ARGUMENTS_MAX);
  define(TRAP_VM_ALLOCATE, 4);
  define(TRAP_VM_DEALLOCATE, 3);
  define(TRAP_TASK_CREATE, 3);
  define(TRAP_TASK_TERMINATE, 1);
  define(TRAP_TASK_SUSPEND, 1);
  define(TRAP_TASK_SET_SPECIAL_PORT, 3);
  define(TRAP_MACH_PORT_ALLOCATE, 3);
  define(TRAP_MACH_PORT_DEALLOCATE, 2);
  define(TRAP_MACH_PORT_INSERT_RIGHT, 4);
  define(TRAP_MACH_PORT_ALLOCATE_NAME, 3);
  define(TRAP_THREAD_DEPRESS_ABORT, 1);
  define(TRAP_THREAD_SET_SELF_STATE, 3);
}

function define(trap: i32, count: u8): void {
  store<u8>(argument_counts - trap, count);
}

/** A far call through the gate. The result goes to the user's EAX. */
export function syscall(regs: SavedState): void {
  const trap = <i32>regs.eax;
  restore_trap_flag(regs);
  const task = current_task();
  if (task.emulation != 0 && emulate_syscall(task, trap, regs)) {
    ast_taken();
    return;
  }
  if (trap > 0 || trap < TRAP_LAST) exception(EXC_BAD_INSTRUCTION, CODE_BAD_TRAP, 0);
  else syscall_known(regs, trap);
  ast_taken();
}

function syscall_known(regs: SavedState, trap: i32): void {
  const args = stackAlloc(44);
  const count = load<u8>(argument_counts - trap);
  if (count == NONE) regs.eax = KERN_INVALID_ARGUMENT;
  else if (count == ZERO) regs.eax = 0;
  else if (count == 0 || read_arguments(regs, args, count)) {
    if (trap == TRAP_THREAD_SET_SELF_STATE) set_self_state(regs, args);
    else regs.eax = syscall_dispatch(trap, args);
  }
}

/**
 * Reads the argument words, which lie behind the return address. False after an exception, and when a wait for them was
 * interrupted: the far call is then made again, should the thread live on.
 */
function read_arguments(regs: SavedState, args: usize, count: u32): bool {
  const result = copyin(regs.uesp + 4, args, count << 2);
  if (result == KERN_SUCCESS) return true;
  if (result == KERN_ABORTED) {
    regs.eip -= FAR_CALL_SIZE;
    return false;
  }
  const address = copyio_fault_address();
  exception(EXC_BAD_ACCESS, address >= VM_MAX_ADDRESS ? CODE_KERNEL_ADDRESS : result, address);
  return false;
}

/** Argument word `index`. */
function arg(args: usize, index: usize): u32 {
  return load<u32>(args + (index << 2));
}

function syscall_dispatch(trap: i32, args: usize): u32 {
  switch (trap) {
    // Event counters belong to drivers that users map; there is none.
    case TRAP_EVC_WAIT:
    case TRAP_EVC_WAIT_CLEAR:
      return KERN_INVALID_ARGUMENT;
    case TRAP_MACH_MSG:
      return mach_msg_trap(
        arg(args, 0),
        arg(args, 1),
        arg(args, 2),
        arg(args, 3),
        arg(args, 4),
        arg(args, 5),
        arg(args, 6),
      );
    case TRAP_MACH_REPLY_PORT:
      return mach_reply_port();
    case TRAP_MACH_THREAD_SELF:
      return mach_thread_self();
    case TRAP_MACH_TASK_SELF:
      return mach_task_self();
    case TRAP_MACH_HOST_SELF:
      return mach_host_self();
    case TRAP_MACH_PRINT:
      return trap_mach_print(arg(args, 0));
    case TRAP_DEVICE_WRITEV:
      return trap_device_writev(arg(args, 0), arg(args, 1), arg(args, 2), arg(args, 3), arg(args, 4));
    case TRAP_DEVICE_WRITE:
      return trap_device_write(arg(args, 0), arg(args, 1), arg(args, 2), arg(args, 3), arg(args, 4));
    case TRAP_SWTCH_PRI:
      return <u32>swtch_pri();
    case TRAP_SWTCH:
      return <u32>swtch();
    case TRAP_THREAD_SWITCH:
      return trap_thread_switch(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_VM_MAP:
      return trap_vm_map(args);
    case TRAP_VM_ALLOCATE:
      return trap_vm_allocate(arg(args, 0), arg(args, 1), arg(args, 2), arg(args, 3));
    case TRAP_VM_DEALLOCATE:
      return trap_vm_deallocate(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_TASK_CREATE:
      return trap_task_create(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_TASK_TERMINATE:
      return trap_task_terminate(arg(args, 0));
    case TRAP_TASK_SUSPEND:
      return trap_task_suspend(arg(args, 0));
    case TRAP_TASK_SET_SPECIAL_PORT:
      return trap_task_set_special_port(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_MACH_PORT_ALLOCATE:
      return trap_mach_port_allocate(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_MACH_PORT_DEALLOCATE:
      return trap_mach_port_deallocate(arg(args, 0), arg(args, 1));
    case TRAP_MACH_PORT_INSERT_RIGHT:
      return trap_mach_port_insert_right(arg(args, 0), arg(args, 1), arg(args, 2), arg(args, 3));
    case TRAP_MACH_PORT_ALLOCATE_NAME:
      return trap_mach_port_allocate_name(arg(args, 0), arg(args, 1), arg(args, 2));
    case TRAP_THREAD_DEPRESS_ABORT:
      return trap_thread_depress_abort(arg(args, 0));
    default:
      return KERN_INVALID_ARGUMENT;
  }
}

/** EAX is the result, unless the state that was set has it. */
function set_self_state(regs: SavedState, args: usize): void {
  const state = stackAlloc(128); // I386_STATE_MAX words
  const count = min<u32>(arg(args, 2), I386_STATE_MAX);
  const flavor = arg(args, 0);
  let result = copyin(arg(args, 1), state, count << 2);
  if (result == KERN_SUCCESS) result = pcb_set_state(current_thread(), flavor, state, count);
  const registers = flavor == I386_THREAD_STATE || flavor == I386_REGS_SEGS_STATE;
  if (result != KERN_SUCCESS || !registers) regs.eax = result;
}
