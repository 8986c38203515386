// The picture that a VGA sends to its monitor, as pixels.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), VGA function.
// Left out: the border; blinking, whose characters are always shown; the change of registers within a picture.

import type { BochsDisplay, LinearMode } from "./bochs-display";
import type { CrtController } from "./vga-crtc";
import type { VgaMemory } from "./vga-memory";
import * as r from "./vga-registers";

export interface Picture {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and 255, from left to right and from top to bottom. */
  readonly pixels: Uint8Array;
}

const FONT_ROWS = 32;
const FONT_MAP = 2;
const LINES_FIRST = 0xc0;
const LINES_LAST = 0xdf;
const UNDERLINED = 0x01;
const UNDERLINE_MASK = 0x77;
const OPAQUE = 0xff000000;
const BLACK = OPAQUE;

export class VgaPicture {
  constructor(
    private readonly registers: r.VgaRegisters,
    private readonly crtc: CrtController,
    private readonly memory: VgaMemory,
    private readonly linear: BochsDisplay,
  ) {}

  /** Whether the display is on. */
  get isOn(): boolean {
    const { sequencer, attributeIndex } = this.registers;
    const isOff = sequencer[r.SEQUENCER_CLOCKING] & r.CLOCKING_SCREEN_OFF;
    return !isOff && (attributeIndex & r.ATTRIBUTE_DISPLAY) !== 0;
  }

  get isText(): boolean {
    return !(this.registers.graphics[r.GRAPHICS_MISCELLANEOUS] & r.GRAPHICS_MODE) && !this.linear.isOn;
  }

  take(): Picture {
    if (this.linear.isOn) return this.linearPicture(this.linear.mode);
    const { crtc } = this;
    const clocking = this.registers.sequencer[r.SEQUENCER_CLOCKING];
    const dots = this.isText && !(clocking & r.CLOCKING_8_DOTS) ? 9 : 8;
    const scale = clocking & r.CLOCKING_HALF ? 2 : 1;
    const line = new Uint32Array((crtc.characters + 1) * dots);
    const width = crtc.characters * dots * scale;
    const pixels = new Uint32Array(width * crtc.lines).fill(BLACK);
    if (this.isOn) {
      const drawLine = this.isText ? this.textDrawer(dots) : this.graphicsDrawer();
      const panning = this.panning(dots);
      for (let y = 0; y < crtc.lines; y++) {
        drawLine(y, line);
        for (let x = 0; x < width; x++) pixels[y * width + x] = line[(scale === 2 ? x >> 1 : x) + panning];
      }
    }
    return { width, height: crtc.lines, pixels: new Uint8Array(pixels.buffer) };
  }

  /** Dots by which lines begin further right. */
  private panning(dots: number): number {
    const count = this.registers.attribute[r.ATTRIBUTE_PANNING];
    if (dots === 9) return (count + 1) % 9;
    return (this.registers.graphics[r.GRAPHICS_WRITE_MODE] & r.SHIFT_256 ? count & 6 : count) % 8;
  }

  private textDrawer(dots: number): LineDrawer {
    const { crtc, memory } = this;
    const { attribute } = this.registers;
    const colours = this.attributeColours();
    const blinks = (attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_BLINKS) !== 0;
    const joins = (attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_LINES) !== 0;
    const [fontB, fontA] = this.fonts();
    const underline = this.registers.crtc[r.CRTC_UNDERLINE] & r.SCAN_LINE_MASK;
    return (y, line) => {
      const { counter, scan } = crtc.lineAt(y);
      for (let column = 0; column <= crtc.characters; column++) {
        const cell = memory.word(crtc.address(counter + column, 0));
        const character = cell & 0xff;
        const look = (cell >>> 8) & 0xff;
        const font = look & 8 ? fontA : fontB;
        let glyph = (memory.word(font + character * FONT_ROWS + scan) >>> (8 * FONT_MAP)) & 0xff;
        if (scan === underline && (look & UNDERLINE_MASK) === UNDERLINED) glyph = 0xff;
        if (this.isCursor(counter + column, scan)) glyph = 0xff;
        const front = colours[look & 0x0f];
        const back = colours[(look >> 4) & (blinks ? 7 : 0x0f)];
        const at = column * dots;
        for (let dot = 0; dot < 8; dot++) line[at + dot] = glyph & (0x80 >> dot) ? front : back;
        if (dots === 9) {
          const isJoined = (joins && character >= LINES_FIRST && character <= LINES_LAST) || glyph === 0xff;
          line[at + 8] = isJoined && glyph & 1 ? front : back;
        }
      }
    };
  }

  private isCursor(counter: number, scan: number): boolean {
    const { crtc } = this.registers;
    if (counter !== this.crtc.cursor || crtc[r.CRTC_CURSOR_START] & r.CURSOR_OFF) return false;
    const first = crtc[r.CRTC_CURSOR_START] & r.SCAN_LINE_MASK;
    return scan >= first && scan <= (crtc[r.CRTC_CURSOR_END] & r.SCAN_LINE_MASK);
  }

  /** Addresses of the two fonts, for attributes with bit 3 clear and set. */
  private fonts(): [number, number] {
    const select = this.registers.sequencer[r.SEQUENCER_FONTS];
    const address = (low: number, high: number) => low * 0x4000 + high * 0x2000;
    return [address(select & 3, (select >> 4) & 1), address((select >> 2) & 3, (select >> 5) & 1)];
  }

  private graphicsDrawer(): LineDrawer {
    const { crtc, memory } = this;
    const [draw, colours] = this.shifting();
    return (y, line) => {
      const { counter, scan } = crtc.lineAt(y);
      for (let column = 0; column <= crtc.characters; column++)
        draw(memory.word(crtc.address(counter + column, scan)), line, 8 * column, colours);
    };
  }

  /** How bits become dots, and the colours that these have. */
  private shifting(): [Drawer, Uint32Array] {
    const shift = this.registers.graphics[r.GRAPHICS_WRITE_MODE];
    if (!(shift & r.SHIFT_256))
      return [shift & r.SHIFT_PAIRS ? drawPairs : drawMaps, this.attributeColours()];
    const isWhole = this.registers.attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_256;
    return isWhole ? [drawBytes, this.dacColours()] : [drawNibbles, this.attributeColours()];
  }

  /** What the attribute controller and the DAC make of 4 bits. */
  private attributeColours(): Uint32Array {
    const { attribute } = this.registers;
    const dac = this.dacColours();
    const select = attribute[r.ATTRIBUTE_SELECT];
    return Uint32Array.from({ length: 16 }, (_, colour) => {
      let index = attribute[colour & attribute[r.ATTRIBUTE_PLANES]];
      if (attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_SELECTS_45) index = (index & 0x0f) | ((select & 3) << 4);
      return dac[index | ((select & 0x0c) << 4)];
    });
  }

  /** The DAC's colours as pixels. */
  private dacColours(): Uint32Array {
    const { palette, dacMask } = this.registers;
    const wide = this.linear.hasWideDac;
    const level = (value: number) => (wide ? value : (value << 2) | (value >> 4));
    return Uint32Array.from({ length: 256 }, (_, index) => {
      const at = 3 * (index & dacMask);
      return pixel(level(palette[at]), level(palette[at + 1]), level(palette[at + 2]));
    });
  }

  private linearPicture(mode: LinearMode): Picture {
    const { columns, lines } = mode;
    const pixels = new Uint32Array(columns * lines);
    const line = new Uint32Array(columns + 8);
    const read = this.linearReader(mode);
    for (let y = 0; y < lines; y++) {
      read(mode.start + y * mode.pitch, line);
      pixels.set(line.subarray(0, columns), y * columns);
    }
    return { width: columns, height: lines, pixels: new Uint8Array(pixels.buffer) };
  }

  /** Reads a line's pixels from its first byte on. */
  private linearReader({ columns, bits }: LinearMode): (at: number, line: Uint32Array) => void {
    const { memory } = this;
    if (bits === 4) {
      const colours = this.attributeColours();
      return (at, line) => {
        for (let x = 0; x < columns; x += 8) drawMaps(memory.word(at + (x >> 3)), line, x, colours);
      };
    }
    const bytes = memory.bytes;
    const size = (bits + 7) >> 3;
    const dac = this.dacColours();
    const value = (at: number) => {
      let whole = 0;
      for (let i = 0; i < size; i++) whole |= (bytes[at + i] ?? 0) << (8 * i);
      return whole;
    };
    const convert = bits === 8 ? (whole: number) => dac[whole] : TRUE_COLOURS[bits];
    return (at, line) => {
      for (let x = 0; x < columns; x++) line[x] = convert(value(at + x * size));
    };
  }
}

type LineDrawer = (y: number, line: Uint32Array) => void;
type Drawer = (word: number, line: Uint32Array, at: number, colours: Uint32Array) => void;

/** A dot from a bit of each map. */
const drawMaps: Drawer = (word, line, at, colours) => {
  for (let dot = 0; dot < 8; dot++) {
    const bits = word >>> (7 - dot);
    line[at + dot] = colours[(bits & 1) | ((bits >> 7) & 2) | ((bits >> 14) & 4) | ((bits >> 21) & 8)];
  }
};

/** Two bits a dot: four dots from map 0 (with 2 above it), four from map 1 (with 3). */
const drawPairs: Drawer = (word, line, at, colours) => {
  for (let dot = 0; dot < 8; dot++) {
    const shift = (dot < 4 ? 0 : 8) + 6 - 2 * (dot & 3);
    line[at + dot] = colours[((word >>> shift) & 3) | (((word >>> (shift + 16)) & 3) << 2)];
  }
};

/** A byte from each map in turn, two dots wide. */
const drawBytes: Drawer = (word, line, at, colours) => {
  for (let dot = 0; dot < 8; dot++) line[at + dot] = colours[(word >>> (8 * (dot >> 1))) & 0xff];
};

/** As drawBytes, without the 8-bit mode of the attribute controller: the bytes' halves are colours. */
const drawNibbles: Drawer = (word, line, at, colours) => {
  for (let dot = 0; dot < 8; dot++) line[at + dot] = colours[(word >>> (4 * (dot ^ 1))) & 0x0f];
};

function pixel(red: number, green: number, blue: number): number {
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}

const five = (value: number) => ((value & 31) << 3) | ((value & 31) >> 2);
const six = (value: number) => ((value & 63) << 2) | ((value & 63) >> 4);
const eight = (whole: number) => pixel((whole >> 16) & 0xff, (whole >> 8) & 0xff, whole & 0xff);

/** A pixel from its number, by depth. */
const TRUE_COLOURS: Readonly<Record<number, (whole: number) => number>> = {
  15: (whole) => pixel(five(whole >> 10), five(whole >> 5), five(whole)),
  16: (whole) => pixel(five(whole >> 11), six(whole >> 5), five(whole)),
  24: eight,
  32: eight,
};
