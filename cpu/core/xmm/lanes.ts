/** Integer operations that do the same in each part of a register, whatever its size; or with the low half of both. */
import * as vector from "../../vector-operations";

export function nothing(): v128 {
  return i64x2.splat(0);
}

/** A shift's count; any that is too large is 64. */
function countOf(b: v128): i32 {
  return <i32>min<u64>(i64x2.extract_lane(b, 0), 64);
}

function multiplyHigh(a: v128, b: v128): v128 {
  const low = i32x4.extmul_low_i16x8_u(a, b);
  const high = i32x4.extmul_high_i16x8_u(a, b);
  return i16x8.shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Sums of the differences of 8 bytes each. */
function absoluteDifferences(a: v128, b: v128): v128 {
  const differences = v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
  const words = i16x8.extadd_pairwise_i8x16_u(differences);
  const sums = i32x4.extadd_pairwise_i16x8_u(words);
  return i64x2.add(v128.and(sums, i64x2.splat(0xffffffff)), i64x2.shr_u(sums, 32));
}

export function lanewise(operation: u32, a: v128, b: v128): v128 {
  switch (operation) {
    case vector.PUNPCKLBW:
      return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    case vector.PUNPCKLWD:
      return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    case vector.PUNPCKLDQ:
      return i32x4.shuffle(a, b, 0, 4, 1, 5);
    case vector.PADDB:
      return i8x16.add(a, b);
    case vector.PADDW:
      return i16x8.add(a, b);
    case vector.PADDD:
      return i32x4.add(a, b);
    case vector.PADDSB:
      return i8x16.add_sat_s(a, b);
    case vector.PADDSW:
      return i16x8.add_sat_s(a, b);
    case vector.PADDUSB:
      return i8x16.add_sat_u(a, b);
    case vector.PADDUSW:
      return i16x8.add_sat_u(a, b);
    case vector.PSUBB:
      return i8x16.sub(a, b);
    case vector.PSUBW:
      return i16x8.sub(a, b);
    case vector.PSUBD:
      return i32x4.sub(a, b);
    case vector.PSUBSB:
      return i8x16.sub_sat_s(a, b);
    case vector.PSUBSW:
      return i16x8.sub_sat_s(a, b);
    case vector.PSUBUSB:
      return i8x16.sub_sat_u(a, b);
    case vector.PSUBUSW:
      return i16x8.sub_sat_u(a, b);
    case vector.PMULLW:
      return i16x8.mul(a, b);
    case vector.PMULHW:
      return i16x8.narrow_i32x4_s(
        i32x4.shr_s(i32x4.extmul_low_i16x8_s(a, b), 16),
        i32x4.shr_s(i32x4.extmul_high_i16x8_s(a, b), 16),
      );
    case vector.PMADDWD:
      return i32x4.dot_i16x8_s(a, b);
    case vector.PCMPEQB:
      return i8x16.eq(a, b);
    case vector.PCMPEQW:
      return i16x8.eq(a, b);
    case vector.PCMPEQD:
      return i32x4.eq(a, b);
    case vector.PCMPGTB:
      return i8x16.gt_s(a, b);
    case vector.PCMPGTW:
      return i16x8.gt_s(a, b);
    case vector.PCMPGTD:
      return i32x4.gt_s(a, b);
    case vector.PAND:
      return v128.and(a, b);
    case vector.PANDN:
      return v128.andnot(b, a);
    case vector.POR:
      return v128.or(a, b);
    case vector.PXOR:
      return v128.xor(a, b);
    case vector.PSLLW:
      return countOf(b) > 15 ? nothing() : i16x8.shl(a, countOf(b));
    case vector.PSLLD:
      return countOf(b) > 31 ? nothing() : i32x4.shl(a, countOf(b));
    case vector.PSLLQ:
      return countOf(b) > 63 ? nothing() : i64x2.shl(a, countOf(b));
    case vector.PSRLW:
      return countOf(b) > 15 ? nothing() : i16x8.shr_u(a, countOf(b));
    case vector.PSRLD:
      return countOf(b) > 31 ? nothing() : i32x4.shr_u(a, countOf(b));
    case vector.PSRLQ:
      return countOf(b) > 63 ? nothing() : i64x2.shr_u(a, countOf(b));
    case vector.PSRAW:
      return i16x8.shr_s(a, min<i32>(countOf(b), 15));
    case vector.PSRAD:
      return i32x4.shr_s(a, min<i32>(countOf(b), 31));
    case vector.PADDQ:
      return i64x2.add(a, b);
    case vector.PSUBQ:
      return i64x2.sub(a, b);
    case vector.PMULUDQ:
      return i64x2.mul(v128.and(a, i64x2.splat(0xffffffff)), v128.and(b, i64x2.splat(0xffffffff)));
    case vector.PAVGB:
      return i8x16.avgr_u(a, b);
    case vector.PAVGW:
      return i16x8.avgr_u(a, b);
    case vector.PMAXSW:
      return i16x8.max_s(a, b);
    case vector.PMAXUB:
      return i8x16.max_u(a, b);
    case vector.PMINSW:
      return i16x8.min_s(a, b);
    case vector.PMINUB:
      return i8x16.min_u(a, b);
    case vector.PMULHUW:
      return multiplyHigh(a, b);
    case vector.PSADBW:
      return absoluteDifferences(a, b);
  }
  return a;
}
