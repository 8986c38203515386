// npm run bench:merge: boots the default image once per merge mode and shows what the modes hold and cost: workloads, calls,
// faults and merges one by one, maps of many entries, the policies of mode full. Tables, the same as JSON, and charts.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { MODES } from "../default-image";
import { projectRoot } from "../root";
import { mergeChart, mergeRows, mergeTable, refusalTable } from "./merge-report";
import { measurePolicies, POLICIES } from "./policy-measure";
import { measureVm } from "./vm-measure";
import { growthChart, growthTable, operationTable, policyChart, policyTable, sizeTable } from "./vm-report";

const FOLDER = "build/bench";

async function main(): Promise<void> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "bench:merge [{bar}] {what}", clearOnComplete: true })
    : undefined;
  const steps = MODES.length;
  bar?.start(2 * steps + POLICIES.length + 1, 0, { what: "" });
  const rows = mergeRows((index, mode) => bar?.update(index, { what: `workloads, ${mode}` }));
  const vm = measureVm((index, mode) => bar?.update(steps + index, { what: `operations, ${mode}` }));
  const policies = await measurePolicies((index, policy) =>
    bar?.update(2 * steps + index, { what: `without ${policy}` }),
  );
  bar?.stop();

  const files = {
    "merge.json": JSON.stringify(rows, null, 2) + "\n",
    "vm.json": JSON.stringify(vm, null, 2) + "\n",
    "policies.json": JSON.stringify(policies, null, 2) + "\n",
    "merge.svg": mergeChart(rows),
    "growth.svg": growthChart(vm.operations),
    "policies.svg": policyChart(policies),
  };
  mkdirSync(join(projectRoot, FOLDER), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(projectRoot, FOLDER, name), text);

  const sections = [
    mergeTable(rows, true),
    "Entries beyond the fewest possible, at the end of a workload:\n\n" + refusalTable(rows),
    "Instructions of single operations (a repeated string instruction counts once per iteration):\n\n" +
      operationTable(vm.operations),
    "Instructions of an operation in a map of so many entries:\n\n" + growthTable(vm.operations),
    "Mode full, all workloads together, with one policy switched off:\n\n" + policyTable(policies),
    sizeTable(vm.sizes),
  ];
  process.stdout.write(sections.join("\n"));
  process.stdout.write(
    "\n" +
      Object.keys(files)
        .map((name) => `${FOLDER}/${name}`)
        .join(", ") +
      "\n",
  );
}

await main();
