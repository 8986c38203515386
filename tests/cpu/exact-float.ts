/** Exact arithmetic on numbers of the x87's formats with BigInt, and rounding by the definition: the judge of the core. */

/** magnitude * 2^exponent, negative or not. A magnitude that was cut off has its last bit set. */
export interface Exact {
  readonly negative: boolean;
  readonly magnitude: bigint;
  readonly exponent: number;
}

/** A binary format: bits of the significand, and the exponents of the smallest and largest normal numbers' leading bits. */
export interface Format {
  readonly precision: number;
  readonly least: number;
  readonly most: number;
}

export const EXTENDED: Format = { precision: 64, least: -16382, most: 16383 };
export const DOUBLE: Format = { precision: 53, least: -1022, most: 1023 };
export const SINGLE: Format = { precision: 24, least: -126, most: 127 };

export const MODES = ["nearest", "down", "up", "chop"] as const;
export type Mode = (typeof MODES)[number];

export interface Rounded {
  /** Undefined for an overflow to infinity. */
  readonly value: Exact | undefined;
  readonly negative: boolean;
  readonly inexact: boolean;
  readonly roundedUp: boolean;
  readonly overflow: boolean;
  readonly underflow: boolean;
}

const BITS_BEYOND = 140n;

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export function add(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const signed = (x: Exact): bigint =>
    (x.negative ? -x.magnitude : x.magnitude) << BigInt(x.exponent - exponent);
  const sum = signed(a) + signed(b);
  return { negative: sum < 0n, magnitude: sum < 0n ? -sum : sum, exponent };
}

export function negate(a: Exact): Exact {
  return { ...a, negative: !a.negative };
}

export function multiply(a: Exact, b: Exact): Exact {
  return {
    negative: a.negative !== b.negative,
    magnitude: a.magnitude * b.magnitude,
    exponent: a.exponent + b.exponent,
  };
}

/** With bits enough to round correctly. */
export function divide(a: Exact, b: Exact): Exact {
  const numerator = a.magnitude << BITS_BEYOND;
  const quotient = numerator / b.magnitude;
  const rest = numerator % b.magnitude;
  return {
    negative: a.negative !== b.negative,
    magnitude: (quotient << 1n) | (rest === 0n ? 0n : 1n),
    exponent: a.exponent - b.exponent - Number(BITS_BEYOND) - 1,
  };
}

export function squareRoot(a: Exact): Exact {
  const odd = a.exponent & 1;
  const radicand = a.magnitude << (2n * BITS_BEYOND + BigInt(odd));
  const root = integerRoot(radicand);
  return {
    negative: a.negative,
    magnitude: (root << 1n) | (root * root === radicand ? 0n : 1n),
    exponent: (a.exponent - odd) / 2 - Number(BITS_BEYOND) - 1,
  };
}

function integerRoot(value: bigint): bigint {
  if (value === 0n) return 0n;
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Whether the magnitude grows by a unit, `rest` of `unit` being cut off. */
function grows(negative: boolean, rest: bigint, unit: bigint, odd: boolean, mode: Mode): boolean {
  switch (mode) {
    case "nearest":
      return 2n * rest > unit || (2n * rest === unit && odd);
    case "down":
      return rest !== 0n && negative;
    case "up":
      return rest !== 0n && !negative;
    case "chop":
      return false;
  }
}

/** Rounds to multiples of 2^unit. */
export function roundToUnit(
  a: Exact,
  unit: number,
  mode: Mode,
): { magnitude: bigint; inexact: boolean; up: boolean } {
  if (a.exponent >= unit) {
    return { magnitude: a.magnitude << BigInt(a.exponent - unit), inexact: false, up: false };
  }
  const shift = BigInt(unit - a.exponent);
  const kept = a.magnitude >> shift;
  const rest = a.magnitude - (kept << shift);
  const up = grows(a.negative, rest, 1n << shift, (kept & 1n) === 1n, mode);
  return { magnitude: up ? kept + 1n : kept, inexact: rest !== 0n, up };
}

/** Rounds a number that is not zero to a format, with the responses to masked exceptions. */
export function round(a: Exact, format: Format, mode: Mode, precision = format.precision): Rounded {
  const { negative } = a;
  const leading = (x: { magnitude: bigint }, unit: number): number => bitLength(x.magnitude) - 1 + unit;
  const normalUnit = leading(a, a.exponent) - precision + 1;
  const unbounded = roundToUnit(a, normalUnit, mode);
  const top = leading(unbounded, normalUnit);
  if (top > format.most) {
    const infinite = grows(negative, 2n, 3n, true, mode);
    const largest = ((1n << BigInt(precision)) - 1n) << 0n;
    const value = { negative, magnitude: largest, exponent: format.most - precision + 1 };
    return {
      value: infinite ? undefined : value,
      negative,
      inexact: true,
      roundedUp: infinite,
      overflow: true,
      underflow: false,
    };
  }
  const tiny = top < format.least;
  const unit = tiny ? format.least - precision + 1 : normalUnit;
  const result = tiny ? roundToUnit(a, unit, mode) : unbounded;
  return {
    value: { negative, magnitude: result.magnitude, exponent: unit },
    negative,
    inexact: result.inexact,
    roundedUp: result.up,
    overflow: false,
    underflow: tiny && result.inexact,
  };
}
