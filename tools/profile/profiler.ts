// Counts every instruction of the kernel, by function and by source line, through the processor's observer. The guest is
// not changed. Call chains are followed by the stack pointer, one chain for each kernel stack.

import type { LineRange } from "../../machine/lines";
import type { Machine } from "../../machine/machine";
import type { ElfSymbol } from "../../machine/symbols";

export interface FunctionCost {
  name: string;
  /** Instructions of the function itself. A repeated string instruction is one. */
  self: number;
  /** With those of all it calls, on its own stack; recursion counts the inner ones again. */
  inclusive: number;
  calls: number;
}

export interface LineCost {
  file: string;
  line: number;
  self: number;
}

interface Frame {
  index: number;
  esp: number;
  /** The stack's clock at entry. */
  entered: number;
}

interface Stack {
  frames: Frame[];
  /** Instructions executed on this stack. */
  clock: number;
}

/** The least address of kernel code. */
const KERNEL_BASE = 0xc0100000;
/** Kernel stacks are 8 KiB and aligned. */
const STACK_SHIFT = 13;
const NOTHING = 0xffff;

export class Profiler {
  /** Only while this is set is anything counted. */
  enabled = true;
  private readonly names: string[];
  private readonly functionAt: Uint16Array;
  private readonly isStart: Uint8Array;
  private readonly executed: Float64Array;
  private readonly inclusive: Float64Array;
  private readonly calls: Float64Array;
  private readonly stacks = new Map<number, Stack>();
  private stack: Stack = { frames: [], clock: 0 };
  private current = NOTHING;
  private previous = 0;
  private user = 0;

  constructor(
    private readonly machine: Machine,
    symbols: readonly ElfSymbol[],
    private readonly ranges: readonly LineRange[],
  ) {
    const functions = symbols
      .filter(({ address, isFunction }) => isFunction && address >= KERNEL_BASE)
      .sort((a, b) => a.address - b.address);
    const last = functions[functions.length - 1];
    const length = last.address + last.size - KERNEL_BASE;
    this.names = functions.map(({ name }) => name);
    this.functionAt = new Uint16Array(length).fill(NOTHING);
    this.isStart = new Uint8Array(length);
    functions.forEach(({ address, size }, index) => {
      this.functionAt.fill(index, address - KERNEL_BASE, address - KERNEL_BASE + size);
      this.isStart[address - KERNEL_BASE] = 1;
    });
    this.executed = new Float64Array(length);
    this.inclusive = new Float64Array(functions.length);
    this.calls = new Float64Array(functions.length);
    machine.cpu.hooks.instruction = (_eip, linear) => this.observe(linear);
  }

  /** Instructions outside the kernel while enabled. */
  get userInstructions(): number {
    return this.user;
  }

  /** The kernel's functions that ran, the most expensive first. */
  functions(): FunctionCost[] {
    const self = new Float64Array(this.names.length);
    this.executed.forEach((count, offset) => {
      if (count) self[this.functionAt[offset]] += count;
    });
    return this.names
      .map((name, index) => ({
        name,
        self: self[index],
        inclusive: this.inclusive[index],
        calls: this.calls[index],
      }))
      .filter((cost) => cost.self > 0)
      .sort((a, b) => b.self - a.self);
  }

  /** The source lines that ran, the most expensive first; assembler has none. */
  lines(): LineCost[] {
    const costs = new Map<string, LineCost>();
    this.ranges.forEach(({ address, end, file, line }) => {
      let self = 0;
      for (let at = address; at < end; at++) self += this.executed[at - KERNEL_BASE] ?? 0;
      if (self === 0) return;
      const key = `${file}:${line}`;
      const cost = costs.get(key) ?? { file, line, self: 0 };
      cost.self += self;
      costs.set(key, cost);
    });
    return [...costs.values()].sort((a, b) => b.self - a.self);
  }

  private observe(linear: number): void {
    // The observer sees each element of a repeated string instruction.
    if (linear === this.previous) return;
    this.previous = linear;
    const offset = linear - KERNEL_BASE;
    const index = offset >= 0 && offset < this.functionAt.length ? this.functionAt[offset] : NOTHING;
    if (index !== this.current || (index !== NOTHING && this.isStart[offset])) this.move(index, offset);
    if (!this.enabled) return;
    if (index === NOTHING) {
      this.user++;
      return;
    }
    this.executed[offset]++;
    this.stack.clock++;
  }

  /** Another function runs: it was called, jumped to or returned to, perhaps on another stack. */
  private move(index: number, offset: number): void {
    this.current = index;
    if (index === NOTHING) return;
    const esp = this.machine.cpu.registers.esp >>> 0;
    const number = esp >>> STACK_SHIFT;
    let stack = this.stacks.get(number);
    if (!stack) this.stacks.set(number, (stack = { frames: [], clock: 0 }));
    this.stack = stack;
    const { frames, clock } = stack;
    const starts = this.isStart[offset] === 1;
    for (;;) {
      const top = frames.at(-1);
      // A function that starts where another one did has taken its place by a jump.
      if (!top || top.esp > esp || (top.esp === esp && !starts)) break;
      frames.pop();
      this.inclusive[top.index] += clock - top.entered;
    }
    if (!starts) return;
    frames.push({ index, esp, entered: clock });
    if (this.enabled) this.calls[index]++;
  }
}
