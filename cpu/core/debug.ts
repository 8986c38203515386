/**
 * Debug registers (386 manual, chapter 12). Breakpoints on instructions are BREAK micro-ops. While a breakpoint on data is
 * enabled, its page has no fast path in the TLB, and instructions run one by one: what they meet is reported after each,
 * whatever LE and GE say.
 */
import {
  DATA_WATCHED,
  DEBUG_PENDING,
  DR0,
  DR6,
  DR7,
  FAULT,
  DONE,
  JUMP,
  LEAVE,
  OP_R1,
  OP_R2,
  OP_SUB,
  SHADOW_SS,
  STATE_EIP,
  STATE_RESUME,
  STATE_SHADOW,
} from "../layout";
import { reopenTlb } from "../../mmu/tlb";
import { killAllCode } from "./code";
import { deliverException } from "./interrupt";
import { DB, fault, nextEip, privileged } from "./state";

const DR7_GD: u32 = 0x2000;
/** Bits 11, 12, 14 and 15 are reserved; bit 10 is always set. */
const DR7_MASK: u32 = 0xffff23ff;
const DR7_SET: u32 = 0x400;
const DR6_BD: u32 = 0x2000;
export const DR6_BS: u32 = 0x4000;
/** The trap of a task state segment with T set. */
export const DR6_BT: u32 = 0x8000;
/** L0 to L3 and LE, which hold for one task. */
const DR7_LOCAL: u32 = 0x155;
const DR6_MASK: u32 = 0xe00f;
const DR6_SET: u32 = 0xffff0ff0;

const COUNT: u32 = 4;
/** R/W of DR7. */
const ON_EXECUTION: u32 = 0;
const ON_WRITE: u32 = 1;
const ON_ACCESS: u32 = 3;
/** LEN of DR7 that the manual leaves undefined: taken for one byte. */
const LENGTH_UNDEFINED: u32 = 2;

function address(index: u32): u32 {
  return load<u32>(DR0 + ((<usize>index) << 2));
}

/** L or G is set. */
function isEnabled(index: u32): bool {
  return ((load<u32>(DR7) >> (index << 1)) & 3) != 0;
}

function kindOf(index: u32): u32 {
  return (load<u32>(DR7) >> (16 + (index << 2))) & 3;
}

function lengthOf(index: u32): u32 {
  const bits = (load<u32>(DR7) >> (18 + (index << 2))) & 3;
  return bits == LENGTH_UNDEFINED ? 1 : bits + 1;
}

/** Whether the breakpoint is one for such an access to data. */
function watches(index: u32, write: bool): bool {
  if (!isEnabled(index)) return false;
  const kind = kindOf(index);
  return kind == ON_ACCESS || (kind == ON_WRITE && write);
}

/** Whether an access to the page may meet a breakpoint. */
export function pageWatched(page: u32, write: bool): bool {
  for (let i: u32 = 0; i < COUNT; i++) {
    if (watches(i, write) && (address(i) & 0xfffff000) == page) return true;
  }
  return false;
}

/** Notes the breakpoints that an access meets, to be reported when its instruction is complete. */
export function noteAccess(linear: u32, size: u32, write: bool): void {
  if (!load<u32>(DATA_WATCHED)) return;
  let met: u32 = 0;
  for (let i: u32 = 0; i < COUNT; i++) {
    if (!watches(i, write)) continue;
    const length = lengthOf(i);
    const start = address(i) & ~(length - 1);
    if (linear - start < length || start - linear < size) met |= 1 << i;
  }
  store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | met);
}

/** Records #DB if a breakpoint on execution is enabled at a linear address, and RF is clear. */
export function instructionBreakpoint(linear: u32): bool {
  if (load<u32>(STATE_RESUME)) return false;
  let met: u32 = 0;
  for (let i: u32 = 0; i < COUNT; i++) {
    if (isEnabled(i) && kindOf(i) == ON_EXECUTION && address(i) == linear) met |= 1 << i;
  }
  if (!met) return false;
  store<u32>(DR6, load<u32>(DR6) | met);
  fault(DB, 0);
  return true;
}

/** Delivers the traps of the instruction before this boundary; MOV SS and POP SS hold them back. False after a shutdown. */
export function deliverTraps(): bool {
  const pending = load<u32>(DEBUG_PENDING);
  if (!pending || load<u32>(STATE_SHADOW) == SHADOW_SS) return true;
  store<u32>(DR6, load<u32>(DR6) | pending);
  const alive = deliverException(DB, 0);
  // What the delivery itself met is not reported: it could go on for ever.
  store<u32>(DEBUG_PENDING, 0);
  return alive;
}

/** #DB is delivered: the debugger may use the registers. */
export function endGeneralDetect(): void {
  store<u32>(DR7, load<u32>(DR7) & ~DR7_GD);
}

function executionArmed(): bool {
  for (let i: u32 = 0; i < COUNT; i++) if (isEnabled(i) && kindOf(i) == ON_EXECUTION) return true;
  return false;
}

function watchData(): void {
  let watched: u32 = 0;
  for (let i: u32 = 0; i < COUNT; i++) watched |= u32(watches(i, true));
  if (!watched && !load<u32>(DATA_WATCHED)) return;
  store<u32>(DATA_WATCHED, watched);
  reopenTlb();
}

/** After the host changed a debug register. */
export function debugChanged(): void {
  killAllCode();
  watchData();
}

/** A task switch ends the breakpoints that were the old task's. */
export function endLocalBreakpoints(): void {
  if (!(load<u32>(DR7) & DR7_LOCAL)) return;
  const armed = executionArmed();
  store<u32>(DR7, load<u32>(DR7) & ~DR7_LOCAL);
  if (armed) killAllCode();
  watchData();
}

/** DR4 and DR5 name DR6 and DR7. */
function debugRegister(index: u32): usize {
  return DR0 + ((<usize>(index == 4 || index == 5 ? index + 2 : index)) << 2);
}

/** False after #GP(0), or #DB because the registers are guarded. */
function permitted(): bool {
  if (!privileged()) return false;
  if (!(load<u32>(DR7) & DR7_GD)) return true;
  store<u32>(DR6, load<u32>(DR6) | DR6_BD);
  return fault(DB, 0);
}

export function opMovToDr(op: usize): u32 {
  if (!permitted()) return FAULT;
  const at = debugRegister(load<u8>(op, OP_SUB));
  const value = load<u32>(load<u16>(op, OP_R2));
  const armed = executionArmed();
  if (at == DR6) store<u32>(at, (value & DR6_MASK) | DR6_SET);
  else if (at == DR7) store<u32>(at, (value & DR7_MASK) | DR7_SET);
  else store<u32>(at, value);
  store<u32>(STATE_EIP, nextEip(op));
  if (armed || executionArmed()) killAllCode();
  watchData();
  return load<u32>(DATA_WATCHED) ? LEAVE : JUMP;
}

export function opMovFromDr(op: usize): u32 {
  if (!permitted()) return FAULT;
  store<u32>(load<u16>(op, OP_R1), load<u32>(debugRegister(load<u8>(op, OP_SUB))));
  return DONE;
}
