/** General forms of arithmetic and data movement: any operand size, register or memory. */
import {
  DONE,
  FAULT,
  FLAG_ADDRESS16,
  OP_CLOCKS,
  OP_FLAGS,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SCALE,
  OP_SEGMENT,
  OP_SUB,
  REG_ADDRESS,
  REG_EAX,
  REG_EBX,
  REG_ECX,
  REG_EDX,
} from "../layout";
import {
  FLAG_AF,
  FLAG_CF,
  FLAG_OF,
  arithmeticFlags,
  carry,
  condition,
  overflow,
  setAdd,
  setAdjust,
  setArithmeticFlags,
  setCarryOverflow,
  setLogic,
  setSubtract,
  setZero,
  signExtend,
} from "./flags";
import { commit, loadSized, reaches, readPointer, storeSized, write } from "./memory";
import {
  address,
  effectiveAddress,
  operandForm,
  operandSize,
  sourcePointer,
  targetPointer,
} from "./operands";
import { checkAccess } from "./segment";
import { DE, charge, clockTerm, fault, isI386 } from "./state";

// OP_SUB of ALU: the operation bits of the opcode, and TEST.
const SUB_ADD: u32 = 0;
const SUB_OR: u32 = 1;
const SUB_ADC: u32 = 2;
const SUB_SBB: u32 = 3;
const SUB_SUB: u32 = 5;
const SUB_XOR: u32 = 6;
const SUB_CMP: u32 = 7;

function sizeMask(size: u32): u32 {
  return size == 4 ? 0xffffffff : size == 2 ? 0xffff : 0xff;
}

function calculate(sub: u32, a: u32, b: u32, size: u32): u32 {
  let r: u32;
  switch (sub) {
    case SUB_ADD:
      r = a + b;
      setAdd(a, b, r, size);
      return r;
    case SUB_ADC:
      r = a + b + carry();
      setAdd(a, b, r, size);
      return r;
    case SUB_SBB:
      r = a - b - carry();
      setSubtract(a, b, r, size);
      return r;
    case SUB_SUB:
    case SUB_CMP:
      r = a - b;
      setSubtract(a, b, r, size);
      return r;
    case SUB_OR:
      r = a | b;
      break;
    case SUB_XOR:
      r = a ^ b;
      break;
    default:
      r = a & b;
  }
  setLogic(signExtend(r, size));
  return r;
}

export function opAlu(op: usize): u32 {
  const size = operandSize(op);
  const sub: u32 = load<u8>(op, OP_SUB);
  const from = sourcePointer(op);
  if (!from) return FAULT;
  const b = loadSized(from, size);
  if (sub >= SUB_CMP) return compare(op, sub, b, size);
  const to = targetPointer(op);
  if (!to) return FAULT;
  storeSized(to, size, calculate(sub, loadSized(to, size), b, size));
  commit(to);
  return DONE;
}

function compare(op: usize, sub: u32, b: u32, size: u32): u32 {
  const form = operandForm(op);
  const p = form <= 2 ? load<u16>(op, OP_R1) : readPointer(address(op), size);
  if (!p) return FAULT;
  calculate(sub, loadSized(p, size), b, size);
  return DONE;
}

export function opMov(op: usize): u32 {
  const size = operandSize(op);
  const from = sourcePointer(op);
  if (!from) return FAULT;
  const value = loadSized(from, size);
  const to = targetPointer(op);
  if (!to) return FAULT;
  storeSized(to, size, value);
  commit(to);
  return DONE;
}

/** MOVZX, MOVSX: OP_OPERAND is the source size, OP_SUB the destination size. */
export function opMovzx(op: usize): u32 {
  const p = sourcePointer(op);
  if (!p) return FAULT;
  storeSized(load<u16>(op, OP_R1), load<u8>(op, OP_SUB), loadSized(p, operandSize(op)));
  return DONE;
}

export function opMovsx(op: usize): u32 {
  const p = sourcePointer(op);
  if (!p) return FAULT;
  storeSized(
    load<u16>(op, OP_R1),
    load<u8>(op, OP_SUB),
    signExtend(loadSized(p, operandSize(op)), operandSize(op)),
  );
  return DONE;
}

export function opLea(op: usize): u32 {
  storeSized(load<u16>(op, OP_R1), operandSize(op), effectiveAddress(op));
  return DONE;
}

/** INC, DEC, NEG, NOT (OP_SUB 0-3). */
export function opUnary(op: usize): u32 {
  const size = operandSize(op);
  const sub = load<u8>(op, OP_SUB);
  const to = targetPointer(op);
  if (!to) return FAULT;
  const a = loadSized(to, size);
  let r: u32;
  if (sub == 0) {
    const c = carry();
    r = a + 1;
    setAdd(a, 1, r, size);
    setCarryOverflow(c, overflow());
  } else if (sub == 1) {
    const c = carry();
    r = a - 1;
    setSubtract(a, 1, r, size);
    setCarryOverflow(c, overflow());
  } else if (sub == 2) {
    r = 0 - a;
    setSubtract(0, a, r, size);
  } else r = ~a;
  storeSized(to, size, r);
  commit(to);
  return DONE;
}

/**
 * Rotates and shifts (OP_SUB as in the opcode's reg field). The count is the immediate, or CL in the forms without one.
 * Where the manual leaves OF undefined (counts above 1) it is what the last one-bit step gives. On the i386 shifts set AF, and
 * one by a multiple of the operand's size has the bit that it began with as its carry.
 */
export function opShift(op: usize): u32 {
  const size = operandSize(op);
  const sub: u32 = load<u8>(op, OP_SUB);
  const byCl = load<u8>(op, OP_SCALE) & 0x80;
  const count: u32 = (byCl ? load<u8>(REG_ECX) : load<u8>(op, OP_IMM)) & 31;
  if (byCl && (sub == 2 || sub == 3)) charge(min<i32>(count, clockTerm(op, 0)));
  const to = targetPointer(op);
  if (!to) return FAULT;
  if (!count) {
    commit(to);
    return DONE;
  }
  const bits = size << 3;
  const value = loadSized(to, size);
  storeSized(to, size, sub < 4 ? rotate(sub, value, count, bits) : shift(sub, value, count, bits, size));
  commit(to);
  return DONE;
}

function rotate(sub: u32, value: u32, count: u32, bits: u32): u32 {
  const top = bits - 1;
  let r: u32 = value;
  let c = carry();
  if (sub == 0) {
    const n = count & top;
    if (n) r = (value << n) | (value >> (bits - n));
    c = r & 1;
    setCarryOverflow(c, ((r >> top) & 1) ^ c);
  } else if (sub == 1) {
    const n = count & top;
    if (n) r = (value >> n) | (value << (bits - n));
    c = (r >> top) & 1;
    setCarryOverflow(c, ((r >> top) ^ (r >> (top - 1))) & 1);
  } else if (sub == 2) {
    for (let n = count % (bits + 1); n > 0; n--) {
      const out = (r >> top) & 1;
      r = (r << 1) | c;
      c = out;
    }
    setCarryOverflow(c, ((r >> top) & 1) ^ c);
  } else {
    for (let n = count % (bits + 1); n > 0; n--) {
      const out = r & 1;
      r = ((r & sizeMask(bits >> 3)) >> 1) | (c << top);
      c = out;
    }
    setCarryOverflow(c, ((r >> top) ^ (r >> (top - 1))) & 1);
  }
  return r;
}

function shift(sub: u32, value: u32, count: u32, bits: u32, size: u32): u32 {
  const top = bits - 1;
  let r: u32;
  let c: u32;
  let o: u32;
  if (sub == 5) {
    const wide = <u64>value;
    c = <u32>((wide >> (count - 1)) & 1);
    r = <u32>(wide >> count);
    o = count == 1 ? (value >> top) & 1 : 0;
  } else if (sub == 7) {
    const wide = <i64>(<i32>signExtend(value, size));
    c = <u32>((wide >> (count - 1)) & 1);
    r = <u32>(wide >> count);
    o = 0;
  } else {
    const wide = (<u64>value) << count;
    c = <u32>((wide >> bits) & 1);
    r = <u32>wide;
    o = ((r >> top) & 1) ^ c;
  }
  const i386 = isI386();
  if (i386 && sub != 7 && !(count & top)) {
    c = sub == 5 ? (value >> top) & 1 : value & 1;
    if (sub != 5) o = c;
  }
  setLogic(signExtend(r, size));
  setCarryOverflow(c, o);
  if (i386) setAdjust();
  return r;
}

/**
 * SHLD, SHRD (OP_SUB 0, 1). With 16-bit operands and counts above 16, undefined, the bits behind the source are the source's again on the
 * i386 (found on a 386EX), and the destination's on Intel's later processors.
 */
export function opDoubleShift(op: usize): u32 {
  const size = operandSize(op);
  const count: u32 = (load<u8>(op, OP_SCALE) & 0x80 ? load<u8>(REG_ECX) : load<u8>(op, OP_IMM)) & 31;
  const b = loadSized(load<u16>(op, OP_R2), size);
  const to = targetPointer(op);
  if (!to) return FAULT;
  if (!count) {
    commit(to);
    return DONE;
  }
  const a = loadSized(to, size);
  const bits = size << 3;
  const top = bits - 1;
  const behind = <u64>(isI386() ? b : a);
  let r: u32;
  let c: u32;
  if (load<u8>(op, OP_SUB) == 0) {
    // destination : source : what is behind it, so that 16-bit counts above 16 find their bits
    const wide = size == 4 ? ((<u64>a) << 32) | b : ((<u64>a) << 48) | ((<u64>b) << 32) | (behind << 16);
    c = (<u32>(wide >> (64 - count))) & 1;
    r = <u32>((wide << count) >> (64 - bits));
  } else {
    const wide = size == 4 ? ((<u64>b) << 32) | a : (behind << 32) | ((<u64>b) << 16) | a;
    c = <u32>((wide >> (count - 1)) & 1);
    r = <u32>(wide >> count);
  }
  const old = (a >> top) & 1;
  setLogic(signExtend(r, size));
  setCarryOverflow(c, ((r >> top) & 1) ^ old);
  storeSized(to, size, r);
  commit(to);
  return DONE;
}

/** ceil(log2 |m|), at least 3: the steps of the multiplier's early exit. */
export function multiplySteps(value: u32, size: u32, signed: bool): i32 {
  let magnitude = value;
  if (signed) {
    const extended = <i32>signExtend(value, size);
    magnitude = <u32>(extended < 0 ? 0 - extended : extended);
  }
  return magnitude <= 1 ? 3 : max<i32>(3, 32 - <i32>clz<u32>(magnitude - 1));
}

/** FORMULA_MULTIPLY, for micro-ops that have it (a = 1). */
export function chargeMultiply(op: usize, multiplier: u32, size: u32, signed: bool): void {
  if (clockTerm(op, 0)) charge(multiplySteps(multiplier, size, signed));
}

/** MUL and one-operand IMUL (OP_SUB 0, 1). SF, ZF, AF, PF, undefined, are those of the low half. */
export function opMultiply(op: usize): u32 {
  const size = operandSize(op);
  const signed = load<u8>(op, OP_SUB) != 0;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const b = loadSized(p, size);
  const a = loadSized(REG_EAX, size);
  chargeMultiply(op, b, size, signed);
  const product: u64 = signed
    ? <u64>(<i64>(<i32>signExtend(a, size)) * <i64>(<i32>signExtend(b, size)))
    : <u64>a * <u64>b;
  const low = (<u32>product) & sizeMask(size);
  const high = (<u32>(product >> (size << 3))) & sizeMask(size);
  if (size == 1) store<u16>(REG_EAX, <u32>product);
  else {
    storeSized(REG_EAX, size, low);
    storeSized(REG_EDX, size, high);
  }
  setLogic(signExtend(low, size));
  const over = signed ? <u64>(<i64>(<i32>signExtend(low, size))) != product : high != 0;
  setCarryOverflow(u32(over), u32(over));
  return DONE;
}

/** IMUL with two or three operands: `b` is the r/m operand. */
export function multiplyTo(op: usize, a: u32, b: u32, size: u32): void {
  chargeMultiply(op, b, size, true);
  const product = <i64>(<i32>signExtend(a, size)) * <i64>(<i32>signExtend(b, size));
  const r = signExtend(<u32>product, size);
  storeSized(load<u16>(op, OP_R1), size, r);
  setLogic(r);
  const over = u32(<i64>(<i32>r) != product);
  setCarryOverflow(over, over);
}

/** OP_SUB 0: R1 = R1 * r/m; 1: R1 = r/m * immediate. */
export function opImul(op: usize): u32 {
  const size = operandSize(op);
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const b = loadSized(p, size);
  multiplyTo(
    op,
    load<u8>(op, OP_SUB) ? load<u32>(op, OP_IMM) : loadSized(load<u16>(op, OP_R1), size),
    b,
    size,
  );
  return DONE;
}

/**
 * DIV and IDIV (OP_SUB 0, 1). The flags are undefined; programs tell processors of Cyrix (application note 112) and NexGen by their leaving
 * all, or ZF, as they were. CF and OF stay, the others are those of the host of the comparison.
 */
export function opDivide(op: usize): u32 {
  const size = operandSize(op);
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const divisor = loadSized(p, size);
  if (!divisor) return u32(fault(DE, 0)) | FAULT;
  const bits = size << 3;
  let dividend: u64 = load<u16>(REG_EAX);
  if (size > 1) dividend = ((<u64>loadSized(REG_EDX, size)) << bits) | (<u64>loadSized(REG_EAX, size));
  const ok = load<u8>(op, OP_SUB)
    ? divideSigned(dividend, divisor, size)
    : storeQuotient(dividend / divisor, dividend % divisor, size, dividend / divisor > <u64>sizeMask(size));
  if (!ok) return u32(fault(DE, 0)) | FAULT;
  setArithmeticFlags((arithmeticFlags() & (FLAG_CF | FLAG_OF)) | FLAG_AF);
  return DONE;
}

function divideSigned(dividend: u64, divisor: u32, size: u32): bool {
  const unused = 64 - (size << 4);
  const a = (<i64>(dividend << unused)) >> unused;
  const b = <i64>(<i32>signExtend(divisor, size));
  if (b == -1 && a == i64.MIN_VALUE) return false;
  const quotient = a / b;
  const narrow = <i64>(<i32>signExtend(<u32>quotient, size));
  return storeQuotient(<u64>quotient, <u64>(a % b), size, narrow != quotient);
}

function storeQuotient(quotient: u64, remainder: u64, size: u32, over: bool): bool {
  if (over) return false;
  storeSized(REG_EAX, size, <u32>quotient);
  if (size == 1) store<u8>(REG_EAX + 1, <u32>remainder);
  else storeSized(REG_EDX, size, <u32>remainder);
  return true;
}

export function opXchg(op: usize): u32 {
  const size = operandSize(op);
  const to = targetPointer(op);
  if (!to) return FAULT;
  const r = load<u16>(op, OP_R2);
  const value = loadSized(to, size);
  storeSized(to, size, loadSized(r, size));
  storeSized(r, size, value);
  commit(to);
  return DONE;
}

export function opXadd(op: usize): u32 {
  const size = operandSize(op);
  const to = targetPointer(op);
  if (!to) return FAULT;
  const r = load<u16>(op, OP_R2);
  const a = loadSized(to, size);
  const b = loadSized(r, size);
  storeSized(r, size, a);
  storeSized(to, size, calculate(SUB_ADD, a, b, size));
  commit(to);
  return DONE;
}

export function opCmpxchg(op: usize): u32 {
  const size = operandSize(op);
  const to = targetPointer(op);
  if (!to) return FAULT;
  const old = loadSized(to, size);
  const accumulator = loadSized(REG_EAX, size);
  calculate(SUB_CMP, accumulator, old, size);
  if (accumulator == old) {
    charge(clockTerm(op, 0));
    storeSized(to, size, loadSized(load<u16>(op, OP_R2), size));
  } else storeSized(REG_EAX, size, old);
  commit(to);
  return DONE;
}

/** EDX:EAX compared with eight bytes of memory: ZF, the other flags stay. The memory is written in any case. */
export function opCmpxchg8b(op: usize): u32 {
  const linear = address(op);
  if (!reaches(linear, 8, 4, true)) return FAULT;
  const low = readPointer(linear, 4);
  if (!low) return FAULT;
  const oldLow = load<u32>(low);
  const high = readPointer(linear + 4, 4);
  if (!high) return FAULT;
  const oldHigh = load<u32>(high);
  const equal = oldLow == load<u32>(REG_EAX) && oldHigh == load<u32>(REG_EDX);
  if (!write(linear, 4, equal ? load<u32>(REG_EBX) : oldLow)) return FAULT;
  if (!write(linear + 4, 4, equal ? load<u32>(REG_ECX) : oldHigh)) return FAULT;
  if (!equal) {
    store<u32>(REG_EAX, oldLow);
    store<u32>(REG_EDX, oldHigh);
  }
  setZero(u32(equal));
  return DONE;
}

/** CMOVcc; memory is read whatever the condition is. */
export function opCmov(op: usize): u32 {
  const p = sourcePointer(op);
  if (!p) return FAULT;
  if (condition(load<u8>(op, OP_SUB))) {
    const size = operandSize(op);
    storeSized(load<u16>(op, OP_R1), size, loadSized(p, size));
  }
  return DONE;
}

/** With a 16-bit operand (undefined) the low word becomes zero, as on later processors. */
export function opBswap(op: usize): u32 {
  const r = load<u16>(op, OP_R1);
  if (operandSize(op) == 2) store<u16>(r, 0);
  else store<u32>(r, bswap<u32>(load<u32>(r)));
  return DONE;
}

/** CBW, CWDE (OP_SUB 0), CWD, CDQ (1). */
export function opConvert(op: usize): u32 {
  const size = operandSize(op);
  if (load<u8>(op, OP_SUB)) {
    const fill: u32 = signExtend(loadSized(REG_EAX, size), size) >> 31 ? 0xffffffff : 0;
    storeSized(REG_EDX, size, fill);
  } else storeSized(REG_EAX, size, signExtend(loadSized(REG_EAX, size >> 1), size >> 1));
  return DONE;
}

export function opXlat(op: usize): u32 {
  const offset = load<u32>(REG_EBX) + load<u8>(REG_EAX);
  const mask: u32 = load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16 ? 0xffff : 0xffffffff;
  if (!checkAccess(load<u8>(op, OP_SEGMENT), offset & mask, 1, false)) return FAULT;
  const p = readPointer(load<u32>(REG_ADDRESS), 1);
  if (!p) return FAULT;
  store<u8>(REG_EAX, load<u8>(p));
  return DONE;
}

/** SETcc to memory. */
export function opSetMemory(op: usize): u32 {
  const to = targetPointer(op);
  if (!to) return FAULT;
  const value = condition(load<u8>(op, OP_SUB));
  if (value) charge(clockTerm(op, 0));
  store<u8>(to, value);
  commit(to);
  return DONE;
}

// Cases of the main loop.

/** R1 = a * b, b being the r/m operand. */
export function imul32(op: usize, a: u32, b: u32): void {
  if (load<u16>(op, OP_CLOCKS)) charge(multiplySteps(b, 4, true));
  const product = <i64>(<i32>a) * <i64>(<i32>b);
  const r = <i32>product;
  store<i32>(load<u16>(op, OP_R1), r);
  setLogic(r);
  const over = u32(<i64>r != product);
  setCarryOverflow(over, over);
}

/** SETcc of a register. */
export function setByte(op: usize, value: u32): void {
  store<u8>(load<u16>(op, OP_R1), value);
  if (value) charge(load<i16>(op, OP_CLOCKS));
}
