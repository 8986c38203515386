// Timeouts counted in clock ticks: a wheel of queues, one for each residue of the deadline. Setting and cancelling cost
// the same however many there are.
import { HZ } from "./clock";
import { enqueue_tail, queue_first, queue_init, queue_linked, queue_next, remqueue } from "./queue";

/** Called from the clock interrupt, with interrupts off; must not block. */
export type TimerAction = (argument: usize) => void;

/** Embedded in other structures, field by field in this order. */
@unmanaged
export class Timer {
  next!: usize;
  prev!: usize;
  deadline!: u32;
  action!: usize;
  argument!: usize;
}

const SLOTS: u32 = 256;
/** The farthest deadline, in ticks: half the counter's range, so that "before" stays decidable. */
const FARTHEST: u32 = 0x7fffffff;

const wheel: usize = memory.data(2048);

/** Ticks since the kernel started. */
let ticks: u32 = 0;

export function timer_init(): void {
  for (let slot: u32 = 0; slot < SLOTS; slot++) queue_init(slot_head(slot));
}

export function clock_ticks(): u32 {
  return ticks;
}

/** Calls `action(argument)` from the tick number now + `delay`; a delay of 0 counts as 1. Replaces an earlier setting. */
export function timer_set(timer: Timer, delay: u32, action: TimerAction, argument: usize): void {
  timer_cancel(timer);
  timer.deadline = ticks + min<u32>(max<u32>(delay, 1), FARTHEST);
  timer.action = changetype<usize>(action);
  timer.argument = argument;
  enqueue_tail(slot_head(timer.deadline), changetype<usize>(timer));
}

export function timer_cancel(timer: Timer): void {
  if (queue_linked(changetype<usize>(timer))) remqueue(changetype<usize>(timer));
}

/** Ticks that hold at least `milliseconds`. */
export function milliseconds_to_ticks(milliseconds: u32): u32 {
  const per_tick = 1000 / HZ;
  const whole = milliseconds / per_tick;
  return whole * per_tick == milliseconds ? whole : whole + 1;
}

/** Advances the time by one tick and runs what is due. */
export function timer_tick(): void {
  ticks++;
  const head = slot_head(ticks);
  let link = queue_first(head);
  while (link != head) {
    const timer = changetype<Timer>(link);
    link = queue_next(link);
    if (timer.deadline != ticks) continue;
    remqueue(changetype<usize>(timer));
    changetype<TimerAction>(timer.action)(timer.argument);
  }
}

function slot_head(tick: u32): usize {
  return wheel + ((<usize>(tick & (SLOTS - 1))) << 3);
}
