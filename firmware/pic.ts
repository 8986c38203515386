// The interrupt controllers as the BIOS uses them after power-on (8259A).
import { inb, outb } from "../guest/i386";

const MASTER: u32 = 0x20;
const SLAVE: u32 = 0xa0;
const SLAVE_MASK: u32 = 0xa1;
const END_OF_INTERRUPT: u32 = 0x20;
const READ_IN_SERVICE: u32 = 0x0b;

/** Of a request 0 to 7. */
export function end_of_interrupt(): void {
  outb(MASTER, END_OF_INTERRUPT);
}

/** Of a request 8 to 15. */
export function end_of_slave_interrupt(): void {
  outb(SLAVE, END_OF_INTERRUPT);
  outb(MASTER, END_OF_INTERRUPT);
}

/** Of the controller's request that is in service, if there is one. */
export function end_what_is_in_service(of_slave: bool): void {
  const port = of_slave ? SLAVE : MASTER;
  outb(port, READ_IN_SERVICE);
  if (inb(port)) outb(port, END_OF_INTERRUPT);
  if (of_slave) outb(MASTER, END_OF_INTERRUPT);
}

/** Lets requests in; a bit for each of 8 to 15. */
export function open_slave_requests(bits: u32): void {
  outb(SLAVE_MASK, inb(SLAVE_MASK) & ~bits);
}
