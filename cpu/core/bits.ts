/** BT, BTS, BTR, BTC, BSF, BSR. */
import {
  DONE,
  FAULT,
  FLAG_ADDRESS16,
  FORM_MI,
  FORM_MR,
  FORM_RI,
  OP_FLAGS,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SEGMENT,
  OP_SUB,
  REG_ADDRESS,
} from "../layout";
import { FLAG_CF, arithmeticFlags, setArithmeticFlags, setCarryOverflow, setZero, signExtend } from "./flags";
import { commit, loadSized, modifyPointer, readPointer, storeSized } from "./memory";
import { address, operandForm, operandSize, sourcePointer } from "./operands";
import { checkAccess } from "./segment";
import { charge, clockTerm, isI386 } from "./state";

/** OP_SUB of BIT_TEST: 0 BT, 1 BTS, 2 BTR, 3 BTC. */
const SUB_BT: u32 = 0;
const SUB_BTS: u32 = 1;
const SUB_BTR: u32 = 2;

/**
 * With a register bit offset and a memory operand, the offset is signed and reaches beyond the operand. The decoder
 * sends no SEG_EA before these: the address depends on the bit offset.
 */
export function opBitTest(op: usize): u32 {
  const size = operandSize(op);
  const form = operandForm(op);
  const sub: u32 = load<u8>(op, OP_SUB);
  const immediate = form == FORM_RI || form == FORM_MI;
  const index = immediate ? load<u8>(op, OP_IMM) : loadSized(load<u16>(op, OP_R2), size);
  let p: usize;
  if (form == FORM_MR || form == FORM_MI) {
    let offset = address(op);
    if (!immediate) offset += <u32>((<i32>signExtend(index, size)) >> (size == 4 ? 5 : 4)) * size;
    if (load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16) offset &= 0xffff;
    if (!checkAccess(load<u8>(op, OP_SEGMENT), offset, size, sub != SUB_BT)) return FAULT;
    const linear = load<u32>(REG_ADDRESS);
    p = sub == SUB_BT ? readPointer(linear, size) : modifyPointer(linear, size);
    if (!p) return FAULT;
  } else p = load<u16>(op, OP_R1);
  const bit = index & ((size << 3) - 1);
  const value = loadSized(p, size);
  const mask = (<u32>1) << bit;
  setArithmeticFlags((arithmeticFlags() & ~FLAG_CF) | ((value >> bit) & 1));
  if (isI386()) setCarryOverflow((value >> bit) & 1, overflowOfTest(value, bit, size << 3));
  if (sub == SUB_BT) return DONE;
  storeSized(p, size, sub == SUB_BTS ? value | mask : sub == SUB_BTR ? value & ~mask : value ^ mask);
  commit(p);
  return DONE;
}

/** OF as the 386EX leaves it: the two upper bits differ when the operand is rotated right until the bit is the lowest. */
function overflowOfTest(value: u32, bit: u32, bits: u32): u32 {
  const top = bits - 1;
  return ((value >> ((bit + top) & top)) ^ (value >> ((bit + top - 1) & top))) & 1;
}

/**
 * BSF, BSR (OP_SUB 0, 1). A zero source leaves the destination alone, as the processors do although the manual calls
 * it undefined. OP_IMM selects the clock formula: 0 per bit, 1 in steps of 8, 4 and 1.
 */
export function opBitScan(op: usize): u32 {
  const size = operandSize(op);
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const value = loadSized(p, size);
  if (!value) {
    setZero(1);
    charge(clockTerm(op, 1));
    return DONE;
  }
  const forward = load<u8>(op, OP_SUB) == 0;
  const found: u32 = forward ? ctz<u32>(value) : 31 - clz<u32>(value);
  const passed = forward ? found : (size << 3) - 1 - found;
  if (load<u32>(op, OP_IMM)) charge(4 * (found >> 3) + 3 * ((found >> 2) & 1) + 3 * (found & 3));
  else charge(clockTerm(op, 0) * passed);
  storeSized(load<u16>(op, OP_R1), size, found);
  setZero(0);
  return DONE;
}
