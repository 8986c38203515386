import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { userLayout } from "./program";
import { observedSize, randomProgram } from "./testing/random-program";
import { cpuLayout, runOnCpu } from "./testing/run-cpu";
import { canRunElf, linkForLinux, runElf } from "./testing/run-native";
import { readModule } from "./wasm-reader";

const runs = Number(process.env.MACH386_RUNS ?? 60);
const seed = Number(process.env.MACH386_SEED ?? 1);

function runInNode(binary: Uint8Array<ArrayBuffer>, base: number): Uint8Array {
  const pages = Math.ceil((base + 0x10000) / 0x10000);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  (instance.exports.main as () => void)();
  return new Uint8Array(memory.buffer.slice(base, base + observedSize));
}

/** Checks random programs whose scratch area is at `base` against what `run` makes of them. */
function compare(base: number, floats: boolean, run: (binary: Uint8Array) => Uint8Array): void {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), (programSeed, size) => {
      const binary = randomProgram(programSeed, size, base, floats);
      const expected = runInNode(binary, base);
      const actual = run(binary);
      const differences = [...expected.keys()].filter((i) => expected[i] !== actual[i]);
      expect(differences).toEqual([]);
    }),
    { numRuns: runs, seed },
  );
}

describe.each([
  ["", false],
  [" with floating point", true],
])("random programs%s compute what they compute as WebAssembly", (_, floats) => {
  it.skipIf(!canRunElf())("natively, as 32-bit Linux programs", { timeout: 600_000 }, () => {
    const base = userLayout.dataBase;
    compare(base, floats, (binary) => runElf(linkForLinux(readModule(binary), base, observedSize)));
  });

  it.each(["i486", "i386"] as const)("on our own %s", { timeout: 600_000 }, (model) => {
    const base = cpuLayout.dataBase;
    compare(base, floats, (binary) => runOnCpu(readModule(binary), model, base, observedSize));
  });
});
