// INT 10h, AH = 4Fh: the linear modes (VESA BIOS Extension Core Functions Standard 2.0), on the display's linear extension.
import { inb, inw, outb, outw } from "../guest/i386";
import * as area from "./data-area";
import { Frame, al, high, linear, low, set_ax, set_bx, set_cx, set_dx } from "./frame";
import { display_memory } from "./pci";
import { set_mode } from "./video";
import { load_colours } from "./video-modes";

const INDEX: u32 = 0x1ce;
const DATA: u32 = 0x1cf;
const ID: u32 = 0;
const COLUMNS: u32 = 1;
const LINES: u32 = 2;
const BITS: u32 = 3;
const ENABLE: u32 = 4;
const BANK: u32 = 5;
const VIRTUAL_COLUMNS: u32 = 6;
const VIRTUAL_LINES: u32 = 7;
const FIRST_COLUMN: u32 = 8;
const FIRST_LINE: u32 = 9;
const MEMORY_64K: u32 = 10;

const ENABLED: u32 = 0x01;
const DAC_8_BITS: u32 = 0x20;
const LINEAR: u32 = 0x40;
const KEEP: u32 = 0x80;

const OLDEST_ID: u32 = 0xb0c0;
const DAC_WRITE: u32 = 0x3c8;
const DAC_READ: u32 = 0x3c7;
const DAC_DATA: u32 = 0x3c9;

const SUCCESS: u32 = 0x004f;
const FAILED: u32 = 0x014f;
const UNSUPPORTED: u32 = 0x024f;
const NUMBER_MASK: u32 = 0x1ff;
const LINEAR_MODE: u32 = 0x4000;
const KEEP_MEMORY: u32 = 0x8000;

/** Number, columns, lines, bits of a pixel. */
const MODES: usize = memory.data<u16>([
  0x100, 640, 400, 8, 0x101, 640, 480, 8, 0x103, 800, 600, 8, 0x105, 1024, 768, 8, 0x107, 1280, 1024, 8,
  0x10d, 320, 200, 15, 0x10e, 320, 200, 16, 0x10f, 320, 200, 24, 0x110, 640, 480, 15, 0x111, 640, 480, 16,
  0x112, 640, 480, 24, 0x113, 800, 600, 15, 0x114, 800, 600, 16, 0x115, 800, 600, 24, 0x116, 1024, 768, 15,
  0x117, 1024, 768, 16, 0x118, 1024, 768, 24, 0x119, 1280, 1024, 15, 0x11a, 1280, 1024, 16, 0x11b, 1280, 1024,
  24, 0x140, 320, 200, 32, 0x141, 640, 400, 32, 0x142, 640, 480, 32, 0x143, 800, 600, 32, 0x144, 1024, 768,
  32, 0x145, 1280, 1024, 32,
]);
const MODE_COUNT: usize = 26;
const MODE_BYTES: usize = 8;

/** In the information block: the list of modes, in its reserved part; bytes of the block. */
const LIST: u32 = 34;
const OEM: u32 = 100;
const INFORMATION: u32 = 256;
const VBE2: u32 = 0x32454256;
const VESA: u32 = 0x41534556;

let current: u32 = 0;

function register(index: u32): u32 {
  outw(INDEX, index);
  return inw(DATA);
}

function set(index: u32, value: u32): void {
  outw(INDEX, index);
  outw(DATA, value);
}

/** The entry of a mode; 0 for a number that is none, or one that memory is too small for. */
function mode_entry(number: u32): usize {
  for (let i: usize = 0; i < MODE_COUNT; i++) {
    const entry = MODES + i * MODE_BYTES;
    if (load<u16>(entry) == number) return entry;
  }
  return 0;
}

function bytes_of_pixel(bits: u32): u32 {
  return (bits + 7) >> 3;
}

function is_on(): bool {
  return (register(ENABLE) & ENABLED) != 0;
}

export function vbe_service(f: Frame): void {
  if ((register(ID) & 0xfff0) != OLDEST_ID) return;
  switch (al(f)) {
    case 0x00:
      information(f);
      return;
    case 0x01:
      mode_information(f);
      return;
    case 0x02:
      set_vbe_mode(f);
      return;
    case 0x03:
      set_bx(f, is_on() ? current : <u32>load<u8>(area.VIDEO_MODE));
      set_ax(f, SUCCESS);
      return;
    default:
      if (is_on()) mode_service(f);
      else set_ax(f, FAILED);
  }
}

/** What needs a linear mode. */
function mode_service(f: Frame): void {
  switch (al(f)) {
    case 0x05:
      window(f);
      return;
    case 0x06:
      line_length(f);
      return;
    case 0x07:
      start(f);
      return;
    case 0x08:
      dac_width(f);
      return;
    case 0x09:
      palette(f);
      return;
    default:
      set_ax(f, UNSUPPORTED);
  }
}

/** AL = 00h: what the controller is. */
function information(f: Frame): void {
  const to = linear(f.es, f.edi);
  const bytes: usize = load<u32>(to) == VBE2 ? 2 * INFORMATION : INFORMATION;
  memory.fill(to, 0, bytes);
  const pointer = ((<u32>f.es) << 16) | (f.edi & 0xffff);
  store<u32>(to, VESA);
  store<u16>(to, 0x0200, 4);
  store<u32>(to, pointer + OEM, 6);
  // The DAC can have 8 bits.
  store<u32>(to, 1, 10);
  store<u32>(to, pointer + LIST, 14);
  store<u16>(to, <u16>register(MEMORY_64K), 18);
  for (let i: usize = 0; i < MODE_COUNT; i++)
    store<u16>(to + LIST + (i << 1), load<u16>(MODES + i * MODE_BYTES));
  store<u16>(to + LIST + (MODE_COUNT << 1), 0xffff);
  const name = "mach386";
  for (let i = 0; i < name.length; i++) store<u8>(to + OEM + i, <u8>name.charCodeAt(i));
  set_ax(f, SUCCESS);
}

/** Size and position of a colour's bits, at two places of the mode's information. */
function field(to: usize, index: usize, size: u32, position: u32): void {
  store<u8>(to + (index << 1), <u8>size, 31);
  store<u8>(to + (index << 1), <u8>position, 32);
  store<u8>(to + (index << 1), <u8>size, 54);
  store<u8>(to + (index << 1), <u8>position, 55);
}

/** AL = 01h: what mode CX is. */
function mode_information(f: Frame): void {
  const entry = mode_entry(f.ecx & NUMBER_MASK);
  if (!entry) {
    set_ax(f, FAILED);
    return;
  }
  const to = linear(f.es, f.edi);
  const columns: u32 = load<u16>(entry, 2);
  const lines: u32 = load<u16>(entry, 4);
  const bits: u32 = load<u16>(entry, 6);
  const pitch = columns * bytes_of_pixel(bits);
  memory.fill(to, 0, INFORMATION);
  // Supported, described, colour, graphics, linear.
  store<u16>(to, 0x9b);
  // Window A: there, readable, writable; 64 KiB at A000h.
  store<u8>(to, 7, 2);
  store<u16>(to, 64, 4);
  store<u16>(to, 64, 6);
  store<u16>(to, 0xa000, 8);
  store<u16>(to, <u16>pitch, 16);
  store<u16>(to, <u16>columns, 18);
  store<u16>(to, <u16>lines, 20);
  store<u8>(to, 8, 22);
  store<u8>(to, 16, 23);
  store<u8>(to, 1, 24);
  store<u8>(to, <u8>bits, 25);
  store<u8>(to, 1, 26);
  store<u8>(to, <u8>(bits == 8 ? 4 : 6), 27);
  store<u8>(to, <u8>((register(MEMORY_64K) << 16) / (pitch * lines) - 1), 29);
  store<u8>(to, 1, 30);
  if (bits == 15 || bits == 16) {
    field(to, 0, 5, bits - 5);
    field(to, 1, bits - 10, 5);
    field(to, 2, 5, 0);
    if (bits == 15) field(to, 3, 1, 15);
  } else if (bits > 16) {
    field(to, 0, 8, 16);
    field(to, 1, 8, 8);
    field(to, 2, 8, 0);
    if (bits == 32) field(to, 3, 8, 24);
  }
  store<u32>(to, display_memory(), 40);
  store<u16>(to, <u16>pitch, 50);
  set_ax(f, SUCCESS);
}

/** AL = 02h: sets mode BX. */
function set_vbe_mode(f: Frame): void {
  const number = f.ebx & NUMBER_MASK;
  if (number < 0x100) {
    set_mode((number & 0x7f) | (f.ebx & KEEP_MEMORY ? 0x80 : 0));
    set_ax(f, SUCCESS);
    return;
  }
  const entry = mode_entry(number);
  if (!entry) {
    set_ax(f, FAILED);
    return;
  }
  const bits: u32 = load<u16>(entry, 6);
  set(ENABLE, 0);
  set(COLUMNS, load<u16>(entry, 2));
  set(LINES, load<u16>(entry, 4));
  set(BITS, bits);
  set(ENABLE, ENABLED | LINEAR | (f.ebx & KEEP_MEMORY ? KEEP : 0));
  if (bits == 8) load_colours();
  current = f.ebx & (NUMBER_MASK | LINEAR_MODE);
  set_ax(f, SUCCESS);
}

/** AL = 05h: which 64 KiB are at A000h. */
function window(f: Frame): void {
  if (low(f.ebx)) {
    set_ax(f, FAILED);
    return;
  }
  if (high(f.ebx)) set_dx(f, register(BANK));
  else set(BANK, f.edx & 0xffff);
  set_ax(f, SUCCESS);
}

/** AL = 06h: pixels from a line to the next. */
function line_length(f: Frame): void {
  const pixel = bytes_of_pixel(register(BITS));
  const what = low(f.ebx);
  if (what == 0) set(VIRTUAL_COLUMNS, f.ecx & 0xffff);
  else if (what == 2) set(VIRTUAL_COLUMNS, (f.ecx & 0xffff) / pixel);
  else if (what != 1) {
    set_ax(f, FAILED);
    return;
  }
  const columns = register(VIRTUAL_COLUMNS);
  set_bx(f, columns * pixel);
  set_cx(f, columns);
  set_dx(f, register(VIRTUAL_LINES));
  set_ax(f, SUCCESS);
}

/** AL = 07h: the first pixel shown. */
function start(f: Frame): void {
  if ((f.ebx & 0x7f) == 0) {
    set(FIRST_COLUMN, f.ecx & 0xffff);
    set(FIRST_LINE, f.edx & 0xffff);
  } else {
    set_bx(f, f.ebx & 0xff);
    set_cx(f, register(FIRST_COLUMN));
    set_dx(f, register(FIRST_LINE));
  }
  set_ax(f, SUCCESS);
}

/** AL = 08h: bits of a gun. */
function dac_width(f: Frame): void {
  const enabled = register(ENABLE);
  if (low(f.ebx) == 0) set(ENABLE, high(f.ebx) >= 8 ? enabled | DAC_8_BITS : enabled & ~DAC_8_BITS);
  set_bx(f, (f.ebx & 0xff) | (register(ENABLE) & DAC_8_BITS ? 0x800 : 0x600));
  set_ax(f, SUCCESS);
}

/** AL = 09h: CX colours from DX on, 4 bytes each: blue, green, red. */
function palette(f: Frame): void {
  const at = linear(f.es, f.edi);
  const count = f.ecx & 0xffff;
  if ((f.edx & 0xffff) + count > 256) {
    set_ax(f, FAILED);
    return;
  }
  const sets = (f.ebx & 0x7f) == 0;
  outb(sets ? DAC_WRITE : DAC_READ, f.edx & 0xff);
  for (let i: usize = 0; i < count; i++) {
    for (let gun: usize = 0; gun < 3; gun++) {
      const place = at + (i << 2) + 2 - gun;
      if (sets) outb(DAC_DATA, load<u8>(place));
      else store<u8>(place, <u8>inb(DAC_DATA));
    }
  }
  set_ax(f, SUCCESS);
}
