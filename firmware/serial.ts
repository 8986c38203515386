// INT 14h, serial lines, and INT 17h, printers, of which there are none.
import { inb, outb } from "../guest/i386";
import { COM_PORTS } from "./data-area";
import { Frame, ah, al, set_ah, set_al, set_ax } from "./frame";

const LSR: u32 = 5;
const MSR: u32 = 6;
const LCR: u32 = 3;
const LCR_DLAB: u32 = 0x80;
const LSR_DATA: u32 = 1;
const LSR_THR_EMPTY: u32 = 0x20;
const TIMED_OUT: u32 = 0x80;
const TRIES: u32 = 100000;
const PRINTER_TIMED_OUT: u32 = 1;

/** Baud rates by the code in bits 5-7: 110, 150, 300 ... 9600. */
const divisors: usize = memory.data<u16>([1047, 768, 384, 192, 96, 48, 24, 12]);

export function serial_service(f: Frame): void {
  const port = <u32>load<u16>(COM_PORTS + ((<usize>(f.edx & 3)) << 1));
  if (!port) {
    set_ah(f, TIMED_OUT);
    return;
  }
  switch (ah(f)) {
    case 0: {
      const divisor = <u32>load<u16>(divisors + ((<usize>(al(f) >> 5)) << 1));
      outb(port + LCR, LCR_DLAB);
      outb(port, divisor & 0xff);
      outb(port + 1, divisor >> 8);
      outb(port + LCR, al(f) & 0x1f);
      set_ax(f, status(port));
      return;
    }
    case 1:
      if (wait_for(port, LSR_THR_EMPTY)) {
        outb(port, al(f));
        set_ah(f, inb(port + LSR));
      } else set_ah(f, inb(port + LSR) | TIMED_OUT);
      return;
    case 2:
      if (wait_for(port, LSR_DATA)) {
        set_al(f, inb(port));
        set_ah(f, inb(port + LSR) & 0x1e);
      } else set_ah(f, TIMED_OUT);
      return;
    default:
      set_ax(f, status(port));
  }
}

function status(port: u32): u32 {
  return (inb(port + LSR) << 8) | inb(port + MSR);
}

function wait_for(port: u32, bit: u32): bool {
  for (let i: u32 = 0; i < TRIES; i++) if (inb(port + LSR) & bit) return true;
  return false;
}

export function printer_service(f: Frame): void {
  set_ah(f, PRINTER_TIMED_OUT);
}
