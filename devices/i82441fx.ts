// The host bridge of a 440FX chip set: who answers between 0xC0000 and 0xFFFFF, memory or the bus.
//
// Data sheet: Intel 440FX PCIset, 82441FX PCI and Memory Controller (290549), section 3.2.17, PAM registers.
// Left out: everything about timing, and SMRAM.

import { PciFunction } from "./pci";

/** PAM0 to PAM6. */
const PAM = 0x59;
const PAM_REGISTERS = 7;
const READ_ENABLE = 1;
const WRITE_ENABLE = 2;
/** The upper half of PAM0 is the 64 KiB from 0xF0000; then each register has two areas of 16 KiB. */
const BIOS_AREA = 0xf0000;
const FIRST_AREA = 0xc0000;
const AREA_BYTES = 0x4000;
/** Register with the SMRAM bits: kept, without effect. */
const SMRAM = 0x72;

/** Who is read and who is written in an area: memory if true, else the bus. */
type ShadowListener = (start: number, end: number, readsMemory: boolean, writesMemory: boolean) => void;

export class I82441fx extends PciFunction {
  /** @param onShadow told of each area after a change */
  constructor(onShadow: ShadowListener) {
    const identity = {
      vendor: 0x8086,
      device: 0x1237,
      revision: 2,
      classCode: 0x060000,
      // Firmware for emulated PCs looks for these.
      subsystem: [0x1af4, 0x1100] as const,
    };
    super("82441FX", identity, (offset, size) => {
      if (offset < PAM + PAM_REGISTERS && offset + size > PAM) this.tell(onShadow);
    });
    for (let i = 0; i < PAM_REGISTERS; i++) this.define(PAM + i, 1, 0, 0xff);
    this.define(SMRAM, 1, 2, 0x7f);
  }

  private tell(onShadow: ShadowListener): void {
    const area = (start: number, bytes: number, bits: number) =>
      onShadow(start, start + bytes, (bits & READ_ENABLE) !== 0, (bits & WRITE_ENABLE) !== 0);
    for (let i = 1; i < PAM_REGISTERS; i++) {
      const pam = this.register(PAM + i, 1);
      const start = FIRST_AREA + (i - 1) * 2 * AREA_BYTES;
      area(start, AREA_BYTES, pam);
      area(start + AREA_BYTES, AREA_BYTES, pam >> 4);
    }
    area(BIOS_AREA, 0x10000, this.register(PAM, 1) >> 4);
  }
}
