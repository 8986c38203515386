/** Strings, ports and what systems need. */
import { Mnemonic, OpKind } from "iced-x86";
import { FORM_M, SEG_LDTR, SEG_SS, SEG_TR } from "../layout";
import * as op from "../operations.generated";
import { operandSize } from "./operands";
import { definer, type Rules } from "./rules";

export const SYSTEM_RULES: Rules = new Map();
const define = definer(SYSTEM_RULES);

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
define([Mnemonic.Rdpmc, Mnemonic.Rdmsr, Mnemonic.Wrmsr], (s, which) => {
  s.handler = [op.RDPMC, op.RDMSR, op.WRMSR][which];
});
define([Mnemonic.Sysenter, Mnemonic.Sysexit], (s, which) => {
  s.handler = which === 0 ? op.SYSENTER : op.SYSEXIT;
  s.ends = true;
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
