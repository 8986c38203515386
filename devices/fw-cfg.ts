// The firmware configuration device of emulated PCs: items by number, and a directory of files.
//
// Specification: QEMU's "fw_cfg" documentation, as SeaBIOS uses it. Left out: DMA.

import { type Device, type PortBus, type SavedState, restoreFields } from "./bus";

const FW_CFG_SELECTOR_PORT = 0x510;
const DATA_PORT = 0x511;

const SIGNATURE = 0x00;
const REVISION = 0x01;
const RAM_SIZE = 0x03;
const PROCESSORS = 0x05;
const BOOT_MENU = 0x0e;
const MOST_PROCESSORS = 0x0f;
const DIRECTORY = 0x19;
/** The timer is at pin 2 of the I/O APIC. */
const TIMER_OVERRIDE = 0x8002;
const FIRST_FILE = 0x20;
const FILE_NAME_BYTES = 56;
const FILE_ENTRY_BYTES = 64;

const VERSION = 1;

export class FwCfg implements Device {
  private readonly items = new Map<number, Uint8Array>();
  private selected = 0;
  private position = 0;

  /** @param files contents by name */
  constructor(memoryBytes: number, files: ReadonlyMap<string, Uint8Array>) {
    this.items.set(SIGNATURE, Buffer.from("QEMU"));
    this.items.set(REVISION, number32(1));
    this.items.set(RAM_SIZE, Buffer.concat([number32(memoryBytes), number32(0)]));
    this.items.set(PROCESSORS, number16(1));
    this.items.set(MOST_PROCESSORS, number16(1));
    this.items.set(BOOT_MENU, number16(0));
    this.items.set(TIMER_OVERRIDE, Uint8Array.of(1));
    this.items.set(DIRECTORY, this.addFiles(files));
  }

  private addFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
    const directory = new DataView(new ArrayBuffer(4 + FILE_ENTRY_BYTES * files.size));
    directory.setUint32(0, files.size);
    [...files].forEach(([name, contents], i) => {
      const at = 4 + FILE_ENTRY_BYTES * i;
      directory.setUint32(at, contents.length);
      directory.setUint16(at + 4, FIRST_FILE + i);
      new Uint8Array(directory.buffer).set(Buffer.from(name).subarray(0, FILE_NAME_BYTES - 1), at + 8);
      this.items.set(FIRST_FILE + i, contents);
    });
    return new Uint8Array(directory.buffer);
  }

  attach(bus: PortBus): void {
    bus.attach(FW_CFG_SELECTOR_PORT, 1, {
      readByte: () => 0,
      writeByte: (_port, value) => this.select(value),
      writeWide: (_port, _size, value) => {
        this.select(value & 0xffff);
        return true;
      },
    });
    bus.attach(DATA_PORT, 1, { readByte: () => this.next(), writeByte: () => {} });
  }

  reset(): void {
    this.select(0);
  }

  private select(item: number): void {
    this.selected = item;
    this.position = 0;
  }

  /** Behind an item's end, and for one that is not there, zeros. */
  private next(): number {
    const item = this.items.get(this.selected);
    return item && this.position < item.length ? item[this.position++] : 0;
  }

  save(): SavedState {
    const { selected, position } = this;
    return { version: VERSION, selected, position };
  }

  restore(state: SavedState): void {
    restoreFields("fw_cfg", VERSION, this, state);
  }
}

function number16(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8);
}

function number32(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >>> 24);
}
