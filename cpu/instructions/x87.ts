/** The x87. Stack registers go to OP_R1 and OP_R2 by their numbers. */
import { Instruction, MemorySize, Mnemonic, OpKind, Register } from "iced-x86";
import { BCD80, INT16, INT32, INT64, REAL32, REAL64, REAL80, READY_AT_ONCE, READY_WAITS } from "../layout";
import * as op from "../operations.generated";
import type { ClockRow, InstructionEntry, Select, Selection } from "./entry";

type SelectX87 = (s: Selection, which: number, i: Instruction) => void;

function entry(
  mnemonics: readonly Mnemonic[],
  select: SelectX87,
  clocks: readonly ClockRow[],
  name?: string,
): InstructionEntry {
  return { mnemonics, name, operands: "x87", select: readied(READY_WAITS, select), clocks };
}

/** Instructions that neither wait nor tell of errors. */
function atOnce(
  mnemonics: readonly Mnemonic[],
  select: SelectX87,
  clocks: readonly ClockRow[],
): InstructionEntry {
  return { mnemonics, operands: "x87", select: readied(READY_AT_ONCE, select), clocks };
}

function readied(ready: number, select: SelectX87): Select {
  return (s, which, i) => {
    s.x87 = true;
    s.ready = ready;
    s.size = 0;
    select(s, which, i);
  };
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

/** `sub` is the place among the mnemonics. */
function numbered(handler: number) {
  return (s: Selection, which: number): void => {
    s.handler = handler;
    s.sub = which;
  };
}

/** By the numbers that the opcodes have for them. */
const OPERATIONS: ReadonlyMap<Mnemonic, number> = new Map([
  [Mnemonic.Fadd, 0],
  [Mnemonic.Fiadd, 0],
  [Mnemonic.Faddp, 0],
  [Mnemonic.Fmul, 1],
  [Mnemonic.Fimul, 1],
  [Mnemonic.Fmulp, 1],
  [Mnemonic.Fsub, 4],
  [Mnemonic.Fisub, 4],
  [Mnemonic.Fsubp, 4],
  [Mnemonic.Fsubr, 5],
  [Mnemonic.Fisubr, 5],
  [Mnemonic.Fsubrp, 5],
  [Mnemonic.Fdiv, 6],
  [Mnemonic.Fidiv, 6],
  [Mnemonic.Fdivp, 6],
  [Mnemonic.Fdivr, 7],
  [Mnemonic.Fidivr, 7],
  [Mnemonic.Fdivrp, 7],
]);
const POPPING: readonly Mnemonic[] = [
  ...[Mnemonic.Faddp, Mnemonic.Fmulp, Mnemonic.Fsubp, Mnemonic.Fsubrp],
  ...[Mnemonic.Fdivp, Mnemonic.Fdivrp],
];

/** The conditions by their codes; FCMOVU and FCMOVNU go by the parity flag. */
const CONDITIONAL: ReadonlyMap<Mnemonic, number> = new Map([
  [Mnemonic.Fcmovb, 2],
  [Mnemonic.Fcmove, 4],
  [Mnemonic.Fcmovbe, 6],
  [Mnemonic.Fcmovu, 10],
  [Mnemonic.Fcmovnb, 3],
  [Mnemonic.Fcmovne, 5],
  [Mnemonic.Fcmovnbe, 7],
  [Mnemonic.Fcmovnu, 11],
]);

function isWide(i: Instruction): boolean {
  return i.memorySize === MemorySize.FpuEnv28 || i.memorySize === MemorySize.FpuState108;
}

/** Environment and state: 14 or 28 bytes, and 80 of registers. */
function image(s: Selection, i: Instruction, registers: boolean): void {
  s.r2 = isWide(i) ? 28 : 14;
  s.accessed = s.r2 + (registers ? 80 : 0);
}

export const X87: readonly InstructionEntry[] = [
  entry(
    [...OPERATIONS.keys()],
    (s, _which, i) => {
      s.sub = OPERATIONS.get(i.mnemonic)!;
      if (hasMemory(i)) {
        s.handler = op.FPU_OPERATE_M;
        memoryType(s, i);
        return;
      }
      s.handler = op.FPU_OPERATE;
      s.r1 = stackRegister(i, 0);
      s.r2 = stackRegister(i, 1);
      s.size = POPPING.includes(i.mnemonic) ? 1 : 0;
    },
    [
      ["FADD st", "23-34", "8-20", "3", "2/2 BX QT"],
      ["FSUB st", "23-34", "8-20", "3", "2/2 BX QT"],
      ["FSUBR st", "23-34", "8-20", "3", "2/2 BX QT"],
      ["FADD m32", "24-32", "8-20", "3", "2/2 BX QT"],
      ["FADD m64", "29-37", "8-20", "3", "2/2 BX QT"],
      ["FSUB m32", "24-32", "8-20", "3", "2/2 BX QT"],
      ["FSUB m64", "29-37", "8-20", "3", "2/2 BX QT"],
      ["FADDP st", "23-31", "8-20", "3", "1/1 QT"],
      ["FIADD m16", "71-85", "20-35", "7", "1/1 BX"],
      ["FIADD m32", "57-72", "19-32", "7", "1/1 BX"],
      ["FISUB m16", "71-85", "20-35", "7", "1/1 BX"],
      ["FISUB m32", "57-72", "19-32", "7", "1/1 BX"],
      ["FMUL st", "29-57", "16", "3", "1/1 BX"],
      ["FMUL m32", "27-35", "11", "3", "1/1 BX"],
      ["FMUL m64", "32-57", "14", "3", "1/1 BX"],
      ["FIMUL m16", "76-87", "23-27", "7", "1/1 BX"],
      ["FIMUL m32", "61-82", "22-24", "7", "1/1 BX"],
      ["FDIV st", "88-91", "73", "39", "1/1 BX"],
      ["FDIV m32", "89", "73", "39", "1/1 BX"],
      ["FDIV m64", "94", "73", "39", "1/1 BX"],
      ["FIDIV m16", "136-140", "85-89", "42", "1/1 BX"],
      ["FIDIV m32", "120-127", "84-86", "42", "1/1 BX"],
      ["FSUBR m32", "~24-32", "~8-20", "3", "as FSUB m32"],
      ["FSUBR m64", "~29-37", "~8-20", "3", "as FSUB m64"],
      ["FISUBR m16", "~71-85", "~20-35", "7", "as FISUB m16"],
      ["FISUBR m32", "~57-72", "~19-32", "7", "as FISUB m32"],
      ["FDIVR st", "~88-91", "~73", "39", "as FDIV st"],
      ["FDIVR m32", "~89", "~73", "39", "as FDIV m32"],
      ["FDIVR m64", "~94", "~73", "39", "as FDIV m64"],
      ["FIDIVR m16", "~136-140", "~85-89", "42", "as FIDIV m16"],
      ["FIDIVR m32", "~120-127", "~84-86", "42", "as FIDIV m32"],
      ["FSUBP st", "~23-34", "~8-20", "3", "as FSUB st"],
      ["FSUBRP st", "~23-34", "~8-20", "3", "as FSUB st"],
      ["FMULP st", "~29-57", "~16", "3", "as FMUL st"],
      ["FDIVP st", "~88-91", "~73", "39", "as FDIV st"],
      ["FDIVRP st", "~88-91", "~73", "39", "as FDIV st"],
    ],
  ),
  entry(
    [Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Fucompp],
    (s, which, i) => {
      s.handler = hasMemory(i) ? op.FPU_COMPARE_M : op.FPU_COMPARE;
      s.sub = which < 3 ? 0 : 1;
      s.size = which % 3;
      if (hasMemory(i)) memoryType(s, i);
      else s.r2 = otherRegister(i);
    },
    [
      ["FCOM st", "24", "4", "4", "2/2 BX QT"],
      ["FUCOM st", "24", "4", "4", "1/1 BX"],
      ["FCOMP st", "26", "4", "4", "1/1 QT"],
      ["FCOM m32", "26", "4", "4", "2/2 BX QT"],
      ["FCOM m64", "31", "4", "4", "2/2 BX QT"],
      ["FCOMP m32", "~26", "~4", "4", "as FCOM m32"],
      ["FCOMP m64", "~31", "~4", "4", "as FCOM m64"],
      ["FCOMPP", "~26", "~4", "4", "as FCOMP st"],
      ["FUCOMP st", "~24", "~4", "4", "as FUCOM st"],
      ["FUCOMPP", "~24", "~4", "4", "as FUCOM st"],
    ],
  ),
  entry(
    [Mnemonic.Fcomi, Mnemonic.Fucomi, Mnemonic.Fcomip, Mnemonic.Fucomip],
    (s, which, i) => {
      s.handler = op.FPU_COMPARE_FLAGS;
      s.sub = which & 1;
      s.size = which >> 1;
      s.r2 = stackRegister(i, 1);
    },
    [
      ["FCOMI st", "", "", "~4", "as FCOM"],
      ["FCOMIP st", "", "", "~4", "as FCOM"],
      ["FUCOMI st", "", "", "~4", "as FUCOM"],
      ["FUCOMIP st", "", "", "~4", "as FUCOM"],
    ],
  ),
  entry(
    [...CONDITIONAL.keys()],
    (s, _which, i) => {
      s.handler = op.FPU_MOVE_CONDITION;
      s.sub = CONDITIONAL.get(i.mnemonic)!;
      s.r2 = stackRegister(i, 1);
    },
    [["FCMOVcc st", "", "", "~1", "as FXCH"]],
    "FCMOVcc",
  ),
  entry(
    [Mnemonic.Ficom, Mnemonic.Ficomp],
    (s, which, i) => {
      s.handler = op.FPU_COMPARE_M;
      s.size = which;
      memoryType(s, i);
    },
    [
      ["FICOM m16", "71-75", "16-20", "8", "1/1 BX"],
      ["FICOM m32", "56-63", "15-17", "8", "1/1 BX"],
      ["FICOMP m16", "~71-75", "~16-20", "8", "as FICOM m16"],
      ["FICOMP m32", "~56-63", "~15-17", "8", "as FICOM m32"],
    ],
  ),
  entry([Mnemonic.Ftst], numbered(op.FPU_TEST), [["FTST", "28", "4", "4", "1/1 BX"]]),
  entry([Mnemonic.Fxam], numbered(op.FPU_EXAMINE), [["FXAM", "30-38", "8", "21", "1/1 BX"]]),
  entry([Mnemonic.Fchs, Mnemonic.Fabs], numbered(op.FPU_SIGN), [
    ["FABS", "22", "3", "1", "2/2 BX QT"],
    ["FCHS", "24-25", "6", "1", "2/2 BX QT"],
  ]),
  entry([Mnemonic.Fsqrt, Mnemonic.Frndint], numbered(op.FPU_UNARY), [
    ["FRNDINT", "66-80", "21-30", "9-20", "1/1 BX"],
    ["FSQRT", "122-129", "83-87", "70", "1/1 BX"],
  ]),
  entry([Mnemonic.Fscale], numbered(op.FPU_SCALE), [["FSCALE", "67-86", "30-32", "20-31", "1/1 BX"]]),
  entry([Mnemonic.Fprem, Mnemonic.Fprem1], numbered(op.FPU_REMAINDER), [
    ["FPREM", "74-155", "70-138", "16-64", "1/1 BX"],
    ["FPREM1", "95-185", "72-167", "20-70", "1/1 BX"],
  ]),
  entry([Mnemonic.Fxtract], numbered(op.FPU_EXTRACT), [["FXTRACT", "70-76", "16-20", "13", "1/1 BX"]]),
  entry([Mnemonic.Fnop], numbered(op.FPU_NOP), [["FNOP", "12", "3", "1", "1/1 BX"]]),
  entry([Mnemonic.F2xm1], numbered(op.FPU_POWER), [["F2XM1", "211-476", "140-279", "13-57", "2/2 BX QT"]]),
  entry([Mnemonic.Fpatan, Mnemonic.Fyl2x, Mnemonic.Fyl2xp1], numbered(op.FPU_OF_TWO), [
    ["FPATAN", "314-487", "218-303", "17-173", "1/1 BX"],
    ["FYL2X", "120-538", "196-329", "22-111", "1/1 BX"],
    ["FYL2XP1", "257-547", "171-326", "22-103", "1/1 BX"],
  ]),
  entry([Mnemonic.Fsin, Mnemonic.Fcos, Mnemonic.Fsincos, Mnemonic.Fptan], numbered(op.FPU_CIRCULAR), [
    ["FSIN", "122-771", "257-354", "16-126", "1/1 BX"],
    ["FCOS", "122-772", "257-354", "18-124", "1/1 BX"],
    ["FSINCOS", "194-809", "292-365", "17-137", "1/1 BX"],
    ["FPTAN", "191-497", "200-273", "17-173", "1/1 BX"],
  ]),
  entry(
    [
      Mnemonic.Fld1,
      Mnemonic.Fldl2t,
      Mnemonic.Fldl2e,
      Mnemonic.Fldpi,
      Mnemonic.Fldlg2,
      Mnemonic.Fldln2,
      Mnemonic.Fldz,
    ],
    numbered(op.FPU_CONSTANT),
    [
      ["FLD1", "20-24", "4", "2", "1/1 BX"],
      ["FLDZ", "20-24", "4", "2", "1/1 BX"],
      ["FLDPI", "40", "8", "5", "1/1 BX"],
      ["FLDL2T", "40", "8", "5", "1/1 BX"],
      ["FLDL2E", "40", "8", "5", "1/1 BX"],
      ["FLDLG2", "40", "8", "5", "1/1 BX"],
      ["FLDLN2", "40", "8", "5", "1/1 BX"],
    ],
  ),
  entry(
    [Mnemonic.Fld, Mnemonic.Fild, Mnemonic.Fbld],
    (s, _which, i) => {
      s.handler = hasMemory(i) ? op.FPU_LOAD_M : op.FPU_LOAD;
      if (hasMemory(i)) memoryType(s, i);
      else s.r2 = stackRegister(i, i.opCount - 1);
    },
    [
      ["FBLD m80", "266-275", "70-103", "48-58", "2/2 BX QT"],
      ["FLD st", "14", "4", "1", "1/1 BX"],
      ["FLD m32", "20", "3", "1", "1/1 BX"],
      ["FLD m64", "25", "3", "1", "1/1 BX"],
      ["FLD m80", "44", "6", "3", "1/1 BX"],
      ["FILD m16", "61-65", "13-16", "3", "1/1 BX"],
      ["FILD m32", "45-52", "9-12", "3", "1/1 BX"],
      ["FILD m64", "56", "10-18", "3", "1/1 BX"],
    ],
  ),
  entry(
    [Mnemonic.Fst, Mnemonic.Fist, Mnemonic.Fstp, Mnemonic.Fistp, Mnemonic.Fbstp],
    (s, which, i) => {
      s.handler = hasMemory(i) ? op.FPU_STORE_M : op.FPU_STORE;
      s.writes = true;
      s.size = which < 2 ? 0 : 1;
      if (hasMemory(i)) memoryType(s, i);
      else s.r2 = stackRegister(i, 0);
    },
    [
      ["FBSTP m80", "512-534", "172-176", "148-154", "2/2 BX QT"],
      ["FST st", "11", "3", "1", "1/1 BX"],
      ["FST m32", "44", "7", "2", "1/1 BX"],
      ["FST m64", "45", "8", "2", "1/1 BX"],
      ["FSTP st", "11", "3", "1", "1/1 BX"],
      ["FSTP m32", "44", "7", "2", "1/1 BX"],
      ["FSTP m64", "45", "8", "2", "1/1 BX"],
      ["FSTP m80", "53", "6", "3", "1/1 BX"],
      ["FIST m16", "82-95", "29-34", "6", "1/1 BX"],
      ["FIST m32", "79-93", "28-34", "6", "1/1 BX"],
      ["FISTP m16", "82-95", "29-34", "6", "1/1 BX"],
      ["FISTP m32", "79-93", "28-34", "6", "1/1 BX"],
      ["FISTP m64", "80-97", "29-34", "6", "1/1 BX"],
    ],
  ),
  entry(
    [Mnemonic.Fstpnce],
    (s, _which, i) => {
      s.handler = op.FPU_STORE_QUIETLY;
      s.r2 = stackRegister(i, 0);
    },
    [["FSTPNCE st", "~11", "~3", "~1", "as FSTP st"]],
  ),
  entry(
    [Mnemonic.Fxch],
    (s, _which, i) => {
      s.handler = op.FPU_EXCHANGE;
      s.r2 = otherRegister(i);
    },
    [["FXCH st", "18", "4", "1", "1/1 BX"]],
  ),
  entry(
    [Mnemonic.Fdecstp, Mnemonic.Fincstp],
    (s, which) => {
      s.handler = op.FPU_ROTATE;
      s.sub = which === 0 ? 7 : 1;
    },
    [
      ["FINCSTP", "22", "3", "1", "1/1 BX"],
      ["FDECSTP", "22", "3", "1", "1/1 BX"],
    ],
  ),
  entry(
    [Mnemonic.Ffree, Mnemonic.Ffreep],
    (s, which, i) => {
      s.handler = op.FPU_FREE;
      s.r2 = stackRegister(i, 0);
      s.size = which;
    },
    [
      ["FFREE st", "18", "3", "1", "1/1 BX"],
      ["FFREEP st", "~18", "~3", "~1", "as FFREE st"],
    ],
  ),
  entry(
    [Mnemonic.Fldcw],
    (s) => {
      s.handler = op.FPU_LOAD_CONTROL;
      s.accessed = 2;
    },
    [["FLDCW m", "19", "4", "7", "1/1 BX"]],
  ),
  entry(
    [Mnemonic.Fldenv, Mnemonic.Frstor],
    (s, which, i) => {
      s.handler = which === 0 ? op.FPU_LOAD_ENVIRONMENT : op.FPU_RESTORE;
      image(s, i, which === 1);
    },
    [
      ["FLDENV m", "71", "34", "33", "1/1 BX"],
      ["FRSTOR m", "308", "120", "70", "1/1 BX"],
    ],
  ),
  atOnce(
    [Mnemonic.Fninit, Mnemonic.Fnclex, Mnemonic.Fneni, Mnemonic.Fndisi, Mnemonic.Fnsetpm],
    (s, which) => {
      s.handler = [op.FPU_INITIALIZE, op.FPU_CLEAR][which] ?? op.FPU_IGNORED;
    },
    [
      ["FNSETPM", "12", "3", "1", "1/1 BX"],
      ["FNCLEX", "11", "7", "9", "2/2 BX QT"],
      ["FNINIT", "33", "17", "12", "1/1 BX"],
      ["FNENI", "~12", "~3", "~1", "as FNOP"],
      ["FNDISI", "~12", "~3", "~1", "as FNOP"],
    ],
  ),
  atOnce(
    [Mnemonic.Fnstcw, Mnemonic.Fnstsw],
    (s, which, i) => {
      s.handler = which === 0 ? op.FPU_STORE_CONTROL : op.FPU_STORE_STATUS;
      if (!hasMemory(i)) s.handler = op.FPU_STORE_STATUS_AX;
      s.accessed = 2;
      s.writes = true;
    },
    [
      ["FNSTCW m", "15", "3", "2", "1/1 BX"],
      ["FNSTSW m", "15", "3", "2", "1/1 BX"],
      ["FNSTSW r", "~15", "~3", "2", "as FNSTSW m"],
    ],
  ),
  atOnce(
    [Mnemonic.Fnstenv, Mnemonic.Fnsave],
    (s, which, i) => {
      s.handler = which === 0 ? op.FPU_STORE_ENVIRONMENT : op.FPU_SAVE;
      image(s, i, which === 1);
      s.writes = true;
    },
    [
      ["FNSTENV m", "103", "56", "50", "1/1 BX"],
      ["FNSAVE m", "375", "143", "124", "1/1 BX"],
    ],
  ),
  {
    mnemonics: [Mnemonic.Fxsave, Mnemonic.Fxrstor],
    select(s, which) {
      s.handler = which === 0 ? op.FPU_SAVE_EXTENDED : op.FPU_RESTORE_EXTENDED;
      s.accessed = 0;
    },
    clocks: [
      ["FXSAVE m", "", "", "~124", "as FNSAVE"],
      ["FXRSTOR m", "", "", "~70", "as FRSTOR"],
    ],
  },
];
