// What disks and packet devices on an ATA channel have in common: registers, status, the request for an interrupt, phases
// that end by an alarm, resets.

import type { AtaDevice } from "./ata-device";
import { AtaRegisters, REGISTER_STATUS, STATUS_BSY } from "./ata-registers";
import { type SavedState, type SavedValue, restoreFields } from "./bus";
import { Alarm, type Clock, microseconds } from "./clock";

const RESET_MICROSECONDS = 2000;

/** `Phase`: what the device waits for, besides nothing ("idle") and the end of a reset. */
export abstract class AtaUnit<Phase extends string> implements AtaDevice {
  protected readonly registers = new AtaRegisters();
  protected status = 0;
  protected phase: Phase | "idle" | "reset" = "idle";
  protected position = 0;
  protected readonly alarm: Alarm;
  private intrq = false;
  commands = 0;
  sectorsRead = 0;
  sectorsWritten = 0;

  /** @param onInterrupt told when INTRQ may have changed */
  constructor(
    private readonly clock: Clock,
    private readonly onInterrupt: () => void,
  ) {
    this.alarm = new Alarm(clock, () => this.phaseEnds());
  }

  abstract execute(opcode: number): void;
  abstract diagnose(): void;
  abstract powerOn(): void;
  abstract readData(): number;
  abstract writeData(value: number): void;
  abstract readDataAhead(size: 2 | 4, into: Uint8Array): number;
  abstract writeDataAhead(size: 2 | 4, from: Uint8Array): number;
  abstract dmaStarted(): void;
  abstract save(): SavedState;
  abstract restore(state: SavedState): void;
  /** The alarm has come. */
  protected abstract phaseEnds(): void;

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

  read(register: number, highOrder = false): number {
    if (register !== REGISTER_STATUS) return this.registers.read(register, highOrder);
    this.setInterrupt(false);
    return this.status;
  }

  /** A write to the command block, which both drives see. */
  write(register: number, value: number): void {
    if (!this.isBusy) this.registers.write(register, value);
  }

  /** SRST, or the RESET line: everything stops; the drive is ready some time after the signal ends. */
  startReset(): void {
    this.abandon();
    this.status = STATUS_BSY;
    this.phase = "reset";
  }

  endReset(): void {
    if (this.phase === "reset") this.alarm.setIn(microseconds(this.clock, RESET_MICROSECONDS));
  }

  protected wait(phase: Phase, time: number): void {
    this.phase = phase;
    this.status = STATUS_BSY;
    this.alarm.setIn(microseconds(this.clock, time));
  }

  /** Stops whatever goes on. */
  protected abandon(): void {
    this.alarm.cancel();
    this.phase = "idle";
    this.setInterrupt(false);
  }

  protected setInterrupt(requested: boolean): void {
    this.intrq = requested;
    this.onInterrupt();
  }

  /** The part of the state that is kept here. */
  protected saveUnit() {
    const { status, intrq, phase, position } = this;
    return {
      ...{ status, intrq, phase: phase as string, position },
      registers: this.registers.save(),
      alarm: this.alarm.save(),
    };
  }

  /** Takes the whole state back, a subclass's fields too. */
  protected restoreUnit(name: string, version: number, state: SavedState): void {
    const { alarm, registers, ...fields } = state;
    restoreFields(name, version, this, fields as SavedState);
    this.registers.restore(registers as SavedState);
    this.alarm.restore(alarm as SavedValue);
    this.onInterrupt();
  }
}
