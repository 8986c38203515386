// The display adapter's function on PCI: where its linear memory is. The identity is the one that drivers of the linear
// extension (`bochs-display`) look for.

import { LINEAR_BYTES } from "./bochs-display";
import { BAR_PREFETCHABLE, COMMAND_MEMORY, PCI_BAR0, PCI_COMMAND, PciFunction } from "./pci";

export class PciDisplay extends PciFunction {
  /** @param move is told where the memory begins; 0 for nowhere */
  constructor(private readonly move: (base: number) => void) {
    super("display", { vendor: 0x1234, device: 0x1111, classCode: 0x030000 }, () => this.place());
    this.defineBar(0, LINEAR_BYTES, BAR_PREFETCHABLE);
  }

  private place(): void {
    const base = this.register(PCI_BAR0, 4) & ~0x0f;
    this.move(this.register(PCI_COMMAND, 2) & COMMAND_MEMORY ? base >>> 0 : 0);
  }
}
