// PIIX3: the bridge to the ISA bus, and the IDE controller's function with its bus master.
//
// Data sheet: Intel 82371FB (PIIX) and 82371SB (PIIX3) (290550).
// Left out: the APIC's chip select, DMA on PCI, the timing registers' effect, USB.

import type { PortBus } from "./bus";
import { BAR_IO, COMMAND_IO, PCI_BAR0, PCI_COMMAND, PciFunction } from "./pci";

/** PIRQRC[A:D]: which IRQ an interrupt of the PCI bus is led to; bit 7: to none. */
const PIRQ_ROUTE = 0x60;
const PIRQ_NONE = 0x80;
/** XBCS: what the ISA bus decodes. */
const XBCS = 0x4e;

export class Piix3Isa extends PciFunction {
  constructor() {
    super("82371SB function 0", {
      vendor: 0x8086,
      device: 0x7000,
      classCode: 0x060100,
      multifunction: true,
    });
    this.define(PCI_COMMAND, 2, 0x0007, 0x0108);
    this.define(PIRQ_ROUTE, 4, 0x80808080, 0x8f8f8f8f);
    this.define(XBCS, 2, 0x0003, 0xffff);
    this.define(0x4c, 1, 0x4d, 0x7f);
    this.define(0x69, 1, 0x02, 0xff);
    this.define(0x70, 2, 0x8080, 0xcfcf);
  }

  /** The IRQ that interrupt pin 0 to 3 of slot `device` is led to, or none. */
  routeOf(device: number, pin: number): number | undefined {
    const route = this.register(PIRQ_ROUTE + ((device - 1 + pin) & 3), 1);
    return route & PIRQ_NONE ? undefined : route & 15;
  }
}

/** IDETIM: the channel's decode enable. */
const IDE_TIMING = 0x40;
const IDE_DECODE_ENABLE = 0x8000;
const BUS_MASTER_BAR = 4;
export const BUS_MASTER_PORTS = 16;

/** Registers of both channels' bus masters, 8 bytes each. */
export interface BusMasterPorts {
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
}

export class Piix3Ide extends PciFunction {
  private base = 0;

  /** @param move attaches the bus master's ports at a base, or nowhere (0) */
  constructor(private readonly move: (base: number) => void) {
    super("82371SB function 1", { vendor: 0x8086, device: 0x7010, classCode: 0x010180 }, () => this.place());
    this.defineBar(BUS_MASTER_BAR, BUS_MASTER_PORTS, BAR_IO);
    const enabled = IDE_DECODE_ENABLE | (IDE_DECODE_ENABLE * 0x10000);
    this.define(IDE_TIMING, 4, enabled, 0xffffffff);
  }

  private place(): void {
    const enabled = (this.register(PCI_COMMAND, 2) & COMMAND_IO) !== 0;
    const base = this.register(PCI_BAR0 + 4 * BUS_MASTER_BAR, 4) & 0xfff0;
    const now = enabled ? base : 0;
    if (now === this.base) return;
    this.base = now;
    this.move(now);
  }
}

/** Keeps a block of ports where a base address register says. */
export class MovablePorts {
  private base = 0;

  constructor(
    private readonly bus: PortBus,
    private readonly count: number,
    private readonly ports: BusMasterPorts,
  ) {}

  /** Where others are already, the block does not answer. */
  move(base: number): void {
    if (this.base) this.bus.detach(this.base, this.count);
    this.base = 0;
    if (!base || !this.bus.isFree(base, this.count)) return;
    this.base = base;
    const { ports } = this;
    this.bus.attach(base, this.count, {
      readByte: (port) => ports.read(port - base, 1),
      writeByte: (port, value) => ports.write(port - base, 1, value),
      readWide: (port, size) => ports.read(port - base, size),
      writeWide: (port, size, value) => {
        ports.write(port - base, size, value);
        return true;
      },
    });
  }
}
