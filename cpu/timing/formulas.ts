/**
 * The dynamic terms of instruction clocks.
 *
 * `clocksFor` describes an instruction by one formula and five numbers: base, a, b, c, d. What a formula does with
 * them is said here and nowhere else; the core computes it. "+ m" is the component count of the instruction at the
 * target of a taken transfer (see `transferComponents`), added only where `rulesFor(model).transferComponents` is
 * set. This file is in the subset of TypeScript that the AssemblyScript core imports.
 */

/** base */
export const FORMULA_NONE = 0;
/** base + m: the transfer is always taken. */
export const FORMULA_TRANSFER = 1;
/** Condition false: base. True, and so taken: a + m. */
export const FORMULA_BRANCH = 2;
/** Condition false: base. True: a. (SETcc; CMPXCHG, where true means equal.) */
export const FORMULA_CONDITION = 3;
/**
 * REP string instruction with n iterations done: n = 0: a; n = 1: b; otherwise base + c * n.
 * Port forms add d when the I/O permission bitmap is consulted (CPL > IOPL).
 * A resumed repetition is charged as a new one.
 */
export const FORMULA_REPEAT = 4;
/** base + max(3, ceil(log2 |multiplier|)), the multiplier being the r/m operand; 0 counts as 1. */
export const FORMULA_MULTIPLY = 5;
/** Bit scan, n zero bits passed before the hit: base + a * n. Source zero: b. */
export const FORMULA_SCAN = 6;
/**
 * i486 BSF, by bytes, nibbles and bits: with index i of the hit,
 * base + 4 * (i >> 3) + 3 * ((i >> 2) & 1) + 3 * (i & 3). Source zero: b.
 */
export const FORMULA_SCAN_STEPS = 7;
/** Rotate through carry by CL: base + min(CL & 31, a). */
export const FORMULA_ROTATE = 8;
/** IN, OUT, INS, OUTS without REP. CPL <= IOPL: base. Permission bitmap consulted: base + d. */
export const FORMULA_PORT = 9;
/** LSL. Byte-granular segment, or none loaded: base. Page-granular: a. */
export const FORMULA_GRANULARITY = 10;
/**
 * Far CALL. Code segment: base + m. Call gate to the same level: a + m. To an inner level without parameters: b + m.
 * With n parameters: c + d * n + m.
 */
export const FORMULA_FAR_CALL = 11;
/** Far JMP. Code segment: base + m. Call gate: a + m. */
export const FORMULA_FAR_JUMP = 12;
/** Far RET. Same level: base + m. Outer level: a. */
export const FORMULA_FAR_RETURN = 13;
/** INT n, INT3, taken INTO. Same level: base. Inner level: a. INTO not taken: b. */
export const FORMULA_INTERRUPT = 14;
/** IRET. Same level: base. Outer level: a. */
export const FORMULA_INTERRUPT_RETURN = 15;
