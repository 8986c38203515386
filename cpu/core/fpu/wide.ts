/** Arithmetic on 128 bits, as pairs of 64. */

/** Upper half of a 64 by 64 bit product; the lower half is `a * b`. */
export function multiplyHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** Upper half of high:low shifted right. */
export function shiftRightHigh(high: u64, count: u32): u64 {
  return count < 64 ? high >> count : 0;
}

/** Lower half of high:low shifted right; its last bit tells whether any bit was shifted out. */
export function shiftRightLow(high: u64, low: u64, count: u32): u64 {
  if (!count) return low;
  if (count < 64) return (high << (64 - count)) | (low >> count) | u64(low << (64 - count) != 0);
  if (count == 64) return high | u64(low != 0);
  if (count < 128) return (high >> (count - 64)) | u64(((high << (128 - count)) | low) != 0);
  return u64((high | low) != 0);
}

/** Quotient of high:low by a divisor with its top bit set, high being below it. */
export function divideWide(high: u64, low: u64, divisor: u64): u64 {
  const upper = quotientDigit(high, low >> 32, divisor);
  const rest = ((high << 32) | (low >> 32)) - upper * divisor;
  return (upper << 32) | quotientDigit(rest, low & 0xffffffff, divisor);
}

/** 32 bits of a quotient: (high * 2^32 + digit) / divisor (Knuth, volume 2, 4.3.1, algorithm D). */
function quotientDigit(high: u64, digit: u64, divisor: u64): u64 {
  const d1 = divisor >> 32;
  const d0 = divisor & 0xffffffff;
  let quotient = high / d1;
  let rest = high - quotient * d1;
  while (quotient >> 32 || quotient * d0 > ((rest << 32) | digit)) {
    quotient--;
    rest += d1;
    if (rest >> 32) break;
  }
  return quotient;
}
