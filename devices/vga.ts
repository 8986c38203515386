// A VGA in text mode: CRT controller, sequencer, graphics and attribute controllers, DAC.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), VGA function.
// Left out: the dot clock that the miscellaneous register selects (lines always take 31.8 us for 100 characters).
// Memory is `vga-memory`, the picture `vga-picture`, the interrupt `vga-retrace`, the linear modes `bochs-display`.

import { BochsDisplay, LINEAR_BYTES } from "./bochs-display";
import {
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  OPEN_BUS,
  restoreFields,
} from "./bus";
import { type Clock, Crystal } from "./clock";
import { font } from "./font";
import { type TextCursor, type TextScreen, textRow } from "./text-screen";
import { CrtController } from "./vga-crtc";
import { MODE_3, paletteColours } from "./vga-modes";
import { VgaMemory } from "./vga-memory";
import { type Picture, VgaPicture } from "./vga-picture";
import * as r from "./vga-registers";
import { RetraceInterrupt } from "./vga-retrace";

/** A grey blank on black, in maps 0 and 1. */
const BLANK = 0x0720;
const TEXT_BYTES = 0x8000;
const FONT_HEIGHT = 16;
const FONT = font(FONT_HEIGHT);
/** Register 0 of the sequencer: not in a reset. */
const SEQUENCER_RUNS = 3;
/** Bytes of a character in map 2. */
const FONT_ROWS = 32;

/** 25.175 MHz in characters of 8 dots, or 28.322 MHz in characters of 9: the same. */
const CHARACTERS_PER_SECOND = 3_146_875;

const DAC_READING = 3;
const DAC_WRITING = 0;
const DAC_BITS = 0x3f;

const VERSION = 3;

export class Vga implements Device, r.VgaRegisters {
  miscellaneous = 0;
  private feature = 0;
  crtc = new Uint8Array(r.CRTC_BITS.length);
  sequencer = new Uint8Array(r.SEQUENCER_BITS.length);
  graphics = new Uint8Array(r.GRAPHICS_BITS.length);
  attribute = new Uint8Array(r.ATTRIBUTE_BITS.length);
  private crtcIndex = 0;
  private sequencerIndex = 0;
  private graphicsIndex = 0;
  attributeIndex = 0;
  /** Whether the next write of the attribute port is data. */
  private attributeData = false;
  palette = new Uint8Array(3 * 256);
  dacMask = 0xff;
  private dacState = DAC_WRITING;
  /** Byte positions in the palette; a colour is written at its third byte. */
  private dacRead = 0;
  private dacWrite = 0;
  private dacColour = new Uint8Array(3);
  private readonly crystal: Crystal;
  private readonly controller: CrtController;
  private readonly memory: VgaMemory;
  private readonly linear = new BochsDisplay((clear) => this.startLinear(clear));
  private readonly output: VgaPicture;
  private readonly retrace: RetraceInterrupt;

  constructor(
    private readonly clock: Clock,
    interrupt: InterruptLine,
  ) {
    this.crystal = new Crystal(CHARACTERS_PER_SECOND, clock.frequency);
    this.controller = new CrtController(this);
    this.retrace = new RetraceInterrupt(clock, this.crystal, this.controller, interrupt);
    this.memory = new VgaMemory(this, this.linear);
    this.output = new VgaPicture(this, this.controller, this.memory, this.linear);
    this.reset();
  }

  attach(bus: PortBus): void {
    this.linear.attach(bus);
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

  /** Mode 3 with its font, a clear screen, the cursor in its corner: what the BIOS leaves. */
  reset(): void {
    this.miscellaneous = MODE_3.miscellaneous;
    this.crtc.set(MODE_3.crtc);
    this.retrace.update();
    this.sequencer.set([SEQUENCER_RUNS, ...MODE_3.sequencer]);
    this.graphics.set(MODE_3.graphics);
    this.attribute.fill(0).set(MODE_3.attribute);
    this.feature = this.crtcIndex = this.sequencerIndex = this.graphicsIndex = 0;
    this.attributeIndex = r.ATTRIBUTE_DISPLAY;
    this.attributeData = false;
    this.palette.fill(0).set(paletteColours(MODE_3.palette));
    this.dacMask = 0xff;
    this.dacState = DAC_WRITING;
    this.dacRead = this.dacWrite = 0;
    this.linear.reset();
    this.memory.take(new Uint8Array(this.memory.bytes.length));
    this.memory.latch = 0;
    for (let at = 0; at < TEXT_BYTES; at += 2) this.memory.setWord(at, BLANK);
    FONT.forEach((row, i) => {
      const at = Math.floor(i / FONT_HEIGHT) * FONT_ROWS + (i % FONT_HEIGHT);
      this.memory.setWord(at, this.memory.word(at) | (row << 16));
    });
  }

  readByte(port: number): number {
    switch (port) {
      case r.ATTRIBUTE_PORT:
        return this.attributeIndex;
      case r.ATTRIBUTE_READ_PORT:
        return this.attribute[this.attributeIndex & r.ATTRIBUTE_INDEX_MASK] ?? 0;
      case r.MISCELLANEOUS_WRITE_PORT:
        return r.STATUS_0_SENSE | (this.retrace.pending ? r.STATUS_0_INTERRUPT : 0);
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
    return this.memory.read(physical) ?? OPEN_BUS;
  }

  writeMemory(physical: number, value: number): void {
    this.memory.write(physical, value);
  }

  /** 1, 2 or 4 bytes of the linear memory, by offset. */
  readLinear(offset: number, size: number): number {
    const { bytes } = this.memory;
    let value = 0;
    for (let i = 0; i < size; i++) value |= (bytes[offset + i] ?? 0) << (8 * i);
    return value >>> 0;
  }

  writeLinear(offset: number, size: number, value: number): void {
    this.memory.grow(LINEAR_BYTES);
    const { bytes } = this.memory;
    for (let i = 0; i < size; i++) bytes[offset + i] = value >>> (8 * i);
  }

  /** What the display shows as text; without rows while it shows none. */
  screen(): TextScreen {
    const { controller, output } = this;
    const columns = controller.characters;
    const rows = output.isText && output.isOn ? Math.floor(controller.lines / controller.rowHeight) : 0;
    const { start, pitch } = controller;
    return {
      columns,
      rows: Array.from({ length: rows }, (_, row) =>
        textRow(columns, (column) => this.memory.word(controller.address(start + row * pitch + column, 0))),
      ),
      cursor: rows ? this.cursor(start, rows, columns) : undefined,
      blinks: (this.attribute[r.ATTRIBUTE_MODE] & r.ATTRIBUTE_BLINKS) !== 0,
    };
  }

  /** What the display shows as pixels. */
  picture(): Picture {
    return this.output.take();
  }

  private startLinear(clear: boolean): void {
    this.memory.grow(LINEAR_BYTES);
    if (clear) this.memory.bytes.fill(0);
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
    this.retrace.update();
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
    this.dacColour[gun] = this.linear.hasWideDac ? value : value & DAC_BITS;
    if (gun === 2) this.palette.set(this.dacColour, this.dacWrite - 2);
    this.dacWrite = (this.dacWrite + 1) % this.palette.length;
  }

  /** Where the beam is: display enable and vertical retrace, from the clock. */
  private status1(): number {
    const { controller } = this;
    const perLine = controller.charactersWithBorders;
    const position = this.crystal.ticksAt(this.clock.now) % (perLine * controller.linesWithBorders);
    const line = Math.floor(position / perLine);
    const isShown = position % perLine < controller.characters && line < controller.lines;
    const retrace = controller.isInRetrace(line) ? r.STATUS_1_VERTICAL_RETRACE : 0;
    return retrace | (isShown ? 0 : r.STATUS_1_NO_DISPLAY);
  }

  private cursor(start: number, rows: number, columns: number): TextCursor | undefined {
    const firstLine = this.crtc[r.CRTC_CURSOR_START] & r.SCAN_LINE_MASK;
    const lastLine = this.crtc[r.CRTC_CURSOR_END] & r.SCAN_LINE_MASK;
    const { pitch } = this.controller;
    const distance = this.controller.cursor - start;
    if (this.crtc[r.CRTC_CURSOR_START] & r.CURSOR_OFF || firstLine > lastLine || distance < 0) return;
    const row = pitch ? Math.floor(distance / pitch) : 0;
    const column = distance - row * pitch;
    return row < rows && column < columns ? { row, column, firstLine, lastLine } : undefined;
  }

  save(): SavedState {
    const { miscellaneous, feature, crtc, sequencer, graphics, attribute, palette } = this;
    const { crtcIndex, sequencerIndex, graphicsIndex, attributeIndex, attributeData } = this;
    const { dacMask, dacState, dacRead, dacWrite, dacColour } = this;
    const state = {
      ...{ version: VERSION, miscellaneous, feature, crtc, sequencer, graphics, attribute, palette },
      ...{ crtcIndex, sequencerIndex, graphicsIndex, attributeIndex, attributeData },
      ...{ dacMask, dacState, dacRead, dacWrite, dacColour },
      bytes: this.memory.bytes,
      latch: this.memory.latch,
      display: this.linear.save(),
      retrace: this.retrace.save(),
    };
    return structuredClone(state);
  }

  restore(state: SavedState): void {
    const { bytes, latch, display, retrace, ...registers } = state;
    restoreFields("VGA", VERSION, this, registers as SavedState);
    this.memory.take((bytes as Uint8Array).slice());
    this.memory.latch = latch as number;
    this.linear.restore(display as SavedState);
    this.retrace.restore(retrace as SavedState);
  }
}

/** Writes the bits that exist of a register; there may be none of that number. */
function set(registers: Uint8Array, bits: readonly number[], index: number, value: number): void {
  if (index < bits.length) registers[index] = value & bits[index];
}
