// Linux's memory areas against our map entries for the same traces: sums, and the smallest traces where we hold more.
import type { KernelVm } from "../kernel-vm";
import { minimize } from "../minimize";
import { MODES, type Mode } from "../script";
import type { HostLinux } from "./native";
import { countEntries } from "./ours";
import { type Trace, fewestEntries, traceText } from "./trace";

export interface Comparison {
  /** Entries after each operation, summed over all traces. */
  fewest: number;
  linux: number;
  entries: Record<Mode, number>;
  /** Traces after one of whose operations `full` holds more than Linux, or than series. */
  worse: { trace: Trace; than: "Linux" | "series" }[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Whether `ours` is larger than `theirs` somewhere. */
function exceeds(ours: readonly number[], theirs: readonly number[]): boolean {
  return ours.some((count, step) => count > theirs[step]!);
}

export function compare(vm: KernelVm, linux: HostLinux, traces: readonly Trace[]): Comparison {
  const areas = linux.count(traces);
  const result: Comparison = {
    fewest: 0,
    linux: 0,
    entries: { none: 0, backward: 0, series: 0, full: 0 },
    worse: [],
  };
  traces.forEach((trace, index) => {
    const counts = Object.fromEntries(MODES.map((mode) => [mode, countEntries(vm, mode, trace)]));
    result.fewest += sum(fewestEntries(trace));
    result.linux += sum(areas[index]!);
    for (const mode of MODES) result.entries[mode] += sum(counts[mode]!);
    if (exceeds(counts["full"]!, areas[index]!)) result.worse.push({ trace, than: "Linux" });
    else if (exceeds(counts["full"]!, counts["series"]!)) result.worse.push({ trace, than: "series" });
  });
  return result;
}

/** Whether each operation of the trace still means what it meant: mprotect over holes is no call to compare. */
function isWorse(vm: KernelVm, linux: HostLinux, trace: Trace, than: "Linux" | "series"): boolean {
  if (trace.length === 0) return false;
  try {
    const full = countEntries(vm, "full", trace);
    const theirs = than === "Linux" ? linux.count([trace])[0]! : countEntries(vm, "series", trace);
    return exceeds(full, theirs);
  } catch {
    // Without the operations left out, another one is an error.
    return false;
  }
}

/** The trace without whatever can be left out while it stays worse. */
export async function shrink(
  vm: KernelVm,
  linux: HostLinux,
  trace: Trace,
  than: "Linux" | "series",
): Promise<Trace> {
  return [...(await minimize(trace, (part) => isWorse(vm, linux, [...part], than)))];
}

/** How a minimal trace is shown. */
export function explain(vm: KernelVm, linux: HostLinux, trace: Trace, than: "Linux" | "series"): string {
  const full = countEntries(vm, "full", trace).at(-1);
  const theirs =
    than === "Linux" ? linux.count([trace])[0]!.at(-1) : countEntries(vm, "series", trace).at(-1);
  return `${traceText(trace)}: full ${full}, ${than} ${theirs}`;
}
