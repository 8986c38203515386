// The APICs and power management, register by register.
import { describe, expect, it } from "vitest";
import { IoApic } from "./io-apic";
import { LocalApic } from "./local-apic";
import { MovablePorts } from "./piix3";
import { PM_PORTS, Piix4Pm } from "./piix4-pm";
import { TestClock, TestLine, testBus } from "./testing";

function apics() {
  const time = new TestClock();
  const seen = { pin: false, external: 0, nmis: 0, inits: 0 };
  const io: IoApic = new IoApic(() => local);
  const local: LocalApic = new LocalApic(
    time.clock,
    {
      setInterrupt: (asserted) => (seen.pin = asserted),
      nmi: () => void seen.nmis++,
      init: () => void seen.inits++,
    },
    () => (seen.external++, 0x20),
    (vector) => io.endOfInterrupt(vector),
  );
  const redirect = (pin: number, low: number, high = 0) => {
    io.write(0, 0x11 + 2 * pin);
    io.write(0x10, high);
    io.write(0, 0x10 + 2 * pin);
    io.write(0x10, low);
  };
  const entry = (pin: number) => (io.write(0, 0x10 + 2 * pin), io.read(0x10));
  return { time, seen, local, io, redirect, entry };
}

describe("the local APIC", () => {
  it("leaves the pin to the 8259A as long as nobody turns it on", () => {
    const { local, seen } = apics();
    local.setExternal(true);
    expect([seen.pin, local.acknowledge(), seen.external]).toEqual([true, 0x20, 1]);
    local.receive(0x50, false);
    local.setExternal(false);
    expect(seen.pin).toBe(false);
    local.write(0x350, 0x10700);
    local.setExternal(true);
    expect(seen.pin).toBe(false);
  });

  it("serves the highest class first, and a lower one after the end of the higher", () => {
    const { local, seen } = apics();
    local.write(0xf0, 0x1ff);
    local.receive(0x41, false);
    local.receive(0x85, false);
    expect([local.acknowledge(), seen.pin, local.read(0xa0)]).toEqual([0x85, false, 0x80]);
    expect([local.read(0x140), local.read(0x220)]).toEqual([1 << 5, 1 << 1]);
    local.write(0xb0, 0);
    expect([seen.pin, local.acknowledge()]).toEqual([true, 0x41]);
    local.write(0xb0, 0);
    local.write(0x80, 0x90);
    local.receive(0x85, false);
    expect([seen.pin, local.acknowledge()]).toEqual([false, 0xff]);
    local.receive(3, false);
    expect(local.read(0x280)).toBe(0x40);
  });

  it("counts down once, or for ever, divided", () => {
    const { local, time, seen } = apics();
    local.write(0xf0, 0x1ff);
    local.write(0x3e0, 0x0b);
    local.write(0x320, 0x30);
    local.write(0x380, 100);
    time.advance(40);
    expect(local.read(0x390)).toBe(60);
    time.advance(60);
    expect([seen.pin, local.acknowledge(), local.read(0x390)]).toEqual([true, 0x30, 0]);
    local.write(0xb0, 0);
    local.write(0x3e0, 0);
    local.write(0x320, 0x20030);
    local.write(0x380, 50);
    for (let i = 0; i < 3; i++) {
      time.advance(100);
      expect([i, seen.pin, local.acknowledge()]).toEqual([i, true, 0x30]);
      local.write(0xb0, 0);
    }
    time.advance(30);
    expect(local.read(0x390)).toBe(35);
  });

  it("sends messages to itself", () => {
    const { local, seen } = apics();
    local.write(0xf0, 0x1ff);
    local.write(0x300, 0x40061);
    expect(local.acknowledge()).toBe(0x61);
    local.write(0x300, 0x40400);
    expect(seen.nmis).toBe(1);
    local.write(0x300, 0x40500);
    expect(seen.inits).toBe(1);
    // The end of a level, and what is meant for others.
    local.write(0x300, 0x48500);
    local.write(0x300, 0xc4500);
    expect(seen.inits).toBe(1);
    local.write(0xb0, 0);
    local.write(0xd0, 0x02000000);
    local.write(0x310, 0x02000000);
    local.write(0x300, 0x00862);
    expect(local.acknowledge()).toBe(0x62);
    local.write(0xb0, 0);
    local.write(0x310, 0x04000000);
    local.write(0x300, 0x00863);
    expect(local.acknowledge()).toBe(0xff);
  });
});

describe("the I/O APIC", () => {
  it("sends an edge once, also one that came while it was masked", () => {
    const { local, io, redirect, seen } = apics();
    local.write(0xf0, 0x1ff);
    io.write(0, 1);
    expect(io.read(0x10)).toBe(0x170011);
    io.setPin(4, true);
    redirect(4, 0x44);
    expect([seen.pin, local.acknowledge()]).toEqual([true, 0x44]);
    local.write(0xb0, 0);
    expect(seen.pin).toBe(false);
    io.setPin(4, false);
    io.setPin(4, true);
    expect(local.acknowledge()).toBe(0x44);
  });

  it("repeats a level until it is gone", () => {
    const { local, io, redirect, entry, seen } = apics();
    local.write(0xf0, 0x1ff);
    redirect(9, 0x8049);
    io.setPin(9, true);
    expect([local.acknowledge(), entry(9) & 0x4000, local.read(0x1a0)]).toEqual([0x49, 0x4000, 1 << 9]);
    local.write(0xb0, 0);
    expect([seen.pin, local.acknowledge()]).toEqual([true, 0x49]);
    io.setPin(9, false);
    local.write(0xb0, 0);
    expect([seen.pin, entry(9) & 0x4000]).toEqual([false, 0]);
  });

  it("comes back with the local one", () => {
    const { local, io, redirect } = apics();
    local.write(0xf0, 0x1ff);
    redirect(9, 0x8049);
    io.setPin(9, true);
    local.write(0x320, 0x33);
    local.write(0x380, 70);
    const second = apics();
    second.io.restore(structuredClone(io.save()));
    second.local.restore(structuredClone(local.save()));
    expect([second.seen.pin, second.local.acknowledge()]).toEqual([true, 0x49]);
    second.local.write(0xb0, 0);
    expect(second.local.acknowledge()).toBe(0x49);
  });
});

describe("power management", () => {
  function power() {
    const time = new TestClock();
    const line = new TestLine();
    const seen = { off: 0 };
    const io = testBus({ attach: () => {} });
    const place = new MovablePorts(io.bus, PM_PORTS, {
      read: (offset, size) => chip.readPort(offset, size),
      write: (offset, size, value) => chip.writePort(offset, size, value),
    });
    const chip: Piix4Pm = new Piix4Pm(
      time.clock,
      line,
      (base) => place.move(base),
      () => seen.off++,
    );
    chip.attach(io.bus);
    chip.configWrite(0x40, 4, 0x601);
    chip.configWrite(0x80, 1, 1);
    return { time, line, seen, io, chip };
  }

  it("turns off when the guest sleeps for good, after ACPI was turned on or not", () => {
    const { io, seen } = power();
    io.bus.write(0x604, 2, 0x2400);
    expect(seen.off).toBe(0);
    io.bus.write(0x604, 2, 0x2000);
    expect(seen.off).toBe(1);
  });

  it("counts at 3.58 MHz, and interrupts when the counter's top bit turns", () => {
    const { io, time, line } = power();
    time.advance(1_000_000);
    expect(io.bus.read(0x608, 4)).toBe(3_579_545);
    io.out(0xb2, 0xf1);
    expect(io.bus.read(0x604, 2)).toBe(1);
    io.bus.write(0x602, 2, 1);
    time.advance(2_000_000);
    expect([line.level, io.bus.read(0x600, 2)]).toEqual([true, 1]);
    io.bus.write(0x600, 2, 1);
    expect([line.level, io.bus.read(0x600, 2)]).toEqual([false, 0]);
  });
});
