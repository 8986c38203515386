import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { userLayout } from "./program";
import { observedSize, randomProgram } from "./testing/random-program";
import { canRunElf, linkForLinux, runElf } from "./testing/run-native";
import { readModule } from "./wasm-reader";

const base = userLayout.dataBase;
const runs = Number(process.env.MACH386_RUNS ?? 150);
const seed = Number(process.env.MACH386_SEED ?? 1);

function runInNode(binary: Uint8Array<ArrayBuffer>): Uint8Array {
  const pages = Math.ceil((base + 0x10000) / 0x10000);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  (instance.exports.main as () => void)();
  return new Uint8Array(memory.buffer.slice(base, base + observedSize));
}

/** Byte offsets at which two memories differ. */
function differences(a: Uint8Array, b: Uint8Array): number[] {
  return [...a.keys()].filter((i) => a[i] !== b[i]);
}

describe("compiled programs compute what WebAssembly computes", () => {
  it.skipIf(!canRunElf())("natively, as 32-bit Linux programs", { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), (programSeed, size) => {
        const binary = randomProgram(programSeed, size, base);
        const expected = runInNode(binary);
        const actual = runElf(linkForLinux(readModule(binary), base, observedSize));
        expect(differences(expected, actual)).toEqual([]);
      }),
      { numRuns: runs, seed },
    );
  });
});
