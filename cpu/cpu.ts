import type { CpuHooks, CpuOptions, CpuStats, Registers, StopReason } from "./types";

export type * from "./types";

/** An i386 or i486 in 32-bit protected mode. Time is `cycles`; nothing here reads any other clock. */
export class Cpu {
  /** Guest physical RAM. The view stays valid. After writing code into it call `invalidate`. */
  readonly memory!: Uint8Array;
  readonly registers!: Registers;
  readonly hooks: CpuHooks = {};

  constructor(_options: CpuOptions) {
    throw new Error("not yet");
  }

  get cycles(): number {
    throw new Error("not yet");
  }

  /** Completed instructions; a repeated string instruction is one. */
  get instructions(): number {
    throw new Error("not yet");
  }

  /** Lets time pass without executing (HLT). Earlier cycles are ignored. */
  advanceTo(_cycle: number): void {
    throw new Error("not yet");
  }

  /** Runs to the first instruction boundary with `cycles >= untilCycle`. */
  run(_untilCycle: number): StopReason {
    throw new Error("not yet");
  }

  /** Delivers a pending trap or interrupt, if any, then executes one instruction (or one REP iteration). */
  step(): StopReason {
    throw new Error("not yet");
  }

  /** From inside a bus callback: the current run ends at the first boundary with `cycles >= cycle`. Never extends it. */
  setDeadline(_cycle: number): void {
    throw new Error("not yet");
  }

  /** From inside a bus callback: the current run ends after this instruction with "stopped". */
  stop(): void {
    throw new Error("not yet");
  }

  /** Level of the INTR pin. */
  setInterrupt(_asserted: boolean): void {
    throw new Error("not yet");
  }

  /** An edge on the NMI pin. */
  nmi(): void {
    throw new Error("not yet");
  }

  setA20(_enabled: boolean): void {
    throw new Error("not yet");
  }

  addBreakpoint(_linear: number): void {
    throw new Error("not yet");
  }

  removeBreakpoint(_linear: number): void {
    throw new Error("not yet");
  }

  /** Physical address of a linear one by the page tables, without side effects; -1 where nothing is mapped. */
  translate(_linear: number): number {
    throw new Error("not yet");
  }

  /** Reads RAM through the page tables; unmapped bytes and bytes outside RAM read as 0. */
  readLinear(_address: number, _length: number): Uint8Array {
    throw new Error("not yet");
  }

  /** Writes RAM through the page tables, whatever their rights. Returns the bytes written before the first unmapped one. */
  writeLinear(_address: number, _bytes: Uint8Array): number {
    throw new Error("not yet");
  }

  /** After the host wrote to `memory`: drops what was decoded from there. */
  invalidate(_physical: number, _length: number): void {
    throw new Error("not yet");
  }

  /** The state a multiboot loader leaves: protected mode, flat 4 GiB segments, paging off, IF clear. */
  enterFlat32(_eip: number): void {
    throw new Error("not yet");
  }

  reset(): void {
    throw new Error("not yet");
  }

  stats(): CpuStats {
    throw new Error("not yet");
  }
}
