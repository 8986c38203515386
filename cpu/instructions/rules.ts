/** Clocks that belong to no instruction, and the choices made where no manual states a number. */
import { CPU_MODELS, type CpuModel } from "../models";

/** The models with clocks of their own; later ones have those of the Pentium. */
export type ClockModel = "i386" | "i486" | "pentium";

export function clockModel(model: CpuModel): ClockModel {
  return model === "i386" || model === "i486" ? model : "pentium";
}

/** Charges of one model, in clocks. */
export interface ClockRules {
  /** Whether a taken transfer pays m, the components of the instruction at its target. */
  readonly transferComponents: boolean;
  /** Each prefix byte other than REP. */
  readonly prefix: number;
  /** An address with base, index and displacement. */
  readonly threePartAddress: number;
  /** LEA with an index register, instead of `threePartAddress`. */
  readonly leaIndex: number;
  /** A store that has both a displacement and an immediate (MOV m,imm). */
  readonly displacementAndImmediate: number;
  /** Each data access that crosses a 4-byte boundary. */
  readonly misaligned: number;
  /** A page walk (TLB miss) by how many of the two entries had to be written to set A or D: none, one, both. */
  readonly walk: readonly [number, number, number];
  /** Each descriptor whose accessed bit was clear when a segment register was loaded. */
  readonly accessedUpdate: number;
  /** Delivery of a hardware interrupt or exception without a level change. */
  readonly eventSame: number;
  /** The same, to an inner level. */
  readonly eventInner: number;
  /** Whole task switches by TASK_ constants: cause, then the new task. */
  readonly taskSwitch: readonly (readonly [to32: number, to16: number, toVirtual: number])[];
}

/** Bus clocks of one memory cycle without wait states (both data sheets). */
const BUS_CYCLE = 2;

/**
 * i386, page walk: no figure is published. The two table reads and each write of A or D are bus cycles; five more
 * clocks stand for the microcode around them. 9 lies between the bus minimum of 4 and the 20 that decoded microcode
 * suggests.
 */
const I386_WALK = 2 * BUS_CYCLE + 5;

/** The manuals of the i486 and the Pentium give the times of the switch, and what each cause adds. */
function taskSwitches(times: readonly [number, number, number], causes: readonly number[]) {
  return causes.map((cause) => [times[0] + cause, times[1] + cause, times[2] + cause] as const);
}

const RULES: Record<ClockModel, ClockRules> = {
  i386: {
    transferComponents: true,
    prefix: 0,
    threePartAddress: 1,
    leaIndex: 0,
    displacementAndImmediate: 0,
    // Declared: the extra bus cycle that the manual names without a number.
    misaligned: BUS_CYCLE,
    walk: [I386_WALK, I386_WALK + BUS_CYCLE, I386_WALK + 2 * BUS_CYCLE],
    // Declared: the update is not mentioned by the manual, whose segment load counts include the descriptor.
    accessedUpdate: 0,
    // Declared: the counts of INT 3; the manual gives its interrupt table for exceptions and external interrupts too.
    eventSame: 59,
    eventInner: 99,
    // 386 manual, task switch times, from a 32-bit task, without the 9 clocks of a task gate for JMP and CALL.
    taskSwitch: [
      [303, 276, 220],
      [300, 273, 217],
      [275, 271, 224],
      [309, 282, 226],
    ],
  },
  i486: {
    transferComponents: false,
    prefix: 1,
    threePartAddress: 1,
    leaIndex: 1,
    displacementAndImmediate: 1,
    misaligned: 3,
    // i486 data sheet, assumptions of the clock count summary: 13, 21 or 28 by the entries whose A or D must be set.
    walk: [13, 21, 28],
    accessedUpdate: 11,
    eventSame: 44,
    eventInner: 71,
    taskSwitch: taskSwitches([162, 143, 140], [42, 37, 32, 37]),
  },
  pentium: {
    transferComponents: false,
    prefix: 1,
    threePartAddress: 0,
    leaIndex: 0,
    displacementAndImmediate: 0,
    misaligned: 3,
    // Declared: no figures are published; those of the i486.
    walk: [13, 21, 28],
    accessedUpdate: 11,
    // Declared as for the i386: the counts of INT 3.
    eventSame: 27,
    eventInner: 44,
    taskSwitch: taskSwitches([85, 87, 71], [19, 21, 10, 19]),
  },
};

export function rulesFor(model: CpuModel): ClockRules {
  return RULES[clockModel(model)];
}

/** The models that have clocks of their own, in the order of the columns of a row. */
export const CLOCK_MODELS = CPU_MODELS.filter((model): model is ClockModel => model === clockModel(model));
