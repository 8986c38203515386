// What the benchmark of system calls and messages shows: table and chart.

import { barChart } from "./chart";
import type { IpcResult } from "./ipc-measure";
import { textTable } from "./table";

const show = (value: number | undefined) => (value === undefined ? "-" : String(Math.round(value)));

/** Instructions first, for they are what the goals are about. */
export function ipcTable(rows: readonly IpcResult[]): string {
  const head = ["operation", "cycles", "instructions", "on QEMU", "goal", "", "reference"];
  const body = rows.map((row) => [
    row.operation,
    show(row.cycles),
    show(row.instructions),
    show(row.qemuInstructions),
    show(row.goal),
    row.goal === undefined ? "" : row.instructions <= row.goal ? "met" : "missed",
    show(row.reference),
  ]);
  return textTable(head, body, 1);
}

const SERIES = [
  { name: "mach386", colour: "#cc3311" },
  { name: "reference", colour: "#999999" },
];

/** The operations that the reference has too. */
export function ipcChart(rows: readonly IpcResult[]): string {
  const bars = rows.flatMap(({ operation, instructions, reference }) =>
    reference === undefined
      ? []
      : [
          { panel: operation, series: "mach386", value: Math.round(instructions) },
          { panel: operation, series: "reference", value: reference },
        ],
  );
  return barChart(bars, {
    title: "System calls and messages",
    subtitle: "instructions for one operation; a repeated string instruction counts once per iteration",
    unit: "instructions",
    series: SERIES,
    log: true,
  });
}
