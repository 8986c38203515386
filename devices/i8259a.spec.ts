import { beforeEach, describe, expect, it } from "vitest";
import { ELCR_PORT, PicPair } from "./pic-pair";
import { testBus } from "./testing";

const MASTER = 0x20;
const SLAVE = 0xa0;
const EOI = 0x20;

let intr = false;
let pic: PicPair;
let io: ReturnType<typeof testBus>;

/** The PC's initialisation, with all inputs open. */
function initialise(icw4 = 0x01) {
  io.out(MASTER, 0x11);
  io.out(MASTER + 1, 0x20, 0x04, icw4, 0x00);
  io.out(SLAVE, 0x11);
  io.out(SLAVE + 1, 0x28, 0x02, icw4, 0x00);
}

const raise = (irq: number) => pic.line(irq).raise();
const lower = (irq: number) => pic.line(irq).lower();
const pulse = (irq: number) => {
  lower(irq);
  raise(irq);
};
const readIsr = (port: number) => (io.out(port, 0x0b), io.in(port));
const readIrr = (port: number) => (io.out(port, 0x0a), io.in(port));

beforeEach(() => {
  intr = false;
  pic = new PicPair((asserted) => (intr = asserted));
  io = testBus(pic);
  initialise();
});

describe("initialisation", () => {
  it("clears the mask and takes the vector base from ICW2", () => {
    expect(io.in(MASTER + 1)).toBe(0);
    raise(3);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x23);
  });

  it("keeps quiet until the last initialisation word", () => {
    io.out(MASTER, 0x11);
    raise(1);
    expect(intr).toBe(false);
    io.out(MASTER + 1, 0x40, 0x04);
    expect(intr).toBe(false);
    io.out(MASTER + 1, 0x01);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x41);
  });

  it("resets the edge sense: an input that was high does not count", () => {
    raise(5);
    initialise();
    expect(intr).toBe(false);
    pulse(5);
    expect(intr).toBe(true);
  });

  it("ends without ICW3 in single mode and without ICW4 when ICW1 says so", () => {
    io.out(MASTER, 0x12);
    io.out(MASTER + 1, 0x60);
    io.out(MASTER + 1, 0xfe);
    expect(io.in(MASTER + 1)).toBe(0xfe);
    raise(0);
    expect(pic.acknowledge()).toBe(0x60);
  });
});

describe("priorities", () => {
  it("serves the lowest number first, and holds back lower priorities while in service", () => {
    raise(6);
    raise(3);
    expect(pic.acknowledge()).toBe(0x23);
    expect(intr).toBe(false);
    expect([readIsr(MASTER), readIrr(MASTER)]).toEqual([0x08, 0x40]);
    io.out(MASTER, EOI);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x26);
  });

  it("lets a higher priority interrupt the service of a lower one", () => {
    raise(6);
    pic.acknowledge();
    raise(1);
    expect(pic.acknowledge()).toBe(0x21);
    io.out(MASTER, EOI);
    expect(readIsr(MASTER)).toBe(0x40);
  });

  it("masks by OCW1, which keeps the request", () => {
    io.out(MASTER + 1, 0x08);
    raise(3);
    expect(intr).toBe(false);
    expect(readIrr(MASTER)).toBe(0x08);
    io.out(MASTER + 1, 0x00);
    expect(intr).toBe(true);
  });

  it("does not take an edge twice", () => {
    raise(3);
    pic.acknowledge();
    io.out(MASTER, EOI);
    expect(intr).toBe(false);
    pulse(3);
    expect(intr).toBe(true);
  });

  it("gives the default interrupt 7 without service when the request has gone", () => {
    raise(3);
    lower(3);
    expect(intr).toBe(false);
    expect(pic.acknowledge()).toBe(0x27);
    expect(readIsr(MASTER)).toBe(0);
  });

  it("sets a priority, rotates on non-specific and specific EOI", () => {
    io.out(MASTER, 0xc0 | 4);
    raise(3);
    raise(5);
    expect(pic.acknowledge()).toBe(0x25);
    io.out(MASTER, 0xa0);
    raise(6);
    pulse(5);
    expect(pic.acknowledge()).toBe(0x26);
    io.out(MASTER, 0xe0 | 6);
    raise(7);
    expect(pic.acknowledge()).toBe(0x27);
    io.out(MASTER, 0x60 | 7);
    expect(readIsr(MASTER)).toBe(0);
    expect(pic.acknowledge()).toBe(0x23);
  });
});

describe("modes", () => {
  it("ends by itself in automatic EOI mode, and rotates then when told", () => {
    initialise(0x03);
    io.out(MASTER, 0x80);
    raise(0);
    raise(1);
    expect(pic.acknowledge()).toBe(0x20);
    expect(readIsr(MASTER)).toBe(0);
    pulse(0);
    expect(pic.acknowledge()).toBe(0x21);
    io.out(MASTER, 0x00);
    pulse(1);
    expect(pic.acknowledge()).toBe(0x20);
  });

  it("lets every other level through in special mask mode", () => {
    raise(1);
    pic.acknowledge();
    raise(5);
    expect(intr).toBe(false);
    io.out(MASTER + 1, 0x02);
    io.out(MASTER, 0x68);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x25);
    io.out(MASTER, EOI);
    expect(readIsr(MASTER)).toBe(0x02);
    io.out(MASTER, 0x48);
    expect(pic.accepts(6)).toBe(false);
  });

  it("answers a poll as an acknowledge", () => {
    raise(4);
    io.out(MASTER, 0x0c);
    expect(io.in(MASTER)).toBe(0x84);
    expect(readIsr(MASTER)).toBe(0x10);
    io.out(MASTER, 0x0c);
    expect(io.in(MASTER) & 0x80).toBe(0);
  });

  it("repeats a level-triggered request until the line falls", () => {
    io.out(ELCR_PORT, 0xff);
    expect(io.in(ELCR_PORT)).toBe(0xf8);
    raise(5);
    expect(pic.acknowledge()).toBe(0x25);
    io.out(MASTER, EOI);
    expect(intr).toBe(true);
    lower(5);
    expect(intr).toBe(false);
  });
});

describe("cascade", () => {
  it("passes the slave's requests on at input 2", () => {
    raise(14);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x2e);
    expect([readIsr(MASTER), readIsr(SLAVE)]).toEqual([0x04, 0x40]);
    io.out(SLAVE, EOI);
    io.out(MASTER, EOI);
    expect([readIsr(MASTER), readIsr(SLAVE)]).toEqual([0, 0]);
  });

  it("gives the slave's default interrupt with the cascade in service", () => {
    raise(14);
    const chip = pic;
    io.out(SLAVE + 1, 0xff);
    expect(intr).toBe(false);
    io.out(SLAVE + 1, 0x00);
    raise(8);
    expect(chip.acknowledge()).toBe(0x28);
  });

  it("lets a higher slave input through in special fully nested mode", () => {
    initialise(0x11);
    raise(14);
    pic.acknowledge();
    raise(9);
    expect(intr).toBe(true);
    expect(pic.acknowledge()).toBe(0x29);
  });

  it("holds it back otherwise", () => {
    raise(14);
    pic.acknowledge();
    raise(9);
    expect(intr).toBe(false);
  });

  it("says which lines could reach the processor", () => {
    io.out(SLAVE + 1, 0xbf);
    expect([pic.accepts(0), pic.accepts(8), pic.accepts(14)]).toEqual([true, false, true]);
    io.out(MASTER + 1, 0x04);
    expect(pic.accepts(14)).toBe(false);
    raise(0);
    pic.acknowledge();
    expect(pic.accepts(4)).toBe(false);
  });
});

describe("state", () => {
  it("comes back in the middle of an initialisation and of services", () => {
    raise(3);
    pic.acknowledge();
    raise(1);
    io.out(SLAVE, 0x11);
    io.out(SLAVE + 1, 0x70);
    const saved = structuredClone(pic.save());
    pic.reset();
    intr = false;
    pic.restore(saved);
    expect(intr).toBe(true);
    expect(readIsr(MASTER)).toBe(0x08);
    io.out(SLAVE + 1, 0x02, 0x01);
    io.out(MASTER, 0x20);
    expect(pic.acknowledge()).toBe(0x21);
    io.out(MASTER, 0x20);
    raise(10);
    expect(pic.acknowledge()).toBe(0x72);
  });
});
