// npm run bench:areas [-- TRACES SEED]: our map entries beside Linux's memory areas for the same random traces.
import { KernelVm } from "../kernel-vm";
import { compare, explain, shrink } from "./compare";
import { HostLinux } from "./native";
import { WORKLOADS, randomTrace } from "./trace";

const TRACE_LENGTH = 60;
const SHOWN = 5;

const [traces = 100, seed = 1] = process.argv.slice(2).map(Number);
const linux = HostLinux.start();
if (linux === undefined) {
  console.error("bench:areas needs Linux and gcc");
  process.exit(1);
}
const vm = await KernelVm.boot({ memory: 64 << 20 });
const columns = ["fewest", "full", "Linux", "series", "backward", "none"];
console.log(
  `entries after each operation, summed over ${traces} traces of ${TRACE_LENGTH} operations, seed ${seed}`,
);
console.log(["workload".padEnd(16), ...columns.map((name) => name.padStart(9))].join(" "));
let failures = 0;
for (const [name, workload] of Object.entries(WORKLOADS)) {
  const list = Array.from({ length: traces }, (_, i) => randomTrace(workload, TRACE_LENGTH, seed * 1000 + i));
  const result = compare(vm, linux, list);
  const { none, backward, series, full } = result.entries;
  const figures = [result.fewest, full, result.linux, series, backward, none];
  console.log([name.padEnd(16), ...figures.map((count) => String(count).padStart(9))].join(" "));
  failures += result.worse.length;
  for (const { trace, than } of result.worse.slice(0, SHOWN)) {
    console.log(`  ${explain(vm, linux, await shrink(vm, linux, trace, than), than)}`);
  }
  if (result.worse.length > 0) console.log(`  ${result.worse.length} of ${traces} traces hold more in full`);
}
linux.stop();
process.exit(failures === 0 ? 0 : 1);
