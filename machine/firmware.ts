// What a PC's firmware has done before it starts a loader: the chips are programmed, RAM is described.

import type { Mc146818 } from "../devices/mc146818";
import type { PortBus } from "../devices/bus";
import { disketteFormat } from "../devices/i82077";
import { SECTOR_BYTES, type Storage } from "../devices/storage";
import { type MachineConfig, MachineError } from "./config";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Conventional memory ends here; the extended BIOS data area follows. */
export const CONVENTIONAL_END = 0x9fc00;
/** Between conventional and extended memory lie video memory and ROM, not RAM. */
export const HOLE_START = 0xa0000;
export const HOLE_END = 0x100000;
/** Equipment: a mouse at the keyboard controller. */
const EQUIPMENT = 0x04;
const EQUIPMENT_FLOPPY = 0x01;
const EQUIPMENT_SECOND_FLOPPY = 0x40;
const ROM_START = 0xf0000;

/** The writes that a BIOS leaves the chips with: port, byte. */
const PORT_WRITES: readonly (readonly [number, number])[] = [
  // 8259A pair: edge-triggered, cascaded, vectors 0x08 and 0x70, IRQ 0, 1, 2 and 8 to 15 open as far as needed.
  [0x20, 0x11],
  [0x21, 0x08],
  [0x21, 0x04],
  [0x21, 0x01],
  [0xa0, 0x11],
  [0xa1, 0x70],
  [0xa1, 0x02],
  [0xa1, 0x01],
  [0x21, 0xb8],
  [0xa1, 0x8f],
  // 8254: counter 0 18.2 times a second, counter 1 for the memory refresh.
  [0x43, 0x36],
  [0x40, 0x00],
  [0x40, 0x00],
  [0x43, 0x54],
  [0x41, 0x12],
  // 8042: keyboard on, its codes translated, with interrupts; mouse off.
  [0x64, 0x60],
  [0x60, 0x65],
  // Address line 20 on.
  [0x92, 0x02],
];

export function programChips(bus: PortBus): void {
  for (const [port, value] of PORT_WRITES) bus.write(port, 1, value);
}

/** Codes of boot devices in the set-up RAM. */
const BOOT_DEVICES: Readonly<Record<string, number>> = { a: 1, c: 2, d: 3 };

/** @throws MachineError for a letter that is no device */
export function checkBootOrder(order: string): void {
  if (!/^[acd]{1,3}$/.test(order))
    throw new MachineError(`boot order ${JSON.stringify(order)}: need up to three of a, c and d`);
}

/** The diskette as the controller takes it. @throws MachineError for a size that no diskette has */
export function checkFloppy(floppy: Storage | null | undefined): Storage | undefined {
  if (floppy && !disketteFormat(floppy.sectors))
    throw new MachineError(`a diskette of ${floppy.sectors * SECTOR_BYTES} bytes: no format has that size`);
  return floppy ?? undefined;
}

/** @throws MachineError for a drive B without a drive A */
export function checkFloppyDrives({ floppy, secondFloppy }: MachineConfig): void {
  if (secondFloppy !== undefined && floppy === undefined)
    throw new MachineError("a diskette drive B needs a drive A");
}

/** Types of drives in the set-up RAM by the sectors of a track: 360 KB, 1.2 MB, 720 KB, 1.44 MB, 2.88 MB. */
function floppyType(sectors: number | undefined): number {
  if (sectors === undefined) return 0;
  const format = disketteFormat(sectors);
  if (!format || format.sectors === 18) return 4;
  if (format.sectors === 36) return 5;
  if (format.sectors === 15) return 2;
  return format.cylinders === 80 ? 3 : 1;
}

const SHUTDOWN_STATUS = 0x0f;
/** Through the vector at 0040:0067, with an end of interrupt and without. */
const RETURNS = [0x05, 0x0a];

/** Whether a BIOS would return to a program that resets the processor now, instead of starting anew. */
export function returnsFromReset(rtc: Mc146818): boolean {
  return RETURNS.includes(rtc.ramAt(SHUTDOWN_STATUS));
}

/** What the set-up RAM says of a machine. */
export interface SetUp {
  memoryBytes: number;
  disks: number;
  /** Of the diskettes in drives A and B, 0 without one; undefined without a drive. */
  floppySectors: readonly (number | undefined)[];
  /** Boot devices. */
  order: string;
}

/** Fills the set-up RAM: memory sizes, equipment, boot order, checksum. */
export function describeInCmos(rtc: Mc146818, { memoryBytes, disks, floppySectors, order }: SetUp): void {
  const set16 = (address: number, value: number) => {
    rtc.setRam(address, value & 0xff);
    rtc.setRam(address + 1, value >> 8);
  };
  const extendedKib = Math.min((memoryBytes - MIB) / KIB, 0xfc00);
  const above16Mib = Math.min(Math.max(0, memoryBytes - 16 * MIB) / (64 * KIB), 0xffff);
  const [a, b] = floppySectors.map(floppyType);
  const floppies = (a ? EQUIPMENT_FLOPPY : 0) | (b ? EQUIPMENT_SECOND_FLOPPY : 0);
  rtc.setRam(0x10, (a << 4) | b);
  rtc.setRam(0x12, (disks > 0 ? 0xf0 : 0) | (disks > 1 ? 0x0f : 0));
  rtc.setRam(0x14, EQUIPMENT | floppies);
  set16(0x15, 640);
  set16(0x17, extendedKib);
  set16(0x30, extendedKib);
  set16(0x34, above16Mib);
  const [first = 0, second = 0, third = 0] = [...order].map((letter) => BOOT_DEVICES[letter]);
  rtc.setRam(0x3d, first | (second << 4));
  rtc.setRam(0x38, third << 4);
  let sum = 0;
  for (let address = 0x10; address < 0x2e; address++) sum += rtc.ramAt(address);
  rtc.setRam(0x2e, (sum >> 8) & 0xff);
  rtc.setRam(0x2f, sum & 0xff);
}

export interface MemoryRange {
  start: number;
  length: number;
  available: boolean;
}

/** The map of physical memory as the firmware reports it. */
export function memoryMap(memoryBytes: number): MemoryRange[] {
  return [
    { start: 0, length: CONVENTIONAL_END, available: true },
    { start: CONVENTIONAL_END, length: HOLE_START - CONVENTIONAL_END, available: false },
    { start: ROM_START, length: HOLE_END - ROM_START, available: false },
    { start: MIB, length: memoryBytes - MIB, available: true },
  ];
}
