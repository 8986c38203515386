/** What a row of the instruction table is made of. */
import type { Instruction, Mnemonic } from "iced-x86";
import type { Clocks } from "./formulas";

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

/** What the choice depends on besides the instruction itself. */
export interface SelectContext {
  mode: number;
  /** Effective operand size: 2 or 4. */
  operand: number;
  address16: boolean;
  /** What the manual leaves undefined is to be as the i386 leaves it. */
  i386?: boolean;
}

/** Chooses handler and fields. `which` is the place of the mnemonic among those of the entry. */
export type Select = (s: Selection, which: number, i: Instruction, c: SelectContext) => void;

/**
 * Clock counts of a form in 32-bit protected mode: cache hits, no wait states, operands aligned, instruction already
 * fetched, transfers foreseen.
 *
 * `form` is the name and the operands, destination first; r and m mean any operand size unless a size is given. The form `*` is all
 * forms of the entry that have no row of their own.
 *
 * Clock grammar: a number; `a-b` a range; `a+m` with m as in formulas.ts; `a+kn` with n iterations, parameters or bits;
 * `a+kn|z` with z clocks for no iteration; `t/f` condition true/false. With `~` before it no manual gives the count: it is
 * declared here, and the source says why. Empty: the processor has no such form.
 *
 * `source` counts transcriptions of the i386's value, "k/n who; not who=value", and what else there is to say. P1 and P2 are two
 * transcriptions of the 80386 Programmer's Reference Manual (1986); IB, HP, UP and CK are timing tables copied from an
 * Intel manual (IBMulator, HelpPC, UniPCemu, a header of CLK_ constants); MM is MAME's table; RE the published notes on
 * the 386 microcode; BX 86Box's tables; QT the opening part of the Quantasm x87 list. Two printed errors are corrected: OR, SBB, SUB
 * and XOR have their memory directions exchanged in P1; STR is printed with LTR's count. The 387's counts are the i386's.
 * The i486's are those of the timing appendix of the i486 Programmer's Reference Manual, then HP. The Pentium's, which all later processors
 * are charged, are those of the Pentium Processor Family Developer's Manual, volume 3, as IBM's assembler reference prints
 * them; no pairing, and of the x87's latencies, not throughput.
 */
export type ClockRow = readonly [form: string, i386: string, i486: string, pentium: string, source: string];

/** A parsed clock count: `low-high` or `low/high`. For a single number, both are that number. */
export interface Cell {
  readonly low: number;
  readonly high: number;
  /** Factor of n. */
  readonly step: number;
  /** Without iterations. */
  readonly none: number;
}

/** What a charge is made from. */
export interface ChargeContext {
  readonly instruction: Instruction;
  /** The row of the instruction's form, or of that form with more words behind it. */
  row(suffix?: string): Cell;
  /** Any row of the entry. */
  cell(form: string): Cell;
}

/** Clocks of a form, and a charge that depends on the encoded operands. */
export interface Charged {
  readonly clocks: Clocks;
  readonly encoded?: (instruction: Instruction) => number;
}

/** How the rows of a form make its clocks; without one it costs what its row says. */
export type Charge = (context: ChargeContext) => Charged;

/** Instructions that are much alike: how they become micro-ops, and what they cost. */
export interface InstructionEntry {
  readonly mnemonics: readonly Mnemonic[];
  /** Where mnemonics are shared: whether an instruction is this entry's. */
  readonly when?: (instruction: Instruction) => boolean;
  readonly select: Select;
  /** The mnemonic's name in the forms of `clocks`, where it isn't itself. */
  readonly name?: string;
  /** How forms name the operands; if not said, by their kinds. */
  readonly operands?: "none" | "sized" | "x87";
  readonly clocks: readonly ClockRow[];
  readonly charge?: Charge;
}
