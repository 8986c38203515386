/** Random operands of x87 instructions: mostly those at which the arithmetic changes its behaviour. */
import type { Random } from "./random";

const EXPONENT = 0x7fff;
const BIAS = 0x3fff;
const INTEGER_BIT = 0x80000000;

/** What the registers of one state have in common, so that their sums cancel and their quotients are near 1. */
export interface Neighbourhood {
  readonly exponent: number;
  readonly high: number;
  readonly low: number;
}

export function neighbourhood(random: Random): Neighbourhood {
  const exponent = random.pick([
    BIAS,
    BIAS + random.between(-70, 70),
    random.below(80),
    EXPONENT - random.below(80),
    random.below(EXPONENT),
    // Where double and single numbers over- and underflow.
    BIAS + random.pick([1023, -1022, -1074, 127, -126, -149]) + random.between(-3, 3),
  ]);
  return {
    exponent: Math.min(Math.max(exponent, 0), EXPONENT),
    high: random.bits() | INTEGER_BIT,
    low: random.bits(),
  };
}

/** 10 bytes: significand, then sign and exponent. */
export function extended(random: Random, near: Neighbourhood): Uint8Array {
  const sign = random.chance(0.5) ? 0x8000 : 0;
  const kind = random.below(20);
  switch (kind) {
    case 0:
      return bytesOf(sign, 0, 0);
    case 1:
      return bytesOf(sign, random.bits() & 0x7fffffff, random.bits());
    case 2:
      return bytesOf(sign, random.bits() | INTEGER_BIT, random.pick([0, random.bits()]));
    case 3:
      return bytesOf(sign | EXPONENT, INTEGER_BIT, 0);
    case 4:
      return bytesOf(sign | EXPONENT, random.bits() | 0xc0000000, random.bits());
    case 5:
      return bytesOf(sign | EXPONENT, (random.bits() & 0x3fffffff) | INTEGER_BIT, random.bits() | 1);
    case 6:
      return random.chance(0.3)
        ? bytesOf(sign | random.between(1, EXPONENT), random.bits() & 0x7fffffff, random.bits())
        : bytesOf(sign | random.below(0x8000), random.bits(), random.bits());
    case 7:
    case 8:
    case 9:
      return integer(random, sign);
    case 10:
    case 11:
      return bytesOf(sign | (BIAS + random.between(-66, 66)), ...significand(random));
    default:
      return nearby(random, sign, near);
  }
}

function integer(random: Random, sign: number): Uint8Array {
  const value = BigInt(random.pick([1, 2, 3, 5, 10, random.below(1000), random.bits()])) || 1n;
  const bits = value.toString(2).length;
  const shifted = value << BigInt(64 - bits);
  return bytesOf(sign | (BIAS + bits - 1), Number(shifted >> 32n), Number(shifted & 0xffffffffn));
}

function significand(random: Random): [number, number] {
  const [high, low] = random.pick([
    [random.bits(), random.bits()],
    [random.bits(), 0],
    [random.bits() & 0xffffff00, 0],
    [random.bits(), random.bits() & 0xfffff800],
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xfffff800 + random.below(0x800)],
    [0xffffff00 + random.below(256), random.bits()],
    [0, 0],
    [0, 1],
  ]);
  return [high | INTEGER_BIT, low];
}

function nearby(random: Random, sign: number, near: Neighbourhood): Uint8Array {
  const exponent =
    near.exponent + random.pick([0, 0, 0, 1, -1, random.between(-3, 3), random.between(-66, 66)]);
  const head = sign | Math.min(Math.max(exponent, 0), EXPONENT - 1);
  const [high, low] = random.chance(0.4)
    ? [near.high, near.low + random.pick([0, 0, 1, -1])]
    : significand(random);
  return bytesOf(head, (head & EXPONENT) === 0 && random.chance(0.5) ? high & 0x7fffffff : high, low);
}

function bytesOf(head: number, high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low >>> 0, true);
  view.setUint32(4, high >>> 0, true);
  view.setUint16(8, head, true);
  return bytes;
}

/** 10 bytes of which an instruction takes as many as it needs: any format of memory, by chance. */
export function memoryOperand(random: Random, near: Neighbourhood): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  switch (random.below(5)) {
    case 0:
      view.setUint32(0, single(random), true);
      break;
    case 1:
      view.setUint32(0, random.pick([0, 1, random.bits()]), true);
      view.setUint32(4, double(random), true);
      break;
    case 2:
      view.setUint32(0, random.interesting(), true);
      view.setUint32(4, random.pick([0, 0xffffffff, random.interesting()]), true);
      break;
    case 3:
      for (let i = 0; i < 9; i++) bytes[i] = random.below(10) * 16 + random.below(10);
      bytes[9] = random.pick([0, 0x80]);
      break;
    default:
      return extended(random, near);
  }
  return bytes;
}

function single(random: Random): number {
  const exponent = random.pick([0, 0, 255, 254, 127, 1, random.below(256)]);
  const fraction = random.pick([0, 1, 0x7fffff, 0x400000, random.bits() & 0x7fffff]);
  return ((random.below(2) << 31) | (exponent << 23) | fraction) >>> 0;
}

/** The upper half. */
function double(random: Random): number {
  const exponent = random.pick([0, 0, 2047, 2046, 1023, 1, random.below(2048)]);
  const fraction = random.pick([0, 1, 0xfffff, 0x80000, random.bits() & 0xfffff]);
  return ((random.below(2) << 31) | (exponent << 20) | fraction) >>> 0;
}
