// The ways a PC guest resets its processor and gates address line 20, which share two wires: system control port A
// (IBM PS/2 Technical Reference, port 0x92), the keyboard controller's output port (8042, ports 0x60 and 0x64) and
// the reset control register of PCI chip sets (82371SB data sheet 290550, section 2.5.3, port 0xCF9).
// Left out: keyboard and mouse. The 8042 answers its own commands, with nothing plugged in.

import { type Device, type PortBus, type SavedState, OPEN_BUS, restoreFields } from "./bus";

export const SYSTEM_CONTROL_A_PORT = 0x92;
export const KEYBOARD_DATA_PORT = 0x60;
export const KEYBOARD_COMMAND_PORT = 0x64;
export const RESET_CONTROL_PORT = 0xcf9;

const PORT_A_RESET = 0x01;
const PORT_A_A20 = 0x02;

const STATUS_OUTPUT_FULL = 0x01;
/** Self-test passed, keyboard lock open. */
const STATUS_READY = 0x14;

const COMMAND_READ_BYTE = 0x20;
const COMMAND_WRITE_BYTE = 0x60;
const COMMAND_SELF_TEST = 0xaa;
const COMMAND_INTERFACE_TEST = 0xab;
const COMMAND_READ_OUTPUT = 0xd0;
const COMMAND_WRITE_OUTPUT = 0xd1;
/** Pulses the output lines whose bits are 0; line 0 is the processor's reset. */
const COMMAND_PULSE = 0xf0;
const SELF_TEST_PASSED = 0x55;

const OUTPUT_NOT_RESET = 0x01;
const OUTPUT_A20 = 0x02;
const OUTPUT_DEFAULT = 0xcd;

const RESET_CPU = 0x04;
const RESET_CONTROL_MASK = 0x06;

const NOTHING = -1;
const VERSION = 1;

export class ResetPorts implements Device {
  private portA = 0;
  private output = OUTPUT_DEFAULT;
  private commandByte = 0;
  private resetControl = 0;
  /** The byte that waits at port 0x60, and the command that takes the next one written there. */
  private answer = NOTHING;
  private parameterOf = NOTHING;

  constructor(
    private readonly onA20: (enabled: boolean) => void,
    private readonly onReset: () => void,
  ) {}

  attach(bus: PortBus): void {
    bus.attach(SYSTEM_CONTROL_A_PORT, 1, {
      readByte: () => this.portA,
      writeByte: (_port, value) => this.writePortA(value),
    });
    bus.attach(KEYBOARD_DATA_PORT, 1, {
      readByte: () => this.readData(),
      writeByte: (_port, value) => this.writeData(value),
    });
    bus.attach(KEYBOARD_COMMAND_PORT, 1, {
      readByte: () => STATUS_READY | (this.answer === NOTHING ? 0 : STATUS_OUTPUT_FULL),
      writeByte: (_port, value) => this.command(value),
    });
    bus.attach(RESET_CONTROL_PORT, 1, {
      readByte: () => this.resetControl,
      writeByte: (_port, value) => this.writeResetControl(value),
    });
  }

  reset(): void {
    this.portA = this.commandByte = this.resetControl = 0;
    this.output = OUTPUT_DEFAULT;
    this.answer = this.parameterOf = NOTHING;
    this.updateA20();
  }

  /** A rising edge of bit 0 resets the processor. */
  private writePortA(value: number): void {
    const resets = value & ~this.portA & PORT_A_RESET;
    this.portA = value;
    this.updateA20();
    if (resets) this.onReset();
  }

  private writeResetControl(value: number): void {
    const resets = value & ~this.resetControl & RESET_CPU;
    this.resetControl = value & RESET_CONTROL_MASK;
    if (resets) this.onReset();
  }

  private readData(): number {
    const value = this.answer === NOTHING ? OPEN_BUS : this.answer;
    this.answer = NOTHING;
    return value;
  }

  private writeData(value: number): void {
    const command = this.parameterOf;
    this.parameterOf = NOTHING;
    if (command === COMMAND_WRITE_BYTE) this.commandByte = value;
    else if (command === COMMAND_WRITE_OUTPUT) this.writeOutput(value);
  }

  private command(value: number): void {
    this.parameterOf = NOTHING;
    switch (value) {
      case COMMAND_READ_BYTE:
        this.answer = this.commandByte;
        break;
      case COMMAND_READ_OUTPUT:
        this.answer = this.output;
        break;
      case COMMAND_SELF_TEST:
        this.answer = SELF_TEST_PASSED;
        break;
      case COMMAND_INTERFACE_TEST:
        this.answer = 0;
        break;
      case COMMAND_WRITE_BYTE:
      case COMMAND_WRITE_OUTPUT:
        this.parameterOf = value;
        break;
      default:
        if (value >= COMMAND_PULSE && !(value & OUTPUT_NOT_RESET)) this.onReset();
    }
  }

  private writeOutput(value: number): void {
    this.output = value;
    this.updateA20();
    if (!(value & OUTPUT_NOT_RESET)) this.onReset();
  }

  /** Either port can enable the line. */
  private updateA20(): void {
    this.onA20((this.portA & PORT_A_A20) !== 0 || (this.output & OUTPUT_A20) !== 0);
  }

  save(): SavedState {
    const { portA, output, commandByte, resetControl, answer, parameterOf } = this;
    return { version: VERSION, portA, output, commandByte, resetControl, answer, parameterOf };
  }

  restore(state: SavedState): void {
    restoreFields("reset ports", VERSION, this, state);
    this.updateA20();
  }
}
