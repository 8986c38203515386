/**
 * The dynamic terms of instruction clocks.
 *
 * `clocksFor` describes an instruction by its base, one formula and four signed numbers a, b, c, d. The base is always
 * charged; a formula says what else the core adds at run time, here and nowhere else. "m" is the component count of the
 * instruction at the target of a taken transfer (`transferComponents`); it is added only where
 * `rulesFor(model).transferComponents` is set. An instruction that faults charges nothing of its own; the delivery of
 * the exception is charged by the rules.
 */

/** What one instruction costs: `base`, and what `formula` (a FORMULA_ constant) adds at run time. */
export interface Clocks {
  readonly base: number;
  readonly formula: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Nothing. */
export const FORMULA_NONE = 0;
/** m: the transfer is always taken. */
export const FORMULA_TRANSFER = 1;
/** Taken: a + m. */
export const FORMULA_BRANCH = 2;
/** Condition true: a. (SETcc; CMPXCHG, where true means equal.) */
export const FORMULA_CONDITION = 3;
/**
 * REP string instruction. No iteration at all: a. Each iteration: b. Port forms with the I/O permission bitmap
 * consulted (CPL > IOPL): d. A repetition resumed after an interrupt or exception is charged as a new one; a pause that
 * the guest cannot see charges nothing.
 */
export const FORMULA_REPEAT = 4;
/** max(3, ceil(log2 |multiplier|)), the multiplier being the r/m operand; 0 counts as 1. */
export const FORMULA_MULTIPLY = 5;
/** Bit scan. Source zero: b. Otherwise a * (zero bits passed before the hit). */
export const FORMULA_SCAN = 6;
/** BSF of the i486 and the Pentium. Source zero: b. Hit at index i: 4 * (i >> 3) + 3 * ((i >> 2) & 1) + 3 * (i & 3). */
export const FORMULA_SCAN_STEPS = 7;
/** Rotate through carry by CL: min(CL & 31, a). */
export const FORMULA_ROTATE = 8;
/** IN, OUT, INS, OUTS without REP, with the permission bitmap consulted (CPL > IOPL): d. */
export const FORMULA_PORT = 9;
/** LSL of a page-granular segment: a. */
export const FORMULA_GRANULARITY = 10;
/** Far CALL: m, and: call gate to the same level: a; to an inner level without parameters: b; with n of them: c + d * n. */
export const FORMULA_FAR_CALL = 11;
/** Far JMP: m, and through a call gate: a. */
export const FORMULA_FAR_JUMP = 12;
/** Far RET. Same level: m. Outer level: a (no m). */
export const FORMULA_FAR_RETURN = 13;
/** INT n, INT3, INT1. Inner level: a. */
export const FORMULA_INTERRUPT = 14;
/** INTO. Taken to the same level: a; to an inner level: b. */
export const FORMULA_INTO = 15;
/** IRET. Outer level: a. */
export const FORMULA_INTERRUPT_RETURN = 16;
