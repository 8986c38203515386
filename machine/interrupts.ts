// Who leads interrupt requests to the processor: the 8259A pair, and with an APIC the I/O APIC beside it; and the HPET, which can take
// the place of two chips at their inputs.

import type { Device, InterruptLine } from "../devices/bus";
import type { Clock } from "../devices/clock";
import { HPET_BASE, HPET_BYTES, Hpet } from "../devices/hpet";
import { IO_APIC_BASE, IO_APIC_BYTES, IoApic } from "../devices/io-apic";
import { LOCAL_APIC_BASE, LOCAL_APIC_BYTES, LocalApic, type ProcessorPins } from "../devices/local-apic";
import { IRQ_CLOCK, IRQ_TIMER, PicPair } from "../devices/pic-pair";

/** The request line, beyond those of the 8259A, of the local APIC's timer. */
export const LINE_APIC_TIMER = 24;
/** The PC's timer is at the pin that the cascade leaves free. */
const TIMER_PIN = 2;
const pinOf = (irq: number) => (irq === IRQ_TIMER ? TIMER_PIN : irq);
const FIRST_APIC_PIN = 16;
/** The requests that the HPET's timers can take over, in their order. */
const LEGACY_REQUESTS = [IRQ_TIMER, IRQ_CLOCK] as const;

export class Interrupts {
  readonly pic: PicPair;
  /** The lines that are up, by IRQ. */
  private readonly asking: Set<InterruptLine>[] = [];
  private readonly local: LocalApic | undefined;
  private readonly io: IoApic | undefined;
  private readonly hpet: Hpet | undefined;
  private readonly shared = new Map<number, SharedLine>();

  /**
   * @param pins the processor's
   * @param clockFor of the local APIC's timer and the HPET; without it there is none of them
   */
  constructor(pins: ProcessorPins, clockFor?: (line: number | (() => number | undefined)) => Clock) {
    this.pic = new PicPair((asserted) =>
      this.local ? this.local.setExternal(asserted) : pins.setInterrupt(asserted),
    );
    if (!clockFor) return;
    const io = new IoApic(() => this.local!);
    this.io = io;
    this.local = new LocalApic(
      clockFor(LINE_APIC_TIMER),
      pins,
      () => this.pic.acknowledge(),
      (vector) => io.endOfInterrupt(vector),
    );
    for (const irq of LEGACY_REQUESTS) this.shared.set(irq, new SharedLine(this.pin(irq)));
    this.hpet = new Hpet({
      clockFor,
      legacyRequests: LEGACY_REQUESTS,
      legacyLine: (timer) => this.shared.get(LEGACY_REQUESTS[timer])!.replacement,
      replaceLegacy: (replaced) => this.shared.forEach((line) => line.replace(replaced)),
      pin: (pin) => ({ raise: () => io.setPin(pin, true), lower: () => io.setPin(pin, false) }),
    });
  }

  /** The chips by name; the 8259A pair is not among them. */
  get apics(): readonly (readonly [string, Device])[] {
    if (!this.local || !this.io || !this.hpet) return [];
    return [
      ["local APIC", this.local],
      ["I/O APIC", this.io],
      ["HPET", this.hpet],
    ];
  }

  /** The processor is reset alone, and its APIC with it. */
  initialize(): void {
    this.local?.reset();
  }

  /** A device's request line of IRQ 0 to 15. Several at one IRQ: it is up while one of them is. */
  line(irq: number): InterruptLine {
    const pin = this.shared.get(irq)?.own ?? this.pin(irq);
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
    if (irq >= FIRST_APIC_PIN) return local.isOn && io.accepts(irq);
    return (local.takesExternal && pic.accepts(irq)) || (local.isOn && io.accepts(pinOf(irq)));
  }

  acknowledge(): number {
    return this.local ? this.local.acknowledge() : this.pic.acknowledge();
  }

  /** Whether an address is a register of an APIC or of the HPET. */
  isRegister(physical: number): boolean {
    if (!this.local || physical < IO_APIC_BASE) return false;
    return (
      within(physical, LOCAL_APIC_BASE, LOCAL_APIC_BYTES) ||
      within(physical, IO_APIC_BASE, IO_APIC_BYTES) ||
      within(physical, HPET_BASE, HPET_BYTES)
    );
  }

  private chipAt(physical: number): LocalApic | IoApic | Hpet {
    if (physical >= LOCAL_APIC_BASE) return this.local!;
    return physical >= HPET_BASE ? this.hpet! : this.io!;
  }

  /** A register or a part of one. */
  readRegister(physical: number, size: number): number {
    const chip = this.chipAt(physical);
    const word = chip.read(physical & 0xffc);
    const value = word >>> (8 * (physical & 3));
    return size === 4 ? value : value & (2 ** (8 * size) - 1);
  }

  /** Only whole registers can be written. */
  writeRegister(physical: number, size: number, value: number): void {
    if (size !== 4 || physical & 3) return;
    const chip = this.chipAt(physical);
    chip.write(physical & 0xffc, value >>> 0);
  }
}

/** A request line with two sources, of which one drives it. */
class SharedLine {
  private readonly levels = [false, false];
  private source = 0;
  readonly own = this.input(0);
  readonly replacement = this.input(1);

  constructor(private readonly line: InterruptLine) {}

  replace(replaced: boolean): void {
    this.source = Number(replaced);
    this.drive();
  }

  private input(source: number): InterruptLine {
    const set = (level: boolean) => {
      this.levels[source] = level;
      if (source === this.source) this.drive();
    };
    return { raise: () => set(true), lower: () => set(false) };
  }

  private drive(): void {
    if (this.levels[this.source]) this.line.raise();
    else this.line.lower();
  }
}

function within(physical: number, start: number, bytes: number): boolean {
  return physical >= start && physical < start + bytes;
}
