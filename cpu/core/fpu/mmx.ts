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
import * as vector from "../../vector-operations";
import { readPointer, write32 } from "../memory";
import { address, operandForm, operandSize } from "../operands";
import { NM, UD, fault } from "../state";
import { readOperand, writeOperand } from "./memory";
import { lanewise } from "../xmm/lanes";
import { pending, waitForErrors } from "./stack";

/** Sign and exponent of an x87 register that MMX has written. */
const MMX_HEAD: u32 = 0xffff;
const ALL_FULL: u32 = 0xff;

/** What comes before every instruction: DONE, or what its handler returns at once. */
export function enterMmx(op: usize): u32 {
  const cr0 = load<u32>(CR0);
  if (cr0 & CR0_EM) return u32(fault(UD, 0)) | FAULT;
  if (cr0 & CR0_TS) return u32(fault(NM, 0)) | FAULT;
  return pending() ? waitForErrors(op) : DONE;
}

/** After every instruction but EMMS the x87's registers are full, and its stack is at 0. */
export function doneMmx(): u32 {
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_FULL, ALL_FULL);
  return DONE;
}

export function keepMmx(register: usize, value: u64): void {
  store<u64>(register, value);
  store<u32>(register, MMX_HEAD, FPU_HEAD);
}

/** Two operands side by side. */
function both(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

function compute(operation: u32, a: v128, b: v128): v128 {
  switch (operation) {
    case vector.PUNPCKHBW:
      return i8x16.shuffle(a, b, 4, 20, 5, 21, 6, 22, 7, 23, 0, 0, 0, 0, 0, 0, 0, 0);
    case vector.PUNPCKHWD:
      return i16x8.shuffle(a, b, 2, 10, 3, 11, 0, 0, 0, 0);
    case vector.PUNPCKHDQ:
      return i32x4.shuffle(a, b, 1, 5, 0, 0);
    case vector.PACKSSWB:
      return i8x16.narrow_i16x8_s(both(a, b), a);
    case vector.PACKUSWB:
      return i8x16.narrow_i16x8_u(both(a, b), a);
    case vector.PACKSSDW:
      return i16x8.narrow_i32x4_s(both(a, b), a);
  }
  return lanewise(operation, a, b);
}

/** Leaves the source operand, extended with zeros to 8 bytes, in FLOAT_MEMORY; false after a fault. */
export function readMmxSource(op: usize): bool {
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
  const status = enterMmx(op);
  if (status) return status;
  if (!readMmxSource(op)) return FAULT;
  const register: usize = load<u16>(op, OP_R1);
  const a = v128.load64_zero(register);
  const result = compute(load<u8>(op, OP_SUB), a, v128.load64_zero(FLOAT_MEMORY));
  keepMmx(register, i64x2.extract_lane(result, 0));
  return doneMmx();
}

/** MOVD, MOVQ to an MMX register: from a general or an MMX register, or from memory. */
export function opMmxLoad(op: usize): u32 {
  const status = enterMmx(op);
  if (status) return status;
  if (!readMmxSource(op)) return FAULT;
  keepMmx(load<u16>(op, OP_R1), load<u64>(FLOAT_MEMORY));
  return doneMmx();
}

/** MOVD, MOVQ from an MMX register. */
export function opMmxStore(op: usize): u32 {
  const status = enterMmx(op);
  if (status) return status;
  const wide = operandSize(op) == 8;
  const value = load<u64>(load<u16>(op, OP_R2));
  if (operandForm(op) != FORM_MR) {
    if (wide) keepMmx(load<u16>(op, OP_R1), value);
    else store<u32>(load<u16>(op, OP_R1), value);
  } else if (wide) {
    store<u64>(FLOAT_MEMORY, value);
    if (!writeOperand(address(op), INT64)) return FAULT;
  } else if (!write32(address(op), <u32>value)) return FAULT;
  return doneMmx();
}

/** EMMS: the x87 may use its registers. */
export function opMmxEmpty(op: usize): u32 {
  const status = enterMmx(op);
  if (status) return status;
  store<u32>(FPU_FULL, 0);
  return DONE;
}
