// An ATA channel with up to two drives: register access, drive selection, the interrupt line.
//
// Standard: ATA-3, X3T10/2008D revision 7b. Beyond it: a 32-bit access to the data register moves two words, as
// local-bus and PCI adapters do. An absent slave answers status 0 through the master; a channel without drives
// has no controller at all.

import { AtaDrive, REGISTER_DATA, REGISTER_DEVICE, REGISTER_STATUS } from "./ata-drive";
import type { AccessSize, Device, InterruptLine, PortBus, PortHandler, SavedState } from "./bus";
import { OPEN_BUS, restoreFields } from "./bus";
import type { Clock } from "./clock";
import type { Storage } from "./storage";

export const ATA_COMMAND_PORT = 0x1f0;
export const ATA_CONTROL_PORT = 0x3f6;

const EXECUTE_DEVICE_DIAGNOSTIC = 0x90;
const DEVICE_SLAVE = 0x10;
const CONTROL_RESET = 0x04;
const CONTROL_NO_INTERRUPT = 0x02;

const VERSION = 1;

export class AtaChannel implements Device, PortHandler {
  readonly drives: readonly AtaDrive[];
  private selected = 0;
  private control = 0;

  /** @param storages master and slave; one or two */
  constructor(
    clock: Clock,
    private readonly interrupt: InterruptLine,
    storages: readonly Storage[],
    onCommand: (line: string) => void = () => {},
  ) {
    this.drives = storages.map(
      (storage, index) => new AtaDrive(index, clock, storage, () => this.update(), onCommand),
    );
  }

  attach(bus: PortBus): void {
    bus.attach(ATA_COMMAND_PORT, 8, this);
    bus.attach(ATA_CONTROL_PORT, 1, {
      readByte: () => this.drive?.alternateStatus ?? 0,
      writeByte: (_port, value) => this.writeControl(value),
    });
  }

  reset(): void {
    this.selected = this.control = 0;
    for (const drive of this.drives) drive.powerOn();
  }

  readByte(port: number): number {
    const register = port & 7;
    if (register === REGISTER_DATA) return (this.drive?.readData() ?? OPEN_BUS) & 0xff;
    if (this.drive) return this.drive.read(register);
    return register === REGISTER_STATUS ? 0 : this.drives[0].read(register);
  }

  readWide(port: number, size: 2 | 4): number | undefined {
    if ((port & 7) !== REGISTER_DATA) return undefined;
    const low = this.drive?.readData() ?? 0xffff;
    if (size === 2) return low;
    return (low | ((this.drive?.readData() ?? 0xffff) << 16)) >>> 0;
  }

  writeByte(port: number, value: number): void {
    const register = port & 7;
    if (register === REGISTER_DATA) this.drive?.writeData(value);
    else if (register === REGISTER_STATUS) this.execute(value);
    else {
      for (const drive of this.drives) drive.write(register, value);
      if (register === REGISTER_DEVICE && !this.drives.some((drive) => drive.isBusy)) {
        this.selected = value & DEVICE_SLAVE ? 1 : 0;
        this.update();
      }
    }
  }

  writeWide(port: number, size: 2 | 4, value: number): boolean {
    if ((port & 7) !== REGISTER_DATA) return false;
    this.drive?.writeData(value & 0xffff);
    if (size === 4) this.drive?.writeData(value >>> 16);
    return true;
  }

  readBlock(port: number, size: AccessSize, into: Uint8Array): number {
    if ((port & 7) !== REGISTER_DATA || size === 1) return 0;
    return this.drive?.readDataAhead(size, into) ?? 0;
  }

  writeBlock(port: number, size: AccessSize, from: Uint8Array): number {
    if ((port & 7) !== REGISTER_DATA || size === 1) return 0;
    return this.drive?.writeDataAhead(size, from) ?? 0;
  }

  /** The selected drive, if there is one. */
  private get drive(): AtaDrive | undefined {
    return this.drives[this.selected];
  }

  private execute(opcode: number): void {
    if (opcode !== EXECUTE_DEVICE_DIAGNOSTIC) this.drive?.execute(opcode);
    else if (!this.drives.some((drive) => drive.isBusy)) {
      this.selected = 0;
      for (const drive of this.drives) drive.diagnose();
    }
  }

  private writeControl(value: number): void {
    const wasReset = this.control & CONTROL_RESET;
    this.control = value;
    if (value & CONTROL_RESET) {
      this.selected = 0;
      for (const drive of this.drives) drive.startReset();
    } else if (wasReset) for (const drive of this.drives) drive.endReset();
    this.update();
  }

  /** Only the selected drive drives INTRQ, and only while nIEN is clear. */
  private update(): void {
    const requested = this.drives[this.selected]?.interruptRequested ?? false;
    if (requested && !(this.control & CONTROL_NO_INTERRUPT)) this.interrupt.raise();
    else this.interrupt.lower();
  }

  save(): SavedState {
    const { selected, control } = this;
    return { version: VERSION, selected, control, drives: this.drives.map((drive) => drive.save()) };
  }

  restore(state: SavedState): void {
    const { drives, ...fields } = state;
    restoreFields("ATA channel", VERSION, this, fields as SavedState);
    this.drives.forEach((drive, index) => drive.restore((drives as readonly SavedState[])[index]));
    this.update();
  }
}
