// Intel 8259A Programmable Interrupt Controller, one chip.
//
// Data sheet: Intel 8259A, order number 231468-003 (December 1988).
// Left out: MCS-80/85 mode (a vector is always one byte) and buffered mode, which no guest can see.
// Beyond it: the edge/level control register of later chip sets (ELCR), one bit per input.

import { type Device, type SavedState, restoreFields } from "./bus";

// ICW1, recognised by bit 4 at the even port.
const ICW1 = 0x10;
const ICW1_IC4 = 0x01;
const ICW1_SNGL = 0x02;
const ICW1_LTIM = 0x08;

const ICW4_AEOI = 0x02;
const ICW4_SFNM = 0x10;

// OCW3, recognised by bits 4-3 = 01 at the even port.
const OCW3 = 0x08;
const OCW3_RIS = 0x01;
const OCW3_RR = 0x02;
const OCW3_POLL = 0x04;
const OCW3_SMM = 0x20;
const OCW3_ESMM = 0x40;

// OCW2 commands: bits 7-5 of the byte (rotate, specific, end of interrupt).
const ROTATE_IN_AEOI_CLEAR = 0;
const NON_SPECIFIC_EOI = 1;
const SPECIFIC_EOI = 3;
const ROTATE_IN_AEOI_SET = 4;
const ROTATE_ON_NON_SPECIFIC_EOI = 5;
const SET_PRIORITY = 6;
const ROTATE_ON_SPECIFIC_EOI = 7;

/** Which initialisation word the odd port takes next. */
const READY = 0;
const WANT_ICW2 = 2;
const WANT_ICW3 = 3;
const WANT_ICW4 = 4;

const POLL_INTERRUPT = 0x80;
const NONE = -1;
const SPURIOUS = 7;

const VERSION = 1;

export class I8259A implements Device {
  private irr = 0;
  private isr = 0;
  private imr = 0;
  /** Levels of the inputs. */
  private lines = 0;
  /** Inputs that are level-triggered by the ELCR. */
  private levelMask = 0;
  private levelTriggered = false;
  private expect = READY;
  private icw1 = 0;
  private vectorBase = 0;
  private icw3 = 0;
  private autoEoi = false;
  private rotateOnAutoEoi = false;
  private fullyNestedSpecial = false;
  private specialMask = false;
  private readIsr = false;
  private poll = false;
  /** The level with the lowest priority; the one after it has the highest. */
  private lowest = 7;

  /**
   * @param master inputs in ICW3 belong to slaves only in a master
   * @param onOutput told the level of INT after everything that can change it
   */
  constructor(
    private readonly master: boolean,
    private readonly onOutput: (asserted: boolean) => void,
  ) {}

  reset(): void {
    this.irr = this.isr = this.imr = this.levelMask = this.icw1 = this.vectorBase = this.icw3 = 0;
    this.expect = READY;
    this.levelTriggered = this.autoEoi = this.rotateOnAutoEoi = this.fullyNestedSpecial = false;
    this.specialMask = this.readIsr = this.poll = false;
    this.lowest = 7;
    this.update();
  }

  /** Sets an input. */
  setLine(level: number, high: boolean): void {
    const bit = 1 << level;
    const rising = high && !(this.lines & bit);
    this.lines = high ? this.lines | bit : this.lines & ~bit;
    // A request that goes away before it is acknowledged is forgotten, in edge mode too.
    if (!high) this.irr &= ~bit;
    else if (rising || this.isLevel(bit)) this.irr |= bit;
    this.update();
  }

  /** Whether a request on `level` would reach INT: not masked, nor held back by one in service. */
  accepts(level: number): boolean {
    return this.expect === READY && this.winner(1 << level) === level;
  }

  /**
   * The acknowledge cycle: takes the request with the highest priority into service and returns its level, or
   * 7 without taking anything when there is none (the default interrupt).
   */
  acknowledge(): number {
    const level = this.winner(this.irr);
    if (level === NONE) return SPURIOUS;
    this.take(level);
    return level;
  }

  /** The interrupt vector for a level. */
  vector(level: number): number {
    return this.vectorBase | level;
  }

  /** Whether a slave is declared at an input. */
  hasSlave(level: number): boolean {
    return this.master && !(this.icw1 & ICW1_SNGL) && (this.icw3 & (1 << level)) !== 0;
  }

  read(odd: boolean): number {
    if (this.poll) {
      this.poll = false;
      const level = this.winner(this.irr);
      if (level === NONE) return 0;
      this.take(level);
      return POLL_INTERRUPT | level;
    }
    if (odd) return this.imr;
    return this.readIsr ? this.isr : this.irr;
  }

  write(odd: boolean, value: number): void {
    if (!odd && value & ICW1) this.initialise(value);
    else if (odd) this.writeOdd(value);
    else if (value & OCW3) this.writeOcw3(value);
    else this.writeOcw2(value);
    this.update();
  }

  /** The edge/level control register. */
  get elcr(): number {
    return this.levelMask;
  }

  set elcr(value: number) {
    this.levelMask = value;
    this.irr |= this.lines & value;
    this.update();
  }

  private initialise(value: number): void {
    this.icw1 = value;
    this.levelTriggered = (value & ICW1_LTIM) !== 0;
    this.imr = this.isr = 0;
    // The edge sense circuit is reset: an input must go high again to count.
    this.irr = this.levelTriggered ? this.lines : this.lines & this.levelMask;
    this.lowest = 7;
    this.icw3 = 0;
    this.specialMask = this.readIsr = this.poll = false;
    if (!(value & ICW1_IC4)) this.writeIcw4(0);
    this.expect = WANT_ICW2;
  }

  private writeOdd(value: number): void {
    switch (this.expect) {
      case WANT_ICW2:
        this.vectorBase = value & 0xf8;
        this.expect = this.icw1 & ICW1_SNGL ? this.afterIcw3() : WANT_ICW3;
        break;
      case WANT_ICW3:
        this.icw3 = value;
        this.expect = this.afterIcw3();
        break;
      case WANT_ICW4:
        this.writeIcw4(value);
        this.expect = READY;
        break;
      default:
        this.imr = value;
    }
  }

  private afterIcw3(): number {
    return this.icw1 & ICW1_IC4 ? WANT_ICW4 : READY;
  }

  private writeIcw4(value: number): void {
    this.autoEoi = (value & ICW4_AEOI) !== 0;
    this.fullyNestedSpecial = (value & ICW4_SFNM) !== 0;
  }

  private writeOcw2(value: number): void {
    const level = value & 7;
    switch (value >> 5) {
      case ROTATE_IN_AEOI_CLEAR:
        this.rotateOnAutoEoi = false;
        break;
      case ROTATE_IN_AEOI_SET:
        this.rotateOnAutoEoi = true;
        break;
      case NON_SPECIFIC_EOI:
        this.endHighest();
        break;
      case ROTATE_ON_NON_SPECIFIC_EOI:
        this.lowest = this.endHighest() ?? this.lowest;
        break;
      case SPECIFIC_EOI:
        this.isr &= ~(1 << level);
        break;
      case ROTATE_ON_SPECIFIC_EOI:
        this.isr &= ~(1 << level);
        this.lowest = level;
        break;
      case SET_PRIORITY:
        this.lowest = level;
        break;
    }
  }

  private writeOcw3(value: number): void {
    if (value & OCW3_ESMM) this.specialMask = (value & OCW3_SMM) !== 0;
    if (value & OCW3_RR) this.readIsr = (value & OCW3_RIS) !== 0;
    this.poll = (value & OCW3_POLL) !== 0;
  }

  /** Ends the service with the highest priority and returns its level, if any. */
  private endHighest(): number | undefined {
    const level = this.highest(this.specialMask ? this.isr & ~this.imr : this.isr);
    if (level === NONE) return undefined;
    this.isr &= ~(1 << level);
    return level;
  }

  private take(level: number): void {
    const bit = 1 << level;
    if (!this.isLevel(bit)) this.irr &= ~bit;
    if (!this.autoEoi) this.isr |= bit;
    else if (this.rotateOnAutoEoi) this.lowest = level;
    this.update();
  }

  private isLevel(bit: number): boolean {
    return this.levelTriggered || (this.levelMask & bit) !== 0;
  }

  /** The level in `set` with the highest priority. */
  private highest(set: number): number {
    for (let i = 1; i <= 8; i++) {
      const level = (this.lowest + i) & 7;
      if (set & (1 << level)) return level;
    }
    return NONE;
  }

  /** Which of `requests` may interrupt now. */
  private winner(requests: number): number {
    const level = this.highest(requests & ~this.imr);
    if (level === NONE) return NONE;
    let inService = this.specialMask ? this.isr & ~this.imr : this.isr;
    if (this.fullyNestedSpecial && this.hasSlave(level)) inService &= ~(1 << level);
    const blocking = this.highest(inService);
    return blocking === NONE || this.rank(level) < this.rank(blocking) ? level : NONE;
  }

  /** 0 for the highest priority. */
  private rank(level: number): number {
    return (level - this.lowest - 1) & 7;
  }

  private update(): void {
    this.onOutput(this.expect === READY && this.winner(this.irr) !== NONE);
  }

  save(): SavedState {
    const { irr, isr, imr, lines, levelMask, levelTriggered, expect, icw1, vectorBase, icw3, autoEoi } = this;
    const { rotateOnAutoEoi, fullyNestedSpecial, specialMask, readIsr, poll, lowest } = this;
    return {
      version: VERSION,
      ...{ irr, isr, imr, lines, levelMask, levelTriggered, expect, icw1, vectorBase, icw3, autoEoi },
      ...{ rotateOnAutoEoi, fullyNestedSpecial, specialMask, readIsr, poll, lowest },
    };
  }

  restore(state: SavedState): void {
    restoreFields("8259A", VERSION, this, state);
    this.update();
  }
}
