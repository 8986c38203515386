/** From an MMX instruction to the handler of its micro-op. */
import { Instruction, Mnemonic, OpKind, Register } from "iced-x86";
import { FPU_REGISTERS, FPU_REGISTER_SHIFT } from "../layout";
import * as mmx from "../mmx-operations";
import * as op from "../operations.generated";
import { definer, type Rules, type Selection } from "./rules";

export const MMX_RULES: Rules = new Map();
const define = definer(MMX_RULES);

/** Address of the MMX register that is operand `index`, if it is one. */
function mmxRegister(i: Instruction, index: number): number | undefined {
  if (i.opKind(index) !== OpKind.Register) return undefined;
  const number = i.opRegister(index) - Register.MM0;
  return number >= 0 && number < 8 ? FPU_REGISTERS + (number << FPU_REGISTER_SHIFT) : undefined;
}

function registers(s: Selection, i: Instruction): void {
  s.r1 = mmxRegister(i, 0) ?? s.r1;
  s.r2 = mmxRegister(i, 1) ?? s.r2;
}

/** The halves that are unpacked from memory are the low ones: 4 bytes. */
const LOW_HALVES: readonly Mnemonic[] = [Mnemonic.Punpcklbw, Mnemonic.Punpcklwd, Mnemonic.Punpckldq];

const OPERATIONS: readonly (readonly [Mnemonic, number])[] = [
  [Mnemonic.Punpcklbw, mmx.PUNPCKLBW],
  [Mnemonic.Punpcklwd, mmx.PUNPCKLWD],
  [Mnemonic.Punpckldq, mmx.PUNPCKLDQ],
  [Mnemonic.Punpckhbw, mmx.PUNPCKHBW],
  [Mnemonic.Punpckhwd, mmx.PUNPCKHWD],
  [Mnemonic.Punpckhdq, mmx.PUNPCKHDQ],
  [Mnemonic.Packsswb, mmx.PACKSSWB],
  [Mnemonic.Packuswb, mmx.PACKUSWB],
  [Mnemonic.Packssdw, mmx.PACKSSDW],
  [Mnemonic.Paddb, mmx.PADDB],
  [Mnemonic.Paddw, mmx.PADDW],
  [Mnemonic.Paddd, mmx.PADDD],
  [Mnemonic.Paddsb, mmx.PADDSB],
  [Mnemonic.Paddsw, mmx.PADDSW],
  [Mnemonic.Paddusb, mmx.PADDUSB],
  [Mnemonic.Paddusw, mmx.PADDUSW],
  [Mnemonic.Psubb, mmx.PSUBB],
  [Mnemonic.Psubw, mmx.PSUBW],
  [Mnemonic.Psubd, mmx.PSUBD],
  [Mnemonic.Psubsb, mmx.PSUBSB],
  [Mnemonic.Psubsw, mmx.PSUBSW],
  [Mnemonic.Psubusb, mmx.PSUBUSB],
  [Mnemonic.Psubusw, mmx.PSUBUSW],
  [Mnemonic.Pmullw, mmx.PMULLW],
  [Mnemonic.Pmulhw, mmx.PMULHW],
  [Mnemonic.Pmaddwd, mmx.PMADDWD],
  [Mnemonic.Pcmpeqb, mmx.PCMPEQB],
  [Mnemonic.Pcmpeqw, mmx.PCMPEQW],
  [Mnemonic.Pcmpeqd, mmx.PCMPEQD],
  [Mnemonic.Pcmpgtb, mmx.PCMPGTB],
  [Mnemonic.Pcmpgtw, mmx.PCMPGTW],
  [Mnemonic.Pcmpgtd, mmx.PCMPGTD],
  [Mnemonic.Pand, mmx.PAND],
  [Mnemonic.Pandn, mmx.PANDN],
  [Mnemonic.Por, mmx.POR],
  [Mnemonic.Pxor, mmx.PXOR],
  [Mnemonic.Psllw, mmx.PSLLW],
  [Mnemonic.Pslld, mmx.PSLLD],
  [Mnemonic.Psllq, mmx.PSLLQ],
  [Mnemonic.Psrlw, mmx.PSRLW],
  [Mnemonic.Psrld, mmx.PSRLD],
  [Mnemonic.Psrlq, mmx.PSRLQ],
  [Mnemonic.Psraw, mmx.PSRAW],
  [Mnemonic.Psrad, mmx.PSRAD],
];

for (const [mnemonic, number] of OPERATIONS) {
  define([mnemonic], (s, _which, i) => {
    s.handler = op.MMX;
    s.sub = number;
    s.size = LOW_HALVES.includes(mnemonic) ? 4 : 8;
    registers(s, i);
  });
}

define([Mnemonic.Movd, Mnemonic.Movq], (s, which, i) => {
  s.handler = mmxRegister(i, 0) === undefined ? op.MMX_STORE : op.MMX_LOAD;
  s.writes = s.handler === op.MMX_STORE;
  s.size = which === 0 ? 4 : 8;
  registers(s, i);
});
define([Mnemonic.Emms], (s) => (s.handler = op.MMX_EMPTY));
