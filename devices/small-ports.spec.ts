import { describe, expect, it } from "vitest";
import { PortBus } from "./bus";
import { attachDebugConsole, attachDebugExit, attachPostCode } from "./debug-ports";
import { ResetPorts } from "./reset-ports";
import { testBus } from "./testing";

function resetPorts() {
  const seen = { a20: false, resets: 0, whole: 0 };
  const ports = new ResetPorts(
    (enabled) => (seen.a20 = enabled),
    (whole) => {
      seen.resets++;
      seen.whole += Number(whole);
    },
  );
  const io = testBus(ports);
  ports.reset();
  return { seen, ports, io };
}

describe("reset ports", () => {
  it("reset on rising bits of port 0x92 and 0xCF9", () => {
    const { seen, io } = resetPorts();
    io.out(0x92, 0x03, 0x03);
    expect(seen.resets).toBe(1);
    io.out(0xcf9, 0x02);
    expect(seen.resets).toBe(1);
    io.out(0xcf9, 0x06);
    expect([seen.resets, io.in(0xcf9)]).toEqual([2, 0x06]);
    expect(seen.whole).toBe(1);
    io.out(0xcf9, 0x00, 0x04);
    expect([seen.resets, seen.whole]).toEqual([3, 1]);
  });

  it("switch address line 20 on when either wire says so, also after a restore", () => {
    const { seen, ports, io } = resetPorts();
    expect(seen.a20).toBe(false);
    io.out(0x92, 0x02);
    expect([seen.a20, io.in(0x92)]).toEqual([true, 0x02]);
    ports.setKeyboardA20(true);
    io.out(0x92, 0x00);
    expect(seen.a20).toBe(true);
    const second = resetPorts();
    second.ports.restore(structuredClone(ports.save()));
    expect(second.seen.a20).toBe(true);
    ports.setKeyboardA20(false);
    expect(seen.a20).toBe(false);
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
