import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate } from "./allocate";
import { backwards, liveAtEnd } from "./liveness";
import { definedRegisters, firstVirtual, isMove, target, type RegisterOperand } from "./mir";
import { optimise, splitCriticalEdges } from "./optimise";
import { selectFunction } from "./select";
import { lowerFunction } from "./lower";
import { randomProgram } from "./testing/random-program";
import { readModule } from "./wasm-reader";

const names = {
  functionSymbol: (i: number) => `f${i}`,
  globalSymbol: (i: number) => `g${i}`,
  registerWords: () => 0,
  returnsInSt0: () => true,
  floats: true,
};

describe("register allocation", () => {
  it("never gives two registers that are live together the same colour", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 5 }), (seed, size) => {
        const module = readModule(randomProgram(seed, size, 0x10000));
        for (const source of module.functions) {
          const ir = lowerFunction(module, source, names);
          optimise(ir);
          splitCriticalEdges(ir);
          const f = selectFunction(ir);
          const colours = allocate(f);
          const colour = (r: number) => (r < firstVirtual ? r : colours.get(r));
          const atEnd = liveAtEnd(f);
          f.blocks.forEach((block, n) => {
            backwards(block, atEnd[n], (i, live) => {
              const copied = isMove(i) ? (i.operands[1] as RegisterOperand).register : undefined;
              for (const d of definedRegisters(i)) {
                for (const l of live) if (l !== d && l !== copied) expect(colour(l)).not.toBe(colour(d));
              }
            });
          });
          for (const r of f.byteRegisters) {
            const given = colours.get(r);
            if (given !== undefined) expect(target.byteRegisters).toContain(given);
          }
        }
      }),
      { numRuns: 20, seed: 5 },
    );
  });
});
