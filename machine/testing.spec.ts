import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../cpu/core-build";
import { al, dx, eax, ecx, esi, symbol } from "../tools/asm";
import { bootKernel } from "./testing";
import { exitWith, makeKernel } from "./testing-kernels";

beforeAll(async () => {
  await buildCore();
});

const TEXT = "one\r\ntwo\nthree";

/** Prints TEXT through the FIFO, then goes wrong two calls deep. */
const kernel = makeKernel((a) => {
  a.label("main");
  a.mov(dx, 0x3fa).mov(al, 1).out(dx, al);
  a.mov(esi, symbol("text")).mov(ecx, TEXT.length).mov(dx, 0x3f8).rep().outsb();
  a.call("outer");
  exitWith(0)(a);
  a.label("text").db(TEXT);
  a.label("outer").call("inner").ret();
  a.label("inner").mov(eax, 0x1234).label("stuck").hlt();
});

describe("bootKernel", () => {
  it("collects output and says how the run ended", () => {
    const outcome = bootKernel({ kernel });
    expect(outcome.result).toEqual({ reason: "halted" });
    expect(outcome.serial).toBe(TEXT);
    expect(outcome.lines).toEqual(["one", "two", "three"]);
    expect(outcome.instructions).toBeGreaterThan(5);
  });

  it("stops at a line", () => {
    const waiting = makeKernel((a) => {
      a.mov(dx, 0x3fa).mov(al, 1).out(dx, al);
      a.mov(esi, symbol("text")).mov(ecx, TEXT.length).mov(dx, 0x3f8).rep().outsb();
      a.label("spin").jmp("spin").label("text").db(TEXT);
    });
    const outcome = bootKernel({ kernel: waiting, stopAt: (line) => line === "one" });
    expect(outcome.result).toEqual({ reason: "stopped" });
    expect(outcome.serial).toBe("one\r\n");
  });

  it("reports output, registers, the way there and the last instructions", () => {
    const report = bootKernel({ kernel, traceLast: true }).report();
    expect(report).toMatch(/^ended by {"reason":"halted"} after \d+ cycles, \d+ instructions\n/);
    expect(report).toContain("three");
    expect(report).toContain("eax=00001234");
    const trace = report.split("--- ").find((part) => part.startsWith("backtrace"));
    expect(trace).toMatch(/^backtrace\n0x\w+ stuck\+0x1\n0x\w+ outer\+0x5\n0x\w+ main\+0x\w+\n$/);
    expect(report.split("--- last instructions")[1]).toMatch(/outer\n0x\w+ inner\n0x\w+ stuck\n/);
  });

  it("ends at the cycle limit", () => {
    const spin = makeKernel((a) => a.label("spin").jmp("spin"));
    const outcome = bootKernel({ kernel: spin, maxCycles: 1000 });
    expect(outcome.result).toEqual({ reason: "cycles" });
    expect(outcome.report()).toContain("spin");
  });
});
