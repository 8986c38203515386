// npm run bench:merge: boots the default image once per merge mode and compares what merge-bench saw: a table, the same
// as JSON, and a chart.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { MODES } from "../default-image";
import { projectRoot } from "../root";
import { mergeChart, mergeRows, mergeTable } from "./merge-report";

function main(): void {
  const bench = join(projectRoot, "build/bench");
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "bench:merge [{bar}] {mode}", clearOnComplete: true })
    : undefined;
  bar?.start(MODES.length, 0, { mode: MODES[0] });
  const rows = mergeRows((index, mode) => bar?.update(index, { mode }));
  bar?.stop();
  mkdirSync(bench, { recursive: true });
  writeFileSync(join(bench, "merge.json"), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(bench, "merge.svg"), mergeChart(rows));
  process.stdout.write(mergeTable(rows, true));
  process.stdout.write("\nbuild/bench/merge.json, build/bench/merge.svg\n");
}

main();
