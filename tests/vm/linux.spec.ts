// The host's Linux as a judge of merging: for the same traces, mode full never holds more entries than it has areas.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KernelVm } from "./kernel-vm";
import { compare, explain, shrink } from "./linux/compare";
import { HostLinux } from "./linux/native";
import { WORKLOADS, parseTrace, randomTrace, traceText } from "./linux/trace";

const seed = Number(process.env.MACH386_SEED ?? Math.floor(Math.random() * 2 ** 31));
const TRACES = Number(process.env.MACH386_RUNS ?? 12);
const LENGTH = 60;

const linux = HostLinux.start();
afterAll(() => linux?.stop());
let vm: KernelVm;
beforeAll(async () => {
  vm = await KernelVm.boot({ memory: 64 << 20 });
});

it("a trace is read as it was written", () => {
  const trace = randomTrace(WORKLOADS["everything"]!, LENGTH, 1);
  expect(parseTrace(traceText(trace))).toEqual(trace);
});

describe.skipIf(linux === undefined)(`beside Linux (MACH386_SEED=${seed})`, () => {
  it.each(Object.entries(WORKLOADS))(
    "full holds no more than Linux and than series: %s",
    async (_, workload) => {
      const traces = Array.from({ length: TRACES }, (_unused, i) => randomTrace(workload, LENGTH, seed + i));
      const { entries, linux: areas, fewest, worse } = compare(vm, linux!, traces);
      const minimal: string[] = [];
      for (const { trace, than } of worse.slice(0, 3)) {
        minimal.push(explain(vm, linux!, await shrink(vm, linux!, trace, than), than));
      }
      expect(minimal).toEqual([]);
      expect(entries.full).toBeGreaterThanOrEqual(fewest);
      expect(entries.full).toBeLessThanOrEqual(Math.min(areas, entries.series));
      expect(entries.none).toBeGreaterThan(entries.full);
    },
  );
});
