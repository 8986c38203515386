// Motorola MC146818A real-time clock with RAM, as in the PC/AT at ports 0x70 and 0x71.
//
// Data sheet: Motorola MC146818A, ADI1026 (1984).
// Left out: the SQW pin, daylight saving, and the time bases other than 32.768 kHz (they stop the clock).
// Beyond it: 114 bytes of RAM, of which 0x32 holds the century.

import {
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  OPEN_BUS,
  restoreFields,
} from "./bus";
import { Alarm, type Clock, Crystal } from "./clock";

export const CMOS_PORT = 0x70;
export const CMOS_BYTES = 128;

const SECONDS = 0x00;
const SECONDS_ALARM = 0x01;
const MINUTES = 0x02;
const HOURS = 0x04;
const DAY_OF_WEEK = 0x06;
const DAY_OF_MONTH = 0x07;
const MONTH = 0x08;
const YEAR = 0x09;
const REGISTER_A = 0x0a;
const REGISTER_B = 0x0b;
const REGISTER_C = 0x0c;
const REGISTER_D = 0x0d;
const CENTURY = 0x32;

const A_UPDATE_IN_PROGRESS = 0x80;
const A_DIVIDER = 0x70;
const A_DIVIDER_RUNNING = 0x20;
const A_RATE = 0x0f;

const B_SET = 0x80;
/** Interrupt enables in register B are at the bits of the flags in register C. */
const FLAG_PERIODIC = 0x40;
const FLAG_ALARM = 0x20;
const FLAG_UPDATE = 0x10;
const FLAGS = FLAG_PERIODIC | FLAG_ALARM | FLAG_UPDATE;
const B_SQUARE_WAVE = 0x08;
const B_BINARY = 0x04;
const B_24_HOURS = 0x02;

const C_INTERRUPT = 0x80;
const D_VALID = 0x80;

const HOURS_PM = 0x80;
/** Alarm bytes with both top bits set match anything. */
const ALARM_ANY = 0xc0;

const TICKS_PER_SECOND = 32_768;
/** UIP rises 244 us before an update, which takes 1984 us. */
const UPDATE_TICKS = 73;
/** The first update after the divider leaves its reset comes after half a second. */
const FIRST_UPDATE_TICKS = TICKS_PER_SECOND / 2;
const DAY = 86_400;

const VERSION = 1;

export class Mc146818 implements Device {
  private index = REGISTER_D;
  private cells = new Uint8Array(CMOS_BYTES);
  /** Seconds since 1970 at `origin`, a tick at which an update ended; the time itself while stopped. */
  private time: number;
  private origin = 0;
  /** What the day-of-week register is ahead of the calendar. */
  private weekdayOffset = 0;
  private flags = 0;
  /** Flags are up to date as of this tick. */
  private flaggedTick = 0;
  private readonly crystal: Crystal;
  private readonly alarm: Alarm;

  /** @param startTime seconds since 1970-01-01 00:00 that the clock shows at cycle 0 */
  constructor(
    private readonly clock: Clock,
    private readonly interrupt: InterruptLine,
    startTime: number,
  ) {
    this.time = startTime;
    this.crystal = new Crystal(TICKS_PER_SECOND, clock.frequency);
    this.alarm = new Alarm(clock, () => this.update());
    this.cells[REGISTER_A] = A_DIVIDER_RUNNING | 6;
    this.cells[REGISTER_B] = B_24_HOURS;
    this.cells[CENTURY] = this.encode(Math.floor(new Date(startTime * 1000).getUTCFullYear() / 100));
  }

  attach(bus: PortBus): void {
    bus.attach(CMOS_PORT, 2, this);
  }

  /** RESET clears the interrupt enables and flags; time and RAM go on. */
  reset(): void {
    this.accumulate();
    this.cells[REGISTER_B] &= ~(FLAGS | B_SQUARE_WAVE);
    this.flags = 0;
    this.update();
  }

  /** Sets RAM as the firmware's set-up would. */
  setRam(address: number, value: number): void {
    this.cells[address] = value;
  }

  ramAt(address: number): number {
    return this.cells[address];
  }

  readByte(port: number): number {
    if (port === CMOS_PORT) return OPEN_BUS;
    this.accumulate();
    if (isTime(this.index))
      return this.isSetting() ? this.cells[this.index] : this.timeRegisters()[this.index];
    if (this.index === REGISTER_A)
      return this.cells[REGISTER_A] | (this.isUpdating() ? A_UPDATE_IN_PROGRESS : 0);
    if (this.index === REGISTER_C) return this.takeFlags();
    if (this.index === REGISTER_D) return D_VALID;
    return this.cells[this.index];
  }

  /** Bit 7 of the index port masks NMI, of which this machine has none. */
  writeByte(port: number, value: number): void {
    if (port === CMOS_PORT) {
      this.index = value & (CMOS_BYTES - 1);
      return;
    }
    this.accumulate();
    if (this.index === REGISTER_A) this.writeA(value);
    else if (this.index === REGISTER_B) this.writeB(value);
    else if (isTime(this.index)) this.writeTime(value);
    else if (this.index !== REGISTER_C && this.index !== REGISTER_D) this.cells[this.index] = value;
    this.update();
  }

  private get tick(): number {
    return this.crystal.ticksAt(this.clock.now);
  }

  private isRunning(): boolean {
    return !this.isSetting() && this.dividerRuns();
  }

  private isSetting(): boolean {
    return (this.cells[REGISTER_B] & B_SET) !== 0;
  }

  private dividerRuns(): boolean {
    return (this.cells[REGISTER_A] & A_DIVIDER) === A_DIVIDER_RUNNING;
  }

  /** Seconds since 1970 that the clock shows at a tick. */
  private timeAt(tick: number): number {
    return this.isRunning() ? this.time + Math.floor((tick - this.origin) / TICKS_PER_SECOND) : this.time;
  }

  private isUpdating(): boolean {
    const phase = modulo(this.tick - this.origin, TICKS_PER_SECOND);
    return this.isRunning() && phase >= TICKS_PER_SECOND - UPDATE_TICKS;
  }

  private takeFlags(): number {
    const value = this.flags | (this.flags & this.cells[REGISTER_B] & FLAGS ? C_INTERRUPT : 0);
    this.flags = 0;
    this.update();
    return value;
  }

  private writeA(value: number): void {
    const ran = this.dividerRuns();
    this.hold();
    this.cells[REGISTER_A] = value & ~A_UPDATE_IN_PROGRESS;
    if (!ran && this.dividerRuns()) this.origin = this.tick + FIRST_UPDATE_TICKS - TICKS_PER_SECOND;
  }

  private writeB(value: number): void {
    if (value & B_SET && !this.isSetting()) this.cells.set(this.timeRegisters());
    this.hold();
    const wasSetting = this.isSetting();
    this.cells[REGISTER_B] = value;
    if (wasSetting && !this.isSetting()) this.takeTime();
  }

  private writeTime(value: number): void {
    if (!this.isSetting()) this.cells.set(this.timeRegisters());
    this.cells[this.index] = value;
    if (this.isSetting()) return;
    this.hold();
    this.takeTime();
  }

  /** Brings `time` and `origin` up to now, so that the clock can be stopped or changed. The phase stays. */
  private hold(): void {
    const seconds = Math.floor((this.tick - this.origin) / TICKS_PER_SECOND);
    this.time = this.timeAt(this.tick);
    this.origin += seconds * TICKS_PER_SECOND;
  }

  /** The calendar as registers 0 to 9 show it; alarm bytes as they are. */
  private timeRegisters(): Uint8Array {
    const registers = this.cells.slice(0, YEAR + 1);
    const date = new Date(this.timeAt(this.tick) * 1000);
    registers[SECONDS] = this.encode(date.getUTCSeconds());
    registers[MINUTES] = this.encode(date.getUTCMinutes());
    registers[HOURS] = this.encodeHours(date.getUTCHours());
    registers[DAY_OF_WEEK] = this.encode(modulo(date.getUTCDay() + this.weekdayOffset, 7) + 1);
    registers[DAY_OF_MONTH] = this.encode(date.getUTCDate());
    registers[MONTH] = this.encode(date.getUTCMonth() + 1);
    registers[YEAR] = this.encode(date.getUTCFullYear() % 100);
    return registers;
  }

  /** Takes the time from the registers; values beyond a field's range carry into the next. */
  private takeTime(): void {
    const field = (index: number) => this.decode(this.cells[index]);
    const year = field(CENTURY) * 100 + field(YEAR);
    const hours = this.decodeHours(this.cells[HOURS]);
    const date = Date.UTC(year, field(MONTH) - 1, field(DAY_OF_MONTH), hours, field(MINUTES), field(SECONDS));
    this.time = Math.floor(date / 1000);
    this.weekdayOffset = field(DAY_OF_WEEK) - 1 - new Date(date).getUTCDay();
  }

  private encode(value: number): number {
    return this.cells[REGISTER_B] & B_BINARY ? value : Math.floor(value / 10) * 16 + (value % 10);
  }

  private decode(value: number): number {
    return this.cells[REGISTER_B] & B_BINARY ? value : (value >> 4) * 10 + (value & 15);
  }

  private encodeHours(hours: number): number {
    if (this.cells[REGISTER_B] & B_24_HOURS) return this.encode(hours);
    return this.encode(hours % 12 || 12) | (hours >= 12 ? HOURS_PM : 0);
  }

  private decodeHours(value: number): number {
    if (this.cells[REGISTER_B] & B_24_HOURS) return this.decode(value);
    return (this.decode(value & ~HOURS_PM) % 12) + (value & HOURS_PM ? 12 : 0);
  }

  /** Ticks between periodic interrupts; 0 for none. */
  private period(): number {
    const rate = this.cells[REGISTER_A] & A_RATE;
    if (rate === 0 || !this.dividerRuns()) return 0;
    return rate < 3 ? 64 << rate : 1 << (rate - 1);
  }

  /** Sets the flags for everything that has happened since the last call. */
  private accumulate(): void {
    const from = this.flaggedTick;
    const to = this.tick;
    this.flaggedTick = to;
    const period = this.period();
    if (period && cycles(from, to, this.origin, period)) this.flags |= FLAG_PERIODIC;
    if (!this.isRunning() || !cycles(from, to, this.origin, TICKS_PER_SECOND)) return;
    this.flags |= FLAG_UPDATE;
    if (this.nextAlarm(this.timeAt(from)) <= this.timeAt(to)) this.flags |= FLAG_ALARM;
  }

  /** The first time after `time` that the alarm bytes match; Infinity when none does. */
  private nextAlarm(time: number): number {
    const wanted = [SECONDS_ALARM, SECONDS_ALARM + 2, SECONDS_ALARM + 4].map((index) => {
      const value = this.cells[index];
      if ((value & ALARM_ANY) === ALARM_ANY) return -1;
      return index === HOURS + 1 ? this.decodeHours(value) : this.decode(value);
    });
    const [second, minute, hour] = wanted;
    for (let at = time + 1; at <= time + DAY;) {
      const ofDay = modulo(at, DAY);
      if (hour >= 0 && Math.floor(ofDay / 3600) !== hour) at += 3600 - (ofDay % 3600);
      else if (minute >= 0 && Math.floor(ofDay / 60) % 60 !== minute) at += 60 - (ofDay % 60);
      else if (second >= 0 && ofDay % 60 !== second) at += 1;
      else return at;
    }
    return Infinity;
  }

  /** Follows the interrupt line, and waits for the next flag that is enabled. */
  private update(): void {
    this.accumulate();
    const enabled = this.cells[REGISTER_B] & FLAGS;
    if (this.flags & enabled) this.interrupt.raise();
    else this.interrupt.lower();
    const next = this.flags & enabled ? Infinity : this.nextFlag(enabled);
    if (next === Infinity) this.alarm.cancel();
    else this.alarm.setAt(this.crystal.cycleOf(next));
  }

  /** The tick of the next enabled flag. */
  private nextFlag(enabled: number): number {
    const tick = this.tick;
    const after = (period: number) => tick + period - modulo(tick - this.origin, period);
    let next = Infinity;
    if (enabled & FLAG_PERIODIC && this.period()) next = after(this.period());
    if (!this.isRunning()) return next;
    if (enabled & FLAG_UPDATE) next = Math.min(next, after(TICKS_PER_SECOND));
    if (enabled & FLAG_ALARM) {
      const seconds = this.nextAlarm(this.timeAt(tick)) - this.time;
      next = Math.min(next, this.origin + seconds * TICKS_PER_SECOND);
    }
    return next;
  }

  save(): SavedState {
    const { index, time, origin, weekdayOffset, flags, flaggedTick } = this;
    return {
      version: VERSION,
      ...{ index, time, origin, weekdayOffset, flags, flaggedTick },
      cells: this.cells.slice(),
      alarm: this.alarm.save(),
    };
  }

  restore(state: SavedState): void {
    const { alarm, ...fields } = state;
    restoreFields("MC146818", VERSION, this, fields as SavedState);
    this.alarm.restore(alarm);
    if (this.flags & this.cells[REGISTER_B] & FLAGS) this.interrupt.raise();
    else this.interrupt.lower();
  }
}

function isTime(index: number): boolean {
  return index <= YEAR && (index > HOURS + 1 || index % 2 === 0);
}

/** Whether a multiple of `period` after `origin` lies in (from, to]. */
function cycles(from: number, to: number, origin: number, period: number): boolean {
  return Math.floor((from - origin) / period) !== Math.floor((to - origin) / period);
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}
