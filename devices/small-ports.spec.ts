import { describe, expect, it } from "vitest";
import { PortBus } from "./bus";
import { attachDebugConsole, attachDebugExit, attachPostCode } from "./debug-ports";
import { ResetPorts } from "./reset-ports";
import { testBus } from "./testing";

function resetPorts() {
  const seen = { a20: false, resets: 0 };
  const ports = new ResetPorts(
    (enabled) => (seen.a20 = enabled),
    () => seen.resets++,
  );
  const io = testBus(ports);
  ports.reset();
  return { seen, ports, io };
}

describe("resets", () => {
  it("happen on rising bits of port 0x92 and 0xCF9", () => {
    const { seen, io } = resetPorts();
    io.out(0x92, 0x03, 0x03);
    expect(seen.resets).toBe(1);
    io.out(0xcf9, 0x02);
    expect(seen.resets).toBe(1);
    io.out(0xcf9, 0x06);
    expect([seen.resets, io.in(0xcf9)]).toEqual([2, 0x06]);
  });

  it("happen on 8042 pulses of line 0 and output writes with bit 0 clear", () => {
    const { seen, io } = resetPorts();
    io.out(0x64, 0xff);
    expect(seen.resets).toBe(0);
    io.out(0x64, 0xfe);
    expect(seen.resets).toBe(1);
    io.out(0x64, 0xd1);
    io.out(0x60, 0xfe);
    expect(seen.resets).toBe(2);
  });
});

describe("A20", () => {
  it("is on when either port says so", () => {
    const { seen, io } = resetPorts();
    io.out(0x64, 0xd1);
    io.out(0x60, 0xdd & ~2);
    expect(seen.a20).toBe(false);
    io.out(0x92, 0x02);
    expect([seen.a20, io.in(0x92)]).toEqual([true, 0x02]);
    io.out(0x92, 0x00);
    expect(seen.a20).toBe(false);
    io.out(0x64, 0xd1);
    io.out(0x60, 0xdf);
    expect(seen.a20).toBe(true);
  });
});

describe("the 8042", () => {
  it("answers its own commands with nothing plugged in", () => {
    const { io } = resetPorts();
    expect([io.in(0x64), io.in(0x60)]).toEqual([0x14, 0xff]);
    io.out(0x64, 0xaa);
    expect([io.in(0x64), io.in(0x60), io.in(0x64)]).toEqual([0x15, 0x55, 0x14]);
    io.out(0x64, 0x60);
    io.out(0x60, 0x47);
    io.out(0x64, 0x20);
    expect(io.in(0x60)).toBe(0x47);
  });

  it("comes back between a command and its parameter", () => {
    const first = resetPorts();
    first.io.out(0x64, 0xd1);
    const second = resetPorts();
    second.ports.restore(structuredClone(first.ports.save()));
    second.io.out(0x60, 0xfe);
    expect(second.seen.resets).toBe(1);
  });
});

describe("debug ports", () => {
  it("end the run with what was written, whatever its size", () => {
    const bus = new PortBus();
    const exits: number[] = [];
    attachDebugExit(bus, (status) => exits.push(status));
    bus.write(0xf4, 1, 3);
    bus.write(0xf4, 4, 0x1234);
    expect(exits).toEqual([3, 0x1234]);
    expect(bus.read(0xf4, 1)).toBe(0);
  });

  it("print and are recognised; the POST port takes anything", () => {
    const bus = new PortBus();
    const printed: number[] = [];
    attachDebugConsole(bus, (byte) => printed.push(byte));
    attachPostCode(bus);
    bus.write(0xe9, 1, 0x41);
    bus.write(0x80, 1, 0x41);
    expect([printed, bus.read(0xe9, 1), bus.read(0x80, 1)]).toEqual([[0x41], 0xe9, 0xff]);
  });
});
