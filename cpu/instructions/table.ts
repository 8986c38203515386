/**
 * The instruction table. Opcodes, flags and the feature that brought an instruction are iced-x86's; each entry adds how
 * it becomes micro-ops and what it costs, and the models say which features they have.
 */
import { Code, CpuidFeature, Mnemonic, OpKind, Register } from "iced-x86";
import type { Instruction } from "iced-x86";
import { FORM_R } from "../layout";
import { PROCESSOR_MODELS, type CpuModel } from "../models";
import * as op from "../operations.generated";
import { ARITHMETIC } from "./arithmetic";
import { BITS } from "./bits";
import { MMX } from "./mmx";
import { MOVES } from "./moves";
import { STACK } from "./stack";
import { STRINGS } from "./strings";
import { SYSTEM } from "./system";
import { TRANSFERS } from "./transfer";
import { X87 } from "./x87";
import { XMM } from "./xmm";
import { immediateOperand, operandForm, operandRegister, operandSize } from "./operands";
import type { InstructionEntry, SelectContext, Selection } from "./entry";

export const INSTRUCTIONS: readonly InstructionEntry[] = [
  ...MOVES,
  ...ARITHMETIC,
  ...BITS,
  ...STACK,
  ...TRANSFERS,
  ...STRINGS,
  ...SYSTEM,
  ...X87,
  ...MMX,
  ...XMM,
];

const byMnemonic = new Map<Mnemonic, InstructionEntry[]>();
for (const entry of INSTRUCTIONS) {
  for (const mnemonic of entry.mnemonics) {
    const entries = byMnemonic.get(mnemonic);
    if (entries) entries.push(entry);
    else byMnemonic.set(mnemonic, [entry]);
  }
}

/** The entry of an instruction; undefined where no processor here has it. */
export function entryOf(instruction: Instruction): InstructionEntry | undefined {
  return byMnemonic.get(instruction.mnemonic)?.find(({ when }) => when?.(instruction) ?? true);
}

/** Came with SSE2, whatever iced-x86 says. */
const LATER_THAN_MMX: readonly Code[] = [Code.Paddq_mm_mmm64];

/** Whether a processor has an instruction. */
export function isOfModel(instruction: Instruction, model: CpuModel): boolean {
  const { instructions, cpuid } = PROCESSOR_MODELS[model];
  if (!instruction.cpuidFeatures().every((feature) => instructions.has(feature))) return false;
  if (LATER_THAN_MMX.includes(instruction.code)) return instructions.has(CpuidFeature.SSE2);
  // CR4 came with CPUID, but has the opcode of the others.
  if (cpuid.length > 0 || instruction.mnemonic !== Mnemonic.Mov) return true;
  return !names(instruction, Register.CR4);
}

function names(instruction: Instruction, register: Register): boolean {
  return [0, 1].some(
    (i) => instruction.opKind(i) === OpKind.Register && instruction.opRegister(i) === register,
  );
}

/** Chooses handler and fields for a valid instruction; undefined where no processor has it. */
export function select(instruction: Instruction, context: SelectContext): Selection | undefined {
  const entry = entryOf(instruction);
  if (entry === undefined) return undefined;
  const form = operandForm(instruction);
  const first = operandRegister(instruction, 0);
  const size = instruction.opCount > 0 ? operandSize(instruction, 0) : context.operand;
  const selection: Selection = {
    handler: op.UNDEFINED,
    form,
    size,
    sub: 0,
    r1: first,
    r2: form === FORM_R ? first : operandRegister(instruction, 1),
    immediate: immediateOperand(instruction),
    displacement: 0,
    writes: false,
    accessed: -1,
    byCl: false,
    linked: false,
    ends: false,
    stack: false,
  };
  entry.select(selection, entry.mnemonics.indexOf(instruction.mnemonic), instruction, context);
  return selection;
}
