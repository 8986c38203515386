// A CD-ROM drive on an ATA channel: packet commands and their data.
//
// Standards: ATA/ATAPI-4, T13/1153D, chapter 9 (PACKET); SFF-8020i revision 2.6; SCSI-3 Multimedia Commands (MMC-2), T10/1228D.
// Left out: audio, sub-channels, changing the disc while the machine runs, overlapped commands.
// Declared: the times below.

import { type DmaEngine, NO_DMA } from "./ata-device";
import {
  ERROR_ABRT,
  STATUS_DRDY,
  STATUS_DRQ,
  STATUS_DSC,
  STATUS_ERR,
  STATUS_READY,
  putText,
} from "./ata-registers";
import { AtaUnit } from "./ata-unit";
import type { SavedState } from "./bus";
import type { Clock } from "./clock";
import { type PacketResult, CD_SECTOR, answerPacket } from "./cd-commands";
import { SECTOR_BYTES, type Storage } from "./storage";

/** Cylinder registers of a packet device after a reset. */
const SIGNATURE = 0xeb14;

const PACKET_BYTES = 12;
/** The count register while a packet command runs: command or data, and the direction. */
const REASON_COMMAND = 0x01;
const REASON_IN = 0x02;
const FEATURE_DMA = 0x01;
/** A byte count of 0 and an odd one mean this much. */
const MOST_BYTES = 0xfffe;

const NOP = 0x00;
const DEVICE_RESET = 0x08;
const PACKET = 0xa0;
const IDENTIFY_PACKET_DEVICE = 0xa1;
const CHECK_POWER_MODE = 0xe5;
const IDLE_COMMANDS = [0xe0, 0xe1, 0xe2, 0xe3, 0xe7];
const IDENTIFY_DEVICE = 0xec;
const SET_FEATURES = 0xef;

const COMMAND_MICROSECONDS = 300;
/** A sector at sixteen times the speed of audio. */
const SECTOR_MICROSECONDS = 833;

type Phase = "packet" | "command" | "data-in" | "identify" | "dma-ready";

const VERSION = 1;

export class AtapiDrive extends AtaUnit<Phase> {
  private packet = new Uint8Array(PACKET_BYTES);
  /** What the host takes; of it `position` to `blockEnd` is offered now. */
  private data: Uint8Array = new Uint8Array(0);
  private blockEnd = 0;
  private blockLimit = 0;
  /** Sense key, code and qualifier of the last error. */
  private sense: readonly number[] = [0, 0, 0];

  /** @param disc undefined for an empty drive */
  constructor(
    private readonly name: string,
    clock: Clock,
    private readonly disc: Storage | undefined,
    onInterrupt: () => void,
    private readonly onCommand: (line: string) => void,
    private readonly dma: DmaEngine = NO_DMA,
  ) {
    super(clock, onInterrupt);
  }

  execute(opcode: number): void {
    if (opcode === DEVICE_RESET) return this.deviceReset();
    if (this.isBusy) return;
    this.commands++;
    this.registers.error = 0;
    this.status = STATUS_READY;
    this.setInterrupt(false);
    if (opcode === PACKET) this.askForPacket();
    else if (opcode === IDENTIFY_PACKET_DEVICE) this.wait("identify", COMMAND_MICROSECONDS);
    else if (opcode === IDENTIFY_DEVICE) {
      this.registers.setSignature(SIGNATURE);
      this.abort();
    } else if (opcode === CHECK_POWER_MODE) {
      this.registers.count = 0xff;
      this.complete();
    } else if (opcode === SET_FEATURES || IDLE_COMMANDS.includes(opcode)) this.complete();
    else {
      if (opcode !== NOP) this.onCommand(`${this.name}: unknown command 0x${opcode.toString(16)}`);
      this.abort();
    }
  }

  diagnose(): void {
    this.commands++;
    this.abandon();
    this.setSignature();
    this.setInterrupt(true);
  }

  powerOn(): void {
    this.abandon();
    this.sense = [0, 0, 0];
    this.setSignature();
  }

  readData(): number {
    if (this.phase !== "data-in") return 0xffff;
    const value = this.data[this.position] | ((this.data[this.position + 1] ?? 0) << 8);
    this.position += 2;
    if (this.position >= this.blockEnd) this.blockTaken();
    return value;
  }

  writeData(value: number): void {
    if (this.phase !== "packet") return;
    this.packet[this.position++] = value;
    this.packet[this.position++] = value >> 8;
    if (this.position === PACKET_BYTES) this.packetGiven();
  }

  readDataAhead(size: 2 | 4, into: Uint8Array): number {
    if (this.phase !== "data-in") return 0;
    const left = this.blockEnd - this.position;
    const bytes = Math.min(into.length, left - 1 - ((left - 1) % size));
    if (bytes <= 0) return 0;
    into.set(this.data.subarray(this.position, this.position + bytes));
    this.position += bytes;
    return bytes / size;
  }

  writeDataAhead(): number {
    return 0;
  }

  dmaStarted(): void {
    if (this.phase === "dma-ready") this.moveByDma();
  }

  private askForPacket(): void {
    this.phase = "packet";
    this.position = 0;
    this.registers.count = REASON_COMMAND;
    this.status = STATUS_READY | STATUS_DRQ;
  }

  private packetGiven(): void {
    const sectors = this.sectorsOf(this.packet);
    this.wait("command", COMMAND_MICROSECONDS + sectors * SECTOR_MICROSECONDS);
  }

  /** Sectors that a READ moves, which take their time. */
  private sectorsOf(packet: Uint8Array): number {
    const view = new DataView(packet.buffer);
    if (packet[0] === 0x28) return view.getUint16(7);
    return packet[0] === 0xa8 ? Math.min(view.getUint32(6), 0xffff) : 0;
  }

  protected phaseEnds(): void {
    if (this.phase === "reset") this.setSignature();
    else if (this.phase === "identify") this.offer(this.identity(), 512);
    else if (this.phase === "command") this.answer();
  }

  private answer(): void {
    const result = answerPacket(this.packet, this.disc, this.sense);
    this.onCommand(`${this.name}: ${result.name}`);
    // An error is kept until the command after the one that asks for it.
    if (result.name !== "REQUEST SENSE") this.sense = result.sense ?? [0, 0, 0];
    else this.sense = [0, 0, 0];
    if (result.sense) return this.check(result);
    const data = this.take(result);
    if (!data) return;
    if (!data.length) return this.complete();
    this.data = data;
    this.position = 0;
    if (!(this.registers.features & FEATURE_DMA)) {
      const limit = this.registers.cylinder & ~1;
      return this.offer(data, limit || MOST_BYTES);
    }
    this.moveByDma();
  }

  /** The data of an answer; undefined after an error of the medium. */
  private take(result: PacketResult): Uint8Array | undefined {
    if (!result.sectors) return result.data ?? new Uint8Array(0);
    const data = new Uint8Array(result.sectors.count * CD_SECTOR);
    try {
      this.disc!.read((result.sectors.first * CD_SECTOR) / SECTOR_BYTES, data);
    } catch {
      // Medium error: unrecovered read error.
      this.sense = [3, 0x11, 0];
      this.check({ name: result.name, sense: this.sense });
      return undefined;
    }
    this.sectorsRead += data.length / SECTOR_BYTES;
    return data;
  }

  private moveByDma(): void {
    if (!this.dma.isReady(true)) {
      this.phase = "dma-ready";
      this.status = STATUS_READY | STATUS_DRQ;
      return;
    }
    // A table that is shorter than the data is the host's mistake, which its bus master reports.
    this.dma.transfer(this.data, true);
    this.dma.finish();
    this.complete();
  }

  /** Offers data in blocks of at most `limit` bytes. */
  private offer(data: Uint8Array, limit: number): void {
    if (this.phase !== "data-in") this.position = 0;
    this.data = data;
    this.phase = "data-in";
    this.blockLimit = limit;
    const bytes = Math.min(limit, data.length - this.position);
    this.blockEnd = this.position + bytes;
    this.registers.cylinder = bytes;
    this.registers.count = REASON_IN;
    this.status = STATUS_READY | STATUS_DRQ;
    this.setInterrupt(true);
  }

  private blockTaken(): void {
    if (this.position < this.data.length) this.offer(this.data, this.blockLimit);
    else this.complete();
  }

  private complete(): void {
    this.phase = "idle";
    this.registers.count = REASON_IN | REASON_COMMAND;
    this.status = STATUS_READY;
    this.setInterrupt(true);
  }

  /** CHECK CONDITION: the sense key is in the error register. */
  private check(result: PacketResult): void {
    this.phase = "idle";
    this.registers.count = REASON_IN | REASON_COMMAND;
    this.registers.error = (result.sense![0] << 4) | ERROR_ABRT;
    this.status = STATUS_DRDY | STATUS_DSC | STATUS_ERR;
    this.setInterrupt(true);
  }

  private abort(): void {
    this.phase = "idle";
    this.registers.error = ERROR_ABRT;
    this.status = STATUS_READY | STATUS_ERR;
    this.setInterrupt(true);
  }

  private deviceReset(): void {
    this.commands++;
    this.abandon();
    this.setSignature();
  }

  protected override abandon(): void {
    super.abandon();
    this.data = new Uint8Array(0);
  }

  /** A packet device is not ready in the sense of disks after a reset: DRDY is clear. */
  private setSignature(): void {
    this.phase = "idle";
    this.status = 0;
    this.registers.setSignature(SIGNATURE);
  }

  /** The data of IDENTIFY PACKET DEVICE. */
  private identity(): Uint8Array {
    const words = new Uint16Array(256);
    // CD-ROM, removable, packets of 12 bytes, DRQ within 50 us.
    words[0] = 0x85c0;
    putText(words, 10, 10, "M386-CD");
    putText(words, 23, 4, "1.0");
    putText(words, 27, 20, "MACH386 CD-ROM");
    // LBA, DMA, IORDY.
    words[49] = 0x0b00;
    words[53] = 0x0003;
    words[63] = 0x0107;
    words[64] = 0x0001;
    words.fill(120, 65, 69);
    words[80] = 0x001e;
    return new Uint8Array(words.buffer);
  }

  save(): SavedState {
    const { blockEnd, blockLimit, sense } = this;
    return {
      version: VERSION,
      ...this.saveUnit(),
      ...{ blockEnd, blockLimit, sense },
      packet: this.packet.slice(),
      data: this.data.slice(),
    };
  }

  restore(state: SavedState): void {
    this.restoreUnit("ATAPI drive", VERSION, state);
  }
}
