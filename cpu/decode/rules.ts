/** What rules that choose micro-ops are made of. */
import type { Instruction, Mnemonic } from "iced-x86";

/** What one instruction becomes; the decoder adds clocks, lengths and the memory operand. */
export interface Selection {
  handler: number;
  form: number;
  size: number;
  sub: number;
  r1: number;
  r2: number;
  immediate: number;
  /** OP_DISP of instructions without a memory operand. */
  displacement: number;
  /** The instruction writes its memory operand. */
  writes: boolean;
  /** Bytes of memory accessed, where that is not `size`; 0: the handler checks the segment itself. */
  accessed: number;
  /** The shift count is in CL. */
  byCl: boolean;
  /** Near transfer whose target can be linked. */
  linked: boolean;
  /** Nothing follows in the decoded run. */
  ends: boolean;
  /** The stack is used implicitly (its faults are #SS). */
  stack: boolean;
  /** An x87 instruction. */
  x87?: boolean;
  /** What must be ready before a memory operand is looked at: a READY_ constant. */
  ready?: number;
}

export type Rule = (s: Selection, instruction: Instruction, context: SelectContext) => void;

/** What the choice depends on besides the instruction itself. */
export interface SelectContext {
  mode: number;
  /** Effective operand size: 2 or 4. */
  operand: number;
  address16: boolean;
}

export type Rules = Map<Mnemonic, Rule>;
type IndexedRule = (s: Selection, which: number, i: Instruction, c: SelectContext) => void;

/** Gives `rules` a rule for some mnemonics, which is told which of them it is. */
export function definer(rules: Rules): (mnemonics: readonly Mnemonic[], rule: IndexedRule) => void {
  return (mnemonics, rule) =>
    mnemonics.forEach((mnemonic, which) => rules.set(mnemonic, (s, i, c) => rule(s, which, i, c)));
}
