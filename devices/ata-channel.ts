// An ATA channel with up to two drives: register access, drive selection, the interrupt line.
//
// Standard: ATA-3, X3T10/2008D revision 7b. Beyond it: a 32-bit access to the data register moves two words, as
// local-bus and PCI adapters do. An absent slave answers status 0 through the master; a channel without drives
// has no controller at all.

import type { AtaDevice } from "./ata-device";
import { CONTROL_HIGH_ORDER, REGISTER_DATA, REGISTER_DEVICE, REGISTER_STATUS } from "./ata-registers";
import type { AccessSize, Device, InterruptLine, PortBus, PortHandler, SavedState } from "./bus";
import { OPEN_BUS, restoreFields } from "./bus";
import type { IdeBusMaster } from "./ide-bus-master";

/** Where a channel is in I/O space. */
export interface AtaPorts {
  readonly command: number;
  readonly control: number;
}

export const PRIMARY_ATA: AtaPorts = { command: 0x1f0, control: 0x3f6 };
export const SECONDARY_ATA: AtaPorts = { command: 0x170, control: 0x376 };

const EXECUTE_DEVICE_DIAGNOSTIC = 0x90;
const DEVICE_SLAVE = 0x10;
const CONTROL_RESET = 0x04;
const CONTROL_NO_INTERRUPT = 0x02;

const VERSION = 1;

export class AtaChannel implements Device, PortHandler {
  readonly drives: readonly AtaDevice[];
  private selected = 0;
  private control = 0;

  /**
   * @param makeDrives master and slave, one or two, which tell the channel when INTRQ may have changed
   * @param busMaster told of interrupts; its transfers are the drives' affair
   */
  constructor(
    private readonly interrupt: InterruptLine,
    makeDrives: (onInterrupt: () => void) => readonly AtaDevice[],
    private readonly ports: AtaPorts = PRIMARY_ATA,
    private readonly busMaster?: IdeBusMaster,
  ) {
    this.drives = makeDrives(() => this.update());
  }

  attach(bus: PortBus): void {
    bus.attach(this.ports.command, 8, this);
    bus.attach(this.ports.control, 1, {
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
    const highOrder = (this.control & CONTROL_HIGH_ORDER) !== 0;
    if (this.drive) return this.drive.read(register, highOrder);
    return register === REGISTER_STATUS ? 0 : this.drives[0].read(register, highOrder);
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
      this.control &= ~CONTROL_HIGH_ORDER;
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
  private get drive(): AtaDevice | undefined {
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

  /** The bus master has been started. */
  dmaStarted(): void {
    this.drive?.dmaStarted();
  }

  /** Only the selected drive drives INTRQ, and only while nIEN is clear. */
  private update(): void {
    const requested = this.drives[this.selected]?.interruptRequested ?? false;
    if (requested && !(this.control & CONTROL_NO_INTERRUPT)) {
      this.busMaster?.interrupt();
      this.interrupt.raise();
    } else this.interrupt.lower();
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
