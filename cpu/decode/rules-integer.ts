/** Moves, arithmetic, shifts, bits and flags. */
import { Instruction, Mnemonic, OpKind, Register } from "iced-x86";
import { FORM_M, FORM_MR, FORM_R, FORM_RI, FORM_RM, FORM_RR } from "../layout";
import * as op from "../operations.generated";
import { isSegment, operandRegister, operandSize, segmentIndex } from "./operands";
import { definer, type Rules, type Selection, type SelectContext } from "./rules";

export const INTEGER_RULES: Rules = new Map();
const define = definer(INTEGER_RULES);

// Handlers of the main loop come in runs; FORM_RR to FORM_MI are 0 to 4.

const ALU_RUN: readonly number[] = [op.ADD32_RR, op.ADD32_RI, op.ADD32_RM, op.ADD32_MR, op.ADD32_MI];
const SUB_CMP = 7;
const SUB_TEST = 8;

const BYTE_RUN: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [op.ADD8_RR, op.ADD8_RI, op.ADD8_RM]],
  [1, [op.OR8_RR, op.OR8_RI, op.OR8_RM]],
  [4, [op.AND8_RR, op.AND8_RI, op.AND8_RM]],
  [5, [op.SUB8_RR, op.SUB8_RI, op.SUB8_RM]],
  [6, [op.XOR8_RR, op.XOR8_RI, op.XOR8_RM]],
  [SUB_CMP, [op.CMP8_RR, op.CMP8_RI, op.CMP8_RM, -1, op.CMP8_MI]],
  [SUB_TEST, [op.TEST8_RR, op.TEST8_RI, op.TEST8_RM, -1, op.TEST8_MI]],
]);

define([
  Mnemonic.Add,
  Mnemonic.Or,
  Mnemonic.Adc,
  Mnemonic.Sbb,
  Mnemonic.And,
  Mnemonic.Sub,
  Mnemonic.Xor,
  Mnemonic.Cmp,
  Mnemonic.Test,
], (s, which) => {
  s.sub = which;
  s.writes = which < SUB_CMP;
  const byte = BYTE_RUN.get(which)?.[s.form];
  if (s.size === 4) s.handler = ALU_RUN[s.form] + which;
  else if (s.size === 1 && byte !== undefined && byte >= 0) s.handler = byte;
  else s.handler = op.ALU;
});

const MOV32: readonly number[] = [op.MOV32_RR, op.MOV32_RI, op.MOV32_RM, op.MOV32_MR, op.MOV32_MI];
const MOV8: readonly number[] = [op.MOV8_RR, op.MOV8_RI, op.MOV8_RM, op.MOV8_MR, op.MOV8_MI];

define([Mnemonic.Mov], (s, _which, i, c) => {
  s.writes = true;
  for (const index of [0, 1]) {
    if (i.opKind(index) !== OpKind.Register) continue;
    const register = i.opRegister(index);
    if (isSegment(register)) return moveSegment(s, i, index, segmentIndex(register), c);
    if (register >= Register.CR0) return moveSystem(s, index, register);
  }
  if (s.size === 4) s.handler = MOV32[s.form];
  else if (s.size === 1) s.handler = MOV8[s.form];
  else if (s.form === FORM_RM) s.handler = op.MOV16_RM;
  else if (s.form === FORM_MR) s.handler = op.MOV16_MR;
  else s.handler = op.MOV;
});

function moveSegment(s: Selection, i: Instruction, index: number, segment: number, c: SelectContext): void {
  const memory = i.opKind(1 - index) === OpKind.Memory;
  s.sub = segment;
  if (index === 0) {
    s.handler = op.MOV_SEGMENT;
    s.form = memory ? FORM_M : FORM_R;
    s.size = 2;
    s.writes = false;
    s.r2 = operandRegister(i, 1);
  } else {
    s.handler = op.STORE_SEGMENT;
    s.form = memory ? FORM_M : FORM_R;
    s.size = memory ? 2 : c.operand;
  }
}

function moveSystem(s: Selection, index: number, register: Register): void {
  const control = register < Register.DR0;
  s.sub = register - (control ? Register.CR0 : Register.DR0);
  if (register >= Register.TR0) {
    s.sub = register - Register.TR0;
    s.handler = index === 0 ? op.MOV_TO_TR : op.MOV_FROM_TR;
  } else if (index === 0) s.handler = control ? op.MOV_TO_CR : op.MOV_TO_DR;
  else s.handler = control ? op.MOV_FROM_CR : op.MOV_FROM_DR;
}

const EXTENSIONS: readonly (readonly number[])[] = [
  [op.MOVZX8_RR, op.MOVZX8_RM, op.MOVZX16_RR, op.MOVZX16_RM],
  [op.MOVSX8_RR, op.MOVSX8_RM, op.MOVSX16_RR, op.MOVSX16_RM],
];

define([Mnemonic.Movzx, Mnemonic.Movsx], (s, which, i) => {
  const to = operandSize(i, 0);
  s.size = operandSize(i, 1);
  s.sub = to;
  if (to !== 4) s.handler = which === 0 ? op.MOVZX : op.MOVSX;
  else s.handler = EXTENSIONS[which][(s.size === 2 ? 2 : 0) + (s.form === FORM_RM ? 1 : 0)];
});

define([Mnemonic.Lea], (s, _which, i, c) => {
  s.size = operandSize(i, 0);
  s.accessed = 0;
  s.handler = s.size === 4 && !c.address16 ? op.LEA32 : op.LEA;
});

define([Mnemonic.Xchg], (s) => {
  s.writes = true;
  if (s.form === FORM_RM) exchangeOperands(s);
  s.handler = s.size === 4 && s.form === FORM_RR ? op.XCHG32_RR : op.XCHG;
});

/** An exchange with memory has the memory operand as its target. */
function exchangeOperands(s: Selection): void {
  s.form = FORM_MR;
  s.r2 = s.r1;
}

define([Mnemonic.Inc, Mnemonic.Dec, Mnemonic.Neg, Mnemonic.Not], (s, which) => {
  s.writes = true;
  s.sub = which;
  s.handler = op.UNARY;
  if (s.size !== 4) return;
  if (s.form === FORM_R) s.handler = [op.INC32_R, op.DEC32_R, op.NEG32_R, op.NOT32_R][which];
  else if (which < 2) s.handler = which === 0 ? op.INC32_M : op.DEC32_M;
});

define([
  Mnemonic.Rol,
  Mnemonic.Ror,
  Mnemonic.Rcl,
  Mnemonic.Rcr,
  Mnemonic.Shl,
  Mnemonic.Shr,
  Mnemonic.Sal,
  Mnemonic.Sar,
], (s, which, i) => {
  s.writes = true;
  s.sub = which;
  s.byCl = i.opKind(1) === OpKind.Register;
  s.handler = op.SHIFT;
  const hot = which >= 4 && s.size === 4;
  const column = which === 5 ? 1 : which === 7 ? 2 : 0;
  if (hot && s.form === FORM_RI && (s.immediate & 31) !== 0) {
    s.handler = op.SHL32_RI + column;
    s.immediate &= 31;
  } else if (hot && s.form === FORM_RR) s.handler = op.SHL32_RC + column;
});

define([Mnemonic.Shld, Mnemonic.Shrd], (s, which, i) => {
  s.writes = true;
  s.sub = which;
  s.byCl = i.opKind(2) === OpKind.Register;
  s.handler = op.DOUBLE_SHIFT;
});

define([Mnemonic.Mul, Mnemonic.Div, Mnemonic.Idiv], (s, which) => {
  s.handler = which === 0 ? op.MULTIPLY : op.DIVIDE;
  s.sub = which === 2 ? 1 : 0;
});

define([Mnemonic.Imul], (s, _which, i) => {
  if (i.opCount === 1) {
    s.handler = op.MULTIPLY;
    s.sub = 1;
    return;
  }
  const three = i.opCount === 3;
  s.form = i.opKind(1) === OpKind.Memory ? FORM_RM : FORM_RR;
  s.sub = three ? 1 : 0;
  s.handler = op.IMUL;
  if (s.size !== 4) return;
  if (!three) s.handler = s.form === FORM_RM ? op.IMUL32_RM : op.IMUL32_RR;
  else if (s.form === FORM_RR) s.handler = op.IMUL32_RRI;
});

define([Mnemonic.Xadd, Mnemonic.Cmpxchg], (s, which) => {
  s.writes = true;
  s.handler = which === 0 ? op.XADD : op.CMPXCHG;
});

define([Mnemonic.Cmpxchg8b], (s) => {
  s.handler = op.CMPXCHG8B;
  s.size = 8;
  s.accessed = 8;
  s.writes = true;
});

define([Mnemonic.Bswap], (s) => (s.handler = op.BSWAP));
define([Mnemonic.Cbw, Mnemonic.Cwde, Mnemonic.Cwd, Mnemonic.Cdq], (s, which, _i, c) => {
  s.size = c.operand;
  s.sub = which >> 1;
  s.handler = c.operand === 2 ? op.CONVERT : which < 2 ? op.CWDE : op.CDQ;
});
define([Mnemonic.Xlatb], (s) => {
  s.handler = op.XLAT;
  s.accessed = 0;
});
define([Mnemonic.Nop, Mnemonic.Reservednop], (s) => {
  s.handler = op.NOP;
  s.accessed = 0;
});

const SETS: readonly Mnemonic[] = [
  Mnemonic.Seto,
  Mnemonic.Setno,
  Mnemonic.Setb,
  Mnemonic.Setae,
  Mnemonic.Sete,
  Mnemonic.Setne,
  Mnemonic.Setbe,
  Mnemonic.Seta,
  Mnemonic.Sets,
  Mnemonic.Setns,
  Mnemonic.Setp,
  Mnemonic.Setnp,
  Mnemonic.Setl,
  Mnemonic.Setge,
  Mnemonic.Setle,
  Mnemonic.Setg,
];

define(SETS, (s, which) => {
  s.writes = true;
  s.sub = which;
  s.handler = s.form === FORM_R ? op.SETO + which : op.SET_M;
});

/** In the order of the condition codes. */
const CONDITIONAL_MOVES: readonly Mnemonic[] = [
  Mnemonic.Cmovo,
  Mnemonic.Cmovno,
  Mnemonic.Cmovb,
  Mnemonic.Cmovae,
  Mnemonic.Cmove,
  Mnemonic.Cmovne,
  Mnemonic.Cmovbe,
  Mnemonic.Cmova,
  Mnemonic.Cmovs,
  Mnemonic.Cmovns,
  Mnemonic.Cmovp,
  Mnemonic.Cmovnp,
  Mnemonic.Cmovl,
  Mnemonic.Cmovge,
  Mnemonic.Cmovle,
  Mnemonic.Cmovg,
];

define(CONDITIONAL_MOVES, (s, which) => {
  s.handler = op.CMOV;
  s.sub = which;
});

define([Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc], (s, which) => {
  s.handler = op.BIT_TEST;
  s.sub = which;
  s.accessed = 0;
});

define([Mnemonic.Bsf, Mnemonic.Bsr], (s, which) => {
  s.handler = op.BIT_SCAN;
  s.sub = which;
});

for (const [mnemonic, handler] of [
  [Mnemonic.Daa, op.DAA],
  [Mnemonic.Das, op.DAS],
  [Mnemonic.Aaa, op.AAA],
  [Mnemonic.Aas, op.AAS],
  [Mnemonic.Aam, op.AAM],
  [Mnemonic.Aad, op.AAD],
  [Mnemonic.Salc, op.SALC],
  [Mnemonic.Lahf, op.LAHF],
  [Mnemonic.Sahf, op.SAHF],
  [Mnemonic.Cli, op.CLI],
  [Mnemonic.Sti, op.STI],
  [Mnemonic.Clts, op.CLTS],
  [Mnemonic.Wait, op.WAIT],
  [Mnemonic.Cpuid, op.CPUID],
  [Mnemonic.Rdtsc, op.RDTSC],
  [Mnemonic.Invd, op.CACHE],
  [Mnemonic.Wbinvd, op.CACHE],
] as const) {
  define([mnemonic], (s) => (s.handler = handler));
}

define([Mnemonic.Clc, Mnemonic.Stc, Mnemonic.Cmc, Mnemonic.Cld, Mnemonic.Std], (s, which) => {
  s.handler = op.FLAG_OP;
  s.sub = which;
});
