// Resetting the machine through the keyboard controller: its output port's bit 0 drives the processor's reset line
// (Intel 8042 in the PC AT technical reference).
import { hlt, inb, outb } from "../../guest/i386";

const STATUS: u32 = 0x64;
const COMMAND: u32 = 0x64;
const INPUT_FULL: u32 = 2;
const PULSE_RESET: u32 = 0xfe;
const POLL_LIMIT: u32 = 100000;

/** Does not return. */
export function machine_reset(): void {
  let polls: u32 = 0;
  while (inb(STATUS) & INPUT_FULL && polls < POLL_LIMIT) polls++;
  outb(COMMAND, PULSE_RESET);
  for (;;) hlt();
}
