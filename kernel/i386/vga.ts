// The screen: a VGA in its colour text mode, 80 columns and 25 lines (IBM VGA technical reference). A cell is two bytes,
// the character and its attribute; the CRT controller shows the cursor.
import { inb, outb } from "../../guest/i386";
import { phys_to_virt } from "./vm_param";

export const VGA_COLUMNS: u32 = 80;
export const VGA_LINES: u32 = 25;
export const VGA_CELLS: u32 = 2000;
/** Physical address and size of the screen's memory. */
export const VGA_MEMORY: u32 = 0xb8000;
export const VGA_MEMORY_SIZE: u32 = 0x8000;

const CRTC_INDEX: u32 = 0x3d4;
const CRTC_DATA: u32 = 0x3d5;
const CURSOR_START: u32 = 0x0a;
const START_HIGH: u32 = 0x0c;
const START_LOW: u32 = 0x0d;
const CURSOR_HIGH: u32 = 0x0e;
const CURSOR_LOW: u32 = 0x0f;
const CURSOR_OFF: u32 = 0x20;

function crtc_read(index: u32): u32 {
  outb(CRTC_INDEX, index);
  return inb(CRTC_DATA);
}

function crtc_write(index: u32, value: u32): void {
  outb(CRTC_INDEX, index);
  outb(CRTC_DATA, value);
}

/** Whether there is a screen: its cursor register keeps what is written. Shows memory from its beginning on. */
export function vga_init(): bool {
  crtc_write(CURSOR_LOW, 0x5a);
  if (crtc_read(CURSOR_LOW) != 0x5a) return false;
  crtc_write(START_HIGH, 0);
  crtc_write(START_LOW, 0);
  return true;
}

function cell(position: u32): usize {
  return <usize>phys_to_virt(VGA_MEMORY) + ((<usize>position) << 1);
}

/** `word`: character, and attribute in the high byte. Positions count cells from the upper left corner. */
export function vga_put(position: u32, word: u32): void {
  atomic.store<u16>(cell(position), <u16>word);
}

export function vga_fill(position: u32, count: u32, word: u32): void {
  for (let i: u32 = 0; i < count; i++) vga_put(position + i, word);
}

/** Copies cells; the ranges may overlap. */
export function vga_move(to: u32, from: u32, count: u32): void {
  memory.copy(cell(to), cell(from), (<usize>count) << 1);
}

export function vga_set_cursor(position: u32): void {
  crtc_write(CURSOR_HIGH, position >> 8);
  crtc_write(CURSOR_LOW, position & 0xff);
}

export function vga_show_cursor(on: bool): void {
  const start = crtc_read(CURSOR_START);
  crtc_write(CURSOR_START, on ? start & ~CURSOR_OFF : start | CURSOR_OFF);
}
