// Two cascaded 8259A interrupt controllers (Intel 8259A data sheet, order number 231468).
import { inb, outb } from "../../guest/i386";
import { IRQ_BASE } from "../../abi/i386";

const MASTER: u32 = 0x20;
const SLAVE: u32 = 0xa0;
/** The IRQ of the master that the slave's output drives. */
const CASCADE: u32 = 2;

const ICW1_INIT_ICW4: u32 = 0x11;
const ICW4_8086: u32 = 0x01;
const OCW2_EOI: u32 = 0x20;
const OCW3_READ_ISR: u32 = 0x0b;
const OCW3_READ_IRR: u32 = 0x0a;

/** Bit n set: IRQ n is masked. */
let pic_mask: u32 = 0xffff & ~(1 << CASCADE);

/** Programs both chips for vectors IRQ_BASE and up, everything but the cascade masked. */
export function pic_init(): void {
  pic_init_chip(MASTER, IRQ_BASE, 1 << CASCADE);
  pic_init_chip(SLAVE, IRQ_BASE + 8, CASCADE);
  pic_write_masks();
}

function pic_init_chip(port: u32, vector: u32, cascade: u32): void {
  outb(port, ICW1_INIT_ICW4);
  outb(port + 1, vector);
  outb(port + 1, cascade);
  outb(port + 1, ICW4_8086);
}

function pic_write_masks(): void {
  outb(MASTER + 1, pic_mask & 0xff);
  outb(SLAVE + 1, pic_mask >> 8);
}

export function pic_unmask(irq: u32): void {
  pic_mask &= ~(1 << irq);
  pic_write_masks();
}

export function pic_mask_irq(irq: u32): void {
  pic_mask |= 1 << irq;
  pic_write_masks();
}

/**
 * Whether nobody asked for the interrupt: an 8259A whose request goes away before it is acknowledged answers with its
 * lowest priority, and does not set the in-service bit (data sheet, "Interrupt Sequence").
 */
export function pic_spurious(irq: u32): bool {
  if ((irq & 7) != 7) return false;
  const port = irq < 8 ? MASTER : SLAVE;
  outb(port, OCW3_READ_ISR);
  const in_service = inb(port);
  outb(port, OCW3_READ_IRR);
  if (in_service & 0x80) return false;
  // The master did see the slave's request.
  if (irq >= 8) outb(MASTER, OCW2_EOI);
  return true;
}

export function pic_eoi(irq: u32): void {
  if (irq >= 8) outb(SLAVE, OCW2_EOI);
  outb(MASTER, OCW2_EOI);
}
