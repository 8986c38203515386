/** F2XM1, FYL2X and FYL2XP1. A number in progress is 1.xxx * 2^`exponent`, its significand in `high` and `low`. */
import { FLOAT_FLAGS, FLOAT_RESULT, FPU_HEAD } from "../../layout";
import { add } from "./arithmetic";
import {
  ONE,
  difference,
  high,
  isBelow,
  low,
  normalize,
  product,
  quotient,
  set,
  shiftRight,
  sum,
} from "./fixed";
import { normalizeAndPackExtended, packExtended } from "./round";
import { exponentialSeries, inverseTangentSeries } from "./series";
import { BIAS, DE, DENORMAL, EXPONENT, INFINITE, INTEGER_BIT, QUIET_NAN, SIGN, ZE, ZERO } from "./value";
import { kindOf, leave, leaveIndefinite, propagate, propagateOf, raise } from "./value";

/** The natural logarithm of 2, of exponent -1, and its reciprocal, of exponent 0. */
const LN2_HIGH: u64 = 0xb17217f7d1cf79ab;
const LN2_LOW: u64 = 0xc9e3b39803f2f6af;
const LOG2_E_HIGH: u64 = 0xb8aa3b295c17f0bb;
const LOG2_E_LOW: u64 = 0xbe87fed0691d3e88;
/** The significand of the square root of 2. */
const ROOT_2: u64 = 0xb504f333f9de6484;

let exponent: i32 = 0;
let sign: u32 = 0;
/** The number is an integer, or zero. */
let exact: bool = false;

function exponentOf(head: u32, significand: u64): i32 {
  return <i32>max<u32>(head & EXPONENT, 1) - <i32>clz<u64>(significand) - BIAS;
}

/** Multiplies by a number of the given exponent and significand. */
function times(byExponent: i32, byHigh: u64, byLow: u64): void {
  product(high, low, byHigh, byLow);
  exponent += byExponent + 1 - <i32>normalize();
}

/** 2^x - 1. Arguments beyond -1 to 1, for which the manual promises nothing, are left as they are. */
export function leavePowerMinusOne(head: u32, significand: u64): void {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) {
    propagate(head, significand);
    return;
  }
  const negative = (head & SIGN) != 0;
  if (kind == INFINITE) {
    if (negative) leave(SIGN | BIAS, INTEGER_BIT);
    else leave(head, significand);
    return;
  }
  if (kind == DENORMAL) raise(DE);
  exponent = exponentOf(head, significand);
  if (kind == ZERO || exponent >= 0) {
    // 2^-1 - 1 is exactly a half.
    const half = negative && exponent == 0 && significand == INTEGER_BIT;
    leave(half ? head - 1 : head, significand);
    return;
  }
  set(significand << clz<u64>(significand), 0);
  times(-1, LN2_HIGH, LN2_LOW);
  const yHigh = high;
  const yLow = low;
  shiftRight(yHigh, yLow, -(exponent + 1));
  exponentialSeries(high, low, negative);
  // A unit number: its exponent is 0.
  times(0, yHigh, yLow);
  packExtended(head & SIGN, exponent + BIAS, high, low | 1);
}

/** The logarithm to base 2 of (1 + s) / (1 - s), from s of the given exponent, |s| being at most 1/3. */
function logarithmOfRatio(ratioExponent: i32): void {
  const sHigh = high;
  const sLow = low;
  product(sHigh, sLow, sHigh, sLow);
  shiftRight(high, low, -2 * (ratioExponent + 1));
  inverseTangentSeries(high, low, true);
  exponent = -(<i32>normalize());
  times(ratioExponent, sHigh, sLow);
  times(1, LOG2_E_HIGH, LOG2_E_LOW);
}

/** numerator / denominator, both having their top bits, as a significand; returns its exponent as one of significands. */
function ratio(numeratorHigh: u64, numeratorLow: u64, denominatorHigh: u64, denominatorLow: u64): i32 {
  if (isBelow(numeratorHigh, numeratorLow, denominatorHigh, denominatorLow)) {
    quotient(numeratorHigh, numeratorLow, denominatorHigh, denominatorLow);
    return -1;
  }
  shiftRight(numeratorHigh, numeratorLow, 1);
  quotient(high, low, denominatorHigh, denominatorLow);
  return 0;
}

/** log2 of a positive number; its sign goes to `sign`. */
function takeLogarithm(numberExponent: i32, significand: u64): void {
  const whole = significand > ROOT_2 ? numberExponent + 1 : numberExponent;
  if (significand == INTEGER_BIT) {
    takeInteger(numberExponent);
    return;
  }
  // (m - 1) / (m + 1), m being the number over 2^whole; in units of 2^-63, or 2^-64 where m is below 1.
  const below = whole != numberExponent;
  const numerator = below ? 0 - significand : significand - INTEGER_BIT;
  const half: u64 = (significand >> 1) + (below ? INTEGER_BIT : INTEGER_BIT >> 1);
  const shift = clz<u64>(numerator);
  const ratioExponent = ratio(numerator << shift, 0, half, significand << 63) - <i32>shift - 1;
  logarithmOfRatio(ratioExponent);
  exact = false;
  sign = below ? SIGN : 0;
  if (whole) addWhole(whole);
}

function takeInteger(value: i32): void {
  exact = true;
  sign = value < 0 ? SIGN : 0;
  set(<u64>abs<i32>(value), 0);
  if (!value) return;
  exponent = 63 - <i32>normalize();
}

/** Adds an integer that is not 0 to a number of at most a half. */
function addWhole(whole: i32): void {
  const wholeSign: u32 = whole < 0 ? SIGN : 0;
  // In units of 2^-112: the integer has at most 15 bits.
  shiftRight(high, low, 15 - exponent);
  const integer = (<u64>abs<i32>(whole)) << 48;
  if (wholeSign == sign) sum(integer, 0, high, low);
  else difference(integer, 0, high, low);
  sign = wholeSign;
  exponent = 15 - <i32>normalize();
}

/** y times the number. */
function leaveProduct(yHead: u32, y: u64): void {
  const shift = clz<u64>(y);
  const productSign = sign ^ (yHead & SIGN);
  exponent += exponentOf(yHead, y);
  if (exact) {
    // At most 64 by 15 bits.
    product(y << shift, 0, high, 0);
    normalizeAndPackExtended(productSign, exponent + 1 + BIAS, high, low);
    return;
  }
  product(y << shift, 0, high, low);
  exponent += 1 - <i32>normalize();
  packExtended(productSign, exponent + BIAS, high, low | 1);
}

/** y * log2(x). */
export function leaveLogarithm(yHead: u32, y: u64, xHead: u32, x: u64): void {
  const yKind = kindOf(yHead, y);
  const xKind = kindOf(xHead, x);
  if (max<u32>(yKind, xKind) >= QUIET_NAN) {
    propagateOf(yHead, y, xHead, x);
    return;
  }
  if (xHead & SIGN && xKind != ZERO) {
    leaveIndefinite();
    return;
  }
  const isOne = xHead == BIAS && x == INTEGER_BIT;
  const above = (xHead & EXPONENT) >= <u32>BIAS;
  if ((yKind == INFINITE && isOne) || (yKind == ZERO && (xKind == INFINITE || xKind == ZERO))) {
    leaveIndefinite();
    return;
  }
  if (xKind == ZERO && yKind != INFINITE) {
    store<u32>(FLOAT_FLAGS, ZE);
    leave(((yHead & SIGN) ^ SIGN) | EXPONENT, INTEGER_BIT);
    return;
  }
  if (yKind == DENORMAL || xKind == DENORMAL) raise(DE);
  const resultSign = (yHead & SIGN) ^ (above ? 0 : SIGN);
  if (yKind == INFINITE || xKind == INFINITE) leave(resultSign | EXPONENT, INTEGER_BIT);
  else if (yKind == ZERO || isOne) leave(resultSign, 0);
  else {
    takeLogarithm(exponentOf(xHead, x), x << clz<u64>(x));
    leaveProduct(yHead, y);
  }
}

/** y * log2(1 + x), precise for small x. */
export function leaveLogarithmPlusOne(yHead: u32, y: u64, xHead: u32, x: u64): void {
  const yKind = kindOf(yHead, y);
  const xKind = kindOf(xHead, x);
  if (max<u32>(yKind, xKind) >= QUIET_NAN) {
    propagateOf(yHead, y, xHead, x);
    return;
  }
  const resultSign = (yHead ^ xHead) & SIGN;
  if ((xKind == ZERO && yKind == INFINITE) || (xKind == INFINITE && (yKind == ZERO || xHead & SIGN))) {
    leaveIndefinite();
    return;
  }
  if (yKind == DENORMAL || xKind == DENORMAL) raise(DE);
  if (yKind == INFINITE || xKind == INFINITE) leave(resultSign | EXPONENT, INTEGER_BIT);
  else if (yKind == ZERO || xKind == ZERO) leave(resultSign, 0);
  else if (exponentOf(xHead, x) >= -1) ofSum(yHead, y, xHead, x);
  else {
    takeSmall(exponentOf(xHead, x), x << clz<u64>(x), (xHead & SIGN) != 0);
    leaveProduct(yHead, y);
  }
}

/** For x of a half or more, for which the manual promises nothing: by 1 + x. */
function ofSum(yHead: u32, y: u64, xHead: u32, x: u64): void {
  const before = load<u32>(FLOAT_FLAGS);
  add(BIAS, INTEGER_BIT, xHead, x, 0);
  store<u32>(FLOAT_FLAGS, before);
  leaveLogarithm(yHead, y, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
}

/** log2(1 + x), by x / (2 + x). */
function takeSmall(numberExponent: i32, significand: u64, negative: bool): void {
  // 2 in units of 2^-126.
  shiftRight(significand, 0, 1 - numberExponent);
  if (negative) difference(ONE, 0, high, low);
  else sum(ONE, 0, high, low);
  const shift = <i32>normalize();
  const ratioExponent = ratio(significand, 0, high, low) + numberExponent - 1 + shift;
  logarithmOfRatio(ratioExponent);
  exact = false;
  sign = negative ? SIGN : 0;
}
