// Register numbers and bits of the VGA (IBM PS/2 Hardware Interface Technical Reference, Video Subsystems, 1992).

/** Ports that answer whatever the display. */
export const VGA_PORT = 0x3c0;
export const VGA_PORTS = 0x10;
export const ATTRIBUTE_PORT = 0x3c0;
export const ATTRIBUTE_READ_PORT = 0x3c1;
/** Read: input status 0. */
export const MISCELLANEOUS_WRITE_PORT = 0x3c2;
export const SEQUENCER_INDEX_PORT = 0x3c4;
export const SEQUENCER_DATA_PORT = 0x3c5;
export const DAC_MASK_PORT = 0x3c6;
/** Read: the DAC's state. */
export const DAC_READ_INDEX_PORT = 0x3c7;
export const DAC_WRITE_INDEX_PORT = 0x3c8;
export const DAC_DATA_PORT = 0x3c9;
export const FEATURE_READ_PORT = 0x3ca;
export const MISCELLANEOUS_READ_PORT = 0x3cc;
export const GRAPHICS_INDEX_PORT = 0x3ce;
export const GRAPHICS_DATA_PORT = 0x3cf;

/** Ports of the CRT controller: at 0x3Bx in monochrome modes, at 0x3Dx in colour modes. */
export const MONOCHROME_BASE = 0x3b0;
export const COLOUR_BASE = 0x3d0;
export const CRTC_INDEX = 4;
export const CRTC_DATA = 5;
/** Read: input status 1. Write: feature control. */
export const STATUS_1 = 10;

export const MISCELLANEOUS_COLOUR = 0x01;
export const MISCELLANEOUS_RAM = 0x02;

/** Input status 0: the switch sense bit, as with a colour display. */
export const STATUS_0_SENSE = 0x10;
export const STATUS_1_NO_DISPLAY = 0x01;
export const STATUS_1_VERTICAL_RETRACE = 0x08;

export const CRTC_HORIZONTAL_TOTAL = 0x00;
export const CRTC_HORIZONTAL_END = 0x01;
export const CRTC_VERTICAL_TOTAL = 0x06;
/** Bits 8 and 9 of vertical counts: total 0 and 5, display end 1 and 6, retrace start 2 and 7; line compare's 4. */
export const CRTC_OVERFLOW = 0x07;
export const CRTC_MAXIMUM_SCAN_LINE = 0x09;
export const CRTC_CURSOR_START = 0x0a;
export const CRTC_CURSOR_END = 0x0b;
export const CRTC_START_HIGH = 0x0c;
export const CRTC_START_LOW = 0x0d;
export const CRTC_CURSOR_HIGH = 0x0e;
export const CRTC_CURSOR_LOW = 0x0f;
export const CRTC_RETRACE_START = 0x10;
export const CRTC_RETRACE_END = 0x11;
export const CRTC_VERTICAL_END = 0x12;
export const CRTC_OFFSET = 0x13;

export const SCAN_LINE_MASK = 0x1f;
export const CURSOR_OFF = 0x20;
/** Of the retrace end register: registers 0 to 7 are read-only, but for bit 4 of register 7. */
export const CRTC_PROTECT = 0x80;
export const OVERFLOW_LINE_COMPARE = 0x10;

export const SEQUENCER_CLOCKING = 0x01;
export const SEQUENCER_MAP_MASK = 0x02;
export const SEQUENCER_MEMORY_MODE = 0x04;
export const CLOCKING_SCREEN_OFF = 0x20;
/** Clear: even addresses go to the even maps, odd ones to the odd maps. */
export const MEMORY_SEQUENTIAL = 0x04;

export const GRAPHICS_MISCELLANEOUS = 0x06;
export const GRAPHICS_MODE = 0x01;
/** Bits 2 and 3: which addresses the adapter's memory has. */
export const MEMORY_MAP_SHIFT = 2;

/** Bit 5 of the attribute index: the palette belongs to the display, which is blank without it. */
export const ATTRIBUTE_DISPLAY = 0x20;
export const ATTRIBUTE_INDEX_MASK = 0x1f;
export const ATTRIBUTE_MODE = 0x10;
export const ATTRIBUTE_BLINKS = 0x08;

/** The bits that exist of each register. */
export const SEQUENCER_BITS = [0x03, 0x3d, 0x0f, 0x3f, 0x0e];
export const GRAPHICS_BITS = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff];
export const ATTRIBUTE_BITS = [...Array<number>(16).fill(0x3f), 0xef, 0xff, 0x3f, 0x0f, 0x0f];
export const CRTC_BITS = Array<number>(25).fill(0xff);

/** Mode 3, 80 by 25 characters of 9 by 16 dots, as the BIOS sets it. */
export const MODE_3 = {
  miscellaneous: 0x67,
  sequencer: [0x03, 0x00, 0x03, 0x00, 0x02],
  crtc: [
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c,
    0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
  ],
  graphics: [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x0f, 0xff],
  attribute: [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c,
    0x00, 0x0f, 0x08, 0x00,
  ],
} as const;

/** The DAC's first 64 colours in mode 3: two bits each of red, green and blue, as on the EGA. */
export function mode3Palette(): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let colour = 0; colour < 64; colour++) {
    for (let gun = 0; gun < 3; gun++) {
      // Red's bits are 2 and 5, green's 1 and 4, blue's 0 and 3; two thirds and one third of the full 63.
      const strong = (colour >> (2 - gun)) & 1;
      const weak = (colour >> (5 - gun)) & 1;
      palette[3 * colour + gun] = 42 * strong + 21 * weak;
    }
  }
  return palette;
}
