/** The x87's registers as properties, straight on the state block. */
import * as layout from "./layout";
import type { ExtendedNumber, FpuRegisters } from "./types";

/** Words that the core computes from its state. */
export interface FpuWords {
  readStatus(): number;
  writeStatus(value: number): void;
  writeControl(value: number): void;
  readTags(): number;
  writeTags(value: number): void;
}

export function createFpuRegisters(view: DataView, words: FpuWords): FpuRegisters {
  const registers = {
    get control() {
      return view.getUint32(layout.FPU_CONTROL, true);
    },
    set control(value: number) {
      words.writeControl(value);
    },
    get status() {
      return words.readStatus();
    },
    set status(value: number) {
      words.writeStatus(value);
    },
    get tag() {
      return words.readTags();
    },
    set tag(value: number) {
      words.writeTags(value);
    },
    st: (i: number) => extendedNumber(view, () => registerAddress(view, i)),
  };
  for (const [name, address] of [
    ["instructionOffset", layout.FPU_EIP],
    ["instructionSelector", layout.FPU_CS],
    ["opcode", layout.FPU_OPCODE],
    ["operandOffset", layout.FPU_OPERAND],
    ["operandSelector", layout.FPU_OPERAND_SEGMENT],
  ] as const) {
    Object.defineProperty(registers, name, {
      enumerable: true,
      get: () => view.getUint32(address, true),
      set: (value: number) => view.setUint32(address, value >>> 0, true),
    });
  }
  return registers as FpuRegisters;
}

function registerAddress(view: DataView, i: number): number {
  const physical = (view.getUint32(layout.FPU_TOP, true) + i) & 7;
  return layout.FPU_REGISTERS + (physical << layout.FPU_REGISTER_SHIFT);
}

function extendedNumber(view: DataView, address: () => number): ExtendedNumber {
  return {
    get significand() {
      return view.getBigUint64(address() + layout.FPU_SIGNIFICAND, true);
    },
    set significand(value: bigint) {
      view.setBigUint64(address() + layout.FPU_SIGNIFICAND, value, true);
    },
    get signExponent() {
      return view.getUint32(address() + layout.FPU_HEAD, true);
    },
    set signExponent(value: number) {
      view.setUint32(address() + layout.FPU_HEAD, value & 0xffff, true);
    },
  };
}
