// The high precision event timer: a counter, and three timers that compare with it.
//
// Data sheet: IA-PC HPET Specification 1.0a (October 2004).
// Left out: interrupts as messages on the front side bus.
// Declared, as in Intel's ICH (252516, chapter 17): 14.31818 MHz; the counter and timer 0 have 64 bits, timers 1 and 2 have 32; timer 0
// alone is periodic; all reach the I/O APIC's pins 20 to 23. An edge keeps the line up until the next one.

import { type Device, type InterruptLine, type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, Crystal } from "./clock";

export const HPET_BASE = 0xfed00000;
export const HPET_BYTES = 0x400;
/** What tables for the system call it: vendor, legacy replacement, counter of 64 bits, three timers, revision. */
export const HPET_CAPABILITIES = 0x8086a201;

const FREQUENCY = 14_318_180;
/** Of a tick, in femtoseconds. */
const PERIOD = Math.round(1e15 / FREQUENCY);
const TIMERS = 3;
const FIRST_PIN = 20;
const PINS = 4;

const CAPABILITIES = 0x00;
const TICK_PERIOD = 0x04;
const CONFIGURATION = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const TIMER = 0x100;
const TIMER_BYTES = 0x20;

const ENABLE = 1;
const LEGACY = 2;
/** Timers that take the place of the 8254's and the clock's interrupts. */
const LEGACY_TIMERS = 2;

// A timer's configuration.
const LEVEL = 0x0002;
const INTERRUPTS = 0x0004;
const PERIODIC = 0x0008;
const CAN_BE_PERIODIC = 0x0010;
const HAS_64_BITS = 0x0020;
const SETS_COMPARATOR = 0x0040;
const ONLY_32_BITS = 0x0100;
const ROUTE_SHIFT = 9;
const ROUTE = 0x3e00;
const ROUTES = ((1 << PINS) - 1) << FIRST_PIN;
// Its registers.
const TIMER_ROUTES = 0x04;
const COMPARATOR = 0x08;

const MASK_32 = 0xffffffffn;
const MASK_64 = 0xffffffffffffffffn;
const VERSION = 1;

export interface HpetWires {
  /** A timer's clock; `line` says which request its events raise now. */
  clockFor(line: () => number | undefined): Clock;
  /** The request line of the 8254 (timer 0) or the clock (timer 1). */
  legacyLine(timer: number): InterruptLine;
  /** What those requests are called. */
  readonly legacyRequests: readonly number[];
  /** Connects the legacy lines with this chip, or with their own. */
  replaceLegacy(replaced: boolean): void;
  /** An input of the I/O APIC. */
  pin(pin: number): InterruptLine;
}

interface Timer {
  readonly fixed: number;
  readonly alarm: Alarm;
  configuration: number;
  comparator: bigint;
  period: bigint;
  /** The crystal's tick at which the counter comes to the comparator. */
  due: number;
  /** An edge keeps its line up. */
  edge: boolean;
}

export class Hpet implements Device {
  private configuration = 0;
  private status = 0;
  /** The counter, when it was set or stood still last, at a tick of the crystal. */
  private counter = 0n;
  private start = 0;
  private readonly clock: Clock;
  private readonly crystal: Crystal;
  private readonly timers: Timer[] = [];

  constructor(private readonly wires: HpetWires) {
    this.clock = wires.clockFor(() => undefined);
    this.crystal = new Crystal(FREQUENCY, this.clock.frequency);
    for (let i = 0; i < TIMERS; i++) {
      const alarm = new Alarm(
        wires.clockFor(() => this.request(i)),
        () => this.matches(i),
      );
      const fixed = i === 0 ? CAN_BE_PERIODIC | HAS_64_BITS : 0;
      this.timers.push({ fixed, alarm, configuration: 0, comparator: 0n, period: 0n, due: 0, edge: false });
    }
    this.reset();
  }

  reset(): void {
    this.configuration = this.status = this.start = 0;
    this.counter = 0n;
    for (const timer of this.timers) {
      timer.alarm.cancel();
      timer.configuration = 0;
      timer.comparator = timer.fixed & HAS_64_BITS ? MASK_64 : MASK_32;
      timer.period = 0n;
      timer.edge = false;
    }
    this.wires.replaceLegacy(false);
    this.drive();
  }

  /** A register, or half of one. */
  read(offset: number): number {
    if (offset >= TIMER) return this.readTimer(offset);
    switch (offset) {
      case CAPABILITIES:
        return HPET_CAPABILITIES;
      case TICK_PERIOD:
        return PERIOD;
      case CONFIGURATION:
        return this.configuration;
      case STATUS:
        return this.status;
      case COUNTER:
      case COUNTER + 4:
        return half(this.now(), offset);
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    if (offset >= TIMER) this.writeTimer(offset, value);
    else if (offset === CONFIGURATION) this.configure(value);
    else if (offset === STATUS) this.status &= ~value;
    else if ((offset === COUNTER || offset === COUNTER + 4) && !this.runs)
      this.counter = withHalf(this.counter, offset, value);
    this.drive();
  }

  private get runs(): boolean {
    return (this.configuration & ENABLE) !== 0;
  }

  private get tick(): number {
    return this.crystal.ticksAt(this.clock.now);
  }

  private now(): bigint {
    return this.runs ? (this.counter + BigInt(this.tick - this.start)) & MASK_64 : this.counter;
  }

  private configure(value: number): void {
    this.counter = this.now();
    this.start = this.tick;
    this.configuration = value & (ENABLE | LEGACY);
    this.wires.replaceLegacy((value & LEGACY) !== 0);
    for (const timer of this.timers) this.arm(timer);
  }

  private readTimer(offset: number): number {
    const timer = this.timers[Math.floor((offset - TIMER) / TIMER_BYTES)] as Timer | undefined;
    if (!timer) return 0;
    switch (offset % TIMER_BYTES) {
      case 0:
        return timer.fixed | (timer.configuration & ~SETS_COMPARATOR);
      case TIMER_ROUTES:
        return ROUTES;
      case COMPARATOR:
      case COMPARATOR + 4:
        return half(timer.comparator, offset);
      default:
        return 0;
    }
  }

  private writeTimer(offset: number, value: number): void {
    const timer = this.timers[Math.floor((offset - TIMER) / TIMER_BYTES)] as Timer | undefined;
    if (!timer) return;
    const register = offset % TIMER_BYTES;
    if (register === 0) configureTimer(timer, value);
    else if (register === COMPARATOR || register === COMPARATOR + 4) compareWith(timer, register, value);
    this.arm(timer);
  }

  /** Sets the alarm for when the counter comes to the comparator; if it is there, that is a whole turn later. */
  private arm(timer: Timer): void {
    timer.alarm.cancel();
    if (!this.runs) return;
    const mask = maskOf(timer);
    const distance = (timer.comparator - this.now()) & mask;
    this.armAt(timer, this.tick + Number(distance || mask + 1n));
  }

  private armAt(timer: Timer, due: number): void {
    timer.due = due;
    if (Number.isSafeInteger(this.crystal.cycleOf(due))) timer.alarm.setAt(this.crystal.cycleOf(due));
  }

  private matches(index: number): void {
    const timer = this.timers[index];
    const mask = maskOf(timer);
    if (timer.configuration & PERIODIC && timer.period) {
      const period = Number(timer.period);
      const periods = Math.floor((this.tick - timer.due) / period) + 1;
      timer.comparator = (timer.comparator + BigInt(periods) * timer.period) & mask;
      this.armAt(timer, timer.due + periods * period);
    } else this.armAt(timer, timer.due + Number(mask + 1n));
    if (!(timer.configuration & INTERRUPTS)) return;
    if (timer.configuration & LEVEL) this.status |= 1 << index;
    else {
      timer.edge = false;
      this.drive();
      timer.edge = true;
    }
    this.drive();
  }

  /** The request that a timer's interrupt is now. */
  private request(index: number): number | undefined {
    const { configuration } = this.timers[index];
    if (!this.runs || !(configuration & INTERRUPTS)) return undefined;
    if (this.configuration & LEGACY && index < LEGACY_TIMERS) return this.wires.legacyRequests[index];
    const pin = (configuration & ROUTE) >> ROUTE_SHIFT;
    return (ROUTES >>> pin) & 1 ? pin : undefined;
  }

  /** Brings the lines to what the timers want. */
  private drive(): void {
    const wanted = new Set<number | undefined>();
    this.timers.forEach((timer, i) => {
      const asks = timer.configuration & LEVEL ? (this.status >> i) & 1 : timer.edge;
      if (asks) wanted.add(this.request(i));
    });
    const set = (line: InterruptLine, request: number) => (wanted.has(request) ? line.raise() : line.lower());
    this.wires.legacyRequests.forEach((request, i) => set(this.wires.legacyLine(i), request));
    for (let pin = FIRST_PIN; pin < FIRST_PIN + PINS; pin++) set(this.wires.pin(pin), pin);
  }

  save(): SavedState {
    const { configuration, status, start } = this;
    const timers = this.timers.map((timer) => ({
      ...{ configuration: timer.configuration, due: timer.due, edge: timer.edge, alarm: timer.alarm.save() },
      ...{ comparator: String(timer.comparator), period: String(timer.period) },
    }));
    return { version: VERSION, configuration, status, start, count: String(this.counter), saved: timers };
  }

  restore(state: SavedState): void {
    const { count, saved, ...fields } = state;
    restoreFields("HPET", VERSION, this, fields as SavedState);
    this.counter = BigInt(count as string);
    this.timers.forEach((timer, i) => {
      const { comparator, period, alarm, ...plain } = (saved as SavedState[])[i];
      Object.assign(timer, plain, {
        comparator: BigInt(comparator as string),
        period: BigInt(period as string),
      });
      timer.alarm.restore(alarm);
    });
    this.wires.replaceLegacy((this.configuration & LEGACY) !== 0);
    this.drive();
  }
}

const isHigh = (offset: number) => (offset & 4) !== 0;

function half(value: bigint, offset: number): number {
  return Number(isHigh(offset) ? value >> 32n : value & MASK_32);
}

function withHalf(old: bigint, offset: number, value: number): bigint {
  const word = BigInt(value >>> 0);
  return isHigh(offset) ? (old & MASK_32) | (word << 32n) : (old & ~MASK_32) | word;
}

/** The bits of the counter that a timer looks at. */
function maskOf({ fixed, configuration }: Timer): bigint {
  return fixed & HAS_64_BITS && !(configuration & ONLY_32_BITS) ? MASK_64 : MASK_32;
}

function configureTimer(timer: Timer, value: number): void {
  const writable =
    timer.fixed === 0
      ? LEVEL | INTERRUPTS | ROUTE
      : LEVEL | INTERRUPTS | ROUTE | PERIODIC | SETS_COMPARATOR | ONLY_32_BITS;
  timer.configuration = value & writable;
  if (!(value & INTERRUPTS) || value & LEVEL) timer.edge = false;
  timer.comparator &= maskOf(timer);
}

/** A periodic timer takes what is written as its period, and as the next comparison only where it was told so. */
function compareWith(timer: Timer, register: number, value: number): void {
  const mask = maskOf(timer);
  const periodic = (timer.configuration & PERIODIC) !== 0;
  if (!periodic || timer.configuration & SETS_COMPARATOR)
    timer.comparator = withHalf(timer.comparator, register, value) & mask;
  if (periodic) timer.period = withHalf(timer.period, register, value) & mask;
  timer.configuration &= ~SETS_COMPARATOR;
}
