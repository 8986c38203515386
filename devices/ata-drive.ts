// An ATA disk drive: registers, commands and data transfer of one device on a channel.
//
// Standard: ATA-3, X3T10/2008D revision 7b; FLUSH CACHE from ATA-4, T13/1153D; 48-bit addresses from ATA-6, T13/1410D.
// Left out: single-word DMA, READ/WRITE LONG, the buffer commands, security, SMART and power saving (the drive never sleeps).
// Declared: the times below, which no standard gives.

import {
  ERROR_ABRT,
  ERROR_IDNF,
  ERROR_UNC,
  STATUS_DF,
  STATUS_DRQ,
  STATUS_ERR,
  STATUS_READY,
} from "./ata-registers";
import type { SavedState } from "./bus";
import type { Clock } from "./clock";
import { type DmaEngine, NO_DMA } from "./ata-device";
import { MAX_LBA28, MAX_MULTIPLE, identityOf } from "./ata-identity";
import { AtaUnit } from "./ata-unit";
import { SECTOR_BYTES, type Storage } from "./storage";

/** From the command to the first sector, then for each sector, on the way in and out. */
const COMMAND_MICROSECONDS = 300;
const SECTOR_MICROSECONDS = 100;
/** From a write command to the drive's request for data. */
const WRITE_READY_MICROSECONDS = 10;

/** What a sector takes by DMA. */
const DMA_SECTOR_MICROSECONDS = 16;

/** Sectors that DMA moves at once. */
const DMA_CHUNK = 128;

/** What a drive waits for: its own alarm, the host at the data register, or the bus master. */
type Phase = "command" | "read" | "write" | "write-ready" | "data-in" | "data-out" | "dma" | "dma-ready";

interface Command {
  name: string;
  /** At the write of the command register. */
  start(drive: AtaDrive): void;
  /** At the end of a "command" phase, if `start` began one. */
  end(drive: AtaDrive): void;
}

/** The opcodes that the drive knows; any other is aborted. */
const COMMANDS = new Map<number, Command>();

function known(
  name: string,
  opcodes: readonly number[],
  start: Command["start"],
  end?: Command["end"],
): void {
  for (const opcode of opcodes)
    COMMANDS.set(opcode, { name, start, end: end ?? ((drive) => drive.complete()) });
}

const sixteen = (first: number) => Array.from({ length: 16 }, (_, i) => first + i);
const delay = (drive: AtaDrive) => drive.startCommand(0);

known("RECALIBRATE", sixteen(0x10), delay);
known("READ SECTORS", [0x20, 0x21], (drive) => drive.startRead(1));
known("WRITE SECTORS", [0x30, 0x31], (drive) => drive.startWrite(1));
known(
  "READ VERIFY SECTORS",
  [0x40, 0x41],
  (drive) => drive.startVerify(),
  (drive) => drive.endVerify(),
);
known("SEEK", sixteen(0x70), delay, (drive) => drive.endSeek());
known("INITIALIZE DEVICE PARAMETERS", [0x91], (drive) => drive.initializeParameters());
known("READ SECTORS EXT", [0x24], (drive) => drive.startRead(1, true));
known("READ DMA EXT", [0x25], (drive) => drive.startDma("read", true));
known("READ NATIVE MAX EXT", [0x27], (drive) => drive.readNativeMax(true));
known("READ MULTIPLE EXT", [0x29], (drive) => drive.startRead(drive.multiple, true));
known("WRITE SECTORS EXT", [0x34], (drive) => drive.startWrite(1, true));
known("WRITE DMA EXT", [0x35], (drive) => drive.startDma("write", true));
known("WRITE MULTIPLE EXT", [0x39], (drive) => drive.startWrite(drive.multiple, true));
known(
  "READ VERIFY EXT",
  [0x42],
  (drive) => drive.startVerify(true),
  (drive) => drive.endVerify(),
);
known("READ DMA", [0xc8, 0xc9], (drive) => drive.startDma("read"));
known("WRITE DMA", [0xca, 0xcb], (drive) => drive.startDma("write"));
known("READ NATIVE MAX", [0xf8], (drive) => drive.readNativeMax(false));
known("READ MULTIPLE", [0xc4], (drive) => drive.startRead(drive.multiple));
known("WRITE MULTIPLE", [0xc5], (drive) => drive.startWrite(drive.multiple));
known("SET MULTIPLE MODE", [0xc6], (drive) => drive.setMultiple());
known("STANDBY/IDLE", [0xe0, 0xe1, 0xe2, 0xe3], (drive) => drive.complete());
known("CHECK POWER MODE", [0xe5], (drive) => drive.checkPowerMode());
known("FLUSH CACHE", [0xe7, 0xea], delay);
known("IDENTIFY DEVICE", [0xec], delay, (drive) => drive.endIdentify());
known("SET FEATURES", [0xef], (drive) => drive.setFeatures());

/** Sub-commands of SET FEATURES without a parameter: write cache, look-ahead, defaults at reset, on and off. */
const PLAIN_FEATURES = [0x02, 0x82, 0x55, 0xaa, 0x66, 0xcc];
const FEATURE_TRANSFER_MODE = 0x03;
/** Default PIO mode, without IORDY, and PIO modes 0 to 4; multiword DMA modes 0 to 2 (MULTIWORD and a mode). */
const PIO_MODES = [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x0c];
const MULTIWORD = 0x20;
const MULTIWORD_MODES = 3;

const VERSION = 2;

export class AtaDrive extends AtaUnit<Phase> {
  private command = 0;
  private buffer = new Uint8Array(MAX_MULTIPLE * SECTOR_BYTES);
  private length = 0;
  private lba = 0;
  /** Sectors still to transfer, and how many make a block. */
  private remaining = 0;
  private block = 1;
  /** The address has 48 bits. */
  private wide = false;
  private toMemory = false;
  dmaMode = 0;
  /** Sectors per block of the MULTIPLE commands; 0 when they are off. */
  multiple = 0;

  /**
   * @param index the disk's number in the machine, for people
   * @param place 0 for the master
   * @param onInterrupt told when INTRQ may have changed
   * @param onCommand a trace of commands
   */
  constructor(
    readonly index: number,
    private readonly place: number,
    clock: Clock,
    private readonly storage: Storage,
    onInterrupt: () => void,
    private readonly onCommand: (line: string) => void,
    private readonly dma: DmaEngine = NO_DMA,
  ) {
    super(clock, onInterrupt);
    this.status = STATUS_READY;
  }

  /** A write to the command register while the drive is selected. */
  execute(opcode: number): void {
    if (this.isBusy) return;
    const command = COMMANDS.get(opcode);
    this.commands++;
    this.command = opcode;
    this.registers.error = 0;
    this.wide = false;
    this.status = STATUS_READY;
    this.setInterrupt(false);
    this.onCommand(this.describe(command?.name ?? `unknown command 0x${opcode.toString(16)}`));
    if (command) command.start(this);
    else this.fail(ERROR_ABRT);
  }

  /** EXECUTE DEVICE DIAGNOSTIC, which both drives carry out and the master reports. */
  diagnose(): void {
    this.commands++;
    this.onCommand(`disk ${this.index}: EXECUTE DEVICE DIAGNOSTIC`);
    this.abandon();
    this.setSignature();
    if (this.place === 0) this.setInterrupt(true);
  }

  /** Power-on: as after a reset that is over. */
  powerOn(): void {
    this.abandon();
    this.multiple = this.dmaMode = 0;
    this.registers.defaultParameters();
    this.setSignature();
  }

  readData(): number {
    if (this.phase !== "data-in") return 0xffff;
    const value = this.buffer[this.position] | (this.buffer[this.position + 1] << 8);
    this.position += 2;
    if (this.position === this.length) this.blockTaken();
    return value;
  }

  writeData(value: number): void {
    if (this.phase !== "data-out") return;
    this.buffer[this.position] = value;
    this.buffer[this.position + 1] = value >> 8;
    this.position += 2;
    if (this.position === this.length) this.blockGiven();
  }

  /** Accesses of the data register at once, short of the one that ends the block. Returns their number. */
  readDataAhead(size: 2 | 4, into: Uint8Array): number {
    const bytes = this.bytesAhead("data-in", size, into.length);
    into.set(this.buffer.subarray(this.position, this.position + bytes));
    this.position += bytes;
    return bytes / size;
  }

  writeDataAhead(size: 2 | 4, from: Uint8Array): number {
    const bytes = this.bytesAhead("data-out", size, from.length);
    this.buffer.set(from.subarray(0, bytes), this.position);
    this.position += bytes;
    return bytes / size;
  }

  /** What whole accesses, of `wanted` bytes at most, move without reaching the end of the block. */
  private bytesAhead(phase: Phase, size: 2 | 4, wanted: number): number {
    if (this.phase !== phase) return 0;
    const left = this.length - this.position;
    return Math.min(wanted, left - 1 - ((left - 1) % size));
  }

  startRead(block: number, wide = false): void {
    if (!this.startTransfer(block, wide)) return;
    this.wait("read", COMMAND_MICROSECONDS + this.blockSectors() * SECTOR_MICROSECONDS);
  }

  startWrite(block: number, wide = false): void {
    if (!this.startTransfer(block, wide)) return;
    this.wait("write-ready", WRITE_READY_MICROSECONDS);
  }

  startDma(direction: "read" | "write", wide = false): void {
    if (!this.startTransfer(1, wide)) return;
    this.toMemory = direction === "read";
    this.wait("dma", COMMAND_MICROSECONDS + this.remaining * DMA_SECTOR_MICROSECONDS);
  }

  dmaStarted(): void {
    if (this.phase === "dma-ready") this.moveByDma();
  }

  readNativeMax(wide: boolean): void {
    const most = wide ? this.storage.sectors : Math.min(this.storage.sectors, MAX_LBA28 + 1);
    this.registers.setAddress(most - 1, this.registers.count, wide);
    this.complete();
  }

  /** A phase in which the drive works without data; its end is the table's. */
  startCommand(sectors: number): void {
    this.wait("command", COMMAND_MICROSECONDS + sectors * SECTOR_MICROSECONDS);
  }

  startVerify(wide = false): void {
    if (this.startTransfer(1, wide)) this.startCommand(this.remaining);
  }

  endVerify(): void {
    while (this.remaining > 0) {
      if (!this.access("read", this.buffer.subarray(0, SECTOR_BYTES))) return;
      this.advance(1);
    }
    this.complete();
  }

  endSeek(): void {
    const lba = this.registers.address();
    if (lba < 0 || lba >= this.storage.sectors) this.fail(ERROR_IDNF);
    else this.complete();
  }

  endIdentify(): void {
    this.buffer.set(identityOf(this.index, this.storage.sectors, this.registers, this));
    this.remaining = 0;
    this.offerData(SECTOR_BYTES);
  }

  initializeParameters(): void {
    if (this.registers.initializeParameters()) this.complete();
    else this.fail(ERROR_ABRT);
  }

  setMultiple(): void {
    const { count } = this.registers;
    const valid = count <= MAX_MULTIPLE && (count & (count - 1)) === 0;
    this.multiple = valid ? count : 0;
    if (valid) this.complete();
    else this.fail(ERROR_ABRT);
  }

  checkPowerMode(): void {
    this.registers.count = 0xff;
    this.complete();
  }

  setFeatures(): void {
    const { features, count } = this.registers;
    const setsMode = features === FEATURE_TRANSFER_MODE;
    const dma = setsMode && count >= MULTIWORD && count < MULTIWORD + MULTIWORD_MODES;
    if (dma) this.dmaMode = count - MULTIWORD;
    if (dma || (setsMode && PIO_MODES.includes(count)) || PLAIN_FEATURES.includes(features)) this.complete();
    else this.fail(ERROR_ABRT);
  }

  /** Ends the command well, with an interrupt. */
  complete(): void {
    this.phase = "idle";
    this.status = STATUS_READY;
    this.setInterrupt(true);
  }

  /** Ends the command with an error, and an interrupt. */
  fail(error: number, status = 0): void {
    this.phase = "idle";
    this.registers.error = error;
    this.status = STATUS_READY | STATUS_ERR | status;
    this.setInterrupt(true);
  }

  /** Checks address and range and sets up the transfer; false when the command has failed. */
  private startTransfer(block: number, wide: boolean): boolean {
    this.wide = wide;
    this.lba = this.registers.address(wide);
    this.remaining = this.registers.sectors(wide);
    this.block = block;
    if (block === 0) this.fail(ERROR_ABRT);
    else if (this.lba < 0) this.fail(ERROR_IDNF);
    else if (this.lba + this.remaining > this.storage.sectors) {
      this.registers.setAddress(Math.max(this.lba, this.storage.sectors), this.remaining, wide);
      this.fail(ERROR_IDNF);
    } else return true;
    return false;
  }

  private blockSectors(): number {
    return Math.min(this.block, this.remaining);
  }

  protected phaseEnds(): void {
    switch (this.phase) {
      case "command":
        COMMANDS.get(this.command)!.end(this);
        break;
      case "read":
        this.readBlock();
        break;
      case "write-ready":
        this.askForData();
        break;
      case "write":
        this.writeBlock();
        break;
      case "dma":
        this.moveByDma();
        break;
      case "reset":
        this.setSignature();
        break;
    }
  }

  private readBlock(): void {
    const sectors = this.blockSectors();
    if (!this.access("read", this.buffer.subarray(0, sectors * SECTOR_BYTES))) return;
    this.advance(sectors);
    this.offerData(sectors * SECTOR_BYTES);
  }

  private offerData(length: number): void {
    this.phase = "data-in";
    this.position = 0;
    this.length = length;
    this.status = STATUS_READY | STATUS_DRQ;
    this.setInterrupt(true);
  }

  private blockTaken(): void {
    if (this.remaining > 0) this.wait("read", this.blockSectors() * SECTOR_MICROSECONDS);
    else {
      this.phase = "idle";
      this.status = STATUS_READY;
    }
  }

  private askForData(): void {
    this.phase = "data-out";
    this.position = 0;
    this.length = this.blockSectors() * SECTOR_BYTES;
    this.status = STATUS_READY | STATUS_DRQ;
  }

  private blockGiven(): void {
    this.wait("write", COMMAND_MICROSECONDS + this.blockSectors() * SECTOR_MICROSECONDS);
  }

  private writeBlock(): void {
    const sectors = this.blockSectors();
    if (!this.access("write", this.buffer.subarray(0, sectors * SECTOR_BYTES))) return;
    this.advance(sectors);
    if (this.remaining === 0) return this.complete();
    this.askForData();
    this.setInterrupt(true);
  }

  /** Moves everything, or waits until the bus master is there. */
  private moveByDma(): void {
    if (!this.dma.isReady(this.toMemory)) {
      this.phase = "dma-ready";
      this.status = STATUS_READY | STATUS_DRQ;
      return;
    }
    const chunk = new Uint8Array(Math.min(this.remaining, DMA_CHUNK) * SECTOR_BYTES);
    while (this.remaining > 0) {
      const sectors = Math.min(this.remaining, DMA_CHUNK);
      const bytes = chunk.subarray(0, sectors * SECTOR_BYTES);
      if (!this.toMemory && !this.dma.transfer(bytes, false)) return this.fail(ERROR_ABRT);
      if (!this.access(this.toMemory ? "read" : "write", bytes)) return;
      if (this.toMemory && !this.dma.transfer(bytes, true)) return this.fail(ERROR_ABRT);
      this.advance(sectors);
    }
    this.dma.finish();
    this.complete();
  }

  /** Moves sectors; a medium that fails ends the command. */
  private access(direction: "read" | "write", bytes: Uint8Array): boolean {
    try {
      this.storage[direction](this.lba, bytes);
    } catch {
      this.registers.setAddress(this.lba, this.remaining, this.wide);
      if (direction === "read") this.fail(ERROR_UNC);
      else this.fail(ERROR_ABRT, STATUS_DF);
      return false;
    }
    if (direction === "read") this.sectorsRead += bytes.length / SECTOR_BYTES;
    else this.sectorsWritten += bytes.length / SECTOR_BYTES;
    return true;
  }

  /** The registers then name the last sector that was transferred and the number of those that were not. */
  private advance(sectors: number): void {
    this.lba += sectors;
    this.remaining -= sectors;
    this.registers.setAddress(this.lba - 1, this.remaining, this.wide);
  }

  protected override abandon(): void {
    super.abandon();
    this.remaining = 0;
  }

  /** What the registers of a disk hold after a reset or a diagnostic. */
  private setSignature(): void {
    this.phase = "idle";
    this.status = STATUS_READY;
    this.registers.setSignature(0);
  }

  private describe(name: string): string {
    const lba = this.registers.address();
    return `disk ${this.index}: ${name} count=${this.registers.count} sector=${lba < 0 ? "invalid" : lba}`;
  }

  save(): SavedState {
    const { command, length, lba, remaining, block, wide, toMemory, dmaMode, multiple } = this;
    return {
      version: VERSION,
      ...this.saveUnit(),
      ...{ command, length, lba, remaining, block, wide, toMemory, dmaMode, multiple },
      buffer: this.buffer.slice(),
    };
  }

  restore(state: SavedState): void {
    this.restoreUnit("ATA drive", VERSION, state);
  }
}
