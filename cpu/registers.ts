/** The register file as properties, straight on the state block. */
import * as layout from "./layout";
import { createFpuRegisters } from "./fpu-registers";
import type { FpuWords } from "./fpu-registers";
import type { Registers, SegmentName, SegmentRegister, TableRegister } from "./types";

/** What must be told when a register is written from outside. */
export interface RegisterEffects {
  readEflags(): number;
  writeEflags(value: number): void;
  /** Segment registers or CPL changed; `cpl` is the level now. */
  segmentsChanged(cpl: number): void;
  /** CR0 or CR3 changed. */
  pagingChanged(): void;
  /** EIP changed: execution starts anew there. */
  eipChanged(): void;
  /** A debug register changed. */
  debugChanged(): void;
  readonly fpu: FpuWords;
}

const GENERAL = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const;

export function createRegisters(view: DataView, effects: RegisterEffects): Registers {
  const registers = {} as Registers;

  function define(name: string, address: number, changed?: () => void): void {
    Object.defineProperty(registers, name, {
      enumerable: true,
      get: () => view.getUint32(address, true),
      set: (value: number) => {
        view.setUint32(address, value >>> 0, true);
        changed?.();
      },
    });
  }

  GENERAL.forEach((name, i) => define(name, layout.REG_EAX + 4 * i));
  define("eip", layout.STATE_EIP, () => effects.eipChanged());
  define("cr0", layout.CR0, () => effects.pagingChanged());
  define("cr2", layout.CR2);
  define("cr3", layout.CR3, () => effects.pagingChanged());
  define("cr4", layout.CR4, () => effects.pagingChanged());
  define("mxcsr", layout.MXCSR);
  for (const i of [0, 1, 2, 3, 6, 7]) define(`dr${i}`, layout.DR0 + 4 * i, () => effects.debugChanged());
  SEGMENT_NAMES.slice(0, 6).forEach((name, i) => define(name, segmentAddress(i) + layout.SEGMENT_SELECTOR));
  Object.defineProperty(registers, "eflags", {
    enumerable: true,
    get: () => effects.readEflags(),
    set: (value: number) => effects.writeEflags(value),
  });
  Object.defineProperty(registers, "cpl", {
    enumerable: true,
    get: () => view.getUint32(layout.STATE_CPL, true),
    set: (value: number) => effects.segmentsChanged(value & 3),
  });
  const changed = (): void => effects.segmentsChanged(view.getUint32(layout.STATE_CPL, true));
  const segments = Object.fromEntries(
    SEGMENT_NAMES.map((name, i) => [name, segmentRegister(view, segmentAddress(i), changed)]),
  ) as Record<SegmentName | "ldtr" | "tr", SegmentRegister>;
  return Object.assign(registers, {
    segments,
    xmm: Array.from({ length: 8 }, (_, i) => {
      const at = layout.XMM_REGISTERS + (i << layout.XMM_REGISTER_SHIFT);
      return new Uint8Array(view.buffer, at, 1 << layout.XMM_REGISTER_SHIFT);
    }),
    fpu: createFpuRegisters(view, effects.fpu),
    gdtr: tableRegister(view, layout.GDTR_BASE),
    idtr: tableRegister(view, layout.IDTR_BASE),
  });
}

function segmentAddress(index: number): number {
  return layout.SEGMENTS + index * layout.SEGMENT_SIZE;
}

function segmentRegister(view: DataView, at: number, changed: () => void): SegmentRegister {
  const field = (offset: number): PropertyDescriptor => ({
    enumerable: true,
    get: () => view.getUint32(at + offset, true),
    set: (value: number) => {
      view.setUint32(at + offset, value >>> 0, true);
      changed();
    },
  });
  return Object.defineProperties({} as SegmentRegister, {
    selector: field(layout.SEGMENT_SELECTOR),
    base: field(layout.SEGMENT_BASE),
    limit: field(layout.SEGMENT_LIMIT),
    access: field(layout.SEGMENT_ACCESS),
  });
}

function tableRegister(view: DataView, at: number): TableRegister {
  return {
    get base() {
      return view.getUint32(at, true);
    },
    set base(value: number) {
      view.setUint32(at, value >>> 0, true);
    },
    get limit() {
      return view.getUint32(at + 4, true);
    },
    set limit(value: number) {
      view.setUint32(at + 4, value & 0xffff, true);
    },
  };
}
