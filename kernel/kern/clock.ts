// The clock interrupt, the time of day, and processor time accounting.
import { CLOCK_IRQ, pit_init } from "../i386/pit";
import { irq_establish } from "../i386/irq";
import { rtc_read_seconds } from "../i386/rtc";
import { mapped_time_update } from "./mapped_time";
import { pc_sample_tick } from "./pc_sample";
import { current_thread, sched_tick } from "./sched";
import { TH_RUN } from "./thread";
import { clock_ticks, timer_tick } from "./timer";

/** Clock interrupts a second. */
export const HZ: u32 = 100;
const MICROSECONDS_PER_TICK: u32 = 1000000 / HZ;

/** Time of day when the kernel started, in seconds since 1970. */
let boot_seconds: u32 = 0;
/** The interrupt being handled came from user mode. */
let interrupted_user: bool = false;
let interrupted_pc: u32 = 0;

export function clock_init(): void {
  boot_seconds = rtc_read_seconds();
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
  timer_tick();
  mapped_time_update();
  sched_tick();
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
  return boot_seconds + ticks_seconds(clock_ticks());
}

/** Sets the time of day to `seconds` (and whatever part of a second has passed). */
export function clock_set_seconds(seconds: u32): void {
  boot_seconds = seconds - ticks_seconds(clock_ticks());
}

export function clock_microseconds(): u32 {
  return ticks_microseconds(clock_ticks());
}
