// The time of day from the MC146818 real time clock (Motorola MC146818A data sheet). Read once, at start-up.
import { inb, outb } from "../../guest/i386";

const INDEX: u32 = 0x70;
const DATA: u32 = 0x71;

const SECONDS: u32 = 0;
const MINUTES: u32 = 2;
const HOURS: u32 = 4;
const DAY: u32 = 7;
const MONTH: u32 = 8;
const YEAR: u32 = 9;
const STATUS_A: u32 = 10;
const STATUS_B: u32 = 11;
const UPDATE_IN_PROGRESS: u32 = 0x80;
const BINARY: u32 = 4;
const HOURS_24: u32 = 2;
const PM: u32 = 0x80;
const POLL_LIMIT: u32 = 100000;

const SECONDS_PER_DAY: u32 = 86400;

/** Seconds since 1970, UTC; the two-digit year counts from 1970 to 2069. */
export function rtc_read_seconds(): u32 {
  let polls: u32 = 0;
  while (rtc_read(STATUS_A) & UPDATE_IN_PROGRESS && polls < POLL_LIMIT) polls++;
  const year = rtc_number(rtc_read(YEAR));
  const days = days_before(year < 70 ? 2000 + year : 1900 + year, rtc_number(rtc_read(MONTH)));
  const day = rtc_number(rtc_read(DAY));
  const minutes = rtc_hours() * 60 + rtc_number(rtc_read(MINUTES));
  return (days + day - 1) * SECONDS_PER_DAY + minutes * 60 + rtc_number(rtc_read(SECONDS));
}

function rtc_read(register: u32): u32 {
  outb(INDEX, register);
  return inb(DATA);
}

function rtc_number(value: u32): u32 {
  return rtc_read(STATUS_B) & BINARY ? value : (value >> 4) * 10 + (value & 15);
}

function rtc_hours(): u32 {
  const value = rtc_read(HOURS);
  if (rtc_read(STATUS_B) & HOURS_24) return rtc_number(value);
  return (rtc_number(value & ~PM) % 12) + (value & PM ? 12 : 0);
}

/** Days from 1970-01-01 to the first of a month (1-12) of the Gregorian calendar. */
function days_before(year: u32, month: u32): u32 {
  // Years begin in March, so that the leap day is the last one.
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 - 719468;
}
