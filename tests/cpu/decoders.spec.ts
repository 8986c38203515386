import { Code, OpKind, Register } from "iced-x86";
import type { Instruction } from "iced-x86";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDisassembler } from "./capstone";
import type { Disassembler } from "./capstone";
import { decode, findOpcodes, isCommon } from "../native/opcodes";
import { Random } from "../native/random";

const SAMPLES = 12_000;
const SEED = 486;
const ADDRESS = 0x1000;

/**
 * Where capstone itself is at odds with the manuals, or names operands that the encoding does not have. Of x87 instructions
 * it does not name every register, so that only those with memory operands are compared.
 */
const NOT_COMPARED = /^(Reserved[Nn]op|Ud[01]|Mov_r32_tr|Mov_tr_r32|Xlat|Nop|Wait|F(?!.*_m\d))/;

interface Decoded {
  readonly registers: string[];
  readonly numbers: number[];
}

function registerName(register: Register): string {
  return Register[register].toLowerCase();
}

/** Operands as the CPU's decoder is told them by iced-x86, in Intel's order. */
function byIced(instruction: Instruction): Decoded {
  const registers: string[] = [];
  const numbers: number[] = [];
  for (let i = 0; i < instruction.opCount; i++) {
    switch (instruction.opKind(i)) {
      case OpKind.Register:
        registers.push(registerName(instruction.opRegister(i)));
        break;
      case OpKind.Memory:
        memoryOperand(instruction, registers, numbers);
        break;
      case OpKind.NearBranch16:
      case OpKind.NearBranch32:
        numbers.push(Number(instruction.nearBranchTarget));
        break;
      case OpKind.FarBranch16:
        numbers.push(instruction.farBranchSelector, instruction.farBranch16);
        break;
      case OpKind.FarBranch32:
        numbers.push(instruction.farBranchSelector, instruction.farBranch32);
        break;
      default:
        numbers.push(Number(BigInt.asUintN(32, instruction.immediate(i))));
    }
  }
  // Capstone leaves the 1 of RCL m,1 out.
  if (/^Rcl_.*_1$/.test(Code[instruction.code]) && instruction.op0Kind === OpKind.Memory) numbers.pop();
  return { registers, numbers };
}

function memoryOperand(instruction: Instruction, registers: string[], numbers: number[]): void {
  const { memoryBase, memoryIndex, memoryIndexScale } = instruction;
  if (instruction.segmentPrefix !== Register.None) registers.push(registerName(instruction.segmentPrefix));
  if (memoryBase !== Register.None) registers.push(registerName(memoryBase));
  if (memoryIndex !== Register.None) registers.push(registerName(memoryIndex));
  if (memoryIndex !== Register.None && memoryIndexScale > 1) numbers.push(memoryIndexScale);
  const displacement = Number(BigInt.asUintN(32, instruction.memoryDisplacement));
  const bare = memoryBase === Register.None && memoryIndex === Register.None;
  if (displacement !== 0 || bare) numbers.push(displacement);
}

function byCapstone(operands: string): Decoded {
  const registers: string[] = [];
  const numbers: number[] = [];
  const token = /(-\s*)?(0x[0-9a-f]+|\d+)\b|\b([a-z][a-z0-9]{1,2})\b/g;
  for (const [text, minus, digits, word] of operands
    .replace(/\b(byte|word|dword|fword|ptr|far)\b/g, "")
    .matchAll(token)) {
    if (word !== undefined) registers.push(text);
    else numbers.push((minus === undefined ? Number(digits) : -Number(digits)) >>> 0);
  }
  return { registers, numbers };
}

/** Capstone sign-extends what has 8 or 16 bits; so the low bits decide unless both printed 32. */
function sameNumber(a: number, b: number, bits: number): boolean {
  return ((a ^ b) & (bits === 32 ? -1 : (1 << bits) - 1)) === 0;
}

function disagreement(disassemble: Disassembler, bytes: Uint8Array): string | undefined {
  const instruction = decode(bytes, ADDRESS);
  try {
    const code = Code[instruction.code];
    if (!isCommon(instruction) || NOT_COMPARED.test(code)) return undefined;
    const text = `${Buffer.from(bytes).toString("hex")} ${instruction.toString()}`;
    const other = disassemble(bytes, ADDRESS);
    if (other === undefined) return `${text}: unknown to capstone`;
    if (instruction.length !== other.size)
      return `${text}: length ${instruction.length}, capstone ${other.size}`;
    if (instruction.isStringInstruction) return undefined;
    const iced = byIced(instruction);
    const judge = byCapstone(other.opStr);
    const prefixes = bytes.slice(0, 4);
    const bits =
      code.includes("imm8") || code.startsWith("Enter")
        ? 8
        : prefixes.includes(0x66) || prefixes.includes(0x67)
          ? 16
          : 32;
    const registers = iced.registers.map(widened).join();
    const agree =
      registers === judge.registers.map(widened).join() &&
      iced.numbers.length === judge.numbers.length &&
      iced.numbers.every((value, i) => sameNumber(value, judge.numbers[i], bits));
    return agree ? undefined : `${text}: capstone ${other.mnemonic} ${other.opStr}`;
  } finally {
    instruction.free();
  }
}

/** A selector's register has 16 bits whichever way it is written. */
function widened(name: string): string {
  return /^e?[abcd]x$|^e?[sd]i$|^e?[sb]p$/.test(name) ? name.replace(/^e/, "") : name;
}

describe("iced-x86 and capstone", () => {
  let disassemble: Disassembler;
  beforeAll(async () => {
    disassemble = await loadDisassembler();
  });

  it("agree on length and operands of random bytes", () => {
    const random = new Random(SEED);
    const found: string[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      const text = disagreement(disassemble, random.bytes(16));
      if (text !== undefined) found.push(text);
    }
    expect(found, `seed ${SEED}`).toEqual([]);
  });

  it("agree on length and operands of every opcode with every addressing form", () => {
    const random = new Random(SEED);
    const found: string[] = [];
    for (const opcode of findOpcodes()) {
      for (const prefix of [[], [0x66], [0x67], [0x66, 0x67], [0x64]]) {
        for (let form = 0; form < 8; form++) {
          const modRm =
            opcode.digit < 0 ? random.below(256) : (random.below(4) << 6) | (opcode.digit << 3) | form;
          const bytes = [...prefix, ...opcode.bytes, modRm, ...random.bytes(12)];
          const text = disagreement(disassemble, Uint8Array.from(bytes));
          if (text !== undefined) found.push(text);
        }
      }
    }
    expect(found, `seed ${SEED}`).toEqual([]);
  });
});
