// Who leads interrupt requests to the processor: the 8259A pair, and with an APIC the I/O APIC beside it.

import type { Device, InterruptLine } from "../devices/bus";
import type { Clock } from "../devices/clock";
import { IO_APIC_BASE, IO_APIC_BYTES, IoApic } from "../devices/io-apic";
import { LOCAL_APIC_BASE, LOCAL_APIC_BYTES, LocalApic, type ProcessorPins } from "../devices/local-apic";
import { IRQ_TIMER, PicPair } from "../devices/pic-pair";

/** The request line, beyond those of the 8259A, of the local APIC's timer. */
export const LINE_APIC_TIMER = 24;
/** The PC's timer is at the pin that the cascade leaves free. */
const TIMER_PIN = 2;
const pinOf = (irq: number) => (irq === IRQ_TIMER ? TIMER_PIN : irq);

export class Interrupts {
  readonly pic: PicPair;
  /** The lines that are up, by IRQ. */
  private readonly asking: Set<InterruptLine>[] = [];
  private readonly local: LocalApic | undefined;
  private readonly io: IoApic | undefined;

  /**
   * @param pins the processor's
   * @param timerClock of the local APIC; without it there is no APIC
   */
  constructor(pins: ProcessorPins, timerClock: Clock | undefined) {
    this.pic = new PicPair((asserted) =>
      this.local ? this.local.setExternal(asserted) : pins.setInterrupt(asserted),
    );
    if (!timerClock) return;
    const io = new IoApic(() => this.local!);
    this.io = io;
    this.local = new LocalApic(
      timerClock,
      pins,
      () => this.pic.acknowledge(),
      (vector) => io.endOfInterrupt(vector),
    );
  }

  /** The chips by name; the 8259A pair is not among them. */
  get apics(): readonly (readonly [string, Device])[] {
    if (!this.local || !this.io) return [];
    return [
      ["local APIC", this.local],
      ["I/O APIC", this.io],
    ];
  }

  /** A device's request line of IRQ 0 to 15. Several at one IRQ: it is up while one of them is. */
  line(irq: number): InterruptLine {
    const pin = this.pin(irq);
    const asking = (this.asking[irq] ??= new Set());
    const line: InterruptLine = {
      raise: () => {
        asking.add(line);
        pin.raise();
      },
      lower: () => {
        asking.delete(line);
        if (!asking.size) pin.lower();
      },
    };
    return line;
  }

  private pin(irq: number): InterruptLine {
    const line = this.pic.line(irq);
    const { io } = this;
    if (!io) return line;
    const pin = pinOf(irq);
    return {
      raise: () => {
        line.raise();
        io.setPin(pin, true);
      },
      lower: () => {
        line.lower();
        io.setPin(pin, false);
      },
    };
  }

  /** Whether an edge on a line would reach the processor as the chips are set now. */
  accepts(irq: number): boolean {
    const { local, io, pic } = this;
    if (irq === LINE_APIC_TIMER) return local?.takesTimer ?? false;
    if (!local || !io) return pic.accepts(irq);
    return (local.takesExternal && pic.accepts(irq)) || (local.isOn && io.accepts(pinOf(irq)));
  }

  acknowledge(): number {
    return this.local ? this.local.acknowledge() : this.pic.acknowledge();
  }

  /** Whether an address is a register of an APIC. */
  isRegister(physical: number): boolean {
    if (!this.local) return false;
    return (
      within(physical, LOCAL_APIC_BASE, LOCAL_APIC_BYTES) || within(physical, IO_APIC_BASE, IO_APIC_BYTES)
    );
  }

  /** A register or a part of one. */
  readRegister(physical: number, size: number): number {
    const chip = physical >= LOCAL_APIC_BASE ? this.local! : this.io!;
    const word = chip.read(physical & 0xffc);
    const value = word >>> (8 * (physical & 3));
    return size === 4 ? value : value & (2 ** (8 * size) - 1);
  }

  /** Only whole registers can be written. */
  writeRegister(physical: number, size: number, value: number): void {
    if (size !== 4 || physical & 3) return;
    const chip = physical >= LOCAL_APIC_BASE ? this.local! : this.io!;
    chip.write(physical & 0xffc, value >>> 0);
  }
}

function within(physical: number, start: number, bytes: number): boolean {
  return physical >= start && physical < start + bytes;
}
