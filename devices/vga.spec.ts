import { describe, expect, it } from "vitest";
import { CODE_PAGE_437 } from "./code-page-437";
import { TestClock, TestLine, testBus } from "./testing";
import { screenText } from "./text-screen";
import { Vga } from "./vga";

const COLOUR_TEXT = 0xb8000;
const MONOCHROME_TEXT = 0xb0000;
/** The character clock's own frequency: a cycle is a character. */
const CHARACTERS = 3_146_875;
const LINE = 100;
const LINES = 449;

function vga() {
  const time = new TestClock(CHARACTERS);
  const line = new TestLine();
  const chip = new Vga(time.clock, line);
  const io = testBus(chip);
  const indexed = (port: number) => ({
    read: (index: number) => (io.out(port, index), io.in(port + 1)),
    write: (index: number, value: number) => io.out(port, index) ?? io.out(port + 1, value),
  });
  const attribute = {
    read: (index: number) => (io.in(0x3da), io.out(0x3c0, index), io.in(0x3c1)),
    write: (index: number, value: number) => (io.in(0x3da), io.out(0x3c0, index, value)),
  };
  const print = (text: string, at = COLOUR_TEXT) =>
    [...text].forEach((character, i) => chip.writeMemory(at + 2 * i, CODE_PAGE_437.indexOf(character)));
  return {
    ...{ time, line, chip, io, attribute, print },
    crtc: indexed(0x3d4),
    sequencer: indexed(0x3c4),
    graphics: indexed(0x3ce),
  };
}

it("code page 437 has a character for each byte", () => {
  expect(CODE_PAGE_437).toHaveLength(256);
  expect(new Set(CODE_PAGE_437).size).toBe(255);
  expect([0x41, 0x7f, 0x80, 0xb0, 0xc4, 0xdb, 0xe1, 0xfe].map((byte) => CODE_PAGE_437[byte]).join("")).toBe(
    "A⌂Ç░─█ß■",
  );
});

describe("registers", () => {
  it("are mode 3's at first", () => {
    const { crtc, sequencer, graphics, attribute, io } = vga();
    expect(io.in(0x3cc)).toBe(0x67);
    expect([crtc.read(0x01), crtc.read(0x09), crtc.read(0x11), crtc.read(0x13)]).toEqual([
      0x4f, 0x4f, 0x8e, 0x28,
    ]);
    expect([sequencer.read(2), sequencer.read(4)]).toEqual([3, 2]);
    expect([graphics.read(5), graphics.read(6)]).toEqual([0x10, 0x0e]);
    expect([attribute.read(6), attribute.read(0x10)]).toEqual([0x14, 0x0c]);
  });

  it("hold the bits that exist; numbers beyond the last one hold nothing", () => {
    const { crtc, sequencer, graphics, attribute } = vga();
    for (const [block, index, bits] of [
      [crtc, 0x0e, 0xff],
      [crtc, 0x19, 0],
      [sequencer, 1, 0x3d],
      [sequencer, 5, 0],
      [graphics, 3, 0x1f],
      [graphics, 9, 0],
      [attribute, 0, 0x3f],
      [attribute, 0x10, 0xef],
      [attribute, 0x15, 0],
    ] as const) {
      block.write(index, 0xff);
      expect(block.read(index)).toBe(bits);
    }
  });

  it("protect the CRT controller's first eight, but for one bit", () => {
    const { crtc } = vga();
    crtc.write(0x00, 0);
    crtc.write(0x07, 0);
    expect([crtc.read(0x00), crtc.read(0x07)]).toEqual([0x5f, 0x0f]);
    crtc.write(0x11, 0x0e);
    crtc.write(0x00, 1);
    crtc.write(0x07, 0);
    expect([crtc.read(0x00), crtc.read(0x07)]).toEqual([1, 0]);
  });

  it("of the attribute controller take index and data in turns, from an index on after a read of status 1", () => {
    const { io, attribute } = vga();
    io.in(0x3da);
    io.out(0x3c0, 0x31);
    expect([io.in(0x3c0), io.in(0x3c1)]).toEqual([0x31, 0]);
    io.out(0x3c0, 0x05);
    expect(io.in(0x3c1)).toBe(5);
    io.out(0x3c0, 0x32);
    io.in(0x3da);
    io.out(0x3c0, 0x31);
    expect(attribute.read(0x12)).toBe(0x0f);
  });

  it("of the CRT controller move with the miscellaneous register", () => {
    const { io } = vga();
    io.out(0x3d4, 0x0e);
    io.out(0x3c2, 0x66);
    expect([io.in(0x3d4), io.in(0x3b4), io.in(0x3da)]).toEqual([0xff, 0x0e, 0xff]);
    io.out(0x3ba, 3);
    expect(io.in(0x3ca)).toBe(3);
    io.out(0x3d4, 0x0f);
    expect(io.in(0x3b4)).toBe(0x0e);
  });

  it("of the DAC count through the guns, and take a colour with its last one", () => {
    const { io } = vga();
    io.out(0x3c8, 255);
    io.out(0x3c9, 1, 2);
    io.out(0x3c7, 255);
    expect([io.in(0x3c7), io.in(0x3c9)]).toEqual([3, 0]);
    io.out(0x3c9, 0xff);
    io.out(0x3c7, 255);
    expect([io.in(0x3c8), io.in(0x3c9), io.in(0x3c9), io.in(0x3c9)]).toEqual([0, 1, 2, 0x3f]);
    expect([io.in(0x3c9), io.in(0x3c7), io.in(0x3c6)]).toEqual([0, 3, 0xff]);
    io.out(0x3c8, 20);
    io.out(0x3c7, 20);
    expect([io.in(0x3c9), io.in(0x3c9), io.in(0x3c9)]).toEqual([42, 21, 0]);
  });
});

it("status 1 follows the beam", () => {
  const { time, io } = vga();
  const states = Array.from({ length: LINE * LINES }, () => {
    const status = io.in(0x3da);
    time.advance(1);
    return status;
  });
  const count = (status: number) => states.filter((one) => one === status).length;
  expect([count(0), count(1), count(9)]).toEqual([80 * 400, LINE * LINES - 80 * 400 - 2 * LINE, 2 * LINE]);
  expect([states[79], states[80], states[399 * LINE], states[400 * LINE]]).toEqual([0, 1, 0, 1]);
  expect([states[412 * LINE - 1], states[412 * LINE], states[414 * LINE]]).toEqual([1, 9, 1]);
  expect(io.in(0x3da)).toBe(states[0]);
});

describe("the interrupt of the vertical retrace", () => {
  const RETRACE = 412 * LINE;
  const FRAME = LINE * LINES;
  const IDLE = 0x8e;
  const ARMED = 0x9e;
  const SILENT = 0xbe;

  it("comes with the retrace's first line, when the latch is let go", () => {
    const { time, line, io, crtc } = vga();
    time.advance(FRAME + 5);
    expect([line.level, io.in(0x3c2), time.scheduler.length]).toEqual([false, 0x10, 0]);
    crtc.write(0x11, ARMED);
    time.advance(RETRACE - 6);
    expect([line.level, io.in(0x3c2)]).toEqual([false, 0x10]);
    time.advance(1);
    expect([line.level, io.in(0x3c2), io.in(0x3da)]).toEqual([true, 0x90, 9]);
    // It stays until the latch is cleared, and the next one has to be let go.
    time.advance(3 * FRAME);
    expect([line.edges, line.level, io.in(0x3c2)]).toEqual([1, true, 0x90]);
    crtc.write(0x11, IDLE);
    expect([line.level, io.in(0x3c2)]).toEqual([false, 0x10]);
    crtc.write(0x11, ARMED);
    expect([line.level, io.in(0x3c2)]).toEqual([false, 0x10]);
    time.advance(FRAME - 1);
    expect(line.level).toBe(false);
    time.advance(1);
    expect([line.edges, line.level]).toEqual([2, true]);
  });

  it("is only in the status while it is switched off, and then takes no event", () => {
    const { time, line, io, crtc } = vga();
    crtc.write(0x11, SILENT);
    expect(time.scheduler.length).toBe(0);
    time.advance(RETRACE);
    expect([line.level, io.in(0x3c2)]).toEqual([false, 0x90]);
    crtc.write(0x11, ARMED);
    expect(line.level).toBe(true);
    crtc.write(0x11, SILENT);
    expect([line.level, io.in(0x3c2)]).toEqual([false, 0x90]);
  });

  it("follows the registers that say where the retrace is, and does not come without one", () => {
    const { time, line, crtc } = vga();
    crtc.write(0x11, ARMED & 0x7f);
    crtc.write(0x10, 0x9c - 10);
    time.advance(RETRACE - 10 * LINE);
    expect(line.edges).toBe(1);
    crtc.write(0x11, IDLE & 0x7f);
    // The total is 256 lines less: the retrace's line is never reached.
    crtc.write(0x07, 0x1e);
    crtc.write(0x11, ARMED & 0x7f);
    time.advance(100 * FRAME);
    expect([line.edges, time.scheduler.length]).toEqual([1, 0]);
  });

  it("comes in a machine that takes the state over", () => {
    const first = vga();
    first.crtc.write(0x11, ARMED);
    first.time.advance(RETRACE - 1);
    const second = vga();
    second.time.advance(RETRACE - 1);
    second.chip.restore(structuredClone(first.chip.save()));
    expect(second.line.level).toBe(false);
    second.time.advance(1);
    expect(second.line.level).toBe(true);
    const third = vga();
    third.time.advance(second.time.now);
    third.chip.restore(structuredClone(second.chip.save()));
    expect(third.line.level).toBe(true);
  });
});

describe("memory", () => {
  it("is where the graphics controller says", () => {
    const { chip, graphics, io } = vga();
    chip.writeMemory(COLOUR_TEXT, 0x41);
    expect([chip.readMemory(COLOUR_TEXT), chip.readMemory(MONOCHROME_TEXT)]).toEqual([0x41, 0xff]);
    expect(chip.readMemory(0xbffff)).toBe(0x07);
    graphics.write(6, 0x0a);
    expect([chip.readMemory(COLOUR_TEXT), chip.readMemory(MONOCHROME_TEXT)]).toEqual([0xff, 0x41]);
    graphics.write(6, 0x04);
    expect([COLOUR_TEXT, MONOCHROME_TEXT, 0xa0000].map((at) => chip.readMemory(at))).toEqual([
      0xff, 0xff, 0x41,
    ]);
    graphics.write(6, 0x00);
    expect([0xa0000, 0xb0000].map((at) => chip.readMemory(at))).toEqual([0x41, 0x41]);
    graphics.write(6, 0x0e);
    io.out(0x3c2, 0x65);
    expect(chip.readMemory(COLOUR_TEXT)).toBe(0xff);
  });

  it("is written in the maps that are enabled", () => {
    const { chip, sequencer } = vga();
    sequencer.write(2, 0x01);
    chip.writeMemory(COLOUR_TEXT, 0x41);
    chip.writeMemory(COLOUR_TEXT + 1, 0x42);
    expect([chip.readMemory(COLOUR_TEXT), chip.readMemory(COLOUR_TEXT + 1)]).toEqual([0x41, 0x07]);
    sequencer.write(2, 0x04);
    chip.writeMemory(COLOUR_TEXT, 0x43);
    expect(chip.readMemory(COLOUR_TEXT)).toBe(0x41);
  });
});

describe("the screen", () => {
  it("is 25 rows of 80 grey blanks with the cursor in the corner at first", () => {
    const screen = vga().chip.screen();
    expect([screen.columns, screen.rows.length, screen.blinks]).toEqual([80, 25, true]);
    expect(screen.rows[24]).toEqual({ text: " ".repeat(80), attributes: new Uint8Array(80).fill(7) });
    expect(screen.cursor).toEqual({ row: 0, column: 0, firstLine: 13, lastLine: 14 });
    expect(screenText(screen)).toBe("");
  });

  it("begins at the start address, and goes round at the end of memory", () => {
    const { chip, crtc, print } = vga();
    print("first");
    print("second", COLOUR_TEXT + 160);
    crtc.write(0x0d, 80);
    expect(screenText(chip.screen())).toBe("second");
    crtc.write(0x0c, 0xff);
    crtc.write(0x0d, 0xb0);
    expect(chip.screen().rows[1].text.trimEnd()).toBe("first");
  });

  it("shows the cursor at its place, with its shape, unless it is off or elsewhere", () => {
    const { chip, crtc } = vga();
    crtc.write(0x0f, 85);
    crtc.write(0x0a, 0);
    expect(chip.screen().cursor).toEqual({ row: 1, column: 5, firstLine: 0, lastLine: 14 });
    crtc.write(0x0d, 86);
    expect(chip.screen().cursor).toBeUndefined();
    crtc.write(0x0d, 0);
    crtc.write(0x0a, 0x20);
    expect(chip.screen().cursor).toBeUndefined();
    crtc.write(0x0a, 0x0f);
    expect(chip.screen().cursor).toBeUndefined();
    crtc.write(0x0a, 0);
    crtc.write(0x0e, 0x07);
    crtc.write(0x0f, 0xd0);
    expect(chip.screen().cursor).toBeUndefined();
  });

  it("has more rows of lower characters", () => {
    const { chip, crtc } = vga();
    crtc.write(0x09, 0x47);
    expect(chip.screen().rows).toHaveLength(50);
  });

  it("is empty while it is off, and in graphics", () => {
    const { chip, sequencer, graphics, io, print } = vga();
    print("text");
    sequencer.write(1, 0x20);
    expect(screenText(chip.screen())).toBe("");
    sequencer.write(1, 0x00);
    graphics.write(6, 0x0f);
    expect(chip.screen().rows).toEqual([]);
    graphics.write(6, 0x0e);
    io.in(0x3da);
    io.out(0x3c0, 0x00);
    expect(chip.screen().rows).toEqual([]);
    io.in(0x3da);
    io.out(0x3c0, 0x20);
    expect(screenText(chip.screen())).toBe("text");
  });

  it("stays bounded whatever the registers are", () => {
    const { chip, crtc } = vga();
    crtc.write(0x11, 0);
    for (let index = 0; index < 25; index++) crtc.write(index, index === 9 ? 0 : 0xff);
    const { rows, columns } = chip.screen();
    expect([rows.length, columns]).toEqual([1024, 256]);
    crtc.write(0x11, 0);
    for (let index = 0; index < 25; index++) crtc.write(index, 0);
    expect(chip.screen().rows).toHaveLength(1);
  });
});

it("comes back in the middle of a colour and of an attribute", () => {
  const first = vga();
  first.print("kept");
  first.io.out(0x3c8, 9);
  first.io.out(0x3c9, 1, 2);
  first.io.in(0x3da);
  first.io.out(0x3c0, 0x31);
  const second = vga();
  second.chip.restore(structuredClone(first.chip.save()));
  second.io.out(0x3c9, 3);
  second.io.out(0x3c0, 5);
  expect([second.io.in(0x3c1), screenText(second.chip.screen())]).toEqual([5, "kept"]);
  second.io.out(0x3c7, 9);
  expect([second.io.in(0x3c9), second.io.in(0x3c9), second.io.in(0x3c9)]).toEqual([1, 2, 3]);
});
