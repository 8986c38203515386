// Counter 0 of the 8254 interval timer as the clock interrupt (Intel 8254 data sheet, order number 231164).
import { outb } from "../../guest/i386";
import { HZ } from "../kern/clock";

const COUNTER_0: u32 = 0x40;
const CONTROL: u32 = 0x43;
/** Counter 0, low byte then high byte, mode 2 (rate generator), binary. */
const RATE_GENERATOR: u32 = 0x34;
/** Input clock in Hz. */
export const PIT_FREQUENCY: u32 = 1193182;

export const CLOCK_IRQ: u32 = 0;

export function pit_init(): void {
  const count = (PIT_FREQUENCY + HZ / 2) / HZ;
  outb(CONTROL, RATE_GENERATOR);
  outb(COUNTER_0, count & 0xff);
  outb(COUNTER_0, count >> 8);
}
