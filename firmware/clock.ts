// INT 08h, the timer's interrupt, and INT 1Ah: time of day, the real-time clock, and PCI.
import { cmos_read, cmos_write } from "./cmos";
import { MIDNIGHT, TICKS } from "./data-area";
import { Frame, ah, al, fail, high, low, set_al, set_carry, set_cx, set_dx, succeed } from "./frame";
import { pci_service } from "./pci";

/** Ticks of 18.2 Hz in a day. */
const TICKS_PER_DAY: u32 = 0x1800b0;

const SECONDS: u32 = 0;
const MINUTES: u32 = 2;
const HOURS: u32 = 4;
const DAY: u32 = 7;
const MONTH: u32 = 8;
const YEAR: u32 = 9;
const STATUS_A: u32 = 0x0a;
const STATUS_B: u32 = 0x0b;
const CENTURY: u32 = 0x32;
const UPDATING: u32 = 0x80;
const SET: u32 = 0x80;

export function timer_tick(): void {
  const next = load<u32>(TICKS) + 1;
  if (next < TICKS_PER_DAY) {
    store<u32>(TICKS, next);
    return;
  }
  store<u32>(TICKS, 0);
  store<u8>(MIDNIGHT, 1);
}

function from_bcd(value: u32): u32 {
  return (value >> 4) * 10 + (value & 15);
}

/** Sets the count of ticks by the real-time clock. */
export function clock_init(): void {
  const seconds =
    (from_bcd(cmos_read(HOURS)) * 60 + from_bcd(cmos_read(MINUTES))) * 60 + from_bcd(cmos_read(SECONDS));
  // 1193182 / 65536 ticks a second.
  store<u32>(TICKS, (seconds * 1193) / 66 + (seconds * 12) / 65536);
  store<u8>(MIDNIGHT, 0);
}

function wait_for_update(): void {
  for (let i = 0; i < 100000; i++) if (!(cmos_read(STATUS_A) & UPDATING)) return;
}

export function clock_service(f: Frame): void {
  switch (ah(f)) {
    case 0:
      set_cx(f, load<u16>(TICKS + 2));
      set_dx(f, load<u16>(TICKS));
      set_al(f, load<u8>(MIDNIGHT));
      store<u8>(MIDNIGHT, 0);
      set_carry(f, false);
      return;
    case 1:
      store<u32>(TICKS, (f.ecx << 16) | (f.edx & 0xffff));
      store<u8>(MIDNIGHT, 0);
      succeed(f);
      return;
    case 2:
      wait_for_update();
      set_cx(f, (cmos_read(HOURS) << 8) | cmos_read(MINUTES));
      set_dx(f, (cmos_read(SECONDS) << 8) | (cmos_read(STATUS_B) & 1));
      succeed(f);
      return;
    case 3:
      set_clock(HOURS, high(f.ecx), MINUTES, low(f.ecx), SECONDS, high(f.edx));
      succeed(f);
      return;
    case 4:
      wait_for_update();
      set_cx(f, (cmos_read(CENTURY) << 8) | cmos_read(YEAR));
      set_dx(f, (cmos_read(MONTH) << 8) | cmos_read(DAY));
      succeed(f);
      return;
    case 5:
      cmos_write(CENTURY, high(f.ecx));
      set_clock(YEAR, low(f.ecx), MONTH, high(f.edx), DAY, low(f.edx));
      succeed(f);
      return;
    case 0xb1:
      pci_service(f);
      return;
    default:
      fail(f, al(f));
  }
}

function set_clock(a: u32, av: u32, b: u32, bv: u32, c: u32, cv: u32): void {
  const status = cmos_read(STATUS_B);
  cmos_write(STATUS_B, status | SET);
  cmos_write(a, av);
  cmos_write(b, bv);
  cmos_write(c, cv);
  cmos_write(STATUS_B, status & ~SET);
}
