/** The x87's arithmetic, conversions and rounding against exact arithmetic. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DOUBLE,
  EXTENDED,
  MODES,
  SINGLE,
  add,
  divide,
  multiply,
  negate,
  round,
  roundToUnit,
  squareRoot,
  type Exact,
  type Format,
  type Mode,
  type Rounded,
} from "./exact-float";
import { OPERAND, X87, exactOf, extendedOf, operand } from "./x87-bench";

const RUNS = 300;
const MASKED = 0x3f;
const OE = 0x08;
const UE = 0x10;
const PE = 0x20;
const IE = 0x01;
const DE = 0x02;
const C1 = 0x200;
const FLAGS = IE | DE | OE | UE | PE | C1;
const INTEGER_BIT = 1n << 63n;
const PRECISIONS = [
  [0, 24],
  [2, 53],
  [3, 64],
] as const;

type Extended = [number, bigint];

/** Significands with long runs of zeros or ones, and random ones. */
const significand = fc.oneof(
  fc.bigInt(0n, (1n << 63n) - 1n),
  fc.constantFrom(0n, 1n, (1n << 63n) - 1n, 1n << 62n, 0x7ffn, 0x400n, 0xffffffffffn, 0x8000000000n),
  fc.tuple(fc.bigInt(0n, (1n << 24n) - 1n), fc.integer({ min: 0, max: 40 })).map(([m, s]) => m << BigInt(s)),
);
const exponent = fc.oneof(
  fc.integer({ min: 1, max: 0x7ffe }),
  fc.integer({ min: 0x3fff - 70, max: 0x3fff + 70 }),
  fc.integer({ min: 1, max: 70 }),
  fc.integer({ min: 0x7ffe - 70, max: 0x7ffe }),
);
const number: fc.Arbitrary<Extended> = fc
  .tuple(fc.boolean(), exponent, significand)
  .map(([negative, e, s]) => [(negative ? 0x8000 : 0) | e, INTEGER_BIT | s]);
const denormal: fc.Arbitrary<Extended> = fc
  .tuple(fc.boolean(), fc.bigInt(1n, INTEGER_BIT - 1n))
  .map(([negative, s]) => [negative ? 0x8000 : 0, s]);
const operandOf = fc.oneof({ weight: 6, arbitrary: number }, { weight: 1, arbitrary: denormal });
/** Often of nearly the same exponent. */
const pair = fc
  .tuple(operandOf, operandOf, fc.integer({ min: -66, max: 66 }), fc.boolean())
  .map(([a, b, distance, near]): [Extended, Extended] => {
    const e = Math.min(Math.max((a[0] & 0x7fff) + distance, 1), 0x7ffe);
    return [a, near ? [(b[0] & 0x8000) | e, b[1] | INTEGER_BIT] : b];
  });
const mode = fc.integer({ min: 0, max: 3 });
const precision = fc.constantFrom(...PRECISIONS);

function control(rounding: number, bits: number): number {
  return MASKED | (bits << 8) | (rounding << 10);
}

function flagsOf({ inexact, roundedUp, overflow, underflow }: Rounded): number {
  return (inexact ? PE : 0) | (roundedUp ? C1 : 0) | (overflow ? OE : 0) | (underflow ? UE : 0);
}

function isDenormal([head]: Extended): boolean {
  return (head & 0x7fff) === 0;
}

function expected(rounded: Rounded): Extended {
  const infinity: Extended = [(rounded.negative ? 0x8000 : 0) | 0x7fff, INTEGER_BIT];
  return rounded.value ? extendedOf(rounded.value) : infinity;
}

const x87 = new X87();

describe("arithmetic", () => {
  const operations: [string, number, (a: Exact, b: Exact) => Exact][] = [
    ["FADD", 0xc1, add],
    ["FMUL", 0xc9, multiply],
    ["FSUB", 0xe1, (a, b) => add(a, negate(b))],
    ["FSUBR", 0xe9, (a, b) => add(b, negate(a))],
    ["FDIV", 0xf1, divide],
    ["FDIVR", 0xf9, (a, b) => divide(b, a)],
  ];
  it.each(operations)("%s rounds the exact result", (_name, code, operation) => {
    fc.assert(
      fc.property(pair, mode, precision, ([a, b], rounding, [bits, length]) => {
        x87.load(control(rounding, bits), a, b);
        x87.execute(0xd8, code);
        const exact = operation(exactOf(a), exactOf(b));
        const denormals = isDenormal(a) || isDenormal(b) ? DE : 0;
        if (exact.magnitude === 0n) {
          expect(x87.register(0)).toEqual([MODES[rounding] === "down" ? 0x8000 : 0, 0n]);
          return;
        }
        const rounded = round(exact, EXTENDED, MODES[rounding], length);
        expect(x87.register(0)).toEqual(expected(rounded));
        expect(x87.fpu.status & FLAGS).toBe(flagsOf(rounded) | denormals);
      }),
      { numRuns: RUNS },
    );
  });

  it("FSQRT rounds the exact root", () => {
    fc.assert(
      fc.property(operandOf, mode, precision, ([head, s], rounding, [bits, length]) => {
        const a: Extended = [head & 0x7fff, s];
        x87.load(control(rounding, bits), a);
        x87.execute(0xd9, 0xfa);
        const rounded = round(squareRoot(exactOf(a)), EXTENDED, MODES[rounding], length);
        expect(x87.register(0)).toEqual(expected(rounded));
        expect(x87.fpu.status & FLAGS).toBe(flagsOf(rounded) | (isDenormal(a) ? DE : 0));
      }),
      { numRuns: RUNS },
    );
  });

  it("FSQRT of squares is exact", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, (1n << 32n) - 1n), (root) => {
        x87.load(control(0, 3), extendedOf({ negative: false, magnitude: root * root, exponent: 0 }));
        x87.execute(0xd9, 0xfa);
        expect(x87.register(0)).toEqual(extendedOf({ negative: false, magnitude: root, exponent: 0 }));
        expect(x87.fpu.status & FLAGS).toBe(0);
      }),
    );
  });
});

describe("remainders", () => {
  /** a - b * q with q rounded to an integer; exact, and of the dividend's sign if zero. */
  function remainder(a: Exact, b: Exact, rounding: Mode): { rest: Exact; quotient: bigint } {
    const exponent = Math.min(a.exponent, b.exponent);
    const x = a.magnitude << BigInt(a.exponent - exponent);
    const y = b.magnitude << BigInt(b.exponent - exponent);
    let quotient = x / y;
    let rest = x % y;
    if (rounding === "nearest" && (2n * rest > y || (2n * rest === y && (quotient & 1n) === 1n))) {
      quotient++;
      rest -= y;
    }
    const negative = rest < 0n ? !a.negative : a.negative;
    return { rest: { negative, magnitude: rest < 0n ? -rest : rest, exponent }, quotient };
  }

  it.each([
    ["FPREM", 0xf8, "chop"],
    ["FPREM1", 0xf5, "nearest"],
  ] as const)(
    "%s gives the exact one and three bits of the quotient in one step",
    (_name, code, rounding) => {
      const close = fc.tuple(number, number, fc.integer({ min: -3, max: 63 }));
      fc.assert(
        fc.property(close, ([a, [bHead, b], distance]) => {
          const divisor: Extended = [
            (bHead & 0x8000) | Math.min(Math.max((a[0] & 0x7fff) - distance, 1), 0x7ffe),
            b,
          ];
          if ((a[0] & 0x7fff) - (divisor[0] & 0x7fff) > 63) return;
          x87.load(control(0, 3), a, divisor);
          x87.execute(0xd9, code);
          const { rest, quotient } = remainder(exactOf(a), exactOf(divisor), rounding);
          expect(x87.register(0)).toEqual(extendedOf(rest));
          const { status } = x87.fpu;
          const bits = ((status >> 9) & 1) | ((status >> 13) & 2) | ((status >> 6) & 4);
          expect(BigInt(bits)).toBe(quotient & 7n);
          expect(status & 0x400).toBe(0);
        }),
        { numRuns: RUNS },
      );
    },
  );

  it("FPREM repeated until C2 is clear ends at the exact one, however far the operands are apart", () => {
    fc.assert(
      fc.property(number, number, fc.integer({ min: 64, max: 600 }), ([aHead, a], [bHead, b], distance) => {
        const dividend: Extended = [(aHead & 0x8000) | 0x4800, a];
        const divisor: Extended = [(bHead & 0x8000) | (0x4800 - distance), b];
        x87.load(control(0, 3), dividend, divisor);
        do x87.execute(0xd9, 0xf8);
        while ((x87.fpu.status & 0x400) !== 0);
        const { rest } = remainder(exactOf(dividend), exactOf(divisor), "chop");
        expect(x87.register(0)).toEqual(extendedOf(rest));
      }),
      { numRuns: 50 },
    );
  });
});

describe("stores", () => {
  function bitsOf(rounded: Rounded, format: Format): bigint {
    const fraction = BigInt(format.precision - 1);
    const top = BigInt(format.most * 2 + 1);
    const sign = (rounded.negative ? 1n : 0n) << (fraction + BigInt(top.toString(2).length));
    if (!rounded.value) return sign | (top << fraction);
    const { magnitude, exponent } = rounded.value;
    if (magnitude === 0n) return sign;
    const length = magnitude.toString(2).length;
    const biased = exponent + length - 1 + format.most;
    if (biased < 1) return sign | (magnitude << BigInt(exponent + format.most - 1 + Number(fraction)));
    return (
      sign |
      ((BigInt(biased) << fraction) +
        ((magnitude << BigInt(Number(fraction) + 1 - length)) & ((1n << fraction) - 1n)))
    );
  }
  const near = (format: Format): fc.Arbitrary<Extended> =>
    fc
      .tuple(number, fc.integer({ min: format.least - 60, max: format.most + 3 }))
      .map(([[head, s], e]) => [(head & 0x8000) | (e + 16383), s]);

  it.each([
    ["single", 0xd9, SINGLE],
    ["double", 0xdd, DOUBLE],
  ] as const)("to %s round the exact value", (_name, escape, format) => {
    fc.assert(
      fc.property(fc.oneof(near(format), operandOf), mode, (a, rounding) => {
        x87.load(control(rounding, 0), a);
        x87.execute(escape, ...operand(2));
        const rounded = round(exactOf(a), format, MODES[rounding]);
        const { memory } = x87;
        const stored =
          escape === 0xd9 ? BigInt(memory.getUint32(OPERAND, true)) : memory.getBigUint64(OPERAND, true);
        expect(stored).toBe(bitsOf(rounded, format));
        expect(x87.fpu.status & FLAGS).toBe(flagsOf(rounded));
      }),
      { numRuns: RUNS },
    );
  });

  const integers = [
    ["16-bit integers", 0xdf, 2, 16n],
    ["32-bit integers", 0xdb, 2, 32n],
    ["64-bit integers", 0xdf, 7, 64n],
  ] as const;
  it.each(integers)("to %s round the exact value", (_name, escape, digit, bits) => {
    const value = fc
      .tuple(number, fc.integer({ min: -3, max: Number(bits) + 1 }))
      .map(([[head, s], e]): Extended => [(head & 0x8000) | (e + 16383), s]);
    fc.assert(
      fc.property(value, mode, (a, rounding) => {
        x87.load(control(rounding, 0), a);
        x87.execute(escape, ...operand(digit));
        const { magnitude, inexact, up } = roundToUnit(exactOf(a), 0, MODES[rounding]);
        const limit = 1n << (bits - 1n);
        const negative = (a[0] & 0x8000) !== 0;
        const fits = negative ? magnitude <= limit : magnitude < limit;
        const stored = BigInt.asIntN(Number(bits), x87.memory.getBigUint64(OPERAND, true));
        expect(stored).toBe(fits ? (negative ? -magnitude : magnitude) : -limit);
        expect(x87.fpu.status & FLAGS).toBe(fits ? (inexact ? PE : 0) | (up ? C1 : 0) : IE);
      }),
      { numRuns: RUNS },
    );
  });

  it("to packed decimal give 18 digits, and FBLD takes them back", () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n), (value) => {
        const negative = value < 0n;
        const magnitude = negative ? -value : value;
        const number = extendedOf({ negative, magnitude, exponent: 0 });
        x87.load(control(0, 3), number);
        x87.execute(0xdf, ...operand(6));
        const bytes = Array.from({ length: 10 }, (_, i) => x87.memory.getUint8(OPERAND + i));
        const digits = bytes
          .slice(0, 9)
          .reverse()
          .map((byte) => byte.toString(16).padStart(2, "0"));
        expect(BigInt(digits.join(""))).toBe(magnitude);
        expect(bytes[9]).toBe(negative ? 0x80 : 0);
        x87.load(control(0, 3));
        x87.execute(0xdf, ...operand(4));
        expect(x87.register(0)).toEqual(number);
      }),
    );
  });

  it("FRNDINT rounds to an integer", () => {
    const value = fc
      .tuple(number, fc.integer({ min: -3, max: 66 }))
      .map(([[head, s], e]): Extended => [(head & 0x8000) | (e + 16383), s]);
    fc.assert(
      fc.property(value, mode, (a, rounding) => {
        x87.load(control(rounding, 0), a);
        x87.execute(0xd9, 0xfc);
        const exact = exactOf(a);
        const { magnitude, inexact, up } = roundToUnit(exact, 0, MODES[rounding]);
        const whole = extendedOf({ negative: exact.negative, magnitude, exponent: 0 });
        expect(x87.register(0)).toEqual(exact.exponent >= 0 ? a : whole);
        expect(x87.fpu.status & FLAGS).toBe((inexact ? PE : 0) | (up ? C1 : 0));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("loads", () => {
  it("of doubles are exact", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (bits) => {
        const top = Number((bits >> 52n) & 0x7ffn);
        if (top === 0x7ff) return;
        x87.load(control(0, 0));
        x87.memory.setBigUint64(OPERAND, bits, true);
        x87.execute(0xdd, ...operand(0));
        const fraction = bits & ((1n << 52n) - 1n);
        const exact: Exact = {
          negative: bits >> 63n === 1n,
          magnitude: top === 0 ? fraction : fraction | (1n << 52n),
          exponent: Math.max(top, 1) - 1023 - 52,
        };
        expect(x87.register(0)).toEqual(extendedOf(exact));
      }),
      { numRuns: RUNS },
    );
  });

  it("of integers are exact", () => {
    fc.assert(
      fc.property(fc.bigInt(-INTEGER_BIT, INTEGER_BIT - 1n), (value) => {
        x87.load(control(0, 0));
        x87.memory.setBigInt64(OPERAND, value, true);
        x87.execute(0xdf, ...operand(5));
        const negative = value < 0n;
        expect(x87.register(0)).toEqual(
          extendedOf({ negative, magnitude: negative ? -value : value, exponent: 0 }),
        );
      }),
    );
  });
});
