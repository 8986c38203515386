/**
 * Decimal adjustments. Flags the manual leaves undefined are as the processors leave them: on the i386 those of the byte's addition or
 * subtraction, later those of the result.
 */
import { DONE, FAULT, OP_IMM, REG_EAX } from "../layout";
import {
  FLAG_AF,
  FLAG_CF,
  adjust,
  arithmeticFlags,
  carry,
  setAdd,
  setArithmeticFlags,
  setCarryOverflow,
  setLogic,
  setSubtract,
} from "./flags";
import { DE, fault, isI386 } from "./state";

function setResult(al: u32, keep: u32): void {
  setLogic(<u32>(<i32>(<i8>al)));
  setArithmeticFlags(arithmeticFlags() | keep);
}

export function opDaa(_op: usize): u32 {
  const old = <u32>load<u8>(REG_EAX);
  const c = carry();
  let al = old;
  let flags: u32 = 0;
  if ((old & 15) > 9 || adjust()) {
    al += 6;
    flags |= FLAG_AF;
  }
  if (old > 0x99 || c) {
    al += 0x60;
    flags |= FLAG_CF;
  }
  store<u8>(REG_EAX, al);
  setResult(al, flags);
  if (isI386()) setCarryOverflow(carry(), ((al & ~old) >> 7) & 1);
  return DONE;
}

export function opDas(_op: usize): u32 {
  const old = <u32>load<u8>(REG_EAX);
  const c = carry();
  let al = old;
  let flags: u32 = 0;
  if ((old & 15) > 9 || adjust()) {
    if (old < 6 || c) flags |= FLAG_CF;
    al -= 6;
    flags |= FLAG_AF;
  }
  if (old > 0x99 || c) {
    al -= 0x60;
    flags |= FLAG_CF;
  }
  store<u8>(REG_EAX, al);
  setResult(al, flags);
  if (isI386()) setCarryOverflow(carry(), ((old & ~al) >> 7) & 1);
  return DONE;
}

export function opAaa(_op: usize): u32 {
  const ax = <u32>load<u16>(REG_EAX);
  const correct = (ax & 15) > 9 || adjust() != 0;
  const r = correct ? ax + 0x106 : ax;
  store<u16>(REG_EAX, r & 0xff0f);
  if (isI386()) {
    setAdd(ax & 0xff, correct ? 6 : 0, r, 1);
    setUnpacked(correct);
  } else setResult(r & 15, correct ? FLAG_AF | FLAG_CF : 0);
  return DONE;
}

export function opAas(_op: usize): u32 {
  const ax = <u32>load<u16>(REG_EAX);
  const correct = (ax & 15) > 9 || adjust() != 0;
  const r = correct ? ax - 0x106 : ax;
  store<u16>(REG_EAX, r & 0xff0f);
  if (isI386()) {
    setSubtract(ax & 0xff, correct ? 6 : 0, r, 1);
    setUnpacked(correct);
  } else setResult(r & 15, correct ? FLAG_AF | FLAG_CF : 0);
  return DONE;
}

/** AF and CF tell whether AAA or AAS has corrected. */
function setUnpacked(correct: bool): void {
  const others = arithmeticFlags() & ~(FLAG_AF | FLAG_CF);
  setArithmeticFlags(others | (correct ? FLAG_AF | FLAG_CF : 0));
}

export function opAam(op: usize): u32 {
  const base = <u32>load<u8>(op, OP_IMM);
  if (!base) return u32(fault(DE, 0)) | FAULT;
  const al = <u32>load<u8>(REG_EAX);
  store<u8>(REG_EAX + 1, al / base);
  store<u8>(REG_EAX, al % base);
  setResult(al % base, 0);
  return DONE;
}

export function opAad(op: usize): u32 {
  const units = <u32>load<u8>(REG_EAX);
  const tens = (<u32>load<u8>(REG_EAX + 1) * load<u8>(op, OP_IMM)) & 0xff;
  const al = (units + tens) & 0xff;
  store<u16>(REG_EAX, al);
  if (isI386()) setAdd(units, tens, al, 1);
  else setResult(al, 0);
  return DONE;
}
