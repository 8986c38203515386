import { beforeEach, describe, expect, it } from "vitest";
import { Mc146818 } from "./mc146818";
import { TestClock, TestLine, testBus } from "./testing";

/** A cycle of this clock is a tick of the chip's crystal. */
const SECOND = 32_768;
/** A Wednesday in a leap year. */
const START = Date.UTC(2024, 1, 28, 23, 59, 50) / 1000;
const [PERIODIC, ALARM, UPDATE] = [0x40, 0x20, 0x10];

let time: TestClock;
let irq: TestLine;
let rtc: Mc146818;
let io: ReturnType<typeof testBus>;

beforeEach(() => {
  time = new TestClock(SECOND);
  irq = new TestLine();
  rtc = new Mc146818(time.clock, irq, START);
  io = testBus(rtc);
});

const read = (register: number) => (io.out(0x70, register), io.in(0x71));
const write = (register: number, value: number) => (io.out(0x70, register), io.out(0x71, value));
const calendar = () => [0x32, 9, 8, 7, 4, 2, 0].map((register) => read(register).toString(16));

describe("time", () => {
  it("starts where it was told, in BCD and 24 hours, and leaps with the year", () => {
    expect(calendar()).toEqual(["20", "24", "2", "28", "23", "59", "50"]);
    expect(read(6)).toBe(4);
    time.advance(10 * SECOND);
    expect(calendar()).toEqual(["20", "24", "2", "29", "0", "0", "0"]);
    expect(read(6)).toBe(5);
  });

  it("shows binary and 12-hour forms", () => {
    write(0x0b, 0x04);
    expect([read(4), read(2), read(0)]).toEqual([0x80 | 11, 59, 50]);
    time.advance(10 * SECOND);
    expect(read(4)).toBe(12);
    write(0x0b, 0x00);
    expect(read(4)).toBe(0x12);
  });

  it("can be set while SET is on; updates then stop", () => {
    write(0x0b, 0x82);
    for (const [register, value] of [
      [0, 0x30],
      [2, 0x15],
      [4, 0x08],
      [7, 0x31],
      [8, 0x12],
      [9, 0x99],
      [0x32, 0x19],
    ]) {
      write(register, value);
    }
    time.advance(5 * SECOND);
    expect(read(0)).toBe(0x30);
    write(0x0b, 0x02);
    time.advance(SECOND);
    expect(calendar()).toEqual(["19", "99", "12", "31", "8", "15", "31"]);
  });

  it("takes single registers without SET", () => {
    write(2, 0x07);
    expect([read(4), read(2)]).toEqual([0x23, 0x07]);
  });

  it("keeps the day of week that was written", () => {
    write(6, 2);
    time.advance(10 * SECOND);
    expect(read(6)).toBe(3);
  });

  it("raises UIP 2.2 ms before the second changes", () => {
    time.advance(SECOND - 74);
    expect(read(0x0a) & 0x80).toBe(0);
    time.advance(1);
    expect(read(0x0a) & 0x80).toBe(0x80);
    expect(read(0)).toBe(0x50);
    time.advance(73);
    expect([read(0x0a) & 0x80, read(0)]).toEqual([0, 0x51]);
  });

  it("stops in divider reset, and updates half a second after it", () => {
    write(0x0a, 0x66);
    time.advance(10 * SECOND);
    expect(read(0)).toBe(0x50);
    write(0x0a, 0x26);
    time.advance(SECOND / 2 - 1);
    expect(read(0)).toBe(0x50);
    time.advance(1);
    expect(read(0)).toBe(0x51);
  });
});

describe("interrupts", () => {
  it("come periodically at the programmed rate, until C is read", () => {
    write(0x0a, 0x26);
    write(0x0b, 0x42);
    time.advance(31);
    expect(irq.level).toBe(false);
    time.advance(1);
    expect(irq.level).toBe(true);
    expect(read(0x0c)).toBe(0x80 | PERIODIC);
    expect([irq.level, read(0x0c)]).toEqual([false, 0]);
    irq.edges = 0;
    for (let i = 0; i < 1024; i++) {
      time.advance(32);
      read(0x0c);
    }
    expect(irq.edges).toBe(1024);
  });

  it("knows all rates", () => {
    for (const [rate, period] of [
      [1, 128],
      [2, 256],
      [3, 4],
      [6, 32],
      [15, 16384],
    ]) {
      write(0x0a, 0x20 | rate);
      write(0x0b, 0x42);
      time.advance(2 * SECOND - (time.now % (2 * SECOND)));
      read(0x0c);
      const start = irq.edges;
      for (let i = 0; i < 2 * SECOND; i += 4) {
        time.advance(4);
        read(0x0c);
      }
      expect([rate, irq.edges - start]).toEqual([rate, (2 * SECOND) / period]);
    }
  });

  it("come with every update", () => {
    write(0x0b, 0x12);
    time.advance(SECOND);
    expect(read(0x0c)).toBe(0x80 | PERIODIC | UPDATE);
    time.advance(SECOND);
    expect(irq.edges).toBe(2);
  });

  it("come at the alarm time, and every hour or minute with wild cards", () => {
    write(1, 0x05);
    write(3, 0x01);
    write(5, 0x00);
    read(0x0c);
    write(0x0b, 0x22);
    time.advance(75 * SECOND - 1);
    expect(irq.level).toBe(false);
    time.advance(1);
    expect(read(0x0c) & (0x80 | ALARM)).toBe(0x80 | ALARM);
    time.advance(86_400 * SECOND - 1);
    expect(irq.edges).toBe(1);
    time.advance(1);
    expect(irq.edges).toBe(2);
    read(0x0c);
    write(3, 0xc0);
    write(5, 0xff);
    irq.edges = 0;
    for (let i = 0; i < 60; i++) {
      time.advance(60 * SECOND);
      read(0x0c);
    }
    expect(irq.edges).toBe(60);
  });

  it("never come for an alarm that no time matches", () => {
    write(1, 0x99);
    write(0x0b, 0x22);
    expect(time.scheduler.length).toBe(0);
  });

  it("leave flags behind without being enabled", () => {
    time.advance(SECOND);
    expect(read(0x0c)).toBe(PERIODIC | UPDATE);
    expect(irq.edges).toBe(0);
  });

  it("are cleared by a reset, which keeps the time", () => {
    write(0x0b, 0x72);
    time.advance(SECOND);
    rtc.reset();
    expect([irq.level, read(0x0b), read(0x0c), read(0)]).toEqual([false, 0x02, 0, 0x51]);
  });
});

describe("RAM", () => {
  it("keeps bytes; D says the battery is good; the index is seven bits", () => {
    write(0x40, 0xa5);
    expect([read(0x40), read(0xc0), read(0x0d), io.in(0x70)]).toEqual([0xa5, 0xa5, 0x80, 0xff]);
  });
});

describe("state", () => {
  it("comes back between two updates with an alarm set", () => {
    write(1, 0x55);
    write(3, 0x59);
    write(5, 0x23);
    write(0x0b, 0x22);
    time.advance(SECOND / 2);
    io.out(0x70, 0x40);
    const saved = structuredClone(rtc.save());
    const otherTime = new TestClock(SECOND);
    otherTime.advance(time.now);
    const otherIrq = new TestLine();
    const other = new Mc146818(otherTime.clock, otherIrq, 0);
    other.restore(saved);
    otherTime.advance(4.5 * SECOND - 1);
    expect(otherIrq.level).toBe(false);
    otherTime.advance(1);
    expect(otherIrq.level).toBe(true);
    const otherIo = testBus(other);
    otherIo.out(0x70, 0);
    expect(otherIo.in(0x71)).toBe(0x55);
  });
});
