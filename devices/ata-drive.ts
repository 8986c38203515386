// An ATA disk drive: registers, commands and data transfer of one device on a channel.
//
// Standard: ATA-3, X3T10/2008D revision 7b; FLUSH CACHE from ATA-4, T13/1153D.
// Left out: DMA, READ/WRITE LONG, the buffer commands, security, SMART and power saving (the drive never sleeps).
// Declared: the times below, which no standard gives.

import { type SavedState, type SavedValue, restoreFields } from "./bus";
import { Alarm, type Clock, microseconds } from "./clock";
import { SECTOR_BYTES, type Storage } from "./storage";

// Offsets in the command block.
export const REGISTER_DATA = 0;
export const REGISTER_ERROR = 1;
export const REGISTER_COUNT = 2;
export const REGISTER_SECTOR = 3;
export const REGISTER_CYLINDER_LOW = 4;
export const REGISTER_CYLINDER_HIGH = 5;
export const REGISTER_DEVICE = 6;
export const REGISTER_STATUS = 7;

export const STATUS_ERR = 0x01;
export const STATUS_DRQ = 0x08;
export const STATUS_DSC = 0x10;
export const STATUS_DF = 0x20;
export const STATUS_DRDY = 0x40;
export const STATUS_BSY = 0x80;
const STATUS_READY = STATUS_DRDY | STATUS_DSC;

export const ERROR_ABRT = 0x04;
export const ERROR_IDNF = 0x10;
export const ERROR_UNC = 0x40;
const DIAGNOSTIC_PASSED = 0x01;

const DEVICE_LBA = 0x40;
const DEVICE_HEAD = 0x0f;
/** Bits 7 and 5 read as ones. */
const DEVICE_FIXED = 0xa0;

/** From the command to the first sector, then for each sector, on the way in and out. */
const COMMAND_MICROSECONDS = 300;
const SECTOR_MICROSECONDS = 100;
/** From a write command to the drive's request for data. */
const WRITE_READY_MICROSECONDS = 10;
const RESET_MICROSECONDS = 2000;

const MAX_MULTIPLE = 16;
const MAX_CYLINDERS = 16383;
const DEFAULT_HEADS = 16;
const DEFAULT_SECTORS_PER_TRACK = 63;
const MAX_LBA28 = 0x0fffffff;

/** What a drive waits for: nothing, its own alarm, or the host at the data register. */
type Phase = "idle" | "command" | "read" | "write" | "write-ready" | "data-in" | "data-out" | "reset";

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
known("READ MULTIPLE", [0xc4], (drive) => drive.startRead(drive.multiple));
known("WRITE MULTIPLE", [0xc5], (drive) => drive.startWrite(drive.multiple));
known("SET MULTIPLE MODE", [0xc6], (drive) => drive.setMultiple());
known("STANDBY/IDLE", [0xe0, 0xe1, 0xe2, 0xe3], (drive) => drive.complete());
known("CHECK POWER MODE", [0xe5], (drive) => drive.checkPowerMode());
known("FLUSH CACHE", [0xe7], delay);
known("IDENTIFY DEVICE", [0xec], delay, (drive) => drive.endIdentify());
known("SET FEATURES", [0xef], (drive) => drive.setFeatures());

/** Sub-commands of SET FEATURES without a parameter: write cache, look-ahead, defaults at reset, on and off. */
const PLAIN_FEATURES = [0x02, 0x82, 0x55, 0xaa, 0x66, 0xcc];
const FEATURE_TRANSFER_MODE = 0x03;
/** Default PIO mode, without IORDY, and PIO modes 0 to 4. */
const PIO_MODES = [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x0c];

const VERSION = 1;

export class AtaDrive {
  private error = DIAGNOSTIC_PASSED;
  private features = 0;
  private count = 1;
  private sector = 1;
  private cylinderLow = 0;
  private cylinderHigh = 0;
  private device = 0;
  private status = STATUS_READY;
  private intrq = false;
  private command = 0;
  private phase: Phase = "idle";
  private buffer = new Uint8Array(MAX_MULTIPLE * SECTOR_BYTES);
  private position = 0;
  private length = 0;
  private lba = 0;
  /** Sectors still to transfer, and how many make a block. */
  private remaining = 0;
  private block = 1;
  private heads = DEFAULT_HEADS;
  private sectorsPerTrack = DEFAULT_SECTORS_PER_TRACK;
  /** Sectors per block of the MULTIPLE commands; 0 when they are off. */
  multiple = 0;
  private readonly alarm: Alarm;
  commands = 0;
  sectorsRead = 0;
  sectorsWritten = 0;

  /**
   * @param index 0 for the master
   * @param onInterrupt told when INTRQ may have changed
   * @param onCommand a trace of commands
   */
  constructor(
    readonly index: number,
    private readonly clock: Clock,
    private readonly storage: Storage,
    private readonly onInterrupt: () => void,
    private readonly onCommand: (line: string) => void,
  ) {
    this.alarm = new Alarm(clock, () => this.phaseEnds());
  }

  /** The request for an interrupt, before the channel's selection and nIEN. */
  get interruptRequested(): boolean {
    return this.intrq;
  }

  get isBusy(): boolean {
    return (this.status & STATUS_BSY) !== 0;
  }

  /** Status without the side effect of reading it. */
  get alternateStatus(): number {
    return this.status;
  }

  read(register: number): number {
    switch (register) {
      case REGISTER_ERROR:
        return this.error;
      case REGISTER_COUNT:
        return this.count;
      case REGISTER_SECTOR:
        return this.sector;
      case REGISTER_CYLINDER_LOW:
        return this.cylinderLow;
      case REGISTER_CYLINDER_HIGH:
        return this.cylinderHigh;
      case REGISTER_DEVICE:
        return this.device | DEVICE_FIXED;
      default:
        this.setInterrupt(false);
        return this.status;
    }
  }

  /** A write to the command block, which both drives see. */
  write(register: number, value: number): void {
    if (this.isBusy) return;
    switch (register) {
      case REGISTER_ERROR:
        this.features = value;
        break;
      case REGISTER_COUNT:
        this.count = value;
        break;
      case REGISTER_SECTOR:
        this.sector = value;
        break;
      case REGISTER_CYLINDER_LOW:
        this.cylinderLow = value;
        break;
      case REGISTER_CYLINDER_HIGH:
        this.cylinderHigh = value;
        break;
      case REGISTER_DEVICE:
        this.device = value;
        break;
    }
  }

  /** A write to the command register while the drive is selected. */
  execute(opcode: number): void {
    if (this.isBusy) return;
    const command = COMMANDS.get(opcode);
    this.commands++;
    this.command = opcode;
    this.error = 0;
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
    if (this.index === 0) this.setInterrupt(true);
  }

  /** SRST, or the RESET line: everything stops; the drive is ready some time after the signal ends. */
  startReset(): void {
    this.abandon();
    this.status = STATUS_BSY;
    this.alarm.cancel();
    this.phase = "reset";
  }

  endReset(): void {
    if (this.phase === "reset") this.alarm.setIn(microseconds(this.clock, RESET_MICROSECONDS));
  }

  /** Power-on: as after a reset that is over. */
  powerOn(): void {
    this.abandon();
    this.multiple = 0;
    this.heads = DEFAULT_HEADS;
    this.sectorsPerTrack = DEFAULT_SECTORS_PER_TRACK;
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

  startRead(block: number): void {
    if (!this.startTransfer(block)) return;
    this.wait("read", COMMAND_MICROSECONDS + this.blockSectors() * SECTOR_MICROSECONDS);
  }

  startWrite(block: number): void {
    if (!this.startTransfer(block)) return;
    this.wait("write-ready", WRITE_READY_MICROSECONDS);
  }

  /** A phase in which the drive works without data; its end is the table's. */
  startCommand(sectors: number): void {
    this.wait("command", COMMAND_MICROSECONDS + sectors * SECTOR_MICROSECONDS);
  }

  startVerify(): void {
    if (this.startTransfer(1)) this.startCommand(this.remaining);
  }

  endVerify(): void {
    while (this.remaining > 0) {
      if (!this.access("read", this.buffer.subarray(0, SECTOR_BYTES))) return;
      this.advance(1);
    }
    this.complete();
  }

  endSeek(): void {
    const lba = this.address();
    if (lba < 0 || lba >= this.storage.sectors) this.fail(ERROR_IDNF);
    else this.complete();
  }

  endIdentify(): void {
    this.buffer.set(this.identity());
    this.remaining = 0;
    this.offerData(SECTOR_BYTES);
  }

  initializeParameters(): void {
    if (this.count === 0) return this.fail(ERROR_ABRT);
    this.sectorsPerTrack = this.count;
    this.heads = (this.device & DEVICE_HEAD) + 1;
    this.complete();
  }

  setMultiple(): void {
    const valid = this.count <= MAX_MULTIPLE && (this.count & (this.count - 1)) === 0;
    this.multiple = valid ? this.count : 0;
    if (valid) this.complete();
    else this.fail(ERROR_ABRT);
  }

  checkPowerMode(): void {
    this.count = 0xff;
    this.complete();
  }

  setFeatures(): void {
    const mode = this.features === FEATURE_TRANSFER_MODE && PIO_MODES.includes(this.count);
    if (mode || PLAIN_FEATURES.includes(this.features)) this.complete();
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
    this.error = error;
    this.status = STATUS_READY | STATUS_ERR | status;
    this.setInterrupt(true);
  }

  /** Checks address and range and sets up the transfer; false when the command has failed. */
  private startTransfer(block: number): boolean {
    this.lba = this.address();
    this.remaining = this.count || 256;
    this.block = block;
    if (block === 0) this.fail(ERROR_ABRT);
    else if (this.lba < 0) this.fail(ERROR_IDNF);
    else if (this.lba + this.remaining > this.storage.sectors) {
      this.setAddress(Math.max(this.lba, this.storage.sectors));
      this.fail(ERROR_IDNF);
    } else return true;
    return false;
  }

  private blockSectors(): number {
    return Math.min(this.block, this.remaining);
  }

  private wait(phase: Phase, time: number): void {
    this.phase = phase;
    this.status = STATUS_BSY;
    this.alarm.setIn(microseconds(this.clock, time));
  }

  private phaseEnds(): void {
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

  /** Moves sectors; a medium that fails ends the command. */
  private access(direction: "read" | "write", bytes: Uint8Array): boolean {
    try {
      this.storage[direction](this.lba, bytes);
    } catch {
      this.setAddress(this.lba);
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
    this.count = this.remaining & 0xff;
    this.setAddress(this.lba - 1);
  }

  /** The sector that the registers address; -1 when the current translation has no such place. */
  private address(): number {
    const cylinder = this.cylinderLow | (this.cylinderHigh << 8);
    const head = this.device & DEVICE_HEAD;
    if (this.device & DEVICE_LBA) return ((head << 24) | (cylinder << 8) | this.sector) >>> 0;
    if (this.sector === 0 || this.sector > this.sectorsPerTrack || head >= this.heads) return -1;
    return (cylinder * this.heads + head) * this.sectorsPerTrack + this.sector - 1;
  }

  private setAddress(lba: number): void {
    let cylinder = (lba >>> 8) & 0xffff;
    let head = (lba >>> 24) & DEVICE_HEAD;
    this.sector = lba & 0xff;
    if (!(this.device & DEVICE_LBA)) {
      const track = Math.floor(lba / this.sectorsPerTrack);
      this.sector = (lba % this.sectorsPerTrack) + 1;
      head = track % this.heads;
      cylinder = Math.floor(track / this.heads);
    }
    this.cylinderLow = cylinder & 0xff;
    this.cylinderHigh = (cylinder >> 8) & 0xff;
    this.device = (this.device & ~DEVICE_HEAD) | head;
  }

  private abandon(): void {
    this.alarm.cancel();
    this.phase = "idle";
    this.remaining = 0;
    this.setInterrupt(false);
  }

  /** What the registers of a disk hold after a reset or a diagnostic. */
  private setSignature(): void {
    this.phase = "idle";
    this.status = STATUS_READY;
    this.error = DIAGNOSTIC_PASSED;
    this.count = this.sector = 1;
    this.cylinderLow = this.cylinderHigh = this.device = 0;
  }

  private setInterrupt(requested: boolean): void {
    this.intrq = requested;
    this.onInterrupt();
  }

  /** The data of IDENTIFY DEVICE. */
  private identity(): Uint8Array {
    const words = new Uint16Array(256);
    const total = Math.min(this.storage.sectors, MAX_LBA28 + 1);
    const cylindersOf = (heads: number, track: number) =>
      Math.min(MAX_CYLINDERS, Math.floor(total / (heads * track)));
    const cylinders = cylindersOf(this.heads, this.sectorsPerTrack);
    const capacity = cylinders * this.heads * this.sectorsPerTrack;
    words[0] = 0x0040;
    words[1] = cylindersOf(DEFAULT_HEADS, DEFAULT_SECTORS_PER_TRACK);
    words[3] = DEFAULT_HEADS;
    words[6] = DEFAULT_SECTORS_PER_TRACK;
    putText(words, 10, 10, `M386-${this.index}`);
    putText(words, 23, 4, "1.0");
    putText(words, 27, 20, "MACH386 DISK");
    words[47] = 0x8000 | MAX_MULTIPLE;
    words[49] = 0x0200;
    words[51] = 0x0200;
    words[53] = 0x0001;
    words[54] = cylinders;
    words[55] = this.heads;
    words[56] = this.sectorsPerTrack;
    words[57] = capacity & 0xffff;
    words[58] = capacity >>> 16;
    words[59] = this.multiple ? 0x0100 | this.multiple : 0;
    words[60] = total & 0xffff;
    words[61] = total >>> 16;
    words[80] = 0x000e;
    return new Uint8Array(words.buffer);
  }

  private describe(name: string): string {
    const lba = this.address();
    return `disk ${this.index}: ${name} count=${this.count} sector=${lba < 0 ? "invalid" : lba}`;
  }

  save(): SavedState {
    const { error, features, count, sector, cylinderLow, cylinderHigh, device, status, intrq, command } =
      this;
    const { phase, position, length, lba, remaining, block, heads, sectorsPerTrack, multiple } = this;
    return {
      version: VERSION,
      ...{ error, features, count, sector, cylinderLow, cylinderHigh, device, status, intrq, command },
      ...{ phase, position, length, lba, remaining, block, heads, sectorsPerTrack, multiple },
      buffer: this.buffer.slice(),
      alarm: this.alarm.save(),
    };
  }

  restore(state: SavedState): void {
    const { alarm, ...fields } = state;
    restoreFields("ATA drive", VERSION, this, fields as SavedState);
    this.alarm.restore(alarm as SavedValue);
    this.onInterrupt();
  }
}

/** Text in IDENTIFY data: two characters a word, the first one in the high byte, padded with spaces. */
function putText(words: Uint16Array, first: number, count: number, text: string): void {
  const padded = text.padEnd(2 * count);
  for (let i = 0; i < count; i++) {
    words[first + i] = (padded.charCodeAt(2 * i) << 8) | padded.charCodeAt(2 * i + 1);
  }
}
