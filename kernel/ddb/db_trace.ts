// Backtraces. The code keeps no frame pointer; but a compiled function pushes registers and lowers ESP once, where it
// begins, so that its first instructions tell how far the return address is from ESP.
import { frameReturnAddress, stackPointer } from "../../guest/i386";
import { entry_code_end_address, entry_code_start_address } from "../i386/asm";
import { SavedState } from "../i386/saved_state";
import { KERNEL_STACK_SIZE, Thread } from "../kern/thread";
import { db_byte, db_readable, db_word } from "./db_access";
import { db_newline, db_print } from "./db_output";
import { db_function_start, db_print_symbol } from "./db_sym";

/** Where compiled code and assembler lie. */
const TEXT_START: u32 = 0xc0101000;
const TEXT_END: u32 = 0xc0200000;

const FRAMES_MAX: u32 = 32;
const UNKNOWN: u32 = 0xffffffff;

// Intel486 Programmer's Reference Manual, appendix A.
const PUSH_REGISTER: u32 = 0x50;
const SUB_IMMEDIATE32: u32 = 0x81;
const SUB_IMMEDIATE8: u32 = 0x83;
const MODRM_SUB_ESP: u32 = 0xec;
const CALL_RELATIVE: u32 = 0xe8;
const GROUP5: u32 = 0xff;

/** Words that `switch_context` leaves on the stack below the address where the thread goes on. */
const SWITCH_WORDS: usize = 4;

/** Bytes that the function around `pc` has put on the stack by then, as far as its first instructions tell. */
function frame_size(pc: u32): u32 {
  const start = db_function_start(pc);
  if (start == 0) return UNKNOWN;
  let size: u32 = 0;
  let at = start;
  while (at < pc && (db_byte(at) & 0xf8) == PUSH_REGISTER) {
    size += 4;
    at++;
  }
  if (at >= pc || db_byte(at + 1) != MODRM_SUB_ESP) return size;
  if (db_byte(at) == SUB_IMMEDIATE8) return size + db_byte(at + 2);
  return db_byte(at) == SUB_IMMEDIATE32 ? size + db_word(at + 2) : size;
}

/** Whether an address is in the kernel's code, behind what may be a call. */
function is_return_address(address: u32): bool {
  if (address < TEXT_START + 7 || address >= TEXT_END) return false;
  if (db_byte(address - 5) == CALL_RELATIVE) return true;
  // CALL through a register or memory: FF /2, of 2, 3, 6 or 7 bytes.
  return (
    is_indirect(address, 2) || is_indirect(address, 3) || is_indirect(address, 6) || is_indirect(address, 7)
  );
}

function is_indirect(address: u32, length: u32): bool {
  return db_byte(address - length) == GROUP5 && ((db_byte(address - length + 1) >> 3) & 7) == 2;
}

/** Where the next return address is from `sp` on, in the same stack; 0 when there is none. */
function scan(sp: usize): usize {
  const end = (sp | (KERNEL_STACK_SIZE - 1)) + 1;
  for (let at = sp; at < end; at += 4) if (is_return_address(db_word(at))) return at;
  return 0;
}

function is_entry_code(pc: u32): bool {
  return pc >= <u32>entry_code_start_address() && pc < <u32>entry_code_end_address();
}

/** Prints the functions from `pc` on, whose stack pointer is `sp`, innermost first. */
export function db_trace(pc: u32, sp: usize): void {
  for (let i: u32 = 0; i < FRAMES_MAX; i++) {
    db_print("  ");
    db_print_symbol(pc);
    db_newline();
    if (is_entry_code(pc)) {
      const state = interrupted(sp);
      if (changetype<usize>(state) == 0) return;
      pc = state.eip;
      sp = changetype<usize>(state) + offsetof<SavedState>("uesp");
      continue;
    }
    const at = caller(pc, sp);
    if (at == 0) return;
    pc = db_word(at);
    sp = at + 4;
  }
}

/** Where the return address of the function at `pc` is: where it should be, or else the next thing that looks like one. */
function caller(pc: u32, sp: usize): usize {
  const size = frame_size(pc);
  if (size != UNKNOWN && is_return_address(db_word(sp + size))) return sp + size;
  return scan(sp);
}

/**
 * What an entry stub has saved before it called: it lies at `sp`, behind its address if the stub has pushed that. Null, and a
 * line, when it was user mode's.
 */
function interrupted(sp: usize): SavedState {
  const state = changetype<SavedState>(db_word(sp) == <u32>sp + 4 ? sp + 4 : sp);
  const end = changetype<SavedState>(0);
  if (!db_readable(changetype<usize>(state), <u32>offsetof<SavedState>())) return end;
  if (!(state.cs & 3)) return state;
  db_print("  user mode at ");
  db_print_symbol(state.eip);
  db_newline();
  return end;
}

/** Where a thread that is switched out goes on. */
export function db_trace_thread(thread: Thread): void {
  const sp = thread.kernel_sp + (SWITCH_WORDS << 2);
  db_trace(db_word(sp), sp + 4);
}

/** From the caller of the function that asks for it. */
export function db_trace_here(): void {
  const pc = frameReturnAddress();
  let sp = stackPointer();
  while (db_word(sp) != pc) sp += 4;
  db_trace(pc, sp + 4);
}
