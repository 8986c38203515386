/** Arithmetic and comparison of SSE and SSE2 (SDM volume 1, 11.5; volume 2). */
import { CR4_OSXMMEXCPT } from "../../control-registers";
import {
  CR4,
  DONE,
  FAULT,
  FLOAT_FLAGS,
  FLOAT_RESULT,
  FPU_HEAD,
  MXCSR,
  OP_IMM,
  OP_R1,
  OP_SUB,
  REAL32,
  REAL64,
  XMM_RESULT,
} from "../../layout";
import * as vector from "../../vector-operations";
import { FLAG_CF, FLAG_PF, FLAG_ZF, setArithmeticFlags } from "../flags";
import { add, divide, multiply, squareRoot } from "../fpu/arithmetic";
import { DE, EXCEPTIONS, IE, SIGN, ZE } from "../fpu/value";
import { UD, XM, fault } from "../state";
import {
  begin,
  computeToOdd,
  end,
  indefinite,
  infinity,
  isDenormal,
  isNan,
  isPlain,
  isSignaling,
  isZero,
  magnitude,
  operand,
  quieted,
  raise,
  readNumber,
  roundResult,
  roundsDown,
  signBit,
  unpack,
  writeNumber,
} from "./float";
import { enterXmm, sourceOf } from "./registers";

const WHOLE: u32 = 16;
const MASKS_SHIFT: u32 = 7;
/** What keeps an instruction from computing anything at all. */
const BEFORE_RESULT: u32 = IE | DE | ZE;

/** Takes what an instruction raised; false when it faults and must leave no result. */
export function accepted(raised: u32): bool {
  const csr = load<u32>(MXCSR);
  const masks = csr >> MASKS_SHIFT;
  let flags = raised & EXCEPTIONS;
  if (flags & ~masks & BEFORE_RESULT) flags &= BEFORE_RESULT;
  store<u32>(MXCSR, csr | flags);
  if (!(flags & ~masks)) return true;
  return fault(load<u32>(CR4) & CR4_OSXMMEXCPT ? XM : UD, 0);
}

/** The result of two NaNs, or a NaN and a number: the first that is one, quiet. */
function propagated(type: u32, a: u64, b: u64): u64 {
  if (isSignaling(type, a) || isSignaling(type, b)) raise(IE);
  return quieted(type, isNan(type, a) ? a : b);
}

/** Numbers with which, and results of which, nothing special is to be told. */
function isOrdinary(type: u32, bits: u64): bool {
  const exponent = bits & infinity(type);
  return exponent != 0 && exponent != infinity(type);
}

/** As isOrdinary, and not so small that it may have been tiny before rounding. */
function isOrdinaryResult(type: u32, bits: u64): bool {
  const exponent = bits & infinity(type);
  const smallest = infinity(type) & (0 - infinity(type));
  return exponent > smallest && exponent != infinity(type);
}

function quick(operation: u32, type: u32, a: u64, b: u64): u64 {
  if (type == REAL64) {
    const x = reinterpret<f64>(a);
    const y = reinterpret<f64>(b);
    switch (operation) {
      case vector.FLOAT_ADD:
        return reinterpret<u64>(x + y);
      case vector.FLOAT_SUB:
        return reinterpret<u64>(x - y);
      case vector.FLOAT_MUL:
        return reinterpret<u64>(x * y);
      default:
        return reinterpret<u64>(x / y);
    }
  }
  const x = reinterpret<f32>(<u32>a);
  const y = reinterpret<f32>(<u32>b);
  switch (operation) {
    case vector.FLOAT_ADD:
      return reinterpret<u32>(x + y);
    case vector.FLOAT_SUB:
      return reinterpret<u32>(x - y);
    case vector.FLOAT_MUL:
      return reinterpret<u32>(x * y);
    default:
      return reinterpret<u32>(x / y);
  }
}

/** Sum, difference, product or quotient. */
function combined(operation: u32, type: u32, x: u64, y: u64): u64 {
  if (isPlain() && isOrdinary(type, x) && isOrdinary(type, y)) {
    const result = quick(operation, type, x, y);
    if (isOrdinaryResult(type, result)) return result;
  }
  const a = operand(type, x);
  const b = operand(type, y);
  if (isNan(type, a) || isNan(type, b)) return propagated(type, a, b);
  let before = unpack(type, a);
  const aHead = load<u32>(FLOAT_RESULT, FPU_HEAD);
  const aSignificand = load<u64>(FLOAT_RESULT);
  before |= unpack(type, b);
  const bHead = load<u32>(FLOAT_RESULT, FPU_HEAD);
  const bSignificand = load<u64>(FLOAT_RESULT);
  computeToOdd();
  switch (operation) {
    case vector.FLOAT_ADD:
      add(aHead, aSignificand, bHead, bSignificand, 0);
      break;
    case vector.FLOAT_SUB:
      add(aHead, aSignificand, bHead, bSignificand, SIGN);
      break;
    case vector.FLOAT_MUL:
      multiply(aHead, aSignificand, bHead, bSignificand);
      break;
    default:
      divide(aHead, aSignificand, bHead, bSignificand);
  }
  const flags = load<u32>(FLOAT_FLAGS);
  // A denormal is not reported beside a division by zero.
  raise(flags & ZE ? ZE : before | (flags & IE));
  if (flags & IE) return indefinite(type);
  // An exact difference of zero has the sign that the rounding gives it; of zeros, if they differ in theirs.
  if (!load<u64>(FLOAT_RESULT) && (operation == vector.FLOAT_ADD || operation == vector.FLOAT_SUB)) {
    const flip = operation == vector.FLOAT_SUB ? signBit(type) : 0;
    if ((a ^ b ^ flip) & signBit(type)) return roundsDown() ? signBit(type) : 0;
  }
  return roundResult(type);
}

function root(type: u32, x: u64): u64 {
  const a = operand(type, x);
  if (isNan(type, a)) return propagated(type, a, a);
  if (a & signBit(type) && !isZero(type, a)) {
    raise(IE);
    return indefinite(type);
  }
  raise(unpack(type, a));
  computeToOdd();
  squareRoot(load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
  return roundResult(type);
}

/** Whether a is less than b; both are numbers. */
function isLess(type: u32, a: u64, b: u64): bool {
  const aNegative = (a & signBit(type)) != 0;
  const bNegative = (b & signBit(type)) != 0;
  const x = magnitude(type, a);
  const y = magnitude(type, b);
  if (aNegative != bNegative) return aNegative && (x | y) != 0;
  return aNegative ? x > y : x < y;
}

function raiseDenormals(type: u32, a: u64, b: u64): void {
  if (isDenormal(type, a) || isDenormal(type, b)) raise(DE);
}

/** The second operand where either is no number, or both are zero. */
function extreme(type: u32, x: u64, y: u64, largest: bool): u64 {
  const a = operand(type, x);
  const b = operand(type, y);
  if (isNan(type, a) || isNan(type, b)) {
    raise(IE);
    return b;
  }
  raiseDenormals(type, a, b);
  return (largest ? isLess(type, b, a) : isLess(type, a, b)) ? a : b;
}

/** All ones where a relation holds: equal, less, less or equal, unordered, and (bit 2) their opposites. */
function compared(type: u32, x: u64, y: u64, relation: u32): u64 {
  const a = operand(type, x);
  const b = operand(type, y);
  const which = relation & 3;
  let holds: bool = which == 3;
  if (isNan(type, a) || isNan(type, b)) {
    const quiet = which == 0 || which == 3;
    if (!quiet || isSignaling(type, a) || isSignaling(type, b)) raise(IE);
  } else {
    raiseDenormals(type, a, b);
    const equal = a == b || (isZero(type, a) && isZero(type, b));
    holds =
      which == 0 ? equal : which == 1 ? isLess(type, a, b) : which == 2 && (equal || isLess(type, a, b));
  }
  return holds != ((relation & 4) != 0) ? ~(<u64>0) : 0;
}

/** An approximation of single precision: denormals count as zero, and there are no exceptions. */
function approximated(operation: u32, bits: u32): u64 {
  const sign = bits & 0x80000000;
  if (isNan(REAL32, bits)) return quieted(REAL32, bits);
  if (!(bits & 0x7f800000)) return (<u64>sign) | infinity(REAL32);
  const x = reinterpret<f32>(bits);
  if (operation == vector.FLOAT_RSQRT && sign) return indefinite(REAL32);
  const result: f32 = operation == vector.FLOAT_RCP ? 1 / x : <f32>(1 / sqrt<f64>(<f64>x));
  const value = reinterpret<u32>(result);
  return value & 0x7f800000 ? value : value & 0x80000000;
}

function calculated(operation: u32, type: u32, a: u64, b: u64, immediate: u32): u64 {
  switch (operation) {
    case vector.FLOAT_SQRT:
      return root(type, b);
    case vector.FLOAT_MIN:
      return extreme(type, a, b, false);
    case vector.FLOAT_MAX:
      return extreme(type, a, b, true);
    case vector.FLOAT_CMP:
      return compared(type, a, b, immediate);
    case vector.FLOAT_RCP:
    case vector.FLOAT_RSQRT:
      return approximated(operation, <u32>b);
    default:
      return combined(operation, type, a, b);
  }
}

/** One or all numbers of an SSE register and of a register or memory; OP_SUB says what. */
export function opXmmFloat(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const p = sourceOf(op, true);
  if (!p) return FAULT;
  const sub: u32 = load<u8>(op, OP_SUB);
  const operation = sub & vector.FLOAT_OPERATION;
  const type: u32 = sub & vector.FLOAT_DOUBLE ? REAL64 : REAL32;
  const size: u32 = type == REAL64 ? 8 : 4;
  const bytes: u32 = sub & vector.FLOAT_SCALAR ? size : WHOLE;
  const register: usize = load<u16>(op, OP_R1);
  const immediate: u32 = load<u8>(op, OP_IMM);
  v128.store(XMM_RESULT, v128.load(register));
  begin();
  for (let at: u32 = 0; at < bytes; at += size) {
    const result = calculated(
      operation,
      type,
      readNumber(register + at, type),
      readNumber(p + at, type),
      immediate,
    );
    writeNumber(XMM_RESULT + at, type, result);
  }
  if (!accepted(end())) return FAULT;
  v128.store(register, v128.load(XMM_RESULT));
  return DONE;
}

/** COMISS, COMISD, and (OP_SUB bit 0) UCOMISS, UCOMISD, which take quiet NaNs quietly: to EFLAGS. */
export function opXmmCompare(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const p = sourceOf(op, true);
  if (!p) return FAULT;
  const sub: u32 = load<u8>(op, OP_SUB);
  const type: u32 = sub & vector.FLOAT_DOUBLE ? REAL64 : REAL32;
  begin();
  const a = operand(type, readNumber(load<u16>(op, OP_R1), type));
  const b = operand(type, readNumber(p, type));
  let flags: u32 = 0;
  if (isNan(type, a) || isNan(type, b)) {
    if (!(sub & 1) || isSignaling(type, a) || isSignaling(type, b)) raise(IE);
    flags = FLAG_ZF | FLAG_PF | FLAG_CF;
  } else {
    raiseDenormals(type, a, b);
    if (isLess(type, a, b)) flags = FLAG_CF;
    else if (!isLess(type, b, a)) flags = FLAG_ZF;
  }
  if (!accepted(end())) return FAULT;
  setArithmeticFlags(flags);
  return DONE;
}
