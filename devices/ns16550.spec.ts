import { beforeEach, describe, expect, it } from "vitest";
import { HOST_QUEUE_BYTES, Ns16550 } from "./ns16550";
import { TestClock, TestLine, testBus } from "./testing";

const BASE = 0x3f8;
const [DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 3, 4, 5, 6, 7].map((offset) => BASE + offset);
/** A character of 8N1 at 115200 on a clock of 1.8432 MHz. */
const CHARACTER = 160;

let time: TestClock;
let irq: TestLine;
let sent: string;
let uart: Ns16550;
let io: ReturnType<typeof testBus>;

function open() {
  io.out(LCR, 0x80);
  io.out(DATA, 1);
  io.out(IER, 0);
  io.out(LCR, 0x03);
  io.out(MCR, 0x0b);
}

const say = (text: string) => [...text].forEach((character) => io.out(DATA, character.charCodeAt(0)));
const hear = (text: string) => [...text].forEach((character) => uart.receive(character.charCodeAt(0)));

beforeEach(() => {
  time = new TestClock(1_843_200);
  irq = new TestLine();
  sent = "";
  uart = new Ns16550(time.clock, irq, (byte) => (sent += String.fromCharCode(byte)));
  io = testBus(uart);
  open();
});

describe("registers", () => {
  it("have their reset values", () => {
    uart.reset();
    expect([IER, IIR, LCR, MCR, LSR].map(io.in)).toEqual([0, 0x01, 0, 0, 0x60]);
    expect(io.in(MSR) & 0xf0).toBe(0xb0);
  });

  it("keep the divisor behind DLAB, and a scratch byte", () => {
    io.out(LCR, 0x83);
    expect([io.in(DATA), io.in(IER)]).toEqual([1, 0]);
    io.out(SCR, 0x5a);
    expect(io.in(SCR)).toBe(0x5a);
    io.out(LCR, 0x03);
    io.out(IER, 0xff);
    expect(io.in(IER)).toBe(0x0f);
  });

  it("shows FIFOs in IIR once they are on", () => {
    expect(io.in(IIR)).toBe(0x01);
    io.out(IIR, 0x01);
    expect(io.in(IIR)).toBe(0xc1);
  });
});

describe("transmission", () => {
  it("takes ten bits' time, THR free at once behind the shift register", () => {
    say("A");
    expect(io.in(LSR)).toBe(0x20);
    say("B");
    expect(io.in(LSR)).toBe(0x00);
    time.advance(CHARACTER - 1);
    expect(sent).toBe("");
    time.advance(1);
    expect([sent, io.in(LSR)]).toEqual(["A", 0x20]);
    time.advance(CHARACTER);
    expect([sent, io.in(LSR)]).toEqual(["AB", 0x60]);
  });

  it("follows word length, parity, stop bits and divisor", () => {
    io.out(LCR, 0x80);
    io.out(DATA, 12);
    io.out(LCR, 0x0c);
    say("A");
    // 1 + 5 + 1 + 1.5 bits of 16 * 12 ticks.
    time.advance(8.5 * 16 * 12 - 1);
    expect(sent).toBe("");
    time.advance(1);
    expect(sent).toBe("A");
  });

  it("holds sixteen bytes in the FIFO and loses what does not fit", () => {
    io.out(IIR, 0x01);
    say("0123456789abcdefGH");
    time.advance(20 * CHARACTER);
    expect(sent).toBe("0123456789abcdefG");
    expect(uart.save().sentBytes).toBeUndefined();
    expect(uart.sentBytes).toBe(17);
  });

  it("overwrites THR without FIFO", () => {
    say("ABC");
    time.advance(3 * CHARACTER);
    expect(sent).toBe("AC");
  });

  it("interrupts when THR empties, once: reading IIR or writing THR clears it", () => {
    io.out(IER, 0x02);
    expect(irq.level).toBe(true);
    expect(io.in(IIR)).toBe(0x02);
    expect([irq.level, io.in(IIR)]).toEqual([false, 0x01]);
    say("AB");
    expect(irq.level).toBe(false);
    time.advance(CHARACTER);
    expect(irq.level).toBe(true);
    say("C");
    expect(irq.level).toBe(false);
  });

  it("clears the FIFO on command", () => {
    io.out(IIR, 0x01);
    say("ABCD");
    io.out(IIR, 0x05);
    time.advance(10 * CHARACTER);
    expect(sent).toBe("A");
  });

  it("drains what is on its way when the machine ends", () => {
    io.out(IIR, 0x01);
    say("bye");
    uart.drain();
    expect(sent).toBe("bye");
    time.advance(10 * CHARACTER);
    expect(sent).toBe("bye");
  });
});

describe("reception", () => {
  it("takes a character's time each, and waits while the receiver is full", () => {
    hear("xy");
    expect(io.in(LSR) & 1).toBe(0);
    time.advance(5 * CHARACTER);
    expect([io.in(LSR), uart.hostQueueLength]).toEqual([0x61, 1]);
    expect(String.fromCharCode(io.in(DATA))).toBe("x");
    time.advance(CHARACTER);
    expect(String.fromCharCode(io.in(DATA))).toBe("y");
    expect(io.in(LSR) & 1).toBe(0);
  });

  it("interrupts for data, gated by OUT2", () => {
    io.out(IER, 0x01);
    io.out(MCR, 0x03);
    hear("x");
    time.advance(CHARACTER);
    expect(irq.level).toBe(false);
    io.out(MCR, 0x0b);
    expect([irq.level, io.in(IIR)]).toEqual([true, 0x04]);
    io.in(DATA);
    expect(irq.level).toBe(false);
  });

  it("waits for the trigger level, or four characters' time", () => {
    io.out(IER, 0x01);
    io.out(IIR, 0x41);
    hear("abc");
    time.advance(3 * CHARACTER);
    expect(irq.level).toBe(false);
    time.advance(4 * CHARACTER - 1);
    expect(irq.level).toBe(false);
    time.advance(1);
    expect(io.in(IIR)).toBe(0xcc);
    io.in(DATA);
    expect(irq.level).toBe(false);
    hear("def");
    time.advance(2 * CHARACTER);
    expect(io.in(IIR)).toBe(0xc4);
  });

  it("bounds the host's queue", () => {
    for (let i = 0; i < HOST_QUEUE_BYTES; i++) expect(uart.receive(i)).toBe(true);
    expect(uart.receive(0)).toBe(false);
    time.advance(CHARACTER);
    expect(uart.receive(0)).toBe(true);
  });
});

describe("loopback", () => {
  it("brings bytes back and keeps them off the line", () => {
    io.out(MCR, 0x1b);
    say("L");
    time.advance(CHARACTER);
    expect([sent, String.fromCharCode(io.in(DATA))]).toEqual(["", "L"]);
  });

  it("reports a break with the character that it came with, once", () => {
    io.out(IER, 0x05);
    hear("x");
    uart.receiveBreak();
    time.advance(2 * CHARACTER);
    expect([io.in(LSR) & 0x1f, io.in(DATA)]).toEqual([0x01, 0x78]);
    time.advance(CHARACTER);
    expect(io.in(IIR) & 0x0f).toBe(0x06);
    expect([io.in(LSR) & 0x1f, io.in(LSR) & 0x1f, io.in(DATA)]).toEqual([0x11, 0x01, 0]);
  });

  it("reports an overrun, with the highest interrupt priority, cleared by reading LSR", () => {
    io.out(MCR, 0x10);
    io.out(IER, 0x05);
    say("1");
    time.advance(CHARACTER);
    say("2");
    time.advance(CHARACTER);
    expect(io.in(IIR)).toBe(0x06);
    expect(io.in(LSR)).toBe(0x63);
    expect(io.in(IIR)).toBe(0x04);
    expect(io.in(DATA)).toBe("2".charCodeAt(0));
  });

  it("wires the modem outputs to the inputs", () => {
    for (const [mcr, msr] of [
      [0x11, 0x20],
      [0x12, 0x10],
      [0x14, 0x40],
      [0x18, 0x80],
    ] as const) {
      io.out(MCR, mcr);
      expect(io.in(MSR) & 0xf0).toBe(msr);
    }
    expect(irq.level).toBe(false);
  });

  it("notes changes of the inputs; the ring indicator only its end", () => {
    io.out(MCR, 0x10);
    io.in(MSR);
    io.out(MCR, 0x14);
    expect(io.in(MSR) & 0x0f).toBe(0);
    io.out(MCR, 0x11);
    expect(io.in(MSR) & 0x0f).toBe(0x06);
    expect(io.in(MSR) & 0x0f).toBe(0);
  });
});

describe("state", () => {
  it("comes back in the middle of sending and receiving", () => {
    io.out(IIR, 0x41);
    io.out(IER, 0x03);
    say("send");
    hear("in");
    time.advance(CHARACTER + 10);
    const saved = structuredClone(uart.save());
    const otherTime = new TestClock(1_843_200);
    otherTime.advance(time.now);
    const otherIrq = new TestLine();
    let otherSent = sent;
    const other = new Ns16550(otherTime.clock, otherIrq, (byte) => (otherSent += String.fromCharCode(byte)));
    other.restore(saved);
    const otherIo = testBus(other);
    expect(otherIrq.level).toBe(irq.level);
    for (const each of [time, otherTime]) each.advance(12 * CHARACTER);
    expect(otherSent).toBe("send");
    for (const register of [IIR, LSR, DATA, DATA, LSR, MSR]) {
      expect(otherIo.in(register)).toBe(io.in(register));
    }
    expect(otherIrq.level).toBe(irq.level);
  });
});
