// What the VGA's CRT controller counts: lines and characters, and the address in the maps of each.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), "CRT controller registers".

import * as r from "./vga-registers";

export class CrtController {
  constructor(private readonly registers: r.VgaRegisters) {}

  get characters(): number {
    return this.crtc[r.CRTC_HORIZONTAL_END] + 1;
  }

  get charactersWithBorders(): number {
    return this.crtc[r.CRTC_HORIZONTAL_TOTAL] + 5;
  }

  get lines(): number {
    return this.vertical(r.CRTC_VERTICAL_END, 1, 6) + 1;
  }

  get linesWithBorders(): number {
    return this.vertical(r.CRTC_VERTICAL_TOTAL, 0, 5) + 2;
  }

  /** The line with which the vertical retrace begins. */
  get retraceStart(): number {
    return this.vertical(r.CRTC_RETRACE_START, 2, 7);
  }

  /** Whether a retrace sets the interrupt's latch, and whether that interrupts. */
  get latchesRetrace(): boolean {
    return (this.crtc[r.CRTC_RETRACE_END] & r.RETRACE_LATCHES) !== 0;
  }

  get interruptsAtRetrace(): boolean {
    return !(this.crtc[r.CRTC_RETRACE_END] & r.RETRACE_NO_INTERRUPT);
  }

  /** The retrace lasts until the line's low four bits are those of the end register. */
  isInRetrace(line: number): boolean {
    const start = this.retraceStart;
    const length = (this.crtc[r.CRTC_RETRACE_END] - start) & 0x0f || 16;
    return line >= start && line < start + length;
  }

  /** Scan lines of a row of characters. */
  get rowHeight(): number {
    return (this.crtc[r.CRTC_MAXIMUM_SCAN_LINE] & r.SCAN_LINE_MASK) + 1;
  }

  get start(): number {
    return this.word(r.CRTC_START_HIGH);
  }

  get cursor(): number {
    return this.word(r.CRTC_CURSOR_HIGH);
  }

  /** Counts from one row to the next: the offset register counts pairs. */
  get pitch(): number {
    return 2 * this.crtc[r.CRTC_OFFSET];
  }

  /** The counter at a line's first character, and which scan line of its row it is. */
  lineAt(line: number): { counter: number; scan: number } {
    const compare = this.lineCompare;
    const isSplit = line > compare;
    const within = isSplit ? line - compare - 1 : line;
    const height = this.rowHeight;
    const undoubled = this.crtc[r.CRTC_MAXIMUM_SCAN_LINE] & r.SCAN_LINE_DOUBLED ? within >> 1 : within;
    const scanned = undoubled + (isSplit ? 0 : this.crtc[r.CRTC_PRESET_ROW] & r.SCAN_LINE_MASK);
    const row = Math.floor(scanned / height);
    return { counter: (isSplit ? 0 : this.start) + row * this.pitch, scan: scanned % height };
  }

  /** The maps' address of a count, in one of the row's scan lines. */
  address(counter: number, scan: number): number {
    const mode = this.crtc[r.CRTC_MODE];
    let address = this.counted(counter & 0xffff, mode);
    if (!(mode & r.MODE_NO_LINE_13)) address = (address & ~0x2000) | ((scan & 1) << 13);
    if (!(mode & r.MODE_NO_LINE_14)) address = (address & ~0x4000) | ((scan & 2) << 13);
    return address & 0xffff;
  }

  private counted(counter: number, mode: number): number {
    if (this.crtc[r.CRTC_UNDERLINE] & r.DOUBLE_WORDS) return (counter << 2) | (counter >> 14);
    if (mode & r.MODE_BYTES) return counter;
    return (counter << 1) | ((counter >> (mode & r.MODE_WRAP_15 ? 15 : 13)) & 1);
  }

  private get crtc(): Uint8Array {
    return this.registers.crtc;
  }

  private get lineCompare(): number {
    const bit9 = this.crtc[r.CRTC_MAXIMUM_SCAN_LINE] & r.SCAN_LINE_COMPARE_9 ? 0x200 : 0;
    const bit8 = this.crtc[r.CRTC_OVERFLOW] & r.OVERFLOW_LINE_COMPARE ? 0x100 : 0;
    return this.crtc[r.CRTC_LINE_COMPARE] | bit8 | bit9;
  }

  /** A vertical count: a register and two bits of the overflow register. */
  private vertical(index: number, bit8: number, bit9: number): number {
    const overflow = this.crtc[r.CRTC_OVERFLOW];
    return this.crtc[index] | (((overflow >> bit8) & 1) << 8) | (((overflow >> bit9) & 1) << 9);
  }

  /** Two registers, the high one first. */
  private word(high: number): number {
    return (this.crtc[high] << 8) | this.crtc[high + 1];
  }
}
