/** Rounding of exact results to the format of the registers (387 manual, 3.1 and 3.2). */
import { FLOAT_FLAGS, FPU_CONTROL } from "../../layout";
import { C1, EXPONENT, INTEGER_BIT, OE, PE, UE, leave, raise } from "./value";
import { shiftRightHigh, shiftRightLow } from "./wide";

const HALF: u64 = INTEGER_BIT;
const LARGEST: i32 = 0x7ffe;
/** By so much the exponent of an unmasked overflow or underflow is off, to be in range. */
const WRAP: i32 = 0x6000;

const TO_NEAREST: u32 = 0;
const DOWN: u32 = 1;
const UP: u32 = 2;

function mode(): u32 {
  return (load<u32>(FPU_CONTROL) >> 10) & 3;
}

/** Whether rounding down is in force: then an exact zero difference is negative. */
export function roundsDown(): bool {
  return mode() == DOWN;
}

/** The last significand bit that the precision control keeps. Its reserved value means full precision. */
function precisionUnit(): u64 {
  const precision = (load<u32>(FPU_CONTROL) >> 8) & 3;
  if (precision == 0) return (<u64>1) << 40;
  return precision == 2 ? (<u64>1) << 11 : 1;
}

/** Whether the magnitude grows, `fraction` (not 0) being what lies below the last bit, from its half bit downwards. */
export function roundsUp(sign: u32, fraction: u64, odd: bool): bool {
  switch (mode()) {
    case TO_NEAREST:
      return fraction > HALF || (fraction == HALF && odd);
    case DOWN:
      return sign != 0;
    case UP:
      return sign == 0;
    default:
      return false;
  }
}

/** Rounds by the precision control. `high` has its top bit set; `low` continues it. Exponents may lie out of range. */
export function pack(sign: u32, exponent: i32, high: u64, low: u64): void {
  round(sign, exponent, high, low, precisionUnit());
}

/** As `pack`, to full precision. */
export function packExtended(sign: u32, exponent: i32, high: u64, low: u64): void {
  round(sign, exponent, high, low, 1);
}

/** `pack` for any high:low but zero. */
export function normalizeAndPack(sign: u32, exponent: i32, high: u64, low: u64): void {
  normalizeAndRound(sign, exponent, high, low, precisionUnit());
}

/** `packExtended` for any high:low but zero. */
export function normalizeAndPackExtended(sign: u32, exponent: i32, high: u64, low: u64): void {
  normalizeAndRound(sign, exponent, high, low, 1);
}

function normalizeAndRound(sign: u32, exponent: i32, high: u64, low: u64, unit: u64): void {
  if (!high) {
    const shift = <i32>clz<u64>(low);
    round(sign, exponent - 64 - shift, low << shift, 0, unit);
    return;
  }
  const shift = <i32>clz<u64>(high);
  if (!shift) round(sign, exponent, high, low, unit);
  else round(sign, exponent - shift, (high << shift) | (low >> (64 - shift)), low << shift, unit);
}

/** What of high:low is below `unit`, from the half bit downwards. */
function below(high: u64, low: u64, unit: u64): u64 {
  if (unit == 1) return low;
  const kept = clz<u64>(unit) + 1;
  return (high << kept) | u64(low != 0);
}

function round(sign: u32, exponent: i32, high: u64, low: u64, unit: u64): void {
  if (exponent <= 0) {
    roundTiny(sign, exponent, high, low, unit);
    return;
  }
  const fraction = below(high, low, unit);
  let kept = high & (0 - unit);
  if (fraction) {
    raise(PE);
    if (roundsUp(sign, fraction, (high & unit) != 0)) {
      raise(C1);
      kept += unit;
      if (!kept) {
        kept = INTEGER_BIT;
        exponent++;
      }
    }
  }
  if (exponent <= LARGEST) leave(sign | exponent, kept);
  else overflow(sign, exponent, kept, unit);
}

function overflow(sign: u32, exponent: i32, significand: u64, unit: u64): void {
  const masked = (load<u32>(FPU_CONTROL) & OE) != 0;
  if (!masked && exponent - WRAP <= LARGEST) {
    raise(OE);
    leave(sign | (exponent - WRAP), significand);
    return;
  }
  store<u32>(FLOAT_FLAGS, load<u32>(FLOAT_FLAGS) & ~C1);
  raise(OE | PE);
  // FSCALE can go beyond what an unmasked overflow brings back into range.
  if (!masked || roundsUp(sign, HALF + 1, true)) {
    raise(C1);
    leave(sign | EXPONENT, INTEGER_BIT);
  } else leave(sign | LARGEST, 0 - unit);
}

/** Below the smallest normal number, if rounding without a limit to the exponent leaves it there. */
function roundTiny(sign: u32, exponent: i32, high: u64, low: u64, unit: u64): void {
  const fraction = below(high, low, unit);
  if (exponent == 0 && fraction && (high & (0 - unit)) == 0 - unit && roundsUp(sign, fraction, true)) {
    raise(PE | C1);
    leave(sign | 1, INTEGER_BIT);
    return;
  }
  if (!(load<u32>(FPU_CONTROL) & UE)) {
    raise(UE);
    if (exponent + WRAP > 0) round(sign, exponent + WRAP, high, low, unit);
    else {
      raise(PE);
      leave(sign, 0);
    }
    return;
  }
  const shift: u32 = 1 - exponent;
  denormalize(sign, shiftRightHigh(high, shift), shiftRightLow(high, low, shift), unit);
}

function denormalize(sign: u32, high: u64, low: u64, unit: u64): void {
  const fraction = below(high, low, unit);
  let kept = high & (0 - unit);
  if (fraction) {
    raise(UE | PE);
    if (roundsUp(sign, fraction, (high & unit) != 0)) {
      raise(C1);
      kept += unit;
    }
  }
  leave(sign | (<u32>(kept >> 63)), kept);
}
