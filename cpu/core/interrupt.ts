/** Interrupts, traps and exceptions: the IDT, delivery, INT, BOUND, IRET (386 manual, chapter 9). */
import {
  CONFIG_EVENT_INNER,
  CONFIG_EVENT_SAME,
  CONFIG_FLAGS,
  COUNT_EXCEPTIONS,
  COUNT_INTERRUPTS,
  CR4,
  DEBUG_PENDING,
  DESCRIPTOR_HIGH,
  DONE,
  FAULT,
  FAULT_BY_SEGMENT,
  FAULT_CODE,
  FAULT_VECTOR,
  FLAGS_REST,
  HOOK_INTERRUPT,
  IDTR_BASE,
  IDTR_LIMIT,
  JUMP,
  LEAVE,
  FLAG_DATA_OPERAND,
  OP_FLAGS,
  OP_IMM,
  OP_R2,
  OP_SEGMENT,
  OP_SUB,
  PIN_NMI,
  REPEAT_RESUMED,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEG_CS,
  SEG_SS,
  SEG_TR,
  SHUTDOWN_TRIPLE_FAULT,
  STATE_CPL,
  STATE_EIP,
  STATE_HALTED,
  STATE_HOOKS,
  STATE_NMI_BLOCKED,
  STATE_SHADOW,
  STATE_SHUTDOWN,
  STATE_TRAP_PENDING,
  STATE_USER_LIMIT,
  TASK_INTERRUPT,
  TASK_RETURN,
} from "../layout";
import { resolve } from "./code";
import { begin, codeSegmentChanged, rollback, shutdown } from "./control";
import { endGeneralDetect, instructionBreakpoint } from "./debug";
import { changeableFlags, flagsNeedAttention, iopl, setFlags } from "./flag-operations";
import { FLAG_IF, FLAG_NT, FLAG_RF, FLAG_TF, FLAG_VM, eflags, overflow } from "./flags";
import { onInterrupt } from "./host";
import { loadSized, readPointer, readSystem } from "./memory";
import { address, operandSize } from "./operands";
import {
  CODE,
  CONFORMING,
  CS,
  ORDINARY,
  PRESENT,
  TYPE_TSS16_BUSY,
  TYPE_TSS32_BUSY,
  dpl,
  kind,
  readDescriptor,
} from "./segment";
import { peek, push } from "./stack";
import {
  AC,
  BR,
  DB,
  DE,
  DF,
  GP,
  NP,
  OF,
  PF,
  SS,
  TS,
  budget,
  charge,
  clockTerm,
  eipOf,
  fault,
  nextEip,
  refund,
  segment,
} from "./state";
import { RETURN_FAULT, RETURN_OUTER, enterCode, returnFar, switchInner } from "./transfer";
import {
  enterRealHandler,
  enterTableHandler,
  inRealMode,
  inV86,
  interruptReturnToParagraph,
  returnToV86,
  usesParagraphs,
} from "./paragraphs";
import { pushTaskError, switchTask, switchThroughGate, takeTaskFault } from "./task";
import { CR4_VME } from "../control-registers";

export const FROM_OUTSIDE: u32 = 0;
export const FROM_SOFTWARE: u32 = 1;
export const FROM_EXCEPTION: u32 = 2;

const GATE_TASK: u32 = 5;

const DELIVER_FAULT: u32 = 0;
const DELIVER_SAME: u32 = 1;
const DELIVER_INNER: u32 = 2;

function hasErrorCode(vector: u32): bool {
  return vector == DF || (vector >= TS && vector <= PF) || vector == AC;
}

/** Faults push RF set, so that a debugger can resume; traps and aborts do not. */
function isFault(vector: u32): bool {
  return vector == DE || (vector >= BR && vector <= 7) || (vector >= TS && vector <= 16) || vector == AC;
}

/** Enters the handler of a vector. STATE_EIP is the return address. On a fault nothing has changed. */
function deliver(vector: u32, source: u32, withCode: bool, code: u32): u32 {
  const from = load<u32>(STATE_EIP);
  begin();
  const outcome = inRealMode() ? u32(enterRealHandler(vector)) : enterHandler(vector, source, withCode, code);
  if (outcome == DELIVER_FAULT) {
    rollback();
    if (source != FROM_SOFTWARE && load<u32>(FAULT_VECTOR) != PF)
      store<u32>(FAULT_CODE, load<u32>(FAULT_CODE) | 1);
    return outcome;
  }
  if (vector == DB && source != FROM_SOFTWARE) endGeneralDetect();
  store<u32>(STATE_TRAP_PENDING, 0);
  store<u32>(STATE_SHADOW, 0);
  store<u32>(REPEAT_RESUMED, 0);
  store<u32>(STATE_HALTED, 0);
  if (load<u32>(STATE_HOOKS) & HOOK_INTERRUPT)
    onInterrupt(vector, withCode ? code : 0xffffffff, from, source);
  return outcome;
}

function enterHandler(vector: u32, source: u32, withCode: bool, code: u32): u32 {
  const idtCode = (vector << 3) | 2;
  if ((vector << 3) + 7 > load<u32>(IDTR_LIMIT)) return u32(fault(GP, idtCode));
  const at = load<u32>(IDTR_BASE) + (vector << 3);
  let p = readSystem(at, 4);
  if (!p) return DELIVER_FAULT;
  const low = load<u32>(p);
  p = readSystem(at + 4, 4);
  if (!p) return DELIVER_FAULT;
  const high = load<u32>(p);
  const type = (high >> 8) & 31;
  // Interrupt and trap gates of both sizes: 6, 7, 14, 15.
  if (type != GATE_TASK && (type & 0x16) != 6) return u32(fault(GP, idtCode));
  if (source == FROM_SOFTWARE && dpl(high) < load<u32>(STATE_CPL)) return u32(fault(GP, idtCode));
  if (!(high & PRESENT)) return u32(fault(NP, idtCode));
  if (type == GATE_TASK) return throughTaskGate(low >> 16, vector, source, withCode, code);
  const size: u32 = type & 8 ? 4 : 2;
  const offset = size == 4 ? (low & 0xffff) | (high & 0xffff0000) : low & 0xffff;
  const selector = low >> 16;
  if (!readDescriptor(selector, GP)) return DELIVER_FAULT;
  return enterGate(selector, offset, size, (type & 1) == 0, withCode, code, isFaultFrame(vector, source));
}

function throughTaskGate(selector: u32, vector: u32, source: u32, withCode: bool, code: u32): u32 {
  if (!switchThroughGate(selector, TASK_INTERRUPT, isFaultFrame(vector, source))) return DELIVER_FAULT;
  if (withCode) pushTaskError(code);
  return DELIVER_SAME;
}

function isFaultFrame(vector: u32, source: u32): bool {
  return source == FROM_EXCEPTION && isFault(vector);
}

function enterGate(
  selector: u32,
  offset: u32,
  size: u32,
  disable: bool,
  withCode: bool,
  code: u32,
  resume: bool,
): u32 {
  const target = load<u32>(DESCRIPTOR_HIGH);
  const cpl = load<u32>(STATE_CPL);
  if ((target & (ORDINARY | CODE)) != (ORDINARY | CODE) || dpl(target) > cpl) {
    return u32(fault(GP, selector & 0xfffc));
  }
  if (!(target & PRESENT)) return u32(fault(NP, selector & 0xfffc));
  const inner = !(target & CONFORMING) && dpl(target) < cpl;
  if (inV86() && !(inner && dpl(target) == 0)) return u32(fault(GP, selector & 0xfffc));
  const returnSelector = load<u32>(CS, SEGMENT_SELECTOR);
  // Between two iterations of a string instruction RF is pushed set as well.
  const flags = eflags() | (resume || load<u32>(REPEAT_RESUMED) ? FLAG_RF : 0);
  if (inner && !switchInner(selector, size)) return DELIVER_FAULT;
  if (!push(size, flags) || !push(size, returnSelector) || !push(size, load<u32>(STATE_EIP)))
    return DELIVER_FAULT;
  if (withCode && !push(size, code)) return DELIVER_FAULT;
  if (!enterCode(selector, load<u32>(STATE_CPL), offset)) return DELIVER_FAULT;
  const cleared = FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (disable ? FLAG_IF : 0);
  store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~cleared);
  codeSegmentChanged();
  return inner ? DELIVER_INNER : DELIVER_SAME;
}

function isContributory(vector: u32): bool {
  return vector == DE || (vector >= TS && vector <= GP);
}

/** Delivers an exception, and the double fault it may become; false after a triple fault or shutdown. */
export function deliverException(vector: u32, code: u32): bool {
  let current = vector;
  let currentCode = code;
  while (true) {
    const outcome = deliver(current, FROM_EXCEPTION, hasErrorCode(current), currentCode);
    if (outcome != DELIVER_FAULT) {
      store<u64>(COUNT_EXCEPTIONS, load<u64>(COUNT_EXCEPTIONS) + 1);
      chargeEvent(outcome);
      if (!takeTaskFault()) return true;
      current = load<u32>(FAULT_VECTOR);
      currentCode = load<u32>(FAULT_CODE);
      continue;
    }
    if (load<u32>(STATE_SHUTDOWN)) return false;
    const next = load<u32>(FAULT_VECTOR);
    if (current == DF) return shutdown(SHUTDOWN_TRIPLE_FAULT);
    const doubles = isContributory(next)
      ? isContributory(current) || current == PF
      : next == PF && current == PF;
    current = doubles ? DF : next;
    currentCode = doubles ? 0 : load<u32>(FAULT_CODE);
  }
}

function chargeEvent(outcome: u32): void {
  charge(load<u32>(outcome == DELIVER_INNER ? CONFIG_EVENT_INNER : CONFIG_EVENT_SAME));
}

/** After a task switch: delivers what the new task has met already; false after a shutdown. */
export function settleTask(): bool {
  return !takeTaskFault() || deliverException(load<u32>(FAULT_VECTOR), load<u32>(FAULT_CODE));
}

/** Delivers a hardware interrupt or NMI; false after a shutdown. */
export function deliverInterrupt(vector: u32): bool {
  const outcome = deliver(vector, FROM_OUTSIDE, false, 0);
  if (outcome == DELIVER_FAULT) {
    if (load<u32>(STATE_SHUTDOWN)) return false;
    return deliverException(load<u32>(FAULT_VECTOR), load<u32>(FAULT_CODE));
  }
  store<u64>(COUNT_INTERRUPTS, load<u64>(COUNT_INTERRUPTS) + 1);
  chargeEvent(outcome);
  return settleTask();
}

/**
 * Delivers the recorded fault of micro-op `op`, or of fetching at STATE_EIP when `op` is 0. Returns the micro-op to
 * continue with; 0 when `execute` must end, at STATE_EIP: after a shutdown, or because the budget is used up (a handler
 * that cannot be fetched would fault for ever).
 */
export function recover(op: usize): usize {
  let current = op;
  while (true) {
    if (load<u32>(STATE_SHUTDOWN)) {
      if (current) store<u32>(STATE_EIP, eipOf(current));
      return 0;
    }
    // The instruction before is complete: what is pending at this boundary, a single-step trap above all, comes first,
    // and the fetch is tried again after it (SDM volume 3, priority among simultaneous exceptions and interrupts).
    if (!current && budget() <= 0) return 0;
    // A breakpoint on an instruction comes before the fault of fetching it.
    if (!current) instructionBreakpoint(load<u32>(STATE_EIP) + load<u32>(segment(SEG_CS), SEGMENT_BASE));
    store<u32>(DEBUG_PENDING, 0);
    let vector = load<u32>(FAULT_VECTOR);
    if (current) {
      store<u32>(STATE_EIP, eipOf(current));
      refund(current);
      if (load<u32>(FAULT_BY_SEGMENT) && isOfStack(current)) vector = SS;
    }
    if (!deliverException(vector, load<u32>(FAULT_CODE))) return 0;
    if (budget() <= 0) return 0;
    current = resolve();
    if (current) return current;
  }
}

/** Whether a limit that was exceeded is that of SS; with flat segments it is DS's too. */
function isOfStack(op: usize): bool {
  if (load<u8>(op, OP_SEGMENT) != SEG_SS) return false;
  if (!(load<u8>(op, OP_FLAGS) & FLAG_DATA_OPERAND)) return true;
  const last = address(op) + operandSize(op) - 1;
  return last <= load<u32>(STATE_USER_LIMIT);
}

/** INT n (OP_SUB 0), INT1 (1), which ignores the gate's DPL, and INT3 (2). OP_IMM is the vector. */
export function opInterrupt(op: usize): u32 {
  store<u32>(STATE_EIP, nextEip(op));
  if (inV86() && load<u8>(op, OP_SUB) == 0) {
    const status = interruptOfV86(load<u32>(op, OP_IMM));
    if (status != DONE) return status;
  }
  const outcome = deliver(
    load<u32>(op, OP_IMM),
    load<u8>(op, OP_SUB) == 1 ? FROM_OUTSIDE : FROM_SOFTWARE,
    false,
    0,
  );
  if (outcome == DELIVER_FAULT) return FAULT;
  if (outcome == DELIVER_INNER) charge(clockTerm(op, 0));
  return settleTask() ? JUMP : FAULT;
}

/**
 * INT n in virtual-8086 mode: DONE when it goes to protected mode as elsewhere. With CR4.VME the task state segment's
 * redirection bitmap may keep it in the 8086's table (SDM volume 3, 20.3.3).
 */
function interruptOfV86(vector: u32): u32 {
  if (load<u32>(CR4) & CR4_VME) {
    const bit = redirectionBit(vector);
    if (bit > 1) return FAULT;
    if (bit == 0) {
      begin();
      if (enterTableHandler(vector << 2)) return JUMP;
      rollback();
      return FAULT;
    }
  }
  return iopl() == 3 ? DONE : u32(fault(GP, 0)) | FAULT;
}

/** Bit `vector` of the 32 bytes below the I/O permission bitmap; 1 where there is none, 2 after a page fault. */
function redirectionBit(vector: u32): u32 {
  const tr = segment(SEG_TR);
  const base = load<u32>(tr, SEGMENT_BASE);
  if (load<u32>(tr, SEGMENT_LIMIT) < 0x67) return 1;
  let p = readSystem(base + 0x66, 2);
  if (!p) return 2;
  const offset = <u32>load<u16>(p) - 32 + (vector >> 3);
  if (offset > load<u32>(tr, SEGMENT_LIMIT)) return 1;
  p = readSystem(base + offset, 1);
  return p ? (load<u8>(p) >> (vector & 7)) & 1 : 2;
}

export function opInterruptOverflow(op: usize): u32 {
  if (!overflow()) return DONE;
  store<u32>(STATE_EIP, nextEip(op));
  const outcome = deliver(OF, FROM_SOFTWARE, false, 0);
  if (outcome == DELIVER_FAULT) return FAULT;
  charge(clockTerm(op, outcome == DELIVER_INNER ? 1 : 0));
  return settleTask() ? JUMP : FAULT;
}

export function opBound(op: usize): u32 {
  const size = operandSize(op);
  const at = address(op);
  const shift: i32 = size == 4 ? 0 : 16;
  let p = readPointer(at, size);
  if (!p) return FAULT;
  const low = <i32>(loadSized(p, size) << shift);
  const index = <i32>(loadSized(load<u16>(op, OP_R2), size) << shift);
  // The upper bound is read only if the lower one holds, as the host processors of the comparison do.
  if (index < low) return u32(fault(BR, 0)) | FAULT;
  p = readPointer(at + size, size);
  if (!p) return FAULT;
  const high = <i32>(loadSized(p, size) << shift);
  return index > high ? u32(fault(BR, 0)) | FAULT : DONE;
}

/** IRET with NT set: back to the task that the back link of the TSS names, which must be a busy one in the GDT. */
function nestedTaskReturn(): bool {
  const p = readSystem(load<u32>(segment(SEG_TR), SEGMENT_BASE), 2);
  if (!p) return false;
  const link = loadSized(p, 2);
  if (link & 4) return fault(TS, link & 0xfffc);
  if (!readDescriptor(link, TS)) return false;
  const type = kind(load<u32>(DESCRIPTOR_HIGH));
  if (type != TYPE_TSS32_BUSY && type != TYPE_TSS16_BUSY) return fault(TS, link & 0xfffc);
  if (!(load<u32>(DESCRIPTOR_HIGH) & PRESENT)) return fault(NP, link & 0xfffc);
  return switchTask(link, TASK_RETURN, false) && settleTask();
}

export function opInterruptReturn(op: usize): u32 {
  const size = operandSize(op);
  if (usesParagraphs()) {
    if (!interruptReturnToParagraph(size)) return FAULT;
    return returned();
  }
  if (load<u32>(FLAGS_REST) & FLAG_NT) {
    store<u32>(STATE_EIP, nextEip(op));
    if (!nestedTaskReturn()) return FAULT;
    return returned() | LEAVE;
  }
  const p = peek(size * 2, size);
  if (!p) return FAULT;
  const flags = loadSized(p, size);
  if (size == 4 && flags & FLAG_VM && load<u32>(STATE_CPL) == 0) return returnToV86() ? returned() : FAULT;
  let mask = changeableFlags(size);
  if (size == 4 && load<u32>(STATE_CPL) == 0) mask |= load<u32>(CONFIG_FLAGS);
  const outcome = returnFar(size, 0, size * 3);
  if (outcome == RETURN_FAULT) return FAULT;
  if (outcome == RETURN_OUTER) charge(clockTerm(op, 0));
  setFlags(size == 4 ? flags : flags & ~FLAG_RF, mask | FLAG_RF);
  return returned();
}

/** The end of every IRET. */
function returned(): u32 {
  store<u32>(STATE_NMI_BLOCKED, 0);
  return flagsNeedAttention() || load<u32>(PIN_NMI) ? LEAVE : JUMP;
}
