// npm run bench:merge: boots the default image once per merge mode and compares what merge-bench saw: a table, the same
// as JSON, and a chart.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { projectRoot } from "../root";
import { barChart } from "./chart";
import { type MergeResult, type Mode, MODES, OPERATIONS, measureMode } from "./merge-measure";
import { textTable } from "./table";

/** Rows of one workload stand together, in the order of the modes. */
function byWorkload(rows: readonly MergeResult[]): MergeResult[] {
  const names = [...new Set(rows.map((row) => row.workload))];
  return names.flatMap((name) => rows.filter((row) => row.workload === name));
}

function table(rows: readonly MergeResult[]): string {
  const head = ["workload", "mode", "entries", "peak", "bytes"];
  for (const operation of OPERATIONS) head.push(`${operation} cyc`, "ins");
  const show = (value: number | undefined) => (value === undefined ? "-" : String(Math.round(value)));
  const body = rows.map((row, index) => [
    rows[index - 1]?.workload === row.workload ? "" : row.workload,
    row.mode,
    String(row.entriesEnd),
    String(row.entriesPeak),
    String(row.entryBytes),
    ...OPERATIONS.flatMap((one) => [show(row.cyclesPerOp[one]), show(row.instructionsPerOp[one])]),
  ]);
  return textTable(head, body, 2);
}

const COLOURS: Record<Mode, string> = {
  none: "#999999",
  backward: "#4477aa",
  series: "#228833",
  full: "#cc3311",
};

function chart(rows: readonly MergeResult[]): string {
  const bars = rows.map((row) => ({ panel: row.workload, series: row.mode, value: row.entriesPeak }));
  return barChart(bars, {
    title: "Map entries",
    subtitle: "at the peak of each workload, per vm.merge mode",
    unit: "entries",
    series: MODES.map((name) => ({ name, colour: COLOURS[name] })),
    log: true,
  });
}

function main(): void {
  const build = join(projectRoot, "build");
  const image = readFileSync(join(build, "mach386.img"));
  const program = readFileSync(join(build, "userland/merge-bench.elf"));
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "bench:merge [{bar}] {mode}", clearOnComplete: true })
    : undefined;
  bar?.start(MODES.length, 0, { mode: MODES[0] });
  const rows = byWorkload(
    MODES.flatMap((mode, index) => {
      bar?.update(index, { mode });
      return measureMode(image, program, mode);
    }),
  );
  bar?.stop();
  mkdirSync(join(build, "bench"), { recursive: true });
  writeFileSync(join(build, "bench/merge.json"), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(build, "bench/merge.svg"), chart(rows));
  process.stdout.write(table(rows));
  process.stdout.write("\nbuild/bench/merge.json, build/bench/merge.svg\n");
}

main();
