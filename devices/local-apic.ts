// The processor's local APIC: requests by vector with priorities, its timer, and the pin of the 8259A pair.
//
// Manual: Intel SDM volume 3, chapter 10 (xAPIC).
// Left out: other processors (start-up and remote messages go nowhere), SMI, thermal and performance events, moving
// or disabling it by its MSR. The timer counts cycles of the machine's clock.
// Declared: after a reset LINT0 is open for the 8259A, as a BIOS leaves it, so that a system that knows no APIC gets its interrupts.

import { type SavedState, type Device, restoreFields } from "./bus";
import { Alarm, type Clock } from "./clock";

export const LOCAL_APIC_BASE = 0xfee00000;
export const LOCAL_APIC_BYTES = 0x1000;

const ID = 0x20;
const VERSION_REGISTER = 0x30;
const TASK_PRIORITY = 0x80;
const PROCESSOR_PRIORITY = 0xa0;
const END_OF_INTERRUPT = 0xb0;
const LOGICAL_DESTINATION = 0xd0;
const DESTINATION_FORMAT = 0xe0;
const SPURIOUS = 0xf0;
const IN_SERVICE = 0x100;
const TRIGGER_MODE = 0x180;
const ERROR_STATUS = 0x280;
const COMMAND_LOW = 0x300;
const COMMAND_HIGH = 0x310;
const LVT_TIMER = 0x320;
const LVT_LINT0 = 0x350;
const LVT_END = 0x380;
const INITIAL_COUNT = 0x380;
const CURRENT_COUNT = 0x390;
const DIVIDE = 0x3e0;
const STEP = 0x10;

/** Version 0x14, six entries in the local vector table. */
const VERSION_VALUE = 0x00050014;
const SPURIOUS_ENABLE = 0x100;
const MASKED = 0x10000;
const PERIODIC = 0x20000;
const MODE = 0x700;
const MODE_FIXED = 0x000;
const MODE_LOWEST = 0x100;
const MODE_NMI = 0x400;
const MODE_INIT = 0x500;
const MODE_EXTERNAL = 0x700;
const LVT_BITS = 0x1f7ff;
const TIMER_BITS = 0x300ff;
/** Of a message: it is a level, and the level's value. */
const COMMAND_LEVEL = 0x8000;
const COMMAND_ASSERT = 0x4000;
const SHORTHAND_SHIFT = 18;
const SHORTHAND_SELF = 1;
const SHORTHAND_ALL = 2;
const ILLEGAL_VECTOR_RECEIVED = 0x40;
const VECTORS = 256;
const FIRST_VECTOR = 16;
const VERSION = 1;

export interface ProcessorPins {
  setInterrupt(asserted: boolean): void;
  nmi(): void;
  init(): void;
}

export class LocalApic implements Device {
  private priority = 0;
  private logical = 0;
  private format = 0xffffffff;
  private spurious = 0xff;
  private errors = 0;
  private commandLow = 0;
  private commandHigh = 0;
  /** Timer, thermal, performance, LINT0, LINT1, error. */
  private local: number[] = [];
  private requests = new Uint8Array(VECTORS);
  private inService = new Uint8Array(VECTORS);
  private levelTriggered = new Uint8Array(VECTORS);
  private initialCount = 0;
  private divide = 0;
  private timerStart = 0;
  /** The 8259A's INTR. */
  private external = false;
  private readonly alarm: Alarm;

  /**
   * @param clock whose events can raise an interrupt
   * @param pins the processor's
   * @param acknowledgeExternal the 8259A pair's cycles
   * @param onEnd told of the end of a level-triggered interrupt
   */
  constructor(
    private readonly clock: Clock,
    private readonly pins: ProcessorPins,
    private readonly acknowledgeExternal: () => number,
    private readonly onEnd: (vector: number) => void,
  ) {
    this.alarm = new Alarm(clock, () => this.timerEnds());
    this.reset();
  }

  reset(): void {
    this.alarm.cancel();
    this.priority = this.logical = this.errors = this.commandLow = this.commandHigh = 0;
    this.format = 0xffffffff;
    this.spurious = 0xff;
    this.local = [MASKED, MASKED, MASKED, MODE_EXTERNAL, MASKED, MASKED];
    for (const set of [this.requests, this.inService, this.levelTriggered]) set.fill(0);
    this.initialCount = this.divide = this.timerStart = 0;
    this.update();
  }

  /** The 8259A pair's output. */
  setExternal(asserted: boolean): void {
    this.external = asserted;
    this.update();
  }

  /** Whether an edge of the 8259A's output would reach the processor. */
  get takesExternal(): boolean {
    const lint0 = this.local[(LVT_LINT0 - LVT_TIMER) / STEP];
    return !(lint0 & MASKED) && (lint0 & MODE) === MODE_EXTERNAL;
  }

  /** Whether the timer can interrupt. */
  get takesTimer(): boolean {
    return this.isOn && !(this.local[0] & MASKED);
  }

  /** Whether requests are taken at all. */
  get isOn(): boolean {
    return (this.spurious & SPURIOUS_ENABLE) !== 0;
  }

  /** A message on the bus. */
  receive(vector: number, level: boolean): void {
    if (!this.isOn) return;
    if (vector < FIRST_VECTOR) {
      this.errors |= ILLEGAL_VECTOR_RECEIVED;
      return;
    }
    this.requests[vector] = 1;
    this.levelTriggered[vector] = Number(level);
    this.update();
  }

  /** The processor takes an interrupt. */
  acknowledge(): number {
    const vector = this.deliverable();
    if (vector !== undefined) {
      this.requests[vector] = 0;
      this.inService[vector] = 1;
      this.update();
      return vector;
    }
    return this.external && this.takesExternal ? this.acknowledgeExternal() : this.spurious & 0xff;
  }

  /** A register, 32 bits at a multiple of 16. */
  read(offset: number): number {
    const bits = (set: Uint8Array, first: number) => {
      let word = 0;
      for (let i = 0; i < 32; i++) word |= set[first + i] << i;
      return word >>> 0;
    };
    if (offset >= IN_SERVICE && offset < ERROR_STATUS) {
      const first = 2 * (offset & 0x70);
      const group = offset & ~0x7f;
      return bits(
        group === IN_SERVICE ? this.inService : group === TRIGGER_MODE ? this.levelTriggered : this.requests,
        first,
      );
    }
    if (offset >= LVT_TIMER && offset < LVT_END) return this.local[(offset - LVT_TIMER) / STEP];
    switch (offset) {
      case ID:
        return 0;
      case VERSION_REGISTER:
        return VERSION_VALUE;
      case TASK_PRIORITY:
        return this.priority;
      case PROCESSOR_PRIORITY:
        return this.processorPriority();
      case LOGICAL_DESTINATION:
        return this.logical;
      case DESTINATION_FORMAT:
        return this.format;
      case SPURIOUS:
        return this.spurious;
      case ERROR_STATUS:
        return this.errors;
      case COMMAND_LOW:
        return this.commandLow;
      case COMMAND_HIGH:
        return this.commandHigh;
      case INITIAL_COUNT:
        return this.initialCount;
      case CURRENT_COUNT:
        return this.currentCount();
      case DIVIDE:
        return this.divide;
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    if (offset >= LVT_TIMER && offset < LVT_END) return this.writeLocal(offset, value);
    switch (offset) {
      case TASK_PRIORITY:
        this.priority = value & 0xff;
        break;
      case END_OF_INTERRUPT:
        this.endInterrupt();
        break;
      case LOGICAL_DESTINATION:
        this.logical = (value & 0xff000000) >>> 0;
        break;
      case DESTINATION_FORMAT:
        this.format = (value | 0x0fffffff) >>> 0;
        break;
      case SPURIOUS:
        this.spurious = value & 0x3ff;
        // While it is off the local vector table is masked.
        if (!this.isOn) this.local = this.local.map((entry, i) => (i === 3 ? entry : entry | MASKED));
        break;
      case ERROR_STATUS:
        this.errors = 0;
        break;
      case COMMAND_LOW:
        this.commandLow = value & 0xccfff;
        this.send();
        break;
      case COMMAND_HIGH:
        this.commandHigh = (value & 0xff000000) >>> 0;
        break;
      case INITIAL_COUNT:
        this.initialCount = value >>> 0;
        this.startTimer();
        break;
      case DIVIDE:
        this.divide = value & 0x0b;
        this.startTimer();
    }
    this.update();
  }

  private writeLocal(offset: number, value: number): void {
    const index = (offset - LVT_TIMER) / STEP;
    const kept = value & (index === 0 ? TIMER_BITS : LVT_BITS);
    this.local[index] = this.isOn || index === 3 ? kept : kept | MASKED;
    if (index === 0) this.startTimer();
    this.update();
  }

  private processorPriority(): number {
    const served = highest(this.inService) ?? 0;
    return this.priority >> 4 >= served >> 4 ? this.priority : served & 0xf0;
  }

  private deliverable(): number | undefined {
    const vector = this.isOn ? highest(this.requests) : undefined;
    return vector !== undefined && vector >> 4 > this.processorPriority() >> 4 ? vector : undefined;
  }

  private update(): void {
    this.pins.setInterrupt((this.external && this.takesExternal) || this.deliverable() !== undefined);
  }

  private endInterrupt(): void {
    const vector = highest(this.inService);
    if (vector === undefined) return;
    this.inService[vector] = 0;
    if (this.levelTriggered[vector]) this.onEnd(vector);
  }

  /** An interprocessor message: what is meant for this processor comes back. */
  private send(): void {
    const mode = this.commandLow & MODE;
    const shorthand = (this.commandLow >> SHORTHAND_SHIFT) & 3;
    const toSelf = shorthand === SHORTHAND_SELF || shorthand === SHORTHAND_ALL;
    const named = shorthand === 0 && this.isNamed(this.commandHigh >>> 24, (this.commandLow & 0x800) !== 0);
    if (!toSelf && !named) return;
    if (mode === MODE_FIXED || mode === MODE_LOWEST) this.receive(this.commandLow & 0xff, false);
    else if (mode === MODE_NMI) this.pins.nmi();
    else if (mode === MODE_INIT && (this.commandLow & (COMMAND_LEVEL | COMMAND_ASSERT)) !== COMMAND_LEVEL)
      this.pins.init();
  }

  /** Whether a destination means this processor: its number 0, all, or a bit of its logical name. */
  isNamed(destination: number, logical: boolean): boolean {
    if (!logical) return destination === 0 || destination === 0xff;
    const name = this.logical >>> 24;
    if (this.format >>> 28 === 0xf) return (destination & name) !== 0;
    return destination >> 4 === name >> 4 && (destination & name & 0x0f) !== 0;
  }

  private get divisor(): number {
    const code = (this.divide & 3) | ((this.divide >> 1) & 4);
    return code === 7 ? 1 : 2 << code;
  }

  private startTimer(): void {
    this.alarm.cancel();
    this.timerStart = this.clock.now;
    if (this.initialCount) this.alarm.setIn(this.initialCount * this.divisor);
  }

  private currentCount(): number {
    if (!this.initialCount || !this.alarm.pending) return 0;
    return this.initialCount - Math.floor((this.clock.now - this.timerStart) / this.divisor);
  }

  private timerEnds(): void {
    const entry = this.local[0];
    if (!(entry & MASKED)) this.receive(entry & 0xff, false);
    if (!(entry & PERIODIC)) return;
    this.timerStart += this.initialCount * this.divisor;
    this.alarm.setAt(this.timerStart + this.initialCount * this.divisor);
  }

  save(): SavedState {
    const { priority, logical, format, spurious, errors, commandLow, commandHigh, local } = this;
    const { requests, inService, levelTriggered, initialCount, divide, timerStart, external } = this;
    const state = {
      ...{ version: VERSION, priority, logical, format, spurious, errors, commandLow, commandHigh, local },
      ...{ requests, inService, levelTriggered, initialCount, divide, timerStart, external },
      due: this.alarm.save(),
    };
    return structuredClone(state);
  }

  restore(state: SavedState): void {
    const { due, ...fields } = state;
    restoreFields("local APIC", VERSION, this, fields as SavedState);
    this.alarm.restore(due);
    this.update();
  }
}

function highest(set: Uint8Array): number | undefined {
  const vector = set.lastIndexOf(1);
  return vector < 0 ? undefined : vector;
}
