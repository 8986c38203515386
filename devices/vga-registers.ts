// Register numbers and bits of the VGA (IBM PS/2 Hardware Interface Technical Reference, Video Subsystems, 1992).

/** What the rest of the adapter looks at. */
export interface VgaRegisters {
  readonly miscellaneous: number;
  readonly crtc: Uint8Array;
  readonly sequencer: Uint8Array;
  readonly graphics: Uint8Array;
  readonly attribute: Uint8Array;
  /** Red, green and blue of 256 colours, 6 bits each (8 with the linear extension's wide DAC). */
  readonly palette: Uint8Array;
  readonly dacMask: number;
  readonly attributeIndex: number;
}

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
/** The latch of the vertical interrupt. */
export const STATUS_0_INTERRUPT = 0x80;
export const STATUS_1_NO_DISPLAY = 0x01;
export const STATUS_1_VERTICAL_RETRACE = 0x08;

export const CRTC_HORIZONTAL_TOTAL = 0x00;
export const CRTC_HORIZONTAL_END = 0x01;
export const CRTC_VERTICAL_TOTAL = 0x06;
/** Bits 8 and 9 of vertical counts: total 0 and 5, display end 1 and 6, retrace start 2 and 7; line compare's 4. */
export const CRTC_OVERFLOW = 0x07;
export const CRTC_MAXIMUM_SCAN_LINE = 0x09;
export const CRTC_PRESET_ROW = 0x08;
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
export const CRTC_UNDERLINE = 0x14;
export const CRTC_MODE = 0x17;
export const CRTC_LINE_COMPARE = 0x18;

/** Of the maximum scan line: each line is shown twice; bit 9 of the line compare. */
export const SCAN_LINE_DOUBLED = 0x80;
export const SCAN_LINE_COMPARE_9 = 0x40;
/** Of the underline register: addresses are counted in words of 4. */
export const DOUBLE_WORDS = 0x40;
/** Of the mode control: clear, address bits 13 and 14 are the row's scan lines'. */
export const MODE_NO_LINE_13 = 0x01;
export const MODE_NO_LINE_14 = 0x02;
/** In word mode the bit that goes round comes from address bit 15, or from 13. */
export const MODE_WRAP_15 = 0x20;
export const MODE_BYTES = 0x40;

export const SCAN_LINE_MASK = 0x1f;
export const CURSOR_OFF = 0x20;
/** Of the retrace end register: registers 0 to 7 are read-only, but for bit 4 of register 7. */
export const CRTC_PROTECT = 0x80;
/** Of the same register: clear, the latch of the interrupt is held clear; set, the latch does not interrupt. */
export const RETRACE_LATCHES = 0x10;
export const RETRACE_NO_INTERRUPT = 0x20;
export const OVERFLOW_LINE_COMPARE = 0x10;

export const SEQUENCER_CLOCKING = 0x01;
export const SEQUENCER_MAP_MASK = 0x02;
export const SEQUENCER_MEMORY_MODE = 0x04;
export const SEQUENCER_FONTS = 0x03;
export const CLOCKING_8_DOTS = 0x01;
export const CLOCKING_HALF = 0x08;
export const CLOCKING_SCREEN_OFF = 0x20;
/** Clear: even addresses go to the even maps, odd ones to the odd maps. */
export const MEMORY_SEQUENTIAL = 0x04;
/** The address' low two bits choose a map. */
export const MEMORY_CHAIN_4 = 0x08;

export const GRAPHICS_SET_RESET = 0x00;
export const GRAPHICS_ENABLE_SET_RESET = 0x01;
export const GRAPHICS_COMPARE = 0x02;
/** Bits 0-2 rotate, bits 3 and 4 the logical function. */
export const GRAPHICS_ROTATE = 0x03;
export const GRAPHICS_READ_MAP = 0x04;
export const GRAPHICS_WRITE_MODE = 0x05;
export const READ_COMPARES = 0x08;
/** Of the mode register: two bits a dot from the even and the odd maps; eight bits a dot. */
export const SHIFT_PAIRS = 0x20;
export const SHIFT_256 = 0x40;
export const GRAPHICS_DO_CARE = 0x07;
export const GRAPHICS_BIT_MASK = 0x08;

export const GRAPHICS_MISCELLANEOUS = 0x06;
export const GRAPHICS_MODE = 0x01;
/** Bits 2 and 3: which addresses the adapter's memory has. */
export const MEMORY_MAP_SHIFT = 2;

/** Bit 5 of the attribute index: the palette belongs to the display, which is blank without it. */
export const ATTRIBUTE_DISPLAY = 0x20;
export const ATTRIBUTE_INDEX_MASK = 0x1f;
export const ATTRIBUTE_MODE = 0x10;
/** Box lines' characters fill their ninth column. */
export const ATTRIBUTE_LINES = 0x04;
export const ATTRIBUTE_BLINKS = 0x08;
export const ATTRIBUTE_256 = 0x40;
/** Bits 4 and 5 of a colour come from the colour select register. */
export const ATTRIBUTE_SELECTS_45 = 0x80;
export const ATTRIBUTE_PLANES = 0x12;
export const ATTRIBUTE_PANNING = 0x13;
export const ATTRIBUTE_SELECT = 0x14;

/** The bits that exist of each register. */
export const SEQUENCER_BITS = [0x03, 0x3d, 0x0f, 0x3f, 0x0e];
export const GRAPHICS_BITS = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff];
export const ATTRIBUTE_BITS = [...Array<number>(16).fill(0x3f), 0xef, 0xff, 0x3f, 0x0f, 0x0f];
export const CRTC_BITS = Array<number>(25).fill(0xff);
