// Random calls in every mode of merging: short sequences, which fast-check makes shorter when one fails, and long rows.
import fc from "fast-check";
import { beforeAll, it } from "vitest";
import { type Operation, bootWorlds, operationArbitrary } from "./random-operations";
import { runIn, runRows } from "./random-rows";
import { MODES } from "./script";

beforeAll(async () => {
  await bootWorlds();
});

class Sequence {
  constructor(readonly operations: Operation[]) {}
  toString(): string {
    return this.operations.map((one) => one.text).join(" ");
  }
}

const seed = Number(process.env.MACH386_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env.MACH386_RUNS ?? 150);
const OPERATIONS = 100_000;

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

it(
  `${OPERATIONS} random calls in long rows, of which nothing remains (MACH386_SEED=${seed})`,
  { timeout: 600_000 },
  () => runRows(OPERATIONS, seed),
);
