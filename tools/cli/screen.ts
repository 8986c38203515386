// --screen: the display in the terminal, and the terminal's keys for the guest's keyboard.

import type { KeyName, Machine, Picture, TextScreen } from "../../machine/machine";
import { BREAK, type Console, StandardInput } from "./console";
import { colouredRow } from "./screen-dump";

/** Milliseconds between two pictures. */
const FRAME_MILLISECONDS = 50;

const ESCAPE = "\x1b";
const ENTER_SCREEN = `${ESCAPE}[?1049h${ESCAPE}[2J`;
const LEAVE_SCREEN = `${ESCAPE}[0m${ESCAPE}[?25h${ESCAPE}[?1049l`;
const CLEAR = `${ESCAPE}[0m${ESCAPE}[2J`;
const HIDE_CURSOR = `${ESCAPE}[?25l`;
const SHOW_CURSOR = `${ESCAPE}[?25h`;
const place = (row: number, column: number) => `${ESCAPE}[${row + 1};${column + 1}H`;

/** What terminals send for keys that type nothing. */
const KEYS: Readonly<Record<string, KeyName>> = {
  ...{ "[A": "ArrowUp", "[B": "ArrowDown", "[C": "ArrowRight", "[D": "ArrowLeft" },
  ...{ OA: "ArrowUp", OB: "ArrowDown", OC: "ArrowRight", OD: "ArrowLeft" },
  ...{ "[H": "Home", "[F": "End", "[1~": "Home", "[4~": "End", OH: "Home", OF: "End" },
  ...{ "[2~": "Insert", "[3~": "Delete", "[5~": "PageUp", "[6~": "PageDown" },
  ...{ OP: "F1", OQ: "F2", OR: "F3", OS: "F4", "[15~": "F5", "[17~": "F6", "[18~": "F7", "[19~": "F8" },
  ...{ "[20~": "F9", "[21~": "F10", "[23~": "F11", "[24~": "F12" },
};

/** A key sequence of a terminal, or one character; behind an escape, Alt is held. */
const INPUT = /\x1b(\[[0-9;]*[A-Za-z~]|O[A-Z])|\x1b([^\x1b])|([^])/g;
const BACKSPACE = "\x7f";

/** Types what a terminal has sent on the guest's keyboard; characters without a key are left out. */
export function typeTerminalInput(machine: Machine, text: string): void {
  for (const [, sequence, withAlt, character] of text.matchAll(INPUT)) {
    if (sequence) {
      const key = KEYS[sequence];
      if (key) press(machine, key);
    } else if (withAlt) {
      machine.sendKey("AltLeft", true);
      typeCharacter(machine, withAlt);
      machine.sendKey("AltLeft", false);
    } else typeCharacter(machine, character);
  }
}

function press(machine: Machine, key: KeyName): void {
  machine.sendKey(key, true);
  machine.sendKey(key, false);
}

function typeCharacter(machine: Machine, character: string): void {
  const typed = character === BACKSPACE ? "\b" : character;
  if (machine.canType(typed)) machine.typeText(typed);
}

/** Draws what has changed since the last time. */
export class ScreenPainter {
  private shown: string[] = [];
  private shape = "";
  private cursorPlace = "";

  /** @param size of the terminal, in characters */
  constructor(private readonly size: () => { columns: number; rows: number }) {}

  /** The escape sequences that bring the terminal up to date. */
  paint(screen: TextScreen, picture: () => Picture): string {
    const { columns, rows } = this.size();
    const lines = screen.rows.length
      ? screen.rows.slice(0, rows).map((row) => colouredRow(row, screen.blinks, columns))
      : pictureRows(picture(), columns, rows);
    const shape = [columns, rows, lines.length, screen.columns].join();
    let output = "";
    if (shape !== this.shape) {
      output += CLEAR;
      this.shown = [];
      this.shape = shape;
    }
    lines.forEach((line, row) => {
      if (line !== this.shown[row]) output += place(row, 0) + line;
    });
    this.shown = lines;
    const { cursor } = screen;
    const isSeen = cursor && cursor.row < rows && cursor.column < columns;
    const cursorPlace = isSeen ? place(cursor.row, cursor.column) + SHOW_CURSOR : "";
    if (!output && cursorPlace === this.cursorPlace) return "";
    this.cursorPlace = cursorPlace;
    return HIDE_CURSOR + output + cursorPlace;
  }
}

/** A picture as upper half blocks, two pixels a character, as large as the terminal. */
function pictureRows({ width, height, pixels }: Picture, columns: number, rows: number): string[] {
  const scale = Math.max(width / columns, height / (2 * rows));
  const across = Math.min(columns, Math.floor(width / scale));
  const down = Math.min(rows, Math.floor(height / scale / 2));
  const colour = (x: number, y: number) => {
    const at = 4 * (Math.floor(y * scale) * width + Math.floor(x * scale));
    return `${pixels[at]};${pixels[at + 1]};${pixels[at + 2]}`;
  };
  return Array.from({ length: down }, (_, row) => {
    let line = "";
    let before = "";
    for (let x = 0; x < across; x++) {
      const look = `${ESCAPE}[38;2;${colour(x, 2 * row)};48;2;${colour(x, 2 * row + 1)}m`;
      line += look === before ? "▀" : `${look}▀`;
      before = look;
    }
    return `${line}${ESCAPE}[0m`;
  });
}

/** The terminal as the guest's display and keyboard; what COM1 sends goes to another console. */
export class ScreenConsole implements Console {
  private readonly input = new StandardInput();
  private readonly painter = new ScreenPainter(() => ({
    columns: process.stdout.columns,
    rows: process.stdout.rows,
  }));
  private nextFrame = 0;
  private isClosed = false;

  /** @param serial takes what COM1 sends, if anybody wants it */
  constructor(
    private readonly machine: () => Machine,
    private readonly serial: Console | undefined,
  ) {
    process.stdout.write(ENTER_SCREEN);
  }

  get isOpen(): boolean {
    return this.input.isOpen;
  }

  get hasQuit(): boolean {
    return this.input.hasQuit;
  }

  isWokenBy(machine: Machine): boolean {
    return machine.wakesOnKey;
  }

  send(byte: number): void {
    this.serial?.send(byte);
  }

  async flush(): Promise<void> {
    await this.serial?.flush();
    const now = performance.now();
    if (now < this.nextFrame) return;
    this.nextFrame = now + FRAME_MILLISECONDS;
    this.draw();
  }

  feed(): void {
    const bytes: number[] = [];
    this.input.feed((byte) => bytes.push(byte) > 0);
    // A break of the serial line is none of the keyboard's.
    const typed = Buffer.from(bytes.filter((byte) => byte !== BREAK));
    if (typed.length) typeTerminalInput(this.machine(), typed.toString());
  }

  async wait(milliseconds?: number): Promise<void> {
    this.draw();
    await this.input.wait(milliseconds);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.draw();
    this.input.close();
    this.serial?.close();
    process.stdout.write(LEAVE_SCREEN);
  }

  private draw(): void {
    const machine = this.machine();
    process.stdout.write(this.painter.paint(machine.screen(), () => machine.picture()));
  }
}
