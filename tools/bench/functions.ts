// Clocks of kernel functions, by breakpoints at their entry and at their return: the guest pays nothing for it. A call during
// which the processor went to another thread is not counted.

import type { Machine } from "../../machine/machine";
import { readSymbols } from "../../machine/symbols";

export interface FunctionSum {
  calls: number;
  cycles: number;
}

interface Open {
  name: string;
  cycles: number;
  esp: number;
  back: number;
}

const SWITCH = "switch_context";

export class FunctionMeter {
  private readonly names = new Map<number, string>();
  private readonly switchAddress: number;
  private open: Open | undefined;
  private sums = new Map<string, FunctionSum>();
  /** Where calls return to. A breakpoint once set stays: setting one makes the processor decode everything again. */
  private readonly returns = new Set<number>();

  /**
   * @param functions what to measure: a name for the results, and the symbol's
   * @param isWanted is asked at each entry
   */
  constructor(
    private readonly machine: Machine,
    kernel: Uint8Array,
    functions: readonly (readonly [string, string])[],
    private readonly isWanted: () => boolean,
  ) {
    const symbols = new Map(readSymbols(kernel).map(({ name, address }) => [name, address]));
    const address = (symbol: string) => {
      const found = symbols.get(symbol);
      if (found === undefined) throw new Error(`the kernel has no ${symbol}`);
      return found;
    };
    for (const [name, symbol] of functions) this.names.set(address(symbol), name);
    this.switchAddress = address(SWITCH);
  }

  start(): void {
    for (const address of this.addresses()) this.machine.addBreakpoint(address);
  }

  stop(): void {
    this.open = undefined;
    for (const address of this.addresses()) this.machine.removeBreakpoint(address);
  }

  /** Notes a breakpoint. */
  hit(address: number): void {
    const { machine, open } = this;
    const esp = machine.cpu.registers.esp >>> 0;
    if (open && address === open.back && esp === open.esp + 4) {
      const sum = this.sums.get(open.name) ?? { calls: 0, cycles: 0 };
      sum.calls++;
      sum.cycles += machine.cycles - open.cycles;
      this.sums.set(open.name, sum);
      this.open = undefined;
      return;
    }
    if (address === this.switchAddress) this.open = undefined;
    const name = this.names.get(address);
    if (name === undefined || this.open || !this.isWanted()) return;
    const back = this.word(esp);
    this.open = { name, cycles: machine.cycles, esp, back };
    if (this.returns.has(back)) return;
    this.returns.add(back);
    machine.addBreakpoint(back);
  }

  /** The sums since the last call. */
  take(): Map<string, FunctionSum> {
    const { sums } = this;
    this.sums = new Map();
    return sums;
  }

  private addresses(): Set<number> {
    return new Set([...this.names.keys(), this.switchAddress, ...this.returns]);
  }

  private word(address: number): number {
    const bytes = this.machine.cpu.readLinear(address, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }
}
