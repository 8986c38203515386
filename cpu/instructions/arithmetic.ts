/** Arithmetic and logic. */
import { Mnemonic, OpKind } from "iced-x86";
import { FORM_R, FORM_RM, FORM_RR } from "../layout";
import * as op from "../operations.generated";
import { condition, multiply } from "./charges";
import type { InstructionEntry } from "./entry";

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

export const ARITHMETIC: readonly InstructionEntry[] = [
  {
    mnemonics: [
      ...[Mnemonic.Add, Mnemonic.Or, Mnemonic.Adc, Mnemonic.Sbb],
      ...[Mnemonic.And, Mnemonic.Sub, Mnemonic.Xor, Mnemonic.Cmp, Mnemonic.Test],
    ],
    select(s, which) {
      s.sub = which;
      s.writes = which < SUB_CMP;
      const byte = BYTE_RUN.get(which)?.[s.form];
      if (s.size === 4) s.handler = ALU_RUN[s.form] + which;
      else if (s.size === 1 && byte !== undefined && byte >= 0) s.handler = byte;
      else s.handler = op.ALU;
    },
    clocks: [
      ["ADD r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADD r,m", "6", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADD m,r", "7", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADD r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["ADD m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["ADD acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADC r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADC r,m", "6", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADC m,r", "7", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["ADC r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["ADC m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["ADC acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["AND r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["AND r,m", "6", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["AND m,r", "7", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["AND r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["AND m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["AND acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["OR r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["OR r,m", "6", "2", "2", "4/7 P2 HP MM CK; not P1=7 IB=7 UP=7"],
      ["OR m,r", "7", "3", "3", "4/7 P2 HP MM CK; not P1=6 IB=6 UP=6"],
      ["OR r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["OR m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["OR acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SBB r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SBB r,m", "6", "2", "2", "3/7 P2 MM CK; not P1=7 IB=7 HP=7 UP=7"],
      ["SBB m,r", "7", "3", "3", "3/7 P2 MM CK; not P1=6 IB=6 HP=6 UP=6"],
      ["SBB r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["SBB m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["SBB acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SUB r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SUB r,m", "6", "2", "2", "3/7 P2 MM CK; not P1=7 IB=7 HP=7 UP=7"],
      ["SUB m,r", "7", "3", "3", "3/7 P2 MM CK; not P1=6 IB=6 HP=6 UP=6"],
      ["SUB r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["SUB m,imm", "7", "3", "3", "6/6 P1 P2 IB HP MM CK"],
      ["SUB acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["XOR r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["XOR r,m", "6", "2", "2", "3/7 P2 MM CK; not P1=7 IB=7 HP=7 UP=7"],
      ["XOR m,r", "7", "3", "3", "3/7 P2 MM CK; not P1=6 IB=6 HP=6 UP=6"],
      ["XOR r,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["XOR m,imm", "7", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["XOR acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["CMP r,r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["CMP r,m", "6", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["CMP m,r", "5", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["CMP r,imm", "2", "1", "1", "6/6 P1 P2 IB HP MM CK"],
      ["CMP m,imm", "5", "2", "2", "6/6 P1 P2 IB HP MM CK"],
      ["CMP acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["TEST r,r", "2", "1", "1", "6/7 P1 P2 IB UP MM CK; not HP=1"],
      ["TEST m,r", "5", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["TEST r,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["TEST m,imm", "5", "2", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["TEST acc,imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Inc, Mnemonic.Dec, Mnemonic.Neg, Mnemonic.Not],
    select(s, which) {
      s.writes = true;
      s.sub = which;
      s.handler = op.UNARY;
      if (s.size !== 4) return;
      if (s.form === FORM_R) s.handler = [op.INC32_R, op.DEC32_R, op.NEG32_R, op.NOT32_R][which];
      else if (which < 2) s.handler = which === 0 ? op.INC32_M : op.DEC32_M;
    },
    clocks: [
      ["INC r", "2", "1", "1", "5/5 IB HP UP MM CK"],
      ["INC m", "6", "3", "3", "5/5 IB HP UP MM CK"],
      ["DEC r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["DEC m", "6", "3", "3", "6/6 P1 IB HP UP MM CK"],
      ["NEG r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["NEG m", "6", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["NOT r", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["NOT m", "6", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Mul],
    operands: "sized",
    select(s) {
      s.handler = op.MULTIPLY;
      s.sub = 0;
    },
    charge: multiply,
    clocks: [
      ["MUL r8", "9-14", "13-18", "11", "4/5 P1 P2 HP UP; not MM=17"],
      ["MUL m8", "12-17", "13-18", "11", "4/5 P1 P2 HP UP; not MM=20"],
      ["MUL r16", "9-22", "13-26", "11", "4/5 P1 P2 HP UP; not MM=25"],
      ["MUL m16", "12-25", "13-26", "11", "4/5 P1 P2 HP UP; not MM=28"],
      ["MUL r32", "9-38", "13-42", "10", "4/5 P1 P2 HP UP; not MM=41"],
      ["MUL m32", "12-41", "13-42", "10", "3/5 P1 P2 UP; not HP=12-21 MM=44"],
    ],
  },
  {
    mnemonics: [Mnemonic.Imul],
    operands: "sized",
    select(s, _which, i) {
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
    },
    charge: multiply,
    clocks: [
      ["IMUL r8", "9-14", "13-18", "11", "4/5 P1 P2 HP UP; not MM=17"],
      ["IMUL m8", "12-17", "13-18", "11", "4/5 P1 P2 HP UP; not MM=20"],
      ["IMUL r16", "9-22", "13-26", "11", "4/5 P1 P2 HP UP; not MM=25"],
      ["IMUL m16", "12-25", "13-26", "11", "4/5 P1 P2 HP UP; not MM=28"],
      ["IMUL r32", "9-38", "13-42", "10", "4/5 P1 P2 HP UP; not MM=41"],
      ["IMUL m32", "12-41", "13-42", "10", "4/5 P1 P2 HP UP; not MM=44"],
      ["IMUL r16,r16", "9-22", "13-26", "10", "4/5 P1 P2 HP UP; not MM=25"],
      ["IMUL r16,m16", "12-25", "13-26", "10", "4/5 P1 P2 HP UP; not MM=28"],
      ["IMUL r32,r32", "9-38", "13-42", "10", "4/5 P1 P2 HP UP; not MM=41"],
      ["IMUL r32,m32", "12-41", "13-42", "10", "4/5 P1 P2 HP UP; not MM=44"],
      ["IMUL r16,r16,imm8", "9-14", "13-18", "10", "4/5 P1 P2 IB UP; not MM=26"],
      ["IMUL r16,m16,imm8", "12-17", "13-18", "10", "4/5 P1 P2 IB UP; not MM=27"],
      ["IMUL r32,r32,imm8", "9-14", "13-18", "10", "4/5 P1 P2 IB UP; not MM=42"],
      ["IMUL r32,m32,imm8", "12-17", "13-18", "10", "4/5 P1 P2 IB UP; not MM=43"],
      ["IMUL r16,r16,imm16", "9-22", "13-26", "10", "5/6 P1 P2 IB HP UP; not MM=26"],
      ["IMUL r16,m16,imm16", "12-25", "13-26", "10", "5/6 P1 P2 IB HP UP; not MM=27"],
      ["IMUL r32,r32,imm32", "9-38", "13-42", "10", "4/5 P1 P2 HP UP; not MM=42"],
      ["IMUL r32,m32,imm32", "12-41", "13-42", "10", "4/5 P1 P2 HP UP; not MM=43"],
    ],
  },
  {
    mnemonics: [Mnemonic.Div, Mnemonic.Idiv],
    operands: "sized",
    select(s, which) {
      s.handler = op.DIVIDE;
      s.sub = which;
    },
    clocks: [
      ["DIV r8", "14", "16", "17", "7/7 P1 P2 IB HP UP MM CK"],
      ["DIV m8", "17", "16", "17", "7/7 P1 P2 IB HP UP MM CK"],
      ["DIV r16", "22", "24", "25", "7/7 P1 P2 IB HP UP MM CK"],
      ["DIV m16", "25", "24", "25", "7/7 P1 P2 IB HP UP MM CK"],
      ["DIV r32", "38", "40", "41", "6/6 P1 P2 HP UP MM CK"],
      ["DIV m32", "41", "40", "41", "6/6 P1 P2 HP UP MM CK"],
      ["IDIV r8", "19", "19", "22", "7/7 P1 P2 IB HP UP MM CK"],
      ["IDIV m8", "22", "20", "22", "3/6 HP MM CK; not P1=19 P2=19 UP=19"],
      ["IDIV r16", "27", "27", "30", "7/7 P1 P2 IB HP UP MM CK"],
      ["IDIV m16", "30", "28", "30", "3/6 HP MM CK; not P1=27 P2=27 UP=27"],
      ["IDIV r32", "43", "43", "46", "6/6 P1 P2 HP UP MM CK"],
      ["IDIV m32", "46", "44", "46", "3/6 HP MM CK; not P1=43 P2=43 UP=43"],
    ],
  },
  {
    mnemonics: [Mnemonic.Xadd],
    select(s) {
      s.writes = true;
      s.handler = op.XADD;
    },
    clocks: [
      ["XADD r,r", "", "3", "3", ""],
      ["XADD m,r", "", "4", "4", ""],
    ],
  },
  {
    mnemonics: [Mnemonic.Cmpxchg],
    select(s) {
      s.writes = true;
      s.handler = op.CMPXCHG;
    },
    charge: condition,
    clocks: [
      ["CMPXCHG r,r", "", "6", "6", ""],
      ["CMPXCHG m,r", "", "7-10", "6", ""],
    ],
  },
  {
    mnemonics: [Mnemonic.Cmpxchg8b],
    select(s) {
      s.handler = op.CMPXCHG8B;
      s.size = 8;
      s.accessed = 8;
      s.writes = true;
    },
    clocks: [["CMPXCHG8B m", "", "", "10", ""]],
  },
  {
    mnemonics: [Mnemonic.Daa, Mnemonic.Das, Mnemonic.Aaa, Mnemonic.Aas],
    select: (s, which) => (s.handler = [op.DAA, op.DAS, op.AAA, op.AAS][which]),
    clocks: [
      ["AAA", "4", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["AAS", "4", "3", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["DAA", "4", "2", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["DAS", "4", "2", "3", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Aam, Mnemonic.Aad],
    operands: "none",
    select: (s, which) => (s.handler = [op.AAM, op.AAD][which]),
    clocks: [
      ["AAM", "17", "15", "18", "7/7 P1 P2 IB HP UP MM CK"],
      ["AAD", "19", "14", "10", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
];
