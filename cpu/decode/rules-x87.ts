/** From an x87 instruction to the handler of its micro-op. Stack registers go to OP_R1 and OP_R2 by their numbers. */
import { Instruction, MemorySize, Mnemonic, OpKind, Register } from "iced-x86";
import { BCD80, INT16, INT32, INT64, REAL32, REAL64, REAL80, READY_AT_ONCE, READY_WAITS } from "../layout";
import * as op from "../operations.generated";
import type { Rules, Selection } from "./rules";

export const X87_RULES: Rules = new Map();

function define(
  mnemonics: readonly Mnemonic[],
  rule: (s: Selection, which: number, i: Instruction) => void,
): void {
  mnemonics.forEach((mnemonic, which) =>
    X87_RULES.set(mnemonic, (s, i) => {
      s.x87 = true;
      s.ready = READY_WAITS;
      s.size = 0;
      rule(s, which, i);
    }),
  );
}

const TYPES: ReadonlyMap<MemorySize, readonly [type: number, bytes: number]> = new Map([
  [MemorySize.Float32, [REAL32, 4]],
  [MemorySize.Float64, [REAL64, 8]],
  [MemorySize.Float80, [REAL80, 10]],
  [MemorySize.Int16, [INT16, 2]],
  [MemorySize.Int32, [INT32, 4]],
  [MemorySize.Int64, [INT64, 8]],
  [MemorySize.Bcd, [BCD80, 10]],
]);

function hasMemory(i: Instruction): boolean {
  return i.opCount > 0 && i.opKind(0) === OpKind.Memory;
}

/** Number of the stack register that is operand `index`. */
function stackRegister(i: Instruction, index: number): number {
  return i.opRegister(index) - Register.ST0;
}

/** The stack register other than ST(0) that an instruction names, or ST(0). */
function otherRegister(i: Instruction): number {
  return i.opCount === 0 ? 1 : stackRegister(i, i.opCount - 1) || stackRegister(i, 0);
}

function memoryType(s: Selection, i: Instruction): void {
  const type = TYPES.get(i.memorySize);
  if (!type) throw new Error(`memory size ${i.memorySize} of an x87 instruction`);
  [s.r2, s.accessed] = type;
}

/** By the numbers that the opcodes have for them. */
const OPERATIONS: readonly (readonly [number, readonly Mnemonic[]])[] = [
  [0, [Mnemonic.Fadd, Mnemonic.Fiadd, Mnemonic.Faddp]],
  [1, [Mnemonic.Fmul, Mnemonic.Fimul, Mnemonic.Fmulp]],
  [4, [Mnemonic.Fsub, Mnemonic.Fisub, Mnemonic.Fsubp]],
  [5, [Mnemonic.Fsubr, Mnemonic.Fisubr, Mnemonic.Fsubrp]],
  [6, [Mnemonic.Fdiv, Mnemonic.Fidiv, Mnemonic.Fdivp]],
  [7, [Mnemonic.Fdivr, Mnemonic.Fidivr, Mnemonic.Fdivrp]],
];

for (const [operation, mnemonics] of OPERATIONS) {
  define(mnemonics, (s, which, i) => {
    s.sub = operation;
    if (hasMemory(i)) {
      s.handler = op.FPU_OPERATE_M;
      memoryType(s, i);
      return;
    }
    s.handler = op.FPU_OPERATE;
    s.r1 = stackRegister(i, 0);
    s.r2 = stackRegister(i, 1);
    s.size = which === 2 ? 1 : 0;
  });
}

define([Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Fucompp], (
  s,
  which,
  i,
) => {
  s.handler = hasMemory(i) ? op.FPU_COMPARE_M : op.FPU_COMPARE;
  s.sub = which < 3 ? 0 : 1;
  s.size = which % 3;
  if (hasMemory(i)) memoryType(s, i);
  else s.r2 = otherRegister(i);
});

define([Mnemonic.Fcomi, Mnemonic.Fucomi, Mnemonic.Fcomip, Mnemonic.Fucomip], (s, which, i) => {
  s.handler = op.FPU_COMPARE_FLAGS;
  s.sub = which & 1;
  s.size = which >> 1;
  s.r2 = stackRegister(i, 1);
});

/** The conditions by their codes; FCMOVU and FCMOVNU go by the parity flag. */
for (const [code, mnemonic] of [
  [2, Mnemonic.Fcmovb],
  [4, Mnemonic.Fcmove],
  [6, Mnemonic.Fcmovbe],
  [10, Mnemonic.Fcmovu],
  [3, Mnemonic.Fcmovnb],
  [5, Mnemonic.Fcmovne],
  [7, Mnemonic.Fcmovnbe],
  [11, Mnemonic.Fcmovnu],
] as const) {
  define([mnemonic], (s, _which, i) => {
    s.handler = op.FPU_MOVE_CONDITION;
    s.sub = code;
    s.r2 = stackRegister(i, 1);
  });
}

define([Mnemonic.Ficom, Mnemonic.Ficomp], (s, which, i) => {
  s.handler = op.FPU_COMPARE_M;
  s.size = which;
  memoryType(s, i);
});

for (const [mnemonics, handler] of [
  [[Mnemonic.Ftst], op.FPU_TEST],
  [[Mnemonic.Fxam], op.FPU_EXAMINE],
  [[Mnemonic.Fchs, Mnemonic.Fabs], op.FPU_SIGN],
  [[Mnemonic.Fsqrt, Mnemonic.Frndint], op.FPU_UNARY],
  [[Mnemonic.Fscale], op.FPU_SCALE],
  [[Mnemonic.Fprem, Mnemonic.Fprem1], op.FPU_REMAINDER],
  [[Mnemonic.Fxtract], op.FPU_EXTRACT],
  [[Mnemonic.Fnop], op.FPU_NOP],
  [[Mnemonic.F2xm1], op.FPU_POWER],
  [[Mnemonic.Fpatan, Mnemonic.Fyl2x, Mnemonic.Fyl2xp1], op.FPU_OF_TWO],
  [[Mnemonic.Fsin, Mnemonic.Fcos, Mnemonic.Fsincos, Mnemonic.Fptan], op.FPU_CIRCULAR],
  [
    [
      Mnemonic.Fld1,
      Mnemonic.Fldl2t,
      Mnemonic.Fldl2e,
      Mnemonic.Fldpi,
      Mnemonic.Fldlg2,
      Mnemonic.Fldln2,
      Mnemonic.Fldz,
    ],
    op.FPU_CONSTANT,
  ],
] as const) {
  define(mnemonics, (s, which) => {
    s.handler = handler;
    s.sub = which;
  });
}

define([Mnemonic.Fld, Mnemonic.Fild, Mnemonic.Fbld], (s, _which, i) => {
  s.handler = hasMemory(i) ? op.FPU_LOAD_M : op.FPU_LOAD;
  if (hasMemory(i)) memoryType(s, i);
  else s.r2 = stackRegister(i, i.opCount - 1);
});

define([Mnemonic.Fst, Mnemonic.Fist, Mnemonic.Fstp, Mnemonic.Fistp, Mnemonic.Fbstp], (s, which, i) => {
  s.handler = hasMemory(i) ? op.FPU_STORE_M : op.FPU_STORE;
  s.writes = true;
  s.size = which < 2 ? 0 : 1;
  if (hasMemory(i)) memoryType(s, i);
  else s.r2 = stackRegister(i, 0);
});

define([Mnemonic.Fstpnce], (s, _which, i) => {
  s.handler = op.FPU_STORE_QUIETLY;
  s.r2 = stackRegister(i, 0);
});

define([Mnemonic.Fxch], (s, _which, i) => {
  s.handler = op.FPU_EXCHANGE;
  s.r2 = otherRegister(i);
});

define([Mnemonic.Fdecstp, Mnemonic.Fincstp], (s, which) => {
  s.handler = op.FPU_ROTATE;
  s.sub = which === 0 ? 7 : 1;
});

define([Mnemonic.Ffree, Mnemonic.Ffreep], (s, which, i) => {
  s.handler = op.FPU_FREE;
  s.r2 = stackRegister(i, 0);
  s.size = which;
});

define([Mnemonic.Fldcw], (s) => {
  s.handler = op.FPU_LOAD_CONTROL;
  s.accessed = 2;
});

define([Mnemonic.Fldenv, Mnemonic.Frstor], (s, which, i) => {
  const wide = isWide(i);
  s.handler = which === 0 ? op.FPU_LOAD_ENVIRONMENT : op.FPU_RESTORE;
  s.r2 = wide ? 28 : 14;
  s.accessed = s.r2 + which * 80;
});

function isWide(i: Instruction): boolean {
  return i.memorySize === MemorySize.FpuEnv28 || i.memorySize === MemorySize.FpuState108;
}

for (const [mnemonic, handler] of [
  [Mnemonic.Fninit, op.FPU_INITIALIZE],
  [Mnemonic.Fnclex, op.FPU_CLEAR],
  [Mnemonic.Fneni, op.FPU_IGNORED],
  [Mnemonic.Fndisi, op.FPU_IGNORED],
  [Mnemonic.Fnsetpm, op.FPU_IGNORED],
] as const) {
  define([mnemonic], (s) => {
    s.handler = handler;
    s.x87 = true;
    s.ready = READY_AT_ONCE;
  });
}

define([Mnemonic.Fnstcw, Mnemonic.Fnstsw], (s, which, i) => {
  s.handler = which === 0 ? op.FPU_STORE_CONTROL : op.FPU_STORE_STATUS;
  if (!hasMemory(i)) s.handler = op.FPU_STORE_STATUS_AX;
  s.accessed = 2;
  s.writes = true;
  s.x87 = true;
  s.ready = READY_AT_ONCE;
});

define([Mnemonic.Fnstenv, Mnemonic.Fnsave], (s, which, i) => {
  s.handler = which === 0 ? op.FPU_STORE_ENVIRONMENT : op.FPU_SAVE;
  s.r2 = isWide(i) ? 28 : 14;
  s.accessed = s.r2 + which * 80;
  s.writes = true;
  s.x87 = true;
  s.ready = READY_AT_ONCE;
});

define([Mnemonic.Fxsave, Mnemonic.Fxrstor], (s, which) => {
  s.handler = which === 0 ? op.FPU_SAVE_EXTENDED : op.FPU_RESTORE_EXTENDED;
  s.accessed = 0;
});
