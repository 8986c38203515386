// The diskette controller with one drive for each of its first two selects.
//
// Data sheet: Intel 82077AA (290166). IBM PC/AT Technical Reference, "Diskette drive".
// Left out: FM recording, scan commands, formatting with other sector sizes, the PS/2's status registers A and B, the drives' analogue side.
// Declared times: 1 ms for a command that moves the head or data, and 100 us a step; the motors run at once.

import {
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  OPEN_BUS,
  restoreFields,
} from "./bus";
import { Alarm, type Clock } from "./clock";
import type { DmaChannel } from "./i8237";
import { SECTOR_BYTES, type Storage } from "./storage";

const PORT = 0x3f0;
const DIGITAL_OUTPUT = 0x3f2;
const TAPE_DRIVE = 0x3f3;
const MAIN_STATUS = 0x3f4;
const FIFO = 0x3f5;
/** Read: digital input; written: configuration control. */
const DIGITAL_INPUT = 0x3f7;

const OUTPUT_NOT_RESET = 0x04;
const OUTPUT_DMA = 0x08;
const STATUS_READY = 0x80;
const STATUS_TO_HOST = 0x40;
const STATUS_BUSY = 0x10;
const RATE_SELECT_RESET = 0x80;
const DISK_CHANGED = 0x80;

const ST0_ABNORMAL = 0x40;
const ST0_INVALID = 0x80;
const ST0_POLLED = 0xc0;
const ST0_SEEK_END = 0x20;
const ST0_EQUIPMENT = 0x10;
const ST1_NO_ADDRESS = 0x01;
const ST1_NOT_WRITABLE = 0x02;
const ST1_NO_DATA = 0x04;
const ST1_OVERRUN = 0x10;
const ST1_END = 0x80;
const ST2_WRONG_CYLINDER = 0x10;
const ST3_TRACK_0 = 0x10;
const ST3_TWO_SIDES = 0x08;
const ST3_READY = 0x20;
const ST3_PROTECTED = 0x40;

const COMMAND_SECONDS = 0.001;
const STEP_SECONDS = 0.0001;
const VERSION = 0x90;
/** Of a sector's size code: 512 bytes. */
const SIZE_CODE = 2;
const STATE_VERSION = 1;

/** Cylinders, heads and sectors of a track by the number of sectors. */
const FORMATS: readonly (readonly [cylinders: number, heads: number, sectors: number])[] = [
  [40, 1, 8],
  [40, 1, 9],
  [40, 2, 8],
  [40, 2, 9],
  [80, 2, 9],
  [80, 2, 15],
  [80, 2, 18],
  [80, 2, 36],
];

interface Drive {
  readonly disk: Storage;
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
}

/** The size of a diskette's format; undefined for a size that no diskette has. */
export function disketteFormat(
  sectors: number,
): { cylinders: number; heads: number; sectors: number } | undefined {
  const found = FORMATS.find(([cylinders, heads, track]) => cylinders * heads * track === sectors);
  return found && { cylinders: found[0], heads: found[1], sectors: found[2] };
}

/** Bytes of a command with its parameters, by its low five bits; 1: none such. */
const COMMAND_BYTES: Readonly<Record<number, number>> = {
  ...{ 0x02: 9, 0x03: 3, 0x04: 2, 0x05: 9, 0x06: 9, 0x07: 2, 0x08: 1, 0x09: 9, 0x0a: 2, 0x0c: 9, 0x0d: 6 },
  ...{ 0x0e: 1, 0x0f: 3, 0x10: 1, 0x12: 2, 0x13: 4, 0x14: 1, 0x16: 9 },
};

export class I82077 implements Device {
  private output = 0;
  private rate = 0;
  private tape = 0;
  /** Bytes of the command so far. */
  private command: number[] = [];
  private result: number[] = [];
  private busy = false;
  private cylinders = [0, 0, 0, 0];
  /** ST0 of seeks and resets that nobody has asked for yet. */
  private pending: number[] = [];
  private changed = [true, true];
  private configuration = 0x20;
  private locked = false;
  private perpendicular = 0;
  private specified = [0, 0];
  private readonly alarm: Alarm;
  private readonly drives: readonly (Drive | undefined)[];

  /** @param disks of the first two drives; undefined where there is no diskette */
  constructor(
    private readonly clock: Clock,
    private readonly interrupt: InterruptLine,
    private readonly dma: DmaChannel,
    disks: readonly (Storage | undefined)[],
    private readonly onCommand: (line: string) => void,
  ) {
    this.alarm = new Alarm(clock, () => this.execute());
    this.drives = disks.map((disk) => {
      const format = disk && disketteFormat(disk.sectors);
      return disk && format && { disk, ...format };
    });
  }

  attach(bus: PortBus): void {
    bus.attach(PORT, 6, {
      readByte: (port) => this.read(port),
      writeByte: (port, value) => this.write(port, value),
    });
    bus.attach(DIGITAL_INPUT, 1, {
      readByte: () => this.digitalInput(),
      writeByte: (_port, value) => (this.rate = value & 3),
    });
  }

  reset(): void {
    this.output = OUTPUT_NOT_RESET | OUTPUT_DMA;
    this.rate = this.tape = 0;
    this.changed = [true, true];
    this.locked = false;
    this.stop();
    this.pending = [];
    this.interrupt.lower();
  }

  private read(port: number): number {
    switch (port) {
      case DIGITAL_OUTPUT:
        return this.output;
      case TAPE_DRIVE:
        return this.tape;
      case MAIN_STATUS:
        return this.mainStatus();
      case FIFO:
        return this.readFifo();
      default:
        return OPEN_BUS;
    }
  }

  private write(port: number, value: number): void {
    if (port === DIGITAL_OUTPUT) this.writeOutput(value);
    else if (port === TAPE_DRIVE) this.tape = value & 3;
    else if (port === FIFO) this.writeFifo(value);
    else if (port === MAIN_STATUS) {
      this.rate = value & 3;
      if (value & RATE_SELECT_RESET) this.softwareReset();
    }
  }

  private mainStatus(): number {
    if (!(this.output & OUTPUT_NOT_RESET)) return 0;
    if (this.busy) return STATUS_BUSY;
    if (this.result.length) return STATUS_READY | STATUS_TO_HOST | STATUS_BUSY;
    return STATUS_READY | (this.command.length ? STATUS_BUSY : 0);
  }

  private digitalInput(): number {
    const drive = this.output & 3;
    const isOn = (this.output >> (4 + drive)) & 1;
    return isOn && (!this.drives[drive] || this.changed[drive]) ? DISK_CHANGED : 0;
  }

  private writeOutput(value: number): void {
    const before = this.output;
    this.output = value;
    if (!(value & OUTPUT_NOT_RESET)) {
      this.stop();
      this.interrupt.lower();
    } else if (!(before & OUTPUT_NOT_RESET)) this.softwareReset();
  }

  /** After it the controller has polled the drives, and tells so of all four. */
  private softwareReset(): void {
    this.stop();
    if (!this.locked) this.configuration = 0x20;
    this.pending = [0, 1, 2, 3].map((drive) => ST0_POLLED | drive);
    this.interrupt.raise();
  }

  private stop(): void {
    this.alarm.cancel();
    this.busy = false;
    this.command = [];
    this.result = [];
  }

  private readFifo(): number {
    if (!this.result.length || this.busy) return 0;
    this.interrupt.lower();
    return this.result.shift()!;
  }

  private writeFifo(value: number): void {
    if (this.busy || this.result.length || !(this.output & OUTPUT_NOT_RESET)) return;
    this.command.push(value);
    const wanted = COMMAND_BYTES[this.command[0] & 0x1f] ?? 1;
    if (this.command.length < wanted) return;
    this.begin();
  }

  /** Commands that move the head or data take their time; the others answer at once. */
  private begin(): void {
    const seconds = this.duration();
    if (!seconds) return this.execute();
    this.busy = true;
    this.alarm.setIn(Math.ceil(seconds * this.clock.frequency));
  }

  private duration(): number {
    const [opcode, drive, cylinder] = this.command;
    switch (opcode & 0x1f) {
      case 0x02:
      case 0x05:
      case 0x06:
      case 0x09:
      case 0x0c:
      case 0x0d:
      case 0x16:
      case 0x0a:
        return COMMAND_SECONDS;
      case 0x07:
        return COMMAND_SECONDS + STEP_SECONDS * this.cylinders[drive & 3];
      case 0x0f:
        return COMMAND_SECONDS + STEP_SECONDS * Math.abs(cylinder - this.cylinders[drive & 3]);
      default:
        return 0;
    }
  }

  private execute(): void {
    const command = this.command;
    this.command = [];
    this.busy = false;
    const [opcode, drive = 0] = command;
    switch (opcode & 0x1f) {
      case 0x03:
        this.specified = command.slice(1);
        break;
      case 0x04:
        this.result = [this.driveStatus(drive)];
        break;
      case 0x07:
        return this.seek(drive & 3, 0);
      case 0x08:
        return this.senseInterrupt();
      case 0x0a:
        return this.readId(drive);
      case 0x0e:
        this.result = [
          ...this.cylinders,
          ...this.specified,
          0,
          this.locked ? 0x80 : 0,
          this.configuration,
          0,
        ];
        break;
      case 0x0f:
        return this.seek(
          drive & 3,
          opcode & 0x80 ? this.relative(opcode, drive & 3, command[2]) : command[2],
        );
      case 0x10:
        this.result = [VERSION];
        break;
      case 0x12:
        this.perpendicular = drive;
        break;
      case 0x13:
        this.configuration = command[2];
        break;
      case 0x14:
        this.locked = (opcode & 0x80) !== 0;
        this.result = [this.locked ? 0x10 : 0];
        break;
      case 0x02:
      case 0x06:
      case 0x0c:
      case 0x16:
      case 0x05:
      case 0x09:
        return this.transfer(command);
      case 0x0d:
        return this.format(command);
      default:
        this.result = [ST0_INVALID];
    }
  }

  private relative(opcode: number, drive: number, steps: number): number {
    return Math.max(0, this.cylinders[drive] + (opcode & 0x40 ? steps : -steps));
  }

  private driveStatus(select: number): number {
    const drive = this.drives[select & 3];
    const track0 = this.cylinders[select & 3] === 0 ? ST3_TRACK_0 : 0;
    const sides = drive && drive.heads === 2 ? ST3_TWO_SIDES : 0;
    return (select & 7) | track0 | sides | ST3_READY | (drive ? 0 : ST3_PROTECTED);
  }

  private seek(select: number, cylinder: number): void {
    this.cylinders[select] = Math.min(cylinder, 255);
    const drive = this.drives[select];
    if (drive) this.changed[select] = false;
    this.pending.push(select | ST0_SEEK_END | (select < 2 ? 0 : ST0_EQUIPMENT | ST0_ABNORMAL));
    this.interrupt.raise();
  }

  private senseInterrupt(): void {
    const st0 = this.pending.shift();
    this.result = st0 === undefined ? [ST0_INVALID] : [st0, this.cylinders[st0 & 3]];
    if (!this.pending.length) this.interrupt.lower();
  }

  private readId(select: number): void {
    const drive = this.drives[select & 3];
    const head = (select >> 2) & 1;
    const cylinder = this.cylinders[select & 3];
    if (!drive || head >= drive.heads || cylinder >= drive.cylinders)
      return this.finish(select, ST1_NO_ADDRESS, 0, [cylinder, head, 1, SIZE_CODE]);
    this.finish(select, 0, 0, [cylinder, head, 1, SIZE_CODE]);
  }

  /** Reads, writes and verifies: sector by sector, until the DMA controller or the track has enough. */
  private transfer(command: readonly number[]): void {
    const [opcode, select, cylinder, head, first, size, last] = command;
    const drive = this.drives[select & 3];
    const writes = (opcode & 0x1f) === 0x05 || (opcode & 0x1f) === 0x09;
    const verifies = (opcode & 0x1f) === 0x16;
    const place = { cylinder, head, sector: first };
    this.onCommand(`floppy ${select & 3} ${writes ? "write" : "read"} c ${cylinder} h ${head} s ${first}`);
    const address = () => [place.cylinder, place.head, place.sector, size];
    if (!drive) return this.finish(select, ST1_NO_ADDRESS, 0, address());
    if (cylinder !== this.cylinders[select & 3])
      return this.finish(select, ST1_NO_DATA, ST2_WRONG_CYLINDER, address());
    const buffer = new Uint8Array(SECTOR_BYTES);
    let st1 = 0;
    for (let done = false; !done;) {
      st1 = this.sectorFault(drive, place, size);
      if (st1) break;
      const lba = (place.cylinder * drive.heads + place.head) * drive.sectors + place.sector - 1;
      const moved = this.moveSector(drive, lba, buffer, writes, verifies);
      if (moved.fault) {
        st1 = moved.fault;
        break;
      }
      done = moved.terminal;
      if (place.sector !== last) place.sector++;
      else {
        place.sector = 1;
        const turns = opcode & 0x80 && !(place.head & 1) && drive.heads === 2;
        if (turns) place.head |= 1;
        else {
          place.cylinder++;
          place.head &= ~1;
          // Without a terminal count the track's end ends the command.
          if (!done) st1 = verifies ? 0 : ST1_END;
          done = true;
        }
      }
    }
    this.finish(select, st1, 0, address());
  }

  private sectorFault(
    drive: Drive,
    place: { cylinder: number; head: number; sector: number },
    size: number,
  ): number {
    if (place.cylinder >= drive.cylinders || place.head >= drive.heads) return ST1_NO_ADDRESS;
    return size !== SIZE_CODE || place.sector < 1 || place.sector > drive.sectors ? ST1_NO_DATA : 0;
  }

  private moveSector(
    drive: Drive,
    lba: number,
    buffer: Uint8Array,
    writes: boolean,
    verifies: boolean,
  ): { terminal: boolean; fault: number } {
    if (verifies) return { terminal: false, fault: 0 };
    if (!(this.output & OUTPUT_DMA)) return { terminal: false, fault: ST1_OVERRUN };
    try {
      if (!writes) {
        drive.disk.read(lba, buffer);
        const { moved, terminal } = this.dma.toMemory(buffer);
        return { terminal, fault: moved ? 0 : ST1_OVERRUN };
      }
      // What memory does not give of a sector is zeros.
      buffer.fill(0);
      const { moved, terminal } = this.dma.fromMemory(buffer);
      if (!moved) return { terminal, fault: ST1_OVERRUN };
      drive.disk.write(lba, buffer);
      return { terminal, fault: 0 };
    } catch {
      return { terminal: false, fault: writes ? ST1_NOT_WRITABLE : ST1_NO_DATA };
    }
  }

  /** Fills a track with a byte; the sectors' addresses, which memory gives, are taken as they should be. */
  private format([, select, , count, , fill]: readonly number[]): void {
    const drive = this.drives[select & 3];
    const head = (select >> 2) & 1;
    const cylinder = this.cylinders[select & 3];
    if (!drive || head >= drive.heads || cylinder >= drive.cylinders)
      return this.finish(select, ST1_NO_ADDRESS, 0, [cylinder, head, 1, SIZE_CODE]);
    this.dma.fromMemory(new Uint8Array(4 * Math.max(1, count)));
    const first = (cylinder * drive.heads + head) * drive.sectors;
    const track = new Uint8Array(drive.sectors * SECTOR_BYTES).fill(fill);
    try {
      drive.disk.write(first, track);
      this.finish(select, 0, 0, [cylinder, head, 1, SIZE_CODE]);
    } catch {
      this.finish(select, ST1_NOT_WRITABLE, 0, [cylinder, head, 1, SIZE_CODE]);
    }
  }

  private finish(select: number, st1: number, st2: number, address: readonly number[]): void {
    this.result = [(select & 7) | (st1 ? ST0_ABNORMAL : 0), st1, st2, ...address];
    this.interrupt.raise();
  }

  save(): SavedState {
    const { output, rate, tape, command, result, busy, cylinders, pending, changed } = this;
    const { configuration, locked, perpendicular, specified } = this;
    const state = {
      ...{ version: STATE_VERSION, output, rate, tape, command, result, busy, cylinders, pending, changed },
      ...{ configuration, locked, perpendicular, specified, due: this.alarm.save() },
    };
    return structuredClone(state);
  }

  restore(state: SavedState): void {
    const { due, ...fields } = state;
    restoreFields("82077AA", STATE_VERSION, this, fields as SavedState);
    this.alarm.restore(due);
    if (this.result.length || this.pending.length) this.interrupt.raise();
    else this.interrupt.lower();
  }
}
