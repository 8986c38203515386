/**
 * Arithmetic on 128 bits for the transcendental instructions, whose results are then good to more than 100 of them. A
 * function that gives a number leaves it in `high` and `low`. "Fraction" is a number below 1, all 128 bits of it behind the
 * point; "unit number" one below 2, the top bit standing for 1.
 */
import { multiplyHigh, divideWide } from "./wide";

export let high: u64 = 0;
export let low: u64 = 0;

/** 1 as a unit number. */
export const ONE: u64 = 0x8000000000000000;

export function set(h: u64, l: u64): void {
  high = h;
  low = l;
}

/** a + b, and a - b, without their carry. */
export function sum(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): void {
  const l = aLow + bLow;
  set(aHigh + bHigh + u64(l < aLow), l);
}

export function difference(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): void {
  set(aHigh - bHigh - u64(aLow < bLow), aLow - bLow);
}

export function isBelow(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): bool {
  return aHigh < bHigh || (aHigh == bHigh && aLow < bLow);
}

/** The upper half of a * b, at most 3 too small. */
export function product(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): void {
  const cross = multiplyHigh(aHigh, bLow);
  const other = multiplyHigh(aLow, bHigh);
  const l = aHigh * bHigh;
  const once = l + cross;
  const twice = once + other;
  set(multiplyHigh(aHigh, bHigh) + u64(once < l) + u64(twice < once), twice);
}

/** a / divisor. */
export function dividedBy(aHigh: u64, aLow: u64, divisor: u64): void {
  const h = aHigh / divisor;
  const middle = ((aHigh - h * divisor) << 32) | (aLow >> 32);
  const m = middle / divisor;
  const last = ((middle - m * divisor) << 32) | (aLow & 0xffffffff);
  set(h, (m << 32) | (last / divisor));
}

/** a * 2^128 / b, a being below b, which has its top bit. */
export function quotient(aHigh: u64, aLow: u64, bHigh: u64, bLow: u64): void {
  if (!(aLow | bLow)) {
    const h = divideWide(aHigh, 0, bHigh);
    set(h, divideWide(0 - h * bHigh, 0, bHigh));
    return;
  }
  let h: u64 = 0;
  let l: u64 = 0;
  for (let i = 0; i < 128; i++) {
    const carry = aHigh >> 63;
    aHigh = (aHigh << 1) | (aLow >> 63);
    aLow <<= 1;
    h = (h << 1) | (l >> 63);
    l <<= 1;
    if (!carry && isBelow(aHigh, aLow, bHigh, bLow)) continue;
    aHigh = aHigh - bHigh - u64(aLow < bLow);
    aLow -= bLow;
    l |= 1;
  }
  set(h, l);
}

export function shiftRight(h: u64, l: u64, count: u32): void {
  if (!count) set(h, l);
  else if (count < 64) set(h >> count, (l >> count) | (h << (64 - count)));
  else if (count < 128) set(0, h >> (count - 64));
  else set(0, 0);
}

/** Shifts the number left until its top bit is set; returns by how much. It must not be 0. */
export function normalize(): u32 {
  let shift: u32 = 0;
  if (!high) {
    set(low, 0);
    shift = 64;
  }
  const more = <u32>clz<u64>(high);
  if (more) set((high << more) | (low >> (64 - more)), low << more);
  return shift + more;
}
