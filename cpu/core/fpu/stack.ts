/** The register stack, what comes before every x87 instruction, and what comes of the exceptions it raises. */
import { CR0_EM, CR0_NE, CR0_TS } from "../../control-registers";
import {
  CR0,
  DONE,
  FAULT,
  FLOAT_FLAGS,
  FLOAT_RESULT,
  FPU_CONTROL,
  FPU_CS,
  FPU_EIP,
  FPU_FULL,
  FPU_HEAD,
  FPU_OPCODE,
  FPU_OPERAND,
  FPU_OPERAND_SEGMENT,
  FPU_REGISTERS,
  FPU_REGISTER_SHIFT,
  FPU_STATUS,
  FPU_TOP,
  LEAVE,
  OP_IMM,
  OP_SEGMENT,
  PIN_FERR,
  PIN_IGNNE,
  SEGMENT_BASE,
  SEGMENT_SELECTOR,
  STATE_EIP,
  STATE_HALTED,
} from "../../layout";
import { address } from "../operands";
import { CS } from "../segment";
import { numericError } from "../host";
import { MF, NM, eipOf, fault, refund, segment } from "../state";
import { C1, DE, EXCEPTIONS, IE, INDEFINITE, INDEFINITE_HEAD, SF, ZE } from "./value";

const CR0_EM_TS: u32 = CR0_EM | CR0_TS;

/** Exceptions that leave an instruction without a result when they are unmasked. */
const BEFORE_RESULT: u32 = IE | DE | ZE;

/** Address of ST(i). */
export function register(i: u32): usize {
  return FPU_REGISTERS + (((load<u32>(FPU_TOP) + i) & 7) << FPU_REGISTER_SHIFT);
}

function bitOf(i: u32): u32 {
  return 1 << ((load<u32>(FPU_TOP) + i) & 7);
}

export function isEmpty(i: u32): bool {
  return (load<u32>(FPU_FULL) & bitOf(i)) == 0;
}

export function head(register: usize): u32 {
  return load<u32>(register, FPU_HEAD);
}

export function significand(register: usize): u64 {
  return load<u64>(register);
}

/** ST(i) gets the result of the operation. */
export function keep(i: u32): void {
  keepValue(i, load<u32>(FLOAT_RESULT, FPU_HEAD), load<u64>(FLOAT_RESULT));
}

export function keepValue(i: u32, head: u32, significand: u64): void {
  const to = register(i);
  store<u64>(to, significand);
  store<u32>(to, head, FPU_HEAD);
  store<u32>(FPU_FULL, load<u32>(FPU_FULL) | bitOf(i));
}

export function free(i: u32): void {
  store<u32>(FPU_FULL, load<u32>(FPU_FULL) & ~bitOf(i));
}

export function rotate(by: u32): void {
  store<u32>(FPU_TOP, (load<u32>(FPU_TOP) + by) & 7);
}

export function pop(): void {
  free(0);
  rotate(1);
}

/** Pushes the result of the operation. */
export function pushResult(): void {
  rotate(7);
  keep(0);
}

/** False after #NM; no x87 instruction runs without this. */
export function available(): bool {
  return !(load<u32>(CR0) & CR0_EM_TS) || fault(NM, 0);
}

/** The unmasked exceptions that have been raised and not cleared: ES. */
export function pending(): u32 {
  return load<u32>(FPU_STATUS) & ~load<u32>(FPU_CONTROL) & EXCEPTIONS;
}

/** Begins an instruction that waits for exceptions of earlier ones: DONE, or what its handler returns at once. */
export function enter(op: usize): u32 {
  if (!available()) return FAULT;
  store<u32>(FLOAT_FLAGS, 0);
  return pending() ? waitForErrors(op) : DONE;
}

/**
 * DONE, or what an instruction returns when an exception is pending: #MF; or, with NE clear, the processor waits before the
 * instruction for an interrupt, which the error line is expected to cause, unless IGNNE# tells it to go on.
 */
export function waitForErrors(op: usize): u32 {
  if (!pending()) return DONE;
  if (load<u32>(CR0) & CR0_NE) return u32(fault(MF, 0)) | FAULT;
  if (load<u32>(PIN_IGNNE)) return DONE;
  refund(op);
  store<u32>(STATE_EIP, eipOf(op));
  store<u32>(STATE_HALTED, 1);
  return LEAVE;
}

/** FERR#, after a change of exceptions, their masks or CR0. With NE set errors are the processor's own business. */
export function updateErrorPin(): void {
  const asserted = u32(pending() != 0 && !(load<u32>(CR0) & CR0_NE));
  if (asserted == load<u32>(PIN_FERR)) return;
  store<u32>(PIN_FERR, asserted);
  numericError(asserted);
}

/** Remembers the instruction for exception handlers, once it can no longer fault. */
export function note(op: usize): void {
  store<u32>(FPU_EIP, eipOf(op));
  store<u32>(FPU_CS, load<u32>(CS, SEGMENT_SELECTOR));
  store<u32>(FPU_OPCODE, load<u32>(op, OP_IMM));
}

/** `note` of one with a memory operand. */
export function noteOperand(op: usize): void {
  note(op);
  const s = segment(load<u8>(op, OP_SEGMENT));
  store<u32>(FPU_OPERAND, address(op) - load<u32>(s, SEGMENT_BASE));
  store<u32>(FPU_OPERAND_SEGMENT, load<u32>(s, SEGMENT_SELECTOR));
}

/** Takes what the operation raised into the status word. Returns the unmasked exceptions. */
export function report(): u32 {
  let flags = load<u32>(FLOAT_FLAGS);
  const unmasked = flags & ~load<u32>(FPU_CONTROL);
  if (unmasked & BEFORE_RESULT) flags &= flags & SF ? BEFORE_RESULT | SF | C1 : BEFORE_RESULT;
  store<u32>(FPU_STATUS, (load<u32>(FPU_STATUS) & ~C1) | flags);
  if (unmasked & EXCEPTIONS) updateErrorPin();
  return unmasked & EXCEPTIONS;
}

/** `report`; false if there is no result. */
export function accepted(): bool {
  return !(report() & BEFORE_RESULT);
}

/** A register that is empty was to be read, or one that is full to be pushed on (`overflow` C1). The result is a NaN. */
export function stackFault(overflow: u32): void {
  store<u32>(FLOAT_FLAGS, IE | SF | overflow);
  store<u64>(FLOAT_RESULT, INDEFINITE);
  store<u32>(FLOAT_RESULT, INDEFINITE_HEAD, FPU_HEAD);
}
