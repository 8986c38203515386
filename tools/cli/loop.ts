// Runs a machine in slices of a few milliseconds, with its console between them.

import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import type { Machine, RunResult } from "../../machine/machine";
import type { Console } from "./console";

/** Wall time that a slice should take: output is not much later. */
const SLICE_MILLISECONDS = 4;
const FIRST_SLICE_CYCLES = 100_000;
const MIN_SLICE_CYCLES = 1000;
const MAX_SLICE_CYCLES = 1e9;
/** How much a slice may grow or shrink against the one before. */
const MAX_GROWTH = 2;
const MAX_SHRINKAGE = 0.1;
/** In real time a slice is also at most so much guest time, so that input is seen. */
const REAL_TIME_SLICE_MILLISECONDS = 10;
/** A guest that is further behind the wall clock than this does not try to catch up. */
const MAX_LAG_MILLISECONDS = 200;

export interface LoopOptions {
  maxCycles: number;
  realTime: boolean;
}

/** Looks at a machine between two slices. */
export interface Watcher {
  /** Until when the machine may run before it looks again. */
  readonly until: number;
  /** Does what can be done now; true when the run is to end. */
  poll(machine: Machine): boolean;
}

export async function runLoop(
  machine: Machine,
  console: Console,
  options: LoopOptions,
  watchers: readonly Watcher[] = [],
): Promise<RunResult | "quit" | "done"> {
  const pace = options.realTime ? new Pace(machine) : undefined;
  let slice = FIRST_SLICE_CYCLES;
  while (!console.hasQuit) {
    if (watchers.some((watcher) => watcher.poll(machine))) return "done";
    console.feed(machine);
    const started = performance.now();
    const ahead = pace ? pace.cyclesIn(REAL_TIME_SLICE_MILLISECONDS) : Infinity;
    const until = Math.min(
      machine.cycles + ahead,
      options.maxCycles,
      ...watchers.map((watcher) => watcher.until),
    );
    const result = machine.run(until, slice);
    slice = nextSlice(slice, performance.now() - started);
    await console.flush();
    if (result.reason === "cycles" && machine.cycles < options.maxCycles) {
      if (pace) await pace.hold(console);
      else await setImmediate();
    } else if (result.reason === "halted" && console.isOpen && console.isWokenBy(machine)) {
      await console.wait();
      pace?.catchUp(options.maxCycles);
    } else return result;
  }
  return "quit";
}

/** Moves the length of a slice, in cycles that the processor works, towards the wall time it should take. */
function nextSlice(cycles: number, milliseconds: number): number {
  const factor = Math.max(MAX_SHRINKAGE, Math.min(SLICE_MILLISECONDS / milliseconds, MAX_GROWTH));
  return Math.max(MIN_SLICE_CYCLES, Math.min(Math.ceil(cycles * factor), MAX_SLICE_CYCLES));
}

/** Ties guest time to wall time. */
class Pace {
  private wallStart = performance.now();
  private cycleStart: number;

  constructor(private readonly machine: Machine) {
    this.cycleStart = machine.cycles;
  }

  cyclesIn(milliseconds: number): number {
    return Math.ceil((this.machine.cpuFrequency * milliseconds) / 1000);
  }

  /** Waits until the wall clock has come to where the guest is. */
  async hold(console: Console): Promise<void> {
    const ahead = this.guestMilliseconds() - (performance.now() - this.wallStart);
    if (ahead < -MAX_LAG_MILLISECONDS) this.restart();
    if (ahead >= 1) await console.wait(ahead);
    else await setImmediate();
  }

  /** Lets the guest's time pass that went by while it waited for input. */
  catchUp(limit: number): void {
    const passed = this.cyclesIn(performance.now() - this.wallStart);
    this.machine.advance(Math.min(this.cycleStart + passed, limit));
  }

  private guestMilliseconds(): number {
    return ((this.machine.cycles - this.cycleStart) / this.machine.cpuFrequency) * 1000;
  }

  private restart(): void {
    this.wallStart = performance.now();
    this.cycleStart = this.machine.cycles;
  }
}
