// National Semiconductor PC16550D UART.
//
// Data sheet: PC16550D, TL/C/8652 (June 1995).
// Left out: parity and framing errors on reception (the host's end of the line makes none; a break's framing error neither), and DMA mode
// pins. THRE follows THR at once, without the delay of a character in FIFO mode. The host's end waits while the receiver is full, so an overrun happens only in loopback mode.
// A divisor of 0, for which the data sheet gives no rate, counts as 1.

import {
  type ByteSink,
  type Device,
  type InterruptLine,
  type PortBus,
  type SavedState,
  type SavedValue,
  restoreFields,
} from "./bus";
import { Alarm, type Clock } from "./clock";

export const COM1_PORT = 0x3f8;
export const COM2_PORT = 0x2f8;
const CRYSTAL = 1_843_200;

const IER_RECEIVED = 0x01;
const IER_TRANSMITTER_EMPTY = 0x02;
const IER_LINE_STATUS = 0x04;
const IER_MODEM_STATUS = 0x08;

const IIR_NONE = 0x01;
const IIR_MODEM_STATUS = 0x00;
const IIR_TRANSMITTER_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_LINE_STATUS = 0x06;
const IIR_TIMEOUT = 0x0c;
const IIR_FIFOS = 0xc0;

const FCR_ENABLE = 0x01;
const FCR_CLEAR_RECEIVER = 0x02;
const FCR_CLEAR_TRANSMITTER = 0x04;
/** Receiver trigger levels by bits 7-6 of FCR. */
const TRIGGER_LEVELS = [1, 4, 8, 14];

const LCR_WORD = 0x03;
const LCR_STOP = 0x04;
const LCR_PARITY = 0x08;
const LCR_DLAB = 0x80;

const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const MCR_MASK = 0x1f;

const LSR_DATA_READY = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_BREAK = 0x10;
const LSR_THR_EMPTY = 0x20;
const LSR_EMPTY = 0x40;

const MSR_CTS = 0x10;
const MSR_DSR = 0x20;
const MSR_DCD = 0x80;
/** The host's end of the line is always there and ready. */
const MSR_CONNECTED = MSR_CTS | MSR_DSR | MSR_DCD;
const MSR_RI = 0x40;

const FIFO_BYTES = 16;
/** A FIFO that nobody reads asks for attention after four characters' time. */
const TIMEOUT_CHARACTERS = 4;
/** Set in a received character that is a break; its data bits are 0. */
const BREAK = 0x100;
/** Bytes from the host that wait outside the chip. */
export const HOST_QUEUE_BYTES = 4096;

const VERSION = 1;

export class Ns16550 implements Device {
  private ier = 0;
  private lcr = 0;
  private mcr = 0;
  private msr = MSR_CONNECTED;
  private scratch = 0;
  private divisor = 0;
  private fifos = false;
  private trigger = 1;
  private overrun = false;
  private timedOut = false;
  /** The "transmitter empty" interrupt is pending: set when THR empties, cleared by reading IIR. */
  private thrInterrupt = false;
  private received: number[] = [];
  private waiting: number[] = [];
  private shifting: number | null = null;
  private hostQueue: number[] = [];
  private readonly transmitAlarm: Alarm;
  private readonly receiveAlarm: Alarm;
  private readonly timeoutAlarm: Alarm;
  sentBytes = 0;
  receivedBytes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly interrupt: InterruptLine,
    private readonly send: ByteSink,
  ) {
    this.transmitAlarm = new Alarm(clock, () => this.shiftNext());
    this.receiveAlarm = new Alarm(clock, () => this.receiveNext());
    this.timeoutAlarm = new Alarm(clock, () => this.timeOut());
  }

  attach(bus: PortBus, base = COM1_PORT): void {
    bus.attach(base, 8, this);
  }

  /** A byte from the host. False when the queue is full: offer it again later. */
  receive(byte: number): boolean {
    return this.offer(byte & 0xff);
  }

  /** A break from the host. */
  receiveBreak(): boolean {
    return this.offer(BREAK);
  }

  private offer(character: number): boolean {
    if (this.hostQueue.length >= HOST_QUEUE_BYTES) return false;
    this.hostQueue.push(character);
    this.startReceiving();
    return true;
  }

  /** Bytes that the host has given and the chip has not taken. */
  get hostQueueLength(): number {
    return this.hostQueue.length;
  }

  /** Whether a byte from the host would raise the interrupt line. */
  get wantsInput(): boolean {
    return (this.ier & IER_RECEIVED) !== 0 && (this.mcr & (MCR_OUT2 | MCR_LOOP)) === MCR_OUT2;
  }

  /** Sends at once what is still on its way: the line outlives a processor that has stopped. */
  drain(): void {
    if (this.shifting === null || this.mcr & MCR_LOOP) return;
    for (const byte of [this.shifting, ...this.waiting]) this.emit(byte);
    this.shifting = null;
    this.waiting = [];
    this.transmitAlarm.cancel();
  }

  reset(): void {
    this.ier = this.lcr = this.mcr = this.scratch = 0;
    this.msr = MSR_CONNECTED;
    this.fifos = this.overrun = this.timedOut = this.thrInterrupt = false;
    this.trigger = 1;
    this.received = [];
    this.waiting = [];
    this.shifting = null;
    this.transmitAlarm.cancel();
    this.timeoutAlarm.cancel();
    this.receiveAlarm.cancel();
    this.startReceiving();
    this.update();
  }

  readByte(port: number): number {
    switch (port & 7) {
      case 0:
        return this.lcr & LCR_DLAB ? this.divisor & 0xff : this.readReceived();
      case 1:
        return this.lcr & LCR_DLAB ? this.divisor >> 8 : this.ier;
      case 2:
        return this.readIdentification();
      case 3:
        return this.lcr;
      case 4:
        return this.mcr;
      case 5:
        return this.readLineStatus();
      case 6:
        return this.readModemStatus();
      default:
        return this.scratch;
    }
  }

  writeByte(port: number, value: number): void {
    switch (port & 7) {
      case 0:
        if (this.lcr & LCR_DLAB) this.divisor = (this.divisor & 0xff00) | value;
        else this.transmit(value);
        break;
      case 1:
        if (this.lcr & LCR_DLAB) this.divisor = (this.divisor & 0xff) | (value << 8);
        else this.writeEnable(value & 0x0f);
        break;
      case 2:
        this.writeFifoControl(value);
        break;
      case 3:
        this.lcr = value;
        break;
      case 4:
        this.writeModemControl(value & MCR_MASK);
        break;
      case 7:
        this.scratch = value;
        break;
    }
    this.update();
  }

  private writeEnable(value: number): void {
    const newlyEnabled = value & ~this.ier & IER_TRANSMITTER_EMPTY;
    if (newlyEnabled && this.waiting.length === 0) this.thrInterrupt = true;
    this.ier = value;
  }

  private writeFifoControl(value: number): void {
    const enable = (value & FCR_ENABLE) !== 0;
    const changed = enable !== this.fifos;
    this.fifos = enable;
    if (changed || (enable && value & FCR_CLEAR_RECEIVER)) {
      this.received = [];
      this.timedOut = false;
      this.timeoutAlarm.cancel();
      this.startReceiving();
    }
    if ((changed || (enable && value & FCR_CLEAR_TRANSMITTER)) && this.waiting.length) {
      this.waiting = [];
      this.thrInterrupt = true;
    }
    if (enable) this.trigger = TRIGGER_LEVELS[value >> 6];
  }

  private writeModemControl(value: number): void {
    this.mcr = value;
    this.setModemInputs();
    this.startReceiving();
  }

  /** Follows the modem inputs, or in loopback the outputs that are wired to them, and notes changes. */
  private setModemInputs(): void {
    const inputs = this.mcr & MCR_LOOP ? loopedModemInputs(this.mcr) : MSR_CONNECTED;
    const changed = (this.msr ^ inputs) & 0xf0;
    // The ring indicator only notes its trailing edge.
    const noted = changed & ~(inputs & MSR_RI);
    this.msr = inputs | (this.msr & 0x0f) | (noted >> 4);
  }

  /** Cycles that one character takes on the line. */
  private characterCycles(): number {
    const halfBits =
      2 * (1 + 5 + (this.lcr & LCR_WORD) + (this.lcr & LCR_PARITY ? 1 : 0) + 1) + this.extraStopHalfBits();
    return Math.ceil((halfBits * 8 * (this.divisor || 1) * this.clock.frequency) / CRYSTAL);
  }

  private extraStopHalfBits(): number {
    if (!(this.lcr & LCR_STOP)) return 0;
    return (this.lcr & LCR_WORD) === 0 ? 1 : 2;
  }

  private transmit(byte: number): void {
    this.thrInterrupt = false;
    const room = this.fifos ? FIFO_BYTES : 1;
    // What is written to a full transmitter replaces the byte in THR, or is lost behind a full FIFO.
    if (this.waiting.length < room) this.waiting.push(byte);
    else if (!this.fifos) this.waiting[0] = byte;
    if (this.shifting === null) this.shiftNext();
  }

  private shiftNext(): void {
    if (this.shifting !== null) this.emit(this.shifting);
    this.shifting = this.waiting.shift() ?? null;
    if (this.shifting !== null) {
      this.transmitAlarm.setIn(this.characterCycles());
      if (this.waiting.length === 0) this.thrInterrupt = true;
    }
    this.update();
  }

  private emit(byte: number): void {
    if (this.mcr & MCR_LOOP) return this.accept(byte);
    this.sentBytes++;
    this.send(byte);
  }

  private startReceiving(): void {
    if (this.receiveAlarm.pending || !this.hostQueue.length || !this.hasRoom()) return;
    this.receiveAlarm.setIn(this.characterCycles());
  }

  private receiveNext(): void {
    if (this.hasRoom() && this.hostQueue.length && !(this.mcr & MCR_LOOP)) {
      this.receivedBytes++;
      this.accept(this.hostQueue.shift()!);
    }
    this.startReceiving();
    this.update();
  }

  private hasRoom(): boolean {
    return !(this.mcr & MCR_LOOP) && this.received.length < (this.fifos ? FIFO_BYTES : 1);
  }

  /** A character has arrived in the receiver's shift register. */
  private accept(byte: number): void {
    if (this.received.length < (this.fifos ? FIFO_BYTES : 1)) this.received.push(byte);
    else {
      this.overrun = true;
      if (!this.fifos) this.received[0] = byte;
    }
    this.restartTimeout();
  }

  private readReceived(): number {
    const byte = (this.received.shift() ?? 0) & 0xff;
    this.timedOut = false;
    this.restartTimeout();
    this.startReceiving();
    this.update();
    return byte;
  }

  private restartTimeout(): void {
    this.timeoutAlarm.cancel();
    if (!this.fifos || !this.received.length) return;
    this.timeoutAlarm.setIn(TIMEOUT_CHARACTERS * this.characterCycles());
  }

  private timeOut(): void {
    this.timedOut = this.fifos && this.received.length > 0;
    this.update();
  }

  private readLineStatus(): number {
    const status =
      (this.received.length ? LSR_DATA_READY : 0) |
      (this.overrun ? LSR_OVERRUN : 0) |
      (this.hasBreak ? LSR_BREAK : 0) |
      (this.waiting.length ? 0 : LSR_THR_EMPTY) |
      (this.waiting.length || this.shifting !== null ? 0 : LSR_EMPTY);
    this.overrun = false;
    if (this.hasBreak) this.received[0] = 0;
    this.update();
    return status;
  }

  /** The character to be read next is a break that LSR has not told of yet. */
  private get hasBreak(): boolean {
    return this.received[0] === BREAK;
  }

  private readModemStatus(): number {
    const status = this.msr;
    this.msr &= 0xf0;
    this.update();
    return status;
  }

  private readIdentification(): number {
    const source = this.pending();
    if (source === IIR_TRANSMITTER_EMPTY) {
      this.thrInterrupt = false;
      this.update();
    }
    return source | (this.fifos ? IIR_FIFOS : 0);
  }

  /** The interrupt source with the highest priority. */
  private pending(): number {
    if (this.ier & IER_LINE_STATUS && (this.overrun || this.hasBreak)) return IIR_LINE_STATUS;
    if (this.ier & IER_RECEIVED) {
      if (this.received.length >= (this.fifos ? this.trigger : 1)) return IIR_RECEIVED;
      if (this.timedOut) return IIR_TIMEOUT;
    }
    if (this.ier & IER_TRANSMITTER_EMPTY && this.thrInterrupt) return IIR_TRANSMITTER_EMPTY;
    if (this.ier & IER_MODEM_STATUS && this.msr & 0x0f) return IIR_MODEM_STATUS;
    return IIR_NONE;
  }

  /** On a PC, OUT2 gates the interrupt line; loopback forces the output pins inactive. */
  private update(): void {
    const gated = (this.mcr & (MCR_OUT2 | MCR_LOOP)) === MCR_OUT2;
    if (gated && this.pending() !== IIR_NONE) this.interrupt.raise();
    else this.interrupt.lower();
  }

  private alarms(): readonly Alarm[] {
    return [this.transmitAlarm, this.receiveAlarm, this.timeoutAlarm];
  }

  save(): SavedState {
    const { ier, lcr, mcr, msr, scratch, divisor, fifos, trigger, overrun, timedOut, thrInterrupt } = this;
    return {
      version: VERSION,
      ...{ ier, lcr, mcr, msr, scratch, divisor, fifos, trigger, overrun, timedOut, thrInterrupt },
      received: [...this.received],
      waiting: [...this.waiting],
      shifting: this.shifting,
      hostQueue: [...this.hostQueue],
      alarms: this.alarms().map((alarm) => alarm.save()),
    };
  }

  restore(state: SavedState): void {
    const { alarms, ...fields } = state;
    restoreFields("16550", VERSION, this, fields as SavedState);
    this.alarms().forEach((alarm, index) => alarm.restore((alarms as readonly SavedValue[])[index]));
    this.update();
  }
}

/** In loopback DTR, RTS, OUT1 and OUT2 drive DSR, CTS, RI and DCD. */
function loopedModemInputs(mcr: number): number {
  const [dtr, rts, out1, out2] = [1, 2, 4, 8].map((bit) => (mcr & bit) !== 0);
  return (dtr ? MSR_DSR : 0) | (rts ? MSR_CTS : 0) | (out1 ? MSR_RI : 0) | (out2 ? MSR_DCD : 0);
}
