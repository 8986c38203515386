// The Hurd's experiment for README.md and docs/hurd.md, from what `npm run bench:hurd` has measured last.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HurdResult } from "../bench/hurd-measure";
import { mapChart } from "../bench/hurd-map";
import { causeTable, costChart, entriesChart, hurdTable } from "../bench/hurd-report";
import { projectRoot } from "../root";

const RESULTS = join(projectRoot, "build/bench/hurd-default.json");

export interface HurdFigures {
  table: string[];
  causes: string[] | undefined;
}

/** Writes the pictures to `folder`. The tables, or undefined: nothing has been measured. */
export function hurdFigures(folder: string): HurdFigures | undefined {
  if (!existsSync(RESULTS)) return undefined;
  const results = JSON.parse(readFileSync(RESULTS, "utf8")) as HurdResult[];
  const plain = results.filter(({ plan, words }) => plan === "/etc/hurd" && words === "");
  const pictures = {
    "hurd-entries.svg": entriesChart(plain, "default"),
    "hurd-map.svg": mapChart(plain, "default"),
    "hurd-costs.svg": costChart(plain),
  };
  for (const [name, text] of Object.entries(pictures)) writeFileSync(join(folder, name), text);
  const lines = (text: string) => text.trimEnd().split("\n").slice(2);
  const afterTitle = (text: string) => lines(text).slice(lines(text)[0] === "" ? 1 : 0);
  return {
    table: afterTitle(hurdTable(plain, "default")),
    causes: results.length > plain.length ? afterTitle(causeTable(results)) : undefined,
  };
}
