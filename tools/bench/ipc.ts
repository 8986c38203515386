// npm run bench:ipc: runs ipc-bench here and on QEMU: a table, the same as JSON, and a chart.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { qemuInstalled } from "../../tests/qemu/qemu";
import { projectRoot } from "../root";
import { measureIpc, measureOnQemu } from "./ipc-measure";
import { ipcChart, ipcTable } from "./ipc-report";

const OPERATIONS = 13;

async function main(): Promise<void> {
  const bench = join(projectRoot, "build/bench");
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "bench:ipc [{bar}] {where}", clearOnComplete: true })
    : undefined;
  bar?.start(OPERATIONS, 0, { where: "mach386" });
  const rows = measureIpc((operation) => bar?.update(operation));
  if (qemuInstalled) {
    bar?.update({ where: "QEMU" });
    const counts = await measureOnQemu();
    for (const row of rows) row.qemuInstructions = counts.get(row.operation);
  }
  bar?.stop();
  mkdirSync(bench, { recursive: true });
  writeFileSync(join(bench, "ipc.json"), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(bench, "ipc.svg"), ipcChart(rows));
  process.stdout.write(ipcTable(rows));
  process.stdout.write(
    `\nbuild/bench/ipc.json, build/bench/ipc.svg${qemuInstalled ? "" : " (no QEMU here)"}\n`,
  );
}

await main();
