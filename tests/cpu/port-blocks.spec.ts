/** Repeated INS and OUTS: a device that gives and takes blocks makes the same run as one that is asked for each element. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import type { AccessSize, Cpu, CpuBus, CpuModel, RegisterName } from "../../cpu/cpu";
import { assemble, type AssemblyRoutine } from "../../tools/asm";
import { Random } from "../native/random";
import { CODE, KERNEL_CODE_PAGE, makeGuest, start } from "./exception-bench";
import { PAGE_SIZE, PRESENT, USER, WRITABLE } from "./guest";

beforeAll(() => buildCore());

const SEED = 386;
const RANDOM_CASES = 150;
const PORT = 0x1f0;
/** Three pages, not in the order of their frames, and none behind them. */
const PAGES = 0x410000;
const FRAMES = [0x42000, 0x40000, 0x41000];
const END = PAGES + FRAMES.length * PAGE_SIZE;
const BREAKPOINT = 3;
const PAGE_FAULT = 14;
const [IOPL_3, DF, TF] = [0x3000, 0x400, 0x100];
/** DR7: breakpoint 0 on writes of 4 bytes. */
const WATCH_WRITES = 0xd0001;

/** Data in blocks. The last access of a block is seen from outside: it notes the time and cuts the run short. */
class BlockDevice {
  cpu!: Cpu;
  readonly ends: number[] = [];
  readonly written: number[] = [];
  /** Elements that were moved by whole blocks. */
  ahead = 0;
  private read = 0;
  private left: number;

  constructor(private readonly block: number) {
    this.left = block;
  }

  bus(offersBlocks: boolean): Partial<CpuBus> {
    const single: Partial<CpuBus> = {
      portRead: (_port, size) => {
        const bytes = Array.from({ length: size }, () => this.next());
        this.pass(size);
        return bytes.reduceRight((value, byte) => value * 0x100 + byte, 0);
      },
      portWrite: (_port, size, value) => {
        for (let i = 0; i < size; i++) this.written.push((value >>> (8 * i)) & 0xff);
        this.pass(size);
      },
    };
    if (!offersBlocks) return single;
    return {
      ...single,
      portReadBlock: (_port, size, into) => {
        const bytes = this.passAhead(size, into.length);
        for (let i = 0; i < bytes; i++) into[i] = this.next();
        return bytes / size;
      },
      portWriteBlock: (_port, size, from) => {
        const bytes = this.passAhead(size, from.length);
        this.written.push(...from.subarray(0, bytes));
        return bytes / size;
      },
    };
  }

  private next(): number {
    const at = this.read++;
    return (at * 29 + (at >> 8)) & 0xff;
  }

  private pass(size: number): void {
    this.left -= size;
    if (this.left > 0) return;
    this.left = this.block;
    this.ends.push(this.cpu.cycles);
    this.cpu.setDeadline(this.cpu.cycles + 40);
  }

  private passAhead(size: AccessSize, wanted: number): number {
    const bytes = Math.min(wanted, Math.floor((this.left - 1) / size) * size);
    this.left -= bytes;
    this.ahead += bytes / size;
    return bytes;
  }
}

interface Case {
  readonly routine: AssemblyRoutine;
  readonly at: number;
  readonly count: number;
  readonly model?: CpuModel;
  readonly block?: number;
  readonly user?: boolean;
  readonly eflags?: number;
  /** Cycles of the longest part of the run. */
  readonly part?: number;
  /** A hook before every instruction, which makes the processor go step by step. */
  readonly observed?: boolean;
  readonly registers?: Partial<Record<RegisterName, number>>;
}

function run(one: Case, offersBlocks: boolean) {
  const device = new BlockDevice(one.block ?? 512);
  const guest = makeGuest(one.model, device.bus(offersBlocks));
  const { cpu } = guest;
  device.cpu = cpu;
  FRAMES.forEach((frame, i) => guest.map(PAGES + i * PAGE_SIZE, frame, PRESENT | WRITABLE | USER));
  for (const frame of FRAMES)
    for (let i = 0; i < PAGE_SIZE; i++) cpu.memory[frame + i] = (frame + i * 7) >> 4;
  const user = one.user ?? false;
  const { bytes } = assemble((a) => (one.routine(a), a.int3()), { origin: user ? CODE : KERNEL_CODE_PAGE });
  guest.write(0x10000, bytes);
  const registers = { edx: PORT, ecx: one.count, esi: one.at, edi: one.at, ...one.registers };
  start(guest, { user, eflags: IOPL_3 | 2 | (one.eflags ?? 0), registers });
  const seen: number[] = [];
  if (one.observed) cpu.hooks.instruction = (eip) => void seen.push(eip);
  const random = new Random(SEED);
  const boundaries: number[] = [];
  while (cpu.run(cpu.cycles + 1 + random.below(one.part ?? 1_000_000)) === "cycles")
    boundaries.push(cpu.cycles, cpu.registers.ecx, cpu.registers.eip);
  const { eax, ecx, edx, esi, edi, esp, eip, cr2, dr6 } = cpu.registers;
  const { ends, written, ahead } = device;
  const state = {
    ...{
      frame: guest.frame(),
      stats: cpu.stats(),
      registers: { eax, ecx, edx, esi, edi, esp, eip, cr2, dr6 },
    },
    ...{ boundaries, ends, written, seen },
    memory: createHash("sha1").update(cpu.memory).digest("hex"),
  };
  return { state, ahead };
}

/** Runs both ways and compares; returns the run with blocks. */
function compare(one: Case, label?: string) {
  const blocks = run(one, true);
  expect(blocks.state, label).toEqual(run(one, false).state);
  return blocks;
}

const insw: AssemblyRoutine = (a) => a.rep().insw();
const outsw: AssemblyRoutine = (a) => a.rep().outsw();
const FORMS: readonly (readonly [string, AccessSize, AssemblyRoutine])[] = [
  ["REP INSB", 1, (a) => a.rep().insb()],
  ["REP INSW", 2, insw],
  ["REP INSD", 4, (a) => a.rep().insd()],
  ["REP OUTSB", 1, (a) => a.rep().outsb()],
  ["REP OUTSW", 2, outsw],
  ["REP OUTSD", 4, (a) => a.rep().outsd()],
];

describe.each(FORMS)("%s", (_name, size, routine) => {
  const aligned = { routine, at: PAGES + 0x100, count: 700 };

  it("takes blocks, but for their last elements", () => {
    const { state, ahead } = compare(aligned);
    expect(state.frame.vector).toBe(BREAKPOINT);
    expect(state.registers.ecx).toBe(0);
    const blocks = Math.floor((700 * size) / 512);
    expect(state.ends.length).toBe(blocks);
    // The first element of a page is what fills the TLB, and the last one of a block is an access by itself.
    expect(ahead).toBeGreaterThan(690 - 2 * blocks);
  });

  it("crosses pages, with elements that do and elements that do not", () => {
    compare({ ...aligned, at: PAGES + 0xf00, count: 600 });
    compare({ ...aligned, at: PAGES + 0xf01, count: 600 });
    compare({ ...aligned, at: PAGES + 0xf03, count: 1, block: 7 });
  });

  it("stops at the page that is absent", () => {
    for (const user of [true, false]) {
      const { state } = compare({ ...aligned, user, at: END - 0x180, count: 1000 });
      expect(state.frame.vector).toBe(PAGE_FAULT);
      expect(state.registers.cr2).toBe(END);
      expect(state.registers.ecx).toBe(1000 - 0x180 / size);
    }
  });

  it("ends each part of a run at the same element", () => {
    for (const part of [1, 3, 9, 100, 1500]) {
      const { state } = compare({ ...aligned, part });
      expect(state.boundaries.length).toBeGreaterThan(0);
    }
  });

  it("goes element by element downwards, in single steps and under a breakpoint on data", () => {
    const { state, ahead } = compare({ ...aligned, at: PAGES + 0xffc, eflags: DF });
    expect([state.registers.ecx, ahead]).toEqual([0, 0]);
    expect(compare({ ...aligned, eflags: TF }).ahead).toBe(0);
    expect(compare({ ...aligned, count: 50, observed: true }).ahead).toBe(0);
    compare({ ...aligned, registers: { dr0: PAGES + 0x180, dr7: WATCH_WRITES } });
  });
});

describe("blocks", () => {
  it("do not hide that an instruction overwrites itself or what follows it", () => {
    expect(compare({ routine: insw, user: true, at: CODE, count: 2 }).ahead).toBe(0);
    compare({ routine: (a) => (insw(a), a.nop().nop()), user: true, at: CODE + 2, count: 1 });
  });

  it("are the same in random runs", () => {
    const random = new Random(SEED);
    let ahead = 0;
    for (let i = 0; i < RANDOM_CASES; i++) {
      const [name, size, routine] = FORMS[random.below(FORMS.length)];
      const one: Case = {
        routine,
        model: random.below(2) ? "i386" : "i486",
        user: random.below(2) === 1,
        at:
          PAGES + (random.below(3) ? random.below(3 * PAGE_SIZE) & ~(size - 1) : random.below(3 * PAGE_SIZE)),
        count: random.below(random.below(2) ? 20 : 3000),
        block: 1 + random.below(random.below(2) ? 10 : 1024),
        part: random.below(2) ? 1 + random.below(2000) : undefined,
        eflags: random.below(8) ? 0 : DF,
      };
      ahead += compare(one, `${name}, case ${i} of seed ${SEED}`).ahead;
    }
    expect(ahead).toBeGreaterThan(10_000);
  });
});
