/**
 * Single and double precision numbers of SSE, one at a time, as bits (SDM volume 1, 11.5). Results are first computed exactly
 * enough in the x87's format, rounded to odd, and then rounded once to their own, as MXCSR says.
 */
import { FLOAT_FLAGS, FLOAT_MEMORY, FLOAT_RESULT, FPU_CONTROL, FPU_HEAD, MXCSR, REAL64 } from "../../layout";
import { fromMemory, toMemory } from "../fpu/convert";
import { OE, PE, UE } from "../fpu/value";

// Of MXCSR, besides the exceptions (bits 0-5) and their masks (bits 7-12).
const DAZ: u32 = 0x0040;
const MASKS_SHIFT: u32 = 7;
const MASKS: u32 = 0x1f80;
const ROUNDING_SHIFT: u32 = 13;
const ROUNDS_DOWN: u32 = 0x2000;
const ROUNDING: u32 = 0x6000;
const FTZ: u32 = 0x8000;

/** Of the x87's control word: full precision, everything masked, and rounding towards zero. */
const FULL_PRECISION: u32 = 0x033f;
const TRUNCATE: u32 = 0x0c00;
const CONTROL_ROUNDING_SHIFT: u32 = 10;

/** What the instruction in progress raises. */
let raised: u32 = 0;
/** The x87's own control word meanwhile. */
let control: u32 = 0;

export function raise(flags: u32): void {
  raised |= flags;
}

export function begin(): void {
  raised = 0;
  control = load<u32>(FPU_CONTROL);
}

/** Gives the x87 its control word back; what was raised. */
export function end(): u32 {
  store<u32>(FPU_CONTROL, control);
  return raised;
}

function mxcsr(): u32 {
  return load<u32>(MXCSR);
}

export function roundsDown(): bool {
  return (mxcsr() & ROUNDING) == ROUNDS_DOWN;
}

/** Whether a result that was only rounded changes nothing but its register: to nearest, and inexactness is known already. */
export function isPlain(): bool {
  return (mxcsr() & (MASKS | ROUNDING | PE | DAZ | FTZ)) == (MASKS | PE);
}

const SINGLE_INFINITY: u64 = 0x7f800000;
const DOUBLE_INFINITY: u64 = 0x7ff0000000000000;

export function signBit(type: u32): u64 {
  return type == REAL64 ? 0x8000000000000000 : 0x80000000;
}

export function infinity(type: u32): u64 {
  return type == REAL64 ? DOUBLE_INFINITY : SINGLE_INFINITY;
}

/** The bit that makes a NaN quiet. */
function quietBit(type: u32): u64 {
  return type == REAL64 ? 0x0008000000000000 : 0x00400000;
}

/** The NaN that stands for no number. */
export function indefinite(type: u32): u64 {
  return signBit(type) | infinity(type) | quietBit(type);
}

export function magnitude(type: u32, bits: u64): u64 {
  return bits & ~signBit(type);
}

export function isNan(type: u32, bits: u64): bool {
  return magnitude(type, bits) > infinity(type);
}

export function isSignaling(type: u32, bits: u64): bool {
  return isNan(type, bits) && !(bits & quietBit(type));
}

export function quieted(type: u32, bits: u64): u64 {
  return bits | quietBit(type);
}

export function isZero(type: u32, bits: u64): bool {
  return !magnitude(type, bits);
}

export function isDenormal(type: u32, bits: u64): bool {
  return !(bits & infinity(type)) && !isZero(type, bits);
}

/** An operand, denormals as zeros where MXCSR says so. */
export function operand(type: u32, bits: u64): u64 {
  return mxcsr() & DAZ && isDenormal(type, bits) ? bits & signBit(type) : bits;
}

export function readNumber(p: usize, type: u32): u64 {
  return type == REAL64 ? load<u64>(p) : load<u32>(p);
}

export function writeNumber(p: usize, type: u32, bits: u64): void {
  if (type == REAL64) store<u64>(p, bits);
  else store<u32>(p, <u32>bits);
}

/** The number in FLOAT_RESULT; DE for a denormal. */
export function unpack(type: u32, bits: u64): u32 {
  store<u64>(FLOAT_MEMORY, bits);
  store<u32>(FLOAT_FLAGS, 0);
  fromMemory(type);
  return load<u32>(FLOAT_FLAGS);
}

/** Makes the x87's operations exact to 64 bits and leave in FLOAT_FLAGS what they raise. */
export function computeToOdd(): void {
  store<u32>(FLOAT_FLAGS, 0);
  store<u32>(FPU_CONTROL, FULL_PRECISION | TRUNCATE);
}

/** FLOAT_RESULT, which was computed so, rounded to a format. */
export function roundResult(type: u32): u64 {
  const inexact = u64((load<u32>(FLOAT_FLAGS) & PE) != 0);
  return packed(type, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT) | inexact);
}

/** An x87 number rounded to a format, with what that raises. */
export function packed(type: u32, head: u32, significand: u64): u64 {
  const csr = mxcsr();
  const rounding = (csr & ROUNDING) >> ROUNDING_SHIFT;
  store<u32>(FLOAT_FLAGS, 0);
  // With underflow unmasked UE tells that the result is tiny, exact or not.
  store<u32>(FPU_CONTROL, (FULL_PRECISION & ~UE) | (rounding << CONTROL_ROUNDING_SHIFT));
  store<u64>(FLOAT_MEMORY, 0);
  toMemory(type, head, significand);
  let flags = load<u32>(FLOAT_FLAGS) & (OE | UE | PE);
  let bits = load<u64>(FLOAT_MEMORY);
  if (flags & UE && (csr >> MASKS_SHIFT) & UE) {
    if (csr & FTZ) {
      bits &= signBit(type);
      flags = UE | PE;
    } else if (!(flags & PE)) flags = 0;
  }
  raised |= flags;
  return bits;
}

/** A 32-bit integer from an x87 number, rounded by MXCSR or towards zero. */
export function toInteger(type: u32, head: u32, significand: u64, truncate: bool): u32 {
  const rounding = truncate ? TRUNCATE : ((mxcsr() & ROUNDING) >> ROUNDING_SHIFT) << CONTROL_ROUNDING_SHIFT;
  store<u32>(FLOAT_FLAGS, 0);
  store<u32>(FPU_CONTROL, FULL_PRECISION | rounding);
  toMemory(type, head, significand);
  raised |= load<u32>(FLOAT_FLAGS) & 0x3f;
  return load<u32>(FLOAT_MEMORY);
}
