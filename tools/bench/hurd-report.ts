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
    y: "entries",
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
    y: "clocks",
    logX: true,
    logY: true,
    dots: true,
    series: series(results),
  });
}

const MAP_WIDTH = 960;
const MAP_LEFT = 90;
const ROW = 34;
const PROTECTION_COLOURS: Record<string, string> = {
  "rw-": "#9ecae1",
  "r-x": "#a1d99b",
  "r--": "#c7e9c0",
  rwx: "#fdd0a2",
  "---": "#eeeeee",
};

/** The maps before and after, each a strip of the address space from the program's start to the last mapping below the stack. */
export function mapChart(results: readonly HurdResult[], size: UsrSize): string {
  const strips = results.flatMap((result) =>
    result.listings
      .filter((_, index) => index === 0 || index === result.listings.length - 1)
      .map((listing, index) => ({ name: `${result.mode}, ${index === 0 ? "before" : "after"}`, listing })),
  );
  const below = (listing: Listing) => listing.map.filter(([address]) => address < 0xb0000000);
  const starts = strips.map(({ listing }) => below(listing)[0][0]);
  const ends = strips
    .map(({ listing }) => below(listing).at(-1)!)
    .map(([address, length]) => address + length);
  const low = Math.min(...starts);
  const span = Math.max(...ends) - low;
  const place = (address: number) => MAP_LEFT + ((address - low) / span) * (MAP_WIDTH - MAP_LEFT - 90);
  const parts: string[] = [];
  strips.forEach(({ name, listing }, row) => {
    const y = 40 + row * ROW;
    parts.push(`<text x="4" y="${y + 15}">${name}</text>`);
    let drawn = -1;
    for (const [address, length, protection] of below(listing)) {
      const x = place(address);
      const width = Math.max(place(address + length) - x, 0.2);
      parts.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="22" fill="${PROTECTION_COLOURS[protection] ?? "#dddddd"}"/>`,
      );
      // A line for each entry's start, as far as they can be told apart.
      if (x - drawn < 0.4) continue;
      drawn = x;
      parts.push(`<path d="M${x.toFixed(1)} ${y}v22" stroke="black" stroke-width="0.3"/>`);
    }
    parts.push(`<text x="${MAP_WIDTH - 84}" y="${y + 15}">${number(listing.entries)} entries</text>`);
  });
  const height = 48 + strips.length * ROW;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${MAP_WIDTH}" height="${height}" viewBox="0 0 ${MAP_WIDTH} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>` +
    `<text x="8" y="18" font-size="14" font-weight="600">The map of ext2fs, /usr of ${number(USR_SIZES[size])} files - ` +
    `a line where an entry begins</text>${merged(parts).join("")}</svg>\n`
  );
}

/** Thousands of rectangles of one colour side by side are one. */
function merged(parts: readonly string[]): string[] {
  const kept: string[] = [];
  const shape = /^<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)" height="22" fill="(.*)"\/>$/;
  let open: { x: number; y: string; end: number; fill: string } | undefined;
  const lines: string[] = [];
  const flush = () => {
    if (open)
      kept.push(
        `<rect x="${open.x.toFixed(1)}" y="${open.y}" width="${(open.end - open.x).toFixed(1)}" height="22" fill="${open.fill}"/>`,
      );
    open = undefined;
    kept.push(...lines.splice(0));
  };
  for (const part of parts) {
    const match = shape.exec(part);
    if (!match) {
      lines.push(part);
      if (part.startsWith("<text")) flush();
      continue;
    }
    const [x, width] = [Number(match[1]), Number(match[3])];
    if (open && open.y === match[2] && open.fill === match[4] && x - open.end < 0.3) open.end = x + width;
    else {
      flush();
      open = { x, y: match[2], end: x + width, fill: match[4] };
    }
  }
  flush();
  return kept;
}
