/** A processor that executes single x87 instructions on registers set from outside. */
import { Cpu } from "../../cpu/cpu";
import type { CpuModel, FpuRegisters } from "../../cpu/cpu";
import type { Exact } from "./exact-float";

const CODE = 0x1000;
/** Where memory operands are. */
export const OPERAND = 0x2000;
const MEMORY = 0x4000;

export const CONTROL_INITIAL = 0x37f;
const BIAS = 16383;

const bus = {
  portRead: () => 0,
  portWrite: () => {},
  memoryRead: () => 0,
  memoryWrite: () => {},
  interruptAcknowledge: () => 0,
};

export class X87 {
  readonly cpu: Cpu;
  readonly fpu: FpuRegisters;
  readonly memory: DataView;

  constructor(model: CpuModel = "i486") {
    this.cpu = new Cpu({ model, memoryBytes: MEMORY, bus });
    this.fpu = this.cpu.registers.fpu;
    this.memory = new DataView(this.cpu.memory.buffer, this.cpu.memory.byteOffset, MEMORY);
    this.cpu.enterFlat32(CODE);
  }

  /** The registers hold `values`, ST(0) first, and nothing else; no exception has been raised. */
  load(control: number, ...values: readonly (readonly [signExponent: number, significand: bigint])[]): void {
    Object.assign(this.fpu, { control, status: 0 });
    let tag = 0xffff;
    values.forEach(([signExponent, significand], i) => {
      Object.assign(this.fpu.st(i), { signExponent, significand });
      tag &= ~(3 << (2 * i));
    });
    this.fpu.tag = tag;
  }

  /** Executes one instruction. */
  execute(...bytes: readonly number[]): void {
    this.cpu.memory.set(bytes, CODE);
    this.cpu.invalidate(CODE, bytes.length);
    this.cpu.registers.eip = CODE;
    this.cpu.step();
  }

  /** ST(i) as sign and exponent, and significand. */
  register(i: number): [number, bigint] {
    const { signExponent, significand } = this.fpu.st(i);
    return [signExponent, significand];
  }
}

/** ModRM and displacement of an operand at OPERAND. */
export function operand(digit: number): number[] {
  return [(digit << 3) | 5, OPERAND & 0xff, OPERAND >> 8, 0, 0];
}

/** A finite extended number. */
export function exactOf([signExponent, significand]: readonly [number, bigint]): Exact {
  const exponent = Math.max(signExponent & 0x7fff, 1) - BIAS - 63;
  return { negative: (signExponent & 0x8000) !== 0, magnitude: significand, exponent };
}

/** An exact number of at most 64 bits as an extended one. */
export function extendedOf({ negative, magnitude, exponent }: Exact): [number, bigint] {
  const sign = negative ? 0x8000 : 0;
  if (magnitude === 0n) return [sign, 0n];
  const length = magnitude.toString(2).length;
  const biased = exponent + length - 1 + BIAS;
  if (biased >= 1) return [sign | biased, magnitude << BigInt(64 - length)];
  return [sign, magnitude << BigInt(exponent + BIAS + 62)];
}
