// What the merge benchmark shows: rows, table, chart.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Mode, MODES } from "../default-image";
import { projectRoot } from "../root";
import { barChart } from "./chart";
import { type MergeResult, OPERATIONS, measureMode } from "./merge-measure";
import { textTable } from "./table";

/** Measures every mode; `before` is called with each one's number and name. */
export function mergeRows(before: (index: number, mode: Mode) => void): MergeResult[] {
  const program = new Uint8Array(readFileSync(join(projectRoot, "build/userland/merge-bench.elf")));
  return byWorkload(
    MODES.flatMap((mode, index) => {
      before(index, mode);
      return measureMode(program, mode);
    }),
  );
}

/** Rows of one workload stand together, in the order of the modes. */
function byWorkload(rows: readonly MergeResult[]): MergeResult[] {
  const names = [...new Set(rows.map((row) => row.workload))];
  return names.flatMap((name) => rows.filter((row) => row.workload === name));
}

/** The table; with or without the instructions beside the cycles. */
export function mergeTable(rows: readonly MergeResult[], instructions: boolean): string {
  const head = ["workload", "mode", "entries", "fewest", "peak", "bytes"];
  for (const operation of OPERATIONS) head.push(`${operation} cyc`, ...(instructions ? ["ins"] : []));
  const show = (value: number | undefined) => (value === undefined ? "-" : String(Math.round(value)));
  const body = rows.map((row, index) => [
    rows[index - 1]?.workload === row.workload ? "" : row.workload,
    row.mode,
    String(row.entriesEnd),
    String(row.entriesFewest),
    String(row.entriesPeak),
    String(row.entryBytes),
    ...OPERATIONS.flatMap((one) => [
      show(row.cyclesPerOp[one]),
      ...(instructions ? [show(row.instructionsPerOp[one])] : []),
    ]),
  ]);
  return textTable(head, body, 2);
}

/** Where more entries are left than would do: what kept neighbours apart, and how often it was found so. */
export function refusalTable(rows: readonly MergeResult[]): string {
  const body = rows
    .filter((row) => row.entriesEnd > row.entriesFewest && Object.keys(row.refused).length > 0)
    .map((row) => [
      row.workload,
      row.mode,
      Object.entries(row.refused)
        .sort(([, a], [, b]) => b - a)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(", "),
      String(row.entriesEnd - row.entriesFewest),
    ]);
  return textTable(["workload", "mode", "not joined because", "too many"], body, 3);
}

export const MODE_COLOURS: Readonly<Record<Mode, string>> = {
  none: "#999999",
  backward: "#4477aa",
  series: "#228833",
  full: "#cc3311",
};

export function mergeChart(rows: readonly MergeResult[]): string {
  const bars = rows.map((row) => ({ panel: row.workload, series: row.mode, value: row.entriesPeak }));
  return barChart(bars, {
    title: "Map entries",
    subtitle: "at the peak of each workload, per vm.merge mode",
    unit: "entries",
    series: MODES.map((name) => ({ name, colour: MODE_COLOURS[name] })),
    log: true,
  });
}
