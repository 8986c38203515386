// npm run figures: boots the default image and the merge benchmark, and puts what they print into README.md and
// docs/figures. Everything is the guest's own figures, so it changes only when the guest or the clock tables do.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mergeChart, mergeRows, mergeTable } from "../bench/merge-report";
import { bootImage } from "../default-image";
import { projectRoot } from "../root";
import { terminalPicture } from "./terminal";

const README = join(projectRoot, "README.md");
const FIGURES = join(projectRoot, "docs/figures");
const EXCERPT = ["anonymous-down", "protect-there-and-back", "file-server", "file-random"];

/** Puts `lines` between `<!-- block: NAME -->` and the `<!-- end -->` behind it. */
function replaceBlock(page: string, name: string, lines: readonly string[]): string {
  const start = `<!-- block: ${name} -->`;
  const from = page.indexOf(start);
  const to = page.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0) throw new Error(`README.md has no block ${name}`);
  return `${page.slice(0, from)}${start}\n\n${lines.map((line) => `    ${line}`.trimEnd()).join("\n")}\n\n${page.slice(to)}`;
}

function main(): void {
  const outcome = bootImage("vm.merge=full");
  if (outcome.result.reason !== "exit" || outcome.result.status !== 0) throw new Error(outcome.report());
  const summary = outcome.lines.slice(outcome.lines.findIndex((line) => line.startsWith("summary,")));
  const first = outcome.lines.slice(0, outcome.lines.findIndex((line) => line.includes("random order")) + 4);

  const rows = mergeRows(() => {});
  mkdirSync(FIGURES, { recursive: true });
  const picture = ["$ npm start", ...first, "...", ...summary, "$"];
  writeFileSync(
    join(FIGURES, "start.svg"),
    terminalPicture(picture, {
      title: "npm start",
      colours: [
        [/^\$/, "#88c0d0"],
        [/^---/, "#ebcb8b"],
        [/^ok|good$|all is well/, "#a3be8c"],
        [/FAIL|BAD/, "#bf616a"],
      ],
    }),
  );
  writeFileSync(join(FIGURES, "merge.svg"), mergeChart(rows));

  const excerpt = mergeTable(
    rows.filter((row) => EXCERPT.includes(row.workload)),
    false,
  );
  let page = readFileSync(README, "utf8");
  page = replaceBlock(page, "demonstration", summary);
  page = replaceBlock(page, "merge", excerpt.trimEnd().split("\n"));
  writeFileSync(README, page);
  process.stdout.write("README.md, docs/figures/start.svg, docs/figures/merge.svg\n");
}

main();
