// Power management of the PIIX4 as far as ACPI's fixed hardware needs it: status and control, the timer, power off.
//
// Data sheet: Intel 82371AB (290562), function 3. ACPI Specification 1.0b, section 4.7.
// Left out: SMBus, system management mode, throttling, sleep other than off, wake-up events, the general purpose events' pins.

import { type InterruptLine, type PortBus, type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, Crystal } from "./clock";
import { PciFunction } from "./pci";

export const PM_PORTS = 64;
const BASE_REGISTER = 0x40;
const ENABLE_REGISTER = 0x80;
const PORT_COMMAND = 0xb2;
const COMMAND_ACPI_ON = 0xf1;
const COMMAND_ACPI_OFF = 0xf0;

const ENABLE = 2;
const CONTROL = 4;
const TIMER = 8;
const TIMER_STATUS = 0x0001;
const POWER_BUTTON = 0x0100;
const CONTROL_ACPI = 0x0001;
const CONTROL_BITS = 0x1c03;
const SLEEP = 0x2000;
const SLEEP_TYPE_SHIFT = 10;
/** What the sleep type of soft off is; so say the tables of this machine's firmwares. */
export const SOFT_OFF = 0;

const TIMER_FREQUENCY = 3_579_545;
const TIMER_BITS = 24;
/** The status bit is set when the counter's top bit changes. */
const HALF_TURN = 2 ** (TIMER_BITS - 1);
const VERSION = 1;

export class Piix4Pm extends PciFunction {
  private status = 0;
  private enabled = 0;
  private control = 0;
  private commandPorts = new Uint8Array(2);
  private readonly crystal: Crystal;
  private readonly alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly interrupt: InterruptLine,
    private readonly move: (base: number) => void,
    private readonly onOff: () => void,
  ) {
    super("82371AB function 3", { vendor: 0x8086, device: 0x7113, revision: 3, classCode: 0x068000 }, () =>
      this.place(),
    );
    this.define(BASE_REGISTER, 4, 1, 0x0000ffc0);
    this.define(ENABLE_REGISTER, 1, 0, 0x01);
    this.crystal = new Crystal(TIMER_FREQUENCY, clock.frequency);
    this.alarm = new Alarm(clock, () => this.timerTurns());
  }

  /** The APM control port, by which a BIOS turns ACPI on. */
  attach(bus: PortBus): void {
    bus.attach(PORT_COMMAND, 2, {
      readByte: (port) => this.commandPorts[port - PORT_COMMAND],
      writeByte: (port, value) => {
        this.commandPorts[port - PORT_COMMAND] = value;
        if (port !== PORT_COMMAND) return;
        if (value === COMMAND_ACPI_ON) this.control |= CONTROL_ACPI;
        if (value === COMMAND_ACPI_OFF) this.control &= ~CONTROL_ACPI;
      },
    });
  }

  override reset(): void {
    super.reset();
    this.status = this.enabled = this.control = 0;
    this.commandPorts.fill(0);
    this.alarm.cancel();
    this.update();
  }

  /** Presses the power button. */
  pressPowerButton(): void {
    this.status |= POWER_BUTTON;
    this.update();
  }

  readPort(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.byte(offset + i) * 2 ** (8 * i);
    return value;
  }

  writePort(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    this.update();
  }

  private place(): void {
    const enabled = this.register(ENABLE_REGISTER, 1) & 1;
    this.move(enabled ? this.register(BASE_REGISTER, 4) & 0xffc0 : 0);
  }

  private byte(offset: number): number {
    const shift = 8 * (offset & 1);
    if (offset < ENABLE) return (this.status >> shift) & 0xff;
    if (offset < CONTROL) return (this.enabled >> shift) & 0xff;
    if (offset < CONTROL + 2) return (this.control >> shift) & 0xff;
    if (offset >= TIMER && offset < TIMER + 4)
      return Math.floor((this.ticks % 2 ** TIMER_BITS) / 2 ** (8 * (offset - TIMER))) & 0xff;
    return 0;
  }

  private writeByte(offset: number, value: number): void {
    const shift = 8 * (offset & 1);
    const word = value << shift;
    if (offset < ENABLE) this.status &= ~word;
    else if (offset < CONTROL) {
      this.enabled = (this.enabled & ~(0xff << shift)) | word;
      if (this.enabled & TIMER_STATUS && !this.alarm.pending) this.nextTurn();
    } else if (offset < CONTROL + 2) {
      this.control = ((this.control & ~(0xff << shift)) | word) & (CONTROL_BITS | SLEEP);
      if (!(this.control & SLEEP)) return;
      this.control &= ~SLEEP;
      if (((this.control >> SLEEP_TYPE_SHIFT) & 7) === SOFT_OFF) this.onOff();
    }
  }

  private get ticks(): number {
    return this.crystal.ticksAt(this.clock.now);
  }

  private nextTurn(): void {
    const next = (Math.floor(this.ticks / HALF_TURN) + 1) * HALF_TURN;
    this.alarm.setAt(Math.ceil((next * this.clock.frequency) / TIMER_FREQUENCY) + 1);
  }

  private timerTurns(): void {
    this.status |= TIMER_STATUS;
    this.update();
    if (this.enabled & TIMER_STATUS) this.nextTurn();
  }

  private update(): void {
    if (this.status & this.enabled && this.control & CONTROL_ACPI) this.interrupt.raise();
    else this.interrupt.lower();
  }

  override save(): SavedState {
    const { status, enabled, control } = this;
    const commandPorts = this.commandPorts.slice();
    return {
      version: VERSION,
      status,
      enabled,
      control,
      commandPorts,
      due: this.alarm.save(),
      pci: super.save(),
    };
  }

  override restore(state: SavedState): void {
    const { due, pci, ...fields } = state;
    restoreFields("82371AB function 3", VERSION, this, fields as SavedState);
    super.restore(pci as SavedState);
    this.alarm.restore(due);
    this.update();
  }
}
