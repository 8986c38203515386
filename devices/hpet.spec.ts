// The event timer, register by register.
import { describe, expect, it } from "vitest";
import { HPET_CAPABILITIES, Hpet } from "./hpet";
import { TestClock, TestLine } from "./testing";

const CONFIGURATION = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const timer = (index: number) => 0x100 + 0x20 * index;
const comparator = (index: number) => timer(index) + 8;
const PIN_20 = 20 << 9;
const PIN_23 = 23 << 9;

/** The crystal's own frequency: a cycle is a tick. */
function hpet() {
  const time = new TestClock(14_318_180);
  const lines = new Map<number, TestLine>();
  const line = (request: number) => lines.get(request) ?? lines.set(request, new TestLine()).get(request)!;
  const seen = { replaced: false };
  const chip = new Hpet({
    clockFor: (raised) => time.scheduler.clockFor(raised),
    legacyRequests: [0, 8],
    legacyLine: (index) => line([0, 8][index]),
    replaceLegacy: (replaced) => (seen.replaced = replaced),
    pin: line,
  });
  const next = () => time.scheduler.next;
  return { time, line, seen, chip, next };
}

describe("the HPET", () => {
  it("says what it is", () => {
    const { chip } = hpet();
    expect([chip.read(0), chip.read(4)]).toEqual([HPET_CAPABILITIES, 69_841_279]);
    expect([0, 1, 2].map((i) => chip.read(timer(i)))).toEqual([0x30, 0, 0]);
    expect([0, 1, 2].map((i) => chip.read(timer(i) + 4))).toEqual([0xf00000, 0xf00000, 0xf00000]);
    expect([chip.read(comparator(0) + 4), chip.read(comparator(1) + 4)]).toEqual([0xffffffff, 0]);
    expect([chip.read(timer(3)), chip.read(0x3fc)]).toEqual([0, 0]);
  });

  it("counts with 64 bits while it is on, and is set while it is off", () => {
    const { chip, time } = hpet();
    time.advance(100);
    expect(chip.read(COUNTER)).toBe(0);
    chip.write(COUNTER, 0xfffffff0);
    chip.write(COUNTER + 4, 7);
    chip.write(CONFIGURATION, 1);
    time.advance(0x20);
    expect([chip.read(COUNTER), chip.read(COUNTER + 4)]).toEqual([0x10, 8]);
    chip.write(COUNTER, 0x1234);
    expect(chip.read(COUNTER)).toBe(0x10);
    chip.write(CONFIGURATION, 0);
    time.advance(100);
    expect(chip.read(COUNTER)).toBe(0x10);
  });

  it("holds a level until its status is cleared", () => {
    const { chip, time, line } = hpet();
    chip.write(timer(2), PIN_23 | 6);
    chip.write(comparator(2), 50);
    chip.write(CONFIGURATION, 1);
    time.advance(49);
    expect([line(23).level, chip.read(STATUS)]).toEqual([false, 0]);
    time.advance(1);
    expect([line(23).level, chip.read(STATUS)]).toEqual([true, 4]);
    chip.write(STATUS, 3);
    expect(line(23).level).toBe(true);
    chip.write(STATUS, 4);
    expect([line(23).level, chip.read(STATUS)]).toEqual([false, 0]);
    time.advance(2 ** 32 - 1);
    expect(line(23).level).toBe(false);
    time.advance(1);
    expect(line(23).edges).toBe(2);
  });

  it("repeats with a period, from the comparison that it was told", () => {
    const { chip, time, line, seen } = hpet();
    chip.write(timer(0), 0x14c);
    chip.write(comparator(0), 30);
    chip.write(comparator(0), 10);
    chip.write(CONFIGURATION, 3);
    expect(seen.replaced).toBe(true);
    time.advance(29);
    expect(line(0).edges).toBe(0);
    time.advance(1);
    expect([line(0).edges, chip.read(comparator(0))]).toEqual([1, 40]);
    time.advance(100);
    expect([line(0).edges, chip.read(comparator(0)), chip.read(STATUS)]).toEqual([11, 140, 0]);
    chip.write(timer(0), 0x108);
    expect(line(0).level).toBe(false);
    time.advance(100);
    expect(line(0).edges).toBe(11);
  });

  it("fires a 64-bit timer once in all time, a 32-bit one each turn", () => {
    const { chip, time, line, next } = hpet();
    chip.write(timer(0), PIN_20 | 4);
    chip.write(comparator(0), 5);
    chip.write(comparator(0) + 4, 1);
    chip.write(CONFIGURATION, 1);
    time.advance(2 ** 32 + 4);
    expect(line(20).edges).toBe(0);
    time.advance(1);
    expect(line(20).edges).toBe(1);
    chip.write(timer(0), PIN_20 | 0x104);
    expect([chip.read(comparator(0) + 4), next()]).toEqual([0, 2 ** 32 + 2 ** 32 - 1]);
    time.advance(2 ** 33);
    expect(line(20).edges).toBe(3);
  });

  it("tells the halted processor what its events raise", () => {
    const { chip, time } = hpet();
    const raised = () => [0, 8, 20].filter((irq) => time.scheduler.some((line) => line === irq));
    chip.write(timer(0), PIN_20 | 0x104);
    chip.write(comparator(0), 1000);
    expect(raised()).toEqual([]);
    chip.write(CONFIGURATION, 1);
    expect(raised()).toEqual([20]);
    chip.write(CONFIGURATION, 3);
    expect(raised()).toEqual([0]);
    chip.write(timer(1), 4);
    expect(raised()).toEqual([0, 8]);
  });

  it("bears any guest: a period of a tick, pins it has not, halves of registers", () => {
    const { chip, time, line } = hpet();
    chip.write(timer(0), (31 << 9) | 0x10c);
    chip.write(comparator(0), 1);
    chip.write(CONFIGURATION, 1);
    time.advance(5000);
    expect([...Array(24).keys()].filter((pin) => line(pin).edges)).toEqual([]);
    for (let offset = 0; offset < 0x400; offset += 4) chip.write(offset, 0xffffffff);
    expect(chip.read(0)).toBe(HPET_CAPABILITIES);
    expect([chip.read(timer(0)), chip.read(timer(1))]).toEqual([0x3f3e | 0x100, 0x3e06]);
  });

  it("comes back in the middle of a period", () => {
    const { chip, time, line } = hpet();
    chip.write(timer(0), 0x14c);
    chip.write(comparator(0), 100);
    chip.write(comparator(0), 40);
    chip.write(CONFIGURATION, 3);
    time.advance(110);
    const second = hpet();
    second.time.advance(110);
    second.chip.restore(structuredClone(chip.save()));
    expect([second.seen.replaced, second.line(0).level]).toEqual([true, true]);
    for (const side of [{ chip, time, line }, second]) {
      side.time.advance(29);
      const before = side.line(0).edges;
      side.time.advance(1);
      expect([side.line(0).edges - before, side.chip.read(COUNTER), side.chip.read(comparator(0))]).toEqual([
        1, 140, 180,
      ]);
    }
  });
});
