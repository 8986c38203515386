// What the BIOS's ROM has for the display: fonts, and the registers and colours of the standard modes. The build makes them
// of the host's tables.

/** How a mode keeps its dots: not at all, pairs of bits, bits, a bit in each map, bytes. */
export const KIND_TEXT = 0;
export const KIND_PAIRS = 1;
export const KIND_BITS = 2;
export const KIND_MAPS = 3;
export const KIND_BYTES = 4;

export const PALETTE_EGA = 0;
export const PALETTE_CGA = 1;
export const PALETTE_GREY = 2;
export const PALETTE_VGA = 3;
/** Bytes from a palette to the next: 64 colours, but for the last. */
export const PALETTE_BYTES = 192;

export const FONT_16 = 0xfc000;
export const FONT_14 = 0xfd000;
export const FONT_8 = 0xfde00;
export const VIDEO_MODES_BASE = 0xfe600;
export const PALETTES_BASE = 0xfea80;
/** Where programs of the PC look for the first half of the low font. */
export const FONT_8_OF_PC = 0xffa6e;

/** A mode's entry: number, kind, palette, then IBM's table of video parameters. */
export const MODE_NUMBER = 0;
export const MODE_KIND = 1;
export const MODE_PALETTE = 2;
export const MODE_PARAMETERS = 4;
/** In the parameters. */
export const PARAMETER_COLUMNS = 0;
export const PARAMETER_ROWS = 1;
export const PARAMETER_HEIGHT = 2;
export const PARAMETER_PAGE_BYTES = 3;
export const PARAMETER_SEQUENCER = 5;
export const PARAMETER_MISCELLANEOUS = 9;
export const PARAMETER_CRTC = 10;
export const PARAMETER_ATTRIBUTE = 35;
export const PARAMETER_GRAPHICS = 55;
export const MODE_BYTES = 68;
export const MODE_COUNT = 15;
export const SEQUENCER_COUNT = 4;
export const CRTC_COUNT = 25;
export const ATTRIBUTE_COUNT = 20;
export const GRAPHICS_COUNT = 9;
