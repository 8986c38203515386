// The calls on the time of day and the time since the start.
import { KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import {
  clock_adjust,
  clock_microseconds,
  clock_nanoseconds,
  clock_seconds,
  clock_set,
  ticks_microseconds,
  ticks_seconds,
} from "./clock";
import { put_words64 } from "./time_value";
import { clock_ticks } from "./timer";

const MICROSECONDS: u32 = 1000000;
const NANOSECONDS: u32 = 1000000000;

/** Time of day as a time_value. */
export function host_get_time(time: usize): i32 {
  store<u32>(time, clock_seconds());
  store<u32>(time + 4, clock_microseconds());
  return KERN_SUCCESS;
}

export function host_get_time64(time: usize): i32 {
  put_words64(time, clock_seconds(), clock_nanoseconds());
  return KERN_SUCCESS;
}

export function host_get_uptime64(time: usize): i32 {
  put_words64(time, ticks_seconds(clock_ticks()), ticks_microseconds(clock_ticks()) * 1000);
  return KERN_SUCCESS;
}

export function host_set_time(time: usize): i32 {
  if (load<u32>(time, 4) >= MICROSECONDS) return KERN_INVALID_ARGUMENT;
  clock_set(load<u32>(time), load<u32>(time, 4) * 1000);
  return KERN_SUCCESS;
}

/** Seconds that do not fit into 32 bits are refused. */
export function host_set_time64(time: usize): i32 {
  if (load<u32>(time, 4) != 0 || load<u64>(time, 8) >= NANOSECONDS) return KERN_INVALID_ARGUMENT;
  clock_set(load<u32>(time), load<u32>(time, 8));
  return KERN_SUCCESS;
}

/** Both are time_values, whose parts have the same sign. */
export function host_adjust_time(delta: usize, old: usize): i32 {
  const wanted = <i64>load<i32>(delta) * NANOSECONDS + <i64>load<i32>(delta, 4) * 1000;
  const left = clock_adjust(wanted) / 1000;
  store<i32>(old, <i32>(left / MICROSECONDS));
  store<i32>(old, <i32>(left % MICROSECONDS), 4);
  return KERN_SUCCESS;
}

/** Both are time_value64s. */
export function host_adjust_time64(delta: usize, old: usize): i32 {
  const left = clock_adjust(load<i64>(delta) * NANOSECONDS + load<i64>(delta, 8));
  store<i64>(old, left / NANOSECONDS);
  store<i64>(old, left % NANOSECONDS, 8);
  return KERN_SUCCESS;
}
