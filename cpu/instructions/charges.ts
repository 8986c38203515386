/** How the rows of a form make its clocks: the terms of formulas.ts. */
import { CodeExt, Mnemonic, OpKind } from "iced-x86";
import type { Instruction } from "iced-x86";
import * as F from "./formulas";
import type { Cell, Charge, Charged } from "./entry";

type Terms = Partial<Omit<F.Clocks, "base" | "formula">>;

function clocks(base: number, formula = F.FORMULA_NONE, terms: Terms = {}): F.Clocks {
  return { base, formula, a: 0, b: 0, c: 0, d: 0, ...terms };
}

/** What the row says, no more. */
export const plain: Charge = ({ row }) => ({ clocks: clocks(row().low) });

export const branch: Charge = ({ row }) => {
  const base = row(" not taken").low;
  return { clocks: clocks(base, F.FORMULA_BRANCH, { a: row(" taken").low - base }) };
};

export const nearTransfer: Charge = ({ row }) => ({ clocks: clocks(row().low, F.FORMULA_TRANSFER) });

/** Conditional rows give the count for a true condition first. */
export const condition: Charge = ({ row }) => {
  const { low, high } = row();
  return { clocks: clocks(high, F.FORMULA_CONDITION, { a: low - high }) };
};

/** The printed minimum is the base plus the three steps of the shortest multiplier. */
const LEAST_MULTIPLY_STEPS = 3;

/** A range tells of a multiplier that ends early. */
export const multiply: Charge = ({ row, instruction }) => {
  const { low, high } = row();
  if (low === high) return { clocks: clocks(low) };
  const base = low - LEAST_MULTIPLY_STEPS;
  if (instruction.opCount < 3) return { clocks: clocks(base, F.FORMULA_MULTIPLY) };
  return { clocks: clocks(base), encoded: (i) => multiplySteps(signedMultiplier(i)) };
};

function signedMultiplier(instruction: Instruction): number {
  const kind = instruction.opKind(2);
  const word = kind === OpKind.Immediate16 || kind === OpKind.Immediate8to16;
  return Number(BigInt.asIntN(word ? 16 : 32, instruction.immediate(2)));
}

function multiplySteps(multiplier: number): number {
  const magnitude = Math.abs(multiplier);
  const bits = magnitude === 0 ? 0 : 32 - Math.clz32(magnitude - 1);
  return Math.max(LEAST_MULTIPLY_STEPS, bits);
}

/** i386 bit scan of zero: every bit is passed. No count is published. */
const I386_SCAN_ZERO_PER_BIT = 3;
/** BSF of a set lowest bit, above BSF of zero: 8 + 4 + 3 + 3 - 6 (i486 manual, appendix E). */
const SCAN_FORWARD_FIRST = 12;

export const scan: Charge = ({ row, instruction }) => {
  const { low, high, step } = row();
  if (step > 0) {
    const info = CodeExt.opCode(instruction.code);
    const bits = info.operandSize;
    info.free();
    return { clocks: clocks(low, F.FORMULA_SCAN, { a: step, b: bits * I386_SCAN_ZERO_PER_BIT }) };
  }
  // The printed minimum is for a zero source. For BSF 8 + 4(bytes + 1) + 3(nibbles + 1) +
  // 3(bits + 1), each count being of zeros passed inside the next larger unit.
  if (instruction.mnemonic === Mnemonic.Bsf) {
    const first = low + SCAN_FORWARD_FIRST;
    return { clocks: clocks(first, F.FORMULA_SCAN_STEPS, { b: -SCAN_FORWARD_FIRST }) };
  }
  const { first, perBit } = scanReverse(low, high);
  return { clocks: clocks(first, F.FORMULA_SCAN, { a: perBit, b: low - first }) };
};

/**
 * BSR of the i486: 7 + 3(distance from the top + 1), 6 of zero; of the Pentium 7 + 2(distance + 1), 7 of zero: that
 * is what the high ends of the ranges say.
 */
function scanReverse(low: number, high: number): { first: number; perBit: number } {
  const perBit = Math.floor((high - low) / 32);
  return { first: high - 31 * perBit, perBit };
}

/** Rotates through carry: the low end of the range plus one clock per position until the high end, declared. */
export const rotate: Charge = ({ row, instruction }) => {
  const { low, high } = row();
  const span = high - low;
  if (span === 0) return { clocks: clocks(low) };
  if (instruction.opKind(1) === OpKind.Register) {
    return { clocks: clocks(low, F.FORMULA_ROTATE, { a: span }) };
  }
  return { clocks: clocks(low), encoded: (i) => Math.min(i.immediate8 & 31, span) };
};

export const enter: Charge = ({ cell }) => ({
  clocks: clocks(0),
  encoded: (i) => {
    const level = i.immediate8_2nd & 31;
    const row = cell(`ENTER imm16,${level > 1 ? "n" : level}`);
    return row.low + row.step * level;
  },
});

function port(unchecked: Cell, checked: Cell): Charged {
  return { clocks: clocks(unchecked.low, F.FORMULA_PORT, { d: checked.low - unchecked.low }) };
}

export const ports: Charge = ({ row }) => port(row(" unchecked"), row(" checked"));

export const strings: Charge = ({ row, cell, instruction }) => {
  if (!isRepeated(instruction)) return { clocks: clocks(row().low) };
  const { low, step, none } = cell(repeated(instruction));
  return { clocks: clocks(low, F.FORMULA_REPEAT, { a: none - low, b: step }) };
};

export const stringPorts: Charge = ({ row, cell, instruction }) => {
  if (!isRepeated(instruction)) return port(row(" unchecked"), row(" checked"));
  const { low, step } = cell(`${repeated(instruction)} unchecked`);
  const d = cell(`${repeated(instruction)} checked`).low - low;
  return { clocks: clocks(low, F.FORMULA_REPEAT, { b: step, d }) };
};

export function isRepeated(instruction: Instruction): boolean {
  return instruction.hasRepPrefix || instruction.hasRepnePrefix;
}

function repeated(instruction: Instruction): string {
  return `REP ${Mnemonic[instruction.mnemonic].toUpperCase().slice(0, -1)}`;
}

export const segmentLimit: Charge = ({ row }) => {
  const base = row(" byte").low;
  return { clocks: clocks(base, F.FORMULA_GRANULARITY, { a: row(" page").low - base }) };
};

// Far transfers and interrupts: one row per level change.

export const farCall: Charge = ({ row }) => {
  const base = row(" same level").low;
  const parameters = row(" gate inner level n");
  return {
    clocks: clocks(base, F.FORMULA_FAR_CALL, {
      a: row(" gate same level").low - base,
      b: row(" gate inner level").low - base,
      c: parameters.low - base,
      d: parameters.step,
    }),
  };
};

/** Two rows: what the second costs more is term a. */
function second(formula: number, from: string, to: string): Charge {
  return ({ row }) => {
    const base = row(from).low;
    return { clocks: clocks(base, formula, { a: row(to).low - base }) };
  };
}

export const farJump = second(F.FORMULA_FAR_JUMP, " same level", " gate same level");
export const farReturn = second(F.FORMULA_FAR_RETURN, " same level", " outer level");
export const interruptReturn = second(F.FORMULA_INTERRUPT_RETURN, " same level", " outer level");
export const interrupt = second(F.FORMULA_INTERRUPT, " same level", " inner level");

export const overflow: Charge = ({ row }) => {
  const base = row(" not taken").low;
  return {
    clocks: clocks(base, F.FORMULA_INTO, {
      a: row(" taken same level").low - base,
      b: row(" taken inner level").low - base,
    }),
  };
};
