// Random guests in real mode, with every chip of the PC at their ports: what they find there by chance, they use. Nothing
// throws, hangs or grows; and a run in pieces, with a snapshot between, is the run in one.
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { PROCESSOR_MODELS, type CpuModel } from "../../cpu/models";
import { MemoryStorage, OverlayStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine } from "../../machine/machine";
import { Random } from "../native/random";
import { forEachSeed } from "./runs";

const MEMORY = 2 << 20;
const FEW = 25;
const CYCLES = 40_000;
const MILLISECONDS_PER_CASE = 20_000;
const CODE = 0x7c00;
const CODE_BYTES = 0x3000;

/** The first ports of chips, and how many each has. */
const CHIPS: readonly (readonly [port: number, count: number])[] = [
  [0x20, 2],
  [0xa0, 2],
  [0x40, 4],
  [0x60, 5],
  [0x70, 2],
  [0x80, 1],
  [0x92, 1],
  [0xf0, 1],
  [0x170, 8],
  [0x376, 1],
  [0x1f0, 8],
  [0x3f6, 1],
  [0x3b4, 2],
  [0x3c0, 32],
  [0x3f8, 8],
  [0x4d0, 2],
  [0x510, 2],
  [0xcf8, 8],
  [0x1000, 16],
];
/** Commands: of the drives, of packets, of the bus master, of the keyboard's controller. */
const VALUES = [
  0x00, 0x01, 0x08, 0x09, 0x20, 0x25, 0x35, 0xa0, 0xa1, 0xc8, 0xca, 0xec, 0xef, 0xd1, 0xfe, 0xff,
];
/** Functions and registers of PCI: the IDE function's base address and command, the host bridge's shadow registers. */
const PCI = [0x80000058, 0x8000005c, 0x80000904, 0x80000920, 0x80000960, 0x80000000];

/** OUT or IN, of 1, 2 or 4 bytes, at a chip. */
function portAccess(random: Random): number[] {
  const [first, count] = random.pick(CHIPS);
  const port = first + random.below(count);
  const value = random.below(2) ? random.pick(VALUES) : random.below(0x10000);
  const size = random.below(6);
  if (first === 0xcf8) {
    const address = random.pick(PCI);
    const data = random.pick([0x33333333, 0x1001, 0x0005, random.below(0x10000)]);
    return [
      ...[0x66, 0xb8, ...dword(address), 0xba, 0xf8, 0x0c, 0x66, 0xef],
      ...[0x66, 0xb8, ...dword(data), 0xba, 0xfc, 0x0c, 0x66, random.pick([0xef, 0xed])],
    ];
  }
  const access = random.pick([[0xee], [0xec], [0xef], [0xed], [0x66, 0xef], [0xf3, 0x6d], [0xf3, 0x6f]]);
  return [0xb8, value & 0xff, value >> 8, 0xba, port & 0xff, port >> 8, 0xb9, size, 0, ...access];
}

function dword(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

/** Segments, far transfers, interrupts, changes of mode, and bytes by chance. */
function piece(random: Random): number[] {
  const byte = () => random.below(256);
  switch (random.below(8)) {
    case 0:
      return [0xb8, byte(), random.below(16), 0x8e, random.pick([0xd8, 0xc0, 0xe0, 0xe8])];
    case 1:
      return [0xcd, byte()];
    case 2:
      return [0x0f, 0x20, 0xc0, 0x0c, random.below(2), 0x0f, 0x22, 0xc0];
    case 3:
      return [random.pick([0xfb, 0xfa, 0xfc, 0xfd, 0x9c, 0x9d, 0x60, 0x61, 0x1e, 0x1f, 0x06, 0x07])];
    case 4:
      return [...random.bytes(random.below(10))];
    default:
      return portAccess(random);
  }
}

function load(machine: Machine, seed: number): void {
  const random = new Random(seed);
  const code: number[] = [];
  while (code.length < CODE_BYTES) code.push(...piece(random));
  machine.memory.set([...random.bytes(0x7000)], 0x500);
  machine.memory.set(code.slice(0, CODE_BYTES), CODE);
  // All vectors lead back into the code.
  for (let vector = 0; vector < 256; vector++) {
    const offset = CODE + random.below(CODE_BYTES);
    machine.memory.set([offset & 0xff, offset >> 8, 0, 0], 4 * vector);
  }
  machine.cpu.invalidate(0, MEMORY);
  const { registers } = machine.cpu;
  Object.assign(registers.segments.cs, { selector: 0, base: 0 });
  registers.eip = CODE;
  registers.esp = 0x7000;
}

function bench(model: CpuModel) {
  const medium = () => new OverlayStorage(new MemoryStorage(new Uint8Array(64 * 512)));
  const disks = [medium()];
  const machine = new Machine({
    ...{ memory: MEMORY, cpu: model, disks, cdrom: medium(), bios: builtInBios(), onSerial: () => {} },
  });
  return { machine, fresh: machine.snapshot() };
}

const stateOf = (machine: Machine) => {
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr0 } = machine.cpu.registers;
  const { cycles, instructions } = machine;
  return { registers: [eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr0], cycles, instructions };
};

describe.each(Object.keys(PROCESSOR_MODELS) as CpuModel[])("random real-mode code on the %s", (model) => {
  it("harms nobody, and runs the same in pieces", { timeout: 600_000 }, () => {
    const [whole, pieces] = [bench(model), bench(model)];
    let instructions = 0;
    forEachSeed(FEW, (seed) => {
      const started = performance.now();
      whole.machine.restore(whole.fresh);
      load(whole.machine, seed);
      const result = whole.machine.run(whole.machine.cycles + CYCLES);
      instructions += whole.machine.instructions;
      pieces.machine.restore(pieces.fresh);
      load(pieces.machine, seed);
      const end = pieces.machine.cycles + CYCLES;
      let last = pieces.machine.run(pieces.machine.cycles + Math.floor(CYCLES / 3));
      if (last.reason === "cycles") {
        pieces.machine.restore(pieces.machine.snapshot());
        last = pieces.machine.run(end);
      }
      expect([last, stateOf(pieces.machine)], `seed ${seed}`).toEqual([result, stateOf(whole.machine)]);
      expect(performance.now() - started, `milliseconds of seed ${seed}`).toBeLessThan(MILLISECONDS_PER_CASE);
    });
    expect(instructions).toBeGreaterThan(1000);
  });
});
