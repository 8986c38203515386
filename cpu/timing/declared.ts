/** Clock facts and choices that belong to no instruction. */

export type ClockModel = "i386" | "i486";

/** Charges of one model, in clocks. */
export interface ClockRules {
  /** Whether a taken transfer pays m, the components of the instruction at its target. */
  readonly transferComponents: boolean;
  /** Each data access that crosses a 4-byte boundary. */
  readonly misaligned: number;
  /** A page walk (TLB miss) by how many of the two entries had to be written to set A or D: none, one, both. */
  readonly walk: readonly [number, number, number];
  /** Each descriptor whose accessed bit was clear when a segment register was loaded. */
  readonly accessedUpdate: number;
  /** Delivery of a hardware interrupt or exception (the faulting instruction itself is not charged), no level change. */
  readonly eventSame: number;
  /** The same, to an inner level. */
  readonly eventInner: number;
}

const RULES: Record<ClockModel, ClockRules> = {
  i386: {
    transferComponents: true,
    misaligned: 2,
    walk: [9, 11, 13],
    accessedUpdate: 0,
    eventSame: 59,
    eventInner: 99,
  },
  i486: {
    transferComponents: false,
    misaligned: 3,
    walk: [13, 21, 28],
    accessedUpdate: 11,
    eventSame: 44,
    eventInner: 71,
  },
};

export function rulesFor(model: ClockModel): ClockRules {
  return RULES[model];
}
