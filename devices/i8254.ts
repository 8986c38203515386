// Intel 8254 Programmable Interval Timer.
//
// Data sheet: Intel 8254, order number 231164-005 (September 1993).
// Left out: counts of 1 in modes 2 and 3, which the data sheet forbids (OUT then stays high).

import {
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  OPEN_BUS,
  restoreFields,
} from "./bus";
import { Alarm, type Clock, Crystal } from "./clock";

/** 14.31818 MHz / 12. */
export const PIT_FREQUENCY = 1_193_182;
export const PIT_PORT = 0x40;

// The control word: counter (3 = read-back), access, mode, BCD.
const READ_BACK = 3;
const ACCESS_LATCH = 0;
const ACCESS_LOW = 1;
const ACCESS_HIGH = 2;
const ACCESS_BOTH = 3;

// The read-back command: a 0 latches.
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;

const STATUS_OUT = 0x80;
const STATUS_NULL_COUNT = 0x40;

const VERSION = 1;

/** A count on its way from the count register into the counting element. */
interface Load {
  /** The tick at which it arrives; Infinity while it waits for a trigger. */
  at: number;
  /** The tick at which a cycle of this count began, or seems to have begun. */
  base: number;
  count: number;
}

/**
 * One counter. Nothing runs: what the counting element and OUT are at a tick follows from the tick at which the
 * count was loaded. Every method takes the tick at which it happens; ticks never go back.
 */
export class Counter {
  private mode = 0;
  private bcd = false;
  private access = ACCESS_BOTH;
  private control = 0;
  /** The count register, and the low byte of a count whose high byte is still to come. */
  private register = 0;
  private lowByte: number | null = null;
  private readHighNext = false;
  private latchedCount: number | null = null;
  private latchedStatus: number | null = null;
  private gate: boolean;
  /** The count in the counting element; 0 before the first load. */
  private count = 0;
  private base = 0;
  /** The tick at which the gate, or half a written count, stopped counting. */
  private stopped: number | null = null;
  private load: Load | null = null;

  constructor(gate: boolean) {
    this.gate = gate;
  }

  writeControl(word: number, tick: number): void {
    this.settle(tick);
    this.access = (word >> 4) & 3;
    this.mode = modeOf(word);
    this.bcd = (word & 1) !== 0;
    this.control = word & 0x3f;
    this.lowByte = null;
    this.readHighNext = false;
    this.latchedCount = this.latchedStatus = null;
    this.count = 0;
    this.load = null;
    this.stopped = null;
  }

  write(value: number, tick: number): void {
    this.settle(tick);
    if (this.access === ACCESS_LOW) this.finishWrite(value, tick);
    else if (this.access === ACCESS_HIGH) this.finishWrite(value << 8, tick);
    else if (this.lowByte !== null) {
      const low = this.lowByte;
      this.lowByte = null;
      this.finishWrite(low | (value << 8), tick);
    } else {
      this.lowByte = value;
      // The first of two bytes stops a count in mode 0 and takes OUT low.
      if (this.mode === 0) this.count = 0;
    }
  }

  read(tick: number): number {
    this.settle(tick);
    if (this.latchedStatus !== null) {
      const status = this.latchedStatus;
      this.latchedStatus = null;
      return status;
    }
    const count = this.latchedCount ?? this.value(tick);
    const high = this.access === ACCESS_HIGH || (this.access === ACCESS_BOTH && this.readHighNext);
    if (this.access === ACCESS_BOTH) this.readHighNext = !this.readHighNext;
    if (this.access !== ACCESS_BOTH || !this.readHighNext) this.latchedCount = null;
    return (high ? count >> 8 : count) & 0xff;
  }

  latchCount(tick: number): void {
    this.settle(tick);
    this.latchedCount ??= this.value(tick);
  }

  latchStatus(tick: number): void {
    this.settle(tick);
    const out = this.out(tick) ? STATUS_OUT : 0;
    this.latchedStatus ??= out | (this.isNull() ? STATUS_NULL_COUNT : 0) | this.control;
  }

  setGate(gate: boolean, tick: number): void {
    this.settle(tick);
    if (gate === this.gate) return;
    this.gate = gate;
    if (gate && this.isTriggered() && this.registerIsComplete()) this.loadAt(tick + 1);
    if (this.mode === 1 || this.mode === 5) return;
    if (!gate) this.stopped ??= tick;
    else if (!this.isTriggered()) this.goOn(tick);
  }

  /** The level of OUT. */
  out(tick: number): boolean {
    this.settle(tick);
    if (this.count === 0) return this.mode !== 0;
    const elapsed = this.elapsed(tick);
    switch (this.mode) {
      case 0:
      case 1:
        return elapsed >= this.count;
      case 2:
        return this.stopped !== null || this.count === 1 || elapsed % this.count !== this.count - 1;
      case 3:
        return this.stopped !== null || this.count === 1 || elapsed % this.count < this.highHalf();
      default:
        return elapsed !== this.count;
    }
  }

  /** A tick after `tick` before which OUT keeps its level; Infinity when it does for good. */
  nextChange(tick: number): number {
    this.settle(tick);
    return Math.min(this.load?.at ?? Infinity, this.nextEdge(tick));
  }

  private nextEdge(tick: number): number {
    if (this.count === 0 || this.stopped !== null) return Infinity;
    const elapsed = tick - this.base;
    const { count, mode } = this;
    if (mode === 0 || mode === 1) return elapsed < count ? this.base + count : Infinity;
    if (mode >= 4) {
      if (elapsed > count) return Infinity;
      return this.base + count + (elapsed === count ? 1 : 0);
    }
    if (count === 1) return Infinity;
    const phase = elapsed % count;
    const edge = mode === 2 ? count - 1 : this.highHalf();
    return tick - phase + (phase < edge ? edge : count);
  }

  /** Modes whose count is loaded by a rising gate. */
  private isTriggered(): boolean {
    return this.mode !== 0 && this.mode !== 4;
  }

  private registerIsComplete(): boolean {
    return this.load !== null || this.count !== 0;
  }

  private finishWrite(register: number, tick: number): void {
    this.register = register;
    if (this.mode === 1 || this.mode === 5) this.load = { at: Infinity, base: 0, count: this.wanted() };
    else if (this.isTriggered() && this.stopped !== null) {
      this.load = { at: Infinity, base: 0, count: this.wanted() };
    } else if (this.isTriggered() && this.count > 1) this.loadAtBoundary(tick);
    else this.loadAt(tick + 1);
    if (this.mode === 0) this.count = 0;
    if (!this.gate && this.mode !== 1 && this.mode !== 5) this.stopped ??= tick;
  }

  /** In modes 2 and 3 a new count waits for the end of the period, or of the half period. */
  private loadAtBoundary(tick: number): void {
    const start = tick - ((tick - this.base) % this.count);
    const count = this.wanted();
    const half = start + this.highHalf();
    // The low half that a new count begins with is the second half of a period that began before.
    if (this.mode === 3 && tick < half) this.load = { at: half, base: half - Math.ceil(count / 2), count };
    else this.load = { at: start + this.count, base: start + this.count, count };
  }

  private loadAt(tick: number): void {
    this.load = { at: tick, base: tick, count: this.wanted() };
    if (this.isTriggered()) this.stopped = null;
  }

  /** The count register's value in ticks: 0 is the largest. */
  private wanted(): number {
    const count = this.bcd ? fromBcd(this.register) : this.register;
    return count === 0 ? this.modulus() : count;
  }

  private modulus(): number {
    return this.bcd ? 10_000 : 0x10000;
  }

  private highHalf(): number {
    return Math.ceil(this.count / 2);
  }

  /** Moves a count whose tick has come into the counting element. */
  private settle(tick: number): void {
    const load = this.load;
    if (!load || load.at > tick) return;
    this.count = load.count;
    this.base = load.base;
    this.load = null;
    // Without a gate it is loaded all the same, and then stays.
    if (this.stopped !== null) this.stopped = load.at;
  }

  private goOn(tick: number): void {
    if (this.stopped !== null) this.base += tick - this.stopped;
    this.stopped = null;
  }

  private elapsed(tick: number): number {
    return (this.stopped ?? tick) - this.base;
  }

  private isNull(): boolean {
    return this.load !== null || this.count === 0;
  }

  /** The counting element as it would be read. */
  private value(tick: number): number {
    if (this.count === 0) return this.register & 0xffff;
    const elapsed = this.elapsed(tick);
    const count = this.isPeriodic() ? this.periodic(elapsed) : modulo(this.count - elapsed, this.modulus());
    return this.bcd ? toBcd(count % 10_000) : count & 0xffff;
  }

  private isPeriodic(): boolean {
    return this.mode === 2 || this.mode === 3;
  }

  private periodic(elapsed: number): number {
    const phase = elapsed % this.count;
    if (this.mode === 2) return this.count - phase;
    // Mode 3 counts by two, and an odd count from one less.
    return (this.count & ~1) - 2 * (phase < this.highHalf() ? phase : phase - this.highHalf());
  }

  save(): SavedState {
    const { mode, bcd, access, control, register, lowByte, readHighNext } = this;
    const { latchedCount, latchedStatus, gate, count, base, stopped, load } = this;
    const waiting = load && { ...load, at: load.at === Infinity ? -1 : load.at };
    return {
      version: VERSION,
      ...{ mode, bcd, access, control, register, lowByte, readHighNext },
      ...{ latchedCount, latchedStatus, gate, count, base, stopped, load: waiting },
    };
  }

  restore(state: SavedState): void {
    restoreFields("8254 counter", VERSION, this, state);
    if (this.load && this.load.at < 0) this.load.at = Infinity;
  }
}

/** Modes 6 and 7 are modes 2 and 3. */
function modeOf(word: number): number {
  const mode = (word >> 1) & 7;
  return mode > 5 ? mode - 4 : mode;
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

function fromBcd(value: number): number {
  let result = 0;
  for (let shift = 12; shift >= 0; shift -= 4) result = result * 10 + ((value >> shift) & 15);
  return result;
}

function toBcd(value: number): number {
  let result = 0;
  for (let shift = 0; shift < 16; shift += 4, value = Math.floor(value / 10)) result |= (value % 10) << shift;
  return result;
}

/** The chip: three counters on one crystal. OUT 0 is an interrupt line, OUT 2 can be read. */
export class I8254 implements Device {
  private readonly counters: readonly [Counter, Counter, Counter];
  private readonly crystal: Crystal;
  private readonly alarm: Alarm;
  /** The tick of the next change of OUT 0 that its line has not followed yet; -1 for never. */
  private edge = -1;

  constructor(
    private readonly clock: Clock,
    private readonly interrupt: InterruptLine,
  ) {
    this.alarm = new Alarm(clock, () => this.followOut0());
    this.crystal = new Crystal(PIT_FREQUENCY, clock.frequency);
    this.counters = [new Counter(true), new Counter(true), new Counter(false)];
  }

  attach(bus: PortBus): void {
    bus.attach(PIT_PORT, 4, this);
  }

  /** Ticks since cycle 0. */
  get tick(): number {
    return this.crystal.ticksAt(this.clock.now);
  }

  setGate2(gate: boolean): void {
    this.counters[2].setGate(gate, this.tick);
  }

  get out2(): boolean {
    return this.counters[2].out(this.tick);
  }

  readByte(port: number): number {
    const index = port & 3;
    const tick = this.followOut0();
    return index === 3 ? OPEN_BUS : this.counters[index].read(tick);
  }

  writeByte(port: number, value: number): void {
    const index = port & 3;
    const tick = this.followOut0();
    if (index < 3) this.counters[index].write(value, tick);
    else if (value >> 6 === READ_BACK) this.readBack(value, tick);
    else if (((value >> 4) & 3) === ACCESS_LATCH) this.counters[value >> 6].latchCount(tick);
    else this.counters[value >> 6].writeControl(value, tick);
    this.driveOut0(tick);
  }

  /** The chip has no reset pin: the counters go on as they are. */
  reset(): void {}

  private readBack(value: number, tick: number): void {
    this.counters.forEach((counter, index) => {
      if (!(value & (2 << index))) return;
      if (!(value & READ_BACK_NO_COUNT)) counter.latchCount(tick);
      if (!(value & READ_BACK_NO_STATUS)) counter.latchStatus(tick);
    });
  }

  /** Puts every change of OUT 0 up to now on its line, in order, so that a short pulse is an edge. Returns now. */
  private followOut0(): number {
    const tick = this.tick;
    while (this.edge >= 0 && this.edge <= tick) this.driveOut0(this.edge);
    return tick;
  }

  private driveOut0(tick: number): void {
    if (this.counters[0].out(tick)) this.interrupt.raise();
    else this.interrupt.lower();
    const next = this.counters[0].nextChange(tick);
    this.edge = next === Infinity ? -1 : next;
    if (this.edge < 0) this.alarm.cancel();
    else this.alarm.setAt(this.crystal.cycleOf(this.edge));
  }

  save(): SavedState {
    return {
      version: VERSION,
      counters: this.counters.map((counter) => counter.save()),
      edge: this.edge,
      alarm: this.alarm.save(),
    };
  }

  restore(state: SavedState): void {
    restoreFields("8254", VERSION, {}, { version: state.version });
    this.counters.forEach((counter, index) =>
      counter.restore((state.counters as readonly SavedState[])[index]),
    );
    this.edge = state.edge as number;
    this.alarm.restore(state.alarm);
  }
}
