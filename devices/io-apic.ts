// The I/O APIC: 24 interrupt pins, each with a vector and a destination.
//
// Data sheet: Intel 82093AA (290566).
// Left out: the arbitration register's use, NMI, SMI and INIT messages, the pins' polarity (a raised line is an active one).

import { type Device, type SavedState, restoreFields } from "./bus";
import type { LocalApic } from "./local-apic";

export const IO_APIC_BASE = 0xfec00000;
export const IO_APIC_BYTES = 0x1000;
/** What tables for the system call it. */
export const IO_APIC_ID = 1;

const PINS = 24;
const SELECT = 0x00;
const WINDOW = 0x10;
const ID = 0;
const VERSION_REGISTER = 1;
const ARBITRATION = 2;
const TABLE = 0x10;
const VERSION_VALUE = ((PINS - 1) << 16) | 0x11;

const LOGICAL = 0x800;
const REMOTE_IRR = 0x4000;
const LEVEL = 0x8000;
const MASKED = 0x10000;
const WRITABLE = 0x1afff;
const MODE = 0x700;
const MODE_LOWEST = 0x100;
const VERSION = 1;

export class IoApic implements Device {
  private select = 0;
  private id = IO_APIC_ID << 24;
  private low = new Uint32Array(PINS);
  private high = new Uint32Array(PINS);
  private levels = new Uint8Array(PINS);
  /** Edges that came while a pin was masked. */
  private edges = new Uint8Array(PINS);

  constructor(private readonly local: () => LocalApic) {
    this.reset();
  }

  reset(): void {
    this.select = 0;
    this.id = IO_APIC_ID << 24;
    this.low.fill(MASKED);
    this.high.fill(0);
    this.edges.fill(0);
  }

  setPin(pin: number, asserted: boolean): void {
    const rises = asserted && !this.levels[pin];
    this.levels[pin] = Number(asserted);
    if (rises) this.edges[pin] = 1;
    this.serve(pin);
  }

  /** Whether an edge at a pin would interrupt. */
  accepts(pin: number): boolean {
    return !(this.low[pin] & MASKED);
  }

  /** The end of a level-triggered interrupt. */
  endOfInterrupt(vector: number): void {
    for (let pin = 0; pin < PINS; pin++) {
      if (!(this.low[pin] & REMOTE_IRR) || (this.low[pin] & 0xff) !== vector) continue;
      this.low[pin] &= ~REMOTE_IRR;
      this.serve(pin);
    }
  }

  read(offset: number): number {
    if (offset === SELECT) return this.select;
    if (offset !== WINDOW) return 0;
    if (this.select === VERSION_REGISTER) return VERSION_VALUE;
    if (this.select === ID || this.select === ARBITRATION) return this.id;
    const pin = (this.select - TABLE) >> 1;
    return (this.select & 1 ? this.high[pin] : this.low[pin]) ?? 0;
  }

  write(offset: number, value: number): void {
    if (offset === SELECT) this.select = value & 0xff;
    if (offset !== WINDOW) return;
    if (this.select === ID) this.id = value & 0x0f000000;
    const pin = (this.select - TABLE) >> 1;
    if (this.select < TABLE || pin >= PINS) return;
    if (this.select & 1) this.high[pin] = value & 0xff000000;
    else {
      this.low[pin] = (value & WRITABLE) | (value & LEVEL ? this.low[pin] & REMOTE_IRR : 0);
      this.serve(pin);
    }
  }

  /** Sends a message if a pin asks for one and may. */
  private serve(pin: number): void {
    const entry = this.low[pin];
    if (entry & MASKED) return;
    if (entry & LEVEL) {
      if (!this.levels[pin] || entry & REMOTE_IRR) return;
      this.low[pin] |= REMOTE_IRR;
    } else {
      if (!this.edges[pin]) return;
      this.edges[pin] = 0;
    }
    const local = this.local();
    if ((entry & MODE) <= MODE_LOWEST && local.isNamed(this.high[pin] >>> 24, (entry & LOGICAL) !== 0))
      local.receive(entry & 0xff, (entry & LEVEL) !== 0);
  }

  save(): SavedState {
    const { select, id, levels, edges } = this;
    const words = { low: [...this.low], high: [...this.high] };
    return structuredClone({ version: VERSION, select, id, levels, edges, ...words });
  }

  restore(state: SavedState): void {
    const { low, high, ...fields } = state;
    restoreFields("I/O APIC", VERSION, this, fields as SavedState);
    this.low = Uint32Array.from(low as number[]);
    this.high = Uint32Array.from(high as number[]);
  }
}
