// The PC/AT's two 8259A: the slave's INT drives input 2 of the master.

import { type Device, type InterruptLine, type PortBus, type SavedState, StateError } from "./bus";
import { I8259A } from "./i8259a";

export const IRQ_TIMER = 0;
export const IRQ_KEYBOARD = 1;
export const IRQ_COM2 = 3;
export const IRQ_COM1 = 4;
export const IRQ_FLOPPY = 6;
export const IRQ_CLOCK = 8;
export const IRQ_ACPI = 9;
/** The first PC's IRQ 2, for which the AT has this input. */
export const IRQ_DISPLAY = 9;
export const IRQ_MOUSE = 12;
export const IRQ_COPROCESSOR = 13;
export const IRQ_DISK = 14;
export const IRQ_SECOND_DISK = 15;

export const PIC_MASTER_PORT = 0x20;
export const PIC_SLAVE_PORT = 0xa0;
export const ELCR_PORT = 0x4d0;
const CASCADE = 2;

/** IRQ 0, 1, 2, 8 and 13 are edge-triggered for good. */
const ELCR_MASTER_MASK = 0xf8;
const ELCR_SLAVE_MASK = 0xde;

export class PicPair implements Device {
  private readonly slave = new I8259A(false, (asserted) => this.master.setLine(CASCADE, asserted));
  private readonly master: I8259A;
  /** Number of acknowledge cycles. */
  acknowledged = 0;

  /** @param setInterrupt the processor's INTR pin */
  constructor(setInterrupt: (asserted: boolean) => void) {
    this.master = new I8259A(true, setInterrupt);
  }

  attach(bus: PortBus): void {
    for (const [base, chip] of [
      [PIC_MASTER_PORT, this.master],
      [PIC_SLAVE_PORT, this.slave],
    ] as const) {
      bus.attach(base, 2, {
        readByte: (port) => chip.read(port !== base),
        writeByte: (port, value) => chip.write(port !== base, value),
      });
    }
    bus.attach(ELCR_PORT, 2, {
      readByte: (port) => (port === ELCR_PORT ? this.master.elcr : this.slave.elcr),
      writeByte: (port, value) => {
        if (port === ELCR_PORT) this.master.elcr = value & ELCR_MASTER_MASK;
        else this.slave.elcr = value & ELCR_SLAVE_MASK;
      },
    });
  }

  /** The request line of IRQ 0 to 15 (2 belongs to the cascade). */
  line(irq: number): InterruptLine {
    const chip = irq < 8 ? this.master : this.slave;
    return {
      raise: () => chip.setLine(irq & 7, true),
      lower: () => chip.setLine(irq & 7, false),
    };
  }

  /** Whether an edge on an IRQ would reach the processor's INTR pin as the chips are set now. */
  accepts(irq: number): boolean {
    return irq < 8 ? this.master.accepts(irq) : this.slave.accepts(irq - 8) && this.master.accepts(CASCADE);
  }

  /** The processor's acknowledge cycles: returns the vector. */
  acknowledge(): number {
    this.acknowledged++;
    const level = this.master.acknowledge();
    if (!this.master.hasSlave(level)) return this.master.vector(level);
    return this.slave.vector(this.slave.acknowledge());
  }

  reset(): void {
    this.slave.reset();
    this.master.reset();
  }

  save(): SavedState {
    return { version: 1, master: this.master.save(), slave: this.slave.save() };
  }

  restore(state: SavedState): void {
    if (state.version !== 1) throw new StateError(`8259A pair: unknown version ${state.version}`);
    this.slave.restore(state.slave as SavedState);
    this.master.restore(state.master as SavedState);
  }
}
