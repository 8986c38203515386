// What vm-bench counts in mode full: cycles are exact, so bounds and ratios hold on every host.

import { beforeAll, describe, expect, it } from "vitest";
import { measureSections, type TimedRun } from "../../tools/bench/timed";
import { mergeCounts } from "../../tools/bench/vm-measure";

/** What docs/vm.md states: cycles that one call works on a merge, at most. */
const MERGE_BOUND = 25_000;

let run: TimedRun;
beforeAll(() => {
  run = measureSections({
    program: "vm-bench",
    plan: "/etc/vm-bench",
    words: "vm.merge=full",
    memoryMiB: 128,
  });
});

const cycles = (operation: string) => run.rows.find((row) => row.operation === operation)!.cycles;

describe("costs of the VM", () => {
  it.each(["region-any-of", "allocate+deallocate-beside", "protect-page-of", "fault-in"])(
    "%s: a map of 20,000 entries costs little more than one of 100",
    (operation) => {
      expect(cycles(`${operation}-20000`)).toBeLessThan(1.5 * cycles(`${operation}-100`));
    },
  );

  it.each(["protect-all-of", "deallocate-all-of"])("%s: the cost of an entry does not grow", (operation) => {
    expect(cycles(`${operation}-20000`)).toBeLessThan(1.5 * cycles(`${operation}-100`));
  });

  it("merges what it is measured for", () => {
    const merges = mergeCounts(run.serial);
    expect(merges.get("extend-up")).toEqual({ extended: 1, glued: 0, pagesMoved: 0 });
    expect(merges.get("extend-down")).toEqual({ extended: 1, glued: 0, pagesMoved: 0 });
    expect(merges.get("glue-one-object")).toEqual({ extended: 0, glued: 1, pagesMoved: 0 });
    expect(merges.get("glue-moving-pages-64")).toEqual({ extended: 0, glued: 1, pagesMoved: 64 });
    expect(merges.get("fill-hole")).toEqual({ extended: 1, glued: 1, pagesMoved: 1 });
  });

  it("moves at most 64 pages of a long merge in one call, within the stated time", () => {
    const merged = mergeCounts(run.serial).get("glue-moving-pages-256");
    expect(merged).toEqual({ extended: 0, glued: 0, pagesMoved: 64 });
    expect(cycles("glue-moving-pages-64")).toBeLessThan(MERGE_BOUND);
    expect(cycles("glue-moving-pages-256")).toBeLessThan(MERGE_BOUND);
  });

  it.each([
    ["vm_page", 44],
    ["vm_object", 80],
    ["vm_map_entry", 88],
  ])("%s is no larger than GNU Mach's", (structure, bytes) => {
    const size = new RegExp(`^size ${structure} (\\d+)`, "m").exec(run.serial)![1];
    expect(Number(size)).toBeLessThanOrEqual(bytes);
  });
});
