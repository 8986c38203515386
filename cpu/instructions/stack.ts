/** The stack. */
import { Mnemonic, OpKind } from "iced-x86";
import { FORM_M, FORM_R, FORM_RI } from "../layout";
import * as op from "../operations.generated";
import { enter } from "./charges";
import { flatStack, isSegment, segmentIndex } from "./operands";
import type { InstructionEntry, Select } from "./entry";

/** A handler that only asks for the operand size. */
const whole =
  (handler: number): Select =>
  (s, _which, _i, c) => {
    s.handler = handler;
    s.size = c.operand;
    s.stack = true;
  };

export const STACK: readonly InstructionEntry[] = [
  {
    mnemonics: [Mnemonic.Push],
    select(s, _which, i, c) {
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
    },
    clocks: [
      ["PUSH r", "2", "1", "1", "8/8 P1 P2 IB HP UP MM CK RE"],
      ["PUSH m", "5", "4", "2", "7/7 P1 P2 IB HP UP MM CK"],
      ["PUSH imm", "2", "1", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["PUSH Sreg", "2", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Pop],
    select(s, _which, i, c) {
      s.stack = true;
      s.size = c.operand;
      s.writes = true;
      if (i.opKind(0) === OpKind.Register && isSegment(i.opRegister(0))) {
        s.handler = op.POP_SEGMENT;
        s.sub = segmentIndex(i.opRegister(0));
        return;
      }
      if (s.form === FORM_M) {
        s.handler = op.POP_MEMORY;
        s.accessed = 0;
        s.stack = false;
      } else s.handler = s.form === FORM_R && flatStack(c) ? op.POP32_R : op.POP;
    },
    clocks: [
      ["POP r", "4", "4", "1", "8/8 P1 P2 IB HP UP MM CK RE"],
      ["POP m", "5", "5", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["POP Sreg", "21", "9", "3", "6/6 P1 P2 IB UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Pusha, Mnemonic.Pushad],
    select: whole(op.PUSHA),
    clocks: [
      ["PUSHA", "18", "11", "5", "6/7 P1 P2 IB UP MM CK; not HP=24"],
      ["PUSHAD", "18", "11", "5", "6/7 P1 P2 IB UP MM CK; not HP=24"],
    ],
  },
  {
    mnemonics: [Mnemonic.Popa, Mnemonic.Popad],
    select: whole(op.POPA),
    clocks: [
      ["POPA", "24", "9", "5", "7/7 P1 P2 IB HP UP MM CK"],
      ["POPAD", "24", "9", "5", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Pushf, Mnemonic.Pushfd],
    select: whole(op.PUSHF),
    clocks: [
      ["PUSHF", "4", "3", "3", "6/6 P1 P2 IB HP UP MM"],
      ["PUSHFD", "4", "3", "3", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Popf, Mnemonic.Popfd],
    select: whole(op.POPF),
    clocks: [
      ["POPF", "5", "6", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["POPFD", "5", "6", "4", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Enter],
    operands: "none",
    select(s, _which, i, c) {
      s.handler = op.ENTER;
      s.size = c.operand;
      s.immediate = i.immediate16;
      s.displacement = i.immediate8_2nd;
      s.stack = true;
    },
    charge: enter,
    clocks: [
      ["ENTER imm16,0", "10", "14", "11", "6/6 P1 P2 IB HP UP MM"],
      ["ENTER imm16,1", "12", "17", "15", "4/4 P1 P2 HP UP"],
      ["ENTER imm16,n", "11+4n", "17+3n", "15+2n", "4/4 P1 P2 HP UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Leave],
    select(s, _which, _i, c) {
      s.handler = flatStack(c) ? op.LEAVE32 : op.LEAVE_FRAME;
      s.size = c.operand;
      s.stack = true;
    },
    clocks: [["LEAVE", "4", "5", "3", "6/6 P1 P2 IB HP UP MM"]],
  },
];
