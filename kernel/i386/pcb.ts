// The machine-dependent state of a thread, as thread_get_state and thread_set_state see it.
import { EFL_IF, EFL_IOPL, EFL_NT, EFL_RF, EFL_VM, USER_CS, USER_DS } from "../../abi/i386";
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  I386_DEBUG_STATE,
  I386_FLOAT_STATE,
  I386_ISA_PORT_MAP_STATE,
  I386_ISA_PORT_MAP_STATE_COUNT,
  I386_REGS_SEGS_STATE,
  I386_THREAD_STATE,
  I386_THREAD_STATE_COUNT,
  I386_THREAD_STATE_LIST,
  I386_V86_ASSIST_STATE,
  I386_V86_ASSIST_STATE_COUNT,
  I386_XFLOAT_STATE,
  THREAD_STATE_CS,
  THREAD_STATE_DS,
  THREAD_STATE_EAX,
  THREAD_STATE_EBP,
  THREAD_STATE_EBX,
  THREAD_STATE_ECX,
  THREAD_STATE_EDI,
  THREAD_STATE_EDX,
  THREAD_STATE_EFL,
  THREAD_STATE_EIP,
  THREAD_STATE_ES,
  THREAD_STATE_ESI,
  THREAD_STATE_ESP,
  THREAD_STATE_FS,
  THREAD_STATE_GS,
  THREAD_STATE_SS,
  THREAD_STATE_UESP,
  V86_ASSIST_ENTRY_SIZE,
} from "../../abi/task_types";
import { Thread, thread_user_state } from "../kern/thread";
import { debug_registers_free, debug_registers_get, debug_registers_set } from "./debug_registers";
import { fpu_discard, fpu_get_state, fpu_get_xstate, fpu_set_state, fpu_set_xstate } from "./fpu";
import { io_bitmap_get_state } from "./io_permission";
import { SavedState } from "./saved_state";
import { user_gdt_free } from "./user_gdt";
import { user_ldt_free } from "./user_ldt";
import { VM_MAX_ADDRESS } from "./vm_param";

/** Words of I386_THREAD_STATE_LIST. */
const STATE_LIST_COUNT: u32 = 4;

/** Writes the state to `state`; the cell `count` holds the room in words, and gets the words written. */
export function pcb_get_state(thread: Thread, flavor: i32, state: usize, count: usize): i32 {
  switch (flavor) {
    case I386_THREAD_STATE_LIST:
      return get_flavors(state, count);
    case I386_THREAD_STATE:
    case I386_REGS_SEGS_STATE:
      if (load<u32>(count) < <u32>I386_THREAD_STATE_COUNT) return KERN_INVALID_ARGUMENT;
      put_registers(thread_user_state(thread), state);
      store<u32>(count, I386_THREAD_STATE_COUNT);
      return KERN_SUCCESS;
    case I386_FLOAT_STATE:
      return fpu_get_state(thread, state, count);
    case I386_ISA_PORT_MAP_STATE:
      return io_bitmap_get_state(thread.task, state, count);
    case I386_V86_ASSIST_STATE:
      return get_v86_assist(thread, state, count);
    case I386_DEBUG_STATE:
      return debug_registers_get(thread, state, count);
    case I386_XFLOAT_STATE:
      return fpu_get_xstate(thread, state, count);
    default:
      return KERN_INVALID_ARGUMENT;
  }
}

/** Flavor 1 sets the flat user selectors, flavor 5 takes them from `state`; the port map is not to be set. */
export function pcb_set_state(thread: Thread, flavor: i32, state: usize, count: u32): i32 {
  switch (flavor) {
    case I386_THREAD_STATE:
    case I386_REGS_SEGS_STATE:
      if (count < <u32>I386_THREAD_STATE_COUNT) return KERN_INVALID_ARGUMENT;
      return set_registers(thread_user_state(thread), flavor, state);
    case I386_FLOAT_STATE:
      return fpu_set_state(thread, state, count);
    case I386_ISA_PORT_MAP_STATE:
      return count < <u32>I386_ISA_PORT_MAP_STATE_COUNT ? KERN_INVALID_ARGUMENT : KERN_SUCCESS;
    case I386_V86_ASSIST_STATE:
      return set_v86_assist(thread, state, count);
    case I386_DEBUG_STATE:
      return debug_registers_set(thread, state, count);
    case I386_XFLOAT_STATE:
      return fpu_set_xstate(thread, state, count);
    default:
      return KERN_INVALID_ARGUMENT;
  }
}

/** Frees what the thread was given besides its registers. */
export function pcb_free(thread: Thread): void {
  user_ldt_free(thread);
  user_gdt_free(thread);
  debug_registers_free(thread);
  fpu_discard(thread);
}

function get_flavors(state: usize, count: usize): i32 {
  if (load<u32>(count) < STATE_LIST_COUNT) return KERN_INVALID_ARGUMENT;
  store<i32>(state, I386_THREAD_STATE);
  store<i32>(state + 4, I386_FLOAT_STATE);
  store<i32>(state + 8, I386_ISA_PORT_MAP_STATE);
  store<i32>(state + 12, I386_V86_ASSIST_STATE);
  store<u32>(count, STATE_LIST_COUNT);
  return KERN_SUCCESS;
}

// Virtual-8086 mode is not supported: the table's place is kept, and nothing reads the table.

function get_v86_assist(thread: Thread, state: usize, count: usize): i32 {
  if (load<u32>(count) < <u32>I386_V86_ASSIST_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  store<u32>(state, thread.v86_table);
  store<u32>(state + 4, thread.v86_count);
  store<u32>(count, I386_V86_ASSIST_STATE_COUNT);
  return KERN_SUCCESS;
}

function set_v86_assist(thread: Thread, state: usize, count: u32): i32 {
  if (count < <u32>I386_V86_ASSIST_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  const table = load<u32>(state);
  const entries = load<u32>(state + 4);
  if (table >= VM_MAX_ADDRESS || entries > (VM_MAX_ADDRESS - table) / V86_ASSIST_ENTRY_SIZE)
    return KERN_INVALID_ARGUMENT;
  thread.v86_table = table;
  thread.v86_count = entries;
  return KERN_SUCCESS;
}

function put_registers(regs: SavedState, state: usize): void {
  store<u32>(state + THREAD_STATE_GS, regs.gs & 0xffff);
  store<u32>(state + THREAD_STATE_FS, regs.fs & 0xffff);
  store<u32>(state + THREAD_STATE_ES, regs.es & 0xffff);
  store<u32>(state + THREAD_STATE_DS, regs.ds & 0xffff);
  store<u32>(state + THREAD_STATE_EDI, regs.edi);
  store<u32>(state + THREAD_STATE_ESI, regs.esi);
  store<u32>(state + THREAD_STATE_EBP, regs.ebp);
  store<u32>(state + THREAD_STATE_ESP, 0);
  store<u32>(state + THREAD_STATE_EBX, regs.ebx);
  store<u32>(state + THREAD_STATE_EDX, regs.edx);
  store<u32>(state + THREAD_STATE_ECX, regs.ecx);
  store<u32>(state + THREAD_STATE_EAX, regs.eax);
  store<u32>(state + THREAD_STATE_EIP, regs.eip);
  store<u32>(state + THREAD_STATE_CS, regs.cs & 0xffff);
  store<u32>(state + THREAD_STATE_EFL, regs.efl);
  store<u32>(state + THREAD_STATE_UESP, regs.uesp);
  store<u32>(state + THREAD_STATE_SS, regs.ss & 0xffff);
}

function set_registers(regs: SavedState, flavor: i32, state: usize): i32 {
  if (flavor == I386_REGS_SEGS_STATE) {
    const cs = load<u16>(state + THREAD_STATE_CS);
    const ss = load<u16>(state + THREAD_STATE_SS);
    // What else is wrong with a selector shows when user mode goes on: as an exception of the thread's.
    if ((cs & 3) != 3 || (ss & 3) != 3) return KERN_INVALID_ARGUMENT;
    regs.cs = cs;
    regs.ss = ss;
    regs.gs = load<u16>(state + THREAD_STATE_GS);
    regs.fs = load<u16>(state + THREAD_STATE_FS);
    regs.es = load<u16>(state + THREAD_STATE_ES);
    regs.ds = load<u16>(state + THREAD_STATE_DS);
  } else {
    regs.cs = USER_CS;
    regs.ss = USER_DS;
    regs.gs = USER_DS;
    regs.fs = USER_DS;
    regs.es = USER_DS;
    regs.ds = USER_DS;
  }
  regs.edi = load<u32>(state + THREAD_STATE_EDI);
  regs.esi = load<u32>(state + THREAD_STATE_ESI);
  regs.ebp = load<u32>(state + THREAD_STATE_EBP);
  regs.ebx = load<u32>(state + THREAD_STATE_EBX);
  regs.edx = load<u32>(state + THREAD_STATE_EDX);
  regs.ecx = load<u32>(state + THREAD_STATE_ECX);
  regs.eax = load<u32>(state + THREAD_STATE_EAX);
  regs.eip = load<u32>(state + THREAD_STATE_EIP);
  regs.efl = user_eflags(load<u32>(state + THREAD_STATE_EFL));
  regs.uesp = load<u32>(state + THREAD_STATE_UESP);
  return KERN_SUCCESS;
}

/** Interrupts stay on; what could hurt the kernel's IRET is cleared. */
function user_eflags(flags: u32): u32 {
  const forbidden: u32 = EFL_IOPL | EFL_NT | EFL_RF | EFL_VM;
  return (flags & ~forbidden) | EFL_IF;
}
