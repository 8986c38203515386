// npm run figures: boots the default image and the merge benchmark, and puts what they print into README.md,
// docs/benchmarks.md and docs/figures. Everything is the guest's own figures, so it changes only when the guest or the clock tables do.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mergeChart, mergeRows, mergeTable, refusalTable } from "../bench/merge-report";
import { measurePolicies } from "../bench/policy-measure";
import { measureVm } from "../bench/vm-measure";
import {
  growthChart,
  growthTable,
  operationTable,
  policyChart,
  policyTable,
  sizeTable,
} from "../bench/vm-report";
import { bootImage } from "../default-image";
import { projectRoot } from "../root";
import { Session } from "../session";
import { hurdFigures } from "./hurd";
import { terminalPicture } from "./terminal";

const README = join(projectRoot, "README.md");
const BENCHMARKS = join(projectRoot, "docs/benchmarks.md");
const HURD = join(projectRoot, "docs/hurd.md");
const FIGURES = join(projectRoot, "docs/figures");
const EXCERPT = ["anonymous-down", "protect-there-and-back", "file-server", "file-random"];

/** Puts `lines` between `<!-- block: NAME -->` and the `<!-- end -->` behind it. */
function replaceBlock(page: string, name: string, lines: readonly string[]): string {
  const start = `<!-- block: ${name} -->`;
  const from = page.indexOf(start);
  const to = page.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0) throw new Error(`no block ${name} in the page`);
  return `${page.slice(0, from)}${start}\n\n${lines.map((line) => `    ${line}`.trimEnd()).join("\n")}\n\n${page.slice(to)}`;
}

/** What somebody types first. */
const COMMANDS = [
  "ls /",
  "vminfo 2 | wc -l",
  "grep -rn NR /usr | tail -3",
  "vminfo 2 | wc -l",
  "ps",
  "vminfo",
  "time find /usr -type f | wc -l",
];

function session(): string[] {
  const shell = new Session();
  const lines = COMMANDS.flatMap((command) => [
    `mach386# ${command}`,
    ...shell.run(command).trimEnd().split("\n"),
  ]);
  return [...lines, "mach386# "];
}

async function main(): Promise<void> {
  const outcome = bootImage("vm.merge=full");
  if (outcome.result.reason !== "exit" || outcome.result.status !== 0) throw new Error(outcome.report());
  const summary = outcome.lines.slice(outcome.lines.findIndex((line) => line.startsWith("summary,")));
  const first = outcome.lines.slice(0, outcome.lines.findIndex((line) => line.includes("random order")) + 4);

  const rows = mergeRows(() => {});
  const vm = measureVm(() => {});
  const policies = await measurePolicies(() => {});
  mkdirSync(FIGURES, { recursive: true });
  const colours = [
    [/^\$/, "#88c0d0"],
    [/^---|^mach386#/, "#ebcb8b"],
    [/^ok|good$|all is well/, "#a3be8c"],
    [/FAIL|BAD/, "#bf616a"],
  ] as const;
  const demonstration = ["$ npm run demo", ...first, "...", ...summary, "$"];
  writeFileSync(
    join(FIGURES, "demo.svg"),
    terminalPicture(demonstration, { title: "npm run demo", colours }),
  );
  writeFileSync(
    join(FIGURES, "start.svg"),
    terminalPicture(["$ npm start", "...", ...session()], { title: "npm start", colours }),
  );
  writeFileSync(join(FIGURES, "merge.svg"), mergeChart(rows));
  writeFileSync(join(FIGURES, "growth.svg"), growthChart(vm.operations));
  writeFileSync(join(FIGURES, "policies.svg"), policyChart(policies));

  const excerpt = mergeTable(
    rows.filter((row) => EXCERPT.includes(row.workload)),
    false,
  );
  let page = readFileSync(README, "utf8");
  page = replaceBlock(page, "demonstration", summary);
  page = replaceBlock(page, "merge", excerpt.trimEnd().split("\n"));
  const hurd = hurdFigures(FIGURES);
  if (hurd) {
    page = replaceBlock(page, "hurd", hurd.table);
    let experiment = replaceBlock(readFileSync(HURD, "utf8"), "hurd", hurd.table);
    if (hurd.causes) experiment = replaceBlock(experiment, "causes", hurd.causes);
    writeFileSync(HURD, experiment);
  } else
    process.stderr.write("figures: the Hurd's experiment stays as it is: npm run bench:hurd measures it\n");
  writeFileSync(README, page);

  const blocks = {
    refusals: refusalTable(rows.filter((row) => row.mode === "series" || row.mode === "full")),
    operations: operationTable(vm.operations),
    growth: growthTable(vm.operations),
    policies: policyTable(policies),
    sizes: sizeTable(vm.sizes),
  };
  let benchmarks = readFileSync(BENCHMARKS, "utf8");
  for (const [name, table] of Object.entries(blocks))
    benchmarks = replaceBlock(benchmarks, name, table.trimEnd().split("\n"));
  writeFileSync(BENCHMARKS, benchmarks);
  process.stdout.write("README.md, docs/benchmarks.md, docs/figures\n");
}

await main();
