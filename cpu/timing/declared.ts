/** Clock facts that belong to no instruction, and the choices made where no manual states a number. */

import * as vector from "../vector-operations";
import type { CpuModel } from "../models";
import { X87_CLOCK_ROWS } from "./clocks-x87";

/** The models with clocks of their own; later ones have those of the i486. */
export type ClockModel = "i386" | "i486";

export function clockModel(model: CpuModel): ClockModel {
  return model === "i386" ? "i386" : "i486";
}

/** Charges of one model, in clocks. */
export interface ClockRules {
  /** Whether a taken transfer pays m, the components of the instruction at its target. */
  readonly transferComponents: boolean;
  /** Each prefix byte other than REP. */
  readonly prefix: number;
  /** An address with base, index and displacement. */
  readonly threePartAddress: number;
  /** LEA with an index register, instead of `threePartAddress`. */
  readonly leaIndex: number;
  /** A store that has both a displacement and an immediate (MOV m,imm). */
  readonly displacementAndImmediate: number;
  /** Each data access that crosses a 4-byte boundary. */
  readonly misaligned: number;
  /** A page walk (TLB miss) by how many of the two entries had to be written to set A or D: none, one, both. */
  readonly walk: readonly [number, number, number];
  /** Each descriptor whose accessed bit was clear when a segment register was loaded. */
  readonly accessedUpdate: number;
  /** Delivery of a hardware interrupt or exception without a level change. */
  readonly eventSame: number;
  /** The same, to an inner level. */
  readonly eventInner: number;
}

/** Bus clocks of one memory cycle without wait states (both data sheets). */
const BUS_CYCLE = 2;

/**
 * i386, page walk: no figure is published. The two table reads and each write of A or D are bus cycles; five more
 * clocks stand for the microcode around them. 9 lies between the bus minimum of 4 and the 20 that decoded microcode
 * suggests.
 */
const I386_WALK = 2 * BUS_CYCLE + 5;

const RULES: Record<ClockModel, ClockRules> = {
  i386: {
    transferComponents: true,
    prefix: 0,
    threePartAddress: 1,
    leaIndex: 0,
    displacementAndImmediate: 0,
    // Declared: the extra bus cycle that the manual names without a number.
    misaligned: BUS_CYCLE,
    walk: [I386_WALK, I386_WALK + BUS_CYCLE, I386_WALK + 2 * BUS_CYCLE],
    // Declared: the update is not mentioned by the manual, whose segment load counts include the descriptor.
    accessedUpdate: 0,
    // Declared: the counts of INT 3; the manual gives its interrupt table for exceptions and external interrupts too.
    eventSame: 59,
    eventInner: 99,
  },
  i486: {
    transferComponents: false,
    prefix: 1,
    threePartAddress: 1,
    leaIndex: 1,
    displacementAndImmediate: 1,
    misaligned: 3,
    // i486 data sheet, assumptions of the clock count summary: 13, 21 or 28 by the entries whose A or D must be set.
    walk: [13, 21, 28],
    accessedUpdate: 11,
    eventSame: 44,
    eventInner: 71,
  },
};

export function rulesFor(model: CpuModel): ClockRules {
  return RULES[clockModel(model)];
}

/** Clocks that no manual states, in the grammar of clocks.ts, each with its reason. */
export interface DeclaredClocks {
  readonly form: string;
  readonly i386?: string;
  readonly i486?: string;
  /** Of what came after the i486. */
  readonly later?: string;
  readonly reason: string;
}

/** x87 instructions that no source lists, each with the nearest one that is. */
const LIKE_ANOTHER: readonly (readonly [form: string, like: string])[] = [
  ["FSUBR m32", "FSUB m32"],
  ["FSUBR m64", "FSUB m64"],
  ["FISUBR m16", "FISUB m16"],
  ["FISUBR m32", "FISUB m32"],
  ["FDIVR st", "FDIV st"],
  ["FDIVR m32", "FDIV m32"],
  ["FDIVR m64", "FDIV m64"],
  ["FIDIVR m16", "FIDIV m16"],
  ["FIDIVR m32", "FIDIV m32"],
  ["FSUBP st", "FSUB st"],
  ["FSUBRP st", "FSUB st"],
  ["FMULP st", "FMUL st"],
  ["FDIVP st", "FDIV st"],
  ["FDIVRP st", "FDIV st"],
  ["FCOMP m32", "FCOM m32"],
  ["FCOMP m64", "FCOM m64"],
  ["FICOMP m16", "FICOM m16"],
  ["FICOMP m32", "FICOM m32"],
  ["FCOMPP", "FCOMP st"],
  ["FUCOMP st", "FUCOM st"],
  ["FUCOMPP", "FUCOM st"],
  ["FFREEP st", "FFREE st"],
  ["FSTPNCE st", "FSTP st"],
  ["FNSTSW r", "FNSTSW m"],
  ["FNENI", "FNOP"],
  ["FNDISI", "FNOP"],
];

function likeAnother(): DeclaredClocks[] {
  return LIKE_ANOTHER.map(([form, like]) => {
    const [, i386, i486] = X87_CLOCK_ROWS.find(([name]) => name === like)!;
    return { form, i386, i486, reason: `not listed; as ${like}` };
  });
}

/** What later processors brought, in clocks of an i486 that had it. */
const LATER: readonly DeclaredClocks[] = (
  [
    ["CPUID", "14", "the Pentium's"],
    ["RDTSC", "6", "the Pentium's least"],
    ["RDMSR", "20", "the Pentium's least"],
    ["WRMSR", "30", "the Pentium's least"],
    ["RDPMC", "20", "as RDMSR"],
    ["FXSAVE m", "143", "as FNSAVE"],
    ["FXRSTOR m", "120", "as FRSTOR"],
    ["EMMS", "50", "the Pentium's with MMX"],
    ["MOVD r,r", "1", "as MOV"],
    ["MOVD r,m", "1", "as MOV"],
    ["MOVD m,r", "1", "as MOV"],
    ["MOVQ r,r", "1", "as MOV"],
    ["MOVQ r,m", "1", "as MOV"],
    ["MOVQ m,r", "1", "as MOV"],
    ["SYSENTER", "20", "less than half an INT to an inner level, of which it leaves the checks out"],
    ["SYSEXIT", "20", "as SYSENTER"],
    ["CMPXCHG8B m", "10", "the Pentium's"],
    ["CMOVcc r,r", "1", "as MOV"],
    ["CMOVcc r,m", "1", "as MOV"],
    ["FCMOVcc st", "4", "as FXCH"],
    ["FCOMI st", "4", "as FCOM"],
    ["FCOMIP st", "4", "as FCOM"],
    ["FUCOMI st", "4", "as FUCOM"],
    ["FUCOMIP st", "4", "as FUCOM"],
    ["NOP r", "1", "as NOP"],
    ["NOP m", "1", "as NOP"],
    ["NOP r,r", "1", "as NOP"],
    ["NOP m,r", "1", "as NOP"],
    ["MOV CR4,r", "4", "as MOV to CR3"],
    ["MOV r,CR4", "4", "as MOV from CR3"],
  ] as const
).map(([form, later, reason]) => ({ form, later, reason }));

/** MMX: one clock, three for multiplication (Pentium manual volume 3, appendix F, with a memory operand as a register). */
function mmxClocks(): DeclaredClocks[] {
  const shifts = /^PS[LR][LA][WDQ]$/;
  const names = Object.keys(vector).filter((name) => name.startsWith("P"));
  return names.flatMap((name) => {
    const later = name.startsWith("PM") ? "3" : "1";
    const forms = [`${name} r,r`, `${name} r,m`, ...(shifts.test(name) ? [`${name} r,imm`] : [])];
    return forms.map((form) => ({ form, later, reason: "the Pentium's with MMX" }));
  });
}

/** Instructions that came with SSE and SSE2, by name; the first that fits. */
const XMM_CLOCKS: readonly (readonly [name: RegExp, clocks: number, reason: string])[] = [
  [/^(SQRT|DIV)[PS]D$/, 38, "the Pentium III's and 4's, of one number"],
  [/^(SQRT|DIV)[PS]S$/, 18, "the Pentium III's, of one number"],
  [/^(MUL|PMUL|PMADD|PSAD)/, 3, "as MMX's multiplication"],
  [/^(ADD|SUB|MIN|MAX|CMP|COMI|UCOMI|CVT|RCP|RSQRT)/, 3, "the Pentium III's latency"],
  [/^(LDMXCSR|STMXCSR)$/, 4, "as FLDCW"],
  [/^(MASKMOV|CLFLUSH|[LSM]FENCE)/, 4, "as a few stores"],
  [/./, 1, "as MOV"],
];

/** Clocks of an instruction of SSE or SSE2. */
export function xmmClocks(name: string): number {
  return XMM_CLOCKS.find(([pattern]) => pattern.test(name))![1];
}

export const DECLARED_CLOCKS: readonly DeclaredClocks[] = [
  { form: "LOOP not taken", i386: "11", reason: "the manual prints only 11+m: the same without a target" },
  { form: "LOOPE not taken", i386: "11", reason: "as LOOP" },
  { form: "LOOPNE not taken", i386: "11", reason: "as LOOP" },
  {
    form: "REP LODS",
    i386: "5+5n",
    reason: "absent from the manual; LODS is 5, and other tables repeat that per step",
  },
  { form: "SALC", i386: "3", i486: "3", reason: "undocumented; as CBW, the nearest one-byte ALU operation" },
  { form: "INT1 same level", i386: "59", i486: "44", reason: "undocumented; as INT3" },
  { form: "INT1 inner level", i386: "99", i486: "71", reason: "undocumented; as INT3" },
  ...likeAnother(),
  ...LATER,
  ...mmxClocks(),
];

/** i386 bit scan of zero: every bit is passed. No count is published. */
export const I386_SCAN_ZERO_PER_BIT = 3;

/**
 * Rotate through carry by CL or an immediate on the i486: the manual prints a range (8-30, 9-31) without a formula.
 * Declared: the low end plus one clock per position until the high end.
 */
export const I486_ROTATE_PER_POSITION = 1;
