/** What systems need. */
import { Mnemonic } from "iced-x86";
import { FORM_M, SEG_LDTR, SEG_TR } from "../layout";
import * as op from "../operations.generated";
import { segmentLimit } from "./charges";
import { operandSize } from "./operands";
import type { InstructionEntry } from "./entry";

export const SYSTEM: readonly InstructionEntry[] = [
  {
    mnemonics: [Mnemonic.Cli, Mnemonic.Sti],
    select: (s, which) => (s.handler = [op.CLI, op.STI][which]),
    clocks: [
      ["CLI", "3", "5", "7", "6/7 P1 P2 IB HP UP CK; not MM=8"],
      ["STI", "3", "5", "7", "5/7 P2 IB UP CK P1; not HP=2 MM=8"],
    ],
  },
  {
    mnemonics: [Mnemonic.Hlt],
    select(s) {
      s.handler = op.HALT;
      s.ends = true;
    },
    clocks: [["HLT", "5", "4", "~4", "7/7 P1 P2 IB HP UP MM CK; the Pentium manual gives none: as the i486"]],
  },
  {
    mnemonics: [Mnemonic.Wait],
    select: (s) => (s.handler = op.WAIT),
    clocks: [["WAIT", "6", "1-3", "1", "5/6 P1 P2 IB HP UP; not MM=7"]],
  },
  {
    mnemonics: [Mnemonic.Lgdt, Mnemonic.Lidt, Mnemonic.Sgdt, Mnemonic.Sidt],
    select(s, which, _i, c) {
      s.handler = which < 2 ? op.LOAD_TABLE : op.STORE_TABLE;
      s.sub = which & 1;
      s.size = c.operand;
      s.accessed = 6;
      s.writes = which >= 2;
    },
    clocks: [
      ["LGDT m", "11", "12", "6", "7/7 P1 P2 IB HP UP MM CK"],
      ["LIDT m", "11", "12", "6", "7/7 P1 P2 IB HP UP MM CK"],
      ["SGDT m", "9", "10", "4", "6/6 P1 P2 IB HP UP MM"],
      ["SIDT m", "9", "10", "4", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Lldt, Mnemonic.Ltr, Mnemonic.Lmsw],
    select(s, which) {
      s.handler = [op.LOAD_LDTR, op.LOAD_TR, op.LMSW][which];
      s.size = 2;
    },
    clocks: [
      ["LLDT r", "20", "11", "9", "6/6 P1 P2 IB HP MM UP"],
      ["LLDT m", "24", "11", "9", "2/5 HP MM; not P1=20 P2=20 UP=20"],
      ["LTR r", "23", "20", "10", "6/6 P1 P2 IB HP MM UP"],
      ["LTR m", "27", "20", "10", "6/6 P1 P2 IB HP MM UP"],
      ["LMSW r", "10", "13", "8", "5/6 P1 P2 IB HP UP; not MM=11"],
      ["LMSW m", "13", "13", "8", "5/6 P1 P2 IB HP UP; not MM=14"],
    ],
  },
  {
    mnemonics: [Mnemonic.Sldt, Mnemonic.Str, Mnemonic.Smsw],
    select(s, which, _i, c) {
      s.handler = which === 2 ? op.SMSW : op.STORE_SYSTEM_SELECTOR;
      s.sub = which === 0 ? SEG_LDTR : SEG_TR;
      s.size = s.form === FORM_M ? 2 : c.operand;
      s.writes = true;
    },
    clocks: [
      ["SLDT r", "2", "2", "2", "6/6 P1 P2 IB HP MM UP"],
      ["SLDT m", "2", "3", "2", "6/6 P1 P2 IB HP MM UP"],
      ["STR r", "2", "2", "2", "3/6 IB HP MM; not P1=23 P2=23 UP=23"],
      ["STR m", "2", "3", "2", "3/6 IB HP MM; not P1=27 P2=27 UP=27"],
      ["SMSW r", "2", "2", "4", "5/6 P1 P2 IB MM UP; not HP=10"],
      ["SMSW m", "2", "3", "4", "4/4 P1 P2 MM UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Clts],
    select: (s) => (s.handler = op.CLTS),
    clocks: [["CLTS", "5", "7", "10", "4/5 P2 IB HP UP; not MM=6"]],
  },
  {
    mnemonics: [Mnemonic.Lar],
    select(s, _which, i) {
      s.handler = op.LAR;
      s.immediate = operandSize(i, 0);
      s.size = 2;
    },
    clocks: [
      ["LAR r,r", "15", "11", "8", "6/6 P1 P2 IB HP UP MM"],
      ["LAR r,m", "16", "11", "8", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Lsl],
    select(s, _which, i) {
      s.handler = op.LSL;
      s.immediate = operandSize(i, 0);
      s.size = 2;
    },
    charge: segmentLimit,
    clocks: [
      ["LSL r,r byte", "20", "10", "8", "5/6 P1 P2 IB UP HP; not MM=21"],
      ["LSL r,m byte", "21", "10", "8", "5/6 P1 P2 IB UP HP; not MM=22"],
      ["LSL r,r page", "25", "10", "8", "4/4 P1 P2 HP UP"],
      ["LSL r,m page", "26", "10", "8", "4/4 P1 P2 HP UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Verr, Mnemonic.Verw],
    select(s, which) {
      s.handler = op.VERIFY;
      s.sub = which;
      s.size = 2;
    },
    clocks: [
      ["VERR r", "10", "11", "7", "6/6 P1 P2 IB HP MM UP"],
      ["VERR m", "11", "11", "7", "6/6 P1 P2 IB HP MM UP"],
      ["VERW r", "15", "11", "7", "6/6 P1 P2 IB HP MM UP"],
      ["VERW m", "16", "11", "7", "6/6 P1 P2 IB HP MM UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Arpl],
    select(s) {
      s.handler = op.ARPL;
      s.size = 2;
      s.accessed = 0;
    },
    clocks: [
      ["ARPL r,r", "20", "9", "7", "6/6 P1 P2 IB HP UP MM"],
      ["ARPL m,r", "21", "9", "7", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Invd, Mnemonic.Wbinvd],
    select: (s) => (s.handler = op.CACHE),
    clocks: [
      ["INVD", "", "4", "15", ""],
      ["WBINVD", "", "5", "2000", "Pentium: at least"],
    ],
  },
  {
    mnemonics: [Mnemonic.Invlpg],
    select(s) {
      s.handler = op.INVLPG;
      s.size = 1;
    },
    clocks: [["INVLPG m", "", "12", "25", ""]],
  },
  {
    mnemonics: [Mnemonic.Cpuid, Mnemonic.Rdtsc],
    select: (s, which) => (s.handler = [op.CPUID, op.RDTSC][which]),
    clocks: [
      ["CPUID", "", "~14", "14", "i486: the Pentium's"],
      ["RDTSC", "", "", "~6", "the manual has no count; the least that was measured"],
    ],
  },
  {
    mnemonics: [Mnemonic.Rdpmc, Mnemonic.Rdmsr, Mnemonic.Wrmsr],
    select: (s, which) => (s.handler = [op.RDPMC, op.RDMSR, op.WRMSR][which]),
    clocks: [
      ["RDMSR", "", "", "20", ""],
      ["WRMSR", "", "", "30", ""],
      ["RDPMC", "", "", "~20", "as RDMSR"],
    ],
  },
  {
    mnemonics: [Mnemonic.Sysenter, Mnemonic.Sysexit],
    select(s, which) {
      s.handler = which === 0 ? op.SYSENTER : op.SYSEXIT;
      s.ends = true;
    },
    clocks: [
      [
        "SYSENTER",
        "",
        "",
        "~20",
        "less than half an INT to an inner level, of which it leaves the checks out",
      ],
      ["SYSEXIT", "", "", "~20", "as SYSENTER"],
    ],
  },
];
