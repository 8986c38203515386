import { beforeAll, describe, expect, it } from "vitest";
import { scenarioCounts } from "./fewest";
import { KernelVm } from "./kernel-vm";
import { type Scenario, expectedEntries, scenarios } from "./scenarios";
import {
  type Mode,
  MODES,
  arenaPages,
  arenaRegions,
  closeArena,
  describeArena,
  openArena,
  runScript,
} from "./script";

let vm: KernelVm;
beforeAll(async () => {
  vm = await KernelVm.boot();
});

/** `?` stands for any offset. */
function comparable(lines: readonly string[], pattern: readonly string[]): string[] {
  return lines.map((line, index) => {
    if (pattern[index]?.endsWith("?")) return line.replace(/\+\S+$/, "+?");
    return line;
  });
}

function run(scenario: Scenario, mode: Mode) {
  const arena = openArena(vm, mode);
  runScript(arena, scenario.script);
  const result = { lines: describeArena(arena), count: arenaRegions(arena).length, pages: arenaPages(arena) };
  vm.check(arena.map);
  closeArena(arena);
  return result;
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "scenario %s",
  (_, scenario) => {
    it.each(["none", "backward", "series"] as const)("leaves the entries of mode %s", (mode) => {
      const pattern = expectedEntries(scenario)[mode];
      expect(comparable(run(scenario, mode).lines, pattern)).toEqual(pattern);
    });

    it("leaves no more entries in mode full than in series, and the same contents in all modes", () => {
      const results = MODES.map((mode) => run(scenario, mode));
      expect(results[3]!.count).toBeLessThanOrEqual(results[2]!.count);
      for (const result of results) expect(result.pages).toEqual(results[0]!.pages);
    });
  },
);

describe("the number of entries", () => {
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

  it("is the smallest possible in mode full", () => {
    const results = scenarioCounts(vm);
    for (const { scenario, fewest, counts } of results) {
      // A share that is over is no boundary any more.
      const floor = scenario.name === "fork-share-dead-extend" ? fewest - 1 : fewest;
      expect(counts.full, scenario.name).toBe(floor);
    }
  });

  it("is, over all scenarios, what the measured kernels hold, and less in mode full", () => {
    const results = scenarioCounts(vm);
    const totals = MODES.map((mode) => sum(results.map(({ counts }) => counts[mode])));
    expect(totals).toEqual([217, 185, 136, 105]);
  });
});

it("gives back every page, object and entry", () => {
  const before = [vm.call["object_count"]!(), vm.call["entries_in_use"]!()];
  for (const mode of MODES) for (const scenario of scenarios) run(scenario, mode);
  const after = [vm.call["object_count"]!(), vm.call["entries_in_use"]!()];
  expect(after).toEqual(before);
  const free = vm.call["free_pages"]!();
  for (const mode of MODES) for (const scenario of scenarios) run(scenario, mode);
  expect(vm.call["free_pages"]!()).toBe(free);
});
