// The data of IDENTIFY DEVICE: what a disk says of itself (ATA-3, 7.8; ATA-6, 8.15).

import { type AtaRegisters, DEFAULT_HEADS, DEFAULT_SECTORS_PER_TRACK, putText } from "./ata-registers";

export const MAX_MULTIPLE = 16;
export const MAX_LBA28 = 0x0fffffff;
const MAX_CYLINDERS = 16383;

/** The modes that have been set: sectors per block of the MULTIPLE commands, and multiword DMA. */
interface AtaModes {
  readonly multiple: number;
  readonly dmaMode: number;
}

export function identityOf(
  index: number,
  sectors: number,
  registers: AtaRegisters,
  modes: AtaModes,
): Uint8Array {
  const words = new Uint16Array(256);
  const { heads, sectorsPerTrack } = registers;
  const total = Math.min(sectors, MAX_LBA28 + 1);
  const cylindersOf = (perCylinder: number) => Math.min(MAX_CYLINDERS, Math.floor(total / perCylinder));
  const cylinders = cylindersOf(heads * sectorsPerTrack);
  const capacity = cylinders * heads * sectorsPerTrack;
  words[0] = 0x0040;
  words[1] = cylindersOf(DEFAULT_HEADS * DEFAULT_SECTORS_PER_TRACK);
  words[3] = DEFAULT_HEADS;
  words[6] = DEFAULT_SECTORS_PER_TRACK;
  putText(words, 10, 10, `M386-${index}`);
  putText(words, 23, 4, "1.0");
  putText(words, 27, 20, "MACH386 DISK");
  words[47] = 0x8000 | MAX_MULTIPLE;
  // LBA and DMA.
  words[49] = 0x0300;
  words[51] = 0x0200;
  words[53] = 0x0003;
  words[54] = cylinders;
  words[55] = heads;
  words[56] = sectorsPerTrack;
  words[57] = capacity & 0xffff;
  words[58] = capacity >>> 16;
  words[59] = modes.multiple ? 0x0100 | modes.multiple : 0;
  words[60] = total & 0xffff;
  words[61] = total >>> 16;
  words[63] = 0x0007 | (0x0100 << modes.dmaMode);
  words[64] = 0x0003;
  // Cycle times of DMA and PIO in nanoseconds.
  words.fill(120, 65, 69);
  words[80] = 0x007e;
  // FLUSH CACHE, FLUSH CACHE EXT, 48-bit addresses.
  words[83] = words[86] = 0x7400;
  words[84] = words[87] = 0x4000;
  for (let i = 0; i < 4; i++) words[100 + i] = Math.floor(sectors / 2 ** (16 * i));
  return new Uint8Array(words.buffer);
}
