/** From an iced-x86 instruction to the handler of its micro-op. */
import type { Instruction } from "iced-x86";
import { FORM_R } from "../layout";
import * as op from "../operations.generated";
import { immediateOperand, operandForm, operandRegister, operandSize } from "./operands";
import type { Rules, SelectContext, Selection } from "./rules";
import { INTEGER_RULES } from "./rules-integer";
import { MMX_RULES } from "./rules-mmx";
import { SYSTEM_RULES } from "./rules-system";
import { TRANSFER_RULES } from "./rules-transfer";
import { X87_RULES } from "./rules-x87";
import { XMM_RULES } from "./rules-xmm";

const RULES: Rules = new Map([
  ...INTEGER_RULES,
  ...TRANSFER_RULES,
  ...SYSTEM_RULES,
  ...X87_RULES,
  ...MMX_RULES,
  ...XMM_RULES,
]);

/** Chooses handler and fields for a valid instruction; undefined where the processor has no such instruction. */
export function select(instruction: Instruction, context: SelectContext): Selection | undefined {
  const rule = RULES.get(instruction.mnemonic);
  if (rule === undefined) return undefined;
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
  rule(selection, instruction, context);
  return selection;
}
