// The first serial line, a 16550 (National Semiconductor PC16550D data sheet): 115200 baud, 8N1, FIFOs on.
import { inb, outb } from "../../guest/i386";
import { irq_establish } from "./irq";

const COM1: u32 = 0x3f8;
const COM1_IRQ: u32 = 4;

const DATA: u32 = COM1;
const IER: u32 = COM1 + 1;
const IIR_FCR: u32 = COM1 + 2;
const LCR: u32 = COM1 + 3;
const MCR: u32 = COM1 + 4;
const LSR: u32 = COM1 + 5;
const SCRATCH: u32 = COM1 + 7;

const IER_RECEIVE: u32 = 1;
const IER_TRANSMIT: u32 = 2;
const FCR_ENABLE_AND_CLEAR: u32 = 7;
const IIR_NOT_PENDING: u32 = 1;
const IIR_FIFO: u32 = 0xc0;
const LCR_8N1: u32 = 3;
const LCR_DLAB: u32 = 0x80;
/** DTR, RTS, and OUT2, which a PC uses to gate the interrupt. */
const MCR_INTERRUPTS: u32 = 0x0b;
const LSR_DATA: u32 = 1;
const LSR_THR_EMPTY: u32 = 0x20;
/** Divisor of 1.8432 MHz / 16 for 115200 baud. */
const DIVISOR: u32 = 1;
/** How often a poll looks before it gives a dead line up. */
const POLL_LIMIT: u32 = 1000000;
/** More causes than this in one interrupt mean a broken chip. */
const CAUSE_LIMIT: u32 = 64;

/** Receives one byte from the line. Called from the interrupt. */
export type ComReceiver = (byte: u32) => void;
/** Gives the next byte to send, or -1. Called from the interrupt. */
export type ComSource = () => i32;

let com_found: bool = false;
let com_fifo: u32 = 1;
let com_sending: bool = false;
let com_receiver: usize = 0;
let com_source: usize = 0;

/** Sets the line up for polled output. Without a chip there, output goes nowhere. */
export function com_init(): void {
  outb(SCRATCH, 0x5a);
  com_found = inb(SCRATCH) == 0x5a;
  if (!com_found) return;
  outb(IER, 0);
  outb(LCR, LCR_DLAB | LCR_8N1);
  outb(DATA, DIVISOR);
  outb(IER, 0);
  outb(LCR, LCR_8N1);
  outb(IIR_FCR, FCR_ENABLE_AND_CLEAR);
  com_fifo = (inb(IIR_FCR) & IIR_FIFO) == IIR_FIFO ? 16 : 1;
  outb(MCR, MCR_INTERRUPTS);
}

/** Sends one byte by polling. */
export function com_poll_put(byte: u32): void {
  if (!com_found) return;
  for (let i: u32 = 0; i < POLL_LIMIT; i++) {
    if (inb(LSR) & LSR_THR_EMPTY) {
      outb(DATA, byte);
      return;
    }
  }
}

/** From here on bytes come and go by interrupt. */
export function com_attach(receiver: ComReceiver, source: ComSource): void {
  com_receiver = changetype<usize>(receiver);
  com_source = changetype<usize>(source);
  if (!com_found) return;
  irq_establish(COM1_IRQ, com_interrupt);
  outb(IER, IER_RECEIVE);
}

/** The source has bytes again: sends until it has none. */
export function com_start(): void {
  if (com_sending) return;
  if (!com_found) {
    com_drain();
    return;
  }
  com_sending = true;
  // The chip interrupts at once if the transmitter is empty (data sheet, "Interrupt Enable Register").
  outb(IER, IER_RECEIVE | IER_TRANSMIT);
}

/** Polls everything the source has out. For panics and for the last words before the machine stops. */
export function com_drain(): void {
  if (com_source == 0) return;
  let byte = changetype<ComSource>(com_source)();
  while (byte >= 0) {
    com_poll_put(byte);
    byte = changetype<ComSource>(com_source)();
  }
}

function com_interrupt(): void {
  for (let i: u32 = 0; i < CAUSE_LIMIT; i++) {
    if (inb(IIR_FCR) & IIR_NOT_PENDING) return;
    const status = inb(LSR);
    if (status & LSR_DATA) changetype<ComReceiver>(com_receiver)(inb(DATA));
    if (status & LSR_THR_EMPTY && com_sending) com_fill();
  }
}

/** Fills the empty transmit FIFO, or turns the transmit interrupt off when there is nothing to send. */
function com_fill(): void {
  for (let i: u32 = 0; i < com_fifo; i++) {
    const byte = changetype<ComSource>(com_source)();
    if (byte < 0) {
      if (i == 0) {
        com_sending = false;
        outb(IER, IER_RECEIVE);
      }
      return;
    }
    outb(DATA, byte);
  }
}
