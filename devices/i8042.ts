// Intel 8042 as the PC's keyboard controller, with the auxiliary device's second port.
//
// Manuals: IBM PS/2 Technical Reference, Keyboard and Auxiliary Device Controller; Intel 8042 data sheet 210393.
// Left out: the password commands, the test inputs, parity and timeout errors. The controller's own commands take no time.

import { type Device, type InterruptLine, type PortBus, type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, microseconds } from "./clock";
import type { Ps2Device } from "./ps2-device";
import { RELEASE, RELEASE_BIT, toSet1 } from "./scan-codes";

export const KEYBOARD_DATA_PORT = 0x60;
export const KEYBOARD_COMMAND_PORT = 0x64;

const STATUS_OUTPUT_FULL = 0x01;
const STATUS_INPUT_FULL = 0x02;
const STATUS_SYSTEM = 0x04;
const STATUS_COMMAND = 0x08;
const STATUS_UNLOCKED = 0x10;
const STATUS_AUXILIARY = 0x20;

/** The command byte is the first of the controller's bytes of RAM. */
const COMMAND_BYTE = 0;
const RAM_BYTES = 32;
const CONTROL_KEYBOARD_INTERRUPT = 0x01;
const CONTROL_AUXILIARY_INTERRUPT = 0x02;
const CONTROL_SYSTEM = 0x04;
const CONTROL_KEYBOARD_OFF = 0x10;
const CONTROL_AUXILIARY_OFF = 0x20;
const CONTROL_TRANSLATE = 0x40;

const READ_RAM = 0x20;
const WRITE_RAM = 0x60;
const AUXILIARY_OFF = 0xa7;
const AUXILIARY_ON = 0xa8;
const AUXILIARY_TEST = 0xa9;
const SELF_TEST = 0xaa;
const KEYBOARD_TEST = 0xab;
const KEYBOARD_OFF = 0xad;
const KEYBOARD_ON = 0xae;
const READ_INPUT_PORT = 0xc0;
const READ_OUTPUT_PORT = 0xd0;
const WRITE_OUTPUT_PORT = 0xd1;
const WRITE_KEYBOARD_BUFFER = 0xd2;
const WRITE_AUXILIARY_BUFFER = 0xd3;
const WRITE_AUXILIARY = 0xd4;
/** Pulses the output lines whose bits are 0; line 0 is the processor's reset. */
const PULSE = 0xf0;

const SELF_TEST_PASSED = 0x55;
const LINE_TEST_PASSED = 0x00;
/** The keyboard is not locked. */
const INPUT_PORT = 0x80;

const OUTPUT_NOT_RESET = 0x01;
const OUTPUT_A20 = 0x02;
const OUTPUT_KEYBOARD_FULL = 0x10;
const OUTPUT_AUXILIARY_FULL = 0x20;
/** The chip drives its outputs high after a reset, address line 20 too: the first instruction is fetched near 4 GiB. */
const OUTPUT_DEFAULT = 0xcf;

/** Declared: eleven bits at 11 kHz, the middle of what the manual allows. */
const BYTE_MICROSECONDS = 1000;

const VERSION = 1;

/** Which of the two ports a byte comes from or goes to. */
const KEYBOARD = 0;
const AUXILIARY = 1;
type PortNumber = typeof KEYBOARD | typeof AUXILIARY;

export interface ControllerPins {
  /** One for each port. */
  readonly interrupts: readonly [InterruptLine, InterruptLine];
  onA20(enabled: boolean): void;
  onReset(): void;
}

export class I8042 implements Device {
  private ram = new Uint8Array(RAM_BYTES);
  private outputPort = OUTPUT_DEFAULT;
  /** The byte at port 0x60, whether it is new, and whose it is. */
  private output = 0;
  private outputFull = false;
  private outputFrom: PortNumber = KEYBOARD;
  /** The controller's own answer, which goes before what the devices send; null for none. */
  private answer: number | null = null;
  /** The command that takes the next byte written to port 0x60; null for none. */
  private parameterOf: number | null = null;
  private lastWasCommand = false;
  /** The byte that is being sent to a device; null for none. */
  private sending: number | null = null;
  private sendingTo: PortNumber = KEYBOARD;
  /** The keyboard's last byte was the release prefix of set 2, and is not passed on. */
  private releasing = false;
  private readonly byteTime: number;
  private readonly sendAlarm: Alarm;
  private readonly receiveAlarms: readonly [Alarm, Alarm];

  /** @param clocks one for each port */
  constructor(
    clocks: readonly [Clock, Clock],
    private readonly devices: readonly [Ps2Device, Ps2Device],
    private readonly pins: ControllerPins,
  ) {
    this.byteTime = microseconds(clocks[KEYBOARD], BYTE_MICROSECONDS);
    this.sendAlarm = new Alarm(clocks[KEYBOARD], () => this.sent());
    this.receiveAlarms = [
      new Alarm(clocks[KEYBOARD], () => this.receive(KEYBOARD)),
      new Alarm(clocks[AUXILIARY], () => this.receive(AUXILIARY)),
    ];
    for (const device of devices) device.onData = () => this.listen();
  }

  attach(bus: PortBus): void {
    bus.attach(KEYBOARD_DATA_PORT, 1, {
      readByte: () => this.readData(),
      writeByte: (_port, value) => this.writeData(value),
    });
    bus.attach(KEYBOARD_COMMAND_PORT, 1, {
      readByte: () => this.status(),
      writeByte: (_port, value) => this.command(value),
    });
  }

  reset(): void {
    this.ram.fill(0);
    this.ram[COMMAND_BYTE] = CONTROL_KEYBOARD_OFF | CONTROL_AUXILIARY_OFF;
    this.output = 0;
    this.outputFull = this.lastWasCommand = this.releasing = false;
    this.answer = this.parameterOf = this.sending = null;
    for (const alarm of [this.sendAlarm, ...this.receiveAlarms]) alarm.cancel();
    for (const device of this.devices) device.reset();
    this.driveOutput(OUTPUT_DEFAULT);
    this.driveInterrupts();
  }

  private get control(): number {
    return this.ram[COMMAND_BYTE];
  }

  private status(): number {
    return (
      STATUS_UNLOCKED |
      (this.outputFull ? STATUS_OUTPUT_FULL : 0) |
      (this.sending !== null ? STATUS_INPUT_FULL : 0) |
      (this.control & CONTROL_SYSTEM ? STATUS_SYSTEM : 0) |
      (this.lastWasCommand ? STATUS_COMMAND : 0) |
      (this.outputFull && this.outputFrom === AUXILIARY ? STATUS_AUXILIARY : 0)
    );
  }

  /** Takes the byte; an empty buffer still shows the last one. */
  private readData(): number {
    const value = this.output;
    this.outputFull = false;
    this.driveInterrupts();
    this.giveAnswer();
    this.listen();
    return value;
  }

  private writeData(value: number): void {
    this.lastWasCommand = false;
    const command = this.parameterOf;
    this.parameterOf = null;
    if (command === null) this.transmit(KEYBOARD, value);
    else if (command === WRITE_AUXILIARY) this.transmit(AUXILIARY, value);
    else if (command === WRITE_OUTPUT_PORT) this.writeOutputPort(value);
    else if (command === WRITE_KEYBOARD_BUFFER) this.fill(KEYBOARD, value);
    else if (command === WRITE_AUXILIARY_BUFFER) this.fill(AUXILIARY, value);
    else this.writeRam(command & (RAM_BYTES - 1), value);
  }

  private command(value: number): void {
    this.lastWasCommand = true;
    this.parameterOf = null;
    if (value >= PULSE) {
      if (!(value & OUTPUT_NOT_RESET)) this.pins.onReset();
    } else if (value >= READ_RAM && value < READ_RAM + RAM_BYTES) {
      this.reply(this.ram[value - READ_RAM]);
    } else if (takesParameter(value)) this.parameterOf = value;
    else this.act(value);
  }

  private act(command: number): void {
    switch (command) {
      case AUXILIARY_OFF:
        return this.writeRam(COMMAND_BYTE, this.control | CONTROL_AUXILIARY_OFF);
      case AUXILIARY_ON:
        return this.writeRam(COMMAND_BYTE, this.control & ~CONTROL_AUXILIARY_OFF);
      case KEYBOARD_OFF:
        return this.writeRam(COMMAND_BYTE, this.control | CONTROL_KEYBOARD_OFF);
      case KEYBOARD_ON:
        return this.writeRam(COMMAND_BYTE, this.control & ~CONTROL_KEYBOARD_OFF);
      case SELF_TEST:
        this.writeRam(COMMAND_BYTE, this.control | CONTROL_SYSTEM);
        return this.reply(SELF_TEST_PASSED);
      case KEYBOARD_TEST:
      case AUXILIARY_TEST:
        return this.reply(LINE_TEST_PASSED);
      case READ_INPUT_PORT:
        return this.reply(INPUT_PORT);
      case READ_OUTPUT_PORT:
        return this.reply(this.outputPort | this.bufferLines());
    }
  }

  private writeRam(address: number, value: number): void {
    this.ram[address] = value;
    if (address !== COMMAND_BYTE) return;
    this.driveInterrupts();
    this.listen();
  }

  private writeOutputPort(value: number): void {
    this.driveOutput(value & ~(OUTPUT_KEYBOARD_FULL | OUTPUT_AUXILIARY_FULL));
    if (!(value & OUTPUT_NOT_RESET)) this.pins.onReset();
  }

  private driveOutput(value: number): void {
    this.outputPort = value;
    this.pins.onA20((value & OUTPUT_A20) !== 0);
  }

  /** The output port's lines that say whose byte waits. */
  private bufferLines(): number {
    if (!this.outputFull) return 0;
    return this.outputFrom === KEYBOARD ? OUTPUT_KEYBOARD_FULL : OUTPUT_AUXILIARY_FULL;
  }

  /** Sends a byte to a device, whose line is switched on for that. A byte that was on its way is lost. */
  private transmit(port: PortNumber, value: number): void {
    this.writeRam(
      COMMAND_BYTE,
      this.control & ~(port === KEYBOARD ? CONTROL_KEYBOARD_OFF : CONTROL_AUXILIARY_OFF),
    );
    this.sending = value;
    this.sendingTo = port;
    this.sendAlarm.setIn(this.byteTime);
  }

  private sent(): void {
    const value = this.sending!;
    this.sending = null;
    if (this.sendingTo === KEYBOARD) this.releasing = false;
    this.devices[this.sendingTo].receive(value);
    this.listen();
  }

  /** Lets the devices send while the buffer is free. */
  private listen(): void {
    for (const port of [KEYBOARD, AUXILIARY] as const) {
      if (this.mayReceive(port) && !this.receiveAlarms[port].pending)
        this.receiveAlarms[port].setIn(this.byteTime);
    }
  }

  private mayReceive(port: PortNumber): boolean {
    const off = port === KEYBOARD ? CONTROL_KEYBOARD_OFF : CONTROL_AUXILIARY_OFF;
    const sends = this.sending !== null && this.sendingTo === port;
    return !this.outputFull && !sends && !(this.control & off) && this.devices[port].hasData;
  }

  /** The end of a byte's transmission; the device keeps one that the controller has cut off meanwhile. */
  private receive(port: PortNumber): void {
    if (!this.mayReceive(port)) return;
    const byte = this.devices[port].send();
    if (port === AUXILIARY) this.fill(port, byte);
    else this.fillFromKeyboard(byte);
    this.listen();
  }

  private fillFromKeyboard(byte: number): void {
    if (!(this.control & CONTROL_TRANSLATE)) return this.fill(KEYBOARD, byte);
    const releases = this.releasing;
    this.releasing = byte === RELEASE;
    if (!this.releasing) this.fill(KEYBOARD, toSet1(byte) | (releases ? RELEASE_BIT : 0));
  }

  private reply(value: number): void {
    this.answer = value;
    this.giveAnswer();
  }

  private giveAnswer(): void {
    if (this.answer === null || this.outputFull) return;
    const value = this.answer;
    this.answer = null;
    this.fill(KEYBOARD, value);
  }

  private fill(from: PortNumber, value: number): void {
    this.output = value;
    this.outputFull = true;
    this.outputFrom = from;
    this.driveInterrupts();
  }

  /** Each port's line is up while a byte of its own waits and the command byte allows it. */
  private driveInterrupts(): void {
    const enabled = [CONTROL_KEYBOARD_INTERRUPT, CONTROL_AUXILIARY_INTERRUPT];
    for (const port of [KEYBOARD, AUXILIARY] as const) {
      const asks = this.outputFull && this.outputFrom === port && (this.control & enabled[port]) !== 0;
      if (asks) this.pins.interrupts[port].raise();
      else this.pins.interrupts[port].lower();
    }
  }

  save(): SavedState {
    const { outputPort, output, outputFull, outputFrom, answer, parameterOf } = this;
    const { lastWasCommand, sending, sendingTo, releasing } = this;
    return {
      ...{ version: VERSION, ram: this.ram.slice(), outputPort, output, outputFull, outputFrom, answer },
      ...{ parameterOf, lastWasCommand, sending, sendingTo, releasing },
      sendAlarm: this.sendAlarm.save(),
      receiveAlarms: this.receiveAlarms.map((alarm) => alarm.save()),
      devices: this.devices.map((device) => device.save()),
    };
  }

  restore(state: SavedState): void {
    const { sendAlarm, receiveAlarms, devices, ...fields } = state;
    restoreFields("8042", VERSION, this, fields as SavedState);
    this.devices.forEach((device, port) => device.restore((devices as SavedState[])[port]));
    this.sendAlarm.restore(sendAlarm);
    this.receiveAlarms.forEach((alarm, port) => alarm.restore((receiveAlarms as SavedState[])[port]));
    this.driveOutput(this.outputPort);
    this.driveInterrupts();
  }
}

function takesParameter(command: number): boolean {
  return (
    (command >= WRITE_RAM && command < WRITE_RAM + RAM_BYTES) ||
    (command >= WRITE_OUTPUT_PORT && command <= WRITE_AUXILIARY)
  );
}
