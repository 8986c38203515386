/** Moves and integer operations of SSE and SSE2 (SDM volume 2). */
import {
  CONFIG_MXCSR,
  DONE,
  FAULT,
  FLOAT_MEMORY,
  FORM_MR,
  FORM_RI,
  FORM_RM,
  MXCSR,
  FLAG_ADDRESS16,
  OP_FLAGS,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SEGMENT,
  OP_SUB,
  REG_ADDRESS,
  REG_EDI,
  XMM_RESULT,
} from "../../layout";
import * as vector from "../../vector-operations";
import { doneMmx, enterMmx, keepMmx, readMmxSource } from "../fpu/mmx";
import { reaches, readPointer, write } from "../memory";
import { address, operandForm, operandSize } from "../operands";
import { checkAccess } from "../segment";
import { GP, fault } from "../state";
import { lanewise, nothing } from "./lanes";
import { enterXmm, sourceOf, writeOut } from "./registers";

function immediate(op: usize): u32 {
  return load<u8>(op, OP_IMM);
}

/** Lane of an immediate's two bits. */
function selected(order: u32, i: u32): u32 {
  return (order >> (i << 1)) & 3;
}

/** Words of 8 bytes in an immediate's order. */
function shuffledWords(words: u64, order: u32): u64 {
  let result: u64 = 0;
  for (let i: u32 = 0; i < 4; i++) result |= ((words >> (selected(order, i) << 4)) & 0xffff) << (i << 4);
  return result;
}

/** Double words: the lower two of the first operand, the upper two of the second. */
function shuffledDoubleWords(a: v128, b: v128, order: u32): v128 {
  v128.store(XMM_RESULT, a);
  const a0 = load<u32>(XMM_RESULT + (selected(order, 0) << 2));
  const a1 = load<u32>(XMM_RESULT + (selected(order, 1) << 2));
  v128.store(XMM_RESULT, b);
  const b2 = load<u32>(XMM_RESULT + (selected(order, 2) << 2));
  const b3 = load<u32>(XMM_RESULT + (selected(order, 3) << 2));
  const low = (<u64>a0) | ((<u64>a1) << 32);
  return i64x2.replace_lane(i64x2.splat(low), 1, (<u64>b2) | ((<u64>b3) << 32));
}

/** A whole register moved by bytes. */
function movedBytes(a: v128, count: u32, right: bool): v128 {
  if (count > 15) return nothing();
  v128.store(XMM_RESULT, nothing());
  v128.store(XMM_RESULT + 16, nothing());
  v128.store(XMM_RESULT + 32, nothing());
  v128.store(XMM_RESULT + 16, a);
  return v128.load(right ? XMM_RESULT + 16 + count : XMM_RESULT + 16 - count);
}

function compute(operation: u32, a: v128, b: v128, order: u32): v128 {
  switch (operation) {
    case vector.PUNPCKHBW:
      return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    case vector.PUNPCKHWD:
      return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    case vector.PUNPCKHDQ:
      return i32x4.shuffle(a, b, 2, 6, 3, 7);
    case vector.PACKSSWB:
      return i8x16.narrow_i16x8_s(a, b);
    case vector.PACKUSWB:
      return i8x16.narrow_i16x8_u(a, b);
    case vector.PACKSSDW:
      return i16x8.narrow_i32x4_s(a, b);
    case vector.PSHUFD:
      return shuffledDoubleWords(b, b, order);
    case vector.PSHUFHW:
      return i64x2.replace_lane(b, 1, shuffledWords(i64x2.extract_lane(b, 1), order));
    case vector.PSHUFLW:
      return i64x2.replace_lane(b, 0, shuffledWords(i64x2.extract_lane(b, 0), order));
    case vector.PUNPCKLQDQ:
    case vector.MOVLHPS:
      return i64x2.shuffle(a, b, 0, 2);
    case vector.PUNPCKHQDQ:
      return i64x2.shuffle(a, b, 1, 3);
    case vector.MOVHLPS:
      return i64x2.shuffle(b, a, 1, 3);
    case vector.PSLLDQ:
    case vector.PSRLDQ:
      return movedBytes(a, order, operation == vector.PSRLDQ);
    case vector.SHUFPS:
      return shuffledDoubleWords(a, b, order);
    case vector.SHUFPD: {
      const low = order & 1 ? i64x2.extract_lane(a, 1) : i64x2.extract_lane(a, 0);
      const high = order & 2 ? i64x2.extract_lane(b, 1) : i64x2.extract_lane(b, 0);
      return i64x2.replace_lane(i64x2.splat(low), 1, high);
    }
    case vector.MOVSS:
      return i32x4.shuffle(a, b, 4, 1, 2, 3);
    case vector.MOVSD:
      return i64x2.shuffle(a, b, 2, 1);
  }
  return lanewise(operation, a, b);
}

/** SSE register and register, memory or immediate; OP_SUB says what. */
export function opXmm(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  let b = nothing();
  if (operandForm(op) == FORM_RI) b = i64x2.replace_lane(b, 0, <u64>immediate(op));
  else {
    const p = sourceOf(op, true);
    if (!p) return FAULT;
    b = v128.load(p);
  }
  const register: usize = load<u16>(op, OP_R1);
  v128.store(register, compute(load<u8>(op, OP_SUB), v128.load(register), b, immediate(op)));
  return DONE;
}

/** PSHUFW. */
export function opMmxImmediate(op: usize): u32 {
  const status = enterMmx(op);
  if (status) return status;
  if (!readMmxSource(op)) return FAULT;
  keepMmx(load<u16>(op, OP_R1), shuffledWords(load<u64>(FLOAT_MEMORY), immediate(op)));
  return doneMmx();
}

/** An SSE register gets a register's, a general register's or memory's contents; OP_SUB: a MOVE_ constant. */
export function opXmmLoad(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const how: u32 = load<u8>(op, OP_SUB);
  const p = sourceOf(op, how != vector.MOVE_16_UNALIGNED);
  if (!p) return FAULT;
  const register: usize = load<u16>(op, OP_R1);
  switch (how) {
    case vector.MOVE_4_ZERO:
      v128.store(register, v128.load32_zero(p));
      break;
    case vector.MOVE_8_ZERO:
      v128.store(register, v128.load64_zero(p));
      break;
    case vector.MOVE_8_LOW:
      store<u64>(register, load<u64>(p));
      break;
    case vector.MOVE_8_HIGH:
      store<u64>(register, load<u64>(p), 8);
      break;
    default:
      v128.store(register, v128.load(p));
  }
  return DONE;
}

/** Memory or a general register gets a part of an SSE register. */
export function opXmmStore(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const how: u32 = load<u8>(op, OP_SUB);
  const from: usize = load<u16>(op, OP_R2) + (how == vector.MOVE_8_HIGH ? 8 : 0);
  if (operandForm(op) != FORM_MR) {
    store<u32>(load<u16>(op, OP_R1), load<u32>(from));
    return DONE;
  }
  return writeOut(op, from, operandSize(op), how != vector.MOVE_16_UNALIGNED) ? DONE : FAULT;
}

/** MOVQ2DQ. */
export function opXmmFromMmx(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const status = enterMmx(op);
  if (status) return status;
  v128.store(load<u16>(op, OP_R1), v128.load64_zero(load<u16>(op, OP_R2)));
  return doneMmx();
}

/** MOVDQ2Q. */
export function opXmmToMmx(op: usize): u32 {
  if (!enterXmm()) return FAULT;
  const status = enterMmx(op);
  if (status) return status;
  keepMmx(load<u16>(op, OP_R1), load<u64>(load<u16>(op, OP_R2)));
  return doneMmx();
}

/** Sign bits to a general register: of bytes (of an MMX register: OP_OPERAND 8), single or double numbers. */
export function opXmmMask(op: usize): u32 {
  const isMmx = operandSize(op) == 8;
  const status = isMmx ? enterMmx(op) : u32(!enterXmm());
  if (status) return status;
  const from: usize = load<u16>(op, OP_R2);
  const value = isMmx ? v128.load64_zero(from) : v128.load(from);
  const bytes: u32 = load<u8>(op, OP_SUB);
  const mask = bytes == 1 ? i8x16.bitmask(value) : bytes == 4 ? i32x4.bitmask(value) : i64x2.bitmask(value);
  store<u32>(load<u16>(op, OP_R1), mask);
  return isMmx ? doneMmx() : DONE;
}

/** PEXTRW (OP_SUB 0) and PINSRW of an SSE register, or of an MMX register (OP_SUB 2 and 3). */
export function opXmmWord(op: usize): u32 {
  const how: u32 = load<u8>(op, OP_SUB);
  const isMmx = how >= 2;
  const status = isMmx ? enterMmx(op) : u32(!enterXmm());
  if (status) return status;
  const place: usize = (immediate(op) & (isMmx ? 3 : 7)) << 1;
  const register: usize = load<u16>(op, OP_R1);
  if (!(how & 1)) store<u32>(register, load<u16>(load<u16>(op, OP_R2) + place));
  else {
    const p: usize = operandForm(op) == FORM_RM ? readPointer(address(op), 2) : load<u16>(op, OP_R2);
    if (!p) return FAULT;
    store<u16>(register + place, load<u16>(p));
    if (isMmx) keepMmx(register, load<u64>(register));
  }
  return isMmx ? doneMmx() : DONE;
}

/** MASKMOVQ (OP_OPERAND 8), MASKMOVDQU: bytes whose mask has its top bit go to DS:EDI. */
export function opXmmMaskedStore(op: usize): u32 {
  const size = operandSize(op);
  const status = size == 8 ? enterMmx(op) : u32(!enterXmm());
  if (status) return status;
  const narrow = (load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16) != 0;
  const offset: u32 = narrow ? <u32>load<u16>(REG_EDI) : load<u32>(REG_EDI);
  if (!checkAccess(load<u8>(op, OP_SEGMENT), offset, size, true)) return FAULT;
  const linear = load<u32>(REG_ADDRESS);
  const from: usize = load<u16>(op, OP_R1);
  const mask: usize = load<u16>(op, OP_R2);
  let any = false;
  for (let i: u32 = 0; i < size; i++) any = any || (load<u8>(mask + i) & 0x80) != 0;
  if (any && !reaches(linear, size, 1, true)) return FAULT;
  for (let i: u32 = 0; i < size; i++) {
    if (load<u8>(mask + i) & 0x80) write(linear + i, 1, load<u8>(from + i));
  }
  return size == 8 ? doneMmx() : DONE;
}

/** LDMXCSR, STMXCSR, and fences and hints, which have nothing to do. */
export function opXmmControl(op: usize): u32 {
  const what: u32 = load<u8>(op, OP_SUB);
  if (what == vector.FENCE) return DONE;
  if (!enterXmm()) return FAULT;
  if (what == vector.STMXCSR) return writeOut(op, MXCSR, 4, false) ? DONE : FAULT;
  const p = readPointer(address(op), 4);
  if (!p) return FAULT;
  const value = load<u32>(p);
  if (value & ~load<u32>(CONFIG_MXCSR)) return u32(fault(GP, 0)) | FAULT;
  store<u32>(MXCSR, value);
  return DONE;
}
