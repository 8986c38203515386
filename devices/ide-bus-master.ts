// The bus master of one IDE channel: moves a device's data to and from memory.
//
// Specification: Programming Interface for Bus Master IDE Controller, revision 1.0 (SFF-8038i).

import { type SavedState, type Stateful, restoreFields } from "./bus";

/** Memory as a bus master sees it. */
export interface PhysicalMemory {
  /** Fills `into`; bytes that are not RAM read as ones. */
  readPhysical(address: number, into: Uint8Array): void;
  /** Bytes that go nowhere are lost. */
  writePhysical(address: number, from: Uint8Array): void;
}

const COMMAND = 0;
const STATUS = 2;
const TABLE = 4;

const COMMAND_START = 0x01;
/** Set: from the device to memory. */
const COMMAND_TO_MEMORY = 0x08;

const STATUS_ACTIVE = 0x01;
const STATUS_ERROR = 0x02;
const STATUS_INTERRUPT = 0x04;
/** Software notes here that a drive can do DMA. */
const STATUS_CAPABLE = 0x60;

/** An entry of the table of physical regions: address, then byte count (0 is 64 KiB) and the mark of the last one. */
const ENTRY_BYTES = 8;
const LAST_ENTRY = 0x80000000;
const MOST_ENTRIES = 8192;

const VERSION = 1;

export class IdeBusMaster implements Stateful {
  private command = 0;
  private status = 0;
  private table = 0;
  /** The region in work: where it goes on, what is left, whether it is the last one. */
  private next = 0;
  private address = 0;
  private left = 0;
  private last = false;

  /** @param onStart told when the channel's device may move data */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly onStart: () => void,
  ) {}

  reset(): void {
    this.command = this.status = this.table = 0;
    this.stop();
  }

  /** Whether it has been started in a direction and still waits for data. */
  isReady(toMemory: boolean): boolean {
    return (this.status & STATUS_ACTIVE) !== 0 && ((this.command & COMMAND_TO_MEMORY) !== 0) === toMemory;
  }

  read(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.readByte(offset + i) * 2 ** (8 * i);
    return value;
  }

  private readByte(offset: number): number {
    if (offset === COMMAND) return this.command;
    if (offset === STATUS) return this.status;
    return offset >= TABLE ? (this.table >>> (8 * (offset - TABLE))) & 0xff : 0;
  }

  write(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
  }

  private writeByte(offset: number, value: number): void {
    if (offset === COMMAND) this.writeCommand(value);
    else if (offset === STATUS) {
      const cleared = value & (STATUS_ERROR | STATUS_INTERRUPT);
      this.status = (this.status & ~(cleared | STATUS_CAPABLE)) | (value & STATUS_CAPABLE);
    } else if (offset >= TABLE) {
      const shift = 8 * (offset - TABLE);
      this.table = ((this.table & ~(0xff << shift)) | (value << shift)) >>> 0;
      this.table = (this.table & ~3) >>> 0;
    }
  }

  private writeCommand(value: number): void {
    const starts = value & ~this.command & COMMAND_START;
    this.command = value & (COMMAND_START | COMMAND_TO_MEMORY);
    if (!(value & COMMAND_START)) this.stop();
    if (!starts) return;
    this.status |= STATUS_ACTIVE;
    this.next = this.table;
    this.left = 0;
    this.last = false;
    this.onStart();
  }

  private stop(): void {
    this.status &= ~STATUS_ACTIVE;
    this.left = 0;
  }

  /** The device's interrupt has come. */
  interrupt(): void {
    this.status |= STATUS_INTERRUPT;
  }

  /** The device is at the end of its command: a table that is used up makes the master inactive. */
  finish(): void {
    if (this.left === 0 && this.last) this.status &= ~STATUS_ACTIVE;
  }

  /** Moves all of `bytes`; false when the table holds less, which is an error. */
  transfer(bytes: Uint8Array, toMemory: boolean): boolean {
    for (let done = 0; done < bytes.length;) {
      if (this.left === 0 && !this.nextRegion()) {
        this.status = (this.status & ~STATUS_ACTIVE) | STATUS_ERROR;
        return false;
      }
      const part = bytes.subarray(done, done + this.left);
      if (toMemory) this.memory.writePhysical(this.address, part);
      else this.memory.readPhysical(this.address, part);
      this.address += part.length;
      this.left -= part.length;
      done += part.length;
    }
    return true;
  }

  private nextRegion(): boolean {
    if (this.last || this.next - this.table >= MOST_ENTRIES * ENTRY_BYTES) return false;
    const entry = new DataView(new ArrayBuffer(ENTRY_BYTES));
    this.memory.readPhysical(this.next, new Uint8Array(entry.buffer));
    this.next += ENTRY_BYTES;
    this.address = (entry.getUint32(0, true) & ~1) >>> 0;
    const size = entry.getUint32(4, true);
    this.left = size & 0xfffe || 0x10000;
    this.last = (size & LAST_ENTRY) !== 0;
    return true;
  }

  save(): SavedState {
    const { command, status, table, next, address, left, last } = this;
    return { version: VERSION, command, status, table, next, address, left, last };
  }

  restore(state: SavedState): void {
    restoreFields("IDE bus master", VERSION, this, state);
  }
}
