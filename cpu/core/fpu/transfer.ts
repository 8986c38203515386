/** Loads, stores and constants. */
import {
  DONE,
  FAULT,
  FLOAT_FLAGS,
  FLOAT_RESULT,
  FPU_CONTROL,
  FPU_HEAD,
  OP_OPERAND,
  OP_R2,
  OP_SUB,
  REAL64,
} from "../../layout";
import { condition } from "../flags";
import { address } from "../operands";
import { fromMemory, toMemory } from "./convert";
import { readOperand, writeOperand } from "./memory";
import { roundsUp } from "./round";
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
import { BIAS, C1, IE, OE, QUIET_BIT, SIGNALING_NAN, UE, kindOf, leave, raise } from "./value";

/** Pushes the result of the operation, if there is room. */
function pushChecked(): u32 {
  if (!isEmpty(7)) stackFault(C1);
  if (accepted()) pushResult();
  return DONE;
}

/** FLD, FILD, FBLD from memory of type OP_R2. */
export function opFpuLoadMemory(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const type: u32 = load<u16>(op, OP_R2);
  if (!readOperand(address(op), type)) return FAULT;
  noteOperand(op);
  fromMemory(type);
  if (type <= <u32>REAL64) quiet();
  return pushChecked();
}

/** A signaling NaN that changes its format is an invalid operation. */
function quiet(): void {
  const head = load<u32>(FLOAT_RESULT, FPU_HEAD);
  const significand = load<u64>(FLOAT_RESULT);
  if (kindOf(head, significand) != SIGNALING_NAN) return;
  raise(IE);
  leave(head, significand | QUIET_BIT);
}

/** FLD of ST(OP_R2). */
export function opFpuLoad(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const source: u32 = load<u16>(op, OP_R2);
  const from = register(source);
  if (isEmpty(source)) stackFault(0);
  else if (!isEmpty(7)) stackFault(C1);
  else leave(head(from), significand(from));
  if (accepted()) pushResult();
  return DONE;
}

// Heads and significands of FLD1 to FLDZ, in the order of their opcodes: the integer part of 2^64 times the fraction.
const ONE: u32 = 0;
const LOG2_10: u32 = 1;
const LOG2_E: u32 = 2;
const PI: u32 = 3;
const LOG10_2: u32 = 4;
const LOGE_2: u32 = 5;

/**
 * A constant whose infinite fraction goes on beyond `significand`: with more than half a unit if `above`. The inexact
 * result is not reported.
 */
function leaveConstant(exponent: i32, significand: u64, above: bool): void {
  const up = roundsUp(0, above ? 0xc000000000000000 : 0x4000000000000000, false);
  leave(exponent + BIAS, significand + u64(up));
}

export function opFpuConstant(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  switch (<u32>load<u8>(op, OP_SUB)) {
    case ONE:
      leave(BIAS, 0x8000000000000000);
      break;
    case LOG2_10:
      leaveConstant(1, 0xd49a784bcd1b8afe, false);
      break;
    case LOG2_E:
      leaveConstant(0, 0xb8aa3b295c17f0bb, true);
      break;
    case PI:
      leaveConstant(1, 0xc90fdaa22168c234, true);
      break;
    case LOG10_2:
      leaveConstant(-2, 0x9a209a84fbcff798, true);
      break;
    case LOGE_2:
      leaveConstant(-1, 0xb17217f7d1cf79ab, true);
      break;
    default:
      leave(0, 0);
  }
  return pushChecked();
}

/**
 * FST, FIST, FBSTP to memory of type OP_R2; OP_OPERAND: registers to pop. Memory and stack stay as they are when an
 * exception that is unmasked says that the operand does not fit.
 */
export function opFpuStoreMemory(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const type: u32 = load<u16>(op, OP_R2);
  if (isEmpty(0)) {
    stackFault(0);
    toMemory(type, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
    stackFault(0);
  } else {
    const from = register(0);
    toMemory(type, head(from), significand(from));
  }
  const unfit = load<u32>(FLOAT_FLAGS) & ~load<u32>(FPU_CONTROL) & (IE | OE | UE);
  const stored = !unfit;
  if (unfit & (OE | UE)) store<u32>(FLOAT_FLAGS, unfit);
  if (stored && !writeOperand(address(op), type)) return FAULT;
  noteOperand(op);
  report();
  if (stored && load<u8>(op, OP_OPERAND)) pop();
  return DONE;
}

/** FSTPNCE to ST(OP_R2): an FSTP that takes an empty register for no reason to complain, nor to store anything. */
export function opFpuStoreQuietly(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  report();
  const from = register(0);
  if (!isEmpty(0)) keepValue(load<u16>(op, OP_R2), head(from), significand(from));
  pop();
  return DONE;
}

/** FST of ST(0) to ST(OP_R2); OP_OPERAND: registers to pop. */
export function opFpuStore(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const from = register(0);
  if (isEmpty(0)) stackFault(0);
  else leave(head(from), significand(from));
  if (!accepted()) return DONE;
  keep(load<u16>(op, OP_R2));
  if (load<u8>(op, OP_OPERAND)) pop();
  return DONE;
}

/** FXCH with ST(OP_R2). An empty register holds the indefinite NaN. */
export function opFpuExchange(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const other: u32 = load<u16>(op, OP_R2);
  const empty = isEmpty(0) || isEmpty(other);
  if (empty) stackFault(0);
  if (!accepted()) return DONE;
  if (isEmpty(0)) keep(0);
  if (isEmpty(other)) keep(other);
  const a = register(0);
  const b = register(other);
  const aHead = head(a);
  const aSignificand = significand(a);
  keepValue(0, head(b), significand(b));
  keepValue(other, aHead, aSignificand);
  return DONE;
}

/** FCMOVcc: ST(0) = ST(OP_R2) on the condition OP_SUB. */
export function opFpuMoveCondition(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const source: u32 = load<u16>(op, OP_R2);
  const moves = condition(load<u8>(op, OP_SUB)) != 0;
  if (isEmpty(0) || isEmpty(source)) stackFault(0);
  else {
    const from = moves ? register(source) : register(0);
    leave(head(from), significand(from));
  }
  if (accepted()) keep(0);
  return DONE;
}
