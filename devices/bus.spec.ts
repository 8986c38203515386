import { describe, expect, it } from "vitest";
import { PortBus, StateError, restoreFields } from "./bus";

/** Answers with the low byte of the port; remembers writes. */
function echo() {
  const writes: [number, number][] = [];
  return {
    writes,
    readByte: (port: number) => port & 0xff,
    writeByte: (port: number, value: number) => void writes.push([port, value]),
  };
}

describe("PortBus", () => {
  it("splits wide accesses to 8-bit devices, low byte first", () => {
    const bus = new PortBus();
    const device = echo();
    bus.attach(0x10, 4, device);
    expect(bus.read(0x10, 4)).toBe(0x13121110);
    expect(bus.read(0x12, 4)).toBe(0xffff1312);
    bus.write(0x12, 2, 0xbeef);
    expect(device.writes).toEqual([
      [0x12, 0xef],
      [0x13, 0xbe],
    ]);
  });

  it("answers ones where nobody is, and counts that", () => {
    const bus = new PortBus();
    expect([bus.read(0x99, 1), bus.read(0x99, 2), bus.read(0x99, 4)]).toEqual([0xff, 0xffff, 0xffffffff]);
    bus.write(0x99, 4, 0);
    expect([bus.unclaimedReads, bus.unclaimedWrites, bus.reads, bus.writes]).toEqual([7, 4, 3, 1]);
    const sum = (what: "reads" | "writes") =>
      [...bus.unclaimed.values()].reduce((total, counts) => total + counts[what], 0);
    expect([sum("reads"), sum("writes")]).toEqual([7, 4]);
  });

  it("wraps at the end of the I/O space", () => {
    const bus = new PortBus();
    bus.attach(0, 1, echo());
    expect(bus.read(0xffff, 2)).toBe(0x00ff);
  });

  it("refuses two devices at a port", () => {
    const bus = new PortBus();
    bus.attach(0x10, 4, echo());
    expect(() => bus.attach(0x13, 1, echo())).toThrow(/0x13/);
  });

  it("passes blocks on and counts their elements, but not while it traces", () => {
    const bus = new PortBus();
    bus.attach(0x10, 1, echo());
    bus.attach(0x20, 1, {
      ...echo(),
      readBlock: () => 3,
      writeBlock: (_port, size, from) => from.length / size,
    });
    const bytes = new Uint8Array(8);
    const blocks = (port: number) => [bus.readBlock(port, 2, bytes), bus.writeBlock(port, 2, bytes)];
    expect([0x10, 0x20, 0x30].map(blocks)).toEqual([
      [0, 0],
      [3, 4],
      [0, 0],
    ]);
    bus.trace = () => {};
    expect(blocks(0x20)).toEqual([0, 0]);
    expect([bus.reads, bus.writes, bus.unclaimedReads, bus.unclaimedWrites]).toEqual([3, 4, 0, 0]);
  });

  it("traces accesses with what answered", () => {
    const bus = new PortBus();
    const seen: unknown[] = [];
    bus.trace = (...access) => seen.push(access);
    bus.attach(0x10, 1, echo());
    bus.read(0x10, 1);
    bus.write(0x20, 2, 0x1234);
    expect(seen).toEqual([
      ["in", 0x10, 1, 0x10, true],
      ["out", 0x20, 2, 0x1234, false],
    ]);
  });
});

describe("restoreFields", () => {
  it("refuses another version and unknown fields", () => {
    const target = { a: 1 };
    expect(() => restoreFields("chip", 2, target, { version: 1, a: 5 })).toThrow(StateError);
    expect(() => restoreFields("chip", 1, target, { version: 1, b: 5 })).toThrow(/unknown field b/);
    restoreFields("chip", 1, target, { version: 1, a: 5 });
    expect(target.a).toBe(5);
  });
});
