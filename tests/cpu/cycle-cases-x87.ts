/** The rows of the clock table of x87 instructions. Clocks do not depend on operands; what is masked costs nothing. */
import { Mnemonic } from "iced-x86";
import { decode } from "../native/opcodes";
import type { CycleCase } from "./cycle-cases";
import type { Guest } from "./guest";

/** MOD and R/M of an operand at EBX. */
const AT_EBX = 3;
const ESCAPES = [0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf];
const FPU_INITIAL_CONTROL = 0x37f;

function initialize({ cpu }: Guest): void {
  cpu.registers.fpu.control = FPU_INITIAL_CONTROL;
  cpu.registers.fpu.status = 0;
}

/** The form of the table's row, from the text of an instruction. */
function formOf(bytes: number[]): string {
  const instruction = decode(Uint8Array.from(bytes));
  const name = Mnemonic[instruction.mnemonic].toUpperCase();
  const operands = instruction.toString().slice(name.length).trim();
  instruction.free();
  const size = /^(word|dword|qword|tbyte) ptr/.exec(operands)?.[1];
  const control = /^F(LDCW|NSTCW|NSTSW)$/.test(name);
  if (operands === "ax") return `${name} r`;
  if (operands.includes("[")) return `${name} m${control || !size ? "" : BITS[size]}`;
  return WITHOUT_OPERANDS.test(name) ? name : `${name} st`;
}

const BITS: Record<string, number> = { word: 16, dword: 32, qword: 64, tbyte: 80 };
/** Everything whose register form names no register, or always the same ones. */
const WITHOUT_OPERANDS =
  /^F(COMPP|UCOMPP|CHS|ABS|TST|XAM|NOP|LD[1LPZ].*|2XM1|YL2X(P1)?|PTAN|PATAN|XTRACT|PREM1?|(DEC|INC)STP|SQRT|SIN(COS)?|COS|RNDINT|SCALE|N(ENI|DISI|CLEX|INIT|SETPM))$/;

function isPresent(bytes: number[]): boolean {
  const instruction = decode(Uint8Array.from([...bytes, 0, 0, 0, 0]));
  const name = Mnemonic[instruction.mnemonic];
  instruction.free();
  return name.startsWith("F") && !/^F(comip?|ucomip?|cmov\w+|isttp|rstpm|n?stdw|n?stsg|frinear)$/i.test(name);
}

/** One case for each form. */
export function x87Cases(): CycleCase[] {
  const encodings = ESCAPES.flatMap((escape) => [
    ...Array.from({ length: 8 }, (_, digit) => [escape, (digit << 3) | AT_EBX]),
    ...Array.from({ length: 64 }, (_, low) => [escape, 0xc0 | low]),
  ]);
  const cases = encodings.filter(isPresent).map((bytes): CycleCase => ({
    form: formOf(bytes),
    code: (a) => a.db(...bytes),
    prepare: initialize,
  }));
  return [...new Map(cases.map((test) => [test.form, test])).values()];
}
