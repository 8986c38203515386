// Random guests in real mode, with every chip of the PC at their ports: what they find there by chance, they use. Nothing
// throws, hangs or grows; and a run in pieces, with a snapshot between, is the run in one.
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { PROCESSOR_MODELS, type CpuModel } from "../../cpu/models";
import { MemoryStorage, OverlayStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine } from "../../machine/machine";
import { loadRealMode } from "./random-real-mode";
import { forEachSeed } from "./runs";

const MEMORY = 2 << 20;
const FEW = 25;
const CYCLES = 40_000;
const MILLISECONDS_PER_CASE = 20_000;

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
      loadRealMode(whole.machine, seed);
      const result = whole.machine.run(whole.machine.cycles + CYCLES);
      instructions += whole.machine.instructions;
      pieces.machine.restore(pieces.fresh);
      loadRealMode(pieces.machine, seed);
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
