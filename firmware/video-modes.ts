// The display's modes: registers, colours and fonts, from the tables in the ROM.
import * as video from "../abi/video";
import { BIOS_SEGMENT_BASE } from "../abi/bios";
import { inb, outb, outw } from "../guest/i386";
import * as area from "./data-area";

const MISCELLANEOUS: u32 = 0x3c2;
const ATTRIBUTE: u32 = 0x3c0;
const ATTRIBUTE_READ: u32 = 0x3c1;
const SEQUENCER: u32 = 0x3c4;
const DAC_MASK: u32 = 0x3c6;
const DAC_WRITE: u32 = 0x3c8;
const DAC_DATA: u32 = 0x3c9;
const GRAPHICS: u32 = 0x3ce;
const STATUS_1_FROM_CRTC: u32 = 6;
const ATTRIBUTE_DISPLAY: u32 = 0x20;
/** The CRT controller's retrace end: bit 7 protects the first registers. */
const RETRACE_END: u32 = 0x11;
const MAXIMUM_SCAN_LINE: u32 = 0x09;
const VERTICAL_END: u32 = 0x12;
const OVERFLOW: u32 = 0x07;
const DAC_BYTES: u32 = 768;
/** Of a character in map 2. */
const FONT_ROWS: usize = 32;
const FONT_WINDOW: usize = 0xa0000;
const CHARACTERS: u32 = 256;
/** Registers of the linear extension: where it is off. */
const LINEAR_INDEX: u32 = 0x1ce;
const LINEAR_DATA: u32 = 0x1cf;
const LINEAR_ENABLE: u32 = 4;
/** Interrupt vectors that are addresses of fonts. */
const VECTOR_1F: usize = 4 * 0x1f;
const VECTOR_43: usize = 4 * 0x43;
/** Mode set options: bit 3 no palette, bit 4 the 400 lines of a VGA. */
const NO_PALETTE: u32 = 0x08;

/** The entry of a mode; 0 for a number that is none. */
export function mode_entry(number: u32): usize {
  for (let i: usize = 0; i < <usize>video.MODE_COUNT; i++) {
    const entry = <usize>video.VIDEO_MODES_BASE + i * <usize>video.MODE_BYTES;
    if (<u32>load<u8>(entry, <usize>video.MODE_NUMBER) == number) return entry;
  }
  return 0;
}

/** How the current mode keeps its dots. */
export function kind(): i32 {
  const entry = mode_entry(load<u8>(area.VIDEO_MODE));
  return entry ? <i32>load<u8>(entry, <usize>video.MODE_KIND) : video.KIND_TEXT;
}

export function columns(): u32 {
  return load<u16>(area.COLUMNS);
}

export function rows(): u32 {
  return <u32>load<u8>(area.ROWS) + 1;
}

export function crtc(index: u32, value: u32): void {
  const port = <u32>load<u16>(area.CRTC_PORT);
  outb(port, index);
  outb(port + 1, value);
}

function read_crtc(index: u32): u32 {
  const port = <u32>load<u16>(area.CRTC_PORT);
  outb(port, index);
  return inb(port + 1);
}

export function graphics(index: u32, value: u32): void {
  outw(GRAPHICS, (value << 8) | index);
}

export function sequencer(index: u32, value: u32): void {
  outw(SEQUENCER, (value << 8) | index);
}

function attribute_index(): void {
  inb(<u32>load<u16>(area.CRTC_PORT) + STATUS_1_FROM_CRTC);
}

export function attribute_register(index: u32, value: u32): void {
  attribute_index();
  outb(ATTRIBUTE, index);
  outb(ATTRIBUTE, value);
  outb(ATTRIBUTE, ATTRIBUTE_DISPLAY);
}

export function read_attribute(index: u32): u32 {
  attribute_index();
  outb(ATTRIBUTE, index);
  const value = inb(ATTRIBUTE_READ);
  attribute_index();
  outb(ATTRIBUTE, ATTRIBUTE_DISPLAY);
  return value;
}

/** Writes a mode's registers and colours, and loads its font. The memory is cleared by the caller. */
export function program_mode(entry: usize): void {
  outw(LINEAR_INDEX, LINEAR_ENABLE);
  outw(LINEAR_DATA, 0);
  const parameters = entry + <usize>video.MODE_PARAMETERS;
  const miscellaneous: u32 = load<u8>(parameters, <usize>video.PARAMETER_MISCELLANEOUS);
  store<u16>(area.CRTC_PORT, miscellaneous & 1 ? 0x3d4 : 0x3b4);
  sequencer(0, 1);
  for (let i: usize = 0; i < <usize>video.SEQUENCER_COUNT; i++) {
    sequencer(<u32>i + 1, load<u8>(parameters + i, <usize>video.PARAMETER_SEQUENCER));
  }
  outb(MISCELLANEOUS, miscellaneous);
  sequencer(0, 3);
  crtc(RETRACE_END, 0);
  for (let i: usize = 0; i < <usize>video.CRTC_COUNT; i++) {
    crtc(<u32>i, load<u8>(parameters + i, <usize>video.PARAMETER_CRTC));
  }
  for (let i: usize = 0; i < <usize>video.GRAPHICS_COUNT; i++) {
    graphics(<u32>i, load<u8>(parameters + i, <usize>video.PARAMETER_GRAPHICS));
  }
  for (let i: usize = 0; i < <usize>video.ATTRIBUTE_COUNT; i++) {
    attribute_register(<u32>i, load<u8>(parameters + i, <usize>video.PARAMETER_ATTRIBUTE));
  }
  attribute_register(<u32>video.ATTRIBUTE_COUNT, 0);
  if (!(load<u8>(area.VIDEO_MODE_OPTIONS) & NO_PALETTE))
    load_palette(<i32>load<u8>(entry, <usize>video.MODE_PALETTE));
  const height: u32 = load<u8>(parameters, <usize>video.PARAMETER_HEIGHT);
  point_fonts(height);
  if (<i32>load<u8>(entry, <usize>video.MODE_KIND) == video.KIND_TEXT)
    load_font(font_of_height(height), CHARACTERS, 0, height, 0);
}

function load_palette(kind: i32): void {
  const from = <usize>video.PALETTES_BASE + <usize>(kind * video.PALETTE_BYTES);
  const bytes: u32 = kind == video.PALETTE_VGA ? DAC_BYTES : <u32>video.PALETTE_BYTES;
  outb(DAC_MASK, 0xff);
  outb(DAC_WRITE, 0);
  for (let i: u32 = 0; i < DAC_BYTES; i++) outb(DAC_DATA, i < bytes ? <u32>load<u8>(from + i) : 0);
}

/** The 256 colours of the mode with as many. */
export function load_colours(): void {
  load_palette(video.PALETTE_VGA);
}

export function font_of_height(height: u32): usize {
  if (height == 8) return <usize>video.FONT_8;
  return height == 14 ? <usize>video.FONT_14 : <usize>video.FONT_16;
}

export function far_pointer(address: usize): u32 {
  return (((<u32>BIOS_SEGMENT_BASE) >> 4) << 16) | (<u32>(address - <usize>BIOS_SEGMENT_BASE));
}

function point_fonts(height: u32): void {
  store<u32>(VECTOR_1F, far_pointer(<usize>video.FONT_8 + 8 * 128));
  store<u32>(VECTOR_43, far_pointer(font_of_height(height)));
}

/** Writes characters into map 2, in one of its eight blocks. */
export function load_font(from: usize, count: u32, first: u32, height: u32, block: u32): void {
  sequencer(2, 4);
  sequencer(4, 7);
  graphics(4, 2);
  graphics(5, 0);
  graphics(6, 4);
  const start = FONT_WINDOW + ((<usize>(block & 3)) << 14) + ((<usize>((block >> 2) & 1)) << 13);
  for (let i: u32 = 0; i < count; i++) {
    const to = start + <usize>((first + i) & 0xff) * FONT_ROWS;
    memory.copy(to, from + <usize>(i * height), min<usize>(height, FONT_ROWS));
  }
  sequencer(2, 3);
  sequencer(4, 3);
  graphics(4, 0);
  graphics(5, 0x10);
  graphics(6, load<u16>(area.CRTC_PORT) == 0x3b4 ? 0x0a : 0x0e);
}

/** As many rows as fit the display's lines. */
export function set_character_height(height: u32): void {
  if (height == 0 || height > 32) return;
  const lines =
    read_crtc(VERTICAL_END) | ((read_crtc(OVERFLOW) & 2) << 7) | ((read_crtc(OVERFLOW) & 0x40) << 3);
  crtc(MAXIMUM_SCAN_LINE, (read_crtc(MAXIMUM_SCAN_LINE) & 0xe0) | (height - 1));
  const count = (lines + 1) / height;
  store<u8>(area.CHARACTER_HEIGHT, <u8>height);
  store<u8>(area.ROWS, <u8>(count - 1));
  store<u16>(area.PAGE_BYTES, <u16>((columns() * count * 2 + 0xff) & ~0xff));
}
