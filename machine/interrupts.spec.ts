// The HPET in the place of the 8254: one of the two drives request 0.
import { expect, it } from "vitest";
import { HPET_BASE } from "../devices/hpet";
import { TestClock } from "../devices/testing";
import { Interrupts } from "./interrupts";

const TIMER_0 = HPET_BASE + 0x100;

it("takes the 8254's interrupts away while the HPET replaces it, and gives them back", () => {
  const time = new TestClock(14_318_180);
  const pins = { setInterrupt: () => {}, nmi: () => {}, init: () => {} };
  const interrupts = new Interrupts(pins, (line) => time.scheduler.clockFor(line));
  const write = (address: number, value: number) => interrupts.writeRegister(address, 4, value);
  const requests = () => (interrupts.pic.save().master as { irr: number }).irr & 1;
  const own = interrupts.line(0);
  own.raise();
  expect(requests()).toBe(1);
  write(TIMER_0, 0x104);
  write(TIMER_0 + 8, 100);
  write(HPET_BASE + 0x10, 3);
  expect(requests()).toBe(0);
  own.lower();
  own.raise();
  expect(requests()).toBe(0);
  time.advance(100);
  expect(requests()).toBe(1);
  write(HPET_BASE + 0x10, 0);
  own.lower();
  expect(requests()).toBe(0);
  own.raise();
  expect(requests()).toBe(1);
});

it("has no registers without an APIC", () => {
  const interrupts = new Interrupts({ setInterrupt: () => {}, nmi: () => {}, init: () => {} });
  expect([interrupts.isRegister(HPET_BASE), interrupts.apics]).toEqual([false, []]);
});

it("reads parts of the HPET's registers, and wakes for its pins only where they are open", () => {
  const time = new TestClock();
  const interrupts = new Interrupts({ setInterrupt: () => {}, nmi: () => {}, init: () => {} }, (line) =>
    time.scheduler.clockFor(line),
  );
  expect([interrupts.readRegister(HPET_BASE + 2, 2), interrupts.readRegister(HPET_BASE, 1)]).toEqual([
    0x8086, 1,
  ]);
  expect(interrupts.accepts(20)).toBe(false);
  interrupts.writeRegister(0xfee000f0, 4, 0x1ff);
  interrupts.writeRegister(0xfec00000, 4, 0x10 + 2 * 20);
  interrupts.writeRegister(0xfec00010, 4, 0x44);
  expect([interrupts.accepts(20), interrupts.accepts(21)]).toEqual([true, false]);
});
