// The map of the file server as a picture.
import { USR_SIZES, type UsrSize } from "../image/usr-distribution";
import type { HurdResult, Listing } from "./hurd-measure";

const WIDTH = 960;
const LEFT = 110;
const RIGHT = 100;
const ROW = 34;
const STRIP = 22;
/** The stack is above this, and not drawn. */
const TOP = 0xb0000000;
/** Address space that no map uses is left out where it is longer than this. */
const GAP = 128 * 1024;
/** Lines nearer than this to the one before cannot be told apart. */
const LEAST_STEP = 0.4;
const COLOURS: Record<string, string> = {
  "rw-": "#9ecae1",
  "r-x": "#a1d99b",
  "r--": "#c7e9c0",
  rwx: "#fdd0a2",
};

interface Strip {
  name: string;
  listing: Listing;
  /** Start, end and protection of what can be used. */
  ranges: [number, number, string][];
}

function stripOf(name: string, listing: Listing): Strip {
  const ranges = listing.map
    .filter(([address, , protection]) => address < TOP && protection !== "---")
    .map(([address, length, protection]): [number, number, string] => [
      address,
      address + length,
      protection,
    ]);
  return { name, listing, ranges };
}

/** Where an address is drawn: one piece of the axis for each part of the address space that some map uses. */
function axis(strips: readonly Strip[]): (address: number) => number {
  const pieces: [number, number][] = [];
  const all = strips.flatMap(({ ranges }) => ranges).sort((a, b) => a[0] - b[0]);
  for (const [start, end] of all) {
    const last = pieces.at(-1);
    if (last && start - last[1] < GAP) last[1] = Math.max(last[1], end);
    else pieces.push([start, end]);
  }
  const gap = 6;
  const total = pieces.reduce((sum, [start, end]) => sum + end - start, 0);
  const scale = (WIDTH - LEFT - RIGHT - gap * (pieces.length - 1)) / total;
  return (address) => {
    let x = LEFT;
    for (const [start, end] of pieces) {
      if (address <= end) return x + Math.max(address - start, 0) * scale;
      x += (end - start) * scale + gap;
    }
    return x;
  };
}

const rectangle = (x: number, y: number, end: number, fill: string) =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(end - x, 0.2).toFixed(1)}" height="${STRIP}" fill="${fill}"/>`;

function drawStrip(
  { name, listing, ranges }: Strip,
  y: number,
  place: (address: number) => number,
): string[] {
  const parts: string[] = [];
  const lines: string[] = [];
  let open: { x: number; end: number; fill: string } | undefined;
  let drawn = -1;
  for (const [start, end, protection] of ranges) {
    const x = place(start);
    const fill = COLOURS[protection] ?? "#dddddd";
    if (open && open.fill === fill && x - open.end < 0.3) open.end = place(end);
    else {
      if (open) parts.push(rectangle(open.x, y, open.end, open.fill));
      open = { x, end: place(end), fill };
    }
    if (x - drawn < LEAST_STEP) continue;
    drawn = x;
    lines.push(`M${x.toFixed(1)} ${y}v${STRIP}`);
  }
  if (open) parts.push(rectangle(open.x, y, open.end, open.fill));
  parts.push(`<path d="${lines.join("")}" stroke="black" stroke-width="0.3"/>`);
  const count = listing.entries.toLocaleString("en-US");
  parts.push(`<text x="8" y="${y + 15}">${name}</text>`);
  parts.push(`<text x="${WIDTH - RIGHT + 6}" y="${y + 15}">${count} entries</text>`);
  return parts;
}

/** The maps before and after, each a strip of the address space below the stack; what is reserved without access is left out. */
export function mapChart(results: readonly HurdResult[], size: UsrSize): string {
  const strips = results.flatMap(({ mode, listings }) => [
    stripOf(`${mode}, before`, listings[0]),
    stripOf(`${mode}, after`, listings.at(-1)!),
  ]);
  const place = axis(strips);
  const height = 48 + strips.length * ROW;
  const title = `The map of ext2fs, /usr of ${USR_SIZES[size].toLocaleString("en-US")} files - a line where an entry begins`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`,
    ` font-family="system-ui, sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>`,
    `<text x="8" y="18" font-size="14" font-weight="600">${title}</text>`,
    ...strips.flatMap((strip, row) => drawStrip(strip, 40 + row * ROW, place)),
    "</svg>\n",
  ].join("");
}
