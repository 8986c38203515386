// Guests that own the machine and mean it harm: no exception comes out of a run, no run takes long, nothing grows, and a
// machine restored from a snapshot goes on just as the one it was taken of.
import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import type { CpuModel } from "../../cpu/cpu";
import { MemoryStorage, OverlayStorage } from "../../devices/storage";
import { Machine, type MachineSnapshot, type RunResult } from "../../machine/machine";
import { Random } from "../native/random";
import { CODE, randomKernel } from "./random-kernel";
import { forEachSeed, runs } from "./runs";

const MEMORY = 2 << 20;
const DISK_BYTES = 64 * 512;
const CYCLES = 60_000;
const SLICES = 4;
/** Far above what the slowest instruction mix takes on a slow host. */
const MILLISECONDS_PER_CASE = 20_000;
const FEW = 12;
const GROWTH_BYTES = 96 << 20;

const newMachine = (model: CpuModel) => {
  const disks = [1, 2].map(() => new OverlayStorage(new MemoryStorage(new Uint8Array(DISK_BYTES))));
  const machine = new Machine({ memory: MEMORY, cpu: model, disks, onSerial: () => {} });
  return { machine, disks, fresh: machine.snapshot() };
};

type Bench = ReturnType<typeof newMachine>;

function load({ machine, fresh }: Bench, seed: number): void {
  machine.restore(fresh);
  for (const [address, bytes] of randomKernel(seed)) machine.memory.set(bytes, address);
  machine.cpu.invalidate(0, MEMORY);
  machine.cpu.enterFlat32(CODE);
}

const digest = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");

/** Each device's state, short enough for a failure's message. */
function digestsOf(devices: MachineSnapshot["devices"]): object {
  const plain = (_: string, value: unknown) => (value instanceof Uint8Array ? digest(value) : value);
  return Object.entries(devices).map(([name, state]) => [
    name,
    digest(Buffer.from(JSON.stringify(state, plain))),
  ]);
}

/** All that a guest could tell two machines apart by. */
function describeState({ machine }: Bench, result: RunResult): object {
  const { devices, disks, memory } = machine.snapshot();
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr0, cr2, cr3, cpl } = machine.cpu.registers;
  const { cs, ss, ds, es, fs, gs } = machine.cpu.registers.segments;
  const segments = [cs, ss, ds, es, fs, gs].map(({ selector, base, limit, access }) => [
    selector,
    base,
    limit,
    access,
  ]);
  return {
    result,
    cycles: machine.cycles,
    instructions: machine.instructions,
    registers: [eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr0, cr2, cr3, cpl],
    segments,
    devices: digestsOf(devices),
    disks: disks.map((writes) => [...(writes ?? [])].map(([lba, bytes]) => [lba, digest(bytes)])),
    memory: digest(memory),
  };
}

const goesOn = ({ reason }: RunResult) => reason === "cycles";

describe.each<CpuModel>(["i486", "i386"])("a random kernel on the %s", (model) => {
  it("neither crashes nor hangs nor grows the host, whole, in slices, and from a snapshot", () => {
    const [whole, sliced, restored] = [newMachine(model), newMachine(model), newMachine(model)];
    let rss = 0;
    let instructions = 0;
    forEachSeed(FEW, (seed) => {
      const random = new Random(seed);
      const started = performance.now();
      load(whole, seed);
      const expected = describeState(whole, whole.machine.run(whole.machine.cycles + CYCLES));
      expect(performance.now() - started, `milliseconds of seed ${seed}`).toBeLessThan(MILLISECONDS_PER_CASE);
      instructions += whole.machine.instructions;

      load(sliced, seed);
      const start = sliced.machine.cycles;
      const ends = Array.from({ length: SLICES }, () => start + random.below(CYCLES)).sort((a, b) => a - b);
      let result: RunResult = { reason: "cycles" };
      for (const end of ends) if (goesOn(result)) result = sliced.machine.run(end);
      const snapshot = goesOn(result) ? sliced.machine.snapshot() : undefined;
      if (goesOn(result)) result = sliced.machine.run(start + CYCLES);
      expect(describeState(sliced, result), `in slices, seed ${seed}`).toEqual(expected);

      if (snapshot) {
        restored.machine.restore(snapshot);
        const last = restored.machine.run(start + CYCLES);
        expect(describeState(restored, last), `restored, seed ${seed}`).toEqual(expected);
      }
      if (seed % runs(FEW) === Math.floor(runs(FEW) / 4)) rss = process.memoryUsage().rss;
    });
    expect(instructions / runs(FEW)).toBeGreaterThan(100);
    expect(process.memoryUsage().rss - rss).toBeLessThan(GROWTH_BYTES);
  });
});
