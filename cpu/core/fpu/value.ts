/**
 * Values of the 80-bit extended format: a head (sign in bit 15, biased exponent below) and a significand whose integer
 * bit is explicit. An operation leaves its result in FLOAT_RESULT and the exceptions it raises in FLOAT_FLAGS.
 */
import { FLOAT_FLAGS, FLOAT_RESULT, FPU_HEAD } from "../../layout";

// Exceptions, the same bits in the status word and, as masks, in the control word.
export const IE: u32 = 0x01;
export const DE: u32 = 0x02;
export const ZE: u32 = 0x04;
export const OE: u32 = 0x08;
export const UE: u32 = 0x10;
export const PE: u32 = 0x20;
export const EXCEPTIONS: u32 = 0x3f;
/** Of the status word: stack fault and condition codes. C1 tells that a result was rounded up. */
export const SF: u32 = 0x40;
export const C0: u32 = 0x100;
export const C1: u32 = 0x200;
export const C2: u32 = 0x400;
export const C3: u32 = 0x4000;

export const SIGN: u32 = 0x8000;
export const EXPONENT: u32 = 0x7fff;
export const BIAS: i32 = 0x3fff;
export const INTEGER_BIT: u64 = 0x8000000000000000;
export const QUIET_BIT: u64 = 0x4000000000000000;
/** The quiet NaN that stands for "no number": negative, only the first fraction bit set. */
export const INDEFINITE_HEAD: u32 = 0xffff;
export const INDEFINITE: u64 = 0xc000000000000000;

export const ZERO: u32 = 0;
/** Exponent 0 but not zero: denormals, and pseudo-denormals, which have the integer bit. */
export const DENORMAL: u32 = 1;
export const NORMAL: u32 = 2;
export const INFINITE: u32 = 3;
export const QUIET_NAN: u32 = 4;
export const SIGNALING_NAN: u32 = 5;
/** Unnormals, pseudo-infinities and pseudo-NaNs: no integer bit where there must be one (387 manual, 3.2.4). */
export const UNSUPPORTED: u32 = 6;

export function isNormal(head: u32, significand: u64): bool {
  return (head & EXPONENT) - 1 < EXPONENT - 1 && <i64>significand < 0;
}

export function kindOf(head: u32, significand: u64): u32 {
  const exponent = head & EXPONENT;
  if (!exponent) return significand ? DENORMAL : ZERO;
  if (!(significand & INTEGER_BIT)) return UNSUPPORTED;
  if (exponent != EXPONENT) return NORMAL;
  if (significand == INTEGER_BIT) return INFINITE;
  return significand & QUIET_BIT ? QUIET_NAN : SIGNALING_NAN;
}

export function leave(head: u32, significand: u64): void {
  store<u64>(FLOAT_RESULT, significand);
  store<u32>(FLOAT_RESULT, head, FPU_HEAD);
}

export function raise(flags: u32): void {
  store<u32>(FLOAT_FLAGS, load<u32>(FLOAT_FLAGS) | flags);
}

/** An invalid operation without a NaN operand. */
export function leaveIndefinite(): void {
  raise(IE);
  leave(INDEFINITE_HEAD, INDEFINITE);
}

/** A NaN or unsupported operand of an instruction that has no other. Denormals are not reported beside it. */
export function propagate(head: u32, significand: u64): void {
  propagateOf(head, significand, head, significand);
}

/**
 * The result where one of two operands is a NaN or unsupported (387 manual, table 3-1): of a quiet and a signaling NaN
 * the quiet one, else the larger significand, at last the positive one.
 */
export function propagateOf(aHead: u32, a: u64, bHead: u32, b: u64): void {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  store<u32>(FLOAT_FLAGS, 0);
  if (aKind == UNSUPPORTED || bKind == UNSUPPORTED) {
    leaveIndefinite();
    return;
  }
  if (aKind == SIGNALING_NAN || bKind == SIGNALING_NAN) raise(IE);
  let takeA = aKind >= QUIET_NAN;
  if (takeA && bKind >= QUIET_NAN) {
    if (aKind != bKind) takeA = aKind == QUIET_NAN;
    else takeA = a > b || (a == b && aHead <= bHead);
  }
  if (takeA) leave(aHead, a | QUIET_BIT);
  else leave(bHead, b | QUIET_BIT);
}
