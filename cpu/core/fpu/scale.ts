/** Operations on exponents: FSCALE, FXTRACT, and the remainders, which reduce one exponent to another. */
import { normalizeAndPackExtended } from "./round";
import {
  BIAS,
  C0,
  C1,
  C2,
  C3,
  DE,
  DENORMAL,
  EXPONENT,
  INFINITE,
  INTEGER_BIT,
  QUIET_NAN,
  SIGN,
  ZE,
} from "./value";
import { ZERO, kindOf, leave, leaveIndefinite, propagate, propagateOf, raise } from "./value";
import { fromMagnitude } from "./convert";
import { divideWide } from "./wide";

/** More than any two exponents differ by. */
const FAR: i32 = 0x10000;

/** The biased exponent of a finite number as if its significand had its top bit. */
function normalExponent(head: u32, significand: u64): i32 {
  return <i32>max<u32>(head & EXPONENT, 1) - <i32>clz<u64>(significand);
}

/** The number rounded towards zero, within -FAR and FAR. */
function truncated(head: u32, significand: u64): i32 {
  const exponent = <i32>(head & EXPONENT) - BIAS;
  if (exponent < 0) return 0;
  const magnitude = exponent > 15 ? FAR : <i32>(significand >> (63 - exponent));
  return head & SIGN ? -magnitude : magnitude;
}

/** a * 2^b, b rounded towards zero. */
export function scale(aHead: u32, a: u64, bHead: u32, b: u64): void {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  if (max<u32>(aKind, bKind) >= QUIET_NAN) {
    propagateOf(aHead, a, bHead, b);
    return;
  }
  if (bKind == INFINITE) {
    const down = (bHead & SIGN) != 0;
    if (aKind == (down ? INFINITE : ZERO)) {
      leaveIndefinite();
      return;
    }
    if (aKind == DENORMAL) raise(DE);
    if (down) leave(aHead & SIGN, 0);
    else leave((aHead & SIGN) | EXPONENT, INTEGER_BIT);
    return;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  if (aKind == ZERO || aKind == INFINITE) leave(aHead, a);
  else {
    const exponent = <i32>max<u32>(aHead & EXPONENT, 1) + truncated(bHead, b);
    normalizeAndPackExtended(aHead & SIGN, exponent, a, 0);
  }
}

/** The unbiased exponent as a number. */
export function exponentPart(head: u32, significand: u64): void {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) propagate(head, significand);
  else if (kind == INFINITE) leave(EXPONENT, INTEGER_BIT);
  else if (kind == ZERO) {
    raise(ZE);
    leave(SIGN | EXPONENT, INTEGER_BIT);
  } else {
    if (kind == DENORMAL) raise(DE);
    const exponent = normalExponent(head, significand) - BIAS;
    fromMagnitude(exponent < 0 ? SIGN : 0, <u64>abs<i32>(exponent));
  }
}

/** The number with an exponent of 0; infinities, zeros and NaNs as they are. */
export function significandPart(head: u32, significand: u64): void {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) propagate(head, significand);
  else if (kind == INFINITE || kind == ZERO) leave(head, significand);
  else leave((head & SIGN) | BIAS, significand << clz<u64>(significand));
}

/** The condition codes that hold the last three bits of a quotient. */
function quotientCodes(quotient: u64): u32 {
  const q = <u32>quotient;
  return (q & 1 ? C1 : 0) | (q & 2 ? C3 : 0) | (q & 4 ? C0 : 0);
}

/** Whether the remainder of two numbers is one; if not, what it is instead is left. */
export function hasRemainder(aHead: u32, a: u64, bHead: u32, b: u64): bool {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  if (max<u32>(aKind, bKind) >= QUIET_NAN) {
    propagateOf(aHead, a, bHead, b);
    return false;
  }
  if (aKind == INFINITE || bKind == ZERO) {
    leaveIndefinite();
    return false;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  return true;
}

/**
 * FPREM, or FPREM1 if `nearest`, of numbers that have a remainder: a - b * quotient, the quotient being rounded towards zero or to nearest. Returns
 * condition codes: C2 where the exponents differ by 64 or more and the remainder is only a smaller number of the same class.
 */
export function partialRemainder(aHead: u32, a: u64, bHead: u32, b: u64, nearest: bool): u32 {
  if (!a) {
    leave(aHead, a);
    return 0;
  }
  const aExponent = normalExponent(aHead, a);
  const infinite = kindOf(bHead, b) == INFINITE;
  const difference = infinite ? -FAR : aExponent - normalExponent(bHead, b);
  const least = nearest ? -1 : 0;
  if (difference < least) {
    normalizeAndPackExtended(aHead & SIGN, max<i32>(aHead & EXPONENT, 1), a, 0);
    return 0;
  }
  return reduce(aHead & SIGN, aExponent, a << clz<u64>(a), b << clz<u64>(b), difference, nearest);
}

/** `partialRemainder` of normal significands; a's exponent is `difference` above b's. */
function reduce(sign: u32, exponent: i32, a: u64, b: u64, difference: i32, nearest: bool): u32 {
  if (difference < 0) {
    // a is half of what its significand says in terms of b's.
    if (a <= b) leaveReduced(sign, exponent, a, 0);
    else leaveReduced(sign ^ SIGN, exponent + 1, b - (a >> 1) - (a & 1), a << 63);
    return a > b ? C1 : 0;
  }
  const partial = difference >= 64;
  let shift = difference;
  if (partial) shift = (difference & 31) | 32;
  let quotient: u64 = u64(a >= b);
  let rest = quotient != 0 ? a - b : a;
  if (shift) {
    const digits = divideWide(rest >> (64 - shift), rest << shift, b);
    rest = (rest << shift) - digits * b;
    quotient = (quotient << shift) + digits;
  }
  if (partial) {
    leaveReduced(sign, exponent - shift, rest, 0);
    return C2;
  }
  if (nearest && (rest > b - rest || (rest == b - rest && (quotient & 1) != 0))) {
    rest = b - rest;
    sign ^= SIGN;
    quotient++;
  }
  leaveReduced(sign, exponent - shift, rest, 0);
  return quotientCodes(quotient);
}

function leaveReduced(sign: u32, exponent: i32, high: u64, low: u64): void {
  if (high | low) normalizeAndPackExtended(sign, exponent, high, low);
  else leave(sign, 0);
}
