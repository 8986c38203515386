// npm run bench:scenarios: entries of the 76 scenarios in each mode, beside the fewest possible.
import { scenarioCounts } from "./fewest";
import { KernelVm } from "./kernel-vm";
import { MODES } from "./script";

const results = scenarioCounts(await KernelVm.boot());
const columns = ["fewest", "full", "series", "backward", "none"] as const;
const line = (name: string, values: readonly (number | string)[]) =>
  console.log([name.padEnd(34), ...values.map((value) => String(value).padStart(9))].join(" "));

line("scenario", columns);
for (const { scenario, fewest, counts } of results) {
  line(
    scenario.name,
    columns.map((column) => (column === "fewest" ? fewest : counts[column])),
  );
}
const total = (pick: (one: (typeof results)[number]) => number) =>
  results.reduce((sum, one) => sum + pick(one), 0);
line("all", [
  total((one) => one.fewest),
  ...[...MODES].reverse().map((mode) => total((one) => one.counts[mode])),
]);
