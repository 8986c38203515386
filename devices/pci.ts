// A PCI bus: configuration mechanism #1 (ports 0xCF8 and 0xCFC) and the configuration space of its functions.
//
// Specification: PCI Local Bus Specification revision 2.1, chapters 3.7.4 and 6.

import { type AccessSize, type Device, type PortBus, type SavedState, OPEN_BUS, restoreFields } from "./bus";

const CONFIG_ADDRESS_PORT = 0xcf8;
const CONFIG_DATA_PORT = 0xcfc;

const ENABLE = 0x80000000;
const SPACE_BYTES = 256;

// Offsets in configuration space.
const PCI_VENDOR_ID = 0x00;
const PCI_DEVICE_ID = 0x02;
export const PCI_COMMAND = 0x04;
const PCI_REVISION = 0x08;
const PCI_CLASS = 0x09;
const PCI_HEADER_TYPE = 0x0e;
export const PCI_BAR0 = 0x10;
const PCI_SUBSYSTEM_VENDOR = 0x2c;
const PCI_SUBSYSTEM = 0x2e;
const PCI_INTERRUPT_LINE = 0x3c;

export const COMMAND_IO = 0x01;
export const COMMAND_MEMORY = 0x02;
const COMMAND_MASTER = 0x04;
const MULTIFUNCTION = 0x80;
/** Bit 0 of a base address register in I/O space. */
export const BAR_IO = 1;
/** In memory: reads change nothing. */
export const BAR_PREFETCHABLE = 8;

const VERSION = 1;

/** What a function says of itself. */
interface PciIdentity {
  vendor: number;
  device: number;
  revision?: number;
  /** Class, subclass and programming interface, from the high byte down. */
  classCode: number;
  multifunction?: boolean;
  /** Subsystem vendor and device. */
  subsystem?: readonly [vendor: number, device: number];
}

/** The configuration space of one function of a device. */
export class PciFunction implements Device {
  protected space = new Uint8Array(SPACE_BYTES);
  /** Bits that the guest may change. */
  private readonly writable = new Uint8Array(SPACE_BYTES);
  private readonly initial = new Uint8Array(SPACE_BYTES);

  /** @param onWrite told after a write, with the first offset and its size */
  constructor(
    private readonly name: string,
    identity: PciIdentity,
    private readonly onWrite: (offset: number, size: number) => void = () => {},
  ) {
    this.define(PCI_VENDOR_ID, 2, identity.vendor);
    this.define(PCI_DEVICE_ID, 2, identity.device);
    this.define(PCI_COMMAND, 2, 0, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER);
    this.define(PCI_REVISION, 1, identity.revision ?? 0);
    this.define(PCI_CLASS, 3, identity.classCode);
    this.define(PCI_HEADER_TYPE, 1, identity.multifunction ? MULTIFUNCTION : 0);
    this.define(PCI_SUBSYSTEM_VENDOR, 2, identity.subsystem?.[0] ?? 0);
    this.define(PCI_SUBSYSTEM, 2, identity.subsystem?.[1] ?? 0);
    this.define(PCI_INTERRUPT_LINE, 1, 0, 0xff);
  }

  /** Gives a register of at most 4 bytes its value after a reset, and the bits that can be written. */
  define(offset: number, size: number, value: number, writable = 0): void {
    for (let i = 0; i < size; i++) {
      this.initial[offset + i] = this.space[offset + i] = Math.floor(value / 2 ** (8 * i));
      this.writable[offset + i] = Math.floor(writable / 2 ** (8 * i));
    }
  }

  /** A base address register of `size` bytes, a power of 2, in I/O space or memory. */
  defineBar(index: number, size: number, kind: number): void {
    this.define(PCI_BAR0 + 4 * index, 4, kind, (2 ** 32 - size) >>> 0);
  }

  reset(): void {
    this.space.set(this.initial);
    this.onWrite(0, SPACE_BYTES);
  }

  /** A register, 1 to 4 bytes. */
  register(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.space[offset + i] * 2 ** (8 * i);
    return value;
  }

  /** Changes a register as the device, not the guest, does. */
  set(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) this.space[offset + i] = value >>> (8 * i);
  }

  configWrite(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) {
      const mask = this.writable[offset + i];
      this.space[offset + i] = (this.space[offset + i] & ~mask) | ((value >>> (8 * i)) & mask);
    }
    this.onWrite(offset, size);
  }

  save(): SavedState {
    return { version: VERSION, space: this.space.slice() };
  }

  restore(state: SavedState): void {
    restoreFields(this.name, VERSION, this, state);
    this.onWrite(0, SPACE_BYTES);
  }
}

/** Bus 0, and the two ports that lead to it. */
export class PciBus implements Device {
  private address = 0;
  private readonly functions = new Map<number, PciFunction>();

  /** Adds function `number` of a device. */
  add(device: number, number: number, pciFunction: PciFunction): void {
    this.functions.set((device << 3) | number, pciFunction);
  }

  attach(bus: PortBus): void {
    const address = {
      // Bytes and words at this port are no configuration accesses.
      readByte: () => OPEN_BUS,
      writeByte: () => {},
      readWide: (_port: number, size: AccessSize) => (size === 4 ? this.address : undefined),
      writeWide: (_port: number, size: AccessSize, value: number) => {
        if (size === 4) this.address = (value & 0x80fffffc) >>> 0;
        return size === 4;
      },
    };
    bus.attach(CONFIG_ADDRESS_PORT, 1, address);
    bus.attach(CONFIG_DATA_PORT, 4, {
      readByte: (port) => this.read(port, 1),
      writeByte: (port, value) => this.write(port, 1, value),
      readWide: (port, size) => (this.isAligned(port, size) ? this.read(port, size) : undefined),
      writeWide: (port, size, value) => {
        if (!this.isAligned(port, size)) return false;
        this.write(port, size, value);
        return true;
      },
    });
  }

  reset(): void {
    this.address = 0;
  }

  private isAligned(port: number, size: number): boolean {
    return port % size === 0;
  }

  /** The function that the address names, if it is on this bus. */
  private get selected(): PciFunction | undefined {
    if (!(this.address & ENABLE) || (this.address >>> 16) & 0xff) return undefined;
    return this.functions.get((this.address >>> 8) & 0xff);
  }

  private offset(port: number): number {
    return (this.address & 0xfc) | (port & 3);
  }

  /** Nobody there reads as ones: the master abort. */
  private read(port: number, size: number): number {
    return this.selected?.register(this.offset(port), size) ?? 2 ** (8 * size) - 1;
  }

  private write(port: number, size: number, value: number): void {
    this.selected?.configWrite(this.offset(port), size, value);
  }

  save(): SavedState {
    return { version: VERSION, address: this.address };
  }

  restore(state: SavedState): void {
    restoreFields("PCI bus", VERSION, this, state);
  }
}
