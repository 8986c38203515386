// For the specs of devices: a clock moved by hand, and an interrupt line that remembers.

import { type InterruptLine, PortBus } from "./bus";
import { type Clock, Scheduler } from "./clock";

/** A clock of 1 MHz unless told otherwise: a cycle is a microsecond. */
export class TestClock {
  private cycle = 0;
  readonly scheduler: Scheduler;
  readonly clock: Clock;

  constructor(frequency = 1_000_000) {
    this.scheduler = new Scheduler(frequency, () => this.cycle);
    this.clock = this.scheduler.clockFor();
  }

  get now(): number {
    return this.cycle;
  }

  /** Lets time pass; events fire at their cycles. */
  advance(cycles: number): void {
    const end = this.cycle + cycles;
    while (this.scheduler.next <= end) {
      this.cycle = Math.max(this.cycle, this.scheduler.next);
      this.scheduler.fire();
    }
    this.cycle = end;
  }
}

/** Counts rising edges. */
export class TestLine implements InterruptLine {
  level = false;
  edges = 0;

  raise(): void {
    if (!this.level) this.edges++;
    this.level = true;
  }

  lower(): void {
    this.level = false;
  }
}

/** A bus with a device on it and short names for byte accesses. */
export function testBus(device: { attach(bus: PortBus): void }) {
  const bus = new PortBus();
  device.attach(bus);
  return {
    bus,
    out: (port: number, ...values: number[]) => values.forEach((value) => bus.write(port, 1, value)),
    in: (port: number) => bus.read(port, 1),
  };
}
