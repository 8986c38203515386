// The machine's one clock, in guest CPU cycles, and the queue of what is to happen on it.

import type { SavedValue } from "./bus";

/** A pending event. `at` is in cycles; events of one cycle fire by `sequence`, the order of scheduling. */
export interface Timer {
  readonly at: number;
  readonly sequence: number;
}

/** What a device sees of the time. */
export interface Clock {
  /** The cycle count at this moment. */
  readonly now: number;
  /** Cycles per second. */
  readonly frequency: number;
  /** Calls back at the first instruction boundary with `now >= at`. A time that is past means the next one. */
  schedule(at: number, callback: () => void): Timer;
  /** Forgets a timer; one that has fired, or undefined, is ignored. */
  cancel(timer: Timer | undefined): void;
  /** Schedules a saved event, at its old place among events of the same cycle. */
  resume(saved: Timer, callback: () => void): Timer;
}

/** One event of a device, at most once pending. */
export class Alarm {
  private timer: Timer | undefined;
  private readonly fire = (): void => {
    this.timer = undefined;
    this.callback();
  };

  constructor(
    private readonly clock: Clock,
    private readonly callback: () => void,
  ) {}

  get pending(): boolean {
    return this.timer !== undefined;
  }

  /** Moves the event to a cycle. */
  setAt(cycle: number): void {
    this.clock.cancel(this.timer);
    this.timer = this.clock.schedule(cycle, this.fire);
  }

  /** Moves the event to so many cycles from now. */
  setIn(cycles: number): void {
    this.setAt(this.clock.now + cycles);
  }

  cancel(): void {
    this.clock.cancel(this.timer);
    this.timer = undefined;
  }

  save(): SavedValue {
    return this.timer ? { at: this.timer.at, sequence: this.timer.sequence } : null;
  }

  restore(saved: SavedValue): void {
    this.clock.cancel(this.timer);
    this.timer = saved === null ? undefined : this.clock.resume(saved as unknown as Timer, this.fire);
  }
}

interface Entry extends Timer {
  readonly callback: () => void;
  /** The interrupt line that the event can raise, as far as it was told. */
  readonly line: number | undefined;
}

/** The queue of events. A machine has about a dozen, so an ordered array is the whole data structure. */
export class Scheduler {
  private readonly queue: Entry[] = [];
  private sequence = 0;

  /**
   * @param frequency cycles per second
   * @param now the cycle count
   * @param onEarlier told when an event comes before all others, so that a running CPU stops in time
   */
  constructor(
    readonly frequency: number,
    private readonly now: () => number,
    private readonly onEarlier: (at: number) => void = () => {},
  ) {}

  /** The clock for one device; `line` is the interrupt line its events can raise, or says which it is when one is scheduled. */
  clockFor(line?: number | (() => number | undefined)): Clock {
    const now = this.now;
    const raised = typeof line === "function" ? line : () => line;
    return {
      get now() {
        return now();
      },
      frequency: this.frequency,
      schedule: (at, callback) => this.insert({ at, sequence: this.sequence++, callback, line: raised() }),
      cancel: (timer) => this.cancel(timer),
      resume: ({ at, sequence }, callback) => this.insert({ at, sequence, callback, line: raised() }),
    };
  }

  /** The cycle of the next event, Infinity without one. */
  get next(): number {
    return this.queue.length ? this.queue[0].at : Infinity;
  }

  /** Number of pending events. */
  get length(): number {
    return this.queue.length;
  }

  /** Whether an event is pending whose interrupt line satisfies `test`. */
  some(test: (line: number | undefined) => boolean): boolean {
    return this.queue.some((entry) => test(entry.line));
  }

  /** Fires everything due, also what falls due meanwhile. */
  fire(): void {
    while (this.queue.length && this.queue[0].at <= this.now()) this.queue.shift()!.callback();
  }

  /** Forgets every event. */
  clear(): void {
    this.queue.length = 0;
  }

  /** The sequence number is state: it orders events of one cycle after a restore as before. */
  get nextSequence(): number {
    return this.sequence;
  }

  set nextSequence(value: number) {
    this.sequence = value;
  }

  private insert(entry: Entry): Timer {
    let index = this.queue.length;
    while (index > 0 && isBefore(entry, this.queue[index - 1])) index--;
    this.queue.splice(index, 0, entry);
    if (index === 0) this.onEarlier(entry.at);
    return entry;
  }

  private cancel(timer: Timer | undefined): void {
    const index = this.queue.indexOf(timer as Entry);
    if (index >= 0) this.queue.splice(index, 1);
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at !== b.at ? a.at < b.at : a.sequence < b.sequence;
}

/**
 * A crystal of `frequency` Hz counted against a clock of `clockFrequency` Hz, both integers. Exact for every
 * count below 2^53 / clockFrequency seconds: whole seconds and the rest are converted apart, so that no product
 * leaves the safe integers and nothing drifts.
 */
export class Crystal {
  constructor(
    readonly frequency: number,
    readonly clockFrequency: number,
  ) {
    if (frequency * clockFrequency > Number.MAX_SAFE_INTEGER * DIGIT)
      throw new RangeError("frequencies are too high");
  }

  /** Whole ticks that have passed at a cycle. */
  ticksAt(cycle: number): number {
    const seconds = Math.floor(cycle / this.clockFrequency);
    const rest = cycle - seconds * this.clockFrequency;
    return seconds * this.frequency + scale(rest, this.frequency, this.clockFrequency, 0);
  }

  /** The first cycle at which `tick` ticks have passed. */
  cycleOf(tick: number): number {
    if (tick === Infinity) return Infinity;
    const seconds = Math.floor(tick / this.frequency);
    const rest = tick - seconds * this.frequency;
    return (
      seconds * this.clockFrequency + scale(rest, this.clockFrequency, this.frequency, this.frequency - 1)
    );
  }
}

/** A product whose factors are not both small is made of two, so that it stays exact. */
const DIGIT = 4096;

/** (a * b + c) / divisor, rounded down. */
function scale(a: number, b: number, divisor: number, c: number): number {
  const sum = a * b + c;
  if (sum <= Number.MAX_SAFE_INTEGER) return Math.floor(sum / divisor);
  const upper = a * Math.floor(b / DIGIT);
  const digit = Math.floor(upper / divisor);
  return digit * DIGIT + Math.floor(((upper - digit * divisor) * DIGIT + a * (b % DIGIT) + c) / divisor);
}

/** Microseconds in cycles of a clock, rounded up. */
export function microseconds(clock: Clock, count: number): number {
  return Math.ceil((count * clock.frequency) / 1_000_000);
}
