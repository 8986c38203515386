// The PC/AT's way with errors of the x87: FERR# (the 387's ERROR#) latches interrupt request 13; a write to port 0xF0
// ends the request, and lets the processor execute x87 instructions (IGNNE#) until FERR# is released.
//
// Manual: IBM PC/AT Technical Reference, system board, "Math coprocessor control"; i486 data sheet, "Numeric error
// reporting".
// Left out: port 0xF1, which reset the 80287.

import {
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  OPEN_BUS,
  restoreFields,
} from "./bus";

export const COPROCESSOR_ERROR_PORT = 0xf0;

const VERSION = 1;

export class CoprocessorError implements Device {
  private error = false;
  private ignored = false;

  constructor(
    private readonly line: InterruptLine,
    private readonly onIgnore: (asserted: boolean) => void,
  ) {}

  attach(bus: PortBus): void {
    bus.attach(COPROCESSOR_ERROR_PORT, 1, this);
  }

  reset(): void {
    this.error = false;
    this.release();
  }

  /** The level of FERR#. */
  setError(asserted: boolean): void {
    if (asserted && !this.error) this.line.raise();
    this.error = asserted;
    if (!asserted) this.setIgnored(false);
  }

  readByte(): number {
    return OPEN_BUS;
  }

  /** Any value. */
  writeByte(): void {
    this.release();
  }

  private release(): void {
    this.line.lower();
    this.setIgnored(this.error);
  }

  private setIgnored(asserted: boolean): void {
    this.ignored = asserted;
    this.onIgnore(asserted);
  }

  save(): SavedState {
    const { error, ignored } = this;
    return { version: VERSION, error, ignored };
  }

  restore(state: SavedState): void {
    restoreFields("coprocessor error", VERSION, this, state);
    this.onIgnore(this.ignored);
  }
}
