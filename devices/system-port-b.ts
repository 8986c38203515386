// System control port B, port 0x61: the speaker's half of the PIT's counter 2, and two signals to look at.
//
// Manual: IBM PC/AT Technical Reference, system board, "System-board I/O".
// Left out: parity and channel check, which never fail.

import { type Device, type PortBus, type SavedState, restoreFields } from "./bus";
import type { I8254 } from "./i8254";

export const SYSTEM_CONTROL_B_PORT = 0x61;

const GATE_2 = 0x01;
const WRITABLE = 0x0f;
const REFRESH = 0x10;
const OUT_2 = 0x20;
/** The firmware has counter 1 request a refresh every 18 ticks (15 us); the bit toggles with each. */
const REFRESH_TICKS = 18;

export class SystemPortB implements Device {
  private value = 0;

  constructor(private readonly pit: I8254) {}

  attach(bus: PortBus): void {
    bus.attach(SYSTEM_CONTROL_B_PORT, 1, this);
  }

  reset(): void {
    this.writeByte(SYSTEM_CONTROL_B_PORT, 0);
  }

  readByte(): number {
    const refresh = Math.floor(this.pit.tick / REFRESH_TICKS) & 1;
    return this.value | (refresh ? REFRESH : 0) | (this.pit.out2 ? OUT_2 : 0);
  }

  writeByte(_port: number, value: number): void {
    this.value = value & WRITABLE;
    this.pit.setGate2((value & GATE_2) !== 0);
  }

  save(): SavedState {
    return { version: 1, value: this.value };
  }

  restore(state: SavedState): void {
    restoreFields("system port B", 1, this, state);
  }
}
