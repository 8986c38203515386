/** Strings and ports. */
import { Mnemonic, OpKind } from "iced-x86";
import * as op from "../operations.generated";
import * as charges from "./charges";
import { operandSize } from "./operands";
import type { ClockRow, InstructionEntry } from "./entry";

/** The three sizes of a string instruction. CMPSD and MOVSD are names of SSE2 too. */
function strings(name: string, handler: number, clocks: readonly ClockRow[]): InstructionEntry {
  const port = name === "INS" || name === "OUTS";
  const first = name[0] + name.slice(1).toLowerCase();
  const mnemonic = (size: string) => Mnemonic[(first + size) as keyof typeof Mnemonic];
  return {
    mnemonics: ["b", "w", "d"].map(mnemonic),
    when: (i) => i.isStringInstruction,
    name,
    operands: "none",
    select(s, which) {
      s.handler = handler;
      s.size = 1 << which;
    },
    charge: port ? charges.stringPorts : charges.strings,
    clocks,
  };
}

export const STRINGS: readonly InstructionEntry[] = [
  strings("MOVS", op.MOVS, [
    ["MOVS", "7", "7", "4", "6/7 P1 P2 IB HP UP CK; not MM=8"],
    [
      "REP MOVS",
      "5+4n",
      "12+3n|5",
      "13+1n|6",
      "3/4 P1 P2 UP; not MM=8+8n; Pentium: one iteration costs 13 too",
    ],
  ]),
  strings("CMPS", op.CMPS, [
    ["CMPS", "10", "8", "5", "7/7 P1 P2 IB HP UP MM CK"],
    ["REP CMPS", "5+9n", "7+7n|5", "9+4n|7", "3/4 P1 P2 UP; not MM=5+5n; Pentium: REPNE 8"],
  ]),
  strings("STOS", op.STOS, [
    ["STOS", "4", "5", "3", "6/7 P1 P2 IB HP UP CK; not MM=5"],
    ["REP STOS", "5+5n", "7+4n|5", "9+1n|6", "4/4 P1 P2 UP BX"],
  ]),
  strings("LODS", op.LODS, [
    ["LODS", "5", "5", "2", "7/7 P1 P2 IB HP UP MM CK"],
    [
      "REP LODS",
      "~5+5n",
      "7+4n|5",
      "7+3n|7",
      "absent from the i386 manual; LODS is 5, and other tables repeat that per step; none; seen UP=5+4n MM=5+5n BX=5 per step IB=4+5n (tuned)",
    ],
  ]),
  strings("SCAS", op.SCAS, [
    ["SCAS", "7", "6", "4", "6/7 P1 P2 IB HP UP CK; not MM=8"],
    ["REP SCAS", "5+8n", "7+5n|5", "9+4n|7", "3/4 P1 P2 UP; not MM=5+5n"],
  ]),
  strings("INS", op.INS, [
    ["INS unchecked", "9", "10", "6", "3/3 P1 P2 HP"],
    ["INS checked", "29", "32", "24", "6/6 P1 P2 IB UP MM HP"],
    ["REP INS unchecked", "7+6n", "10+8n", "8+3n", "3/3 P1 P2 UP"],
    ["REP INS checked", "27+6n", "30+8n", "25+3n", "2/2 P2 UP"],
  ]),
  strings("OUTS", op.OUTS, [
    ["OUTS unchecked", "8", "10", "10", "3/3 P1 P2 HP"],
    ["OUTS checked", "28", "32", "27", "6/6 P1 P2 IB UP MM HP"],
    ["REP OUTS unchecked", "6+5n", "11+5n", "10+4n", "3/3 P1 P2 UP"],
    ["REP OUTS checked", "26+5n", "31+5n", "27+4n", "2/2 P2 UP"],
  ]),
  {
    mnemonics: [Mnemonic.In, Mnemonic.Out],
    select(s, which, i) {
      s.handler = which === 0 ? op.IN : op.OUT;
      const port = which === 0 ? 1 : 0;
      s.sub = i.opKind(port) === OpKind.Register ? 1 : 0;
      s.size = operandSize(i, 1 - port);
    },
    charge: charges.ports,
    clocks: [
      ["IN acc,imm unchecked", "6", "9", "4", "4/4 P1 P2 HP UP"],
      ["IN acc,imm checked", "26", "29", "21", "7/7 P1 P2 IB UP MM CK HP"],
      ["IN acc,DX unchecked", "7", "8", "4", "4/4 P1 P2 HP UP"],
      ["IN acc,DX checked", "27", "28", "21", "7/7 P1 P2 IB UP MM CK HP"],
      ["OUT imm,acc unchecked", "4", "11", "9", "4/4 P1 P2 HP UP"],
      ["OUT imm,acc checked", "24", "31", "26", "7/7 P1 P2 IB UP MM CK HP"],
      ["OUT DX,acc unchecked", "5", "10", "9", "4/4 P1 P2 HP UP"],
      ["OUT DX,acc checked", "25", "30", "26", "7/7 P1 P2 IB UP MM CK HP"],
    ],
  },
];
