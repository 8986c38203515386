// Dates and the clock.
import { stackAlloc } from "../../guest/i386";
import { host_get_time } from "../generated/mach_host.generated";
import { mach_host_self } from "../lib/asm";
import { print_byte, print_u32 } from "../lib/print";

/** Seconds since 1970. */
export function now(): u32 {
  const time = stackAlloc(8);
  host_get_time(mach_host_self(), time);
  return load<u32>(time);
}

function two_digits(value: u32): void {
  if (value < 10) print_byte(48);
  print_u32(value);
}

/** Prints `2023-07-05 00:00` of seconds since 1970, in UTC. */
export function print_date(seconds: u32): void {
  let days = seconds / 86400;
  // Days from 0000-03-01, in eras of 400 years.
  days += 719468;
  const era = days / 146097;
  const day_of_era = days % 146097;
  const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const shifted = (5 * day_of_year + 2) / 153;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  print_u32(era * 400 + year_of_era + (month <= 2 ? 1 : 0));
  print_byte(45);
  two_digits(month);
  print_byte(45);
  two_digits(day_of_year - (153 * shifted + 2) / 5 + 1);
  print_byte(32);
  two_digits((seconds / 3600) % 24);
  print_byte(58);
  two_digits((seconds / 60) % 60);
}
