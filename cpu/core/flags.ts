/** Arithmetic flags, kept as the last result and an auxiliary word (see FLAGS_RESULT in layout.ts). */
import { FLAGS_AUX, FLAGS_REST, FLAGS_RESULT } from "../layout";

export const FLAG_CF: u32 = 0x1;
export const FLAG_PF: u32 = 0x4;
export const FLAG_AF: u32 = 0x10;
export const FLAG_ZF: u32 = 0x40;
export const FLAG_SF: u32 = 0x80;
export const FLAG_TF: u32 = 0x100;
export const FLAG_IF: u32 = 0x200;
export const FLAG_DF: u32 = 0x400;
export const FLAG_OF: u32 = 0x800;
export const FLAG_IOPL: u32 = 0x3000;
export const FLAG_NT: u32 = 0x4000;
export const FLAG_RF: u32 = 0x10000;
export const FLAG_VM: u32 = 0x20000;
export const FLAG_AC: u32 = 0x40000;
export const FLAG_VIF: u32 = 0x80000;
export const FLAG_VIP: u32 = 0x100000;
export const ARITHMETIC_FLAGS: u32 = 0x8d5;

function result(): u32 {
  return load<u32>(FLAGS_RESULT);
}

function aux(): u32 {
  return load<u32>(FLAGS_AUX);
}

/** CF as the sign of a number: cheapest to test. */
export function carry(): u32 {
  return aux() >> 31;
}

export function overflow(): u32 {
  const a = aux();
  return (a ^ (a << 1)) >> 31;
}

export function zero(): u32 {
  return u32(result() == 0);
}

export function sign(): u32 {
  return (result() ^ (aux() << 24)) >> 31;
}

export function parity(): u32 {
  return ~popcnt<u32>((result() ^ (aux() >> 8)) & 0xff) & 1;
}

export function adjust(): u32 {
  return (aux() >> 3) & 1;
}

export function signNotOverflow(): u32 {
  const a = aux();
  return (result() ^ (a << 24) ^ a ^ (a << 1)) >> 31;
}

/** Condition code 0-15 as in Jcc. */
export function condition(code: u32): u32 {
  let value: u32;
  switch (code >> 1) {
    case 0:
      value = overflow();
      break;
    case 1:
      value = carry();
      break;
    case 2:
      value = zero();
      break;
    case 3:
      value = carry() | zero();
      break;
    case 4:
      value = sign();
      break;
    case 5:
      value = parity();
      break;
    case 6:
      value = signNotOverflow();
      break;
    default:
      value = signNotOverflow() | zero();
  }
  return value ^ (code & 1);
}

/** The six arithmetic flags in their EFLAGS places. */
export function arithmeticFlags(): u32 {
  return carry() | (parity() << 2) | (adjust() << 4) | (zero() << 6) | (sign() << 7) | (overflow() << 11);
}

export function setArithmeticFlags(flags: u32): void {
  const cf = flags & 1;
  const zf = (flags >> 6) & 1;
  const value = zf ^ 1;
  const low = ((flags >> 2) & 1) ^ zf;
  store<u32>(FLAGS_RESULT, value);
  store<u32>(
    FLAGS_AUX,
    (cf << 31) |
      ((cf ^ ((flags >> 11) & 1)) << 30) |
      (low << 8) |
      (((flags >> 7) & 1) << 7) |
      (((flags >> 4) & 1) << 3),
  );
}

export function eflags(): u32 {
  return load<u32>(FLAGS_REST) | arithmeticFlags() | 2;
}

/** Sets CF and OF and keeps the others. */
export function setCarryOverflow(cf: u32, over: u32): void {
  const a = aux() & 0x3fffffff;
  store<u32>(FLAGS_AUX, a | (cf << 31) | ((cf ^ over) << 30));
}

export function setAdjust(): void {
  store<u32>(FLAGS_AUX, aux() | 8);
}

export function setZero(zf: u32): void {
  setArithmeticFlags((arithmeticFlags() & ~FLAG_ZF) | (zf << 6));
}

export function setLogic(value: u32): void {
  store<u32>(FLAGS_RESULT, value);
  store<u32>(FLAGS_AUX, 0);
}

/** Moves the carries of a narrow operation to bits 31 and 30. */
function setCarries(carries: u32, size: u32): void {
  store<u32>(FLAGS_AUX, ((carries << (32 - (size << 3))) & 0xc0000000) | (carries & 8));
}

export function signExtend(value: u32, size: u32): u32 {
  return size == 4 ? value : size == 2 ? <u32>(<i32>(<i16>value)) : <u32>(<i32>(<i8>value));
}

export function setAdd(a: u32, b: u32, r: u32, size: u32): void {
  store<u32>(FLAGS_RESULT, signExtend(r, size));
  setCarries((a & b) | ((a | b) & ~r), size);
}

export function setSubtract(a: u32, b: u32, r: u32, size: u32): void {
  store<u32>(FLAGS_RESULT, signExtend(r, size));
  setCarries((~a & b) | ((~a | b) & r), size);
}

// The 32-bit forms of the main loop: compute, set flags, return the result.

export function add32(a: u32, b: u32): u32 {
  const r = a + b;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, ((a & b) | ((a | b) & ~r)) & 0xc0000008);
  return r;
}

export function adc32(a: u32, b: u32): u32 {
  const r = a + b + carry();
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, ((a & b) | ((a | b) & ~r)) & 0xc0000008);
  return r;
}

export function sub32(a: u32, b: u32): u32 {
  const r = a - b;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, ((~a & b) | ((~a | b) & r)) & 0xc0000008);
  return r;
}

export function sbb32(a: u32, b: u32): u32 {
  const r = a - b - carry();
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, ((~a & b) | ((~a | b) & r)) & 0xc0000008);
  return r;
}

export function and32(a: u32, b: u32): u32 {
  const r = a & b;
  setLogic(r);
  return r;
}

export function or32(a: u32, b: u32): u32 {
  const r = a | b;
  setLogic(r);
  return r;
}

export function xor32(a: u32, b: u32): u32 {
  const r = a ^ b;
  setLogic(r);
  return r;
}

export function inc32(a: u32): u32 {
  const r = a + 1;
  const c = aux() & 0x80000000;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, c | ((c >> 1) ^ (u32(r == 0x80000000) << 30)) | (u32((r & 15) == 0) << 3));
  return r;
}

export function dec32(a: u32): u32 {
  const r = a - 1;
  const c = aux() & 0x80000000;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, c | ((c >> 1) ^ (u32(a == 0x80000000) << 30)) | (u32((a & 15) == 0) << 3));
  return r;
}

// Shifts, by counts from 1 to 31.

export function shl32(a: u32, count: u32): u32 {
  const r = a << count;
  const c = (a >> (32 - count)) & 1;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, (c << 31) | ((r >> 31) << 30));
  return r;
}

export function shr32(a: u32, count: u32): u32 {
  const r = a >> count;
  const c = (a >> (count - 1)) & 1;
  store<u32>(FLAGS_RESULT, r);
  // OF: the top bit of the last value shifted.
  store<u32>(FLAGS_AUX, (c << 31) | ((c ^ (count == 1 ? a >> 31 : 0)) << 30));
  return r;
}

export function sar32(a: u32, count: u32): u32 {
  const r = <u32>((<i32>a) >> count);
  const c = (<u32>((<i32>a) >> (count - 1))) & 1;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, (c << 31) | (c << 30));
  return r;
}

// 8-bit forms: operands zero-extended, result in the low byte.

export function add8(a: u32, b: u32): u32 {
  const r = a + b;
  const c = (a & b) | ((a | b) & ~r);
  store<u32>(FLAGS_RESULT, <u32>(<i32>(<i8>r)));
  store<u32>(FLAGS_AUX, ((c << 24) & 0xc0000000) | (c & 8));
  return r;
}

export function sub8(a: u32, b: u32): u32 {
  const r = a - b;
  const c = (~a & b) | ((~a | b) & r);
  store<u32>(FLAGS_RESULT, <u32>(<i32>(<i8>r)));
  store<u32>(FLAGS_AUX, ((c << 24) & 0xc0000000) | (c & 8));
  return r;
}

/** Logic result of 8 bits. */
export function logic8(r: u32): u32 {
  store<u32>(FLAGS_RESULT, <u32>(<i32>(<i8>r)));
  store<u32>(FLAGS_AUX, 0);
  return r;
}
