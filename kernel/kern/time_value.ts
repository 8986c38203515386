// Time structures as the calls give them out.
import { clock_microseconds, clock_seconds, ticks_microseconds, ticks_seconds } from "./clock";
import { clock_ticks } from "./timer";

/** time_value: seconds, microseconds (8 bytes), of a number of ticks. */
export function put_time(at: usize, ticks: u32): void {
  store<u32>(at, ticks_seconds(ticks));
  store<u32>(at + 4, ticks_microseconds(ticks));
}

/** time_value64: seconds and nanoseconds, each 64 bits (16 bytes). */
export function put_time64(at: usize, ticks: u32): void {
  put_words64(at, ticks_seconds(ticks), ticks_microseconds(ticks) * 1000);
}

export function put_words64(at: usize, seconds: u32, nanoseconds: u32): void {
  store<u32>(at, seconds);
  store<u32>(at + 4, 0);
  store<u32>(at + 8, nanoseconds);
  store<u32>(at + 12, 0);
}

/** The time of day when the tick count was `tick`, as a time_value. */
export function put_creation_time(at: usize, tick: u32): void {
  const age = clock_ticks() - tick;
  let seconds = clock_seconds() - ticks_seconds(age);
  let microseconds = clock_microseconds();
  if (microseconds < ticks_microseconds(age)) {
    microseconds += 1000000;
    seconds--;
  }
  store<u32>(at, seconds);
  store<u32>(at + 4, microseconds - ticks_microseconds(age));
}

/** The same as a time_value64. */
export function put_creation_time64(at: usize, tick: u32): void {
  put_creation_time(at, tick);
  put_words64(at, load<u32>(at), load<u32>(at + 4) * 1000);
}
