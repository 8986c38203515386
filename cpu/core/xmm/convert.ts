/** Conversions of SSE and SSE2 between integers, single and double precision (SDM volume 2, CVT*). */
import {
  DONE,
  FAULT,
  FLOAT_FLAGS,
  FLOAT_MEMORY,
  FLOAT_RESULT,
  FORM_RM,
  FPU_HEAD,
  INT32,
  OP_R1,
  OP_SUB,
  REAL32,
  REAL64,
  XMM_RESULT,
} from "../../layout";
import * as vector from "../../vector-operations";
import { fromMemory } from "../fpu/convert";
import { doneMmx, enterMmx, keepMmx } from "../fpu/mmx";
import { IE } from "../fpu/value";
import { operandForm } from "../operands";
import { accepted } from "./arithmetic";
import {
  begin,
  end,
  infinity,
  isNan,
  isSignaling,
  magnitude,
  operand,
  packed,
  quieted,
  raise,
  readNumber,
  signBit,
  toInteger,
  unpack,
  writeNumber,
} from "./float";
import { enterXmm, sourceOf } from "./registers";

function sourceType(conversion: u32): u32 {
  switch (conversion) {
    case vector.CVT_I_S:
    case vector.CVT_I_D:
      return INT32;
    case vector.CVT_D_I:
    case vector.CVTT_D_I:
    case vector.CVT_D_S:
      return REAL64;
    default:
      return REAL32;
  }
}

function targetType(conversion: u32): u32 {
  switch (conversion) {
    case vector.CVT_I_S:
    case vector.CVT_D_S:
      return REAL32;
    case vector.CVT_I_D:
    case vector.CVT_S_D:
      return REAL64;
    default:
      return INT32;
  }
}

function sizeOf(type: u32): u32 {
  return type == REAL64 ? 8 : 4;
}

/** A NaN with its fraction's upper bits in the other format. */
function convertedNan(from: u32, to: u32, bits: u64): u64 {
  if (isSignaling(from, bits)) raise(IE);
  const fraction = magnitude(from, bits) & ~infinity(from);
  const sign = bits & signBit(from) ? signBit(to) : 0;
  const moved = from == REAL32 ? fraction << 29 : fraction >> 29;
  return quieted(to, sign | infinity(to) | moved);
}

function converted(conversion: u32, from: u32, to: u32, bits: u64): u64 {
  if (from == INT32) {
    store<u64>(FLOAT_MEMORY, bits);
    fromMemory(INT32);
    return packed(to, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
  }
  const value = operand(from, bits);
  if (to != INT32) {
    if (isNan(from, value)) return convertedNan(from, to, value);
    raise(unpack(from, value));
    return packed(to, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
  }
  // Denormals are not reported.
  store<u32>(FLOAT_FLAGS, 0);
  store<u64>(FLOAT_MEMORY, value);
  fromMemory(from);
  const truncate = conversion == vector.CVTT_S_I || conversion == vector.CVTT_D_I;
  return toInteger(INT32, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT), truncate);
}

export function opXmmConvert(op: usize): u32 {
  const sub: u32 = load<u8>(op, OP_SUB);
  if (!enterXmm()) return FAULT;
  const conversion = sub & vector.CVT_WHAT;
  const fromMmx = (sub & vector.CVT_FROM_MMX) != 0;
  // To double precision from memory is the one that leaves MMX's registers alone.
  const leavesMmx = conversion == vector.CVT_I_D && operandForm(op) == FORM_RM;
  const usesMmx = (sub & vector.CVT_TO_MMX) != 0 || (fromMmx && !leavesMmx);
  if (usesMmx) {
    const status = enterMmx(op);
    if (status) return status;
  }
  const p = sourceOf(op, true);
  if (!p) return FAULT;
  const from = sourceType(conversion);
  const to = targetType(conversion);
  const single = (sub & (vector.CVT_SCALAR | vector.CVT_TO_GENERAL)) != 0;
  const most: u32 = sub & (vector.CVT_TO_MMX | vector.CVT_FROM_MMX) ? 2 : 4;
  const count: u32 = single ? 1 : min<u32>(16 / max<u32>(sizeOf(from), sizeOf(to)), most);
  const register: usize = load<u16>(op, OP_R1);
  v128.store(XMM_RESULT, v128.load(register));
  // Narrower results leave zeros above them.
  if (!single && !fromMmx && count * sizeOf(to) < 16) store<u64>(XMM_RESULT, 0, 8);
  begin();
  for (let i: u32 = 0; i < count; i++) {
    const bits = readNumber(p + i * sizeOf(from), from);
    writeNumber(XMM_RESULT + i * sizeOf(to), to, converted(conversion, from, to, bits));
  }
  if (!accepted(end())) return FAULT;
  if (sub & vector.CVT_TO_GENERAL) store<u32>(register, load<u32>(XMM_RESULT));
  else if (sub & vector.CVT_TO_MMX) keepMmx(register, load<u64>(XMM_RESULT));
  else v128.store(register, v128.load(XMM_RESULT));
  return usesMmx ? doneMmx() : DONE;
}
