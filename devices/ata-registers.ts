// The command block of an ATA device: its registers, and the sector that they address.
//
// Standards: ATA-3, X3T10/2008D revision 7b; 48-bit addresses from ATA-6, T13/1410D, section 6.20.

import { type SavedState, restoreFields } from "./bus";

// Offsets in the command block.
export const REGISTER_DATA = 0;
const REGISTER_ERROR = 1;
const REGISTER_COUNT = 2;
const REGISTER_CYLINDER_HIGH = 5;
export const REGISTER_DEVICE = 6;
export const REGISTER_STATUS = 7;

export const STATUS_ERR = 0x01;
export const STATUS_DRQ = 0x08;
export const STATUS_DSC = 0x10;
export const STATUS_DF = 0x20;
export const STATUS_DRDY = 0x40;
export const STATUS_BSY = 0x80;
export const STATUS_READY = STATUS_DRDY | STATUS_DSC;

export const ERROR_ABRT = 0x04;
export const ERROR_IDNF = 0x10;
export const ERROR_UNC = 0x40;
const DIAGNOSTIC_PASSED = 0x01;

/** Of the device control register: the registers' values before the last ones are read. */
export const CONTROL_HIGH_ORDER = 0x80;

const DEVICE_LBA = 0x40;
const DEVICE_HEAD = 0x0f;
/** Bits 7 and 5 read as ones. */
const DEVICE_FIXED = 0xa0;

export const DEFAULT_HEADS = 16;
export const DEFAULT_SECTORS_PER_TRACK = 63;

const VERSION = 1;
const ADDRESSES = 4;

export class AtaRegisters {
  error = DIAGNOSTIC_PASSED;
  features = 0;
  device = 0;
  heads = DEFAULT_HEADS;
  sectorsPerTrack = DEFAULT_SECTORS_PER_TRACK;
  /** Count, sector, cylinder low and high; the second four are what was written before them. */
  private block = new Uint8Array(2 * ADDRESSES);

  get count(): number {
    return this.block[0];
  }

  set count(value: number) {
    this.block[0] = value;
  }

  /** Cylinder, or byte count of a packet. */
  get cylinder(): number {
    return this.block[2] | (this.block[3] << 8);
  }

  set cylinder(value: number) {
    this.block[2] = value;
    this.block[3] = value >> 8;
  }

  /** @param highOrder whether the values before the last ones are asked for */
  read(register: number, highOrder: boolean): number {
    switch (register) {
      case REGISTER_ERROR:
        return this.error;
      case REGISTER_DEVICE:
        return this.device | DEVICE_FIXED;
      default:
        return this.block[register - REGISTER_COUNT + (highOrder ? ADDRESSES : 0)];
    }
  }

  write(register: number, value: number): void {
    if (register === REGISTER_ERROR) this.features = value;
    else if (register === REGISTER_DEVICE) this.device = value;
    else if (register >= REGISTER_COUNT && register <= REGISTER_CYLINDER_HIGH) {
      const at = register - REGISTER_COUNT;
      this.block[ADDRESSES + at] = this.block[at];
      this.block[at] = value;
    }
  }

  /** How many sectors a command moves. */
  sectors(wide: boolean): number {
    if (!wide) return this.count || 256;
    return this.count + 256 * this.block[ADDRESSES] || 65536;
  }

  /** The sector that the registers address; -1 when the current translation has no such place. */
  address(wide = false): number {
    const [, sector, low, high, , sectorBefore, lowBefore, highBefore] = this.block;
    const below = sector + 2 ** 8 * low + 2 ** 16 * high;
    if (wide) return below + 2 ** 24 * (sectorBefore + 2 ** 8 * lowBefore + 2 ** 16 * highBefore);
    const head = this.device & DEVICE_HEAD;
    if (this.device & DEVICE_LBA) return below + 2 ** 24 * head;
    if (sector === 0 || sector > this.sectorsPerTrack || head >= this.heads) return -1;
    return (this.cylinder * this.heads + head) * this.sectorsPerTrack + sector - 1;
  }

  /** Makes the registers address a sector, with so many left. */
  setAddress(lba: number, remaining: number, wide: boolean): void {
    this.count = remaining & 0xff;
    if (wide || this.device & DEVICE_LBA) {
      this.block[1] = lba;
      this.cylinder = Math.floor(lba / 2 ** 8) & 0xffff;
      const above = Math.floor(lba / 2 ** 24);
      if (!wide) this.device = (this.device & ~DEVICE_HEAD) | (above & DEVICE_HEAD);
      else for (let i = 0; i < 3; i++) this.block[ADDRESSES + 1 + i] = Math.floor(above / 2 ** (8 * i));
      if (wide) this.block[ADDRESSES] = remaining >> 8;
      return;
    }
    const track = Math.floor(lba / this.sectorsPerTrack);
    this.block[1] = (lba % this.sectorsPerTrack) + 1;
    this.device = (this.device & ~DEVICE_HEAD) | (track % this.heads);
    this.cylinder = Math.floor(track / this.heads) & 0xffff;
  }

  /** INITIALIZE DEVICE PARAMETERS: false when that makes no geometry. */
  initializeParameters(): boolean {
    if (this.count === 0) return false;
    this.sectorsPerTrack = this.count;
    this.heads = (this.device & DEVICE_HEAD) + 1;
    return true;
  }

  defaultParameters(): void {
    this.heads = DEFAULT_HEADS;
    this.sectorsPerTrack = DEFAULT_SECTORS_PER_TRACK;
  }

  /** What the registers hold after a reset or a diagnostic; `cylinder` tells disks from packet devices. */
  setSignature(cylinder: number): void {
    this.error = DIAGNOSTIC_PASSED;
    this.block[0] = this.block[1] = 1;
    this.cylinder = cylinder;
    this.device = 0;
  }

  save(): SavedState {
    const { error, features, device, heads, sectorsPerTrack } = this;
    return {
      version: VERSION,
      ...{ error, features, device, heads, sectorsPerTrack },
      block: this.block.slice(),
    };
  }

  restore(state: SavedState): void {
    restoreFields("ATA registers", VERSION, this, state);
  }
}

/** Text in IDENTIFY data: two characters a word, the first one in the high byte, padded with spaces. */
export function putText(words: Uint16Array, first: number, count: number, text: string): void {
  const padded = text.padEnd(2 * count);
  for (let i = 0; i < count; i++) {
    words[first + i] = (padded.charCodeAt(2 * i) << 8) | padded.charCodeAt(2 * i + 1);
  }
}
