// INT 10h: text on the display. Graphics modes are not set.
import { inb, outb } from "../guest/i386";
import * as area from "./data-area";
import { Frame, ah, al, high, linear, low, set_al, set_ax, set_bx, set_cx, set_dx } from "./frame";

const COLOUR_TEXT: usize = 0xb8000;
const MONOCHROME_TEXT: usize = 0xb0000;
const COLOUR_CRTC: u32 = 0x3d4;
const PAGE: u32 = 4096;
const PAGES: u32 = 8;
const GREY: u32 = 0x07;
const CURSOR_START: u32 = 0x0a;
const CURSOR_END: u32 = 0x0b;
const START_HIGH: u32 = 0x0c;
const CURSOR_HIGH: u32 = 0x0e;
const DAC_WRITE: u32 = 0x3c8;
const DAC_READ: u32 = 0x3c7;
const DAC_DATA: u32 = 0x3c9;
const ATTRIBUTE: u32 = 0x3c0;
const ATTRIBUTE_READ: u32 = 0x3c1;
const STATUS_1: u32 = 0x3da;
const ATTRIBUTE_DISPLAY: u32 = 0x20;
/** Bit 3 of the mode control register: attributes' bit 7 blinks. */
const MODE_CONTROL: u32 = 0x10;
const BLINK: u32 = 8;
const BELL: u32 = 7;

/** VGA with an analog colour display. */
const VGA_COLOUR: u32 = 8;

function columns(): u32 {
  return load<u16>(area.COLUMNS);
}

function rows(): u32 {
  return <u32>load<u8>(area.ROWS) + 1;
}

function active(): u32 {
  return load<u8>(area.ACTIVE_PAGE);
}

function text(): usize {
  return load<u8>(area.VIDEO_MODE) == 7 ? MONOCHROME_TEXT : COLOUR_TEXT;
}

function cell(page: u32, row: u32, column: u32): usize {
  const bytes = <u32>load<u16>(area.PAGE_BYTES);
  return text() + page * bytes + ((row * columns() + column) << 1);
}

function crtc(index: u32, value: u32): void {
  const port = <u32>load<u16>(area.CRTC_PORT);
  outb(port, index);
  outb(port + 1, value);
}

/** Row << 8 | column. */
function cursor(page: u32): u32 {
  return load<u16>(area.CURSORS + ((<usize>(page & 7)) << 1));
}

function show_cursor(): void {
  const at = cursor(active());
  const offset = ((<u32>load<u16>(area.PAGE_START)) >> 1) + (at >> 8) * columns() + (at & 0xff);
  crtc(CURSOR_HIGH, (offset >> 8) & 0xff);
  crtc(CURSOR_HIGH + 1, offset & 0xff);
}

function move_cursor(page: u32, at: u32): void {
  store<u16>(area.CURSORS + ((<usize>(page & 7)) << 1), <u16>at);
  if (page == active()) show_cursor();
}

function shape_cursor(shape: u32): void {
  store<u16>(area.CURSOR_SHAPE, <u16>shape);
  // Shapes are for characters of 8 lines; these have 16.
  let start = (shape >> 8) & 0x3f;
  let end = shape & 0x1f;
  if (end <= 8 && start < 0x20) {
    start = start == end ? start * 2 - 1 : start * 2;
    end = end * 2 - 1;
  }
  crtc(CURSOR_START, start);
  crtc(CURSOR_END, end);
}

function fill(address: usize, count: u32, attribute: u32): void {
  const blank = <u16>((attribute << 8) | 0x20);
  for (let i: usize = 0; i < count; i++) store<u16>(address + (i << 1), blank);
}

export function video_init(): void {
  store<u8>(area.CHARACTER_HEIGHT, 16);
  store<u8>(area.VIDEO_CONTROL, 0x60);
  store<u8>(area.DISPLAY_COMBINATION, <u8>VGA_COLOUR);
  set_mode(3);
}

function set_mode(mode: u32): void {
  const keep = (mode & 0x80) != 0;
  store<u8>(area.VIDEO_MODE, <u8>(mode & 0x7f));
  store<u16>(area.COLUMNS, 80);
  store<u8>(area.ROWS, 24);
  store<u16>(area.PAGE_BYTES, <u16>PAGE);
  store<u16>(area.CRTC_PORT, <u16>COLOUR_CRTC);
  memory.fill(area.CURSORS, 0, 16);
  set_page(0);
  shape_cursor(0x0607);
  if (!keep) fill(COLOUR_TEXT, (PAGE * PAGES) >> 1, GREY);
  show_cursor();
}

function set_page(page: u32): void {
  if (page >= PAGES) return;
  const start = page * <u32>load<u16>(area.PAGE_BYTES);
  store<u8>(area.ACTIVE_PAGE, <u8>page);
  store<u16>(area.PAGE_START, <u16>start);
  crtc(START_HIGH, (start >> 9) & 0xff);
  crtc(START_HIGH + 1, (start >> 1) & 0xff);
  show_cursor();
}

/** AH = 06h, 07h: a window (CX to DX) by AL lines; 0 clears it. */
function scroll(f: Frame, up: bool): void {
  const top = high(f.ecx);
  const left = low(f.ecx);
  const bottom = min<u32>(high(f.edx), rows() - 1);
  const right = min<u32>(low(f.edx), columns() - 1);
  if (top > bottom || left > right) return;
  scroll_window(up, al(f), high(f.ebx), top, left, bottom, right);
}

function scroll_window(
  up: bool,
  lines: u32,
  attribute: u32,
  top: u32,
  left: u32,
  bottom: u32,
  right: u32,
): void {
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

/** A character as a terminal takes it; `attribute` 0x100 keeps what is there. */
function teletype(page: u32, character: u32, attribute: u32): void {
  const at = cursor(page);
  let row = at >> 8;
  let column = at & 0xff;
  if (character == BELL) return;
  if (character == 8) {
    if (column) column--;
  } else if (character == 13) column = 0;
  else if (character == 10) row++;
  else {
    store<u8>(cell(page, row, column), <u8>character);
    if (attribute < 0x100) store<u8>(cell(page, row, column), <u8>attribute, 1);
    column++;
    if (column == columns()) {
      column = 0;
      row++;
    }
  }
  if (row == rows()) {
    row--;
    const under: u32 = load<u8>(cell(page, row, column), 1);
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

/** AH = 09h, 0Ah: CX times at the cursor, which stays. */
function write_characters(f: Frame, with_attribute: bool): void {
  const page = high(f.ebx);
  const at = cursor(page);
  let address = cell(page, at >> 8, at & 0xff);
  const end = text() + PAGE * PAGES;
  for (let left = f.ecx & 0xffff; left && address < end; left--) {
    store<u8>(address, <u8>al(f));
    if (with_attribute) store<u8>(address, <u8>f.ebx, 1);
    address += 2;
  }
}

/** AH = 13h: a string at ES:BP. AL bit 0: the cursor follows; bit 1: attributes are in the string. */
function write_string(f: Frame): void {
  const page = high(f.ebx);
  const mode = al(f);
  const before = cursor(page);
  let from = linear(f.es, f.ebp);
  move_cursor(page, f.edx & 0xffff);
  for (let left = f.ecx & 0xffff; left; left--) {
    const character: u32 = load<u8>(from++);
    const attribute: u32 = mode & 2 ? <u32>load<u8>(from++) : low(f.ebx);
    teletype(page, character, attribute);
  }
  if (!(mode & 1)) move_cursor(page, before);
}

function attribute_register(index: u32, value: u32): void {
  inb(STATUS_1);
  outb(ATTRIBUTE, index);
  outb(ATTRIBUTE, value);
  outb(ATTRIBUTE, ATTRIBUTE_DISPLAY);
}

function read_attribute(index: u32): u32 {
  inb(STATUS_1);
  outb(ATTRIBUTE, index);
  const value = inb(ATTRIBUTE_READ);
  inb(STATUS_1);
  outb(ATTRIBUTE, ATTRIBUTE_DISPLAY);
  return value;
}

/** AH = 10h: palette and DAC. */
function palette(f: Frame): void {
  switch (al(f)) {
    case 0x00:
      attribute_register(low(f.ebx) & 0x1f, high(f.ebx));
      return;
    case 0x01:
      attribute_register(0x11, high(f.ebx));
      return;
    case 0x03: {
      const control = read_attribute(MODE_CONTROL) & ~BLINK;
      attribute_register(MODE_CONTROL, f.ebx & 1 ? control | BLINK : control);
      return;
    }
    case 0x07:
      set_bx(f, (f.ebx & 0xff) | (read_attribute(low(f.ebx) & 0x1f) << 8));
      return;
    case 0x10:
      outb(DAC_WRITE, low(f.ebx));
      outb(DAC_DATA, high(f.edx));
      outb(DAC_DATA, high(f.ecx));
      outb(DAC_DATA, low(f.ecx));
      return;
    case 0x12: {
      const from = linear(f.es, f.edx);
      outb(DAC_WRITE, low(f.ebx));
      for (let i: usize = 0; i < 3 * <usize>(f.ecx & 0xffff); i++) outb(DAC_DATA, load<u8>(from + i));
      return;
    }
    case 0x15:
      outb(DAC_READ, low(f.ebx));
      set_dx(f, inb(DAC_DATA) << 8);
      f.ecx = (f.ecx & 0xffff00ff) | (inb(DAC_DATA) << 8);
      f.ecx = (f.ecx & 0xffffff00) | inb(DAC_DATA);
      return;
    case 0x17: {
      const to = linear(f.es, f.edx);
      outb(DAC_READ, low(f.ebx));
      for (let i: usize = 0; i < 3 * <usize>(f.ecx & 0xffff); i++) store<u8>(to + i, <u8>inb(DAC_DATA));
      return;
    }
    default:
      return;
  }
}

export function video_service(f: Frame): void {
  switch (ah(f)) {
    case 0x00:
      set_mode(al(f));
      set_al(f, 0x30);
      return;
    case 0x01:
      shape_cursor(f.ecx & 0xffff);
      return;
    case 0x02:
      move_cursor(high(f.ebx), f.edx & 0xffff);
      return;
    case 0x03:
      set_cx(f, load<u16>(area.CURSOR_SHAPE));
      set_dx(f, cursor(high(f.ebx)));
      return;
    case 0x05:
      set_page(al(f));
      return;
    case 0x06:
    case 0x07:
      scroll(f, ah(f) == 0x06);
      return;
    case 0x08: {
      const at = cursor(high(f.ebx));
      set_ax(f, load<u16>(cell(high(f.ebx), at >> 8, at & 0xff)));
      return;
    }
    case 0x09:
    case 0x0a:
      write_characters(f, ah(f) == 0x09);
      return;
    case 0x0e:
      teletype(active(), al(f), 0x100);
      return;
    case 0x0f:
      set_ax(f, (columns() << 8) | load<u8>(area.VIDEO_MODE));
      set_bx(f, (f.ebx & 0xff) | (active() << 8));
      return;
    case 0x10:
      palette(f);
      return;
    case 0x12:
      // BL = 10h: colour, 256 KiB.
      if (low(f.ebx) == 0x10) {
        set_bx(f, 0x0003);
        set_cx(f, 0x0009);
      }
      return;
    case 0x13:
      write_string(f);
      return;
    case 0x1a:
      set_al(f, 0x1a);
      set_bx(f, VGA_COLOUR);
      return;
    default:
      // No VBE either: AL does not become 4Fh.
      return;
  }
}
