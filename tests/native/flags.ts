/** Which arithmetic flags an instruction leaves undefined, by the manuals (80386 and i486 PRM, Intel SDM volume 2). */
import { Code, Mnemonic } from "iced-x86";
import type { Instruction } from "iced-x86";

export const CF = 0x001;
export const PF = 0x004;
export const AF = 0x010;
export const ZF = 0x040;
export const SF = 0x080;
export const TF = 0x100;
export const IF = 0x200;
export const DF = 0x400;
export const OF = 0x800;
export const RF = 0x10000;
export const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

const UNDEFINED: Readonly<Record<string, number>> = {
  And: AF,
  Or: AF,
  Xor: AF,
  Test: AF,
  Mul: SF | ZF | AF | PF,
  Imul: SF | ZF | AF | PF,
  Div: ARITHMETIC,
  Idiv: ARITHMETIC,
  Aaa: OF | SF | ZF | PF,
  Aas: OF | SF | ZF | PF,
  Aam: OF | AF | CF,
  Aad: OF | AF | CF,
  Daa: OF,
  Das: OF,
  Bsf: ARITHMETIC & ~ZF,
  Bsr: ARITHMETIC & ~ZF,
  Bt: OF | SF | AF | PF,
  Bts: OF | SF | AF | PF,
  Btr: OF | SF | AF | PF,
  Btc: OF | SF | AF | PF,
  Shl: AF | OF,
  Sal: AF | OF,
  Shr: AF | OF,
  Sar: AF,
  Shld: AF | OF,
  Shrd: AF | OF,
  Rol: OF,
  Ror: OF,
  Rcl: OF,
  Rcr: OF,
};

const SHIFTS = new Set(["Shl", "Sal", "Shr", "Sar", "Shld", "Shrd", "Rol", "Ror", "Rcl", "Rcr"]);

/** Flags undefined after the instruction, whatever its operands. OF of a shift by one is defined. */
export function undefinedFlags(instruction: Instruction): number {
  const name = Mnemonic[instruction.mnemonic];
  let flags = UNDEFINED[name] ?? 0;
  if (!SHIFTS.has(name)) return flags;
  const code = Code[instruction.code];
  if (code.endsWith("_1")) return flags & ~OF;
  // SHL and SHR by at least the operand's width leave CF undefined.
  if (/^(Shl|Sal|Shr)_rm(8|16)_/.test(code)) flags |= CF;
  if (/^(Sar)_rm(8|16)_/.test(code) || /^(Rol|Ror)_/.test(code)) flags |= OF;
  return flags | OF;
}

/** Flags that certainly have a defined value after the instruction because it wrote them. */
export function definedFlags(instruction: Instruction): number {
  const name = Mnemonic[instruction.mnemonic];
  if (SHIFTS.has(name) && !Code[instruction.code].endsWith("_1")) return 0;
  if (instruction.isStringInstruction && (instruction.hasRepPrefix || instruction.hasRepnePrefix)) return 0;
  return fromIced(instruction.rflagsModified) & ~undefinedFlags(instruction);
}

/** Arithmetic flags that the instruction looks at. */
export function readFlags(instruction: Instruction): number {
  const pushes = instruction.mnemonic === Mnemonic.Pushf || instruction.mnemonic === Mnemonic.Pushfd;
  return pushes ? ARITHMETIC : fromIced(instruction.rflagsRead);
}

/** iced-x86's RflagsBits, in order: OF SF ZF AF CF PF. */
const ICED_ORDER = [OF, SF, ZF, AF, CF, PF];

function fromIced(bits: number): number {
  return ICED_ORDER.reduce((flags, flag, i) => flags | ((bits >> i) & 1 ? flag : 0), 0);
}
