/** From an SSE or SSE2 instruction, and those of MMX that came with them, to the handler of its micro-op. */
import { Instruction, MemorySizeExt, Mnemonic, OpKind, Register } from "iced-x86";
import { READY_MMX, READY_XMM, XMM_REGISTERS, XMM_REGISTER_SHIFT } from "../layout";
import * as op from "../operations.generated";
import * as vector from "../vector-operations";
import { LANE_OPERATIONS, mmxOperands, mmxRegister, selectMmx } from "./rules-mmx";
import { SYSTEM_RULES } from "./rules-system";
import { definer, type Rule, type Rules, type Selection } from "./rules";

export const XMM_RULES: Rules = new Map();
const define = definer(XMM_RULES);

const WHOLE = 16;

/** CMPSD and MOVSD are names of string instructions too. */
const ofString: Rule = (s, i, c) => SYSTEM_RULES.get(i.mnemonic)!(s, i, c);

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

/** Where both sizes of registers have an instruction, `sub` is the same for both. */
function laneOperation(mnemonic: Mnemonic, sub: number): void {
  define([mnemonic], (s, _which, i) => {
    if (!isXmm(i)) return selectMmx(s, i, sub);
    s.handler = op.XMM;
    s.sub = sub;
    operands(s, i);
  });
}

for (const [mnemonic, sub] of LANE_OPERATIONS) laneOperation(mnemonic, sub);

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
for (const [mnemonic, sub] of OPERATIONS) laneOperation(mnemonic, sub);

/** A move to a register from memory or a register, or to memory or a general register. */
function move(s: Selection, i: Instruction, how: number): void {
  operands(s, i);
  const stores = i.opKind(0) === OpKind.Memory || xmmRegister(i, 0) === undefined;
  s.handler = stores ? op.XMM_STORE : op.XMM_LOAD;
  s.writes = stores;
  s.sub = how;
}

define([
  Mnemonic.Movaps,
  Mnemonic.Movapd,
  Mnemonic.Movdqa,
  Mnemonic.Movntps,
  Mnemonic.Movntpd,
  Mnemonic.Movntdq,
], (s, _w, i) => move(s, i, vector.MOVE_16));
define([Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu], (s, _w, i) =>
  move(s, i, vector.MOVE_16_UNALIGNED));
define([Mnemonic.Movlps, Mnemonic.Movlpd], (s, _w, i) => move(s, i, vector.MOVE_8_LOW));
define([Mnemonic.Movhps, Mnemonic.Movhpd], (s, _w, i) => move(s, i, vector.MOVE_8_HIGH));

// From memory the rest of the register becomes zero, from a register it stays.
define([Mnemonic.Movss, Mnemonic.Movsd], (s, which, i, c) => {
  if (i.isStringInstruction) return ofString(s, i, c);
  const between = i.opKind(0) === OpKind.Register && i.opKind(1) === OpKind.Register;
  if (!between) return move(s, i, which === 0 ? vector.MOVE_4_ZERO : vector.MOVE_8_ZERO);
  s.handler = op.XMM;
  s.sub = which === 0 ? vector.MOVSS : vector.MOVSD;
  operands(s, i);
});

define([Mnemonic.Movd, Mnemonic.Movq], (s, which, i) => {
  if (!isXmm(i)) {
    s.handler = mmxRegister(i, 0) === undefined ? op.MMX_STORE : op.MMX_LOAD;
    s.writes = s.handler === op.MMX_STORE;
    return mmxOperands(s, i, which === 0 ? 4 : 8);
  }
  move(s, i, which === 0 ? vector.MOVE_4_ZERO : vector.MOVE_8_ZERO);
});
define([Mnemonic.Movntq], (s, _which, i) => {
  s.handler = op.MMX_STORE;
  s.writes = true;
  mmxOperands(s, i, 8);
});
define([Mnemonic.Movq2dq, Mnemonic.Movdq2q], (s, which, i) => {
  s.handler = which === 0 ? op.XMM_FROM_MMX : op.XMM_TO_MMX;
  operands(s, i);
});

define([Mnemonic.Pmovmskb, Mnemonic.Movmskps, Mnemonic.Movmskpd], (s, which, i) => {
  s.handler = op.XMM_MASK;
  operands(s, i);
  s.size = xmmRegister(i, 1) === undefined ? 8 : WHOLE;
  s.sub = [1, 4, 8][which];
});
define([Mnemonic.Pextrw, Mnemonic.Pinsrw], (s, which, i) => {
  s.handler = op.XMM_WORD;
  s.sub = (isXmm(i) ? 0 : 2) | which;
  operands(s, i);
  s.size = 2;
});
define([Mnemonic.Pshufw], (s, _which, i) => {
  selectMmx(s, i, 0);
  s.handler = op.MMX_IMMEDIATE;
});
define([Mnemonic.Maskmovq, Mnemonic.Maskmovdqu], (s, which, i) => {
  s.handler = op.XMM_MASKED_STORE;
  s.r1 = xmmRegister(i, 1) ?? mmxRegister(i, 1)!;
  s.r2 = xmmRegister(i, 2) ?? mmxRegister(i, 2)!;
  s.size = which === 0 ? 8 : WHOLE;
});

define([Mnemonic.Ldmxcsr, Mnemonic.Stmxcsr], (s, which) => {
  s.handler = op.XMM_CONTROL;
  s.sub = which === 0 ? vector.LDMXCSR : vector.STMXCSR;
  s.writes = which === 1;
  s.size = 4;
  s.ready = READY_XMM;
});
define([
  ...[Mnemonic.Sfence, Mnemonic.Lfence, Mnemonic.Mfence],
  ...[Mnemonic.Prefetchnta, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2],
], (s) => {
  s.handler = op.XMM_CONTROL;
  s.sub = vector.FENCE;
  s.accessed = 0;
});
// As a read of its byte: it faults like one, and there is no cache.
define([Mnemonic.Clflush], (s) => {
  s.handler = op.INVLPG;
  s.size = 1;
});

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

for (const [name, operation] of Object.entries(ARITHMETIC)) {
  for (const [format, bits] of Object.entries(FORMATS)) {
    const mnemonic = mnemonicOf(name + format);
    if (mnemonic === undefined) continue;
    define([mnemonic], (s, _which, i, c) => {
      if (i.isStringInstruction) return ofString(s, i, c);
      s.handler = op.XMM_FLOAT;
      s.sub = operation | bits;
      operands(s, i);
    });
  }
}

for (const [name, sub] of [
  ["Comiss", 0],
  ["Ucomiss", 1],
  ["Comisd", vector.FLOAT_DOUBLE],
  ["Ucomisd", vector.FLOAT_DOUBLE | 1],
] as const) {
  define([mnemonicOf(name)!], (s, _which, i) => {
    s.handler = op.XMM_COMPARE;
    s.sub = sub;
    operands(s, i);
  });
}

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
for (const [name, sub] of Object.entries(CONVERSIONS)) {
  define([mnemonicOf(name)!], (s, _which, i) => {
    s.handler = op.XMM_CONVERT;
    s.sub = sub;
    operands(s, i);
  });
}
