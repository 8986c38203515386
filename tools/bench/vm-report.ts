// What the benchmark of calls, faults and merges shows: tables and charts.

import { type Mode, MODES } from "../default-image";
import { barChart, lineChart } from "./chart";
import { MODE_COLOURS } from "./merge-report";
import type { PolicyResult } from "./policy-measure";
import { textTable } from "./table";
import type { SizeResult, VmResult } from "./vm-measure";

const show = (value: number | undefined) => (value === undefined ? "-" : String(Math.round(value)));

/** Each operation by itself: instructions in every mode, cycles in mode full, goal and reference. */
export function operationTable(rows: readonly VmResult[]): string {
  const head = ["operation", ...MODES, "cycles in full", "goal", "", "reference", "merges in full"];
  const body = rows
    .filter((row) => row.entries === undefined)
    .map((row) => [
      row.operation,
      ...MODES.map((mode) => show(row.perMode[mode].instructions)),
      show(row.perMode.full.cycles),
      show(row.goal),
      row.goal === undefined ? "" : row.perMode.full.instructions <= row.goal ? "met" : "missed",
      show(row.reference),
      mergesOf(row, "full"),
    ]);
  return textTable(head, body, 1);
}

function mergesOf(row: VmResult, mode: Mode): string {
  const merges = row.perMode[mode].merges;
  if (!merges) return "";
  const { extended, glued, pagesMoved } = merges;
  const parts = [
    extended ? `${extended} extended` : "",
    glued ? `${glued} glued` : "",
    pagesMoved ? `${pagesMoved} pages moved` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** `region-any-of-1000` is the operation `region-any-of` with 1000 entries. */
const kind = (row: VmResult) => row.operation.replace(/-\d+$/, "");

/** Operations in maps of more and more entries: instructions for one. */
export function growthTable(rows: readonly VmResult[]): string {
  const many = rows.filter((row) => row.entries !== undefined);
  const sizes = [...new Set(many.map((row) => row.entries!))];
  const kinds = [...new Set(many.map(kind))];
  const head = [
    "operation",
    "mode",
    ...sizes.map((size) => size.toLocaleString("en-US")),
    "goal",
    "reference",
  ];
  const body = kinds.flatMap((name) => {
    const found = sizes.map((size) => many.find((row) => kind(row) === name && row.entries === size)!);
    const of10000 = found.find((row) => row.entries === 10000)!;
    return MODES.map((mode, index) => [
      index === 0 ? name : "",
      mode,
      ...found.map((row) => show(row.perMode[mode].instructions)),
      index === 0 ? show(of10000.goal) : "",
      index === 0 ? show(of10000.reference) : "",
    ]);
  });
  return textTable(head, body, 2);
}

/** Operations of growthTable that have a panel in the chart. */
const PANELS = ["region-any-of", "allocate+deallocate-beside", "protect-page-of", "fault-in"];

export function growthChart(rows: readonly VmResult[]): string {
  const points = PANELS.flatMap((name) =>
    rows
      .filter((row) => row.entries !== undefined && kind(row) === name)
      .flatMap((row) =>
        MODES.map((mode) => ({ panel: name, series: mode, x: row.entries!, y: row.perMode[mode].cycles })),
      ),
  );
  return lineChart(points, {
    title: "Cost against the number of map entries",
    subtitle: "clocks of the i486 model for one operation",
    x: "entries",
    series: MODES.map((name) => ({ name, colour: MODE_COLOURS[name] })),
  });
}

export function policyTable(rows: readonly PolicyResult[]): string {
  const head = ["full without", "entries", "peak", "Mcycles", "scenarios", "most felt in"];
  const body = rows.map((row) => [
    row.without,
    show(row.entriesEnd),
    show(row.entriesPeak),
    (row.cycles / 1e6).toFixed(2),
    show(row.scenarios),
    row.worst ? `${row.worst.workload}: ${row.worst.entriesPeak} for ${row.worst.before}` : "",
  ]);
  return textTable(head, body, 1);
}

export function policyChart(rows: readonly PolicyResult[]): string {
  const bars = rows.map((row) => ({ panel: "", series: row.without, value: row.entriesPeak }));
  return barChart(bars, {
    title: "What each policy of mode full is worth",
    subtitle: "map entries at the peaks of all workloads without it; none: with all of them",
    unit: "entries",
    series: rows.map((row, index) => ({
      name: row.without,
      colour: index === 0 ? MODE_COLOURS.series : MODE_COLOURS.full,
    })),
  });
}

export function sizeTable(sizes: readonly SizeResult[]): string {
  return textTable(
    ["structure", "bytes", "reference"],
    sizes.map(({ structure, bytes, reference }) => [structure, show(bytes), show(reference)]),
    1,
  );
}
