import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alarm, Crystal, Scheduler } from "./clock";
import { TestClock } from "./testing";

describe("Scheduler", () => {
  it("fires in order of time, and in order of scheduling within a cycle", () => {
    const time = new TestClock();
    const fired: string[] = [];
    for (const [name, at] of [
      ["b", 20],
      ["a", 10],
      ["c", 20],
      ["d", 20],
    ] as const) {
      time.clock.schedule(at, () => fired.push(name));
    }
    time.advance(19);
    expect(fired).toEqual(["a"]);
    time.advance(1);
    expect(fired).toEqual(["a", "b", "c", "d"]);
  });

  it("fires what falls due while it fires, after what was there", () => {
    const time = new TestClock();
    const fired: string[] = [];
    time.clock.schedule(5, () => {
      fired.push("first");
      time.clock.schedule(5, () => fired.push("third"));
    });
    time.clock.schedule(5, () => fired.push("second"));
    time.advance(5);
    expect(fired).toEqual(["first", "second", "third"]);
  });

  it("forgets cancelled events, and ignores those that have fired", () => {
    const time = new TestClock();
    let count = 0;
    const timer = time.clock.schedule(5, () => count++);
    time.clock.cancel(time.clock.schedule(6, () => count++));
    time.advance(10);
    time.clock.cancel(timer);
    time.clock.cancel(undefined);
    expect(count).toBe(1);
    expect(time.scheduler.length).toBe(0);
  });

  it("tells when an event comes before all others", () => {
    const earlier: number[] = [];
    const scheduler = new Scheduler(
      1000,
      () => 0,
      (at) => earlier.push(at),
    );
    const clock = scheduler.clockFor();
    for (const at of [50, 70, 30, 40]) clock.schedule(at, () => {});
    expect(earlier).toEqual([50, 30]);
  });

  it("knows which interrupt lines pending events may raise", () => {
    const scheduler = new Scheduler(1000, () => 0);
    scheduler.clockFor(4).schedule(9, () => {});
    scheduler.clockFor().schedule(9, () => {});
    expect(scheduler.some((line) => line === 4)).toBe(true);
    expect(scheduler.some((line) => line === 0)).toBe(false);
  });

  it("restores an alarm to its place among events of the same cycle", () => {
    const time = new TestClock();
    const fired: string[] = [];
    const first = new Alarm(time.clock, () => fired.push("first"));
    const second = new Alarm(time.clock, () => fired.push("second"));
    first.setAt(10);
    second.setAt(10);
    const saved = [first.save(), second.save()];
    second.restore(saved[1]);
    first.restore(saved[0]);
    time.advance(10);
    expect(fired).toEqual(["first", "second"]);
    expect(first.save()).toBeNull();
  });
});

describe("Crystal", () => {
  const PIT = 1_193_182;
  const CPU = 33_333_333;

  it("loses nothing over any time", () => {
    const crystal = new Crystal(PIT, CPU);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (tick) => {
        const cycle = crystal.cycleOf(tick);
        const exact = (BigInt(tick) * BigInt(CPU) + BigInt(PIT) - 1n) / BigInt(PIT);
        expect(BigInt(cycle)).toBe(exact);
        expect(crystal.ticksAt(cycle)).toBe(tick);
        if (cycle > 0) expect(crystal.ticksAt(cycle - 1)).toBe(tick - 1);
      }),
    );
  });

  it("is exact where the product of the frequencies is not", () => {
    const crystal = new Crystal(14_318_180, 999_999_937);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (tick) => {
        const exact = (BigInt(tick) * 999_999_937n + 14_318_179n) / 14_318_180n;
        expect(BigInt(crystal.cycleOf(tick))).toBe(exact);
        expect(crystal.ticksAt(Number(exact))).toBe(tick);
      }),
    );
    expect(() => new Crystal(10 ** 11, 10 ** 9)).toThrow(RangeError);
  });

  it("counts whole seconds exactly", () => {
    const crystal = new Crystal(PIT, CPU);
    expect(crystal.ticksAt(86_400 * CPU)).toBe(86_400 * PIT);
    expect(crystal.cycleOf(Infinity)).toBe(Infinity);
  });
});
