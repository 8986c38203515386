/** What MMX alone has. */
import { Instruction, Mnemonic, OpKind, Register } from "iced-x86";
import { FPU_REGISTERS, FPU_REGISTER_SHIFT, READY_MMX } from "../layout";
import * as vector from "../vector-operations";
import * as op from "../operations.generated";
import type { ClockRow, InstructionEntry, Selection } from "./entry";

/** Address of the MMX register that is operand `index`, if it is one. */
export function mmxRegister(i: Instruction, index: number): number | undefined {
  if (i.opKind(index) !== OpKind.Register) return undefined;
  const number = i.opRegister(index) - Register.MM0;
  return number >= 0 && number < 8 ? FPU_REGISTERS + (number << FPU_REGISTER_SHIFT) : undefined;
}

/** The halves that are unpacked from memory are the low ones: 4 bytes. */
const LOW_HALVES: readonly Mnemonic[] = [Mnemonic.Punpcklbw, Mnemonic.Punpcklwd, Mnemonic.Punpckldq];

/** Instructions that both MMX and SSE2 have. */
export const LANE_OPERATIONS: readonly (readonly [Mnemonic, number])[] = [
  [Mnemonic.Punpcklbw, vector.PUNPCKLBW],
  [Mnemonic.Punpcklwd, vector.PUNPCKLWD],
  [Mnemonic.Punpckldq, vector.PUNPCKLDQ],
  [Mnemonic.Punpckhbw, vector.PUNPCKHBW],
  [Mnemonic.Punpckhwd, vector.PUNPCKHWD],
  [Mnemonic.Punpckhdq, vector.PUNPCKHDQ],
  [Mnemonic.Packsswb, vector.PACKSSWB],
  [Mnemonic.Packuswb, vector.PACKUSWB],
  [Mnemonic.Packssdw, vector.PACKSSDW],
  [Mnemonic.Paddb, vector.PADDB],
  [Mnemonic.Paddw, vector.PADDW],
  [Mnemonic.Paddd, vector.PADDD],
  [Mnemonic.Paddsb, vector.PADDSB],
  [Mnemonic.Paddsw, vector.PADDSW],
  [Mnemonic.Paddusb, vector.PADDUSB],
  [Mnemonic.Paddusw, vector.PADDUSW],
  [Mnemonic.Psubb, vector.PSUBB],
  [Mnemonic.Psubw, vector.PSUBW],
  [Mnemonic.Psubd, vector.PSUBD],
  [Mnemonic.Psubsb, vector.PSUBSB],
  [Mnemonic.Psubsw, vector.PSUBSW],
  [Mnemonic.Psubusb, vector.PSUBUSB],
  [Mnemonic.Psubusw, vector.PSUBUSW],
  [Mnemonic.Pmullw, vector.PMULLW],
  [Mnemonic.Pmulhw, vector.PMULHW],
  [Mnemonic.Pmaddwd, vector.PMADDWD],
  [Mnemonic.Pcmpeqb, vector.PCMPEQB],
  [Mnemonic.Pcmpeqw, vector.PCMPEQW],
  [Mnemonic.Pcmpeqd, vector.PCMPEQD],
  [Mnemonic.Pcmpgtb, vector.PCMPGTB],
  [Mnemonic.Pcmpgtw, vector.PCMPGTW],
  [Mnemonic.Pcmpgtd, vector.PCMPGTD],
  [Mnemonic.Pand, vector.PAND],
  [Mnemonic.Pandn, vector.PANDN],
  [Mnemonic.Por, vector.POR],
  [Mnemonic.Pxor, vector.PXOR],
  [Mnemonic.Psllw, vector.PSLLW],
  [Mnemonic.Pslld, vector.PSLLD],
  [Mnemonic.Psllq, vector.PSLLQ],
  [Mnemonic.Psrlw, vector.PSRLW],
  [Mnemonic.Psrld, vector.PSRLD],
  [Mnemonic.Psrlq, vector.PSRLQ],
  [Mnemonic.Psraw, vector.PSRAW],
  [Mnemonic.Psrad, vector.PSRAD],
  [Mnemonic.Paddq, vector.PADDQ],
  [Mnemonic.Psubq, vector.PSUBQ],
  [Mnemonic.Pmuludq, vector.PMULUDQ],
  [Mnemonic.Pavgb, vector.PAVGB],
  [Mnemonic.Pavgw, vector.PAVGW],
  [Mnemonic.Pmaxsw, vector.PMAXSW],
  [Mnemonic.Pmaxub, vector.PMAXUB],
  [Mnemonic.Pminsw, vector.PMINSW],
  [Mnemonic.Pminub, vector.PMINUB],
  [Mnemonic.Pmulhuw, vector.PMULHUW],
  [Mnemonic.Psadbw, vector.PSADBW],
];

/** MMX's registers, and the size of the operand in memory. */
export function mmxOperands(s: Selection, i: Instruction, size: number): void {
  s.ready = READY_MMX;
  s.size = size;
  s.r1 = mmxRegister(i, 0) ?? s.r1;
  s.r2 = mmxRegister(i, 1) ?? s.r2;
}

/** An operation on MMX's registers. */
export function selectMmx(s: Selection, i: Instruction, sub: number): void {
  mmxOperands(s, i, LOW_HALVES.includes(i.mnemonic) ? 4 : 8);
  s.handler = op.MMX;
  s.sub = sub;
}

/** Counts of the Pentium with MMX, and of SSE's processors, whatever the operands. */
export function sinceMmx(clocks: number, reason: string): readonly ClockRow[] {
  return [["*", "", "", `~${clocks}`, reason]];
}

export const MMX: readonly InstructionEntry[] = [
  {
    mnemonics: [Mnemonic.Emms],
    select: (s) => (s.handler = op.MMX_EMPTY),
    clocks: sinceMmx(50, "the Pentium's with MMX"),
  },
];
