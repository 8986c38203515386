/** The stack, and the instructions that use it. */
import {
  DONE,
  FAULT,
  MODE_FLAT_DATA,
  MODE_STACK32,
  OP_DISP,
  OP_IMM,
  OP_R1,
  OP_SEGMENT,
  REG_ADDRESS,
  REG_EAX,
  REG_EBP,
  REG_ESP,
  SEG_SS,
  STATE_MODE,
  STATE_TLB,
} from "../layout";
import { flagsPermitted, poppedFlagsPermitted, pushedFlags, writeFlags } from "./flag-operations";
import { FLAG_RF, FLAG_VM } from "./flags";
import { loadSized, probeWrite, readPointer, storeSized, write } from "./memory";
import { effectiveAddress, operandSize, sourcePointer } from "./operands";
import { checkAccess } from "./segment";
import { isI386 } from "./state";

export function stackMask(): u32 {
  return load<u32>(STATE_MODE) & MODE_STACK32 ? 0xffffffff : 0xffff;
}

/** Sets ESP, or SP alone on a 16-bit stack. */
export function setStackPointer(value: u32): void {
  const mask = stackMask();
  store<u32>(REG_ESP, (load<u32>(REG_ESP) & ~mask) | (value & mask));
}

/** Linear address of a stack access in REG_ADDRESS; false after #SS. */
function stackAddress(offset: u32, size: u32, writing: bool): bool {
  if (load<u32>(STATE_MODE) & MODE_FLAT_DATA) {
    store<u32>(REG_ADDRESS, offset & stackMask());
    return true;
  }
  return checkAccess(SEG_SS, offset & stackMask(), size, writing);
}

/** Writes below the stack pointer without moving it: `depth` is the distance in bytes. */
export function pushAt(depth: u32, size: u32, value: u32): bool {
  return stackAddress(load<u32>(REG_ESP) - depth, size, true) && write(load<u32>(REG_ADDRESS), size, value);
}

export function push(size: u32, value: u32): bool {
  if (!pushAt(size, size, value)) return false;
  setStackPointer(load<u32>(REG_ESP) - size);
  return true;
}

/** Address in core memory of the stack word `depth` bytes above the stack pointer; 0 after a fault. */
export function peek(depth: u32, size: u32): usize {
  if (!stackAddress(load<u32>(REG_ESP) + depth, size, false)) return 0;
  return readPointer(load<u32>(REG_ADDRESS), size);
}

export function opPush(op: usize): u32 {
  const size = operandSize(op);
  const p = sourcePointer(op);
  if (!p) return FAULT;
  return push(size, loadSized(p, size)) ? DONE : FAULT;
}

export function opPop(op: usize): u32 {
  const size = operandSize(op);
  const p = peek(0, size);
  if (!p) return FAULT;
  const value = loadSized(p, size);
  setStackPointer(load<u32>(REG_ESP) + size);
  storeSized(load<u16>(op, OP_R1), size, value);
  return DONE;
}

/**
 * The stack is read before the operand is looked at, whose address counts ESP after the pop (SDM volume 2, POP): of two
 * faults that of the stack is reported. No SEG_EA comes before it; the decoder added the operand size to the address.
 */
export function opPopMemory(op: usize): u32 {
  const size = operandSize(op);
  if (!checkAccess(SEG_SS, load<u32>(REG_ESP) & stackMask(), size, false)) return FAULT;
  const p = readPointer(load<u32>(REG_ADDRESS), size);
  if (!p) return FAULT;
  const value = loadSized(p, size);
  if (!checkAccess(load<u8>(op, OP_SEGMENT), effectiveAddress(op), size, true)) return FAULT;
  if (!write(load<u32>(REG_ADDRESS), size, value)) return FAULT;
  setStackPointer(load<u32>(REG_ESP) + size);
  return DONE;
}

/** Whether each of the words pushed into `bytes` below the stack pointer can be written; else the first one that cannot faults. */
function probeStack(bytes: u32, size: u32): bool {
  const esp = load<u32>(REG_ESP);
  for (let depth = size; depth <= bytes; depth += size) {
    if (!stackAddress(esp - depth, size, true)) return false;
    if (!probeWrite(load<u32>(STATE_TLB), load<u32>(REG_ADDRESS), size)) return false;
  }
  return true;
}

export function opPushAll(op: usize): u32 {
  const size = operandSize(op);
  if (!probeStack(size * 8, size)) return FAULT;
  const esp = load<u32>(REG_ESP);
  for (let i: u32 = 0; i < 8; i++) {
    if (!pushAt((i + 1) * size, size, load<u32>(REG_EAX + (i << 2)))) return FAULT;
  }
  setStackPointer(esp - size * 8);
  return DONE;
}

export function opPopAll(op: usize): u32 {
  const size = operandSize(op);
  // All of them first: a fault must leave every register as it was.
  for (let i: u32 = 0; i < 8; i++) {
    if (!peek(i * size, size)) return FAULT;
  }
  let upper: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    const p = peek(i * size, size);
    if (!p) return FAULT;
    const at: usize = REG_EAX + ((7 - i) << 2);
    if (at != REG_ESP) storeSized(at, size, loadSized(p, size));
    else upper = loadSized(p, size) & 0xffff0000;
  }
  // The i386 takes the upper half of ESP from the stack, where that is no part of the stack pointer.
  if (isI386() && size == 4 && stackMask() == 0xffff)
    store<u32>(REG_ESP, upper | (load<u32>(REG_ESP) & 0xffff));
  setStackPointer(load<u32>(REG_ESP) + size * 8);
  return DONE;
}

export function opPushFlags(op: usize): u32 {
  const size = operandSize(op);
  if (!flagsPermitted(size)) return FAULT;
  return push(size, pushedFlags(size) & ~(FLAG_RF | FLAG_VM)) ? DONE : FAULT;
}

export function opPopFlags(op: usize): u32 {
  const size = operandSize(op);
  if (!flagsPermitted(size)) return FAULT;
  const p = peek(0, size);
  if (!p) return FAULT;
  const value = loadSized(p, size);
  if (!poppedFlagsPermitted(value)) return FAULT;
  setStackPointer(load<u32>(REG_ESP) + size);
  return writeFlags(op, value, size);
}

/** ENTER: OP_IMM is the frame size, OP_DISP the nesting level. */
export function opEnter(op: usize): u32 {
  const size = operandSize(op);
  const level = load<u32>(op, OP_DISP) & 31;
  const frame = load<u32>(op, OP_IMM) & 0xffff;
  const mask = stackMask();
  const ebp = load<u32>(REG_EBP);
  const top = load<u32>(REG_ESP) - size;
  const pushed = (level + 1) * size;
  if (!probeStack(pushed, size)) return FAULT;
  if (!pushAt(size, size, ebp)) return FAULT;
  for (let i: u32 = 1; i < level; i++) {
    if (!stackAddress(ebp - i * size, size, false)) return FAULT;
    const p = readPointer(load<u32>(REG_ADDRESS), size);
    if (!p || !pushAt((i + 1) * size, size, loadSized(p, size))) return FAULT;
  }
  if (level && !pushAt(pushed, size, (load<u32>(REG_ESP) & ~mask) | (top & mask))) return FAULT;
  const bottom = load<u32>(REG_ESP) - (level ? pushed : size) - frame;
  // The last byte of the new frame must be writable, as if it had been pushed.
  if (!stackAddress(bottom, size, true) || !probeWrite(load<u32>(STATE_TLB), load<u32>(REG_ADDRESS), 1))
    return FAULT;
  storeSized(REG_EBP, size, top);
  if (size == 4 && mask == 0xffff) store<u32>(REG_EBP, (ebp & ~mask) | (top & mask));
  setStackPointer(bottom);
  return DONE;
}

export function opLeaveFrame(op: usize): u32 {
  const size = operandSize(op);
  const ebp = load<u32>(REG_EBP);
  if (!stackAddress(ebp, size, false)) return FAULT;
  const p = readPointer(load<u32>(REG_ADDRESS), size);
  if (!p) return FAULT;
  const value = loadSized(p, size);
  setStackPointer(ebp + size);
  storeSized(REG_EBP, size, value);
  return DONE;
}
