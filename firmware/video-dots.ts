// Dots on the display in the standard graphics modes, and characters drawn with them.
import * as video from "../abi/video";
import * as area from "./data-area";
import { columns, graphics, kind, rows } from "./video-modes";

const PAIRS_MEMORY: usize = 0xb8000;
const MAPS_MEMORY: usize = 0xa0000;
const ODD_LINES: usize = 0x2000;
const PAIRS_PITCH: usize = 80;
const VECTOR_43: usize = 4 * 0x43;
const VECTOR_1F: usize = 4 * 0x1f;
/** Bit 7 of a colour: exclusive or with what is there. */
const XOR: u32 = 0x80;
const FUNCTION_XOR: u32 = 0x18;
const GRAPHICS_FUNCTION: u32 = 3;
const GRAPHICS_MODE: u32 = 5;
const GRAPHICS_MASK: u32 = 8;

/** What was read only to fill the adapter's latches. */
const latched: usize = memory.data(1);

function character_height(): u32 {
  return load<u8>(area.CHARACTER_HEIGHT);
}

/** Bytes of a line. */
function pitch(): usize {
  const now = kind();
  if (now == video.KIND_BYTES) return (<usize>columns()) << 3;
  return now == video.KIND_MAPS ? <usize>columns() : PAIRS_PITCH;
}

function line(y: u32): usize {
  const now = kind();
  if (now == video.KIND_PAIRS || now == video.KIND_BITS)
    return PAIRS_MEMORY + <usize>(y & 1) * ODD_LINES + <usize>(y >> 1) * PAIRS_PITCH;
  return MAPS_MEMORY + <usize>y * pitch();
}

function is_inside(x: u32, y: u32): bool {
  return x < columns() << 3 && y < rows() * character_height();
}

export function write_dot(x: u32, y: u32, colour: u32): void {
  if (!is_inside(x, y)) return;
  const now = kind();
  if (now == video.KIND_BYTES) {
    store<u8>(line(y) + x, <u8>colour);
  } else if (now == video.KIND_MAPS) {
    const at = line(y) + (x >> 3);
    graphics(GRAPHICS_MODE, 2);
    graphics(GRAPHICS_MASK, 0x80 >> (x & 7));
    if (colour & XOR) graphics(GRAPHICS_FUNCTION, FUNCTION_XOR);
    store<u8>(latched, load<u8>(at));
    store<u8>(at, <u8>colour);
    graphics(GRAPHICS_FUNCTION, 0);
    graphics(GRAPHICS_MASK, 0xff);
    graphics(GRAPHICS_MODE, 0);
  } else {
    const pairs = now == video.KIND_PAIRS;
    const at = line(y) + (pairs ? x >> 2 : x >> 3);
    const shift = pairs ? 6 - ((x & 3) << 1) : 7 - (x & 7);
    const mask: u32 = (pairs ? 3 : 1) << shift;
    const before: u32 = load<u8>(at);
    const value = (colour << shift) & mask;
    store<u8>(at, <u8>(colour & XOR ? before ^ value : (before & ~mask) | value));
  }
}

export function read_dot(x: u32, y: u32): u32 {
  if (!is_inside(x, y)) return 0;
  const now = kind();
  if (now == video.KIND_BYTES) return load<u8>(line(y) + x);
  if (now == video.KIND_MAPS) {
    const at = line(y) + (x >> 3);
    let colour: u32 = 0;
    for (let map: u32 = 0; map < 4; map++) {
      graphics(4, map);
      colour |= (((<u32>load<u8>(at)) >> (7 - (x & 7))) & 1) << map;
    }
    graphics(4, 0);
    return colour;
  }
  const pairs = now == video.KIND_PAIRS;
  const value: u32 = load<u8>(line(y) + (pairs ? x >> 2 : x >> 3));
  return pairs ? (value >> (6 - ((x & 3) << 1))) & 3 : (value >> (7 - (x & 7))) & 1;
}

/** The rows of a character, by the vectors that programs may change. */
function glyph(character: u32): usize {
  const now = kind();
  const low = now == video.KIND_PAIRS || now == video.KIND_BITS;
  const upper = low && character >= 128;
  const vector: u32 = load<u32>(upper ? VECTOR_1F : VECTOR_43);
  const font = ((vector >> 16) << 4) + (vector & 0xffff);
  return font + (upper ? character - 128 : character) * character_height();
}

export function draw_character(row: u32, column: u32, character: u32, colour: u32): void {
  const height = character_height();
  const from = glyph(character);
  for (let y: u32 = 0; y < height; y++) {
    const dots: u32 = load<u8>(from + y);
    for (let x: u32 = 0; x < 8; x++) {
      const set = (dots & (0x80 >> x)) != 0;
      if (set || !(colour & XOR)) write_dot((column << 3) + x, row * height + y, set ? colour : 0);
    }
  }
}

/** A window of characters moves by so many rows; 0 clears it. */
export function scroll_dots(
  up: bool,
  count: u32,
  colour: u32,
  top: u32,
  left: u32,
  bottom: u32,
  right: u32,
): void {
  const height = character_height();
  const lines = (bottom - top + 1) * height;
  const moved = count == 0 || count * height > lines ? lines : count * height;
  for (let i: u32 = 0; i < lines; i++) {
    const to = up ? top * height + i : (bottom + 1) * height - 1 - i;
    const from = up ? to + moved : to - moved;
    if (i + moved < lines) copy_line(to, from, left, right);
    else fill_line(to, left, right, colour);
  }
}

/** Bytes that characters of a row cover: the first, and how many. */
function first_byte(left: u32): usize {
  const now = kind();
  if (now == video.KIND_BYTES) return (<usize>left) << 3;
  return now == video.KIND_PAIRS ? (<usize>left) << 1 : <usize>left;
}

function copy_line(to: u32, from: u32, left: u32, right: u32): void {
  const start = first_byte(left);
  const bytes = first_byte(right + 1) - start;
  // Write mode 1 copies all maps by the latches, a byte at a time.
  if (kind() == video.KIND_MAPS) graphics(GRAPHICS_MODE, 1);
  for (let i: usize = 0; i < bytes; i++) store<u8>(line(to) + start + i, load<u8>(line(from) + start + i));
  if (kind() == video.KIND_MAPS) graphics(GRAPHICS_MODE, 0);
}

function fill_line(y: u32, left: u32, right: u32, colour: u32): void {
  for (let x = left << 3; x < (right + 1) << 3; x++) write_dot(x, y, colour & ~XOR);
}
