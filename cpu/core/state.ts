/** Short names for the state block. */
import {
  CODE_BASE,
  CODE_LINEAR,
  CODE_PAGE,
  CONFIG_FAMILY,
  FAULT_BY_SEGMENT,
  FAULT_CODE,
  FAULT_VECTOR,
  OP_CLOCKS,
  OP_CYCLES,
  CLOCK_TABLE,
  OP_NEXT,
  OP_OFFSET,
  SEGMENTS,
  STATE_CPL,
  STATE_LIMIT,
  STATE_PACK,
} from "../layout";

export const DE: u32 = 0;
export const DB: u32 = 1;
export const NMI: u32 = 2;
export const BP: u32 = 3;
export const OF: u32 = 4;
export const BR: u32 = 5;
export const UD: u32 = 6;
export const NM: u32 = 7;
export const DF: u32 = 8;
export const TS: u32 = 10;
export const NP: u32 = 11;
export const SS: u32 = 12;
export const GP: u32 = 13;
export const PF: u32 = 14;
export const MF: u32 = 16;
export const AC: u32 = 17;
export const XM: u32 = 19;

/** Records a fault; whoever gets `false` (or 0) returns at once and leaves no trace. */
export function fault(vector: u32, code: u32): bool {
  store<u32>(FAULT_VECTOR, vector);
  store<u32>(FAULT_CODE, code);
  store<u32>(FAULT_BY_SEGMENT, 0);
  return false;
}

/** False after #GP(0) unless at CPL 0. */
export function privileged(): bool {
  return load<u32>(STATE_CPL) == 0 || fault(GP, 0);
}

export function segment(index: u32): usize {
  return SEGMENTS + (index << 4);
}

/** EIP of a micro-op's instruction. */
export function eipOf(op: usize): u32 {
  return load<u32>(CODE_BASE) + load<u16>(op, OP_OFFSET);
}

/** EIP after a micro-op's instruction. */
export function nextEip(op: usize): u32 {
  return load<u32>(CODE_BASE) + load<u16>(op, OP_NEXT);
}

/** The next instruction's page must be looked up in the TLB again. */
export function forgetCodePage(): void {
  store<u32>(CODE_LINEAR, 1);
  store<u32>(CODE_PAGE, 0);
}

/** Whether the processor is an i386: without what came with the i486, and what the manual leaves undefined as it leaves it. */
export function isI386(): bool {
  return load<u32>(CONFIG_FAMILY) == 3;
}

/** Charges clocks; may be negative. */
export function charge(cycles: i32): void {
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) - <u64>(<i64>cycles));
}

/** Term 0-3 of the micro-op's clock formula. */
export function clockTerm(op: usize, index: u32): i32 {
  return load<i16>(CLOCK_TABLE + load<u16>(op, OP_CLOCKS) + (index << 1));
}

/** Takes back what the main loop charged for an instruction that did not complete. */
export function refund(op: usize): void {
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) + load<u16>(op, OP_CYCLES) - ((<u64>1) << 32));
}

export function budget(): i32 {
  return <i32>load<u64>(STATE_PACK);
}

/** Ends the current slice at the next instruction boundary without moving the clock. */
export function cutBudget(): void {
  const left = <i64>budget();
  if (left <= 0) return;
  store<i64>(STATE_LIMIT, load<i64>(STATE_LIMIT) - left);
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) - <u64>left);
}
