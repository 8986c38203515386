/** Addition, multiplication, division and square root. */
import { FLOAT_FLAGS } from "../../layout";
import { SIGN, BIAS, DE, DENORMAL, EXPONENT, INFINITE, INTEGER_BIT, QUIET_NAN, ZE, ZERO } from "./value";
import { isNormal, kindOf, leave, leaveIndefinite, propagate, propagateOf, raise } from "./value";
import { normalizeAndPack, pack, roundsDown } from "./round";
import { divideWide, multiplyHigh, shiftRightHigh, shiftRightLow } from "./wide";

/** Biased exponent of a finite number; denormals have that of the smallest normal one. */
function exponentOf(head: u32): i32 {
  return max<i32>(head & EXPONENT, 1);
}

/** a + b, or a - b where `flip` is SIGN. */
export function add(aHead: u32, a: u64, bHead: u32, b: u64, flip: u32): void {
  if (isNormal(aHead, a) && isNormal(bHead, b)) addFinite(aHead, a, bHead ^ flip, b);
  else addSpecial(aHead, a, bHead, b, flip);
}

function addFinite(aHead: u32, a: u64, bHead: u32, b: u64): void {
  const difference = exponentOf(aHead) - exponentOf(bHead);
  if (difference < 0) addOrdered(bHead, b, aHead, a, -difference);
  else addOrdered(aHead, a, bHead, b, difference);
}

/** `b` is to be shifted right by `shift`. */
function addOrdered(aHead: u32, a: u64, bHead: u32, b: u64, shift: u32): void {
  const exponent = exponentOf(aHead);
  const sign = aHead & SIGN;
  const high = shiftRightHigh(b, shift);
  const low = shiftRightLow(b, 0, shift);
  if (sign == (bHead & SIGN)) {
    const sum = a + high;
    if (sum >= a) normalizeAndPack(sign, exponent, sum, low);
    else pack(sign, exponent + 1, (sum >> 1) | INTEGER_BIT, (sum << 63) | (low >> 1) | (low & 1));
    return;
  }
  if (high > a) {
    // Only where nothing was shifted: of equal exponents, b is the larger.
    normalizeAndPack(bHead & SIGN, exponent, high - a, 0);
    return;
  }
  const rest = a - high - u64(low != 0);
  if (rest | low) normalizeAndPack(sign, exponent, rest, 0 - low);
  else leave(roundsDown() ? SIGN : 0, 0);
}

function addSpecial(aHead: u32, a: u64, bHead: u32, b: u64, flip: u32): void {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  if (max<u32>(aKind, bKind) >= QUIET_NAN) {
    propagateOf(aHead, a, bHead, b);
    return;
  }
  const bSigned = bHead ^ flip;
  if (aKind == INFINITE && bKind == INFINITE && (aHead ^ bSigned) & SIGN) {
    leaveIndefinite();
    return;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  if (aKind == INFINITE) leave(aHead, a);
  else if (bKind == INFINITE) leave(bSigned, b);
  else if (aKind == ZERO && bKind == ZERO) {
    leave((aHead ^ bSigned) & SIGN ? (roundsDown() ? SIGN : 0) : aHead & SIGN, 0);
  } else if (aKind == ZERO) normalizeAndPack(bSigned & SIGN, exponentOf(bHead), b, 0);
  else if (bKind == ZERO) normalizeAndPack(aHead & SIGN, exponentOf(aHead), a, 0);
  else addFinite(aHead, a, bSigned, b);
}

export function multiply(aHead: u32, a: u64, bHead: u32, b: u64): void {
  if (isNormal(aHead, a) && isNormal(bHead, b)) {
    const exponent = <i32>((aHead & EXPONENT) + (bHead & EXPONENT)) - BIAS;
    multiplyFinite((aHead ^ bHead) & SIGN, exponent, a, b);
  } else multiplySpecial(aHead, a, bHead, b);
}

/** Both significands have their top bit. */
function multiplyFinite(sign: u32, exponent: i32, a: u64, b: u64): void {
  const high = multiplyHigh(a, b);
  const low = a * b;
  if (<i64>high < 0) pack(sign, exponent + 1, high, low);
  else pack(sign, exponent, (high << 1) | (low >> 63), low << 1);
}

function multiplySpecial(aHead: u32, a: u64, bHead: u32, b: u64): void {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  if (max<u32>(aKind, bKind) >= QUIET_NAN) {
    propagateOf(aHead, a, bHead, b);
    return;
  }
  const sign = (aHead ^ bHead) & SIGN;
  const infinite = aKind == INFINITE || bKind == INFINITE;
  const zero = aKind == ZERO || bKind == ZERO;
  if (infinite && zero) {
    leaveIndefinite();
    return;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  if (infinite) leave(sign | EXPONENT, INTEGER_BIT);
  else if (zero) leave(sign, 0);
  else {
    const aShift = <i32>clz<u64>(a);
    const bShift = <i32>clz<u64>(b);
    const exponent = exponentOf(aHead) - aShift + exponentOf(bHead) - bShift - BIAS;
    multiplyFinite(sign, exponent, a << aShift, b << bShift);
  }
}

export function divide(aHead: u32, a: u64, bHead: u32, b: u64): void {
  if (isNormal(aHead, a) && isNormal(bHead, b)) {
    const exponent = <i32>(aHead & EXPONENT) - <i32>(bHead & EXPONENT) + BIAS;
    divideFinite((aHead ^ bHead) & SIGN, exponent, a, b);
  } else divideSpecial(aHead, a, bHead, b);
}

/** What a quotient's or root's remainder means for rounding: below, at or above half a unit. */
function remainderBits(rest: u64, divisor: u64): u64 {
  if (!rest) return 0;
  const double = rest << 1;
  if (rest >> 63 || double > divisor) return 0xc000000000000000;
  return double == divisor ? 0x8000000000000000 : 0x4000000000000000;
}

/** Both significands have their top bit. */
function divideFinite(sign: u32, exponent: i32, a: u64, b: u64): void {
  const larger = a >= b;
  const high = larger ? a >> 1 : a;
  const low: u64 = larger ? a << 63 : 0;
  const quotient = divideWide(high, low, b);
  pack(sign, larger ? exponent : exponent - 1, quotient, remainderBits(low - quotient * b, b));
}

function divideSpecial(aHead: u32, a: u64, bHead: u32, b: u64): void {
  const aKind = kindOf(aHead, a);
  const bKind = kindOf(bHead, b);
  if (max<u32>(aKind, bKind) >= QUIET_NAN) {
    propagateOf(aHead, a, bHead, b);
    return;
  }
  const sign = (aHead ^ bHead) & SIGN;
  if (aKind == bKind && (aKind == INFINITE || aKind == ZERO)) {
    leaveIndefinite();
    return;
  }
  if (bKind == ZERO && aKind != INFINITE) {
    // Denormals, also those read from memory, are not reported beside it.
    store<u32>(FLOAT_FLAGS, ZE);
    leave(sign | EXPONENT, INTEGER_BIT);
    return;
  }
  if (aKind == DENORMAL || bKind == DENORMAL) raise(DE);
  if (aKind == INFINITE) leave(sign | EXPONENT, INTEGER_BIT);
  else if (aKind == ZERO || bKind == INFINITE) leave(sign, 0);
  else {
    const aShift = <i32>clz<u64>(a);
    const bShift = <i32>clz<u64>(b);
    const exponent = exponentOf(aHead) - aShift - exponentOf(bHead) + bShift + BIAS;
    divideFinite(sign, exponent, a << aShift, b << bShift);
  }
}

export function squareRoot(head: u32, significand: u64): void {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) propagate(head, significand);
  else if (kind == ZERO) leave(head, significand);
  else if (head & SIGN) leaveIndefinite();
  else if (kind == INFINITE) leave(head, significand);
  else {
    if (kind == DENORMAL) raise(DE);
    const shift = <i32>clz<u64>(significand);
    rootOf(exponentOf(head) - shift - BIAS, significand << shift);
  }
}

/** The root of significand * 2^(exponent - 63), which is at least 1 times a power of 2. */
function rootOf(exponent: i32, significand: u64): void {
  const odd = exponent & 1;
  // The radicand: 127 or 128 bits, so that its root has 64.
  const high = odd ? significand : significand >> 1;
  const low: u64 = odd ? 0 : significand << 63;
  let root = estimateRoot(high);
  // One step of Newton's method on the exact remainder leaves an error of a few units.
  let restHigh = high - multiplyHigh(root, root) - u64(low < root * root);
  let restLow = low - root * root;
  const rest = <f64>(<i64>restHigh) * 18446744073709551616.0 + <f64>restLow;
  root += <u64>(<i64>(rest / (2.0 * <f64>root)));
  restHigh = high - multiplyHigh(root, root) - u64(low < root * root);
  restLow = low - root * root;
  while (<i64>restHigh < 0) {
    root--;
    // + 2 root + 1
    const sum = restLow + ((root << 1) | 1);
    restHigh += (root >> 63) + u64(sum < restLow);
    restLow = sum;
  }
  while (restHigh > root >> 63 || (restHigh == root >> 63 && restLow > root << 1)) {
    const difference = restLow - ((root << 1) | 1);
    restHigh -= (root >> 63) + u64(difference > restLow);
    restLow = difference;
    root++;
  }
  // A remainder above the root is more than half a unit; equal to half it cannot be.
  const above = restHigh != 0 || restLow > root;
  const bits: u64 = above ? 0xc000000000000000 : restLow ? 0x4000000000000000 : 0;
  pack(0, (exponent >> 1) + BIAS, root, bits);
}

/** The root of high * 2^64, to about 50 bits, not above the largest 64-bit number. */
function estimateRoot(high: u64): u64 {
  const root = sqrt<f64>(<f64>high) * 4294967296.0;
  return root >= 18446744073709549568.0 ? 0xfffffffffffff800 : <u64>root;
}
