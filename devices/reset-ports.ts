// Ports of the chip set through which a PC guest resets its processor and gates address line 20: system control port A
// (IBM PS/2 Technical Reference, port 0x92) and the reset control register of PCI chip sets (82371SB data sheet 290550,
// section 2.5.3, port 0xCF9). The keyboard controller has another wire to each.

import { type Device, type PortBus, type SavedState, restoreFields } from "./bus";

export const SYSTEM_CONTROL_A_PORT = 0x92;
export const RESET_CONTROL_PORT = 0xcf9;

const PORT_A_RESET = 0x01;
const PORT_A_A20 = 0x02;

const RESET_CPU = 0x04;
/** With it the whole machine. */
const RESET_SYSTEM = 0x02;
const RESET_CONTROL_MASK = 0x06;

const VERSION = 2;

export class ResetPorts implements Device {
  private portA = 0;
  private resetControl = 0;
  /** What the keyboard controller drives its wire to. */
  private keyboardA20 = false;

  /** @param onReset told whether the whole machine is reset, or the processor alone */
  constructor(
    private readonly onA20: (enabled: boolean) => void,
    private readonly onReset: (whole: boolean) => void,
  ) {}

  attach(bus: PortBus): void {
    bus.attach(SYSTEM_CONTROL_A_PORT, 1, {
      readByte: () => this.portA,
      writeByte: (_port, value) => this.writePortA(value),
    });
    bus.attach(RESET_CONTROL_PORT, 1, {
      readByte: () => this.resetControl,
      writeByte: (_port, value) => this.writeResetControl(value),
    });
  }

  reset(): void {
    this.portA = this.resetControl = 0;
    this.updateA20();
  }

  /** The keyboard controller's wire for address line 20. */
  setKeyboardA20(enabled: boolean): void {
    this.keyboardA20 = enabled;
    this.updateA20();
  }

  /** A rising edge of bit 0 resets the processor. */
  private writePortA(value: number): void {
    const resets = value & ~this.portA & PORT_A_RESET;
    this.portA = value;
    this.updateA20();
    if (resets) this.onReset(false);
  }

  private writeResetControl(value: number): void {
    const resets = value & ~this.resetControl & RESET_CPU;
    this.resetControl = value & RESET_CONTROL_MASK;
    if (resets) this.onReset((value & RESET_SYSTEM) !== 0);
  }

  /** Either port can enable the line. */
  private updateA20(): void {
    this.onA20((this.portA & PORT_A_A20) !== 0 || this.keyboardA20);
  }

  save(): SavedState {
    const { portA, resetControl, keyboardA20 } = this;
    return { version: VERSION, portA, resetControl, keyboardA20 };
  }

  restore(state: SavedState): void {
    restoreFields("reset ports", VERSION, this, state);
    this.updateA20();
  }
}
