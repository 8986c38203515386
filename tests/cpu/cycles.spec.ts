import { describe, expect, it } from "vitest";
import type { RegisterName } from "../../cpu/cpu";
import { CLOCK_MODELS, type ClockModel } from "../../cpu/instructions/rules";
import { INSTRUCTIONS } from "../../cpu/instructions/table";
import { assemble } from "../../tools/asm/index";
import {
  CYCLE_CASES,
  GATE_TARGET,
  KERNEL_TEST_CODE,
  KERNEL_TEST_DATA,
  USER_TEST_CODE,
  USER_TEST_DATA,
  type CycleCase,
} from "./cycle-cases";
import { Guest, KERNEL_BASE, KERNEL_DATA, PRESENT, USER, WRITABLE } from "./guest";

const NOP = 0x90;
const PADDING = new Array<number>(0x60).fill(NOP);
const STACK_OFFSET = 0x800;
/** Enough steps for the longest repetition of the cases. */
const MOST_STEPS = 10;

/** Rows by their forms; those of all forms of an entry are no single instruction's. */
const ROWS = new Map(
  INSTRUCTIONS.flatMap(({ clocks }) => clocks)
    .filter(([form]) => form !== "*")
    .map((row) => [row[0], row]),
);
/** What came after the Pentium, which is charged its clocks. */
const LATER = /^(FCMOVcc|FU?COMIP?|FXSAVE|FXRSTOR|SYSENTER|SYSEXIT|RDPMC)( |$)/;

interface Cell {
  readonly low: number;
  readonly high: number;
  readonly perN: number;
  readonly none: number;
}

/** Reads a cell by the grammar of the table, apart from the code under test. */
function parse(text: string): Cell {
  const [counts, none] = text.replace("~", "").split("|");
  const [head, ...terms] = counts.split("+");
  const [low, high = low] = head.split(/[-/]/).map(Number);
  const term = terms.find((part) => part.endsWith("n"));
  return {
    low,
    high,
    perN: term === undefined ? 0 : parseInt(term, 10),
    none: none === undefined ? low : Number(none),
  };
}

function cellText(form: string, model: ClockModel): string {
  if (LATER.test(form)) return "";
  return ROWS.get(form)?.[1 + CLOCK_MODELS.indexOf(model)] ?? "";
}

function expectedClocks(
  { form, n, pick, extra, prefixes = 0, transfer }: CycleCase,
  model: ClockModel,
): number {
  const cell = parse(cellText(form, model));
  let base =
    cell.perN === 0 && pick !== undefined ? (pick === "high" ? cell.high : rise(cell, pick)) : cell.low;
  if (n === 0) base = cell.none;
  const m = model === "i386" && transfer === true ? 1 : 0;
  return base + cell.perN * (n ?? 0) + m + (extra?.[model] ?? 0) + (model === "i386" ? 0 : prefixes);
}

/** So much above the low end, if there is a range at all. */
function rise(cell: Cell, steps: number): number {
  return Math.min(cell.high, cell.low + steps);
}

class Bench {
  readonly guest: Guest;

  constructor(readonly model: ClockModel) {
    this.guest = new Guest(model);
    const { guest } = this;
    guest.map(USER_TEST_CODE, KERNEL_TEST_CODE - KERNEL_BASE, PRESENT | USER | WRITABLE);
    guest.map(USER_TEST_DATA, KERNEL_TEST_DATA - KERNEL_BASE, PRESENT | USER | WRITABLE);
    // Where the 16-bit IRET goes.
    guest.map(0, KERNEL_TEST_CODE - KERNEL_BASE, PRESENT | USER);
    guest.write(GATE_TARGET - KERNEL_BASE, PADDING);
    guest.boot();
  }

  /** Clocks of the case's instruction, with everything already in the TLB. */
  measure(test: CycleCase): number {
    const { guest } = this;
    const origin = test.user === true ? USER_TEST_CODE : KERNEL_TEST_CODE;
    const { bytes } = assemble(test.code, { origin });
    guest.write(KERNEL_TEST_CODE - KERNEL_BASE, [...bytes, ...PADDING]);
    this.once(test);
    return this.once(test);
  }

  private once(test: CycleCase): number {
    const { cpu } = this.guest;
    this.enter(test);
    const { eip } = cpu.registers;
    const before = cpu.cycles;
    for (let i = 0; i < MOST_STEPS && cpu.registers.eip === eip; i++) cpu.step();
    const clocks = cpu.cycles - before;
    if (test.form === "HLT") this.wake();
    if (test.transfer !== true) return clocks;
    // m may be charged when the NOP at the target runs.
    cpu.step();
    return cpu.cycles - before - expectedClocks(NOP_CASE, this.model);
  }

  /** Ends a HLT by an interrupt. */
  private wake(): void {
    const { cpu } = this.guest;
    cpu.setInterrupt(true);
    this.guest.runToException();
    cpu.setInterrupt(false);
  }

  private enter(test: CycleCase): void {
    const { guest } = this;
    const { registers } = guest.cpu;
    const data = test.user === true ? USER_TEST_DATA : KERNEL_TEST_DATA;
    const stack = data + STACK_OFFSET;
    const memory = KERNEL_TEST_DATA - KERNEL_BASE;
    guest.cpu.memory.fill(0, memory, memory + 0x1000);
    test.data?.forEach((word, i) => guest.view.setUint32(memory + 4 * i, word >>> 0, true));
    test.stack?.forEach((word, i) => guest.view.setUint32(memory + STACK_OFFSET + 4 * i, word >>> 0, true));
    test.wordStack?.forEach((word, i) => guest.view.setUint16(memory + STACK_OFFSET + 2 * i, word, true));
    if (test.user === true) guest.enterUser(USER_TEST_CODE, stack, 2);
    else this.enterKernel(stack);
    const standard = { eax: 0, ecx: 0, edx: 0, ebx: data, ebp: stack, esi: data, edi: data, eflags: 2 };
    for (const [name, value] of Object.entries({ ...standard, ...test.registers })) {
      registers[name as RegisterName] = value;
    }
    test.prepare?.(guest);
  }

  private enterKernel(stack: number): void {
    const { guest } = this;
    const load = [0x6a, KERNEL_DATA, 0x1f, 0x6a, KERNEL_DATA, 0x07, 0x6a, KERNEL_DATA, 0x17];
    guest.runKernel(load);
    guest.cpu.registers.eip = KERNEL_TEST_CODE;
    guest.cpu.registers.esp = stack;
  }
}

const NOP_CASE: CycleCase = { form: "NOP", code: (a) => a.nop() };

function title({ form, pick, n, registers }: CycleCase): string {
  const details = [
    pick === undefined ? "" : ` at ${pick}`,
    n === undefined ? "" : ` n=${n}`,
    registers === undefined ? "" : ` ${JSON.stringify(registers)}`,
  ];
  return form + details.join("");
}

describe.each(CLOCK_MODELS)("%s clocks", (model) => {
  const bench = new Bench(model);
  const present = CYCLE_CASES.filter(({ form }) => cellText(form, model) !== "");

  it("have a case for every row of the table", () => {
    const covered = new Set(present.map(({ form }) => form));
    const forms = [...ROWS.keys()];
    expect(forms.filter((form) => cellText(form, model) !== "" && !covered.has(form))).toEqual([]);
  });

  it.each(present.map((test) => [title(test), test] as const))("%s", (_title, test) => {
    expect(bench.measure(test)).toBe(expectedClocks(test, model));
  });
});
