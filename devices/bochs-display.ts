// The linear modes of the display adapter: the register interface of the Bochs VBE extension at ports 0x1CE and 0x1CF, which
// video BIOSes and systems' drivers know. Sizes and depths are free; memory is one piece, seen at a base address of PCI's and
// through a window of 64 KiB at 0xA0000.
//
// Source: Bochs VBE display interface, version 0xB0C5 (register numbers and bits).
// Left out: interfaces older than 0xB0C0 ask for nothing else.

import { type PortBus, type SavedState, restoreFields } from "./bus";

const DISPLAY_INDEX_PORT = 0x1ce;
/** Where machines without PCI see the memory. */
export const LINEAR_BASE = 0xe0000000;
export const LINEAR_BYTES = 8 << 20;

const OLDEST = 0xb0c0;
const NEWEST = 0xb0c5;
const MOST_COLUMNS = 1600;
const MOST_LINES = 1200;
const MOST_BITS = 32;
const BANK_SHIFT = 16;

const ID = 0;
const COLUMNS = 1;
const LINES = 2;
const BITS = 3;
const ENABLE = 4;
const BANK = 5;
const VIRTUAL_COLUMNS = 6;
const VIRTUAL_LINES = 7;
const FIRST_COLUMN = 8;
const FIRST_LINE = 9;
const MEMORY_64K = 10;
const REGISTERS = 11;

const ENABLED = 0x01;
const ASK_MOST = 0x02;
const DAC_8_BITS = 0x20;
const KEEP_MEMORY = 0x80;
const ENABLE_BITS = 0xe3;

const DEPTHS = [4, 8, 15, 16, 24, 32];
const VERSION = 1;

/** What is to be shown, in pixels, and its first byte. */
export interface LinearMode {
  columns: number;
  lines: number;
  /** Of a pixel: 4 (in the four maps), 8, 15, 16, 24 or 32. */
  bits: number;
  pitch: number;
  start: number;
}

export class BochsDisplay {
  private index = 0;
  private registers = new Uint16Array(REGISTERS);

  /** @param onEnable memory is wanted, and to be cleared or not */
  constructor(private readonly onEnable: (clear: boolean) => void) {
    this.reset();
  }

  attach(bus: PortBus): void {
    bus.attach(DISPLAY_INDEX_PORT, 3, {
      readByte: (port) => this.read(port) & 0xff,
      writeByte: (port, value) => this.write(port, value),
      readWide: (port, size) => (size === 2 ? this.read(port) : undefined),
      writeWide: (port, size, value) => {
        if (size === 2) this.write(port, value);
        return size === 2;
      },
    });
  }

  reset(): void {
    this.index = 0;
    this.registers.fill(0);
    this.registers[ID] = NEWEST;
  }

  /** Whether a linear mode is on. */
  get isOn(): boolean {
    return (this.registers[ENABLE] & ENABLED) !== 0;
  }

  /** Whether bytes follow each other, not in four maps. */
  get isChunky(): boolean {
    return this.isOn && this.registers[BITS] !== 4;
  }

  get hasWideDac(): boolean {
    return this.isOn && (this.registers[ENABLE] & DAC_8_BITS) !== 0;
  }

  /** Of the window at 0xA0000. */
  get bankStart(): number {
    return this.registers[BANK] << BANK_SHIFT;
  }

  get mode(): LinearMode {
    const { registers } = this;
    const bits = registers[BITS];
    const pitch = this.pitch;
    const bytes = bits === 4 ? registers[FIRST_COLUMN] >> 3 : registers[FIRST_COLUMN] * ((bits + 7) >> 3);
    return {
      columns: registers[COLUMNS],
      lines: registers[LINES],
      bits,
      pitch,
      start: registers[FIRST_LINE] * pitch + bytes,
    };
  }

  /** Bytes (of one map in 4-bit modes) from a line to the next. */
  private get pitch(): number {
    const bits = this.registers[BITS];
    const columns = this.registers[VIRTUAL_COLUMNS];
    return bits === 4 ? columns >> 3 : columns * ((bits + 7) >> 3);
  }

  private read(port: number): number {
    if (port === DISPLAY_INDEX_PORT) return this.index;
    if (this.index >= REGISTERS) return 0;
    if (this.registers[ENABLE] & ASK_MOST) {
      if (this.index === COLUMNS) return MOST_COLUMNS;
      if (this.index === LINES) return MOST_LINES;
      if (this.index === BITS) return MOST_BITS;
    }
    return this.index === MEMORY_64K ? LINEAR_BYTES >> BANK_SHIFT : this.registers[this.index];
  }

  private write(port: number, value: number): void {
    if (port === DISPLAY_INDEX_PORT) this.index = value;
    else this.writeRegister(value & 0xffff);
  }

  private writeRegister(value: number): void {
    const { registers, index } = this;
    switch (index) {
      case ID:
        if (value >= OLDEST && value <= NEWEST) registers[ID] = value;
        break;
      case COLUMNS:
        if (!this.isOn && value <= MOST_COLUMNS) registers[COLUMNS] = value & ~7;
        break;
      case LINES:
        if (!this.isOn && value <= MOST_LINES) registers[LINES] = value;
        break;
      case BITS:
        if (!this.isOn && DEPTHS.includes(value || 8)) registers[BITS] = value || 8;
        break;
      case ENABLE:
        this.enable(value & ENABLE_BITS);
        break;
      case BANK:
        if (value < LINEAR_BYTES >> BANK_SHIFT) registers[BANK] = value;
        break;
      case VIRTUAL_COLUMNS:
        if (this.isOn) this.widen(value);
        break;
      case FIRST_COLUMN:
      case FIRST_LINE:
        registers[index] = value;
    }
  }

  private enable(value: number): void {
    const { registers } = this;
    const goesOn = (value & ENABLED) !== 0 && !this.isOn;
    const bytes = (registers[COLUMNS] * registers[LINES] * Math.max(registers[BITS], 8)) / 8;
    registers[ENABLE] = goesOn && (!bytes || bytes > LINEAR_BYTES) ? value & ~ENABLED : value;
    if (!goesOn || !this.isOn) return;
    registers[BANK] = registers[FIRST_COLUMN] = registers[FIRST_LINE] = 0;
    this.widen(registers[COLUMNS]);
    this.onEnable(!(value & KEEP_MEMORY));
  }

  private widen(columns: number): void {
    const { registers } = this;
    if (columns < registers[COLUMNS]) return;
    const before = registers[VIRTUAL_COLUMNS];
    registers[VIRTUAL_COLUMNS] = columns & ~7;
    const lines = Math.floor(LINEAR_BYTES / this.pitch);
    if (lines < registers[LINES]) registers[VIRTUAL_COLUMNS] = before;
    else registers[VIRTUAL_LINES] = lines;
  }

  save(): SavedState {
    return { version: VERSION, index: this.index, registers: [...this.registers] };
  }

  restore(state: SavedState): void {
    const { registers, ...rest } = state;
    restoreFields("linear display", VERSION, this, rest as SavedState);
    this.registers = Uint16Array.from(registers as number[]);
  }
}
