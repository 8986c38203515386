// The Hurd's experiment in small: what a long-running file server's map holds, with merging and without.
import { tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { measureHurd, type HurdResult } from "../../tools/bench/hurd-measure";
import { hurdTable } from "../../tools/bench/hurd-report";
import { writeImageFile } from "../../tools/image/image";
import { USR_SIZES } from "../../tools/image/usr-distribution";
import { usrTree } from "../../tools/image/usr-tree";

const scratch = mkdtempSync(join(tmpdir(), "mach386-experiment-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const image = join(scratch, "usr.img");

const measure = (mode: "none" | "series" | "full", plan = "/etc/hurd") =>
  measureHurd({ mode, plan, image, memoryMiB: 64, everyWindow: 20 }, () => {});
const afterGrep = (result: HurdResult) => result.listings.find(({ after }) => after === "grep")!.entries;

let none: HurdResult;
let series: HurdResult;
let full: HurdResult;
beforeAll(() => {
  writeImageFile(image, { entries: usrTree(1, USR_SIZES.small) });
  [none, series, full] = (["none", "series", "full"] as const).map((mode) => measure(mode));
}, 60_000);

it("without merging the map grows with every file that was read", () => {
  expect(afterGrep(none)).toBeGreaterThan(USR_SIZES.small);
  expect(none.listings.at(-1)!.entries).toBeGreaterThan(afterGrep(none));
});

it("the series keeps it small, and mode full smaller", () => {
  expect(afterGrep(series)).toBeLessThan(afterGrep(none) / 10);
  expect(full.listings.at(-1)!.entries).toBeLessThan(20);
  expect(full.listings.at(-1)!.entries).toBeLessThan(series.listings.at(-1)!.entries);
});

it("finds the same in every mode", () => {
  expect(none.matches).toBe(full.matches);
  expect(series.matches).toBe(full.matches);
  expect(full.matches).toBeGreaterThan(0);
});

it("what lets the map grow are files that stay in the cache: with few of them, or none, it stays small", () => {
  expect(afterGrep(measure("none", "/etc/hurd-uncached"))).toBeLessThan(afterGrep(none) / 4);
  expect(afterGrep(measure("none", "/etc/hurd-bounded"))).toBeLessThan(afterGrep(none) * 0.6);
});

it("measures the same twice, and shows it", () => {
  const again = measure("full");
  expect(again).toEqual(full);
  expect(hurdTable([none, full], "small")).toContain("18,984");
});
