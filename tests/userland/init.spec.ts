// init in unusual circumstances: little memory and greedy programs, no disk, an unknown plan.
import { expect, it } from "vitest";
import { readBootDisk } from "../../machine/boot-disk";
import { bootKernel, type BootOutcome } from "../../machine/testing";
import { imageDisk, withWords } from "../../tools/default-image";

function boot(words: string, memory: number, withDisk = true): BootOutcome {
  const disk = imageDisk();
  const { kernel, commandLine, modules } = readBootDisk(disk, 64 << 20);
  return bootKernel({
    kernel,
    commandLine: withWords(commandLine, words),
    modules,
    disks: withDisk ? [disk] : [],
    memory,
    maxCycles: 20e9,
  });
}

it("greedy programs are refused, and what they took comes back", () => {
  const outcome = boot("init.plan=/etc/exhaust", 8 << 20);
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
  expect(outcome.lines.filter((line) => line.startsWith("FAIL"))).toEqual([]);
});

it("without a disk it says so and ends with status 1", () => {
  const outcome = boot("", 16 << 20, false);
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 1 });
  expect(outcome.lines.map((line) => line.trimEnd())).toContain("init: hd0s1: error 2502");
});

it("a plan that is not there is an error", () => {
  const outcome = boot("init.plan=/etc/nothing", 16 << 20);
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 1 });
  expect(outcome.lines.map((line) => line.trimEnd())).toContain("init: /etc/nothing: error 3");
});
