// INT 15h, AH = 83h: a flag that is set after a time, by the real-time clock's periodic interrupt, IRQ 8.
import { cmos_read, cmos_write } from "./cmos";
import { WAIT_ACTIVE, WAIT_FLAG, WAIT_LEFT } from "./data-area";
import { Frame, al, fail, linear, set_al, succeed } from "./frame";
import { end_of_slave_interrupt, open_slave_requests } from "./pic";

const STATUS_A: u32 = 0x0a;
const STATUS_B: u32 = 0x0b;
const STATUS_C: u32 = 0x0c;
const PERIODIC: u32 = 0x40;
/** 1024 times a second, with the divider running. */
const RATE: u32 = 0x26;
const PERIOD_MICROSECONDS: u32 = 976;

/** IRQ 8, of the slave's requests. */
const CLOCK_REQUEST: u32 = 0x01;
const PASSED: u32 = 0x80;
const BUSY: u32 = 0x83;

/** AL = 0: bit 7 of the byte at ES:BX after CX:DX microseconds; AL = 1: not any more. */
export function event_wait(f: Frame): void {
  if (al(f) > 1) {
    fail(f, 0x86);
    return;
  }
  if (al(f) == 1) {
    stop();
    succeed(f);
    return;
  }
  if (load<u8>(WAIT_ACTIVE)) {
    fail(f, BUSY);
    return;
  }
  store<u16>(WAIT_FLAG, <u16>f.ebx);
  store<u16>(WAIT_FLAG, f.es, 2);
  store<u32>(WAIT_LEFT, (f.ecx << 16) | (f.edx & 0xffff));
  store<u8>(WAIT_ACTIVE, 1);
  cmos_write(STATUS_A, RATE);
  cmos_write(STATUS_B, cmos_read(STATUS_B) | PERIODIC);
  open_slave_requests(CLOCK_REQUEST);
  set_al(f, PERIODIC);
  succeed(f);
}

function stop(): void {
  store<u8>(WAIT_ACTIVE, 0);
  cmos_write(STATUS_B, cmos_read(STATUS_B) & ~PERIODIC);
}

export function clock_interrupt(): void {
  if (cmos_read(STATUS_C) & PERIODIC && load<u8>(WAIT_ACTIVE)) {
    const left = load<u32>(WAIT_LEFT);
    if (left > PERIOD_MICROSECONDS) store<u32>(WAIT_LEFT, left - PERIOD_MICROSECONDS);
    else {
      const flag = linear(load<u16>(WAIT_FLAG, 2), load<u16>(WAIT_FLAG));
      store<u8>(flag, <u8>(load<u8>(flag) | PASSED));
      stop();
    }
  }
  end_of_slave_interrupt();
}
