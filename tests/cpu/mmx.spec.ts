/** MMX against a model of it with BigInt, lane by lane (SDM volume 2). */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { Random } from "../native/random";
import { CODE, DATA, STACK, makeGuest } from "./exception-bench";
import type { Guest } from "./guest";

const SEED = Number(process.env.MACH386_SEED ?? 1);
const CASES = 60;

type Lane = (a: bigint, b: bigint) => bigint;

/** Lanes of `bits`, signed or not. */
function lanes(value: bigint, bits: number, signed: boolean): bigint[] {
  return Array.from({ length: 64 / bits }, (_, i) => {
    const lane = (value >> BigInt(i * bits)) & ((1n << BigInt(bits)) - 1n);
    return signed ? BigInt.asIntN(bits, lane) : lane;
  });
}

const pack = (values: readonly bigint[], bits: number): bigint =>
  values.reduce((sum, lane, i) => sum | (BigInt.asUintN(bits, lane) << BigInt(i * bits)), 0n);

const each =
  (bits: number, signed: boolean, lane: Lane) =>
  (a: bigint, b: bigint): bigint => {
    const [x, y] = [lanes(a, bits, signed), lanes(b, bits, signed)];
    return pack(
      x.map((value, i) => lane(value, y[i])),
      bits,
    );
  };

const clamp = (bits: number, signed: boolean) => (value: bigint) => {
  const [low, high] = signed
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  return value < low ? low : value > high ? high : value;
};
const truth = (holds: boolean) => (holds ? -1n : 0n);

/** The count is all of the second operand. */
const shift =
  (bits: number, signed: boolean, lane: (a: bigint, count: bigint) => bigint) =>
  (a: bigint, b: bigint): bigint => {
    const count = b >= BigInt(bits) ? BigInt(bits) : b;
    return pack(
      lanes(a, bits, signed).map((value) => lane(value, count)),
      bits,
    );
  };

/** Packs a's lanes, then b's, to half their width. */
const narrow =
  (bits: number, signed: boolean) =>
  (a: bigint, b: bigint): bigint =>
    pack([...lanes(a, bits, true), ...lanes(b, bits, true)].map(clamp(bits / 2, signed)), bits / 2);

const unpack =
  (bits: number, high: boolean) =>
  (a: bigint, b: bigint): bigint => {
    const [x, y] = [lanes(a, bits, false), lanes(b, bits, false)];
    const half = x.length / 2;
    const from = high ? half : 0;
    return pack(
      Array.from({ length: x.length }, (_, i) => (i % 2 ? y : x)[from + (i >> 1)]),
      bits,
    );
  };

const MADD = (a: bigint, b: bigint): bigint => {
  const products = lanes(a, 16, true).map((value, i) => value * lanes(b, 16, true)[i]);
  return pack([products[0] + products[1], products[2] + products[3]], 32);
};

const OPERATIONS: readonly (readonly [name: string, opcode: number, model: Lane])[] = [
  ["PUNPCKLBW", 0x60, unpack(8, false)],
  ["PUNPCKLWD", 0x61, unpack(16, false)],
  ["PUNPCKLDQ", 0x62, unpack(32, false)],
  ["PACKSSWB", 0x63, narrow(16, true)],
  ["PCMPGTB", 0x64, each(8, true, (a, b) => truth(a > b))],
  ["PCMPGTW", 0x65, each(16, true, (a, b) => truth(a > b))],
  ["PCMPGTD", 0x66, each(32, true, (a, b) => truth(a > b))],
  ["PACKUSWB", 0x67, narrow(16, false)],
  ["PUNPCKHBW", 0x68, unpack(8, true)],
  ["PUNPCKHWD", 0x69, unpack(16, true)],
  ["PUNPCKHDQ", 0x6a, unpack(32, true)],
  ["PACKSSDW", 0x6b, narrow(32, true)],
  ["PCMPEQB", 0x74, each(8, false, (a, b) => truth(a === b))],
  ["PCMPEQW", 0x75, each(16, false, (a, b) => truth(a === b))],
  ["PCMPEQD", 0x76, each(32, false, (a, b) => truth(a === b))],
  ["PSRLW", 0xd1, shift(16, false, (a, n) => a >> n)],
  ["PSRLD", 0xd2, shift(32, false, (a, n) => a >> n)],
  ["PSRLQ", 0xd3, shift(64, false, (a, n) => a >> n)],
  ["PMULLW", 0xd5, each(16, true, (a, b) => a * b)],
  ["PSUBUSB", 0xd8, each(8, false, (a, b) => clamp(8, false)(a - b))],
  ["PSUBUSW", 0xd9, each(16, false, (a, b) => clamp(16, false)(a - b))],
  ["PAND", 0xdb, (a, b) => a & b],
  ["PADDUSB", 0xdc, each(8, false, (a, b) => clamp(8, false)(a + b))],
  ["PADDUSW", 0xdd, each(16, false, (a, b) => clamp(16, false)(a + b))],
  ["PANDN", 0xdf, (a, b) => BigInt.asUintN(64, ~a) & b],
  ["PSRAW", 0xe1, shift(16, true, (a, n) => a >> n)],
  ["PSRAD", 0xe2, shift(32, true, (a, n) => a >> n)],
  ["PMULHW", 0xe5, each(16, true, (a, b) => (a * b) >> 16n)],
  ["PSUBSB", 0xe8, each(8, true, (a, b) => clamp(8, true)(a - b))],
  ["PSUBSW", 0xe9, each(16, true, (a, b) => clamp(16, true)(a - b))],
  ["POR", 0xeb, (a, b) => a | b],
  ["PADDSB", 0xec, each(8, true, (a, b) => clamp(8, true)(a + b))],
  ["PADDSW", 0xed, each(16, true, (a, b) => clamp(16, true)(a + b))],
  ["PXOR", 0xef, (a, b) => a ^ b],
  ["PSLLW", 0xf1, shift(16, false, (a, n) => a << n)],
  ["PSLLD", 0xf2, shift(32, false, (a, n) => a << n)],
  ["PSLLQ", 0xf3, shift(64, false, (a, n) => a << n)],
  ["PMADDWD", 0xf5, MADD],
  ["PSUBB", 0xf8, each(8, false, (a, b) => a - b)],
  ["PSUBW", 0xf9, each(16, false, (a, b) => a - b)],
  ["PSUBD", 0xfa, each(32, false, (a, b) => a - b)],
  ["PADDB", 0xfc, each(8, false, (a, b) => a + b)],
  ["PADDW", 0xfd, each(16, false, (a, b) => a + b)],
  ["PADDD", 0xfe, each(32, false, (a, b) => a + b)],
];

let guest: Guest;

beforeAll(() => buildCore());
beforeEach(() => (guest = makeGuest("pentium2")));

/** Runs user code with two operands at DATA (in EBX), which leaves its result at DATA + 16; the vector that ends it. */
function run(code: number[], a: bigint, b: bigint): number {
  guest.view.setBigUint64(0x11000, a, true);
  guest.view.setBigUint64(0x11008, b, true);
  guest.write(0x10000, [...code, 0xcc]);
  guest.enterUser(CODE, STACK, 2);
  guest.cpu.registers.ebx = DATA;
  return guest.runToException().vector;
}

const result = () => guest.view.getBigUint64(0x11010, true);
/** movq mm3, [ebx]; movq [ebx + 16], mm3 around an instruction on mm3. */
const around = (code: number[]) => [0x0f, 0x6f, 0x1b, ...code, 0x0f, 0x7f, 0x5b, 0x10];

function randomOperands(random: Random, isShift: boolean): [bigint, bigint] {
  const word = () =>
    BigInt(
      random.below(2) ? random.below(0x100000000) : random.pick([0, 0x80008000, 0x7fff7fff, 0xffffffff]),
    );
  const a = (word() << 32n) | word();
  return [a, isShift && random.below(4) ? BigInt(random.below(70)) : (word() << 32n) | word()];
}

describe.each(OPERATIONS)("%s", (name, opcode, model) => {
  it(`computes what it should, seed ${SEED}`, () => {
    const random = new Random(SEED);
    for (let i = 0; i < CASES; i++) {
      const [a, b] = randomOperands(random, /^PS[LR]/.test(name));
      const expected = BigInt.asUintN(64, model(a, b));
      // From memory, then from a register.
      expect(run(around([0x0f, opcode, 0x5b, 0x08]), a, b)).toBe(3);
      expect([a, b, result()]).toEqual([a, b, expected]);
      run(around([0x0f, 0x6f, 0x6b, 0x08, 0x0f, opcode, 0xdd]), a, b);
      expect([a, b, result()]).toEqual([a, b, expected]);
    }
  });
});

describe("MMX", () => {
  it("shifts by an immediate", () => {
    // psraw mm3, 4; psllq mm3, 8; psrld mm3, 40
    run(around([0x0f, 0x71, 0xe3, 4]), 0x8000_7fff_0010_fff0n, 0n);
    expect(result()).toBe(0xf800_07ff_0001_ffffn);
    run(around([0x0f, 0x73, 0xf3, 8]), 0x0123_4567_89ab_cdefn, 0n);
    expect(result()).toBe(0x2345_6789_abcd_ef00n);
    run(around([0x0f, 0x72, 0xd3, 40]), 0xffff_ffff_ffff_ffffn, 0n);
    expect(result()).toBe(0n);
  });

  it("moves to and from general registers", () => {
    // mov eax, 89abcdefh; movd mm3, eax; movd ecx, mm3
    run([0xb8, 0xef, 0xcd, 0xab, 0x89, 0x0f, 0x6e, 0xd8, 0x0f, 0x7e, 0xd9, 0x0f, 0x7f, 0x5b, 0x10], 0n, 0n);
    expect([guest.cpu.registers.ecx, result()]).toEqual([0x89abcdef, 0x89abcdefn]);
  });

  it("uses the x87's registers, and EMMS gives them back", () => {
    // fld1; pxor mm0, mm0; fnstenv [ebx + 32]; emms; fnstenv [ebx + 64]
    run([0xd9, 0xe8, 0x0f, 0xef, 0xc0, 0xd9, 0x73, 0x20, 0x0f, 0x77, 0xd9, 0x73, 0x40], 0n, 0n);
    const word = (at: number) => guest.view.getUint16(0x11000 + at, true);
    // TOP is 0; no register is empty: mm0 has a NaN's exponent, mm7 is the 1, the others hold zeros.
    expect([word(0x24) & 0x3800, word(0x28) & 3, word(0x28) >> 14]).toEqual([0, 2, 0]);
    expect(word(0x48)).toBe(0xffff);
  });

  it.each([
    ["#UD with CR0.EM", 0x4, 6],
    ["#NM with CR0.TS", 0x8, 7],
  ])("is refused: %s", (_name, bits, vector) => {
    guest.cpu.registers.cr0 |= bits;
    expect(run([0x0f, 0xef, 0xc0], 0n, 0n)).toBe(vector);
  });

  it("is undefined on the pentium, as on those before", () => {
    guest = makeGuest("pentium");
    expect(run([0x0f, 0xef, 0xc0], 0n, 0n)).toBe(6);
  });
});
