/** Control and status word, stack pointer, environment and whole state (387 manual, 2.2 and 4.4). */
import { CR0_MP, CR0_TS } from "../../control-registers";
import {
  CR0,
  DONE,
  FAULT,
  FPU_CONTROL,
  FPU_CS,
  FPU_EIP,
  FPU_FULL,
  FPU_HEAD,
  FPU_IMAGE,
  FPU_OPCODE,
  FPU_OPERAND,
  FPU_OPERAND_SEGMENT,
  FPU_STATUS,
  FPU_TOP,
  OP_OPERAND,
  OP_R2,
  OP_SUB,
  READY_MMX,
  READY_WAITS,
  READY_XMM,
  REG_EAX,
} from "../../layout";
import { enterXmm } from "../xmm/registers";
import { enterMmx } from "./mmx";
import { address } from "../operands";
import { readPointer, write16 } from "../memory";
import { NM, fault } from "../state";
import { readBytes, writeBytes } from "./memory";
import {
  available,
  enter,
  free,
  head,
  note,
  pending,
  pop,
  register,
  rotate,
  significand,
  updateErrorPin,
  waitForErrors,
} from "./stack";
import { C1, EXCEPTIONS, NORMAL, SF, ZERO, kindOf } from "./value";
import { usesParagraphs } from "../paragraphs";

const ES_AND_BUSY: u32 = 0x8080;
/** Everything but TOP, ES and B. */
const STORED_STATUS: u32 = 0x477f;
/** Bits of the control word that can be written, the one that is always set, and its value after FINIT. */
const CONTROL_MASK: u32 = 0x1f3f;
const CONTROL_FIXED: u32 = 0x40;
const CONTROL_INITIAL: u32 = 0x37f;

const TAG_VALID: u32 = 0;
const TAG_ZERO: u32 = 1;
const TAG_SPECIAL: u32 = 2;
const TAG_EMPTY: u32 = 3;

export function setFpuControl(value: u32): void {
  store<u32>(FPU_CONTROL, (value & CONTROL_MASK) | CONTROL_FIXED);
  updateErrorPin();
}

/** The status word as it is read. */
export function fpuStatus(): u32 {
  const summary = pending() ? ES_AND_BUSY : 0;
  return load<u32>(FPU_STATUS) | (load<u32>(FPU_TOP) << 11) | summary;
}

export function setFpuStatus(value: u32): void {
  store<u32>(FPU_STATUS, value & STORED_STATUS);
  store<u32>(FPU_TOP, (value >> 11) & 7);
  updateErrorPin();
}

/** The tag word: two bits for each physical register. */
export function fpuTags(): u32 {
  let tags: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) tags |= tagOf(i) << (i << 1);
  return tags;
}

function tagOf(physical: u32): u32 {
  if (!((load<u32>(FPU_FULL) >> physical) & 1)) return TAG_EMPTY;
  const at = register(physical - load<u32>(FPU_TOP));
  const kind = kindOf(head(at), significand(at));
  return kind == NORMAL ? TAG_VALID : kind == ZERO ? TAG_ZERO : TAG_SPECIAL;
}

/** Only whether a register is empty is kept of a tag. */
export function setFpuTags(tags: u32): void {
  let full: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    if (((tags >> (i << 1)) & 3) != TAG_EMPTY) full |= 1 << i;
  }
  store<u32>(FPU_FULL, full);
}

export function initializeFpu(): void {
  store<u32>(FPU_CONTROL, CONTROL_INITIAL);
  store<u32>(FPU_STATUS, 0);
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_FULL, 0);
  for (let at: usize = FPU_EIP; at <= <usize>FPU_OPERAND_SEGMENT; at += 4) store<u32>(at, 0);
  updateErrorPin();
}

export function opFpuInitialize(_op: usize): u32 {
  if (!available()) return FAULT;
  initializeFpu();
  return DONE;
}

export function opFpuClear(_op: usize): u32 {
  if (!available()) return FAULT;
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~(EXCEPTIONS | SF));
  updateErrorPin();
  return DONE;
}

/** FNENI, FNDISI, FNSETPM: of earlier coprocessors. */
export function opFpuIgnored(_op: usize): u32 {
  return available() ? DONE : FAULT;
}

export function opFpuLoadControl(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const p = readPointer(address(op), 2);
  if (!p) return FAULT;
  setFpuControl(load<u16>(p));
  return DONE;
}

export function opFpuStoreControl(op: usize): u32 {
  if (!available()) return FAULT;
  return write16(address(op), load<u32>(FPU_CONTROL)) ? DONE : FAULT;
}

export function opFpuStoreStatus(op: usize): u32 {
  if (!available()) return FAULT;
  return write16(address(op), fpuStatus()) ? DONE : FAULT;
}

export function opFpuStoreStatusAx(_op: usize): u32 {
  if (!available()) return FAULT;
  store<u16>(REG_EAX, fpuStatus());
  return DONE;
}

export function opFpuNop(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  return DONE;
}

/** FINCSTP, FDECSTP: OP_SUB is added to TOP. Tags and contents stay. */
export function opFpuRotate(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~C1);
  rotate(load<u8>(op, OP_SUB));
  return DONE;
}

/** FFREE of ST(OP_R2); OP_OPERAND: registers to pop. */
export function opFpuFree(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~C1);
  free(load<u16>(op, OP_R2));
  if (load<u8>(op, OP_OPERAND)) pop();
  return DONE;
}

// The environment: seven words of OP_OPERAND / 7 bytes each. Eight registers of 10 bytes follow it in FSAVE's image.

const REGISTER_BYTES: u32 = 10;

function storeWord(wide: bool, index: u32, value: u32): void {
  // The upper half of a doubleword that is a word only is all ones.
  if (wide) store<u32>(FPU_IMAGE + (index << 2), index == 3 || index == 5 ? value : value | 0xffff0000);
  else store<u16>(FPU_IMAGE + (index << 1), value);
}

function buildEnvironment(wide: bool): void {
  storeWord(wide, 0, load<u32>(FPU_CONTROL));
  storeWord(wide, 1, fpuStatus());
  storeWord(wide, 2, fpuTags());
  if (usesParagraphs()) {
    buildLinear(wide, 3, (load<u32>(FPU_CS) << 4) + load<u32>(FPU_EIP), load<u32>(FPU_OPCODE));
    buildLinear(wide, 5, (load<u32>(FPU_OPERAND_SEGMENT) << 4) + load<u32>(FPU_OPERAND), 0);
    return;
  }
  storeWord(wide, 3, load<u32>(FPU_EIP));
  if (wide) store<u32>(FPU_IMAGE + 16, load<u32>(FPU_CS) | (load<u32>(FPU_OPCODE) << 16));
  else storeWord(wide, 4, load<u32>(FPU_CS));
  storeWord(wide, 5, load<u32>(FPU_OPERAND));
  storeWord(wide, 6, load<u32>(FPU_OPERAND_SEGMENT));
}

/** Real and virtual-8086 mode have linear addresses there: the low 16 bits, then the others above `low`. */
function buildLinear(wide: bool, index: u32, linear: u32, low: u32): void {
  if (!wide) {
    storeWord(wide, index, linear);
    storeWord(wide, index + 1, ((linear >> 4) & 0xf000) | low);
    return;
  }
  store<u32>(FPU_IMAGE + (index << 2), linear & 0xffff);
  store<u32>(FPU_IMAGE + ((index + 1) << 2), ((linear >> 4) & 0x0ffff000) | low);
}

function word(wide: bool, index: u32): u32 {
  return wide ? load<u32>(FPU_IMAGE + (index << 2)) : load<u16>(FPU_IMAGE + (index << 1));
}

function takeLinear(wide: bool, index: u32): u32 {
  const high = word(wide, index + 1);
  return (word(wide, index) & 0xffff) | ((wide ? high & 0x0ffff000 : high & 0xf000) << 4);
}

function takeEnvironment(wide: bool): void {
  setFpuControl(word(wide, 0));
  setFpuStatus(word(wide, 1));
  setFpuTags(word(wide, 2));
  if (usesParagraphs()) {
    store<u32>(FPU_EIP, takeLinear(wide, 3));
    store<u32>(FPU_CS, 0);
    store<u32>(FPU_OPCODE, word(wide, 4) & 0x7ff);
    store<u32>(FPU_OPERAND, takeLinear(wide, 5));
    store<u32>(FPU_OPERAND_SEGMENT, 0);
    return;
  }
  store<u32>(FPU_EIP, word(wide, 3));
  store<u32>(FPU_CS, word(wide, 4) & 0xffff);
  store<u32>(FPU_OPCODE, wide ? (word(wide, 4) >> 16) & 0x7ff : 0);
  store<u32>(FPU_OPERAND, word(wide, 5));
  store<u32>(FPU_OPERAND_SEGMENT, word(wide, 6) & 0xffff);
}

/** Bytes of the environment: 28, or 14 with 16-bit operands. */
function environmentBytes(op: usize): u32 {
  return load<u8>(op, OP_R2);
}

function isWide(op: usize): bool {
  return environmentBytes(op) == 28;
}

function alignmentOf(op: usize): u32 {
  return isWide(op) ? 4 : 2;
}

/** FNSTENV; masks all exceptions afterwards. */
export function opFpuStoreEnvironment(op: usize): u32 {
  if (!available()) return FAULT;
  buildEnvironment(isWide(op));
  if (!writeBytes(address(op), FPU_IMAGE, environmentBytes(op), alignmentOf(op))) return FAULT;
  store<u32>(FPU_CONTROL, load<u32>(FPU_CONTROL) | EXCEPTIONS);
  updateErrorPin();
  return DONE;
}

export function opFpuLoadEnvironment(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  if (!readBytes(address(op), FPU_IMAGE, environmentBytes(op), alignmentOf(op))) return FAULT;
  takeEnvironment(isWide(op));
  return DONE;
}

/** FNSAVE. ST(0) comes first. */
export function opFpuSave(op: usize): u32 {
  if (!available()) return FAULT;
  const size = environmentBytes(op);
  buildEnvironment(isWide(op));
  for (let i: u32 = 0; i < 8; i++) {
    const at = FPU_IMAGE + size + i * REGISTER_BYTES;
    store<u64>(at, significand(register(i)));
    store<u16>(at, head(register(i)), 8);
  }
  const bytes = size + 8 * REGISTER_BYTES;
  if (!writeBytes(address(op), FPU_IMAGE, bytes, alignmentOf(op))) return FAULT;
  initializeFpu();
  return DONE;
}

export function opFpuRestore(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  const size = environmentBytes(op);
  const bytes = size + 8 * REGISTER_BYTES;
  if (!readBytes(address(op), FPU_IMAGE, bytes, alignmentOf(op))) return FAULT;
  takeEnvironment(isWide(op));
  for (let i: u32 = 0; i < 8; i++) {
    const at = FPU_IMAGE + size + i * REGISTER_BYTES;
    const to = register(i);
    store<u64>(to, load<u64>(at));
    store<u32>(to, load<u16>(at, 8), FPU_HEAD);
  }
  return DONE;
}

/** FPU_READY: what comes before the checks of the operand's segment. OP_SUB: a READY_ constant. */
export function fpuReady(op: usize): u32 {
  switch (<u32>load<u8>(op, OP_SUB)) {
    case READY_WAITS:
      return enter(op);
    case READY_MMX:
      return enterMmx(op);
    case READY_XMM:
      return enterXmm() ? DONE : FAULT;
    default:
      return available() ? DONE : FAULT;
  }
}

/** WAIT: #NM if CR0 says MP and TS, else what is pending. */
export function opWait(op: usize): u32 {
  const needed = CR0_MP | CR0_TS;
  if ((load<u32>(CR0) & needed) == needed) return u32(fault(NM, 0)) | FAULT;
  return waitForErrors(op);
}
