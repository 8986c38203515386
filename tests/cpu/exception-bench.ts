/** Runs a few instructions in a guest of their own, up to the first exception, and checks how it was delivered. */
import { expect } from "vitest";
import type { CpuModel, RegisterName } from "../../cpu/cpu";
import { assemble, type AssemblyRoutine } from "../../tools/asm/index";
import {
  BIG,
  CODE_EXECUTE_READ,
  DATA_EXPAND_DOWN,
  DATA_READ_WRITE,
  DPL3,
  GRANULARITY,
  Guest,
  KERNEL_BASE,
  KERNEL_DATA,
  LDT,
  LDT_SELECTOR,
  PRESENT,
  USER,
  WRITABLE,
  type Frame,
} from "./guest";

/** Linear addresses, the same for both privilege levels; the names tell the rights of the page. */
export const CODE = 0x00400000;
export const DATA = 0x00401000;
export const STACK = 0x00401800;
export const READ_ONLY = 0x00402000;
export const SUPERVISOR = 0x00403000;
export const SUPERVISOR_READ_ONLY = 0x00404000;
/** Follows a page that is present. */
export const ABSENT = 0x00405000;
/** Code for ring 0, as the code above for ring 3. */
export const KERNEL_CODE_PAGE = KERNEL_BASE + 0x10000;

/** Descriptors that the cases refer to, by selector. */
export const selectors = {
  absentData: 0x08,
  readOnlyData: 0x10,
  executeOnly: 0x18,
  smallData: 0x20,
  expandDown: 0x28,
  absentCode: 0x30,
  conforming: 0x38,
  kernelConforming: 0x40,
  smallCode: 0x48,
  kernelDataCopy: 0x50,
  system: 0x58,
  absentGate: 0x60,
  kernelGate: 0x68,
  smallStack: 0x70,
  kernelCodeCopy: 0x78,
} as const;

/** Selector of an LDT descriptor of the list above. */
export function ldt(name: keyof typeof selectors, rpl = 3): number {
  return selectors[name] | 4 | rpl;
}

const READ_ONLY_DATA = 0x91;
const EXECUTE_ONLY = 0x99;
const CONFORMING = 0x9f;
const NOT_PRESENT = 0x80;

export interface Setup {
  readonly model?: CpuModel;
  /** Ring 3 if set, else ring 0. */
  readonly user?: boolean;
  readonly eflags?: number;
  readonly registers?: Partial<Record<RegisterName, number>>;
  readonly prepare?: (guest: Guest) => void;
}

export interface Delivered extends Frame {
  readonly guest: Guest;
  readonly labels: Readonly<Record<string, number>>;
  readonly origin: number;
}

/** A booted guest with the pages and descriptors above. */
export function makeGuest(model: CpuModel = "i486", bus: ConstructorParameters<typeof Guest>[1] = {}): Guest {
  const guest = new Guest(model, bus);
  const physical = 0x10000;
  guest.map(CODE, physical, PRESENT | USER | WRITABLE);
  guest.map(DATA, physical + 0x1000, PRESENT | USER | WRITABLE);
  guest.map(READ_ONLY, physical + 0x2000, PRESENT | USER);
  guest.map(SUPERVISOR, physical + 0x3000, PRESENT | WRITABLE);
  guest.map(SUPERVISOR_READ_ONLY, physical + 0x4000, PRESENT);
  guest.map(ABSENT, 0, 0);
  describeSegments(guest);
  guest.boot();
  guest.runKernel([0x66, 0xb8, LDT_SELECTOR, 0, 0x0f, 0x00, 0xd0]);
  return guest;
}

function describeSegments(guest: Guest): void {
  const flat = GRANULARITY | BIG;
  const set = (
    name: keyof typeof selectors,
    base: number,
    limit: number,
    access: number,
    flags: number,
  ): void => guest.setDescriptor(LDT, selectors[name], base, limit, access, flags);
  set("absentData", 0, 0xfffff, (DATA_READ_WRITE | DPL3) & ~NOT_PRESENT, flat);
  set("readOnlyData", 0, 0xfffff, READ_ONLY_DATA | DPL3, flat);
  set("executeOnly", 0, 0xfffff, EXECUTE_ONLY | DPL3, flat);
  set("smallData", DATA, 0xff, DATA_READ_WRITE | DPL3, BIG);
  set("expandDown", DATA, 0xff, DATA_EXPAND_DOWN | DPL3, BIG);
  set("absentCode", 0, 0xfffff, (CODE_EXECUTE_READ | DPL3) & ~NOT_PRESENT, flat);
  set("conforming", 0, 0xfffff, CONFORMING | DPL3, flat);
  set("kernelConforming", 0, 0xfffff, CONFORMING, flat);
  set("smallCode", CODE, 0x1f, CODE_EXECUTE_READ | DPL3, BIG);
  set("kernelDataCopy", 0, 0xfffff, DATA_READ_WRITE, flat);
  set("system", 0, 0xff, 0x82, 0);
  guest.setGate(LDT, selectors.absentGate >> 3, 0x08, KERNEL_CODE_PAGE, (0x8c | DPL3) & ~NOT_PRESENT);
  guest.setGate(LDT, selectors.kernelGate >> 3, 0x08, KERNEL_CODE_PAGE, 0x8c);
  set("smallStack", STACK - 0x100, 0xff, DATA_READ_WRITE | DPL3, BIG);
  set("kernelCodeCopy", 0, 0xfffff, CODE_EXECUTE_READ, flat);
}

/** Runs `code` in a new guest up to its first exception. */
export function deliver(code: AssemblyRoutine, setup: Setup = {}): Delivered {
  const guest = makeGuest(setup.model);
  const origin = setup.user === true ? CODE : KERNEL_CODE_PAGE;
  const { bytes, labels } = assemble(code, { origin });
  guest.write(0x10000, bytes);
  start(guest, setup);
  setup.prepare?.(guest);
  return { ...guest.runToException(), guest, labels, origin };
}

/** Enters ring 3 or stays in ring 0, at the start of the code page of that ring. */
export function start(guest: Guest, setup: Setup): void {
  const { registers } = guest.cpu;
  const eflags = setup.eflags ?? 2;
  if (setup.user === true) guest.enterUser(CODE, STACK, eflags);
  else {
    guest.runKernel([0x6a, KERNEL_DATA, 0x1f, 0x6a, KERNEL_DATA, 0x07]);
    registers.eip = KERNEL_CODE_PAGE;
    registers.esp = STACK;
    registers.eflags = eflags;
  }
  const standard = { eax: 1, ecx: 2, edx: 3, ebx: DATA, ebp: STACK, esi: DATA + 0x100, edi: DATA + 0x200 };
  for (const [name, value] of Object.entries({ ...standard, ...setup.registers })) {
    registers[name as RegisterName] = value;
  }
}

/** The most that a delivery to the same level pushes. */
const FRAME_BYTES = 16;

export interface Expected {
  readonly vector: number;
  readonly errorCode?: number;
  readonly cr2?: number;
}

const GENERAL = ["eax", "ecx", "edx", "ebx", "ebp", "esi", "edi"] as const;

/**
 * Expects a fault at the label `fault`, or at the first instruction. In the latter case all registers and the data page
 * must be as they were, so that the instruction can be restarted.
 */
export function expectFault(code: AssemblyRoutine, setup: Setup, expected: Expected): Delivered {
  let before: number[] = [];
  let memory = new Uint8Array();
  const snapshot = (guest: Guest): number[] =>
    [...GENERAL, "esp" as const].map((name) => guest.cpu.registers[name]);
  const delivered = deliver(code, {
    ...setup,
    prepare: (guest) => {
      setup.prepare?.(guest);
      before = snapshot(guest);
      memory = guest.cpu.memory.slice(0x10000, 0x15000);
    },
  });
  const { guest, labels, origin } = delivered;
  check(delivered, expected, labels.fault ?? origin);
  if (labels.fault === undefined) {
    expect([...snapshot(guest).slice(0, -1), delivered.esp]).toEqual(before);
    const after = guest.cpu.memory.slice(0x10000, 0x15000);
    // At ring 0 the frame is on the same stack.
    const frame = STACK - DATA + 0x1000;
    if (setup.user !== true) after.set(memory.subarray(frame - FRAME_BYTES, frame), frame - FRAME_BYTES);
    expect(Buffer.compare(after, memory)).toBe(0);
  }
  return delivered;
}

/** Expects a trap that reports the label `after`. */
export function expectTrap(code: AssemblyRoutine, setup: Setup, expected: Expected): Delivered {
  const delivered = deliver(code, setup);
  check(delivered, expected, delivered.labels.after);
  return delivered;
}

function check(delivered: Delivered, expected: Expected, eip: number): void {
  const { vector, errorCode, guest } = delivered;
  const got = { vector, errorCode, eip: hex(delivered.eip) };
  expect(got).toEqual({ vector: expected.vector, errorCode: expected.errorCode ?? -1, eip: hex(eip) });
  if (expected.cr2 !== undefined) expect(hex(guest.cpu.registers.cr2)).toBe(hex(expected.cr2));
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
