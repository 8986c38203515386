// The serial lines, 16550s (National Semiconductor PC16550D data sheet): 8N1, FIFOs on.
import { inb, outb } from "../../guest/i386";
import { TM_CAR, TM_CTS, TM_DSR, TM_DTR, TM_RNG, TM_RTS, TTY_SPEED_57600 } from "../../abi/tty";
import { db_request } from "../ddb/db_trap";
import { irq_establish } from "./irq";

// Registers, behind a line's first port.
const DATA: u32 = 0;
const IER: u32 = 1;
const IIR_FCR: u32 = 2;
const LCR: u32 = 3;
const MCR: u32 = 4;
const LSR: u32 = 5;
const MSR: u32 = 6;
const SCRATCH: u32 = 7;

const IER_RECEIVE: u32 = 1;
const IER_TRANSMIT: u32 = 2;
const FCR_ENABLE_AND_CLEAR: u32 = 7;
const IIR_NOT_PENDING: u32 = 1;
const IIR_FIFO: u32 = 0xc0;
const LCR_8N1: u32 = 3;
const LCR_BREAK: u32 = 0x40;
const LCR_DLAB: u32 = 0x80;
const MCR_DTR: u32 = 1;
const MCR_RTS: u32 = 2;
/** A PC uses it to gate the interrupt. */
const MCR_OUT2: u32 = 8;
const LSR_DATA: u32 = 1;
/** The byte is a break: the line was held for longer than a character. */
const LSR_BREAK: u32 = 0x10;
const LSR_THR_EMPTY: u32 = 0x20;
/** The transmitter's shift register is empty too. */
const LSR_TRANSMITTER_EMPTY: u32 = 0x40;
const MSR_CTS: u32 = 0x10;
const MSR_DSR: u32 = 0x20;
const MSR_RI: u32 = 0x40;
const MSR_DCD: u32 = 0x80;
/** How often a poll looks before it gives a dead line up. */
const POLL_LIMIT: u32 = 1000000;
/** More causes than this in one interrupt mean a broken chip. */
const CAUSE_LIMIT: u32 = 64;
/** Divisors of 1.8432 MHz / 16 by speed code; code 0 hangs up. */
const divisors: usize = memory.data<u16>([
  1, 2304, 1536, 1047, 857, 768, 576, 384, 192, 96, 64, 48, 24, 12, 6, 3, 2, 1,
]);

/** Receives a byte from the line. Called from the interrupt. */
export type ComReceiver = (unit: u32, byte: u32) => void;
/** Gives the next byte to send, or -1. Called from the interrupt. */
export type ComSource = (unit: u32) => i32;

@unmanaged
class Com {
  port!: u32;
  irq!: u32;
  unit!: u32;
  found!: bool;
  fifo!: u32;
  sending!: bool;
  /** Bytes that come are left in the chip: who they are for has no room. */
  held!: bool;
  receiver!: usize;
  source!: usize;
}

export const COM_UNITS: u32 = 2;
const lines: usize = memory.data(64);

function com_line(unit: u32): Com {
  return changetype<Com>(lines + unit * offsetof<Com>());
}

/** Looks for a line and sets it up for polled output at 115200 baud. False when there is none. */
export function com_init(unit: u32): bool {
  const com = com_line(unit);
  com.unit = unit;
  com.port = unit == 0 ? 0x3f8 : 0x2f8;
  com.irq = unit == 0 ? 4 : 3;
  if (com.found) return true;
  const port = com.port;
  outb(port + SCRATCH, 0x5a);
  com.found = inb(port + SCRATCH) == 0x5a;
  if (!com.found) return false;
  outb(port + IER, 0);
  com_set_speed(unit, TTY_SPEED_57600 + 1);
  outb(port + IIR_FCR, FCR_ENABLE_AND_CLEAR);
  com.fifo = (inb(port + IIR_FCR) & IIR_FIFO) == IIR_FIFO ? 16 : 1;
  outb(port + MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
  return true;
}

/** `code`: a speed code; one that is not known changes nothing. Code 0 takes DTR away. */
export function com_set_speed(unit: u32, code: u32): void {
  const com = com_line(unit);
  if (!com.found || code > <u32>TTY_SPEED_57600 + 1) return;
  if (code == 0) {
    com_set_modem(unit, 0);
    return;
  }
  const divisor = <u32>load<u16>(divisors + (code << 1));
  const ier = inb(com.port + IER);
  outb(com.port + LCR, LCR_DLAB | LCR_8N1);
  outb(com.port + DATA, divisor & 0xff);
  outb(com.port + IER, divisor >> 8);
  outb(com.port + LCR, LCR_8N1);
  outb(com.port + IER, ier);
}

/** Begins or ends a break. */
export function com_set_break(unit: u32, on: bool): void {
  const com = com_line(unit);
  if (com.found) outb(com.port + LCR, on ? LCR_8N1 | LCR_BREAK : LCR_8N1);
}

/** `bits`: TM_DTR and TM_RTS. */
export function com_set_modem(unit: u32, bits: u32): void {
  const com = com_line(unit);
  if (!com.found) return;
  const dtr = bits & TM_DTR ? MCR_DTR : 0;
  const rts = bits & TM_RTS ? MCR_RTS : 0;
  outb(com.port + MCR, MCR_OUT2 | dtr | rts);
}

/** The modem lines as TM_* bits. */
export function com_modem(unit: u32): u32 {
  const com = com_line(unit);
  if (!com.found) return 0;
  const outputs = inb(com.port + MCR);
  const inputs = inb(com.port + MSR);
  let bits: u32 = 0;
  if (outputs & MCR_DTR) bits |= TM_DTR;
  if (outputs & MCR_RTS) bits |= TM_RTS;
  if (inputs & MSR_CTS) bits |= TM_CTS;
  if (inputs & MSR_DSR) bits |= TM_DSR;
  if (inputs & MSR_RI) bits |= TM_RNG;
  if (inputs & MSR_DCD) bits |= TM_CAR;
  return bits;
}

/** Sends one byte by polling. */
export function com_poll_put(unit: u32, byte: u32): void {
  const com = com_line(unit);
  if (!com.found) return;
  for (let i: u32 = 0; i < POLL_LIMIT; i++) {
    if (inb(com.port + LSR) & LSR_THR_EMPTY) {
      outb(com.port + DATA, byte);
      return;
    }
  }
}

/** A byte that has come in, or -1. */
export function com_poll_get(unit: u32): i32 {
  const com = com_line(unit);
  return com.found && inb(com.port + LSR) & LSR_DATA ? <i32>inb(com.port + DATA) : -1;
}

/** From here on bytes come and go by interrupt. */
export function com_attach(unit: u32, receiver: ComReceiver, source: ComSource): void {
  const com = com_line(unit);
  com.receiver = changetype<usize>(receiver);
  com.source = changetype<usize>(source);
  if (!com.found) return;
  irq_establish(com.irq, unit == 0 ? com0_interrupt : com1_interrupt);
  outb(com.port + IER, IER_RECEIVE);
}

/** Interrupts as they are wanted now. */
function com_enable(com: Com): void {
  outb(com.port + IER, (com.held ? 0 : IER_RECEIVE) | (com.sending ? IER_TRANSMIT : 0));
}

/** Leaves what comes in the chip, whose FIFO then fills: a sender that looks at that waits. */
export function com_hold(unit: u32): void {
  const com = com_line(unit);
  if (!com.found || com.held) return;
  com.held = true;
  com_enable(com);
}

/** There is room again. */
export function com_resume(unit: u32): void {
  const com = com_line(unit);
  if (!com.held) return;
  com.held = false;
  com_enable(com);
}

/** The source has bytes again: sends until it has none. */
export function com_start(unit: u32): void {
  const com = com_line(unit);
  if (com.sending) return;
  if (!com.found) {
    com_drain(unit);
    return;
  }
  com.sending = true;
  // The chip interrupts at once if the transmitter is empty (data sheet, "Interrupt Enable Register").
  com_enable(com);
}

/** Polls everything the source has out. */
export function com_drain(unit: u32): void {
  const source = com_line(unit).source;
  if (source == 0) return;
  let byte = changetype<ComSource>(source)(unit);
  while (byte >= 0) {
    com_poll_put(unit, byte);
    byte = changetype<ComSource>(source)(unit);
  }
}

/** Waits until the last bit has left the chip. */
export function com_flush(unit: u32): void {
  const com = com_line(unit);
  if (!com.found) return;
  com_drain(unit);
  for (let i: u32 = 0; i < POLL_LIMIT; i++) if (inb(com.port + LSR) & LSR_TRANSMITTER_EMPTY) return;
}

function com0_interrupt(): void {
  com_interrupt(com_line(0));
}

function com1_interrupt(): void {
  com_interrupt(com_line(1));
}

function com_interrupt(com: Com): void {
  const port = com.port;
  for (let i: u32 = 0; i < CAUSE_LIMIT; i++) {
    if (inb(port + IIR_FCR) & IIR_NOT_PENDING) return;
    const status = inb(port + LSR);
    if (status & LSR_DATA && !com.held) {
      const byte = inb(port + DATA);
      if (!(status & LSR_BREAK) || !db_request()) changetype<ComReceiver>(com.receiver)(com.unit, byte);
    }
    if (status & LSR_THR_EMPTY && com.sending) com_fill(com);
  }
}

/** Fills the empty transmit FIFO, or turns the transmit interrupt off when there is nothing to send. */
function com_fill(com: Com): void {
  for (let i: u32 = 0; i < com.fifo; i++) {
    const byte = changetype<ComSource>(com.source)(com.unit);
    if (byte < 0) {
      if (i == 0) {
        com.sending = false;
        com_enable(com);
      }
      return;
    }
    outb(com.port + DATA, byte);
  }
}
