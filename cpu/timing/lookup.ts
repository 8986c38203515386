import type { Instruction } from "iced-x86";
import type { ClockModel } from "./declared";

/** What one instruction costs: `base`, and what `formula` (a FORMULA_ constant) adds at run time. */
export interface Clocks {
  readonly base: number;
  readonly formula: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * Clocks of a decoded instruction in 32-bit protected mode.
 * `prefixes` is the number of its prefix bytes other than REP/REPE/REPNE: the i486 pays for each.
 * Returns undefined for an instruction that the model does not have (#UD) and for x87.
 */
export function clocksFor(
  _instruction: Instruction,
  _model: ClockModel,
  _prefixes: number,
): Clocks | undefined {
  throw new Error("not yet");
}

/**
 * m: what a taken transfer pays for the instruction at its target. Prefix, opcode, ModRM and SIB bytes count one
 * each, the whole displacement one, the whole immediate one.
 */
export function transferComponents(_instruction: Instruction): number {
  throw new Error("not yet");
}
