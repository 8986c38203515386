// Characters on the display: the cursor, scrolling, what a terminal prints. In graphics modes characters are drawn.
import * as video from "../abi/video";
import * as area from "./data-area";
import { draw_character, scroll_dots } from "./video-dots";
import { columns, crtc, kind, rows } from "./video-modes";

const COLOUR_TEXT: usize = 0xb8000;
const MONOCHROME_TEXT: usize = 0xb0000;
const GREY: u32 = 0x07;
const CURSOR_START: u32 = 0x0a;
const CURSOR_END: u32 = 0x0b;
const CURSOR_HIGH: u32 = 0x0e;
const BELL: u32 = 7;
/** Keeps the attribute of the place. */
export const SAME_ATTRIBUTE: u32 = 0x100;

export function active(): u32 {
  return load<u8>(area.ACTIVE_PAGE);
}

export function text_memory(): usize {
  return load<u8>(area.VIDEO_MODE) == 7 ? MONOCHROME_TEXT : COLOUR_TEXT;
}

export function cell(page: u32, row: u32, column: u32): usize {
  const bytes = <u32>load<u16>(area.PAGE_BYTES);
  return text_memory() + page * bytes + ((row * columns() + column) << 1);
}

/** Row << 8 | column. */
export function cursor(page: u32): u32 {
  return load<u16>(area.CURSORS + ((<usize>(page & 7)) << 1));
}

export function show_cursor(): void {
  const at = cursor(active());
  if (kind() != video.KIND_TEXT) return;
  const offset = ((<u32>load<u16>(area.PAGE_START)) >> 1) + (at >> 8) * columns() + (at & 0xff);
  crtc(CURSOR_HIGH, (offset >> 8) & 0xff);
  crtc(CURSOR_HIGH + 1, offset & 0xff);
}

export function move_cursor(page: u32, at: u32): void {
  store<u16>(area.CURSORS + ((<usize>(page & 7)) << 1), <u16>at);
  if (page == active()) show_cursor();
}

export function shape_cursor(shape: u32): void {
  store<u16>(area.CURSOR_SHAPE, <u16>shape);
  // Shapes are for characters of 8 lines; of higher ones they are at the same place, near the bottom.
  const height: u32 = load<u8>(area.CHARACTER_HEIGHT);
  let start = (shape >> 8) & 0x3f;
  let end = shape & 0x1f;
  if (end <= 8 && start < 0x20 && height > 8) {
    start = start == end ? (start * height) / 8 - 1 : (start * height) / 8;
    end = ((end + 1) * height) / 8 - 2;
  }
  crtc(CURSOR_START, start);
  crtc(CURSOR_END, end);
}

export function fill(address: usize, count: u32, attribute: u32): void {
  const blank = <u16>((attribute << 8) | 0x20);
  for (let i: usize = 0; i < count; i++) store<u16>(address + (i << 1), blank);
}

export function scroll_window(
  up: bool,
  lines: u32,
  attribute: u32,
  top: u32,
  left: u32,
  bottom: u32,
  right: u32,
): void {
  if (kind() != video.KIND_TEXT) {
    scroll_dots(up, lines, attribute, top, left, bottom, right);
    return;
  }
  const height = bottom - top + 1;
  const width = right - left + 1;
  const moved = lines == 0 || lines > height ? height : lines;
  for (let i: u32 = 0; i < height; i++) {
    const row = up ? top + i : bottom - i;
    const from = up ? row + moved : row - moved;
    if (i + moved < height)
      memory.copy(cell(active(), row, left), cell(active(), from, left), (<usize>width) << 1);
    else fill(cell(active(), row, left), width, attribute);
  }
}

/** A character at a place. */
export function put(page: u32, row: u32, column: u32, character: u32, attribute: u32): void {
  if (kind() != video.KIND_TEXT) {
    draw_character(row, column, character, attribute & 0xff);
    return;
  }
  const at = cell(page, row, column);
  store<u8>(at, <u8>character);
  if (attribute != SAME_ATTRIBUTE) store<u8>(at, <u8>attribute, 1);
}

/** A character as a terminal takes it; `attribute` may be SAME_ATTRIBUTE; in graphics modes it is a colour. */
export function teletype(page: u32, character: u32, attribute: u32): void {
  const at = cursor(page);
  let row = at >> 8;
  let column = at & 0xff;
  if (character == BELL) return;
  if (character == 8) {
    if (column) column--;
  } else if (character == 13) column = 0;
  else if (character == 10) row++;
  else {
    put(page, row, column, character, attribute);
    column++;
    if (column == columns()) {
      column = 0;
      row++;
    }
  }
  if (row == rows()) {
    row--;
    const under: u32 = kind() == video.KIND_TEXT ? <u32>load<u8>(cell(page, row, column), 1) : 0;
    scroll_window(true, 1, under, 0, 0, rows() - 1, columns() - 1);
  }
  move_cursor(page, (row << 8) | column);
}

export function print(message: string): void {
  for (let i = 0; i < message.length; i++) {
    teletype(active(), load<u8>(changetype<usize>(message) + ((<usize>i) << 1)), GREY);
  }
}

export function print_number(value: u32): void {
  if (value >= 10) print_number(value / 10);
  teletype(active(), 0x30 + (value % 10), GREY);
}
