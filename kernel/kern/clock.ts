// The clock interrupt, the time of day, and processor time accounting.
import { CLOCK_IRQ, pit_init } from "../i386/pit";
import { irq_establish } from "../i386/irq";
import { rtc_read_seconds } from "../i386/rtc";
import { load_sample } from "./load";
import { mapped_time_update } from "./mapped_time";
import { pc_sample_tick } from "./pc_sample";
import { current_thread, sched_runnable_count, sched_tick } from "./sched";
import { TH_RUN } from "./thread";
import { clock_ticks, timer_tick } from "./timer";

/** Clock interrupts a second. */
export const HZ: u32 = 100;
const MICROSECONDS_PER_TICK: u32 = 1000000 / HZ;

const NANOSECONDS_PER_TICK: u32 = 1000000000 / HZ;
const SECOND: u32 = 1000000000;
/** Nanoseconds by which a tick is longer or shorter while the time is adjusted; tenfold if more than a second is left. */
const ADJUSTMENT: i64 = 5000;

/** Time of day: seconds since 1970, and the rest. */
let seconds: u32 = 0;
let nanoseconds: u32 = 0;
/** Nanoseconds by which the time of day is still to be moved. */
let adjustment: i64 = 0;
/** The interrupt being handled came from user mode. */
let interrupted_user: bool = false;
let interrupted_pc: u32 = 0;

export function clock_init(): void {
  seconds = rtc_read_seconds();
  pit_init();
  irq_establish(CLOCK_IRQ, hardclock);
}

/** Told by the interrupt entry before the handlers run. */
export function clock_note_mode(user: bool, pc: u32): void {
  interrupted_user = user;
  interrupted_pc = pc;
}

/** The idle loop runs as the thread that waits there, which is not charged for it. */
function hardclock(): void {
  const thread = current_thread();
  if (interrupted_user) {
    thread.user_ticks++;
    pc_sample_tick(thread, interrupted_pc);
  } else if (thread.state & TH_RUN) thread.system_ticks++;
  advance();
  timer_tick();
  mapped_time_update();
  sched_tick();
  if (clock_ticks() % HZ == 0) load_sample(sched_runnable_count() + (thread.state & TH_RUN ? 1 : 0));
}

/** The time of day goes on by a tick, or a bit more or less. */
function advance(): void {
  let step = NANOSECONDS_PER_TICK;
  if (adjustment != 0) {
    const most = abs<i64>(adjustment) > <i64>SECOND ? ADJUSTMENT * 10 : ADJUSTMENT;
    const now = max<i64>(min<i64>(adjustment, most), -most);
    adjustment -= now;
    step += <u32>now;
  }
  nanoseconds += step;
  if (nanoseconds < SECOND) return;
  nanoseconds -= SECOND;
  seconds++;
}

/** The seconds part of a number of ticks. */
export function ticks_seconds(ticks: u32): u32 {
  return ticks / HZ;
}

/** The rest of a number of ticks, in microseconds. */
export function ticks_microseconds(ticks: u32): u32 {
  return (ticks % HZ) * MICROSECONDS_PER_TICK;
}

/** Seconds since 1970. */
export function clock_seconds(): u32 {
  return seconds;
}

/** The rest of the time of day. */
export function clock_microseconds(): u32 {
  return nanoseconds / 1000;
}

export function clock_nanoseconds(): u32 {
  return nanoseconds;
}

/** Sets the time of day, and ends an adjustment. */
export function clock_set(to_seconds: u32, to_nanoseconds: u32): void {
  seconds = to_seconds;
  nanoseconds = to_nanoseconds;
  adjustment = 0;
}

/** The time of day moves by `delta` nanoseconds, so slowly that it always grows. Returns what the last call had left. */
export function clock_adjust(delta: i64): i64 {
  const left = adjustment;
  adjustment = delta;
  return left;
}
