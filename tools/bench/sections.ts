// What the guest spends between bench_begin(code) and bench_end(code) of userland/lib/asm.ts, seen by breakpoints: the
// guest is the same with and without a host that watches, and pays nothing for it.

import type { Machine } from "../../machine/machine";
import { readSymbols } from "../../machine/symbols";

export interface Sum {
  /** Sections with this code. */
  count: number;
  cycles: number;
  /** With `countRepeats` each iteration of a repeated string instruction is one, else the whole of it. */
  instructions: number;
}

interface Open {
  code: number;
  cycles: number;
  instructions: number;
}

export interface SectionOptions {
  /** Other tasks have other code at these addresses: only what satisfies this is a code. */
  isCode: (code: number) => boolean;
  /** Observes every instruction inside sections; slow. */
  countRepeats?: boolean;
}

export class SectionMeter {
  readonly sums = new Map<number, Sum>();
  private readonly begin: number;
  private readonly end: number;
  private open: Open | undefined;
  private repeats = 0;

  /** @param program the ELF file whose sections are measured */
  constructor(
    private readonly machine: Machine,
    program: Uint8Array,
    private readonly options: SectionOptions,
  ) {
    const symbols = new Map(readSymbols(program).map(({ name, address }) => [name, address]));
    const address = (name: string) => {
      const found = symbols.get(name);
      if (found === undefined) throw new Error(`the program has no ${name}`);
      return found;
    };
    this.begin = address("bench_begin");
    this.end = address("bench_end");
    machine.addBreakpoint(this.begin);
    machine.addBreakpoint(this.end);
  }

  /** Notes a breakpoint. Returns the code of the section that ends there. */
  hit(address: number): number | undefined {
    const { cycles } = this.machine;
    const instructions = this.machine.instructions + this.repeats;
    const code = this.argument();
    if (!this.options.isCode(code)) return undefined;
    if (address === this.begin) {
      this.open = { code, cycles, instructions };
      if (this.options.countRepeats) this.observe();
    } else if (address === this.end && this.open?.code === code) {
      const sum = this.sums.get(code) ?? { count: 0, cycles: 0, instructions: 0 };
      sum.count++;
      sum.cycles += cycles - this.open.cycles;
      sum.instructions += instructions - this.open.instructions;
      this.sums.set(code, sum);
      this.open = undefined;
      if (this.options.countRepeats) this.machine.cpu.hooks.instruction = undefined;
      return code;
    }
    return undefined;
  }

  /** The observer sees each iteration of a repeated string instruction, the counter the whole. */
  private observe(): void {
    let previous = 0;
    this.machine.cpu.hooks.instruction = (_eip, linear) => {
      if (linear === previous) this.repeats++;
      previous = linear;
    };
  }

  /** The word above the return address. */
  private argument(): number {
    const bytes = this.machine.cpu.readLinear((this.machine.cpu.registers.esp + 4) >>> 0, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }
}
