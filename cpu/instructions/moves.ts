/** Moves, and what else only moves and converts. */
import { Instruction, Mnemonic, OpKind, Register } from "iced-x86";
import { FORM_M, FORM_MR, FORM_R, FORM_RM, FORM_RR, SEG_SS } from "../layout";
import * as op from "../operations.generated";
import { condition } from "./charges";
import { CONDITIONS, isSegment, operandRegister, operandSize, segmentIndex } from "./operands";
import type { InstructionEntry, Select, Selection, SelectContext } from "./entry";

// Handlers of the main loop come in runs; FORM_RR to FORM_MI are 0 to 4.

const MOV32: readonly number[] = [op.MOV32_RR, op.MOV32_RI, op.MOV32_RM, op.MOV32_MR, op.MOV32_MI];
const MOV8: readonly number[] = [op.MOV8_RR, op.MOV8_RI, op.MOV8_RM, op.MOV8_MR, op.MOV8_MI];

const move: Select = (s, _which, i, c) => {
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
};

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

export const MOVES: readonly InstructionEntry[] = [
  {
    mnemonics: [Mnemonic.Mov],
    select: move,
    clocks: [
      ["MOV r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOV m,r", "2", "1", "1", "8/8 P1 P2 IB HP UP MM CK RE"],
      ["MOV r,m", "4", "1", "1", "8/8 P1 P2 IB HP UP MM CK RE"],
      ["MOV r,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOV m,imm", "2", "1", "1", "5/5 P1 P2 IB HP MM"],
      ["MOV acc,moffs", "4", "1", "1", "6/6 P1 P2 IB HP UP MM"],
      ["MOV moffs,acc", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOV r,Sreg", "2", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOV m,Sreg", "2", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOV Sreg,r", "18", "9", "2", "6/6 P1 P2 IB UP MM CK"],
      ["MOV Sreg,m", "19", "9", "3", "6/6 P1 P2 IB UP MM CK"],
      ["MOV r,CR0", "6", "4", "4", "6/6 P1 P2 IB MM CK HP"],
      ["MOV r,CR2", "6", "4", "4", "6/6 P1 P2 IB MM CK HP"],
      ["MOV r,CR3", "6", "4", "4", "6/6 P1 P2 IB MM CK HP"],
      ["MOV CR0,r", "10", "16", "22", "5/6 P1 P2 IB HP BX; not MM=11"],
      ["MOV CR2,r", "4", "4", "12", "5/5 P1 P2 IB HP MM"],
      ["MOV CR3,r", "5", "4", "21", "5/5 P1 P2 IB HP MM; Pentium: 46 if the value changes"],
      ["MOV r,DR0-DR3", "22", "9", "11", "5/5 IB MM P1 P2 HP"],
      ["MOV r,DR6/DR7", "14", "9", "11", "3/4 MM P1 P2; not HP=22"],
      ["MOV DR0-DR3,r", "22", "10", "11", "5/5 IB MM P1 P2 HP"],
      ["MOV DR6/DR7,r", "16", "10", "11", "4/4 MM P1 P2 HP"],
      ["MOV r,TR", "12", "4", "", "5/5 P1 P2 IB MM HP"],
      ["MOV TR,r", "12", "4", "", "5/5 P1 P2 IB MM HP"],
      ["MOV CR4,r", "", "~4", "14", "i486: as MOV to CR3"],
      ["MOV r,CR4", "", "~4", "4", "i486: as MOV from CR3"],
    ],
  },
  {
    mnemonics: [Mnemonic.Movzx, Mnemonic.Movsx],
    select(s, which, i) {
      const to = operandSize(i, 0);
      s.size = operandSize(i, 1);
      s.sub = to;
      if (to !== 4) s.handler = which === 0 ? op.MOVZX : op.MOVSX;
      else s.handler = EXTENSIONS[which][(s.size === 2 ? 2 : 0) + (s.form === FORM_RM ? 1 : 0)];
    },
    clocks: [
      ["MOVSX r,r", "3", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOVSX r,m", "6", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["MOVZX r,r", "3", "3", "3", "6/6 P1 P2 HP UP MM CK"],
      ["MOVZX r,m", "6", "3", "3", "6/6 P1 P2 HP UP MM CK"],
    ],
  },
  {
    mnemonics: CONDITIONS.map((cc) => Mnemonic[`Cmov${cc}`]),
    select(s, which) {
      s.handler = op.CMOV;
      s.sub = which;
    },
    clocks: [["*", "", "", "~1", "as MOV"]],
  },
  {
    // There is no cache that a store could pass by.
    mnemonics: [Mnemonic.Movnti],
    select(s) {
      s.writes = true;
      s.handler = op.MOV32_MR;
    },
    clocks: [["*", "", "", "~1", "as MOV"]],
  },
  {
    mnemonics: CONDITIONS.map((cc) => Mnemonic[`Set${cc}`]),
    name: "SETcc",
    select(s, which) {
      s.writes = true;
      s.sub = which;
      s.handler = s.form === FORM_R ? op.SETO + which : op.SET_M;
    },
    charge: condition,
    clocks: [
      ["SETcc r", "4", "4/3", "1", "6/6 P1 P2 IB HP UP MM"],
      ["SETcc m", "5", "3/4", "2", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Lea],
    select(s, _which, i, c) {
      s.size = operandSize(i, 0);
      s.accessed = 0;
      s.handler = s.size === 4 && !c.address16 ? op.LEA32 : op.LEA;
    },
    clocks: [["LEA r,m", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"]],
  },
  {
    mnemonics: [Mnemonic.Xchg],
    select(s) {
      s.writes = true;
      // An exchange with memory has the memory operand as its target.
      if (s.form === FORM_RM) {
        s.form = FORM_MR;
        s.r2 = s.r1;
      }
      s.handler = s.size === 4 && s.form === FORM_RR ? op.XCHG32_RR : op.XCHG;
    },
    clocks: [
      ["XCHG r,r", "3", "3", "3", "6/7 P1 P2 IB HP UP MM; not CK=2"],
      ["XCHG r,acc", "3", "3", "2", "5/5 P1 P2 IB HP UP"],
      ["XCHG m,r", "5", "5", "3", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Xlatb],
    name: "XLAT",
    operands: "none",
    select(s) {
      s.handler = op.XLAT;
      s.accessed = 0;
    },
    clocks: [["XLAT", "5", "4", "4", "7/7 P1 P2 IB HP UP MM CK"]],
  },
  {
    mnemonics: [Mnemonic.Bswap],
    select: (s) => (s.handler = op.BSWAP),
    clocks: [["BSWAP r", "", "1", "1", ""]],
  },
  {
    mnemonics: [Mnemonic.Cbw, Mnemonic.Cwde, Mnemonic.Cwd, Mnemonic.Cdq],
    select(s, which, _i, c) {
      s.size = c.operand;
      s.sub = which >> 1;
      s.handler = c.operand === 2 ? op.CONVERT : which < 2 ? op.CWDE : op.CDQ;
    },
    clocks: [
      ["CBW", "3", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["CWDE", "3", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["CWD", "2", "3", "2", "6/7 P1 P2 HP UP MM CK; not IB=3"],
      ["CDQ", "2", "3", "2", "6/7 P1 P2 HP UP MM CK; not IB=3"],
    ],
  },
  {
    mnemonics: [Mnemonic.Lds, Mnemonic.Les, Mnemonic.Lfs, Mnemonic.Lgs, Mnemonic.Lss],
    select(s, which, i) {
      s.handler = op.LOAD_FAR;
      s.size = operandSize(i, 0);
      s.accessed = s.size + 2;
      s.sub = [3, 0, 4, 5, SEG_SS][which];
    },
    clocks: [
      ["LDS r,m", "22", "12", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["LSS r,m", "22", "12", "8", "5/5 P1 P2 HP UP MM"],
      ["LES r,m", "22", "12", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["LFS r,m", "25", "12", "4", "2/5 P1 P2; not HP=22 UP=22 MM=22"],
      ["LGS r,m", "25", "12", "4", "2/5 P1 P2; not HP=22 UP=22 MM=22"],
    ],
  },
  {
    mnemonics: [Mnemonic.Nop, Mnemonic.Reservednop],
    select(s) {
      s.handler = op.NOP;
      s.accessed = 0;
    },
    clocks: [
      ["NOP", "3", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["*", "", "", "~1", "as NOP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Lahf, Mnemonic.Sahf, Mnemonic.Salc],
    select: (s, which) => (s.handler = [op.LAHF, op.SAHF, op.SALC][which]),
    clocks: [
      ["LAHF", "2", "3", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAHF", "3", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["SALC", "~3", "~3", "~3", "undocumented; as CBW, the nearest one-byte ALU operation"],
    ],
  },
  {
    mnemonics: [Mnemonic.Clc, Mnemonic.Stc, Mnemonic.Cmc, Mnemonic.Cld, Mnemonic.Std],
    select(s, which) {
      s.handler = op.FLAG_OP;
      s.sub = which;
    },
    clocks: [
      ["CLC", "2", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["STC", "2", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["CMC", "2", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["CLD", "2", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["STD", "2", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
];
