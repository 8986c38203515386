/** MMX, SSE and SSE2: most instructions are there for both sizes of registers. */
import { Instruction, MemorySizeExt, Mnemonic, OpKind, Register } from "iced-x86";
import { READY_MMX, READY_XMM, XMM_REGISTERS, XMM_REGISTER_SHIFT } from "../layout";
import * as op from "../operations.generated";
import * as vector from "../vector-operations";
import { LANE_OPERATIONS, mmxOperands, mmxRegister, selectMmx, sinceMmx } from "./mmx";
import type { InstructionEntry, Selection } from "./entry";

const WHOLE = 16;

/** CMPSD and MOVSD are names of string instructions too. */
const noString = (i: Instruction) => !i.isStringInstruction;

/** Address of the SSE register that is operand `index`, if it is one. */
function xmmRegister(i: Instruction, index: number): number | undefined {
  if (i.opKind(index) !== OpKind.Register) return undefined;
  const number = i.opRegister(index) - Register.XMM0;
  return number >= 0 && number < 8 ? XMM_REGISTERS + (number << XMM_REGISTER_SHIFT) : undefined;
}

function isXmm(i: Instruction): boolean {
  return xmmRegister(i, 0) !== undefined || xmmRegister(i, 1) !== undefined;
}

/** Addresses of registers, and the size of the operand in memory. */
function operands(s: Selection, i: Instruction): void {
  s.ready = isXmm(i) ? READY_XMM : READY_MMX;
  s.r1 = xmmRegister(i, 0) ?? mmxRegister(i, 0) ?? s.r1;
  s.r2 = xmmRegister(i, 1) ?? mmxRegister(i, 1) ?? s.r2;
  const inMemory = [0, 1].some((index) => i.opKind(index) === OpKind.Memory);
  s.size = inMemory ? MemorySizeExt.size(i.memorySize) : WHOLE;
}

const MULTIPLIES = /^P(mul|madd|sad)/;

/** Where both sizes of registers have an instruction, `sub` is the same for both. */
function laneOperation([mnemonic, sub]: readonly [Mnemonic, number]): InstructionEntry {
  return {
    mnemonics: [mnemonic],
    select(s, _which, i) {
      if (!isXmm(i)) return selectMmx(s, i, sub);
      s.handler = op.XMM;
      s.sub = sub;
      operands(s, i);
    },
    clocks: sinceMmx(MULTIPLIES.test(Mnemonic[mnemonic]) ? 3 : 1, "the Pentium's with MMX"),
  };
}

const OPERATIONS: readonly (readonly [Mnemonic, number])[] = [
  [Mnemonic.Pshufd, vector.PSHUFD],
  [Mnemonic.Pshufhw, vector.PSHUFHW],
  [Mnemonic.Pshuflw, vector.PSHUFLW],
  [Mnemonic.Punpcklqdq, vector.PUNPCKLQDQ],
  [Mnemonic.Punpckhqdq, vector.PUNPCKHQDQ],
  [Mnemonic.Unpcklps, vector.PUNPCKLDQ],
  [Mnemonic.Unpckhps, vector.PUNPCKHDQ],
  [Mnemonic.Unpcklpd, vector.PUNPCKLQDQ],
  [Mnemonic.Unpckhpd, vector.PUNPCKHQDQ],
  [Mnemonic.Pslldq, vector.PSLLDQ],
  [Mnemonic.Psrldq, vector.PSRLDQ],
  [Mnemonic.Shufps, vector.SHUFPS],
  [Mnemonic.Shufpd, vector.SHUFPD],
  [Mnemonic.Movlhps, vector.MOVLHPS],
  [Mnemonic.Movhlps, vector.MOVHLPS],
  [Mnemonic.Andps, vector.PAND],
  [Mnemonic.Andpd, vector.PAND],
  [Mnemonic.Andnps, vector.PANDN],
  [Mnemonic.Andnpd, vector.PANDN],
  [Mnemonic.Orps, vector.POR],
  [Mnemonic.Orpd, vector.POR],
  [Mnemonic.Xorps, vector.PXOR],
  [Mnemonic.Xorpd, vector.PXOR],
];
/** A move to a register from memory or a register, or to memory or a general register. */
function move(s: Selection, i: Instruction, how: number): void {
  operands(s, i);
  const stores = i.opKind(0) === OpKind.Memory || xmmRegister(i, 0) === undefined;
  s.handler = stores ? op.XMM_STORE : op.XMM_LOAD;
  s.writes = stores;
  s.sub = how;
}

const AS_MOVE = sinceMmx(1, "as MOV");

function moves(how: number, ...mnemonics: Mnemonic[]): InstructionEntry {
  return { mnemonics, select: (s, _which, i) => move(s, i, how), clocks: AS_MOVE };
}

const DATA: readonly InstructionEntry[] = [
  moves(
    vector.MOVE_16,
    ...[Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa],
    ...[Mnemonic.Movntps, Mnemonic.Movntpd, Mnemonic.Movntdq],
  ),
  moves(vector.MOVE_16_UNALIGNED, Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu),
  moves(vector.MOVE_8_LOW, Mnemonic.Movlps, Mnemonic.Movlpd),
  moves(vector.MOVE_8_HIGH, Mnemonic.Movhps, Mnemonic.Movhpd),
  {
    // From memory the rest of the register becomes zero, from a register it stays.
    mnemonics: [Mnemonic.Movss, Mnemonic.Movsd],
    when: noString,
    select(s, which, i) {
      const between = i.opKind(0) === OpKind.Register && i.opKind(1) === OpKind.Register;
      if (!between) return move(s, i, which === 0 ? vector.MOVE_4_ZERO : vector.MOVE_8_ZERO);
      s.handler = op.XMM;
      s.sub = which === 0 ? vector.MOVSS : vector.MOVSD;
      operands(s, i);
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Movd, Mnemonic.Movq],
    select(s, which, i) {
      if (!isXmm(i)) {
        s.handler = mmxRegister(i, 0) === undefined ? op.MMX_STORE : op.MMX_LOAD;
        s.writes = s.handler === op.MMX_STORE;
        return mmxOperands(s, i, which === 0 ? 4 : 8);
      }
      move(s, i, which === 0 ? vector.MOVE_4_ZERO : vector.MOVE_8_ZERO);
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Movntq],
    select(s, _which, i) {
      s.handler = op.MMX_STORE;
      s.writes = true;
      mmxOperands(s, i, 8);
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Movq2dq, Mnemonic.Movdq2q],
    select(s, which, i) {
      s.handler = which === 0 ? op.XMM_FROM_MMX : op.XMM_TO_MMX;
      operands(s, i);
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Pmovmskb, Mnemonic.Movmskps, Mnemonic.Movmskpd],
    select(s, which, i) {
      s.handler = op.XMM_MASK;
      operands(s, i);
      s.size = xmmRegister(i, 1) === undefined ? 8 : WHOLE;
      s.sub = [1, 4, 8][which];
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Pextrw, Mnemonic.Pinsrw],
    select(s, which, i) {
      s.handler = op.XMM_WORD;
      s.sub = (isXmm(i) ? 0 : 2) | which;
      operands(s, i);
      s.size = 2;
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Pshufw],
    select(s, _which, i) {
      selectMmx(s, i, 0);
      s.handler = op.MMX_IMMEDIATE;
    },
    clocks: AS_MOVE,
  },
  {
    mnemonics: [Mnemonic.Maskmovq, Mnemonic.Maskmovdqu],
    select(s, which, i) {
      s.handler = op.XMM_MASKED_STORE;
      s.r1 = xmmRegister(i, 1) ?? mmxRegister(i, 1)!;
      s.r2 = xmmRegister(i, 2) ?? mmxRegister(i, 2)!;
      s.size = which === 0 ? 8 : WHOLE;
    },
    clocks: sinceMmx(4, "as a few stores"),
  },
  {
    mnemonics: [Mnemonic.Ldmxcsr, Mnemonic.Stmxcsr],
    select(s, which) {
      s.handler = op.XMM_CONTROL;
      s.sub = which === 0 ? vector.LDMXCSR : vector.STMXCSR;
      s.writes = which === 1;
      s.size = 4;
      s.ready = READY_XMM;
    },
    clocks: sinceMmx(4, "as FLDCW of the i486"),
  },
  {
    mnemonics: [Mnemonic.Sfence, Mnemonic.Lfence, Mnemonic.Mfence],
    select: nothing,
    clocks: sinceMmx(4, "as a few stores"),
  },
  {
    mnemonics: [...[Mnemonic.Prefetchnta, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2]],
    select: nothing,
    clocks: AS_MOVE,
  },
  {
    // As a read of its byte: it faults like one, and there is no cache.
    mnemonics: [Mnemonic.Clflush],
    select(s) {
      s.handler = op.INVLPG;
      s.size = 1;
    },
    clocks: sinceMmx(4, "as a few stores"),
  },
];

function nothing(s: Selection): void {
  s.handler = op.XMM_CONTROL;
  s.sub = vector.FENCE;
  s.accessed = 0;
}

/** Numbers of an arithmetic mnemonic: packed and scalar, single and double. */
const FORMATS = {
  ps: 0,
  ss: vector.FLOAT_SCALAR,
  pd: vector.FLOAT_DOUBLE,
  sd: vector.FLOAT_DOUBLE | vector.FLOAT_SCALAR,
};
const ARITHMETIC: Readonly<Record<string, number>> = {
  ...{ Add: vector.FLOAT_ADD, Sub: vector.FLOAT_SUB, Mul: vector.FLOAT_MUL, Div: vector.FLOAT_DIV },
  ...{ Sqrt: vector.FLOAT_SQRT, Min: vector.FLOAT_MIN, Max: vector.FLOAT_MAX, Cmp: vector.FLOAT_CMP },
  ...{ Rcp: vector.FLOAT_RCP, Rsqrt: vector.FLOAT_RSQRT },
};
const mnemonicOf = (name: string) => (Mnemonic as unknown as Record<string, Mnemonic | undefined>)[name];

/** The Pentium III's, of the last number; the Pentium 4's of double numbers. */
function floatClocks(name: string, bits: number): number {
  if (name !== "Sqrt" && name !== "Div") return 3;
  return bits & vector.FLOAT_DOUBLE ? 38 : 18;
}

function floats(): InstructionEntry[] {
  const entries: InstructionEntry[] = [];
  for (const [name, operation] of Object.entries(ARITHMETIC)) {
    for (const [format, bits] of Object.entries(FORMATS)) {
      const mnemonic = mnemonicOf(name + format);
      if (mnemonic === undefined) continue;
      entries.push({
        mnemonics: [mnemonic],
        when: noString,
        select(s, _which, i) {
          s.handler = op.XMM_FLOAT;
          s.sub = operation | bits;
          operands(s, i);
        },
        clocks: sinceMmx(floatClocks(name, bits), "the Pentium III's or 4's, of one number"),
      });
    }
  }
  return entries;
}

const COMPARISON: InstructionEntry = {
  mnemonics: [Mnemonic.Comiss, Mnemonic.Ucomiss, Mnemonic.Comisd, Mnemonic.Ucomisd],
  select(s, which, i) {
    s.handler = op.XMM_COMPARE;
    s.sub = (which & 1) | (which >= 2 ? vector.FLOAT_DOUBLE : 0);
    operands(s, i);
  },
  clocks: sinceMmx(3, "the Pentium III's latency"),
};

const { CVT_TO_GENERAL, CVT_TO_MMX, CVT_FROM_MMX, CVT_SCALAR } = vector;
const CONVERSIONS: Readonly<Record<string, number>> = {
  ...{ Cvtsi2ss: vector.CVT_I_S | CVT_SCALAR, Cvtsi2sd: vector.CVT_I_D | CVT_SCALAR },
  ...{ Cvtss2si: vector.CVT_S_I | CVT_TO_GENERAL, Cvtsd2si: vector.CVT_D_I | CVT_TO_GENERAL },
  ...{ Cvttss2si: vector.CVTT_S_I | CVT_TO_GENERAL, Cvttsd2si: vector.CVTT_D_I | CVT_TO_GENERAL },
  ...{ Cvtss2sd: vector.CVT_S_D | CVT_SCALAR, Cvtsd2ss: vector.CVT_D_S | CVT_SCALAR },
  ...{ Cvtpi2ps: vector.CVT_I_S | CVT_FROM_MMX, Cvtpi2pd: vector.CVT_I_D | CVT_FROM_MMX },
  ...{ Cvtps2pi: vector.CVT_S_I | CVT_TO_MMX, Cvtpd2pi: vector.CVT_D_I | CVT_TO_MMX },
  ...{ Cvttps2pi: vector.CVTT_S_I | CVT_TO_MMX, Cvttpd2pi: vector.CVTT_D_I | CVT_TO_MMX },
  ...{
    Cvtdq2ps: vector.CVT_I_S,
    Cvtdq2pd: vector.CVT_I_D,
    Cvtps2dq: vector.CVT_S_I,
    Cvtpd2dq: vector.CVT_D_I,
  },
  ...{
    Cvttps2dq: vector.CVTT_S_I,
    Cvttpd2dq: vector.CVTT_D_I,
    Cvtps2pd: vector.CVT_S_D,
    Cvtpd2ps: vector.CVT_D_S,
  },
};
const conversions = Object.entries(CONVERSIONS).map(([name, sub]): InstructionEntry => ({
  mnemonics: [mnemonicOf(name)!],
  select(s, _which, i) {
    s.handler = op.XMM_CONVERT;
    s.sub = sub;
    operands(s, i);
  },
  clocks: sinceMmx(3, "the Pentium III's latency"),
}));

export const XMM: readonly InstructionEntry[] = [
  ...[...LANE_OPERATIONS, ...OPERATIONS].map(laneOperation),
  ...DATA,
  ...floats(),
  COMPARISON,
  ...conversions,
];
