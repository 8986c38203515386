// Runs random calls (random-operations.ts) in one mode of merging, and long rows of them in all.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { KernelVm } from "./kernel-vm";
import { minimize } from "./minimize";
import { type Operation, World, bootWorlds, operationArbitrary } from "./random-operations";
import { MODES, type Mode } from "./script";

/** A world is left behind after so many. */
const WORLD_OPERATIONS = 1000;
const COMPARE_EVERY = 100;

/** The map's invariants hold after every call; every page is what the model says every `interval` calls and at the end. */
export function runIn(mode: Mode, sequence: readonly Operation[], interval = Infinity): void {
  const world = new World(mode);
  try {
    sequence.forEach((one, index) => {
      const [actual, expected] = one.run(world);
      assert.equal(actual, expected, `${one.text} in mode ${mode}: code ${actual}, not ${expected}`);
      world.check();
      if (index % interval === interval - 1) world.compare();
    });
    world.compare();
    world.check();
  } finally {
    world.close();
  }
}

function held(vm: KernelVm): Record<string, number> {
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

/**
 * Makes `operations` random calls, in all four modes together. Throws, with the shortest row of calls that fails, when
 * something is not as the model says, or something remains. `progress` is told how many have been made.
 */
export async function runRows(
  operations: number,
  seed: number,
  progress: (made: number) => void = () => {},
): Promise<void> {
  const worlds = Math.ceil(operations / WORLD_OPERATIONS / MODES.length);
  const vm = await bootWorlds();
  const before = held(vm);
  for (let number = 0; number < worlds; number++) {
    const sequence = fc.sample(operationArbitrary, { seed: seed + number, numRuns: WORLD_OPERATIONS });
    for (const mode of MODES) {
      const error = failure(mode, sequence);
      if (error === undefined) continue;
      const shortest = await minimize(sequence, async (part) => {
        await bootWorlds();
        return failure(mode, part) !== undefined;
      });
      const text = shortest.map((one) => one.text).join(" ");
      throw new Error(`mode ${mode}, seed ${seed + number}: ${(error as Error).stack}\n${text}`);
    }
    assert.deepEqual(held(vm), before, `after seed ${seed + number}`);
    progress((number + 1) * WORLD_OPERATIONS * MODES.length);
  }
}
