// Signals: pending until the program comes out of a call or an exception, then a frame on its stack, or its end.
import { stackAlloc } from "../../guest/i386";
import { EFAULT, EINTR, EINVAL } from "../../abi/errno";
import {
  LINUX_SIGKILL,
  SA_NODEFER,
  SA_RESETHAND,
  SA_RESTART,
  SA_SIGINFO,
  SIG_BLOCK,
  SIG_DFL,
  SIG_IGN,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SIGACTION_BYTES,
  SIGACTION_FLAGS,
  SIGACTION_MASK,
  SIGACTION_RESTORER,
  SIGCHLD,
  SIGCONT,
  SIGNALS,
  SIGSTOP,
  SIGTSTP,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
  SYS_rt_sigaction,
  SYS_rt_sigpending,
  SYS_rt_sigprocmask,
  SYS_rt_sigreturn,
  SYS_rt_sigsuspend,
  SYS_sigaltstack,
  SYS_sigreturn,
} from "../../abi/linux";
import { call_define, call_ignore, Registers } from "./calls";
import { float_restore, float_save, FPSTATE_BYTES } from "./float";
import { copy_in, copy_out } from "./memory";
import { action_of, event_note, event_wait, LinuxProcess } from "./process";

/** Signals that can be sent are bits of one word. */
const SENDABLE: u32 = 32;

function bit_of(signal: u32): u32 {
  return (<u32>1) << (signal - 1);
}

/** Whether nothing comes of the signal by default: those that stop a program are not served either. */
function is_harmless(signal: u32): bool {
  if (signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH) return true;
  return signal == SIGSTOP || (signal >= <u32>SIGTSTP && signal <= <u32>SIGTTOU);
}

/** Whether the signal ends the process as things are. */
export function is_fatal(process: LinuxProcess, signal: u32): bool {
  if (signal == LINUX_SIGKILL) return true;
  if ((process.blocked & bit_of(signal)) != 0) return false;
  return load<u32>(action_of(process, signal)) == SIG_DFL && !is_harmless(signal);
}

/** Makes the signal (1 to SENDABLE) pending, unless it is ignored. */
export function signal_send(process: LinuxProcess, signal: u32): void {
  const handler = load<u32>(action_of(process, signal));
  if (signal > SENDABLE || handler == SIG_IGN) return;
  if (handler == SIG_DFL && is_harmless(signal)) return;
  process.pending |= bit_of(signal);
  event_note();
}

// --- frames ---

/** struct sigcontext: the registers but for eip and what follows it, in the order of a thread's state; then more. */
const CONTEXT_EIP: usize = 56;
const CONTEXT_BYTES: u32 = 88;
/** In it: where the numeric registers are, or 0. */
const CONTEXT_FPSTATE: usize = 76;
/** Behind it, for the one of sigreturn: the rest of the mask. */
const FRAME_CONTEXT: u32 = 8;
const FRAME_BYTES: u32 = 100;
/** The frame of rt_sigreturn: restorer, number, two pointers, siginfo, ucontext with its sigcontext and mask. */
const RT_INFO: u32 = 16;
const RT_UCONTEXT: u32 = 144;
const RT_CONTEXT: u32 = 164;
const RT_MASK: u32 = 252;
const RT_BYTES: u32 = 260;

/** The mask that comes back after the handler: after rt_sigsuspend, the one of before. */
function mask_to_keep(process: LinuxProcess): u32 {
  return process.suspended != 0 ? process.kept_mask : process.blocked;
}

function store_context(at: usize, process: LinuxProcess, r: Registers): void {
  memory.fill(at, 0, CONTEXT_BYTES);
  // gs to eax are alike; esp is the program's.
  memory.copy(at, changetype<usize>(r), 48);
  store<u32>(at, r.uesp, 28);
  store<u32>(at, r.eip, CONTEXT_EIP);
  store<u32>(at, r.cs, 60);
  store<u32>(at, r.efl, 64);
  store<u32>(at, r.uesp, 68);
  store<u32>(at, r.ss, 72);
  store<u32>(at, mask_to_keep(process), 80);
}

/** The flags that a program may set: arithmetic, direction and trap. */
const USER_FLAGS: u32 = 0xdd5;

/** False: the numeric registers are not where it says. */
function load_context(at: usize, process: LinuxProcess, r: Registers): bool {
  memory.copy(changetype<usize>(r), at, 48);
  r.uesp = load<u32>(at, 28);
  r.eip = load<u32>(at, CONTEXT_EIP);
  r.efl = (r.efl & ~USER_FLAGS) | (load<u32>(at, 64) & USER_FLAGS);
  const from = load<u32>(at, CONTEXT_FPSTATE);
  if (from == 0) return true;
  const fpstate = stackAlloc(FPSTATE_BYTES);
  if (copy_in(process, from, fpstate, FPSTATE_BYTES) != 0) return false;
  float_restore(process, fpstate);
  return true;
}

/** Lets the program go on in its handler. False if its stack cannot take the frame. */
function enter_handler(process: LinuxProcess, signal: u32, r: Registers): bool {
  const action = action_of(process, signal);
  const flags = load<u32>(action, SIGACTION_FLAGS);
  const frame = stackAlloc(RT_BYTES + FPSTATE_BYTES);
  const wide = (flags & SA_SIGINFO) != 0;
  const plain = wide ? RT_BYTES : FRAME_BYTES;
  const size = plain + FPSTATE_BYTES;
  // As at the entry of a function: 4 below a multiple of 16.
  const at = ((r.uesp - size) & ~(<u32>15)) - 4;
  memory.fill(frame, 0, size);
  store<u32>(frame, load<u32>(action, SIGACTION_RESTORER));
  store<u32>(frame, signal, 4);
  if (wide) {
    store<u32>(frame, at + RT_INFO, 8);
    store<u32>(frame, at + RT_UCONTEXT, 12);
    store<u32>(frame, signal, RT_INFO);
    store_context(frame + RT_CONTEXT, process, r);
    store<u32>(frame, mask_to_keep(process), RT_MASK);
  } else store_context(frame + FRAME_CONTEXT, process, r);
  if (float_save(process, frame + plain))
    store<u32>(frame + (wide ? RT_CONTEXT : FRAME_CONTEXT), at + plain, CONTEXT_FPSTATE);
  if (copy_out(process, frame, at, size) != 0) return false;
  r.eip = load<u32>(action);
  r.uesp = at;
  r.eax = signal;
  r.edx = wide ? at + RT_INFO : 0;
  r.ecx = wide ? at + RT_UCONTEXT : 0;
  process.suspended = 0;
  process.blocked |= load<u32>(action, SIGACTION_MASK);
  if ((flags & SA_NODEFER) == 0) process.blocked |= bit_of(signal);
  if ((flags & SA_RESETHAND) != 0) store<u32>(action, SIG_DFL);
  return true;
}

/** Whether a call that waits is to end for a signal. */
export function is_interrupted(process: LinuxProcess): bool {
  return process.ended != 0 || (process.pending & ~process.blocked) != 0;
}

/** Whether a call that a signal has ended is to be made again afterwards: unless there is a handler that does not want that. */
export function restarts(process: LinuxProcess): bool {
  for (let signal: u32 = 1; signal <= SENDABLE; signal++) {
    if ((process.pending & ~process.blocked & bit_of(signal)) == 0) continue;
    const action = action_of(process, signal);
    return load<u32>(action) <= <u32>SIG_IGN || (load<u32>(action, SIGACTION_FLAGS) & SA_RESTART) != 0;
  }
  return true;
}

/** Before the program goes on with `r`: handlers of pending signals. The signal that ends it instead, or 0. */
export function signals_take(process: LinuxProcess, r: Registers): u32 {
  let result: u32 = 0;
  for (let signal: u32 = 1; signal <= SENDABLE && result == 0; signal++) {
    if ((process.pending & ~process.blocked & bit_of(signal)) == 0) continue;
    process.pending &= ~bit_of(signal);
    if (is_fatal(process, signal) || !enter_handler(process, signal, r)) result = signal;
  }
  if (process.suspended != 0) {
    process.suspended = 0;
    process.blocked = process.kept_mask;
  }
  return result;
}

// --- calls ---

/** Signal, new action, where the old one goes. */
function on_sigaction(process: LinuxProcess, r: Registers): i32 {
  if (r.ebx == 0 || r.ebx > <u32>SIGNALS) return -EINVAL;
  const action = action_of(process, r.ebx);
  const given = stackAlloc(SIGACTION_BYTES);
  if (r.ecx != 0 && copy_in(process, r.ecx, given, SIGACTION_BYTES) != 0) return -EFAULT;
  if (r.edx != 0 && copy_out(process, action, r.edx, SIGACTION_BYTES) != 0) return -EFAULT;
  if (r.ecx != 0) memory.copy(action, given, SIGACTION_BYTES);
  return 0;
}

/** How, the set, where the old one goes. */
function on_sigprocmask(process: LinuxProcess, r: Registers): i32 {
  const set = stackAlloc(8);
  const old = process.blocked;
  if (r.ecx != 0) {
    if (copy_in(process, r.ecx, set, 8) != 0) return -EFAULT;
    const mask = load<u32>(set) & ~bit_of(LINUX_SIGKILL);
    if (r.ebx == SIG_BLOCK) process.blocked |= mask;
    else if (r.ebx == <u32>SIG_UNBLOCK) process.blocked &= ~mask;
    else if (r.ebx == <u32>SIG_SETMASK) process.blocked = mask;
    else return -EINVAL;
  }
  store<u32>(set, old);
  store<u32>(set, 0, 4);
  return r.edx != 0 ? copy_out(process, set, r.edx, 8) : 0;
}

function on_sigpending(process: LinuxProcess, r: Registers): i32 {
  const set = stackAlloc(8);
  store<u32>(set, process.pending & process.blocked);
  store<u32>(set, 0, 4);
  return copy_out(process, set, r.ebx, 8);
}

function on_sigsuspend(process: LinuxProcess, r: Registers): i32 {
  const set = stackAlloc(8);
  if (copy_in(process, r.ebx, set, 8) != 0) return -EFAULT;
  process.kept_mask = process.blocked;
  process.suspended = 1;
  process.blocked = load<u32>(set) & ~bit_of(LINUX_SIGKILL);
  while (!is_interrupted(process)) event_wait();
  return -EINTR;
}

/** The restorer has taken the return address and the signal's number off the stack. */
function on_sigreturn(process: LinuxProcess, r: Registers): i32 {
  const context = stackAlloc(CONTEXT_BYTES);
  if (copy_in(process, r.uesp, context, CONTEXT_BYTES) != 0) return -EFAULT;
  process.blocked = load<u32>(context, 80);
  return load_context(context, process, r) ? r.eax : -EFAULT;
}

/** The return address has been taken off. */
function on_rt_sigreturn(process: LinuxProcess, r: Registers): i32 {
  const frame = stackAlloc(RT_BYTES);
  if (copy_in(process, r.uesp - 4, frame, RT_BYTES) != 0) return -EFAULT;
  process.blocked = load<u32>(frame, RT_MASK);
  return load_context(frame + RT_CONTEXT, process, r) ? r.eax : -EFAULT;
}

export function signal_calls(): void {
  call_define(SYS_rt_sigaction, on_sigaction);
  call_define(SYS_rt_sigprocmask, on_sigprocmask);
  call_define(SYS_rt_sigpending, on_sigpending);
  call_define(SYS_rt_sigsuspend, on_sigsuspend);
  call_define(SYS_sigreturn, on_sigreturn);
  call_define(SYS_rt_sigreturn, on_rt_sigreturn);
  call_ignore(SYS_sigaltstack);
}
