/**
 * FSIN, FCOS, FPTAN and FPATAN. Arguments are reduced with pi to 66 bits, as the 387 does (387 manual, 4.6.2): far from
 * zero the results are those of that pi. An angle is 1.xxx * 2^`exponent`, the significand being in `high` and `low`.
 */
import {
  high,
  isBelow,
  low,
  normalize,
  product,
  quotient,
  set,
  shiftRight,
  sum,
  difference,
  ONE,
} from "./fixed";
import { multiplyHigh } from "./wide";
import { packExtended } from "./round";
import { circularSeries, inverseTangentSeries } from "./series";
import { BIAS, DE, DENORMAL, EXPONENT, INFINITE, INTEGER_BIT, QUIET_NAN, SIGN, ZERO } from "./value";
import { kindOf, leave, leaveIndefinite, propagate, propagateOf, raise } from "./value";

/** Half of pi in units of 2^-67: 68 bits. */
const HALF_PI_HIGH: u64 = 0xc;
const HALF_PI_LOW: u64 = 0x90fdaa22168c234c;
/** The significand of pi, and that of three quarters of it. */
const PI_HIGH: u64 = 0xc90fdaa22168c234;
const PI_LOW: u64 = 0xc4c6628b80dc1cd1;
const THREE_QUARTERS_HIGH: u64 = 0x96cbe3f9990e91a7;
const THREE_QUARTERS_LOW: u64 = 0x9394c9e8a0a5159c;

let exponent: i32 = 0;

/** Where an argument lies. */
export const REDUCED: u32 = 0;
/** Its magnitude is 2^63 or more: C2 is set and nothing else changes. */
export const OUT_OF_RANGE: u32 = 1;
/** It is not a finite number; the result has been left. */
export const NO_NUMBER: u32 = 2;

// The argument's magnitude is `quadrant` times half of pi, plus or (`minus` SIGN) minus an angle within a quarter of pi.
let argumentSign: u32 = 0;
let argumentIsZero: bool = false;
let quadrant: u32 = 0;
let minus: u32 = 0;
let angleExponent: i32 = 0;
let angleHigh: u64 = 0;
let angleLow: u64 = 0;

/** Takes an argument of sine, cosine or tangent. */
export function takeAngle(head: u32, significand: u64): u32 {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) propagate(head, significand);
  else if (kind == INFINITE) leaveIndefinite();
  if (kind >= INFINITE) return NO_NUMBER;
  argumentSign = head & SIGN;
  argumentIsZero = kind == ZERO;
  quadrant = 0;
  minus = 0;
  if (argumentIsZero) return REDUCED;
  const shift = <i32>clz<u64>(significand);
  angleExponent = <i32>max<u32>(head & EXPONENT, 1) - shift - BIAS;
  if (angleExponent >= 63) return OUT_OF_RANGE;
  if (kind == DENORMAL) raise(DE);
  if (angleExponent < -4) {
    angleHigh = significand << shift;
    angleLow = 0;
  } else reduce(significand);
  return REDUCED;
}

/** The remainder by half of pi, exactly: both are multiples of 2^-67. */
function reduce(significand: u64): void {
  set(0, significand);
  for (let i = angleExponent + 4; i > 0; i--) {
    set((high << 1) | (low >> 63), low << 1);
    quadrant <<= 1;
    if (isBelow(high, low, HALF_PI_HIGH, HALF_PI_LOW)) continue;
    difference(high, low, HALF_PI_HIGH, HALF_PI_LOW);
    quadrant |= 1;
  }
  if (isBelow(HALF_PI_HIGH, HALF_PI_LOW, (high << 1) | (low >> 63), low << 1)) {
    difference(HALF_PI_HIGH, HALF_PI_LOW, high, low);
    minus = SIGN;
    quadrant++;
  }
  angleExponent = 127 - 67 - <i32>normalize();
  angleHigh = high;
  angleLow = low;
}

/** The square of a number below 1 as a fraction. */
function squareOf(numberExponent: i32, h: u64, l: u64): void {
  product(h, l, h, l);
  shiftRight(high, low, -2 * (numberExponent + 1));
}

/** So that a series whose first term is all that counts is still seen to be inexact. */
function stepBelowOne(): void {
  if (high == ONE && !low) difference(high, low, 0, 1);
}

function sineOfAngle(): void {
  squareOf(angleExponent, angleHigh, angleLow);
  circularSeries(high, low, true);
  stepBelowOne();
  product(angleHigh, angleLow, high, low);
  exponent = angleExponent + 1 - <i32>normalize();
}

function cosineOfAngle(): void {
  squareOf(angleExponent, angleHigh, angleLow);
  circularSeries(high, low, false);
  stepBelowOne();
  exponent = -(<i32>normalize());
}

/** Packs a result that is never exact. */
function leaveInexact(sign: u32): void {
  packExtended(sign, exponent + BIAS, high, low | 1);
}

/** The sine of the argument's magnitude plus a multiple of half pi, with a sign to be multiplied by. */
function leaveCircular(turn: u32, sign: u32): void {
  if (turn & 1) cosineOfAngle();
  else sineOfAngle();
  leaveInexact(sign ^ (turn & 1 ? 0 : minus) ^ (turn & 2 ? SIGN : 0));
}

export function leaveSine(): void {
  if (argumentIsZero) leave(argumentSign, 0);
  else leaveCircular(quadrant, argumentSign);
}

export function leaveCosine(): void {
  if (argumentIsZero) leave(BIAS, INTEGER_BIT);
  else leaveCircular(quadrant + 1, 0);
}

export function leaveTangent(): void {
  if (argumentIsZero) {
    leave(argumentSign, 0);
    return;
  }
  const odd = (quadrant & 1) != 0;
  if (odd) sineOfAngle();
  else cosineOfAngle();
  const divisorExponent = exponent;
  const divisorHigh = high;
  const divisorLow = low;
  if (odd) cosineOfAngle();
  else sineOfAngle();
  exponent -= divisorExponent;
  ratio(high, low, divisorHigh, divisorLow);
  leaveInexact(argumentSign ^ minus ^ (odd ? SIGN : 0));
}

/** a / b of significands; `exponent` was the difference of theirs. */
function ratio(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): void {
  if (isBelow(aHigh, aLow, bHigh, bLow)) {
    exponent--;
    quotient(aHigh, aLow, bHigh, bLow);
    return;
  }
  shiftRight(aHigh, aLow, 1);
  quotient(high, low, bHigh, bLow);
}

/** The angle of the point (x, y) from the positive x axis. */
export function leaveArctangent(yHead: u32, y: u64, xHead: u32, x: u64): void {
  const yKind = kindOf(yHead, y);
  const xKind = kindOf(xHead, x);
  if (max<u32>(yKind, xKind) >= QUIET_NAN) {
    propagateOf(yHead, y, xHead, x);
    return;
  }
  if (yKind == DENORMAL || xKind == DENORMAL) raise(DE);
  const sign = yHead & SIGN;
  const left = (xHead & SIGN) != 0;
  if (yKind == INFINITE && xKind == INFINITE) leaveAngle(sign, left ? 1 : -1, left);
  else if (yKind == INFINITE || (xKind == ZERO && yKind != ZERO)) leaveAngle(sign, 0, false);
  else if (xKind == INFINITE || yKind == ZERO) {
    if (left) leaveAngle(sign, 1, false);
    else leave(sign, 0);
  } else arctangent(sign, yHead, y, left, xHead, x);
}

/** Pi * 2^(`ofExponent` - 1), or three quarters of that. */
function leaveAngle(sign: u32, ofExponent: i32, threeQuarters: bool): void {
  exponent = ofExponent;
  if (threeQuarters) set(THREE_QUARTERS_HIGH, THREE_QUARTERS_LOW);
  else set(PI_HIGH, PI_LOW);
  leaveInexact(sign);
}

function arctangent(sign: u32, yHead: u32, y: u64, left: bool, xHead: u32, x: u64): void {
  const yShift = clz<u64>(y);
  const xShift = clz<u64>(x);
  const ySignificand = y << yShift;
  const xSignificand = x << xShift;
  exponent =
    <i32>max<u32>(yHead & EXPONENT, 1) - <i32>yShift - <i32>max<u32>(xHead & EXPONENT, 1) + <i32>xShift;
  const steep = exponent > 0 || (exponent == 0 && ySignificand > xSignificand);
  if (steep) exponent = -exponent;
  if (steep) ratio(xSignificand, 0, ySignificand, 0);
  else ratio(ySignificand, 0, xSignificand, 0);
  if (exponent < -4) smallArctangent();
  else largeArctangent();
  if (steep) fromAxis(PI_HIGH >> 1, (PI_HIGH << 63) | (PI_LOW >> 1), !left);
  else if (left) fromAxis(PI_HIGH, PI_LOW, true);
  leaveInexact(sign);
}

/** The arctangent of a number, below 2^-4, is that number times nearly 1. */
function smallArctangent(): void {
  const zHigh = high;
  const zLow = low;
  squareOf(exponent, zHigh, zLow);
  inverseTangentSeries(high, low, false);
  stepBelowOne();
  product(zHigh, zLow, high, low);
  exponent += 1 - <i32>normalize();
}

/** Arctangents of 1/8 to 8/8, as fractions. */
const EIGHTHS: usize = memory.data<u64>([
  0x1fd5ba9aac2f6dc6, 0x5912f313e7d111de, 0x3eb6ebf25901bac5, 0x5b71e7bd7de885f9, 0x5bd86507937bc239,
  0xc55190916e7f2241, 0x76b19c1586ed3da2, 0xb7f222f65e1d4681, 0x8f005d5ef7f59f9b, 0x5c835e1665c43747,
  0xa4bc7d1934f70924, 0x19a87f2a457dac9e, 0xb8053e2bc2319e73, 0xcb2da55210a4443d, 0xc90fdaa22168c234,
  0xc4c6628b80dc1cd1,
]);

/**
 * The arctangent of a number from 2^-4 to 1: that of the nearest eighth, plus that of (z - eighth) / (1 + z * eighth),
 * which is at most 2^-4.
 */
function largeArctangent(): void {
  if (exponent == 0) {
    // 1 itself.
    exponent = -1;
    set(PI_HIGH, PI_LOW);
    return;
  }
  shiftRight(high, low, -(exponent + 1));
  const zHigh = high;
  const zLow = low;
  const eighths = max<u64>((zHigh >> 61) + ((zHigh >> 60) & 1), 1);
  const entry = EIGHTHS + ((<usize>eighths - 1) << 4);
  // As a fraction; 8 eighths are 1, whose only bit is beyond.
  const nearest = eighths << 61;
  const under = eighths == 8 || zHigh < nearest;
  if (under) difference(nearest, 0, zHigh, zLow);
  else difference(zHigh, zLow, nearest, 0);
  const restHigh = high;
  const restLow = low;
  shiftRight(zHigh, zLow, 4);
  // Below 2^124 times at most 8, as part of a unit number.
  set(high * eighths + multiplyHigh(low, eighths), low * eighths);
  sum(ONE, 0, high, low);
  quotient(restHigh, restLow, high, low);
  shiftRight(high, low, 1);
  const wHigh = high;
  const wLow = low;
  product(wHigh, wLow, wHigh, wLow);
  inverseTangentSeries(high, low, false);
  product(wHigh, wLow, high, low);
  set((high << 1) | (low >> 63), low << 1);
  if (under) difference(load<u64>(entry), load<u64>(entry, 8), high, low);
  else sum(load<u64>(entry), load<u64>(entry, 8), high, low);
  exponent = -1 - <i32>normalize();
}

/** The angle is turned by one of an axis, which is given in units of 2^-126, and taken from it if `backwards`. */
function fromAxis(axisHigh: u64, axisLow: u64, backwards: bool): void {
  shiftRight(high, low, 1 - exponent);
  if (backwards) difference(axisHigh, axisLow, high, low);
  else sum(axisHigh, axisLow, high, low);
  exponent = 1 - <i32>normalize();
}
