// A VGA in text mode: CRT controller, sequencer, graphics and attribute controllers, DAC.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), VGA function.
// Left out: graphics modes and the fonts, so that of the four memory maps only 0 and 1, characters and attributes, exist,
// at 0xB8000 or 0xB0000; the latches and write modes in front of them; panning and the split screen; the interrupt of
// the vertical retrace; the dot clock that the miscellaneous register selects (lines always take 31.8 us for 100 characters).

import { type Device, type PortBus, type SavedState, OPEN_BUS, restoreFields } from "./bus";
import { type Clock, Crystal } from "./clock";
import { type TextCursor, type TextScreen, textRow } from "./text-screen";
import * as r from "./vga-registers";

export const VIDEO_MEMORY = 0xa0000;
export const VIDEO_MEMORY_END = 0xc0000;
const TEXT_BYTES = 0x8000;
/** Where memory maps 2 and 3 of the graphics controller put the text; the graphics modes' maps 0 and 1 are left out. */
const TEXT_WINDOWS = [-1, -1, 0xb0000, 0xb8000];
/** A grey blank on black. */
const BLANK = 0x0720;

/** 25.175 MHz in characters of 8 dots, or 28.322 MHz in characters of 9: the same. */
const CHARACTERS_PER_SECOND = 3_146_875;

const DAC_READING = 3;
const DAC_WRITING = 0;
const DAC_BITS = 0x3f;

const VERSION = 1;

export class Vga implements Device {
  private miscellaneous = 0;
  private feature = 0;
  private crtc = new Uint8Array(r.CRTC_BITS.length);
  private sequencer = new Uint8Array(r.SEQUENCER_BITS.length);
  private graphics = new Uint8Array(r.GRAPHICS_BITS.length);
  private attribute = new Uint8Array(r.ATTRIBUTE_BITS.length);
  private crtcIndex = 0;
  private sequencerIndex = 0;
  private graphicsIndex = 0;
  private attributeIndex = 0;
  /** Whether the next write of the attribute port is data. */
  private attributeData = false;
  private palette = new Uint8Array(3 * 256);
  private dacMask = 0xff;
  private dacState = DAC_WRITING;
  /** Byte positions in the palette; a colour is written at its third byte. */
  private dacRead = 0;
  private dacWrite = 0;
  private dacColour = new Uint8Array(3);
  private memory = new Uint8Array(TEXT_BYTES);
  private readonly crystal: Crystal;

  constructor(private readonly clock: Clock) {
    this.crystal = new Crystal(CHARACTERS_PER_SECOND, clock.frequency);
    this.reset();
  }

  attach(bus: PortBus): void {
    bus.attach(r.VGA_PORT, r.VGA_PORTS, this);
    for (const base of [r.MONOCHROME_BASE, r.COLOUR_BASE]) {
      const isOurs = () => base === this.displayBase;
      const handler = {
        readByte: (port: number) => (isOurs() ? this.readDisplayPort(port - base) : OPEN_BUS),
        writeByte: (port: number, value: number) => {
          if (isOurs()) this.writeDisplayPort(port - base, value);
        },
      };
      bus.attach(base + r.CRTC_INDEX, 2, handler);
      bus.attach(base + r.STATUS_1, 1, handler);
    }
  }

  /** Mode 3, a clear screen, the cursor in its corner: what the BIOS leaves. */
  reset(): void {
    this.miscellaneous = r.MODE_3.miscellaneous;
    this.crtc.set(r.MODE_3.crtc);
    this.sequencer.set(r.MODE_3.sequencer);
    this.graphics.set(r.MODE_3.graphics);
    this.attribute.set(r.MODE_3.attribute);
    this.feature = this.crtcIndex = this.sequencerIndex = this.graphicsIndex = 0;
    this.attributeIndex = r.ATTRIBUTE_DISPLAY;
    this.attributeData = false;
    this.palette.set(r.mode3Palette());
    this.dacMask = 0xff;
    this.dacState = DAC_WRITING;
    this.dacRead = this.dacWrite = 0;
    for (let at = 0; at < TEXT_BYTES; at++) this.memory[at] = at & 1 ? BLANK >> 8 : BLANK & 0xff;
  }

  readByte(port: number): number {
    switch (port) {
      case r.ATTRIBUTE_PORT:
        return this.attributeIndex;
      case r.ATTRIBUTE_READ_PORT:
        return this.attribute[this.attributeIndex & r.ATTRIBUTE_INDEX_MASK] ?? 0;
      case r.MISCELLANEOUS_WRITE_PORT:
        return r.STATUS_0_SENSE;
      case r.SEQUENCER_INDEX_PORT:
        return this.sequencerIndex;
      case r.SEQUENCER_DATA_PORT:
        return this.sequencer[this.sequencerIndex] ?? 0;
      case r.DAC_MASK_PORT:
        return this.dacMask;
      case r.DAC_READ_INDEX_PORT:
        return this.dacState;
      case r.DAC_WRITE_INDEX_PORT:
        return Math.floor(this.dacWrite / 3);
      case r.DAC_DATA_PORT:
        return this.readDac();
      case r.FEATURE_READ_PORT:
        return this.feature;
      case r.MISCELLANEOUS_READ_PORT:
        return this.miscellaneous;
      case r.GRAPHICS_INDEX_PORT:
        return this.graphicsIndex;
      case r.GRAPHICS_DATA_PORT:
        return this.graphics[this.graphicsIndex] ?? 0;
      default:
        return OPEN_BUS;
    }
  }

  writeByte(port: number, value: number): void {
    switch (port) {
      case r.ATTRIBUTE_PORT:
        return this.writeAttribute(value);
      case r.MISCELLANEOUS_WRITE_PORT:
        this.miscellaneous = value;
        break;
      case r.SEQUENCER_INDEX_PORT:
        this.sequencerIndex = value & 0x07;
        break;
      case r.SEQUENCER_DATA_PORT:
        set(this.sequencer, r.SEQUENCER_BITS, this.sequencerIndex, value);
        break;
      case r.DAC_MASK_PORT:
        this.dacMask = value;
        break;
      case r.DAC_READ_INDEX_PORT:
        this.dacRead = 3 * value;
        this.dacState = DAC_READING;
        break;
      case r.DAC_WRITE_INDEX_PORT:
        this.dacWrite = 3 * value;
        this.dacState = DAC_WRITING;
        break;
      case r.DAC_DATA_PORT:
        this.writeDac(value);
        break;
      case r.GRAPHICS_INDEX_PORT:
        this.graphicsIndex = value & 0x0f;
        break;
      case r.GRAPHICS_DATA_PORT:
        set(this.graphics, r.GRAPHICS_BITS, this.graphicsIndex, value);
    }
  }

  /** A byte of the memory at 0xA0000 to 0xBFFFF. */
  readMemory(physical: number): number {
    const offset = this.textOffset(physical);
    return offset < 0 ? OPEN_BUS : this.memory[offset];
  }

  writeMemory(physical: number, value: number): void {
    const offset = this.textOffset(physical);
    if (offset < 0) return;
    const map = offset & 1;
    if ((this.sequencer[r.SEQUENCER_MAP_MASK] >> map) & 1) this.memory[offset] = value;
  }

  /** What the display shows. */
  screen(): TextScreen {
    const columns = this.crtc[r.CRTC_HORIZONTAL_END] + 1;
    const rows = this.isShowingText() ? this.rowCount() : 0;
    const start = this.word(r.CRTC_START_HIGH);
    return {
      columns,
      rows: Array.from({ length: rows }, (_, row) => textRow(this.memory, start + row * this.pitch, columns)),
      cursor: rows ? this.cursor(start, rows, columns) : undefined,
      blinks: (this.attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_BLINKS) !== 0,
    };
  }

  private get displayBase(): number {
    return this.miscellaneous & r.MISCELLANEOUS_COLOUR ? r.COLOUR_BASE : r.MONOCHROME_BASE;
  }

  private readDisplayPort(offset: number): number {
    if (offset === r.CRTC_INDEX) return this.crtcIndex;
    if (offset === r.CRTC_DATA) return this.crtc[this.crtcIndex] ?? 0;
    this.attributeData = false;
    return this.status1();
  }

  private writeDisplayPort(offset: number, value: number): void {
    if (offset === r.CRTC_INDEX) this.crtcIndex = value;
    else if (offset === r.CRTC_DATA) this.writeCrtc(value);
    else this.feature = value;
  }

  private writeCrtc(value: number): void {
    const index = this.crtcIndex;
    if (index > r.CRTC_OVERFLOW || !(this.crtc[r.CRTC_RETRACE_END] & r.CRTC_PROTECT)) {
      set(this.crtc, r.CRTC_BITS, index, value);
    } else if (index === r.CRTC_OVERFLOW) {
      const kept = this.crtc[index] & ~r.OVERFLOW_LINE_COMPARE;
      this.crtc[index] = kept | (value & r.OVERFLOW_LINE_COMPARE);
    }
  }

  /** Index and data take turns at one port; reading input status 1 makes the next write an index. */
  private writeAttribute(value: number): void {
    if (this.attributeData) {
      set(this.attribute, r.ATTRIBUTE_BITS, this.attributeIndex & r.ATTRIBUTE_INDEX_MASK, value);
    } else {
      this.attributeIndex = value & (r.ATTRIBUTE_DISPLAY | r.ATTRIBUTE_INDEX_MASK);
    }
    this.attributeData = !this.attributeData;
  }

  private readDac(): number {
    const value = this.palette[this.dacRead];
    this.dacRead = (this.dacRead + 1) % this.palette.length;
    return value;
  }

  private writeDac(value: number): void {
    const gun = this.dacWrite % 3;
    this.dacColour[gun] = value & DAC_BITS;
    if (gun === 2) this.palette.set(this.dacColour, this.dacWrite - 2);
    this.dacWrite = (this.dacWrite + 1) % this.palette.length;
  }

  /** Where the beam is: display enable and vertical retrace, from the clock. */
  private status1(): number {
    const perLine = this.crtc[r.CRTC_HORIZONTAL_TOTAL] + 5;
    const lines = this.vertical(r.CRTC_VERTICAL_TOTAL, 0, 5) + 2;
    const position = this.crystal.ticksAt(this.clock.now) % (perLine * lines);
    const line = Math.floor(position / perLine);
    const isShown = position % perLine <= this.crtc[r.CRTC_HORIZONTAL_END] && line <= this.lastLine;
    const retrace = this.isInRetrace(line) ? r.STATUS_1_VERTICAL_RETRACE : 0;
    return retrace | (isShown ? 0 : r.STATUS_1_NO_DISPLAY);
  }

  /** The retrace lasts until the line's low four bits are those of the end register. */
  private isInRetrace(line: number): boolean {
    const start = this.vertical(r.CRTC_RETRACE_START, 2, 7);
    const length = (this.crtc[r.CRTC_RETRACE_END] - start) & 0x0f || 16;
    return line >= start && line < start + length;
  }

  private get lastLine(): number {
    return this.vertical(r.CRTC_VERTICAL_END, 1, 6);
  }

  /** A vertical count: a register and two bits of the overflow register. */
  private vertical(index: number, bit8: number, bit9: number): number {
    const overflow = this.crtc[r.CRTC_OVERFLOW];
    return this.crtc[index] | (((overflow >> bit8) & 1) << 8) | (((overflow >> bit9) & 1) << 9);
  }

  /** Offset in the text's memory of a physical address, -1 where the adapter has none of it. */
  private textOffset(physical: number): number {
    const isChained = (this.sequencer[r.SEQUENCER_MEMORY_MODE] & r.MEMORY_SEQUENTIAL) === 0;
    if (!isChained || !(this.miscellaneous & r.MISCELLANEOUS_RAM)) return -1;
    const window = TEXT_WINDOWS[(this.graphics[r.GRAPHICS_MISCELLANEOUS] >> r.MEMORY_MAP_SHIFT) & 3];
    const offset = physical - window;
    return window >= 0 && offset >= 0 && offset < TEXT_BYTES ? offset : -1;
  }

  private isShowingText(): boolean {
    return (
      !(this.graphics[r.GRAPHICS_MISCELLANEOUS] & r.GRAPHICS_MODE) &&
      !(this.sequencer[r.SEQUENCER_CLOCKING] & r.CLOCKING_SCREEN_OFF) &&
      (this.attributeIndex & r.ATTRIBUTE_DISPLAY) !== 0
    );
  }

  private rowCount(): number {
    const height = (this.crtc[r.CRTC_MAXIMUM_SCAN_LINE] & r.SCAN_LINE_MASK) + 1;
    return Math.floor((this.lastLine + 1) / height);
  }

  /** Characters from one row to the next: the offset register counts pairs of them. */
  private get pitch(): number {
    return 2 * this.crtc[r.CRTC_OFFSET];
  }

  private cursor(start: number, rows: number, columns: number): TextCursor | undefined {
    const firstLine = this.crtc[r.CRTC_CURSOR_START] & r.SCAN_LINE_MASK;
    const lastLine = this.crtc[r.CRTC_CURSOR_END] & r.SCAN_LINE_MASK;
    const distance = this.word(r.CRTC_CURSOR_HIGH) - start;
    if (this.crtc[r.CRTC_CURSOR_START] & r.CURSOR_OFF || firstLine > lastLine || distance < 0) return;
    const row = this.pitch ? Math.floor(distance / this.pitch) : 0;
    const column = distance - row * this.pitch;
    return row < rows && column < columns ? { row, column, firstLine, lastLine } : undefined;
  }

  /** Two registers of the CRT controller, the high one first. */
  private word(high: number): number {
    return (this.crtc[high] << 8) | this.crtc[high + 1];
  }

  save(): SavedState {
    const { miscellaneous, feature, crtc, sequencer, graphics, attribute, palette, memory } = this;
    const { crtcIndex, sequencerIndex, graphicsIndex, attributeIndex, attributeData } = this;
    const { dacMask, dacState, dacRead, dacWrite, dacColour } = this;
    const state = {
      ...{ version: VERSION, miscellaneous, feature, crtc, sequencer, graphics, attribute, palette, memory },
      ...{ crtcIndex, sequencerIndex, graphicsIndex, attributeIndex, attributeData },
      ...{ dacMask, dacState, dacRead, dacWrite, dacColour },
    };
    return structuredClone(state);
  }

  restore(state: SavedState): void {
    restoreFields("VGA", VERSION, this, state);
  }
}

/** Writes the bits that exist of a register; there may be none of that number. */
function set(registers: Uint8Array, bits: readonly number[], index: number, value: number): void {
  if (index < bits.length) registers[index] = value & bits[index];
}
