// The main job, whole: kernel, disk driver and programs of the default image, in every merge mode, on both processors.

import { describe, expect, it } from "vitest";
import { bootImage, MODES } from "../../tools/default-image";

/** The demonstration's figures: `program passed failed entries` of its summary. */
function summary(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => line.startsWith("summary,"));
  return at < 0 ? [] : lines.slice(at);
}

describe.each(MODES)("vm.merge=%s", (mode) => {
  const boots = new Map<string, string>();

  it.each(["i486", "i386"] as const)("runs the demonstration on the %s and ends with status 0", (cpu) => {
    const outcome = bootImage(`vm.merge=${mode}`, cpu);
    expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
    expect(outcome.lines.filter((line) => line.startsWith("FAIL"))).toEqual([]);
    expect(summary(outcome.lines).at(-1)).toBe("all is well");
    boots.set(cpu, outcome.serial);
  });

  it("prints the same on both processors", () => {
    expect(boots.get("i386")).toBe(boots.get("i486"));
  });
});

it("keeps the kernel's invariants, checked after every operation", () => {
  const outcome = bootImage("vm.merge=full kernel.check=1");
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
});

it("takes the same cycles twice", () => {
  const [first, second] = [bootImage("vm.merge=series"), bootImage("vm.merge=series")];
  expect(second.cycles).toBe(first.cycles);
  expect(second.serial).toBe(first.serial);
});
