/** FADD, FMUL, FSUB, FDIV, comparisons, and the operations on ST(0) alone or with ST(1). */
import {
  DONE,
  FAULT,
  FLOAT_FLAGS,
  FLOAT_RESULT,
  FPU_HEAD,
  FPU_STATUS,
  OP_OPERAND,
  OP_R1,
  OP_R2,
  OP_SUB,
} from "../../layout";
import { FLAG_CF, FLAG_PF, FLAG_ZF, setArithmeticFlags } from "../flags";
import { address } from "../operands";
import { add, divide, multiply, squareRoot } from "./arithmetic";
import { fromMemory, roundToInteger } from "./convert";
import { readOperand } from "./memory";
import { exponentPart, hasRemainder, partialRemainder, scale, significandPart } from "./scale";
import {
  accepted,
  enter,
  head,
  isEmpty,
  keep,
  keepValue,
  note,
  noteOperand,
  pop,
  pushResult,
  register,
  report,
  significand,
  stackFault,
} from "./stack";
import { C0, C1, C2, C3, DE, DENORMAL, EXPONENT, IE, INFINITE, NORMAL, QUIET_NAN, SF, SIGN } from "./value";
import { UNSUPPORTED, ZERO, kindOf, raise } from "./value";

// The operations in the order of their encoding; 2 and 3 compare.
const ADD: u32 = 0;
const MULTIPLY: u32 = 1;
const SUBTRACT: u32 = 4;
const SUBTRACT_REVERSED: u32 = 5;
const DIVIDE: u32 = 6;

function operate(operation: u32, aHead: u32, a: u64, bHead: u32, b: u64): void {
  switch (operation) {
    case ADD:
      add(aHead, a, bHead, b, 0);
      break;
    case MULTIPLY:
      multiply(aHead, a, bHead, b);
      break;
    case SUBTRACT:
      add(aHead, a, bHead, b, SIGN);
      break;
    case SUBTRACT_REVERSED:
      add(bHead, b, aHead, a, SIGN);
      break;
    case DIVIDE:
      divide(aHead, a, bHead, b);
      break;
    default:
      divide(bHead, b, aHead, a);
  }
}

/** ST(OP_R1) = ST(OP_R1) operation ST(OP_R2), one of which is ST(0). OP_OPERAND: registers to pop. */
export function opFpuOperate(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const target: u32 = load<u16>(op, OP_R1);
  const source: u32 = load<u16>(op, OP_R2);
  if (isEmpty(target) || isEmpty(source)) stackFault(0);
  else {
    const a = register(target);
    const b = register(source);
    operate(load<u8>(op, OP_SUB), head(a), significand(a), head(b), significand(b));
  }
  if (accepted()) {
    keep(target);
    popTimes(load<u8>(op, OP_OPERAND));
  }
  return DONE;
}

/** ST(0) = ST(0) operation memory of type OP_R2. */
export function opFpuOperateMemory(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const type: u32 = load<u16>(op, OP_R2);
  if (!readOperand(address(op), type)) return FAULT;
  noteOperand(op);
  if (isEmpty(0)) stackFault(0);
  else {
    const a = register(0);
    fromMemory(type);
    const bHead = load<u32>(FLOAT_RESULT, FPU_HEAD);
    operate(load<u8>(op, OP_SUB), head(a), significand(a), bHead, load<u64>(FLOAT_RESULT));
  }
  if (accepted()) keep(0);
  return DONE;
}

function popTimes(count: u32): void {
  for (let i: u32 = 0; i < count; i++) pop();
}

function setConditions(codes: u32): void {
  store<u32>(FPU_STATUS, (load<u32>(FPU_STATUS) & ~(C0 | C2 | C3)) | codes);
}

const UNORDERED: u32 = C0 | C2 | C3;

/** Condition codes of a comparison. Quiet NaNs are invalid only if it is an ordered one. */
function compare(aHead: u32, a: u64, bHead: u32, b: u64, ordered: bool): u32 {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  const largest = max<u32>(aKind, bKind);
  if (largest >= QUIET_NAN) {
    // That the other one was a denormal in memory does not count.
    store<u32>(FLOAT_FLAGS, 0);
    if (ordered || largest > QUIET_NAN) raise(IE);
    return UNORDERED;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  if (aKind == ZERO && bKind == ZERO) return C3;
  const negative = aHead & SIGN;
  if (negative != (bHead & SIGN)) return negative ? C0 : 0;
  // Denormals and pseudo-denormals have the exponent of the smallest normal number.
  const aExponent = max<u32>(aHead & EXPONENT, u32(aKind != ZERO));
  const bExponent = max<u32>(bHead & EXPONENT, u32(bKind != ZERO));
  if (aExponent == bExponent && a == b) return C3;
  const less = aExponent < bExponent || (aExponent == bExponent && a < b);
  return less != (negative != 0) ? C0 : 0;
}

/** What the comparison raised; pops unless it has no result. */
function finishComparison(op: usize, codes: u32): u32 {
  setConditions(codes);
  if (accepted()) popTimes(load<u8>(op, OP_OPERAND));
  return DONE;
}

/** Condition codes of ST(0) compared with ST(OP_R2), an ordered comparison if OP_SUB is 0. */
function compareRegisters(op: usize): u32 {
  const source: u32 = load<u16>(op, OP_R2);
  if (isEmpty(0) || isEmpty(source)) {
    stackFault(0);
    return UNORDERED;
  }
  const a = register(0);
  const b = register(source);
  return compare(head(a), significand(a), head(b), significand(b), load<u8>(op, OP_SUB) == 0);
}

/** FCOM, FUCOM (OP_SUB 0, 1) of ST(0) with ST(OP_R2). */
export function opFpuCompare(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  return finishComparison(op, compareRegisters(op));
}

/**
 * FCOMI, FUCOMI (OP_SUB 0, 1): the comparison of ST(0) with ST(OP_R2) in ZF, PF and CF, OF, SF and AF being cleared; an unmasked
 * invalid operation leaves them.
 */
export function opFpuCompareFlags(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~C1);
  const codes = compareRegisters(op);
  if (!accepted()) return DONE;
  setArithmeticFlags((codes & C3 ? FLAG_ZF : 0) | (codes & C2 ? FLAG_PF : 0) | (codes & C0 ? FLAG_CF : 0));
  popTimes(load<u8>(op, OP_OPERAND));
  return DONE;
}

export function opFpuCompareMemory(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const type: u32 = load<u16>(op, OP_R2);
  if (!readOperand(address(op), type)) return FAULT;
  noteOperand(op);
  let codes = UNORDERED;
  if (isEmpty(0)) stackFault(0);
  else {
    const a = register(0);
    fromMemory(type);
    codes = compare(
      head(a),
      significand(a),
      load<u32>(FLOAT_RESULT, FPU_HEAD),
      load<u64>(FLOAT_RESULT),
      true,
    );
  }
  return finishComparison(op, codes);
}

export function opFpuTest(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  let codes = UNORDERED;
  if (isEmpty(0)) stackFault(0);
  else codes = compare(head(register(0)), significand(register(0)), 0, 0, true);
  return finishComparison(op, codes);
}

/** FXAM's class of what ST(0) holds, by the numbers of value.ts. */
function classCode(kind: u32): u32 {
  switch (kind) {
    case ZERO:
      return C3;
    case DENORMAL:
      return C3 | C2;
    case NORMAL:
      return C2;
    case INFINITE:
      return C2 | C0;
    case UNSUPPORTED:
      return 0;
    default:
      return C0;
  }
}

export function opFpuExamine(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const at = register(0);
  const codes = isEmpty(0) ? C3 | C0 : classCode(kindOf(head(at), significand(at)));
  const sign: u32 = head(at) & SIGN ? C1 : 0;
  store<u32>(FPU_STATUS, (load<u32>(FPU_STATUS) & ~(UNORDERED | C1)) | codes | sign);
  return DONE;
}

/** FCHS, FABS (OP_SUB 0, 1): of anything, without exceptions but that of an empty register. */
export function opFpuSign(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  if (isEmpty(0)) {
    stackFault(0);
    if (accepted()) keep(0);
    return DONE;
  }
  report();
  const at = register(0);
  keepValue(0, load<u8>(op, OP_SUB) ? head(at) & EXPONENT : head(at) ^ SIGN, significand(at));
  return DONE;
}

/** FSQRT, FRNDINT (OP_SUB 0, 1). */
export function opFpuUnary(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const at = register(0);
  if (isEmpty(0)) stackFault(0);
  else if (load<u8>(op, OP_SUB)) roundToInteger(head(at), significand(at));
  else squareRoot(head(at), significand(at));
  if (accepted()) keep(0);
  return DONE;
}

export function opFpuScale(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const a = register(0);
  const b = register(1);
  if (isEmpty(0) || isEmpty(1)) stackFault(0);
  else scale(head(a), significand(a), head(b), significand(b));
  if (accepted()) keep(0);
  return DONE;
}

/** FPREM, FPREM1 (OP_SUB 0, 1). */
export function opFpuRemainder(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const a = register(0);
  const b = register(1);
  // Without a remainder C0 and C3 stay.
  const before = load<u32>(FPU_STATUS) & (C0 | C3);
  let codes = before;
  if (isEmpty(0) || isEmpty(1)) stackFault(0);
  else if (hasRemainder(head(a), significand(a), head(b), significand(b))) {
    codes = partialRemainder(head(a), significand(a), head(b), significand(b), load<u8>(op, OP_SUB) != 0);
    raise(codes & C1);
  }
  const done = accepted();
  setConditions(done ? codes & ~C1 : before);
  if (done) keep(0);
  return DONE;
}

/** FXTRACT: the exponent replaces ST(0), the significand is pushed. */
export function opFpuExtract(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const at = register(0);
  const aHead = head(at);
  const a = significand(at);
  if (isEmpty(0)) stackFault(0);
  else if (!isEmpty(7)) stackFault(C1);
  else exponentPart(aHead, a);
  if (!accepted()) return DONE;
  keep(0);
  if (!(load<u32>(FLOAT_FLAGS) & SF)) significandPart(aHead, a);
  pushResult();
  return DONE;
}
