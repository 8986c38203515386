/** Shifts, rotates, and what tests and finds bits. */
import { Mnemonic, OpKind } from "iced-x86";
import { FORM_RI, FORM_RR } from "../layout";
import * as op from "../operations.generated";
import { rotate, scan } from "./charges";
import type { InstructionEntry, Select } from "./entry";

/** Numbers of the rotates and shifts as the opcodes have them. */
const SHIFTS: ReadonlyMap<Mnemonic, number> = new Map([
  [Mnemonic.Rol, 0],
  [Mnemonic.Ror, 1],
  [Mnemonic.Rcl, 2],
  [Mnemonic.Rcr, 3],
  [Mnemonic.Shl, 4],
  [Mnemonic.Shr, 5],
  [Mnemonic.Sal, 6],
  [Mnemonic.Sar, 7],
]);

// The main loop has no handlers for the AF that the i386 leaves.
const shift: Select = (s, _which, i, c) => {
  const operation = SHIFTS.get(i.mnemonic)!;
  s.writes = true;
  s.sub = operation;
  s.byCl = i.opKind(1) === OpKind.Register;
  s.handler = op.SHIFT;
  const hot = operation >= 4 && s.size === 4 && !c.i386;
  const column = operation === 5 ? 1 : operation === 7 ? 2 : 0;
  if (hot && s.form === FORM_RI && (s.immediate & 31) !== 0) {
    s.handler = op.SHL32_RI + column;
    s.immediate &= 31;
  } else if (hot && s.form === FORM_RR) s.handler = op.SHL32_RC + column;
};

export const BITS: readonly InstructionEntry[] = [
  {
    mnemonics: [...[Mnemonic.Rol, Mnemonic.Ror], ...[Mnemonic.Shl, Mnemonic.Sal, Mnemonic.Shr, Mnemonic.Sar]],
    select: shift,
    clocks: [
      ["ROL r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROL m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROL r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROL m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROL r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROL m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["ROR m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHL m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAL m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SHR m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR r,1", "3", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR m,1", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR r,CL", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR m,CL", "7", "4", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR r,imm", "3", "2", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["SAR m,imm", "7", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Rcl, Mnemonic.Rcr],
    select: shift,
    charge: rotate,
    clocks: [
      ["RCL r,1", "9", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCL m,1", "10", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCL r,CL", "9", "8-30", "7-24", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCL m,CL", "10", "9-31", "9-26", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCL r,imm", "9", "8-30", "8-25", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCL m,imm", "10", "9-31", "10-27", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR r,1", "9", "3", "1", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR m,1", "10", "4", "3", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR r,CL", "9", "8-30", "7-24", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR m,CL", "10", "9-31", "9-26", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR r,imm", "9", "8-30", "8-25", "7/7 P1 P2 IB HP UP MM CK"],
      ["RCR m,imm", "10", "9-31", "10-27", "7/7 P1 P2 IB HP UP MM CK"],
    ],
  },
  {
    mnemonics: [Mnemonic.Shld, Mnemonic.Shrd],
    select(s, which, i) {
      s.writes = true;
      s.sub = which;
      s.byCl = i.opKind(2) === OpKind.Register;
      s.handler = op.DOUBLE_SHIFT;
    },
    clocks: [
      ["SHLD r,r,imm", "3", "2", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHLD m,r,imm", "7", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHLD r,r,CL", "3", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHLD m,r,CL", "7", "4", "5", "6/6 P1 P2 IB HP UP MM"],
      ["SHRD r,r,imm", "3", "2", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHRD m,r,imm", "7", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHRD r,r,CL", "3", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SHRD m,r,CL", "7", "4", "5", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc],
    select(s, which) {
      s.handler = op.BIT_TEST;
      s.sub = which;
      s.accessed = 0;
    },
    clocks: [
      ["BT r,imm", "3", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["BT m,imm", "6", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["BT r,r", "3", "3", "4", "6/6 P1 P2 IB HP UP MM"],
      ["BT m,r", "12", "8", "9", "6/6 P1 P2 IB HP UP MM"],
      ["BTC r,imm", "6", "6", "7", "6/6 P1 P2 IB HP UP MM"],
      ["BTC m,imm", "8", "8", "8", "6/6 P1 P2 IB HP UP MM"],
      ["BTC r,r", "6", "6", "7", "6/6 P1 P2 IB HP UP MM"],
      ["BTC m,r", "13", "13", "13", "6/6 P1 P2 IB HP UP MM"],
      ["BTR r,imm", "6", "6", "7", "6/6 P1 P2 IB HP UP MM"],
      ["BTR m,imm", "8", "8", "8", "6/6 P1 P2 IB HP UP MM"],
      ["BTR r,r", "6", "6", "7", "5/5 P1 P2 HP UP MM"],
      ["BTR m,r", "13", "13", "13", "5/5 P1 P2 HP UP MM"],
      ["BTS r,imm", "6", "6", "7", "6/6 P1 P2 IB HP UP MM"],
      ["BTS m,imm", "8", "8", "8", "6/6 P1 P2 IB HP UP MM"],
      ["BTS r,r", "6", "6", "7", "6/6 P1 P2 IB HP UP MM"],
      ["BTS m,r", "13", "13", "13", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Bsf, Mnemonic.Bsr],
    select(s, which) {
      s.handler = op.BIT_SCAN;
      s.sub = which;
    },
    charge: scan,
    clocks: [
      ["BSF r,r", "10+3n", "6-42", "6-42", "5/6 P1 P2 IB HP UP; not MM=11+3n"],
      [
        "BSF r,m",
        "10+3n",
        "7-43",
        "7-43",
        "5/6 P1 P2 IB HP UP; not MM=11+3n; Pentium manual 6-43, where BSR has 7-72",
      ],
      ["BSR r,r", "10+3n", "6-103", "7-71", "5/6 P1 P2 IB HP UP; not MM=9+3n"],
      ["BSR r,m", "10+3n", "7-104", "7-72", "5/6 P1 P2 IB HP UP; not MM=9+3n"],
    ],
  },
];
