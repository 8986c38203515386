// The results of bench:hurd as tables and pictures.
import { USR_SIZES, type UsrSize } from "../image/usr-distribution";
import { timeChart } from "./chart";
import type { HurdResult, Listing } from "./hurd-measure";
import { OPERATIONS } from "./hurd-operations";
import { MODE_COLOURS } from "./merge-report";
import { textTable } from "./table";

const number = (value: number) => Math.round(value).toLocaleString("en-US");

/** What the series' author reports of the Hurd's ext2fs after `grep NR -r /usr`, on two machines and with the series. */
export const SEED_BEFORE = [5810, 18984];
export const SEED_AFTER = 93;

const listingAfter = (result: HurdResult, program: string): Listing | undefined =>
  result.listings.find(({ after }) => after === program);

const peak = (result: HurdResult) =>
  Math.max(...result.samples.map(({ entries }) => entries), ...result.listings.map(({ entries }) => entries));

/** Clocks of an operation, over all windows of a run. */
export function averageCost(result: HurdResult, operation: string): number {
  let calls = 0;
  let cycles = 0;
  for (const { costs } of result.windows) {
    calls += costs[operation]?.calls ?? 0;
    cycles += costs[operation]?.cycles ?? 0;
  }
  return calls === 0 ? 0 : cycles / calls;
}

export function hurdTable(results: readonly HurdResult[], size: UsrSize): string {
  const head = [
    "vm.merge",
    "entries before",
    "after grep",
    "peak",
    "at the end",
    "entries KiB",
    "objects KiB",
    "free pages",
    ...OPERATIONS.map(([name]) => name),
    "instructions",
  ];
  const body = results.map((result) => {
    const first = result.listings[0];
    const end = result.listings.at(-1)!;
    return [
      result.mode,
      number(first.entries),
      number(listingAfter(result, "grep")!.entries),
      number(peak(result)),
      number(end.entries),
      number(end.entryBytes / 1024),
      number(end.objectBytes / 1024),
      number(result.samples.at(-1)?.freePages ?? 0),
      ...OPERATIONS.map(([name]) => number(averageCost(result, name))),
      `${(result.instructions / 1e9).toFixed(2)}e9`,
    ];
  });
  const seed = (name: string, value: string) => [name, "", value, ...head.slice(3).map(() => "")];
  body.push(seed("GNU Mach, 2023", SEED_BEFORE.map(number).join(" and ")));
  body.push(seed("with the series", number(SEED_AFTER)));
  const title =
    `ext2fs on a /usr of ${number(USR_SIZES[size])} files: entries of its map by \`vminfo PID | wc -l\`, ` +
    "clocks (i486) of a page fault\nand of calls on its map without waiting:\n\n";
  return title + textTable(head, body, 1);
}

/** What each cause contributes: entries after grep and at the end. */
export function causeTable(results: readonly HurdResult[]): string {
  const rows = results.map((result) => {
    const what =
      result.plan === "/etc/hurd"
        ? result.words.replace("vm.merge.", "") || "-"
        : result.plan === "/etc/hurd-bounded"
          ? "at most 100 unused nodes"
          : "no object cache";
    const end = result.listings.at(-1)!;
    return [
      result.mode,
      what,
      number(listingAfter(result, "grep")!.entries),
      number(peak(result)),
      number(end.entries),
      number(end.objectBytes / 1024),
      `${(result.instructions / 1e9).toFixed(2)}e9`,
    ];
  });
  const head = ["vm.merge", "with", "after grep", "peak", "at the end", "objects KiB", "instructions"];
  return "The same with one thing changed:\n\n" + textTable(head, rows, 2);
}

const series = (results: readonly HurdResult[]) =>
  results.map(({ mode }) => ({ name: mode, colour: MODE_COLOURS[mode] }));

export function entriesChart(results: readonly HurdResult[], size: UsrSize): string {
  const points = results.flatMap(({ mode, samples }) =>
    samples.map(({ seconds, entries }) => ({ series: mode, x: seconds, y: entries })),
  );
  return timeChart(points, {
    title: `Map entries of ext2fs, /usr of ${number(USR_SIZES[size])} files`,
    subtitle: "grep -r NR /usr, then a load of compiling",
    x: "seconds of guest time",
    logY: true,
    series: series(results),
    rule: { y: SEED_AFTER, label: `GNU Mach with the series: ${SEED_AFTER}` },
  });
}

export function costChart(results: readonly HurdResult[]): string {
  const points = results.flatMap(({ mode, windows }) =>
    windows.flatMap(({ entries, costs }) =>
      OPERATIONS.filter(([name]) => (costs[name]?.calls ?? 0) >= 5).map(([name]) => ({
        panel: name,
        series: mode,
        x: Math.max(entries, 1),
        y: costs[name].cycles / costs[name].calls,
      })),
    ),
  );
  return timeChart(points, {
    title: "Clocks of an operation against entries of the map",
    subtitle: "each dot an average over 20 million clocks",
    x: "entries",
    logX: true,
    logY: true,
    dots: true,
    series: series(results),
  });
}
