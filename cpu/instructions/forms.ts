/** Names of instructions' forms, as the rows of the table spell them. */
import { CodeExt, MemorySizeExt, Mnemonic, OpCodeOperandKind, OpKind, Register } from "iced-x86";
import type { Instruction } from "iced-x86";
import { isImmediate, systemRegister } from "./operands";
import type { InstructionEntry } from "./entry";

/** The form of an instruction, as `MOV r,m`. */
export function formOf(instruction: Instruction, entry: InstructionEntry): string {
  const name = entry.name ?? Mnemonic[instruction.mnemonic].toUpperCase();
  if (entry.operands === "none" || instruction.opCount === 0) return name;
  const info = CodeExt.opCode(instruction.code);
  const operands: string[] = [];
  if (entry.operands === "x87") operands.push(x87Operand(instruction, entry));
  else {
    for (let i = 0; i < instruction.opCount; i++) {
      const text = operandText(instruction, i, info.opKind(i));
      operands.push(entry.operands === "sized" ? text + operandBits(info.opKind(i)) : text);
    }
  }
  info.free();
  return `${name} ${operands.join(",")}`;
}

/** Memory operands of numbers are told apart by their size, those of control and state are not. */
function x87Operand(instruction: Instruction, entry: InstructionEntry): string {
  if (instruction.op0Kind === OpKind.Memory) {
    const bits = `m${8 * MemorySizeExt.size(instruction.memorySize)}`;
    const name = Mnemonic[instruction.mnemonic].toUpperCase();
    return entry.clocks.some(([form]) => form === `${name} ${bits}`) ? bits : "m";
  }
  return instruction.op0Register === Register.AX ? "r" : "st";
}

function operandText(instruction: Instruction, operand: number, encoding: OpCodeOperandKind): string {
  switch (encoding) {
    case OpCodeOperandKind.al:
    case OpCodeOperandKind.ax:
    case OpCodeOperandKind.eax:
      return "acc";
    case OpCodeOperandKind.mem_offs:
      return "moffs";
    case OpCodeOperandKind.cl:
      return "CL";
    case OpCodeOperandKind.dx:
      return "DX";
    case OpCodeOperandKind.imm8_const_1:
      return "1";
    case OpCodeOperandKind.cr_reg:
      return `CR${systemRegister(instruction)}`;
    case OpCodeOperandKind.dr_reg:
      return systemRegister(instruction) < 4 ? "DR0-DR3" : "DR6/DR7";
    case OpCodeOperandKind.tr_reg:
      return "TR";
    case OpCodeOperandKind.farbr2_2:
    case OpCodeOperandKind.farbr4_2:
      return "ptr";
  }
  const kind = instruction.opKind(operand);
  if (kind === OpKind.Memory) return "m";
  if (kind === OpKind.NearBranch16 || kind === OpKind.NearBranch32) return "rel";
  if (kind !== OpKind.Register) return isImmediate(kind) ? "imm" : "m";
  const register = instruction.opRegister(operand);
  return register >= Register.ES && register <= Register.GS ? "Sreg" : "r";
}

const OPERAND_BITS: ReadonlyMap<OpCodeOperandKind, number> = new Map([
  [OpCodeOperandKind.r8_or_mem, 8],
  [OpCodeOperandKind.r16_or_mem, 16],
  [OpCodeOperandKind.r32_or_mem, 32],
  [OpCodeOperandKind.r16_reg, 16],
  [OpCodeOperandKind.r32_reg, 32],
  [OpCodeOperandKind.imm8sex16, 8],
  [OpCodeOperandKind.imm8sex32, 8],
  [OpCodeOperandKind.imm16, 16],
  [OpCodeOperandKind.imm32, 32],
]);

function operandBits(encoding: OpCodeOperandKind): number {
  const bits = OPERAND_BITS.get(encoding);
  if (bits === undefined) throw new Error(`clock table: no size for operand kind ${encoding}`);
  return bits;
}
