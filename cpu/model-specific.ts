/** Model-specific registers (SDM volume 4): what software probes, reads and writes. */

import {
  IA32_SYSENTER_CS,
  IA32_SYSENTER_EIP,
  IA32_SYSENTER_ESP,
  IA32_TIME_STAMP_COUNTER,
  IA32_APIC_BASE,
} from "./control-registers";

export interface ModelSpecificRegister {
  /** What ECX says. */
  readonly number: number;
  /** After a reset. */
  readonly value?: bigint;
  /** Bits that WRMSR may change; others keep their value. Default: all. */
  readonly writable?: bigint;
}

const READ_ONLY = 0n;

const registers = (first: number, count: number, value = 0n): ModelSpecificRegister[] =>
  Array.from({ length: count }, (_, i) => ({ number: first + i, value }));

/** 8 ranges, fixed ranges, write combining. */
const MTRRCAP = 0x508n;
/** MTRRs off, as after a reset. */
const MTRR_DEFAULT = 0n;
/** Of the bootstrap processor; not enabled, unless the machine has an APIC. */
const APIC_BASE = 0xfee00100n;
export const APIC_ENABLED = 0x800n;

export const PENTIUM_REGISTERS: readonly ModelSpecificRegister[] = [
  // Machine check address and type; test registers; counters of events.
  { number: 0x00, writable: READ_ONLY },
  { number: 0x01, writable: READ_ONLY },
  ...registers(0x02, 14),
  { number: IA32_TIME_STAMP_COUNTER },
  ...registers(0x11, 3),
];

export const PENTIUM2_REGISTERS: readonly ModelSpecificRegister[] = [
  { number: 0x00, writable: READ_ONLY },
  { number: 0x01, writable: READ_ONLY },
  { number: IA32_TIME_STAMP_COUNTER },
  // Platform; local APIC.
  { number: 0x17, writable: READ_ONLY },
  { number: IA32_APIC_BASE, value: APIC_BASE, writable: READ_ONLY },
  // EBL_CR_POWERON.
  { number: 0x2a },
  // Microcode: an update is taken and ignored; no revision.
  { number: 0x79 },
  { number: 0x8b },
  // Performance counters and their events, which count nothing.
  ...registers(0xc1, 2),
  ...registers(0x186, 2),
  { number: 0xfe, value: MTRRCAP, writable: READ_ONLY },
  // Second-level cache control.
  ...registers(0x116, 1),
  ...registers(0x118, 4),
  { number: 0x11e },
  { number: IA32_SYSENTER_CS },
  { number: IA32_SYSENTER_ESP },
  { number: IA32_SYSENTER_EIP },
  // MCG_CAP, STATUS: no banks.
  { number: 0x179, writable: READ_ONLY },
  { number: 0x17a },
  // Debugging of branches.
  { number: 0x1d9 },
  ...registers(0x1db, 4),
  { number: 0x1e0 },
  // MTRRs: variable, fixed, default.
  ...registers(0x200, 16),
  { number: 0x250 },
  ...registers(0x258, 2),
  ...registers(0x268, 8),
  { number: 0x2ff, value: MTRR_DEFAULT },
];
