// Random calls in every mode of merging: short sequences, which fast-check makes shorter when one fails, and a long one.
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { KernelVm } from "./kernel-vm";
import { type Operation, World, bootWorlds, operationArbitrary } from "./random-operations";
import { MODES, type Mode } from "./script";
import { minimize } from "./minimize";

let vm: KernelVm;
beforeAll(async () => {
  vm = await bootWorlds();
});

class Sequence {
  constructor(readonly operations: Operation[]) {}
  toString(): string {
    return this.operations.map((one) => one.text).join(" ");
  }
}

/** The map's invariants hold after every call; every page is what the model says every `interval` calls and at the end. */
function runIn(mode: Mode, sequence: readonly Operation[], interval = Infinity): void {
  const world = new World(mode);
  try {
    sequence.forEach((one, index) => {
      const [actual, expected] = one.run(world);
      expect(actual, `${one.text} in mode ${mode}`).toBe(expected);
      world.check();
      if (index % interval === interval - 1) world.compare();
    });
    world.compare();
    world.check();
  } finally {
    world.close();
  }
}

const seed = Number(process.env.MACH386_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env.MACH386_RUNS ?? 150);
/** In all four modes together. */
const OPERATIONS = Number(process.env.MACH386_OPERATIONS ?? 100_000);
/** A world is left behind after so many. */
const WORLD_OPERATIONS = 1000;
const COMPARE_EVERY = 100;

it(
  `random calls leave what the model says in every mode (MACH386_SEED=${seed})`,
  { timeout: 300_000 },
  () => {
    const operations = fc.array(operationArbitrary, { minLength: 1, maxLength: 60, size: "max" });
    fc.assert(
      fc.property(
        operations.map((list) => new Sequence(list)),
        (sequence) => {
          for (const mode of MODES) runIn(mode, sequence.operations);
        },
      ),
      { seed, numRuns },
    );
  },
);

function held(): Record<string, number> {
  const names = ["object_count", "entries_in_use", "port_count"];
  return Object.fromEntries(names.map((name) => [name, vm.call[name]!()]));
}

function failure(mode: Mode, sequence: readonly Operation[]): unknown {
  try {
    runIn(mode, sequence, COMPARE_EVERY);
    return undefined;
  } catch (error) {
    return error;
  }
}

it(
  `${OPERATIONS} random calls in long rows, of which nothing remains (MACH386_SEED=${seed})`,
  { timeout: 3_600_000 },
  async () => {
    const worlds = Math.ceil(OPERATIONS / WORLD_OPERATIONS / MODES.length);
    const before = held();
    for (let number = 0; number < worlds; number++) {
      const sequence = fc.sample(operationArbitrary, { seed: seed + number, numRuns: WORLD_OPERATIONS });
      for (const mode of MODES) {
        const error = failure(mode, sequence);
        if (error === undefined) continue;
        const shortest = await minimize(sequence, async (part) => {
          vm = await bootWorlds();
          return failure(mode, part) !== undefined;
        });
        const text = shortest.map((one) => one.text).join(" ");
        throw new Error(`mode ${mode}, seed ${seed + number}: ${(error as Error).stack}\n${text}`);
      }
      expect(held(), `after seed ${seed + number}`).toEqual(before);
    }
  },
);
