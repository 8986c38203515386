/** From an iced-x86 instruction to the handler of its micro-op. */
import { Instruction, Mnemonic, OpKind, Register } from "iced-x86";
import {
  FORM_M,
  FORM_MR,
  FORM_R,
  FORM_RI,
  FORM_RM,
  FORM_RR,
  MODE_FLAT_DATA,
  MODE_STACK32,
  SEG_LDTR,
  SEG_SS,
  SEG_TR,
} from "../layout";
import * as op from "../operations.generated";
import { X87_RULES } from "./select-x87";
import {
  immediateOperand,
  isSegment,
  operandForm,
  operandRegister,
  operandSize,
  segmentIndex,
} from "./operands";

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
  /** An x87 instruction, and whether it waits for exceptions of earlier ones. */
  x87?: "waits" | "starts at once";
}

export type Rule = (s: Selection, instruction: Instruction, context: SelectContext) => void;

/** What the choice depends on besides the instruction itself. */
export interface SelectContext {
  mode: number;
  /** Effective operand size: 2 or 4. */
  operand: number;
  address16: boolean;
}

const RULES = new Map<Mnemonic, Rule>(X87_RULES);

function define(
  mnemonics: readonly Mnemonic[],
  rule: (s: Selection, which: number, i: Instruction, c: SelectContext) => void,
): void {
  mnemonics.forEach((mnemonic, which) => RULES.set(mnemonic, (s, i, c) => rule(s, which, i, c)));
}

function flatStack(context: SelectContext): boolean {
  const needed = MODE_FLAT_DATA | MODE_STACK32;
  return (context.mode & needed) === needed && context.operand === 4;
}

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

// Stack.

define([Mnemonic.Push], (s, _which, i, c) => {
  s.stack = true;
  s.size = c.operand;
  if (i.opKind(0) === OpKind.Register && isSegment(i.opRegister(0))) {
    s.handler = op.PUSH_SEGMENT;
    s.sub = segmentIndex(i.opRegister(0));
    return;
  }
  if (i.opKind(0) !== OpKind.Memory && i.opKind(0) !== OpKind.Register) s.form = FORM_RI;
  s.handler = op.PUSH;
  if (!flatStack(c)) return;
  s.handler = s.form === FORM_M ? op.PUSH32_M : s.form === FORM_RI ? op.PUSH32_I : op.PUSH32_R;
});

define([Mnemonic.Pop], (s, _which, i, c) => {
  s.stack = true;
  s.size = c.operand;
  s.writes = true;
  if (i.opKind(0) === OpKind.Register && isSegment(i.opRegister(0))) {
    s.handler = op.POP_SEGMENT;
    s.sub = segmentIndex(i.opRegister(0));
    return;
  }
  s.handler = s.form === FORM_R && flatStack(c) ? op.POP32_R : op.POP;
});

for (const [mnemonics, handler] of [
  [[Mnemonic.Pusha, Mnemonic.Pushad], op.PUSHA],
  [[Mnemonic.Popa, Mnemonic.Popad], op.POPA],
  [[Mnemonic.Pushf, Mnemonic.Pushfd], op.PUSHF],
  [[Mnemonic.Popf, Mnemonic.Popfd], op.POPF],
] as const) {
  define(mnemonics, (s, _which, _i, c) => {
    s.handler = handler;
    s.size = c.operand;
    s.stack = true;
  });
}

define([Mnemonic.Enter], (s, _which, i, c) => {
  s.handler = op.ENTER;
  s.size = c.operand;
  s.immediate = i.immediate16;
  s.displacement = i.immediate8_2nd;
  s.stack = true;
});

define([Mnemonic.Leave], (s, _which, _i, c) => {
  s.handler = flatStack(c) ? op.LEAVE32 : op.LEAVE_FRAME;
  s.size = c.operand;
  s.stack = true;
});

// Transfers.

function isNear(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.NearBranch16 || kind === OpKind.NearBranch32;
}

function isFar(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.FarBranch16 || kind === OpKind.FarBranch32;
}

function farPointer(s: Selection, i: Instruction, c: SelectContext): void {
  s.size = c.operand;
  if (isFar(i)) {
    s.immediate = c.operand === 2 ? i.farBranch16 : i.farBranch32;
    s.displacement = i.farBranchSelector;
    s.form = FORM_RI;
  } else s.accessed = c.operand + 2;
}

function isFarMemory(i: Instruction, c: SelectContext): boolean {
  return i.opKind(0) === OpKind.Memory && operandSize(i, 0) !== c.operand;
}

define([Mnemonic.Jmp, Mnemonic.Call], (s, which, i, c) => {
  s.size = c.operand;
  s.ends = which === 0;
  s.stack = which === 1;
  if (isFar(i) || isFarMemory(i, c)) {
    s.handler = which === 0 ? op.JUMP_FAR : op.CALL_FAR;
    s.ends = true;
    farPointer(s, i, c);
  } else if (isNear(i)) {
    s.linked = which === 0 ? c.operand === 4 : flatStack(c);
    if (s.linked) s.handler = which === 0 ? op.JMP : op.CALL32;
    else s.handler = which === 0 ? op.JUMP_NEAR : op.CALL_NEAR;
    s.displacement = branchTarget(i);
  } else {
    const hot = which === 0 ? c.operand === 4 : flatStack(c);
    if (which === 0) s.handler = !hot ? op.JUMP_NEAR_ABSOLUTE : s.form === FORM_M ? op.JMP32_M : op.JMP32_R;
    else s.handler = !hot ? op.CALL_NEAR_ABSOLUTE : s.form === FORM_M ? op.CALL32_M : op.CALL32_R;
  }
});

/** Target of a near branch relative to the page, which the decoder gave as the instruction pointer. */
function branchTarget(i: Instruction): number {
  const next = Number(BigInt.asIntN(32, i.nextIP));
  const wide = i.opKind(0) === OpKind.NearBranch32;
  if (wide) return Number(BigInt.asIntN(32, i.nearBranchTarget));
  // 16-bit targets are cut by the core, which knows EIP.
  const relative = ((Number(i.nearBranchTarget) - next) << 16) >> 16;
  return next + relative;
}

define([Mnemonic.Ret], (s, _which, _i, c) => {
  s.size = c.operand;
  s.stack = true;
  s.ends = true;
  s.handler = !flatStack(c) ? op.RETURN_NEAR : s.immediate === 0 ? op.RET32 : op.RET32_I;
});

define([Mnemonic.Retf], (s, _which, _i, c) => {
  s.size = c.operand;
  s.stack = true;
  s.ends = true;
  s.handler = op.RETURN_FAR;
});

define([
  Mnemonic.Jo,
  Mnemonic.Jno,
  Mnemonic.Jb,
  Mnemonic.Jae,
  Mnemonic.Je,
  Mnemonic.Jne,
  Mnemonic.Jbe,
  Mnemonic.Ja,
  Mnemonic.Js,
  Mnemonic.Jns,
  Mnemonic.Jp,
  Mnemonic.Jnp,
  Mnemonic.Jl,
  Mnemonic.Jge,
  Mnemonic.Jle,
  Mnemonic.Jg,
], (s, which, i, c) => {
  s.size = c.operand;
  s.sub = which;
  s.linked = c.operand === 4;
  s.handler = s.linked ? op.JO + which : op.JUMP_CONDITION;
  s.displacement = branchTarget(i);
});

define([Mnemonic.Loopne, Mnemonic.Loope, Mnemonic.Loop, Mnemonic.Jcxz, Mnemonic.Jecxz], (s, which, i, c) => {
  s.size = c.operand;
  s.handler = op.LOOP;
  s.sub = Math.min(which, 3);
  s.displacement = branchTarget(i);
});

define([Mnemonic.Int, Mnemonic.Int3, Mnemonic.Int1], (s, which) => {
  s.handler = op.INTERRUPT;
  s.ends = true;
  if (which === 1) s.immediate = 3;
  if (which === 2) s.immediate = 1;
  s.sub = which === 2 ? 1 : 0;
});
define([Mnemonic.Into], (s) => (s.handler = op.INTERRUPT_OVERFLOW));
define([Mnemonic.Iret, Mnemonic.Iretd], (s, _which, _i, c) => {
  s.handler = op.INTERRUPT_RETURN;
  s.size = c.operand;
  s.ends = true;
  s.stack = true;
});
define([Mnemonic.Bound], (s, _which, i) => {
  s.handler = op.BOUND;
  s.size = operandSize(i, 0);
  s.accessed = 2 * s.size;
  s.r2 = s.r1;
});

// Strings and ports.

const STRINGS: readonly (readonly [number, readonly Mnemonic[]])[] = [
  [op.MOVS, [Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsd]],
  [op.CMPS, [Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsd]],
  [op.STOS, [Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd]],
  [op.LODS, [Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd]],
  [op.SCAS, [Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd]],
  [op.INS, [Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd]],
  [op.OUTS, [Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd]],
];

for (const [handler, mnemonics] of STRINGS) {
  define(mnemonics, (s, which) => {
    s.handler = handler;
    s.size = 1 << which;
  });
}

define([Mnemonic.In, Mnemonic.Out], (s, which, i) => {
  s.handler = which === 0 ? op.IN : op.OUT;
  const port = which === 0 ? 1 : 0;
  s.sub = i.opKind(port) === OpKind.Register ? 1 : 0;
  s.size = operandSize(i, 1 - port);
});

// System.

define([Mnemonic.Lds, Mnemonic.Les, Mnemonic.Lfs, Mnemonic.Lgs, Mnemonic.Lss], (s, which, i) => {
  s.handler = op.LOAD_FAR;
  s.size = operandSize(i, 0);
  s.accessed = s.size + 2;
  s.sub = [3, 0, 4, 5, SEG_SS][which];
});
define([Mnemonic.Hlt], (s) => {
  s.handler = op.HALT;
  s.ends = true;
});
define([Mnemonic.Lgdt, Mnemonic.Lidt, Mnemonic.Sgdt, Mnemonic.Sidt], (s, which, _i, c) => {
  s.handler = which < 2 ? op.LOAD_TABLE : op.STORE_TABLE;
  s.sub = which & 1;
  s.size = c.operand;
  s.accessed = 6;
  s.writes = which >= 2;
});
define([Mnemonic.Lldt, Mnemonic.Ltr, Mnemonic.Lmsw], (s, which) => {
  s.handler = [op.LOAD_LDTR, op.LOAD_TR, op.LMSW][which];
  s.size = 2;
});
define([Mnemonic.Sldt, Mnemonic.Str, Mnemonic.Smsw], (s, which, _i, c) => {
  s.handler = which === 2 ? op.SMSW : op.STORE_SYSTEM_SELECTOR;
  s.sub = which === 0 ? SEG_LDTR : SEG_TR;
  s.size = s.form === FORM_M ? 2 : c.operand;
  s.writes = true;
});
define([Mnemonic.Invlpg], (s) => {
  s.handler = op.INVLPG;
  s.size = 1;
});
define([Mnemonic.Lar, Mnemonic.Lsl], (s, which, i) => {
  s.handler = which === 0 ? op.LAR : op.LSL;
  s.immediate = operandSize(i, 0);
  s.size = 2;
});
define([Mnemonic.Verr, Mnemonic.Verw], (s, which) => {
  s.handler = op.VERIFY;
  s.sub = which;
  s.size = 2;
});
define([Mnemonic.Arpl], (s) => {
  s.handler = op.ARPL;
  s.size = 2;
  s.accessed = 0;
});

/** Chooses handler and fields for a valid instruction; undefined where the processor has no such instruction. */
export function select(instruction: Instruction, context: SelectContext): Selection | undefined {
  const rule = RULES.get(instruction.mnemonic);
  if (rule === undefined) return undefined;
  const form = operandForm(instruction);
  const first = operandRegister(instruction, 0);
  const size = instruction.opCount > 0 ? operandSize(instruction, 0) : context.operand;
  const selection: Selection = {
    handler: op.UNDEFINED,
    form,
    size,
    sub: 0,
    r1: first,
    r2: form === FORM_R ? first : operandRegister(instruction, 1),
    immediate: immediateOperand(instruction),
    displacement: 0,
    writes: false,
    accessed: -1,
    byCl: false,
    linked: false,
    ends: false,
    stack: false,
  };
  rule(selection, instruction, context);
  return selection;
}
