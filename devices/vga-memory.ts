// The VGA's memory: four maps of 64 KiB behind the latches and write modes of the graphics controller, or, in the modes of
// the linear extension, bytes one after the other.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), VGA function, "Display memory" and
// "Graphics controller registers".

import type { BochsDisplay } from "./bochs-display";
import * as r from "./vga-registers";

export const VIDEO_MEMORY = 0xa0000;
export const VIDEO_MEMORY_END = 0xc0000;
const MAP_BYTES = 0x10000;
const MAPS = 4;
const KIB = 1024;

/** Memory maps 0 to 3 of the graphics controller: base and size. */
const WINDOWS = [
  [0xa0000, 128 * KIB],
  [0xa0000, 64 * KIB],
  [0xb0000, 32 * KIB],
  [0xb8000, 32 * KIB],
] as const;

/** The one of the linear extension. */
const LINEAR_WINDOW = 1;

/** A byte of ones for each bit of a map number's mask: map 0 in the low byte. */
const SPREAD = Uint32Array.from({ length: 16 }, (_, bits) =>
  [0, 1, 2, 3].reduce((word, map) => word + ((bits >> map) & 1) * 0xff * 2 ** (8 * map), 0),
);
/** A byte in each map. */
const EVERY_MAP = 0x01010101;

export class VgaMemory {
  /** Four bytes, one of each map, for each address. It grows when the linear extension is first used. */
  bytes: Uint8Array = new Uint8Array(MAPS * MAP_BYTES);
  private words: Uint32Array = new Uint32Array(this.bytes.buffer);
  latch = 0;

  constructor(
    private readonly registers: r.VgaRegisters,
    private readonly linear: BochsDisplay,
  ) {}

  /** The four maps' bytes at an address, map 0 in the low one. */
  word(address: number): number {
    return this.words[address & (MAP_BYTES - 1)];
  }

  setWord(address: number, value: number): void {
    this.words[address & (MAP_BYTES - 1)] = value;
  }

  /** Takes bytes from a saved state. */
  take(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, MAP_BYTES);
  }

  /** Makes room for the linear extension. */
  grow(size: number): void {
    if (this.bytes.length >= size) return;
    const grown = new Uint8Array(size);
    grown.set(this.bytes);
    this.take(grown);
  }

  /** A byte at 0xA0000 to 0xBFFFF; undefined where the adapter has none. */
  read(physical: number): number | undefined {
    const offset = this.offset(physical);
    if (offset < 0) return undefined;
    if (this.linear.isChunky) return this.bytes[this.linear.bankStart + (offset & 0xffff)] ?? 0xff;
    const { graphics } = this.registers;
    this.latch = this.word(this.address(offset));
    if (graphics[r.GRAPHICS_WRITE_MODE] & r.READ_COMPARES) return this.compared();
    return (this.latch >>> (8 * this.mapRead(offset))) & 0xff;
  }

  write(physical: number, value: number): void {
    const offset = this.offset(physical);
    if (offset < 0) return;
    if (this.linear.isChunky) {
      const at = this.linear.bankStart + (offset & 0xffff);
      if (at < this.bytes.length) this.bytes[at] = value;
      return;
    }
    const enabled = SPREAD[this.mapsWritten(offset)];
    const address = this.address(offset);
    const before = this.word(address);
    this.words[address] = (before & ~enabled) | (this.data(value) & enabled);
  }

  private get isChained(): boolean {
    return (this.registers.sequencer[r.SEQUENCER_MEMORY_MODE] & r.MEMORY_CHAIN_4) !== 0;
  }

  private get isOddEven(): boolean {
    return (this.registers.sequencer[r.SEQUENCER_MEMORY_MODE] & r.MEMORY_SEQUENTIAL) === 0;
  }

  private offset(physical: number): number {
    const { graphics, miscellaneous } = this.registers;
    if (!(miscellaneous & r.MISCELLANEOUS_RAM)) return -1;
    const map = this.linear.isOn ? LINEAR_WINDOW : graphics[r.GRAPHICS_MISCELLANEOUS] >> r.MEMORY_MAP_SHIFT;
    const [base, size] = WINDOWS[map & 3];
    const offset = physical - base;
    return offset >= 0 && offset < size ? offset : -1;
  }

  /** Address in the maps: the bits that choose a map are zero. */
  private address(offset: number): number {
    const within = offset & (MAP_BYTES - 1);
    if (this.isChained) return within & ~3;
    return this.isOddEven ? within & ~1 : within;
  }

  private mapsWritten(offset: number): number {
    const mask = this.registers.sequencer[r.SEQUENCER_MAP_MASK] & 0x0f;
    if (this.isChained) return mask & (1 << (offset & 3));
    return this.isOddEven ? mask & (0x05 << (offset & 1)) : mask;
  }

  private mapRead(offset: number): number {
    const chosen = this.registers.graphics[r.GRAPHICS_READ_MAP];
    if (this.isChained) return offset & 3;
    return this.isOddEven ? (chosen & 2) | (offset & 1) : chosen;
  }

  /** Read mode 1: a bit for each dot whose colour is the one looked for. */
  private compared(): number {
    const { graphics } = this.registers;
    const wanted = SPREAD[graphics[r.GRAPHICS_COMPARE]];
    const differs = (this.latch ^ wanted) & SPREAD[graphics[r.GRAPHICS_DO_CARE]];
    return ~(differs | (differs >>> 8) | (differs >>> 16) | (differs >>> 24)) & 0xff;
  }

  /** What the four maps get of a byte, by the write mode. */
  private data(value: number): number {
    const { graphics } = this.registers;
    const setReset = graphics[r.GRAPHICS_SET_RESET];
    const mask = graphics[r.GRAPHICS_BIT_MASK];
    switch (graphics[r.GRAPHICS_WRITE_MODE] & 3) {
      case 0: {
        const set = SPREAD[graphics[r.GRAPHICS_ENABLE_SET_RESET]];
        const rotated = Math.imul(this.rotated(value), EVERY_MAP);
        return this.combined((rotated & ~set) | (SPREAD[setReset] & set), mask);
      }
      case 1:
        return this.latch;
      case 2:
        return this.combined(SPREAD[value & 0x0f], mask);
      default:
        return this.combined(SPREAD[setReset], mask & this.rotated(value));
    }
  }

  private rotated(value: number): number {
    const count = this.registers.graphics[r.GRAPHICS_ROTATE] & 7;
    return ((value >> count) | (value << (8 - count))) & 0xff;
  }

  /** The logical function with the latches, for the dots of the bit mask; the others are the latches'. */
  private combined(data: number, mask: number): number {
    const spread = Math.imul(mask, EVERY_MAP);
    return (this.logical(data) & spread) | (this.latch & ~spread);
  }

  private logical(data: number): number {
    switch ((this.registers.graphics[r.GRAPHICS_ROTATE] >> 3) & 3) {
      case 0:
        return data;
      case 1:
        return data & this.latch;
      case 2:
        return data | this.latch;
      default:
        return data ^ this.latch;
    }
  }
}
