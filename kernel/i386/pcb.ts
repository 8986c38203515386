// The machine-dependent state of a thread, as thread_get_state and thread_set_state see it.
import { EFL_IF, EFL_IOPL, EFL_NT, EFL_RF, EFL_VM, USER_CS, USER_DS } from "../../abi/i386";
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  I386_FLOAT_STATE,
  I386_ISA_PORT_MAP_STATE,
  I386_REGS_SEGS_STATE,
  I386_THREAD_STATE,
  I386_THREAD_STATE_COUNT,
  I386_THREAD_STATE_LIST,
  I386_V86_ASSIST_STATE,
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
} from "../../abi/task_types";
import { SavedState } from "./saved_state";

/** Words of I386_THREAD_STATE_LIST. */
const STATE_LIST_COUNT: u32 = 4;

/** Writes the state to `state`; the cell `count` holds the room in words, and gets the words written. */
export function pcb_get_state(regs: SavedState, flavor: i32, state: usize, count: usize): i32 {
  const room = load<u32>(count);
  if (flavor == I386_THREAD_STATE_LIST) {
    if (room < STATE_LIST_COUNT) return KERN_INVALID_ARGUMENT;
    store<i32>(state, I386_THREAD_STATE);
    store<i32>(state + 4, I386_FLOAT_STATE);
    store<i32>(state + 8, I386_ISA_PORT_MAP_STATE);
    store<i32>(state + 12, I386_V86_ASSIST_STATE);
    store<u32>(count, STATE_LIST_COUNT);
    return KERN_SUCCESS;
  }
  if (flavor != I386_THREAD_STATE && flavor != I386_REGS_SEGS_STATE) return KERN_INVALID_ARGUMENT;
  if (room < <u32>I386_THREAD_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  put_registers(regs, state);
  store<u32>(count, I386_THREAD_STATE_COUNT);
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

/** Flavor 1 sets the flat user selectors, flavor 5 takes them from `state`. */
export function pcb_set_state(regs: SavedState, flavor: i32, state: usize, count: u32): i32 {
  if (flavor != I386_THREAD_STATE && flavor != I386_REGS_SEGS_STATE) return KERN_INVALID_ARGUMENT;
  if (count < <u32>I386_THREAD_STATE_COUNT) return KERN_INVALID_ARGUMENT;
  if (flavor == I386_REGS_SEGS_STATE) {
    if (!segments_valid(state)) return KERN_INVALID_ARGUMENT;
    regs.gs = load<u16>(state + THREAD_STATE_GS);
    regs.fs = load<u16>(state + THREAD_STATE_FS);
    regs.es = load<u16>(state + THREAD_STATE_ES);
    regs.ds = load<u16>(state + THREAD_STATE_DS);
  } else {
    regs.gs = USER_DS;
    regs.fs = USER_DS;
    regs.es = USER_DS;
    regs.ds = USER_DS;
  }
  regs.cs = USER_CS;
  regs.ss = USER_DS;
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

/**
 * Whether the return to user mode can load these selectors without a fault. No descriptor ever changes, so that those
 * which the user loads itself stay valid.
 */
function segments_valid(state: usize): bool {
  if (load<u32>(state + THREAD_STATE_CS) != USER_CS || load<u32>(state + THREAD_STATE_SS) != USER_DS)
    return false;
  return (
    data_segment_valid(load<u32>(state + THREAD_STATE_GS)) &&
    data_segment_valid(load<u32>(state + THREAD_STATE_FS)) &&
    data_segment_valid(load<u32>(state + THREAD_STATE_ES)) &&
    data_segment_valid(load<u32>(state + THREAD_STATE_DS))
  );
}

/** Null, or one of the user's segments with any requested privilege. */
function data_segment_valid(selector: u32): bool {
  const wanted = selector & 0xffff;
  return wanted <= 3 || (wanted | 3) == USER_CS || (wanted | 3) == USER_DS;
}
