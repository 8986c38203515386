// INT 10h: the display.
import * as video from "../abi/video";
import { inb, outb } from "../guest/i386";
import * as area from "./data-area";
import { Frame, ah, al, high, linear, low, set_al, set_ax, set_bx, set_cx, set_dx } from "./frame";
import { vbe_service } from "./vbe";
import { read_dot, write_dot } from "./video-dots";
import * as modes from "./video-modes";
import { attribute_register, columns, crtc, kind, read_attribute, rows } from "./video-modes";
import * as text from "./video-text";
import { active, cell, cursor, move_cursor, teletype } from "./video-text";

const PAGES: u32 = 8;
const GREY: u32 = 0x07;
const START_HIGH: u32 = 0x0c;
const DAC_WRITE: u32 = 0x3c8;
const DAC_READ: u32 = 0x3c7;
const DAC_DATA: u32 = 0x3c9;
/** Bit 3 of the mode control register: attributes' bit 7 blinks. */
const MODE_CONTROL: u32 = 0x10;
const BLINK: u32 = 8;
const MAPS_MEMORY: usize = 0xa0000;
const VECTOR_1F: usize = 4 * 0x1f;
const VECTOR_43: usize = 4 * 0x43;
const VIDEO_WINDOW: u32 = 0x8000;
const MAPS_WINDOW: u32 = 0x10000;

/** VGA with an analog colour display. */
const VGA_COLOUR: u32 = 8;

export function video_init(): void {
  store<u8>(area.VIDEO_CONTROL, 0x60);
  store<u8>(area.VIDEO_MODE_OPTIONS, 0x11);
  store<u8>(area.DISPLAY_COMBINATION, <u8>VGA_COLOUR);
  set_mode(3);
}

/** Sets a standard mode; bit 7 keeps the memory. */
export function set_mode(mode: u32): void {
  const entry = modes.mode_entry(mode & 0x7f);
  if (!entry) return;
  const parameters = entry + <usize>video.MODE_PARAMETERS;
  store<u8>(area.VIDEO_MODE, <u8>(mode & 0x7f));
  store<u16>(area.COLUMNS, load<u8>(parameters, <usize>video.PARAMETER_COLUMNS));
  store<u8>(area.ROWS, load<u8>(parameters, <usize>video.PARAMETER_ROWS));
  store<u8>(area.CHARACTER_HEIGHT, load<u8>(parameters, <usize>video.PARAMETER_HEIGHT));
  store<u16>(area.PAGE_BYTES, load<u16>(parameters, <usize>video.PARAMETER_PAGE_BYTES));
  memory.fill(area.CURSORS, 0, 16);
  modes.program_mode(entry);
  if (!(mode & 0x80)) clear();
  set_page(0);
  if (kind() == video.KIND_TEXT) text.shape_cursor(0x0607);
}

function clear(): void {
  const now = kind();
  if (now == video.KIND_TEXT) text.fill(text.text_memory(), VIDEO_WINDOW >> 1, GREY);
  else if (now == video.KIND_PAIRS || now == video.KIND_BITS)
    memory.fill(text.text_memory(), 0, VIDEO_WINDOW);
  else memory.fill(MAPS_MEMORY, 0, MAPS_WINDOW);
}

function set_page(page: u32): void {
  if (page >= PAGES) return;
  const start = page * <u32>load<u16>(area.PAGE_BYTES);
  const counted = kind() == video.KIND_TEXT ? start >> 1 : start;
  store<u8>(area.ACTIVE_PAGE, <u8>page);
  store<u16>(area.PAGE_START, <u16>start);
  crtc(START_HIGH, (counted >> 8) & 0xff);
  crtc(START_HIGH + 1, counted & 0xff);
  text.show_cursor();
}

/** AH = 06h, 07h: a window (CX to DX) by AL lines; 0 clears it. */
function scroll(f: Frame, up: bool): void {
  const top = high(f.ecx);
  const left = low(f.ecx);
  const bottom = min<u32>(high(f.edx), rows() - 1);
  const right = min<u32>(low(f.edx), columns() - 1);
  if (top > bottom || left > right) return;
  text.scroll_window(up, al(f), high(f.ebx), top, left, bottom, right);
}

/** AH = 09h, 0Ah: CX times at the cursor, which stays. */
function write_characters(f: Frame, with_attribute: bool): void {
  const page = high(f.ebx);
  const at = cursor(page);
  const isText = kind() == video.KIND_TEXT;
  let row = at >> 8;
  let column = at & 0xff;
  for (let left = f.ecx & 0xffff; left && row < rows(); left--) {
    const attribute = with_attribute || !isText ? low(f.ebx) : text.SAME_ATTRIBUTE;
    text.put(page, row, column, al(f), attribute);
    column++;
    if (column == columns()) {
      column = 0;
      row++;
    }
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

/** AH = 11h: fonts. */
function fonts(f: Frame): void {
  const function_number = al(f);
  const block = low(f.ebx);
  const isText = kind() == video.KIND_TEXT;
  switch (function_number & 0x2f) {
    case 0x00:
      modes.load_font(linear(f.es, f.ebp), f.ecx & 0xffff, f.edx & 0xff, high(f.ebx), block);
      break;
    case 0x01:
      modes.load_font(<usize>video.FONT_14, 256, 0, 14, block);
      break;
    case 0x02:
      modes.load_font(<usize>video.FONT_8, 256, 0, 8, block);
      break;
    case 0x03:
      modes.sequencer(3, block);
      return;
    case 0x04:
      modes.load_font(<usize>video.FONT_16, 256, 0, 16, block);
      break;
    case 0x20:
      // The upper half of the low font, where graphics modes of the CGA look for it.
      if (function_number == 0x20) store<u32>(VECTOR_1F, (f.es << 16) | (f.ebp & 0xffff));
      else font_address(f);
      return;
    case 0x21:
      store<u32>(VECTOR_43, (f.es << 16) | (f.ebp & 0xffff));
      store<u8>(area.CHARACTER_HEIGHT, <u8>f.ecx);
      return;
    case 0x22:
    case 0x23:
    case 0x24: {
      const height: u32 = function_number == 0x22 ? 14 : function_number == 0x23 ? 8 : 16;
      store<u32>(VECTOR_43, modes.far_pointer(modes.font_of_height(height)));
      store<u8>(area.CHARACTER_HEIGHT, <u8>height);
      return;
    }
    default:
      return;
  }
  if (!isText || !(function_number & 0x10)) return;
  const height: u32 =
    function_number == 0x10 ? high(f.ebx) : function_number == 0x11 ? 14 : function_number == 0x12 ? 8 : 16;
  modes.set_character_height(height);
  text.shape_cursor(0x0607);
}

/** AX = 1130h: which font BH names is where. */
function font_address(f: Frame): void {
  let address: usize = <usize>video.FONT_16;
  switch (high(f.ebx)) {
    case 0:
    case 1: {
      const vector: u32 = load<u32>(high(f.ebx) ? VECTOR_43 : VECTOR_1F);
      f.es = <u16>(vector >> 16);
      f.ebp = (f.ebp & 0xffff0000) | (vector & 0xffff);
      set_cx(f, load<u8>(area.CHARACTER_HEIGHT));
      f.edx = (f.edx & 0xffffff00) | load<u8>(area.ROWS);
      return;
    }
    case 2:
    case 5:
      address = <usize>video.FONT_14;
      break;
    case 3:
      address = <usize>video.FONT_8;
      break;
    case 4:
      address = <usize>video.FONT_8 + 8 * 128;
      break;
    default:
      break;
  }
  const pointer = modes.far_pointer(address);
  f.es = <u16>(pointer >> 16);
  f.ebp = (f.ebp & 0xffff0000) | (pointer & 0xffff);
  set_cx(f, load<u8>(area.CHARACTER_HEIGHT));
  f.edx = (f.edx & 0xffffff00) | load<u8>(area.ROWS);
}

export function video_service(f: Frame): void {
  switch (ah(f)) {
    case 0x00:
      set_mode(al(f));
      set_al(f, (al(f) & 0x7f) > 7 ? 0x20 : (al(f) & 0x7f) == 6 ? 0x3f : 0x30);
      return;
    case 0x01:
      text.shape_cursor(f.ecx & 0xffff);
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
      teletype(active(), al(f), kind() == video.KIND_TEXT ? text.SAME_ATTRIBUTE : low(f.ebx));
      return;
    case 0x0b:
      // CGA: BH = 0 the background, BH = 1 one of two sets of colours.
      if (kind() == video.KIND_PAIRS) cga_colours(high(f.ebx), low(f.ebx));
      return;
    case 0x0c:
      write_dot(f.ecx & 0xffff, f.edx & 0xffff, al(f));
      return;
    case 0x0d:
      set_al(f, read_dot(f.ecx & 0xffff, f.edx & 0xffff));
      return;
    case 0x0f:
      set_ax(f, (columns() << 8) | load<u8>(area.VIDEO_MODE));
      set_bx(f, (f.ebx & 0xff) | (active() << 8));
      return;
    case 0x10:
      palette(f);
      return;
    case 0x11:
      fonts(f);
      return;
    case 0x12:
      // BL = 10h: colour, 256 KiB.
      if (low(f.ebx) == 0x10) {
        set_bx(f, 0x0003);
        set_cx(f, 0x0009);
      } else if (low(f.ebx) >= 0x30 && low(f.ebx) <= 0x36) set_al(f, 0x12);
      return;
    case 0x13:
      write_string(f);
      return;
    case 0x1a:
      set_al(f, 0x1a);
      set_bx(f, VGA_COLOUR);
      return;
    case 0x4f:
      vbe_service(f);
      return;
    default:
      return;
  }
}

function cga_colours(which: u32, value: u32): void {
  if (which == 0) {
    attribute_register(0, (value & 7) | ((value & 8) << 1));
    return;
  }
  const light = read_attribute(1) & 0x10;
  for (let i: u32 = 1; i < 4; i++) attribute_register(i, (2 * i + (value & 1)) | light);
}
