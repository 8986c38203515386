import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Counter, I8254, PIT_FREQUENCY } from "./i8254";
import { SystemPortB } from "./system-port-b";
import { TestClock, TestLine, testBus } from "./testing";

/** OUT at each tick from `from` on, as the data sheet draws it. */
function wave(counter: Counter, from: number, ticks: number): string {
  let text = "";
  for (let tick = from; tick < from + ticks; tick++) text += counter.out(tick) ? "1" : "0";
  return text;
}

const reading = (counter: Counter, tick: number) => counter.read(tick);

/** A counter programmed at tick 0 in a mode with a low-byte count. */
function programmed(mode: number, count: number, gate = true): Counter {
  const counter = new Counter(gate);
  counter.writeControl(0x10 | (mode << 1), 0);
  counter.write(count, 0);
  return counter;
}

describe("modes", () => {
  it("0: OUT rises N + 1 ticks after the write and stays", () => {
    const counter = programmed(0, 4);
    expect(wave(counter, 0, 8)).toBe("00000111");
    expect(counter.out(70_000)).toBe(true);
  });

  it("0: the count goes on below zero; the gate stops it", () => {
    const counter = programmed(0, 4);
    expect([1, 2, 5, 6].map((tick) => reading(counter, tick))).toEqual([4, 3, 0, 0xff]);
    const gated = programmed(0, 4);
    gated.setGate(false, 2);
    expect(reading(gated, 50)).toBe(3);
    gated.setGate(true, 50);
    expect(wave(gated, 50, 5)).toBe("00011");
  });

  it("0: the first byte of a two-byte count stops it, the second starts it again", () => {
    const counter = new Counter(true);
    counter.writeControl(0x30, 0);
    counter.write(3, 0);
    expect(counter.out(100)).toBe(false);
    counter.write(0, 100);
    expect(wave(counter, 100, 6)).toBe("000011");
    counter.write(2, 110);
    expect(counter.out(110)).toBe(false);
  });

  it("1: a rising gate starts a pulse of N ticks, and another one again", () => {
    const counter = programmed(1, 3, false);
    expect(wave(counter, 0, 4)).toBe("1111");
    counter.setGate(true, 4);
    expect(wave(counter, 4, 6)).toBe("100011");
    counter.setGate(false, 20);
    counter.setGate(true, 21);
    counter.setGate(false, 22);
    expect(wave(counter, 22, 1)).toBe("0");
    counter.setGate(true, 23);
    expect(wave(counter, 23, 6)).toBe("000011");
  });

  it("2: one tick low in every N; a low gate holds OUT high", () => {
    const counter = programmed(2, 3);
    expect(wave(counter, 0, 11)).toBe("11101101101".slice(0, 11));
    expect([1, 2, 3, 4].map((tick) => reading(programmed(2, 3), tick))).toEqual([3, 2, 1, 3]);
    counter.setGate(false, 12);
    expect(wave(counter, 12, 4)).toBe("1111");
    counter.setGate(true, 16);
    expect(wave(counter, 16, 6)).toBe("111011");
  });

  it("2: a new count waits for the end of the period", () => {
    const counter = programmed(2, 4);
    counter.write(2, 2);
    expect(wave(counter, 1, 8)).toBe("11101010");
  });

  it("3: half and half; an odd count is high for a tick more", () => {
    expect(wave(programmed(3, 4), 1, 8)).toBe("11001100");
    expect(wave(programmed(3, 5), 1, 10)).toBe("1110011100");
  });

  it("3: counts by two, an odd count from one less", () => {
    const even = [1, 2, 3, 4, 5].map((tick) => reading(programmed(3, 6), tick));
    expect(even).toEqual([6, 4, 2, 6, 4]);
    const odd = [1, 2, 3, 4, 5, 6].map((tick) => reading(programmed(3, 5), tick));
    expect(odd).toEqual([4, 2, 0, 4, 2, 4]);
  });

  it("3: a new count waits for the end of the half period", () => {
    const counter = programmed(3, 4);
    counter.write(8, 1);
    expect(wave(counter, 1, 12)).toBe("110000111100");
  });

  it("4: low for one tick after N", () => {
    expect(wave(programmed(4, 3), 0, 8)).toBe("11110111");
  });

  it("5: low for one tick, N after a rising gate", () => {
    const counter = programmed(5, 3, false);
    expect(counter.out(50)).toBe(true);
    counter.setGate(true, 50);
    expect(wave(counter, 50, 7)).toBe("1111011");
  });

  it("6 and 7 are 2 and 3, read back as written", () => {
    const counter = programmed(6, 3);
    expect(wave(counter, 1, 4)).toBe("1101");
    counter.latchStatus(1);
    expect(counter.read(1) & 0x0e).toBe(6 << 1);
  });

  it("agree with a tick-by-tick count of changes", () => {
    const counts = fc.integer({ min: 2, max: 20 });
    fc.assert(
      fc.property(fc.constantFrom(0, 2, 3, 4), counts, (mode, count) => {
        const counter = programmed(mode, count);
        let edge = counter.nextChange(0);
        for (let tick = 1; tick < 60; tick++) {
          if (counter.out(tick) !== counter.out(tick - 1)) expect(edge).toBe(tick);
          if (tick === edge) edge = counter.nextChange(tick);
        }
      }),
    );
  });
});

describe("count registers", () => {
  it("0 is 65536, and 10000 in BCD", () => {
    const counter = new Counter(true);
    counter.writeControl(0x30, 0);
    counter.write(0, 0);
    counter.write(0, 0);
    expect([counter.out(65_536), counter.out(65_537)]).toEqual([false, true]);
    counter.writeControl(0x31, 100_000);
    counter.write(0, 100_000);
    counter.write(0, 100_000);
    expect([counter.out(110_000), counter.out(110_001)]).toEqual([false, true]);
  });

  it("counts in decimal digits", () => {
    const counter = new Counter(true);
    counter.writeControl(0x31, 0);
    counter.write(0x00, 0);
    counter.write(0x10, 0);
    expect([counter.read(2), counter.read(2)]).toEqual([0x99, 0x09]);
  });

  it("reads low then high, and a latch holds both", () => {
    const counter = new Counter(true);
    counter.writeControl(0x34, 0);
    counter.write(0x34, 0);
    counter.write(0x12, 0);
    counter.latchCount(1);
    counter.latchCount(200);
    expect([counter.read(300), counter.read(400)]).toEqual([0x34, 0x12]);
    expect(counter.read(5)).toBe(0x30);
  });

  it("high byte only", () => {
    const counter = new Counter(true);
    counter.writeControl(0x20, 0);
    counter.write(0x02, 0);
    expect(counter.out(0x200)).toBe(false);
    expect(counter.out(0x201)).toBe(true);
    expect(counter.read(2)).toBe(0x01);
  });

  it("status shows OUT, the null count and the control word, before the count", () => {
    const counter = new Counter(true);
    counter.writeControl(0x34, 0);
    counter.write(10, 0);
    counter.write(0, 0);
    counter.latchStatus(0);
    expect(counter.read(0)).toBe(0x80 | 0x40 | 0x34);
    counter.latchStatus(3);
    counter.latchCount(3);
    expect([counter.read(3), counter.read(3), counter.read(3)]).toEqual([0x80 | 0x34, 8, 0]);
  });
});

describe("the chip", () => {
  let time: TestClock;
  let irq: TestLine;
  let pit: I8254;
  let io: ReturnType<typeof testBus>;

  beforeEach(() => {
    time = new TestClock(33_333_333);
    irq = new TestLine();
    pit = new I8254(time.clock, irq);
    io = testBus(pit);
  });

  it("interrupts exactly as often as the crystal says, for a minute", () => {
    io.out(0x43, 0x34);
    io.out(0x40, 0x9c, 0x2e);
    irq.edges = 0;
    time.advance(60 * 33_333_333);
    expect(irq.edges).toBe(Math.floor((60 * PIT_FREQUENCY - 1) / 0x2e9c));
  });

  it("is a one-shot in mode 0, with nothing to come after it", () => {
    io.out(0x43, 0x30);
    io.out(0x40, 0xe8, 0x03);
    time.advance(33_333_333);
    expect(irq.edges).toBe(1);
    expect(time.scheduler.length).toBe(0);
  });

  it("makes an edge of a pulse that was over when somebody looked", () => {
    io.out(0x43, 0x34);
    io.out(0x40, 100, 0);
    const scheduler = time.scheduler;
    const before = irq.edges;
    // 150 ticks pass within one instruction.
    Object.defineProperty(time, "cycle", {
      value: Math.ceil((150 * 33_333_333) / PIT_FREQUENCY),
      writable: true,
    });
    scheduler.fire();
    expect(irq.edges).toBe(before + 1);
    expect(irq.level).toBe(true);
  });

  it("latches several counters with one read-back command", () => {
    io.out(0x43, 0x34, 0x74, 0xb4);
    for (const port of [0x40, 0x41, 0x42]) io.out(port, 0, 0x10);
    time.advance(28 * 16);
    io.out(0x43, 0xc0 | 0x02 | 0x04);
    const first = io.in(0x40);
    expect(first & 0x3f).toBe(0x34);
    expect(io.in(0x41) & 0x3f).toBe(0x34);
    expect(io.in(0x43)).toBe(0xff);
  });

  it("has counter 2 gated and read by port 0x61, whose refresh bit toggles", () => {
    const portB = new SystemPortB(pit);
    portB.attach(io.bus);
    io.out(0x43, 0xb0);
    io.out(0x42, 0x10, 0);
    time.advance(28 * 100);
    expect(io.in(0x61) & 0x20).toBe(0);
    io.out(0x61, 0x01);
    time.advance(28 * 18);
    expect(io.in(0x61) & 0x21).toBe(0x21);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) {
      time.advance(100);
      seen.add(io.in(0x61) & 0x10);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 0x10]);
  });

  it("comes back in the middle of a period", () => {
    io.out(0x43, 0x34);
    io.out(0x40, 0x9c, 0x2e);
    time.advance(1_000_000);
    io.out(0x43, 0x00);
    io.in(0x40);
    const saved = structuredClone(pit.save());
    const otherTime = new TestClock(33_333_333);
    otherTime.advance(time.now);
    const otherIrq = new TestLine();
    const other = new I8254(otherTime.clock, otherIrq);
    other.restore(saved);
    const otherIo = testBus(other);
    irq.edges = 0;
    otherIrq.level = irq.level;
    for (const each of [time, otherTime]) each.advance(5_000_000);
    expect(otherIrq.edges).toBe(irq.edges);
    expect(otherIo.in(0x40)).toBe(io.in(0x40));
    expect(otherTime.scheduler.next).toBe(time.scheduler.next);
  });
});
