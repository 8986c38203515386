// Escape sequences of the screen: those of ANSI X3.64 and the VT100 that Mach's console knows.
//
//   ESC [ parameters letter      ESC letter
import { VGA_CELLS, VGA_COLUMNS, vga_show_cursor } from "../i386/vga";
import {
  kd_column,
  kd_delete_characters,
  kd_down,
  kd_erase,
  kd_insert_characters,
  kd_line,
  kd_move,
  kd_position,
  kd_reset,
  kd_scroll_down,
  kd_scroll_up,
  kd_set_attribute,
  kd_set_column,
  kd_set_position,
  kd_up,
} from "./kd";

// What the next byte belongs to.
const NOTHING: u32 = 0;
const AFTER_ESCAPE: u32 = 1;
const AFTER_BRACKET: u32 = 2;

/** More parameters than this are dropped. */
const PARAMETERS_MAX: u32 = 8;
/** Larger numbers mean the same. */
const NUMBER_MAX: u32 = 999;

let state: u32 = NOTHING;
/** ESC [ ? ... */
let is_private: bool = false;
const parameters: usize = memory.data(32);
let parameter_count: u32 = 0;

let saved_position: u32 = 0;
// Attributes (SGR). Colours in the order of ANSI.
let foreground: u32 = 7;
let background: u32 = 0;
let bold: bool = false;
let blink: bool = false;
let reverse: bool = false;
let invisible: bool = false;
/** The VGA's colours in the order of ANSI's: black, red, green, yellow, blue, magenta, cyan, white. */
const vga_colours: usize = memory.data<u8>([0, 4, 2, 6, 1, 5, 3, 7]);

/** Whether the next byte belongs to a sequence. */
export function kd_escape_pending(): bool {
  return state != NOTHING;
}

/** ESC, or a byte of a sequence. */
export function kd_escape(byte: u32): void {
  if (state == AFTER_BRACKET) bracket(byte);
  else if (state == AFTER_ESCAPE) escape(byte);
  else state = AFTER_ESCAPE;
}

function escape(byte: u32): void {
  state = NOTHING;
  switch (byte) {
    case 0x5b: // [
      state = AFTER_BRACKET;
      is_private = false;
      parameter_count = 1;
      memory.fill(parameters, 0, PARAMETERS_MAX << 2);
      return;
    case 0x37: // 7
      saved_position = kd_position();
      return;
    case 0x38: // 8
      kd_set_position(saved_position);
      return;
    case 0x44: // D
      kd_down();
      return;
    case 0x45: // E
      kd_set_column(0);
      kd_down();
      return;
    case 0x4d: // M
      kd_up();
      return;
    case 0x63: // c
      reset_attributes();
      vga_show_cursor(true);
      kd_reset();
  }
}

function bracket(byte: u32): void {
  const digit = byte - 0x30;
  if (digit <= 9) add_digit(digit);
  else if (byte == 0x3b) parameter_count = min<u32>(parameter_count + 1, PARAMETERS_MAX + 1);
  else if (byte == 0x3f) is_private = true;
  else {
    state = NOTHING;
    if (is_private) private_mode(byte);
    else control(byte);
  }
}

function add_digit(digit: u32): void {
  if (parameter_count > PARAMETERS_MAX) return;
  const cell = parameters + ((<usize>parameter_count - 1) << 2);
  store<u32>(cell, min<u32>(load<u32>(cell) * 10 + digit, NUMBER_MAX));
}

/** A parameter; 0 when it is not given. */
function parameter(index: u32): u32 {
  return index < min<u32>(parameter_count, PARAMETERS_MAX)
    ? load<u32>(parameters + ((<usize>index) << 2))
    : 0;
}

/** A count: at least 1. */
function count(index: u32): i32 {
  return <i32>max<u32>(parameter(index), 1);
}

/** ESC [ ? 25 h and l show and hide the cursor. */
function private_mode(byte: u32): void {
  if (parameter(0) == 25 && (byte == 0x68 || byte == 0x6c)) vga_show_cursor(byte == 0x68);
}

function control(byte: u32): void {
  const line = <i32>kd_line();
  const column = <i32>kd_column();
  switch (byte) {
    case 0x40: // @
      kd_insert_characters(count(0));
      return;
    case 0x41: // A
      kd_move(line - count(0), column);
      return;
    case 0x42: // B
      kd_move(line + count(0), column);
      return;
    case 0x43: // C
      kd_move(line, column + count(0));
      return;
    case 0x44: // D
      kd_move(line, column - count(0));
      return;
    case 0x45: // E
      kd_move(line + count(0), 0);
      return;
    case 0x46: // F
      kd_move(line - count(0), 0);
      return;
    case 0x47: // G
      kd_move(line, count(0) - 1);
      return;
    case 0x48: // H
    case 0x66: // f
      kd_move(count(0) - 1, count(1) - 1);
      return;
    case 0x64: // d
      kd_move(count(0) - 1, column);
      return;
    case 0x73: // s
      saved_position = kd_position();
      return;
    case 0x75: // u
      kd_set_position(saved_position);
      return;
    case 0x6d: // m
      for (let i: u32 = 0; i < min<u32>(parameter_count, PARAMETERS_MAX); i++) attribute(parameter(i));
      apply_attributes();
      return;
    default:
      edit(byte, <u32>line, <u32>count(0));
  }
}

/** Sequences that change the screen. */
function edit(byte: u32, line: u32, number: u32): void {
  const position = kd_position();
  const start = line * VGA_COLUMNS;
  switch (byte) {
    case 0x4a: // J
      erase_part(parameter(0), 0, VGA_CELLS, position);
      return;
    case 0x4b: // K
      erase_part(parameter(0), start, VGA_COLUMNS, position);
      return;
    case 0x4c: // L
      kd_scroll_down(line, number);
      return;
    case 0x4d: // M
      kd_scroll_up(line, number);
      return;
    case 0x50: // P
      kd_delete_characters(number);
      return;
    case 0x53: // S
      kd_scroll_up(0, number);
      return;
    case 0x54: // T
      kd_scroll_down(0, number);
      return;
    case 0x58: // X
      kd_erase(position, min<u32>(number, VGA_COLUMNS - (position - start)));
  }
}

/** Of the cells from `start` on: 0 those from the cursor, 1 those up to and with the cursor, 2 all. */
function erase_part(part: u32, start: u32, cells: u32, cursor: u32): void {
  if (part == 0) kd_erase(cursor, start + cells - cursor);
  else if (part == 1) kd_erase(start, cursor - start + 1);
  else if (part == 2) kd_erase(start, cells);
}

// --- attributes ---

function reset_attributes(): void {
  foreground = 7;
  background = 0;
  bold = false;
  blink = false;
  reverse = false;
  invisible = false;
}

function attribute(code: u32): void {
  if (code >= 30 && code <= 37) foreground = code - 30;
  else if (code >= 40 && code <= 47) background = code - 40;
  else {
    switch (code) {
      case 0:
        reset_attributes();
        return;
      case 1:
        bold = true;
        return;
      case 5:
        blink = true;
        return;
      case 7:
        reverse = true;
        return;
      case 8:
        invisible = true;
        return;
      case 21:
      case 22:
        bold = false;
        return;
      case 25:
        blink = false;
        return;
      case 27:
        reverse = false;
        return;
      case 28:
        invisible = false;
        return;
      case 39:
        foreground = 7;
        return;
      case 49:
        background = 0;
    }
  }
}

//  7      6..4        3       2..0
//  blink  background  bright  foreground
function apply_attributes(): void {
  let front = <u32>load<u8>(vga_colours + foreground);
  let back = <u32>load<u8>(vga_colours + background);
  if (reverse) {
    const other = front;
    front = back;
    back = other;
  }
  if (invisible) front = back;
  else if (bold) front |= 8;
  kd_set_attribute((blink ? 0x80 : 0) | (back << 4) | front);
}
