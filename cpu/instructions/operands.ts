/** Operands of iced-x86 instructions in the core's terms. */
import { Instruction, MemorySizeExt, Mnemonic, OpKind, Register, RegisterExt } from "iced-x86";
import {
  FORM_M,
  FORM_MI,
  FORM_MR,
  FORM_R,
  FORM_RI,
  FORM_RM,
  FORM_RR,
  MODE_FLAT_DATA,
  MODE_STACK32,
  REG_EAX,
  REG_EBP,
  REG_EBX,
  REG_EDI,
  REG_ESI,
  REG_ZERO,
} from "../layout";
import type { SelectContext } from "./entry";

/** Address of a general register in the state block. */
export function registerAddress(register: Register): number {
  if (register === Register.None) return REG_ZERO;
  if (register >= Register.AL && register <= Register.BL) return REG_EAX + 4 * (register - Register.AL);
  if (register >= Register.AH && register <= Register.BH) return REG_EAX + 1 + 4 * (register - Register.AH);
  if (register >= Register.AX && register <= Register.DI) return REG_EAX + 4 * (register - Register.AX);
  if (register >= Register.EAX && register <= Register.EDI) return REG_EAX + 4 * (register - Register.EAX);
  throw new Error(`register ${register} is not a general register of these processors`);
}

/** Number of a segment register: ES CS SS DS FS GS. */
export function segmentIndex(register: Register): number {
  return register - Register.ES;
}

export function isSegment(register: Register): boolean {
  return register >= Register.ES && register <= Register.GS;
}

export interface MemoryOperand {
  base: number;
  index: number;
  /** 0-3 */
  scale: number;
  displacement: number;
  segment: number;
  address16: boolean;
}

const NARROW_BASES: ReadonlyMap<Register, number> = new Map([
  [Register.BX, REG_EBX],
  [Register.BP, REG_EBP],
  [Register.SI, REG_ESI],
  [Register.DI, REG_EDI],
]);

export function memoryOperand(instruction: Instruction): MemoryOperand {
  const base = instruction.memoryBase;
  const index = instruction.memoryIndex;
  const address16 = NARROW_BASES.has(base) || NARROW_BASES.has(index) || instruction.memoryDisplSize === 2;
  return {
    base: registerAddress(base),
    index: registerAddress(index),
    scale: Math.log2(instruction.memoryIndexScale),
    displacement: Number(BigInt.asUintN(32, instruction.memoryDisplacement)),
    segment: segmentIndex(instruction.memorySegment),
    address16,
  };
}

export function isImmediate(kind: OpKind): boolean {
  return kind >= OpKind.Immediate8 && kind <= OpKind.Immediate8to32;
}

/** FORM_ constant of an instruction's first two operands. */
export function operandForm(instruction: Instruction): number {
  const first = instruction.opCount > 0 ? instruction.opKind(0) : OpKind.Register;
  if (instruction.opCount < 2) return first === OpKind.Memory ? FORM_M : FORM_R;
  const second = instruction.opKind(1);
  if (first === OpKind.Memory) return isImmediate(second) ? FORM_MI : FORM_MR;
  if (second === OpKind.Memory) return FORM_RM;
  return isImmediate(second) ? FORM_RI : FORM_RR;
}

/** Size in bytes of operand `index`. */
export function operandSize(instruction: Instruction, index: number): number {
  if (instruction.opKind(index) === OpKind.Register) return RegisterExt.size(instruction.opRegister(index));
  return MemorySizeExt.size(instruction.memorySize);
}

/** Register operand `index`, or REG_ZERO where it is none. */
export function operandRegister(instruction: Instruction, index: number): number {
  if (index >= instruction.opCount || instruction.opKind(index) !== OpKind.Register) return REG_ZERO;
  const register = instruction.opRegister(index);
  return register >= Register.AL && register <= Register.EDI ? registerAddress(register) : REG_ZERO;
}

/** The last immediate operand, sign-extended to 32 bits as the instruction wants it; 0 where there is none. */
export function immediateOperand(instruction: Instruction): number {
  for (let i = instruction.opCount - 1; i >= 0; i--) {
    if (isImmediate(instruction.opKind(i))) return Number(BigInt.asUintN(32, instruction.immediate(i)));
  }
  return 0;
}

/** Whether an instruction has a memory operand of its ModRM byte. */
export function hasMemory(instruction: Instruction): boolean {
  for (let i = 0; i < instruction.opCount; i++) {
    if (instruction.opKind(i) === OpKind.Memory) return true;
  }
  return false;
}

/** Number of the control, debug or test register that a MOV names, 0 if none. */
export function systemRegister(instruction: Instruction): number {
  if (instruction.mnemonic !== Mnemonic.Mov) return 0;
  for (let i = 0; i < 2; i++) {
    if (instruction.opKind(i) !== OpKind.Register) continue;
    const register = instruction.opRegister(i);
    for (const first of [Register.CR0, Register.DR0, Register.TR0]) {
      if (register >= first && register < first + 8) return register - first;
    }
  }
  return 0;
}

/** Suffixes of conditional mnemonics by the condition's code. */
export const CONDITIONS = [
  ...(["o", "no", "b", "ae", "e", "ne", "be", "a"] as const),
  ...(["s", "ns", "p", "np", "l", "ge", "le", "g"] as const),
] as const;

/** Whether the short handlers of the stack will do: 32-bit pushes on a flat 32-bit stack. */
export function flatStack(context: SelectContext): boolean {
  const needed = MODE_FLAT_DATA | MODE_STACK32;
  return (context.mode & needed) === needed && context.operand === 4;
}
