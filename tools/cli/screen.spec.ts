// What --screen sends to a terminal, read by a terminal of others.
import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { Machine } from "../../machine/machine";
import { ScreenPainter, typeTerminalInput } from "./screen";

const TEXT = 0xb8000;

async function terminal(columns = 80, rows = 25) {
  await buildCore();
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const machine = new Machine({ memory: 1 << 20 });
  const painter = new ScreenPainter(() => ({ columns, rows }));
  const poke = (cell: number, character: number, attribute: number) => {
    const vga = machine as unknown as { vga: { writeMemory(at: number, value: number): void } };
    vga.vga.writeMemory(TEXT + 2 * cell, character);
    vga.vga.writeMemory(TEXT + 2 * cell + 1, attribute);
  };
  const show = async () => {
    const output = painter.paint(machine.screen(), () => machine.picture());
    await new Promise<void>((resolve) => screen.write(output, resolve));
    return output;
  };
  const line = (row: number) => screen.buffer.active.getLine(row)!;
  return { machine, screen, poke, show, line };
}

describe("the screen in a terminal", () => {
  it("shows characters, colours and the cursor, and later what has changed", async () => {
    const { poke, show, line, screen } = await terminal();
    poke(0, 0xc9, 0x1e);
    poke(81, 0x41, 0x07);
    await show();
    expect(line(0).translateToString(true)).toMatch(/^╔/);
    expect([line(0).getCell(0)!.getFgColor(), line(0).getCell(0)!.getBgColor()]).toEqual([11, 4]);
    expect(line(1).translateToString(true).trimEnd()).toBe(" A");
    expect([screen.buffer.active.cursorX, screen.buffer.active.cursorY]).toEqual([0, 0]);
    poke(81, 0x42, 0x07);
    const output = await show();
    expect(line(1).translateToString(true).trimEnd()).toBe(" B");
    expect(output.length).toBeLessThan(200);
  });

  it("is cut off where the terminal ends", async () => {
    const { poke, show, line } = await terminal(20, 5);
    poke(19, 0x41, 0x07);
    poke(20, 0x42, 0x07);
    await show();
    expect(line(0).translateToString().trimEnd()).toBe(`${" ".repeat(19)}A`);
  });

  it("shows graphics as half blocks", async () => {
    const { machine, show, line } = await terminal(40, 12);
    // A linear mode of 320 by 200 in 8 bits, whose first pixel is colour 4 of the palette.
    const { ports } = machine as unknown as {
      ports: { write(port: number, size: number, value: number): void };
    };
    for (const [register, value] of [
      [1, 320],
      [2, 200],
      [3, 8],
      [4, 0x41],
    ]) {
      ports.write(0x1ce, 2, register);
      ports.write(0x1cf, 2, value);
    }
    const { vga } = machine as unknown as { vga: { writeMemory(at: number, value: number): void } };
    vga.writeMemory(0xa0000, 4);
    await show();
    const cell = line(0).getCell(0)!;
    expect([cell.getChars(), cell.getFgColor(), cell.getBgColor()]).toEqual(["▀", 0xaa0000, 0]);
  });
});

it("types characters, control characters, keys of the terminal and Alt on the keyboard", async () => {
  const { machine } = await terminal();
  const keys: string[] = [];
  machine.sendKey = (key, down) => keys.push(`${down ? "+" : "-"}${key}`) > 0;
  machine.typeText = (text) => keys.push(JSON.stringify(text));
  typeTerminalInput(machine, "a\r\x7f\x1b[A\x1bOP\x1b[15~\x1bx\x1b\xe9");
  expect(keys.join(" ")).toBe(
    String.raw`"a" "\r" "\b" +ArrowUp -ArrowUp +F1 -F1 +F5 -F5 +AltLeft "x" -AltLeft +AltLeft -AltLeft`,
  );
});
