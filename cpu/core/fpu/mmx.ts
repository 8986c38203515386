/** MMX (SDM volume 1, chapter 9; volume 2): its registers are the x87's significands, by their physical numbers. */
import { CR0_EM, CR0_TS } from "../../control-registers";
import {
  CR0,
  DONE,
  FAULT,
  FLOAT_MEMORY,
  FORM_MR,
  FORM_RI,
  FORM_RM,
  FPU_FULL,
  FPU_HEAD,
  FPU_TOP,
  INT64,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SUB,
} from "../../layout";
import * as mmx from "../../mmx-operations";
import { readPointer, write32 } from "../memory";
import { address, operandForm, operandSize } from "../operands";
import { NM, UD, fault } from "../state";
import { readOperand, writeOperand } from "./memory";
import { pending, waitForErrors } from "./stack";

/** Sign and exponent of an x87 register that MMX has written. */
const MMX_HEAD: u32 = 0xffff;
const ALL_FULL: u32 = 0xff;

/** What comes before every instruction: DONE, or what its handler returns at once. */
function enter(op: usize): u32 {
  const cr0 = load<u32>(CR0);
  if (cr0 & CR0_EM) return u32(fault(UD, 0)) | FAULT;
  if (cr0 & CR0_TS) return u32(fault(NM, 0)) | FAULT;
  return pending() ? waitForErrors(op) : DONE;
}

/** After every instruction but EMMS the x87's registers are full, and its stack is at 0. */
function done(): u32 {
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_FULL, ALL_FULL);
  return DONE;
}

function keep(register: usize, value: u64): void {
  store<u64>(register, value);
  store<u32>(register, MMX_HEAD, FPU_HEAD);
}

/** Two operands side by side. */
function both(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

function nothing(): v128 {
  return i64x2.splat(0);
}

/** A shift's count; any that is too large is 64. */
function countOf(b: v128): i32 {
  return <i32>min<u64>(i64x2.extract_lane(b, 0), 64);
}

function compute(operation: u32, a: v128, b: v128): v128 {
  switch (operation) {
    case mmx.PUNPCKLBW:
      return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    case mmx.PUNPCKLWD:
      return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    case mmx.PUNPCKLDQ:
      return i32x4.shuffle(a, b, 0, 4, 1, 5);
    case mmx.PUNPCKHBW:
      return i8x16.shuffle(a, b, 4, 20, 5, 21, 6, 22, 7, 23, 0, 0, 0, 0, 0, 0, 0, 0);
    case mmx.PUNPCKHWD:
      return i16x8.shuffle(a, b, 2, 10, 3, 11, 0, 0, 0, 0);
    case mmx.PUNPCKHDQ:
      return i32x4.shuffle(a, b, 1, 5, 0, 0);
    case mmx.PACKSSWB:
      return i8x16.narrow_i16x8_s(both(a, b), a);
    case mmx.PACKUSWB:
      return i8x16.narrow_i16x8_u(both(a, b), a);
    case mmx.PACKSSDW:
      return i16x8.narrow_i32x4_s(both(a, b), a);
    case mmx.PADDB:
      return i8x16.add(a, b);
    case mmx.PADDW:
      return i16x8.add(a, b);
    case mmx.PADDD:
      return i32x4.add(a, b);
    case mmx.PADDSB:
      return i8x16.add_sat_s(a, b);
    case mmx.PADDSW:
      return i16x8.add_sat_s(a, b);
    case mmx.PADDUSB:
      return i8x16.add_sat_u(a, b);
    case mmx.PADDUSW:
      return i16x8.add_sat_u(a, b);
    case mmx.PSUBB:
      return i8x16.sub(a, b);
    case mmx.PSUBW:
      return i16x8.sub(a, b);
    case mmx.PSUBD:
      return i32x4.sub(a, b);
    case mmx.PSUBSB:
      return i8x16.sub_sat_s(a, b);
    case mmx.PSUBSW:
      return i16x8.sub_sat_s(a, b);
    case mmx.PSUBUSB:
      return i8x16.sub_sat_u(a, b);
    case mmx.PSUBUSW:
      return i16x8.sub_sat_u(a, b);
    case mmx.PMULLW:
      return i16x8.mul(a, b);
    case mmx.PMULHW:
      return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.extmul_low_i16x8_s(a, b), 16), a);
    case mmx.PMADDWD:
      return i32x4.dot_i16x8_s(a, b);
    case mmx.PCMPEQB:
      return i8x16.eq(a, b);
    case mmx.PCMPEQW:
      return i16x8.eq(a, b);
    case mmx.PCMPEQD:
      return i32x4.eq(a, b);
    case mmx.PCMPGTB:
      return i8x16.gt_s(a, b);
    case mmx.PCMPGTW:
      return i16x8.gt_s(a, b);
    case mmx.PCMPGTD:
      return i32x4.gt_s(a, b);
    case mmx.PAND:
      return v128.and(a, b);
    case mmx.PANDN:
      return v128.andnot(b, a);
    case mmx.POR:
      return v128.or(a, b);
    case mmx.PXOR:
      return v128.xor(a, b);
    case mmx.PSLLW:
      return countOf(b) > 15 ? nothing() : i16x8.shl(a, countOf(b));
    case mmx.PSLLD:
      return countOf(b) > 31 ? nothing() : i32x4.shl(a, countOf(b));
    case mmx.PSLLQ:
      return countOf(b) > 63 ? nothing() : i64x2.shl(a, countOf(b));
    case mmx.PSRLW:
      return countOf(b) > 15 ? nothing() : i16x8.shr_u(a, countOf(b));
    case mmx.PSRLD:
      return countOf(b) > 31 ? nothing() : i32x4.shr_u(a, countOf(b));
    case mmx.PSRLQ:
      return countOf(b) > 63 ? nothing() : i64x2.shr_u(a, countOf(b));
    case mmx.PSRAW:
      return i16x8.shr_s(a, min<i32>(countOf(b), 15));
    case mmx.PSRAD:
      return i32x4.shr_s(a, min<i32>(countOf(b), 31));
  }
  return a;
}

/** Leaves the source operand, extended with zeros to 8 bytes, in FLOAT_MEMORY; false after a fault. */
function readSource(op: usize): bool {
  const wide = operandSize(op) == 8;
  const form = operandForm(op);
  if (form == FORM_RM && wide) return readOperand(address(op), INT64);
  if (form == FORM_RI) {
    store<u64>(FLOAT_MEMORY, load<u8>(op, OP_IMM));
    return true;
  }
  const p: usize = form == FORM_RM ? readPointer(address(op), 4) : load<u16>(op, OP_R2);
  if (!p) return false;
  store<u64>(FLOAT_MEMORY, wide ? load<u64>(p) : load<u32>(p));
  return true;
}

/** MMX register and register, memory or immediate; OP_SUB says what. */
export function opMmx(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  if (!readSource(op)) return FAULT;
  const register: usize = load<u16>(op, OP_R1);
  const a = v128.load64_zero(register);
  const result = compute(load<u8>(op, OP_SUB), a, v128.load64_zero(FLOAT_MEMORY));
  keep(register, i64x2.extract_lane(result, 0));
  return done();
}

/** MOVD, MOVQ to an MMX register: from a general or an MMX register, or from memory. */
export function opMmxLoad(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  if (!readSource(op)) return FAULT;
  keep(load<u16>(op, OP_R1), load<u64>(FLOAT_MEMORY));
  return done();
}

/** MOVD, MOVQ from an MMX register. */
export function opMmxStore(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const wide = operandSize(op) == 8;
  const value = load<u64>(load<u16>(op, OP_R2));
  if (operandForm(op) != FORM_MR) {
    if (wide) keep(load<u16>(op, OP_R1), value);
    else store<u32>(load<u16>(op, OP_R1), value);
  } else if (wide) {
    store<u64>(FLOAT_MEMORY, value);
    if (!writeOperand(address(op), INT64)) return FAULT;
  } else if (!write32(address(op), <u32>value)) return FAULT;
  return done();
}

/** EMMS: the x87 may use its registers. */
export function opMmxEmpty(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  store<u32>(FPU_FULL, 0);
  return DONE;
}
