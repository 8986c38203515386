// The real-time clock's chip and its set-up memory (MC146818A data sheet; IBM PC/AT Technical Reference, "CMOS RAM").
import { inb, outb } from "../guest/i386";

const INDEX: u32 = 0x70;
const DATA: u32 = 0x71;

const CMOS_EXTENDED_KIB: u32 = 0x17;
const CMOS_ABOVE_16M: u32 = 0x34;
export const CMOS_BOOT: u32 = 0x3d;

export function cmos_read(index: u32): u32 {
  outb(INDEX, index);
  return inb(DATA);
}

export function cmos_write(index: u32, value: u32): void {
  outb(INDEX, index);
  outb(DATA, value);
}

function cmos_word(index: u32): u32 {
  return cmos_read(index) | (cmos_read(index + 1) << 8);
}

/** Bytes of memory. */
export function memory_bytes(): u32 {
  const above = cmos_word(CMOS_ABOVE_16M);
  if (above) return 0x1000000 + (above << 16);
  return 0x100000 + (cmos_word(CMOS_EXTENDED_KIB) << 10);
}
