/** Conversions between the format of the registers and those of memory, which FLOAT_MEMORY holds. */
import {
  BCD80,
  FLOAT_FLAGS,
  FLOAT_MEMORY,
  FPU_CONTROL,
  INT16,
  INT32,
  INT64,
  REAL32,
  REAL64,
} from "../../layout";
import { roundsUp } from "./round";
import {
  BIAS,
  C1,
  DE,
  EXPONENT,
  IE,
  INDEFINITE,
  INDEFINITE_HEAD,
  DENORMAL,
  INFINITE,
  QUIET_NAN,
  propagate,
  INTEGER_BIT,
  OE,
  PE,
} from "./value";
import { QUIET_BIT, SIGN, SIGNALING_NAN, UE, UNSUPPORTED, ZERO, kindOf, leave, raise } from "./value";
import { shiftRightHigh, shiftRightLow } from "./wide";

/** FLOAT_MEMORY as a value. A denormal raises DE; a signaling NaN stays one. */
export function fromMemory(type: u32): void {
  switch (type) {
    case REAL32:
      fromSingle(load<u32>(FLOAT_MEMORY));
      break;
    case REAL64:
      fromDouble(load<u64>(FLOAT_MEMORY));
      break;
    case INT16:
      fromInteger(load<i16>(FLOAT_MEMORY));
      break;
    case INT32:
      fromInteger(load<i32>(FLOAT_MEMORY));
      break;
    case INT64:
      fromInteger(load<i64>(FLOAT_MEMORY));
      break;
    case BCD80:
      fromDecimal();
      break;
    default:
      leave(load<u16>(FLOAT_MEMORY, 8), load<u64>(FLOAT_MEMORY));
  }
}

function fromSingle(bits: u32): void {
  const exponent = (bits >> 23) & 0xff;
  const significand = (<u64>(bits & 0x7fffff)) << 40;
  const sign = (bits >> 16) & SIGN;
  if (exponent - 1 < 0xfe) leave(sign | (exponent + (BIAS - 0x7f)), significand | INTEGER_BIT);
  else if (exponent) leave(sign | EXPONENT, significand | INTEGER_BIT);
  else fromTiny(sign, BIAS - 0x7f, significand);
}

function fromDouble(bits: u64): void {
  const exponent = (<u32>(bits >> 52)) & 0x7ff;
  const significand = (bits << 11) & ~INTEGER_BIT;
  const sign = (<u32>(bits >> 48)) & SIGN;
  if (exponent - 1 < 0x7fe) leave(sign | (exponent + (BIAS - 0x3ff)), significand | INTEGER_BIT);
  else if (exponent) leave(sign | EXPONENT, significand | INTEGER_BIT);
  else fromTiny(sign, BIAS - 0x3ff, significand);
}

/** A zero or denormal of a narrower format, whose exponent 0 means `exponent` + 1. */
function fromTiny(sign: u32, exponent: u32, significand: u64): void {
  if (!significand) {
    leave(sign, 0);
    return;
  }
  raise(DE);
  const shift = <u32>clz<u64>(significand);
  leave(sign | (exponent + 1 - shift), significand << shift);
}

function fromInteger(value: i64): void {
  fromMagnitude(value < 0 ? SIGN : 0, value < 0 ? <u64>-value : <u64>value);
}

export function fromMagnitude(sign: u32, magnitude: u64): void {
  const shift = <u32>clz<u64>(magnitude);
  if (!magnitude) leave(sign, 0);
  else leave(sign | (BIAS + 63 - shift), magnitude << shift);
}

/** Digits beyond 9 count as they are. */
function fromDecimal(): void {
  let magnitude: u64 = 0;
  for (let i = 8; i >= 0; i--) {
    const byte = <u32>load<u8>(FLOAT_MEMORY + i);
    magnitude = magnitude * 100 + (byte >> 4) * 10 + (byte & 15);
  }
  fromMagnitude(((<u32>load<u8>(FLOAT_MEMORY, 9)) << 8) & SIGN, magnitude);
}

/** Puts a value into FLOAT_MEMORY, rounded to its format there. */
export function toMemory(type: u32, head: u32, significand: u64): void {
  switch (type) {
    case REAL32: {
      const bits = narrow(head, significand, 40, 0xff);
      store<u32>(FLOAT_MEMORY, (<u32>bits) | ((head & SIGN) << 16));
      break;
    }
    case REAL64: {
      const bits = narrow(head, significand, 11, 0x7ff);
      store<u64>(FLOAT_MEMORY, bits | ((<u64>(head & SIGN)) << 48));
      break;
    }
    case INT16:
      store<i64>(FLOAT_MEMORY, toInteger(head, significand, 15));
      break;
    case INT32:
      store<i64>(FLOAT_MEMORY, toInteger(head, significand, 31));
      break;
    case INT64:
      store<i64>(FLOAT_MEMORY, toInteger(head, significand, 63));
      break;
    case BCD80:
      toDecimal(head, significand);
      break;
    default:
      store<u64>(FLOAT_MEMORY, significand);
      store<u16>(FLOAT_MEMORY, head, 8);
  }
}

/**
 * Exponent and fraction of the single or double format, which drops the last `dropped` bits of a significand and has
 * `top` as its largest exponent. The sign is the caller's, but that of the indefinite NaN, which is always negative.
 */
function narrow(head: u32, significand: u64, dropped: u32, top: i32): u64 {
  const kind = kindOf(head, significand);
  const infinity = (<u64>top) << (63 - dropped);
  if (kind == ZERO) return 0;
  if (kind >= INFINITE) {
    if (kind == INFINITE) return infinity;
    if (kind >= SIGNALING_NAN) raise(IE);
    if (kind == UNSUPPORTED) return infinity | (((<u64>1) << (62 - dropped)) | signOfIndefinite(dropped));
    return infinity | (((significand | QUIET_BIT) & ~INTEGER_BIT) >> dropped);
  }
  const exponent = <i32>max<u32>(head & EXPONENT, 1) - BIAS + (top >> 1);
  if (exponent >= top) return narrowOverflow(head & SIGN, infinity);
  if (exponent <= 0 || !(significand & INTEGER_BIT)) return narrowTiny(head, significand, exponent, dropped);
  const kept = rounded(head & SIGN, significand, 0, dropped);
  // The integer bit, or the carry out of it, adds to the exponent.
  const bits = kept + ((<u64>(exponent - 1)) << (63 - dropped));
  if (bits < infinity) return bits;
  return narrowOverflow(head & SIGN, infinity);
}

function signOfIndefinite(dropped: u32): u64 {
  return INTEGER_BIT >> (dropped == 11 ? 0 : 32);
}

/** significand:low without its last `dropped` bits. */
function rounded(sign: u32, significand: u64, low: u64, dropped: u32): u64 {
  const kept = significand >> dropped;
  const fraction = (significand << (64 - dropped)) | u64(low != 0);
  if (!fraction) return kept;
  raise(PE);
  if (!roundsUp(sign, fraction, (kept & 1) != 0)) return kept;
  raise(C1);
  return kept + 1;
}

function narrowOverflow(sign: u32, infinity: u64): u64 {
  store<u32>(FLOAT_FLAGS, load<u32>(FLOAT_FLAGS) & ~C1);
  raise(OE | PE);
  if (!roundsUp(sign, INTEGER_BIT + 1, true)) return infinity - 1;
  raise(C1);
  return infinity;
}

/** Below the narrower format's smallest normal number, before rounding. */
function narrowTiny(head: u32, significand: u64, exponent: i32, dropped: u32): u64 {
  const sign = head & SIGN;
  const before = load<u32>(FLOAT_FLAGS);
  // Not tiny if rounding without a limit to the exponent carries into it.
  const unlimited = rounded(sign, significand, 0, dropped);
  const tiny = exponent < 0 || !(unlimited >> (64 - dropped));
  store<u32>(FLOAT_FLAGS, before);
  const shift: u32 = 1 - exponent;
  const high = shiftRightHigh(significand, shift);
  const bits = rounded(sign, high, shiftRightLow(significand, 0, shift), dropped);
  const inexact = load<u32>(FLOAT_FLAGS) & PE;
  if (tiny && (inexact || !(load<u32>(FPU_CONTROL) & UE))) raise(UE);
  return bits;
}

/** The magnitude of a number below 2^64, rounded to an integer. */
export function integerMagnitude(head: u32, significand: u64): u64 {
  const exponent = <i32>(head & EXPONENT) - BIAS;
  if (exponent >= 63) return significand;
  const shift: u32 = 63 - exponent;
  const magnitude = shiftRightHigh(significand, shift);
  const fraction = shiftRightLow(significand, 0, shift);
  if (!fraction) return magnitude;
  raise(PE);
  if (!roundsUp(head & SIGN, fraction, (magnitude & 1) != 0)) return magnitude;
  raise(C1);
  return magnitude + 1;
}

/** Whether it can be rounded to an integer below 2^64. */
function hasMagnitude(head: u32, significand: u64): bool {
  return kindOf(head, significand) < INFINITE && <i32>(head & EXPONENT) - BIAS < 64;
}

function toInteger(head: u32, significand: u64, bits: u32): i64 {
  const limit = (<u64>1) << bits;
  if (hasMagnitude(head, significand)) {
    const magnitude = integerMagnitude(head, significand);
    if (head & SIGN && magnitude <= limit) return 0 - <i64>magnitude;
    if (!(head & SIGN) && magnitude < limit) return <i64>magnitude;
  }
  store<u32>(FLOAT_FLAGS, IE);
  return <i64>limit;
}

const DECIMAL_LIMIT: u64 = 1000000000000000000;

function toDecimal(head: u32, significand: u64): void {
  let magnitude = DECIMAL_LIMIT;
  if (hasMagnitude(head, significand)) magnitude = integerMagnitude(head, significand);
  if (magnitude >= DECIMAL_LIMIT) {
    store<u32>(FLOAT_FLAGS, IE);
    store<u64>(FLOAT_MEMORY, INDEFINITE);
    store<u16>(FLOAT_MEMORY, INDEFINITE_HEAD, 8);
    return;
  }
  for (let i = 0; i < 9; i++) {
    const pair = magnitude % 100;
    store<u8>(FLOAT_MEMORY + i, ((pair / 10) << 4) | (pair % 10));
    magnitude /= 100;
  }
  store<u8>(FLOAT_MEMORY, (head & SIGN) >> 8, 9);
}

/** FRNDINT. */
export function roundToInteger(head: u32, significand: u64): void {
  const kind = kindOf(head, significand);
  if (kind >= QUIET_NAN) {
    propagate(head, significand);
    return;
  }
  if (<i32>(head & EXPONENT) - BIAS >= 63 || kind == ZERO) {
    leave(head, significand);
    return;
  }
  if (kind == DENORMAL) raise(DE);
  fromMagnitude(head & SIGN, integerMagnitude(head, significand));
}
