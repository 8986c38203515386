// The standard modes: what a BIOS writes into the VGA's registers, and the colours it loads.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), register values of the modes and DAC
// contents; IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h.

import * as video from "../abi/video";
import { KIND_BITS, KIND_BYTES, KIND_MAPS, KIND_PAIRS, KIND_TEXT } from "../abi/video";
import { PALETTE_CGA, PALETTE_EGA, PALETTE_GREY, PALETTE_VGA } from "../abi/video";

interface VideoMode {
  readonly number: number;
  /** How dots are kept, and which colours are loaded: numbers of abi/video. */
  readonly kind: number;
  readonly palette: number;
  /** Of characters. */
  readonly columns: number;
  readonly rows: number;
  /** Scan lines of a character. */
  readonly height: number;
  readonly pageBytes: number;
  readonly miscellaneous: number;
  /** Registers 1 to 4 of the sequencer. */
  readonly sequencer: readonly number[];
  readonly crtc: readonly number[];
  readonly attribute: readonly number[];
  readonly graphics: readonly number[];
}

const hex = (text: string) => [...text.replaceAll(" ", "").matchAll(/../g)].map(([two]) => parseInt(two, 16));

/** The attribute controller: 16 colours, then mode, overscan, planes, panning. */
const CGA_TEXT = hex("000102030405140738393a3b3c3d3e3f 0c000f08");
const CGA_16 = hex("0001020304050607 1011121314151617 01000f00");
const EGA_16 = hex("000102030405140738393a3b3c3d3e3f 01000f00");
const CGA_4 = hex("0013151702040607 1011121314151617 01000300");
const CGA_2 = hex("0017171717171717 1717171717171717 01000100");
const MONOCHROME_TEXT = hex("0008080808080808 1018181818181818 0e000f08");
const MONOCHROME_MAPS = hex("0008000018180000 0008000000180000 0b000500");
const TWO_COLOURS = hex("003f003f003f003f 003f003f003f003f 01000f00");
const BYTES_256 = hex("0001020304050607 08090a0b0c0d0e0f 41000f00");

const GRAPHICS_TEXT = hex("0000000000100e0fff");
const GRAPHICS_MAPS = hex("000000000000050fff");

/** The CRT controller's first 9 registers: 40 and 80 columns of text and graphics. */
const TEXT_40 = "2d2728902ba0bf1f00";
const TEXT_80 = "5f4f50825581bf1f00";
const DOTS_320 = "2d2728902b80bf1f00";
const DOTS_640 = "5f4f50825480bf1f00";
const DOTS_480 = "5f4f508254800b3e00";
const NO_CURSOR = "000000000000";
const CURSOR = "0d0e00000000";

function mode(
  [number, kind, palette]: [number, number, number],
  [columns, rows, height, pageBytes]: [number, number, number, number],
  miscellaneous: number,
  sequencer: string,
  crtc: string,
  attribute: readonly number[],
  graphics: readonly number[],
): VideoMode {
  const size = { columns, rows, height, pageBytes };
  return {
    ...{ number, kind, palette, ...size, miscellaneous, attribute, graphics },
    ...{ sequencer: hex(sequencer), crtc: hex(crtc) },
  };
}

const textMode = (number: number, columns: 40 | 80) =>
  mode(
    [number, KIND_TEXT, PALETTE_EGA],
    [columns, 25, 16, columns === 40 ? 0x800 : 0x1000],
    0x67,
    columns === 40 ? "08030002" : "00030002",
    `${columns === 40 ? TEXT_40 : TEXT_80}4f${CURSOR} 9c8e8f${columns === 40 ? "14" : "28"}1f96b9a3ff`,
    CGA_TEXT,
    GRAPHICS_TEXT,
  );

const cgaMode = (number: number) =>
  mode(
    [number, KIND_PAIRS, PALETTE_CGA],
    [40, 25, 8, 0x4000],
    0x63,
    "09030002",
    `${DOTS_320}c1${NO_CURSOR} 9c8e8f140096b9a2ff`,
    CGA_4,
    hex("0000000000300f0fff"),
  );

const VIDEO_MODES: readonly VideoMode[] = [
  textMode(0x00, 40),
  textMode(0x01, 40),
  textMode(0x02, 80),
  textMode(0x03, 80),
  cgaMode(0x04),
  cgaMode(0x05),
  mode(
    [0x06, KIND_BITS, PALETTE_CGA],
    [80, 25, 8, 0x4000],
    0x63,
    "01010006",
    `${DOTS_640}c1${NO_CURSOR} 9c8e8f280096b9c2ff`,
    CGA_2,
    hex("0000000000000d0fff"),
  ),
  mode(
    [0x07, KIND_TEXT, PALETTE_GREY],
    [80, 25, 16, 0x1000],
    0x66,
    "00030002",
    `${TEXT_80}4f${CURSOR} 9c8e8f280f96b9a3ff`,
    MONOCHROME_TEXT,
    hex("0000000000100a0fff"),
  ),
  mode(
    [0x0d, KIND_MAPS, PALETTE_CGA],
    [40, 25, 8, 0x2000],
    0x63,
    "090f0006",
    `${DOTS_320}c0${NO_CURSOR} 9c8e8f140096b9e3ff`,
    CGA_16,
    GRAPHICS_MAPS,
  ),
  mode(
    [0x0e, KIND_MAPS, PALETTE_CGA],
    [80, 25, 8, 0x4000],
    0x63,
    "010f0006",
    `${DOTS_640}c0${NO_CURSOR} 9c8e8f280096b9e3ff`,
    CGA_16,
    GRAPHICS_MAPS,
  ),
  mode(
    [0x0f, KIND_MAPS, PALETTE_GREY],
    [80, 25, 14, 0x8000],
    0xa3,
    "010f0006",
    `${DOTS_640}40${NO_CURSOR} 83855d280f63bae3ff`,
    MONOCHROME_MAPS,
    hex("0000000000000505ff"),
  ),
  mode(
    [0x10, KIND_MAPS, PALETTE_EGA],
    [80, 25, 14, 0x8000],
    0xa3,
    "010f0006",
    `${DOTS_640}40${NO_CURSOR} 83855d280f63bae3ff`,
    EGA_16,
    GRAPHICS_MAPS,
  ),
  mode(
    [0x11, KIND_MAPS, PALETTE_EGA],
    [80, 30, 16, 0xa000],
    0xe3,
    "010f0006",
    `${DOTS_480}40${NO_CURSOR} ea8cdf2800e704e3ff`,
    TWO_COLOURS,
    GRAPHICS_MAPS,
  ),
  mode(
    [0x12, KIND_MAPS, PALETTE_EGA],
    [80, 30, 16, 0xa000],
    0xe3,
    "010f0006",
    `${DOTS_480}40${NO_CURSOR} ea8cdf2800e704e3ff`,
    EGA_16,
    GRAPHICS_MAPS,
  ),
  mode(
    [0x13, KIND_BYTES, PALETTE_VGA],
    [40, 25, 8, 0x2000],
    0x63,
    "010f000e",
    `${DOTS_640}41${NO_CURSOR} 9c8e8f284096b9a3ff`,
    BYTES_256,
    hex("000000000040050fff"),
  ),
];

/** The mode that a PC starts in. */
export const MODE_3 = VIDEO_MODES.find(({ number }) => number === 3)!;

/** The modes as the BIOS has them in its ROM. */
export function videoModeTable(): Uint8Array {
  const table = new Uint8Array(VIDEO_MODES.length * video.MODE_BYTES);
  VIDEO_MODES.forEach((one, i) => {
    const { number, kind, palette, columns, rows, height, pageBytes, miscellaneous } = one;
    const sizes = [columns, rows - 1, height, pageBytes & 0xff, pageBytes >> 8];
    const registers = [...one.sequencer, miscellaneous, ...one.crtc, ...one.attribute, ...one.graphics];
    table.set([number, kind, palette, 0, ...sizes, ...registers], i * video.MODE_BYTES);
  });
  return table;
}

/** Levels of a third and two thirds of the DAC's 63. */
const THIRD = 21;
const MOST = 63;

/** Colours of a set, 3 bytes each: red, green, blue. */
export function paletteColours(kind: number): Uint8Array {
  if (kind === PALETTE_VGA) return Uint8Array.from(vgaColours().flat());
  return Uint8Array.from(Array.from({ length: 64 }, (_, colour) => COLOURS[kind](colour)).flat());
}

const COLOURS: Readonly<Record<number, (colour: number) => number[]>> = {
  [PALETTE_EGA]: egaColour,
  [PALETTE_CGA]: (colour) => cgaColour((colour & 7) | ((colour & 0x10) >> 1)),
  [PALETTE_GREY]: (colour) => Array<number>(3).fill([0, 2 * THIRD, THIRD, MOST][(colour >> 3) & 3]),
};

/** Two bits a gun: red's are 2 and 5, green's 1 and 4, blue's 0 and 3; two thirds and one third. */
function egaColour(colour: number): number[] {
  return [0, 1, 2].map(
    (gun) => 2 * THIRD * ((colour >> (2 - gun)) & 1) + THIRD * ((colour >> (5 - gun)) & 1),
  );
}

/** Intensity, red, green, blue; the dark yellow is brown. */
function cgaColour(colour: number): number[] {
  const light = colour & 8 ? THIRD : 0;
  const guns = [2, 1, 0].map((bit) => 2 * THIRD * ((colour >> bit) & 1) + light);
  return colour === 6 ? [2 * THIRD, THIRD, 0] : guns;
}

const GREYS = [0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63];
/** Five levels between a hue's weakest and strongest gun: three intensities of three saturations. */
const LEVELS = [
  [0, 16, 31, 47, 63],
  [31, 39, 47, 55, 63],
  [45, 49, 54, 58, 63],
  [0, 7, 14, 21, 28],
  [14, 17, 21, 24, 28],
  [20, 22, 24, 26, 28],
  [0, 4, 8, 12, 16],
  [8, 10, 12, 14, 16],
  [11, 12, 13, 15, 16],
];
const HUES = 24;

/** Sixteen of the CGA's, sixteen greys, nine circles of hues, eight blacks. */
function vgaColours(): number[][] {
  const base = Array.from({ length: 16 }, (_, colour) => cgaColour(colour));
  const greys = GREYS.map((level) => [level, level, level]);
  const hues = LEVELS.flatMap((levels) =>
    Array.from({ length: HUES }, (_, hue) => [0, 16, 8].map((turn) => levels[hueLevel(hue + turn)])),
  );
  return [...base, ...greys, ...hues, ...Array.from({ length: 8 }, () => [0, 0, 0])];
}

/** A gun's level on a circle of 24 hues: up for four, full for eight, down for four, none for eight. */
function hueLevel(hue: number): number {
  const at = hue % HUES;
  return at <= 12 ? Math.min(at, 4) : Math.max(0, 16 - at);
}
