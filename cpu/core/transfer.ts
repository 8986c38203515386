/** Near and far transfers, gates and privilege changes (386 manual, 6.3 and 7; i486 manual, 6). */
import {
  CODE_BASE,
  DESCRIPTOR_ADDRESS,
  DESCRIPTOR_HIGH,
  DESCRIPTOR_LOW,
  DONE,
  FAULT,
  FAULT_CODE,
  FAULT_VECTOR,
  FLAG_ADDRESS16,
  FORM_M,
  JUMP,
  LEAVE,
  OP_DISP,
  OP_FLAGS,
  OP_IMM,
  OP_OPERAND,
  OP_SUB,
  PARAMETERS,
  REG_ECX,
  REG_ESP,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_SS,
  SEG_TR,
  STATE_CPL,
  STATE_EIP,
  TRANSFER,
  TASK_CALL,
  TASK_JUMP,
} from "../layout";
import { condition, zero } from "./flags";
import { loadSized, readPointer, readSystem } from "./memory";
import { address, operandForm, operandSize, sourcePointer } from "./operands";
import {
  CODE,
  CONFORMING,
  CS,
  ORDINARY,
  PRESENT,
  STACK,
  TYPE_CALL_GATE16,
  TYPE_CALL_GATE32,
  TYPE_TASK_GATE,
  TYPE_TSS16,
  TYPE_TSS16_BUSY,
  TYPE_TSS32,
  checkStackSegment,
  descriptorLimit,
  dpl,
  kind,
  markAccessed,
  readDescriptor,
  setCpl,
  setNullSegment,
  setSegment,
  updateMode,
} from "./segment";
import { begin, codeSegmentChanged, rollback } from "./control";
import { peek, push, pushAt, setStackPointer } from "./stack";
import { GP, NP, SS, TS, charge, clockTerm, fault, nextEip, segment } from "./state";
import { callParagraph, enterParagraph, inV86, returnToParagraph, usesParagraphs } from "./paragraphs";
import { switchTask, switchThroughGate } from "./task";
import { settleTask } from "./interrupt";

/** Goes to an offset in the current code segment; false after #GP(0). */
function goNear(target: u32): bool {
  if (target > load<u32>(CS, SEGMENT_LIMIT)) return fault(GP, 0);
  store<u32>(STATE_EIP, target);
  return true;
}

/** Target of a relative transfer, cut to 16 bits with 16-bit operands. */
function relativeTarget(op: usize): u32 {
  const target = load<u32>(CODE_BASE) + load<u32>(op, OP_DISP);
  return load<u8>(op, OP_OPERAND) == 2 ? target & 0xffff : target;
}

export function opJumpNear(op: usize): u32 {
  return goNear(relativeTarget(op)) ? TRANSFER : FAULT;
}

export function opJumpNearAbsolute(op: usize): u32 {
  const p = sourcePointer(op);
  return p && goNear(loadSized(p, operandSize(op))) ? TRANSFER : FAULT;
}

function callNear(op: usize, target: u32): u32 {
  const size = operandSize(op);
  if (target > load<u32>(CS, SEGMENT_LIMIT)) return u32(fault(GP, 0)) | FAULT;
  if (!push(size, nextEip(op))) return FAULT;
  store<u32>(STATE_EIP, target);
  return TRANSFER;
}

export function opCallNear(op: usize): u32 {
  return callNear(op, relativeTarget(op));
}

export function opCallNearAbsolute(op: usize): u32 {
  const p = sourcePointer(op);
  return p ? callNear(op, loadSized(p, operandSize(op))) : FAULT;
}

/** OP_IMM: bytes to release. */
export function opReturnNear(op: usize): u32 {
  const size = operandSize(op);
  const p = peek(0, size);
  if (!p || !goNear(loadSized(p, size))) return FAULT;
  setStackPointer(load<u32>(REG_ESP) + size + (load<u32>(op, OP_IMM) & 0xffff));
  return TRANSFER;
}

/** Jcc with 16-bit operands: OP_SUB is the condition. */
export function opJumpCondition(op: usize): u32 {
  if (!condition(load<u8>(op, OP_SUB))) return DONE;
  if (!goNear(relativeTarget(op))) return FAULT;
  charge(clockTerm(op, 0));
  return TRANSFER;
}

/** LOOPNE, LOOPE, LOOP, JCXZ (OP_SUB 0-3). */
export function opLoop(op: usize): u32 {
  const sub: u32 = load<u8>(op, OP_SUB);
  const mask: u32 = load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16 ? 0xffff : 0xffffffff;
  const ecx = load<u32>(REG_ECX);
  const count = (sub == 3 ? ecx : ecx - 1) & mask;
  let taken = sub == 3 ? count == 0 : count != 0;
  if (sub < 2) taken = taken && zero() == sub;
  if (taken && !goNear(relativeTarget(op))) return FAULT;
  if (sub != 3) store<u32>(REG_ECX, (ecx & ~mask) | count);
  if (!taken) return DONE;
  charge(clockTerm(op, 0));
  return TRANSFER;
}

// Far transfers. `target` and `targetSelector` of the one in flight.
let targetOffset: u32 = 0;
let targetSelector: u32 = 0;

/** Reads the far pointer operand. */
function farPointer(op: usize): bool {
  const size = operandSize(op);
  if (operandForm(op) != FORM_M) {
    targetOffset = load<u32>(op, OP_IMM);
    targetSelector = load<u32>(op, OP_DISP) & 0xffff;
    return true;
  }
  const at = address(op);
  let p = readPointer(at, size);
  if (!p) return false;
  targetOffset = loadSized(p, size);
  p = readPointer(at + size, 2);
  if (!p) return false;
  targetSelector = load<u16>(p);
  return true;
}

/** Whether the descriptor read last is code that the current level may enter directly, or by a gate. */
function checkCode(selector: u32, byGate: bool): bool {
  const high = load<u32>(DESCRIPTOR_HIGH);
  const code = selector & 0xfffc;
  const cpl = load<u32>(STATE_CPL);
  if ((high & (ORDINARY | CODE)) != (ORDINARY | CODE)) return fault(GP, code);
  if (high & CONFORMING) {
    if (dpl(high) > cpl) return fault(GP, code);
  } else if (dpl(high) != cpl || (!byGate && (selector & 3) > cpl)) return fault(GP, code);
  return high & PRESENT ? true : fault(NP, code);
}

/** Loads CS from the descriptor read last at privilege `level` and goes to targetOffset. */
export function enterCode(selector: u32, level: u32, offset: u32): bool {
  if (offset > descriptorLimit(load<u32>(DESCRIPTOR_LOW), load<u32>(DESCRIPTOR_HIGH))) return fault(GP, 0);
  if (!markAccessed()) return false;
  setSegment(SEG_CS, (selector & 0xfffc) | level);
  store<u32>(STATE_EIP, offset);
  return true;
}

/**
 * Checks the call gate that was read last and replaces the target by what it leads to. False after a fault.
 */
function throughGate(): bool {
  const code = targetSelector & 0xfffc;
  const low = load<u32>(DESCRIPTOR_LOW);
  const high = load<u32>(DESCRIPTOR_HIGH);
  const type = kind(high);
  if (type != TYPE_CALL_GATE32 && type != TYPE_CALL_GATE16) return fault(GP, code);
  if (dpl(high) < max(load<u32>(STATE_CPL), targetSelector & 3)) return fault(GP, code);
  if (!(high & PRESENT)) return fault(NP, code);
  targetSelector = low >> 16;
  targetOffset = type == TYPE_CALL_GATE32 ? (low & 0xffff) | (high & 0xffff0000) : low & 0xffff;
  return readDescriptor(targetSelector, GP);
}

export function opJumpFar(op: usize): u32 {
  if (!farPointer(op)) return FAULT;
  if (usesParagraphs()) return enterParagraph(targetSelector, targetOffset) ? TRANSFER : FAULT;
  if (!readDescriptor(targetSelector, GP)) return FAULT;
  const gate = !(load<u32>(DESCRIPTOR_HIGH) & ORDINARY);
  if (gate) {
    if (leadsToTask()) return taskTransfer(op, TASK_JUMP);
    if (!throughGate()) return FAULT;
    charge(clockTerm(op, 0));
  }
  if (!checkCode(targetSelector, gate)) return FAULT;
  if (!enterCode(targetSelector, load<u32>(STATE_CPL), targetOffset)) return FAULT;
  codeSegmentChanged();
  return TRANSFER;
}

/** Whether the descriptor that was read last is of a task that can be switched to, or a gate to one. */
function leadsToTask(): bool {
  const type = kind(load<u32>(DESCRIPTOR_HIGH));
  return type == TYPE_TASK_GATE || type == TYPE_TSS32 || type == TYPE_TSS16;
}

/** A task switch by JMP or CALL. */
function taskTransfer(op: usize, cause: u32): u32 {
  const high = load<u32>(DESCRIPTOR_HIGH);
  const code = targetSelector & 0xfffc;
  if (dpl(high) < max(load<u32>(STATE_CPL), targetSelector & 3)) return u32(fault(GP, code)) | FAULT;
  if (!(high & PRESENT)) return u32(fault(NP, code)) | FAULT;
  store<u32>(STATE_EIP, nextEip(op));
  const switched =
    kind(high) == TYPE_TASK_GATE
      ? switchThroughGate(load<u32>(DESCRIPTOR_LOW) >> 16, cause, false)
      : switchTask(targetSelector, cause, false);
  return switched && settleTask() ? LEAVE : FAULT;
}

export function opCallFar(op: usize): u32 {
  if (!farPointer(op)) return FAULT;
  if (usesParagraphs()) {
    return callParagraph(operandSize(op), targetSelector, targetOffset, nextEip(op)) ? TRANSFER : FAULT;
  }
  if (!readDescriptor(targetSelector, GP)) return FAULT;
  if (load<u32>(DESCRIPTOR_HIGH) & ORDINARY) {
    if (!checkCode(targetSelector, false) || !callSameLevel(operandSize(op), nextEip(op))) return FAULT;
    return TRANSFER;
  }
  if (leadsToTask()) return taskTransfer(op, TASK_CALL);
  const gateHigh = load<u32>(DESCRIPTOR_HIGH);
  if (!throughGate()) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  const size: u32 = kind(gateHigh) == TYPE_CALL_GATE32 ? 4 : 2;
  const inner =
    (high & (ORDINARY | CODE | CONFORMING)) == (ORDINARY | CODE) && dpl(high) < load<u32>(STATE_CPL);
  if (!inner) {
    charge(clockTerm(op, 0));
    return checkCode(targetSelector, true) && callSameLevel(size, nextEip(op)) ? TRANSFER : FAULT;
  }
  if (!(high & PRESENT)) return u32(fault(NP, targetSelector & 0xfffc)) | FAULT;
  const count = gateHigh & 31;
  charge(count ? clockTerm(op, 2) + clockTerm(op, 3) * <i32>count : clockTerm(op, 1));
  begin();
  if (callInner(size, count, nextEip(op))) return TRANSFER;
  rollback();
  return FAULT;
}

function callSameLevel(size: u32, from: u32): bool {
  const offset = size == 2 ? targetOffset & 0xffff : targetOffset;
  if (offset > descriptorLimit(load<u32>(DESCRIPTOR_LOW), load<u32>(DESCRIPTOR_HIGH))) return fault(GP, 0);
  if (!pushAt(size, size, load<u32>(CS, SEGMENT_SELECTOR)) || !pushAt(size * 2, size, from)) return false;
  if (!enterCode(targetSelector, load<u32>(STATE_CPL), offset)) return false;
  setStackPointer(load<u32>(REG_ESP) - size * 2);
  codeSegmentChanged();
  return true;
}

let innerSelector: u32 = 0;
let innerPointer: u32 = 0;

/** Finds the stack of an inner level in the TSS, and checks it. False after a fault. */
function innerStack(level: u32): bool {
  const tr = segment(SEG_TR);
  const type = kind(load<u32>(tr, SEGMENT_ACCESS));
  const size: u32 = type == TYPE_TSS16 || type == TYPE_TSS16_BUSY ? 2 : 4;
  const offset: u32 = size + level * size * 2;
  if (offset + size + 1 > load<u32>(tr, SEGMENT_LIMIT))
    return fault(TS, load<u32>(tr, SEGMENT_SELECTOR) & 0xfffc);
  const at = load<u32>(tr, SEGMENT_BASE) + offset;
  let p = readSystem(at, size);
  if (!p) return false;
  innerPointer = loadSized(p, size);
  p = readSystem(at + size, 2);
  if (!p) return false;
  innerSelector = load<u16>(p);
  return checkStackSegment(innerSelector, level, TS);
}

/** A push on a new stack that fails its limit reports the new selector. */
function pushInner(size: u32, value: u32): bool {
  if (push(size, value)) return true;
  if (load<u32>(FAULT_VECTOR) == SS) store<u32>(FAULT_CODE, innerSelector & 0xfffc);
  return false;
}

/**
 * Switches to the inner stack of the code descriptor read last (its selector given), pushes the old SS:ESP and loads CS.
 * EFLAGS and the rest are pushed by the caller. Only between `begin` and `rollback`.
 */
export function switchInner(selector: u32, size: u32): bool {
  const low = load<u32>(DESCRIPTOR_LOW);
  const high = load<u32>(DESCRIPTOR_HIGH);
  const at = load<u32>(DESCRIPTOR_ADDRESS);
  const level = dpl(high);
  if (!innerStack(level)) return false;
  const oldSelector = load<u32>(STACK, SEGMENT_SELECTOR);
  const oldPointer = load<u32>(REG_ESP);
  if (!markAccessed()) return false;
  setSegment(SEG_SS, innerSelector);
  setCpl(level);
  updateMode();
  setStackPointer(innerPointer);
  if (inV86() && !leaveDataSegments(size)) return false;
  if (!pushInner(size, oldSelector) || !pushInner(size, oldPointer)) return false;
  store<u32>(DESCRIPTOR_LOW, low);
  store<u32>(DESCRIPTOR_HIGH, high);
  store<u32>(DESCRIPTOR_ADDRESS, at);
  return selector != 0;
}

/** Pushes the data segments of virtual-8086 mode, which protected mode cannot use. */
function leaveDataSegments(size: u32): bool {
  return (
    leaveDataSegment(SEG_GS, size) &&
    leaveDataSegment(SEG_FS, size) &&
    leaveDataSegment(SEG_DS, size) &&
    leaveDataSegment(SEG_ES, size)
  );
}

function leaveDataSegment(index: u32, size: u32): bool {
  if (!pushInner(size, load<u32>(segment(index), SEGMENT_SELECTOR))) return false;
  setNullSegment(index, 0);
  return true;
}

/** Copies `count` parameters from the caller's stack. They are read first, in the old stack's terms. */
function callInner(size: u32, count: u32, from: u32): bool {
  const returnSelector = load<u32>(CS, SEGMENT_SELECTOR);
  for (let i: u32 = 0; i < count; i++) {
    const p = peek(i * size, size);
    if (!p) return false;
    store<u32>(PARAMETERS + (i << 2), loadSized(p, size));
  }
  if (!switchInner(targetSelector, size)) return false;
  for (let i = count; i > 0; i--) {
    if (!pushInner(size, load<u32>(PARAMETERS + ((i - 1) << 2)))) return false;
  }
  if (!pushInner(size, returnSelector) || !pushInner(size, from)) return false;
  if (!enterCode(targetSelector, load<u32>(STATE_CPL), targetOffset)) return false;
  codeSegmentChanged();
  return true;
}

/** OP_IMM: bytes to release. */
export function opReturnFar(op: usize): u32 {
  const size = operandSize(op);
  const release = load<u32>(op, OP_IMM) & 0xffff;
  if (usesParagraphs()) return returnToParagraph(size, size * 2, release) ? TRANSFER : FAULT;
  const outer = returnFar(size, release, size * 2);
  if (outer == RETURN_FAULT) return FAULT;
  if (outer == RETURN_SAME) return TRANSFER;
  charge(clockTerm(op, 0));
  return JUMP;
}

export const RETURN_FAULT: u32 = 0;
export const RETURN_SAME: u32 = 1;
export const RETURN_OUTER: u32 = 2;

/**
 * RET far and the tail of IRET: EIP and CS are on top of the stack, `popped` bytes are popped before the outer SS:ESP
 * or the released bytes.
 */
export function returnFar(size: u32, release: u32, popped: u32): u32 {
  let p = peek(0, size);
  if (!p) return RETURN_FAULT;
  const offset = loadSized(p, size);
  p = peek(size, size);
  if (!p) return RETURN_FAULT;
  const selector = loadSized(p, size) & 0xffff;
  const level = selector & 3;
  const code = selector & 0xfffc;
  if (!readDescriptor(selector, GP)) return RETURN_FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if ((high & (ORDINARY | CODE)) != (ORDINARY | CODE) || level < load<u32>(STATE_CPL)) {
    return u32(fault(GP, code));
  }
  if (high & CONFORMING ? dpl(high) > level : dpl(high) != level) return u32(fault(GP, code));
  if (!(high & PRESENT)) return u32(fault(NP, code));
  if (level != load<u32>(STATE_CPL)) return returnOuter(size, release, popped, selector, offset);
  if (!enterCode(selector, level, offset)) return RETURN_FAULT;
  setStackPointer(load<u32>(REG_ESP) + popped + release);
  codeSegmentChanged();
  return RETURN_SAME;
}

function returnOuter(size: u32, release: u32, popped: u32, selector: u32, offset: u32): u32 {
  const level = selector & 3;
  let p = peek(popped + release, size);
  if (!p) return RETURN_FAULT;
  const pointer = loadSized(p, size);
  p = peek(popped + release + size, size);
  if (!p) return RETURN_FAULT;
  const stack = loadSized(p, size) & 0xffff;
  if (offset > descriptorLimit(load<u32>(DESCRIPTOR_LOW), load<u32>(DESCRIPTOR_HIGH))) {
    return u32(fault(GP, 0));
  }
  begin();
  if (!enterCode(selector, level, offset) || !checkStackSegment(stack, level, GP) || !markAccessed()) {
    rollback();
    return RETURN_FAULT;
  }
  setSegment(SEG_SS, stack);
  setCpl(level);
  for (let i: u32 = SEG_ES; i <= <u32>SEG_GS; i++) {
    if (i != SEG_CS && i != SEG_SS) dropInnerSegment(i);
  }
  codeSegmentChanged();
  setStackPointer((size == 2 ? pointer & 0xffff : pointer) + release);
  return RETURN_OUTER;
}

/** A data segment that the outer level may not use becomes null. */
function dropInnerSegment(index: u32): void {
  const access = load<u32>(segment(index), SEGMENT_ACCESS);
  if ((access & (CODE | CONFORMING)) == (CODE | CONFORMING)) return;
  if (access && dpl(access) < load<u32>(STATE_CPL)) setNullSegment(index, 0);
}
