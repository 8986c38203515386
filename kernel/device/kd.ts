// The screen as a terminal shows it: where the next character goes and how it looks. Escape sequences are kd_escape.ts.
import { speaker_off, speaker_on } from "../i386/speaker";
import {
  VGA_CELLS,
  VGA_COLUMNS,
  vga_fill,
  vga_init,
  VGA_LINES,
  vga_move,
  vga_put,
  vga_set_cursor,
} from "../i386/vga";
import { Timer, timer_set } from "../kern/timer";
import { kd_escape, kd_escape_pending } from "./kd_escape";

const BELL: u32 = 7;
const BACKSPACE: u32 = 8;
const TAB: u32 = 9;
const NEWLINE: u32 = 10;
const FORM_FEED: u32 = 12;
const RETURN: u32 = 13;
const ESCAPE: u32 = 27;
const DELETE: u32 = 127;

/** White on black. */
export const KA_NORMAL: u32 = 0x07;
/** How long the bell rings, in clock ticks; and how high, in Hz. */
const BELL_TICKS: u32 = 12;
const BELL_FREQUENCY: u32 = 1000;

let position: u32 = 0;
/** Attribute of what is written, in the high byte of a cell. */
let blank: u32 = (KA_NORMAL << 8) | 0x20;
let found: bool = false;
const bell_timer: usize = memory.data(20);

/** Clears the screen. False when there is none. */
export function kd_init(): bool {
  if (found) return true;
  found = vga_init();
  if (found) kd_reset();
  return found;
}

/** An empty screen. */
export function kd_reset(): void {
  kd_set_attribute(KA_NORMAL);
  kd_erase(0, VGA_CELLS);
  kd_set_position(0);
}

/** Shows one byte. */
export function kd_putc(byte: u32): void {
  if (!found) return;
  if (kd_escape_pending()) kd_escape(byte);
  else kd_show(byte);
  vga_set_cursor(position);
}

function kd_show(byte: u32): void {
  switch (byte) {
    case 0:
    case DELETE:
      return;
    case BELL:
      kd_bell();
      return;
    case BACKSPACE:
      if (position > 0) position--;
      return;
    case TAB:
      kd_set_column(min<u32>((kd_column() | 7) + 1, VGA_COLUMNS - 1));
      return;
    case NEWLINE:
      kd_down();
      return;
    case FORM_FEED:
      kd_erase(0, VGA_CELLS);
      position = 0;
      return;
    case RETURN:
      kd_set_column(0);
      return;
    case ESCAPE:
      kd_escape(byte);
      return;
    default:
      vga_put(position, (blank & 0xff00) | byte);
      kd_right();
  }
}

/** To the next cell; behind the last one of the last line the screen moves up. */
function kd_right(): void {
  if (++position == VGA_CELLS) {
    kd_scroll_up(0, 1);
    position -= VGA_COLUMNS;
  }
}

/** A line down, in the same column. */
export function kd_down(): void {
  if (position + VGA_COLUMNS < VGA_CELLS) position += VGA_COLUMNS;
  else kd_scroll_up(0, 1);
}

/** A line up, in the same column; from the first line the screen moves down. */
export function kd_up(): void {
  if (position >= VGA_COLUMNS) position -= VGA_COLUMNS;
  else kd_scroll_down(0, 1);
}

export function kd_position(): u32 {
  return position;
}

export function kd_set_position(to: u32): void {
  position = to;
}

export function kd_line(): u32 {
  return position / VGA_COLUMNS;
}

export function kd_column(): u32 {
  return position % VGA_COLUMNS;
}

/** To a line and column; places off the screen become the nearest on it. */
export function kd_move(line: i32, column: i32): void {
  const last_line = <i32>VGA_LINES - 1;
  const last_column = <i32>VGA_COLUMNS - 1;
  const y = max<i32>(0, min<i32>(line, last_line));
  const x = max<i32>(0, min<i32>(column, last_column));
  position = <u32>y * VGA_COLUMNS + <u32>x;
}

export function kd_set_column(column: u32): void {
  position = position - kd_column() + column;
}

export function kd_set_attribute(attribute: u32): void {
  blank = (attribute << 8) | 0x20;
}

/** Blanks cells. */
export function kd_erase(from: u32, count: u32): void {
  vga_fill(from, count, blank);
}

/** The lines from `line` to the last move up by `count`, over the first of them. */
export function kd_scroll_up(line: u32, count: u32): void {
  const lines = VGA_LINES - line;
  const gone = min<u32>(count, lines);
  const start = line * VGA_COLUMNS;
  const kept = (lines - gone) * VGA_COLUMNS;
  vga_move(start, start + gone * VGA_COLUMNS, kept);
  kd_erase(start + kept, gone * VGA_COLUMNS);
}

/** The lines from `line` to the last move down by `count`, off the screen. */
export function kd_scroll_down(line: u32, count: u32): void {
  const lines = VGA_LINES - line;
  const gone = min<u32>(count, lines);
  const start = line * VGA_COLUMNS;
  vga_move(start + gone * VGA_COLUMNS, start, (lines - gone) * VGA_COLUMNS);
  kd_erase(start, gone * VGA_COLUMNS);
}

/** The cells from the cursor to the line's end move left by `count`, over the first of them. */
export function kd_delete_characters(count: u32): void {
  const rest = VGA_COLUMNS - kd_column();
  const gone = min<u32>(count, rest);
  vga_move(position, position + gone, rest - gone);
  kd_erase(position + rest - gone, gone);
}

/** The cells from the cursor to the line's end move right by `count`. */
export function kd_insert_characters(count: u32): void {
  const rest = VGA_COLUMNS - kd_column();
  const gone = min<u32>(count, rest);
  vga_move(position + gone, position, rest - gone);
  kd_erase(position, gone);
}

// --- the bell ---

export function kd_set_bell(on: bool): void {
  if (on) speaker_on(BELL_FREQUENCY);
  else speaker_off();
}

function kd_bell(): void {
  kd_set_bell(true);
  timer_set(changetype<Timer>(bell_timer), BELL_TICKS, kd_bell_over, 0);
}

function kd_bell_over(_argument: usize): void {
  kd_set_bell(false);
}
