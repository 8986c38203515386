// The characters that a display adapter has in its ROM: code page 437 in cells of 8 by 16, 8 by 14 and 8 by 8 dots. The two
// lower ones come from the tallest by leaving out rows, of letters those that repeat their neighbours.

import { CODE_PAGE_437 } from "./code-page-437";
import { BOX_LINES, DRAWINGS, type Drawing, MARKS, SHADES } from "./font-glyphs";

/** Rows of a cell. */
export const FONT_HEIGHTS = [16, 14, 8] as const;
type FontHeight = (typeof FONT_HEIGHTS)[number];
const HEIGHT = 16;
const CAPITAL_SHIFT = 3;
/** The circle and the bullet on a full cell. */
const INVERSE: Readonly<Record<string, string>> = { "◘": "•", "◙": "○" };

/** The dots of a row in the upper and the lower half. */
const BLOCKS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ "█": [0xff, 0xff], "▄": [0, 0xff], "▀": [0xff, 0], "▌": [0xf0, 0xf0], "▐": [0x0f, 0x0f] },
};
/** Rows that lower cells leave out of box lines, whose strokes stay where they are. */
const DROPPED_OF_LINES: Readonly<Record<FontHeight, readonly number[]>> = {
  16: [],
  14: [1, 14],
  8: [1, 3, 5, 9, 11, 13, 14, 15],
};

/** 256 characters, `height` bytes each, the leftmost dot in bit 7. */
export function font(height: FontHeight): Uint8Array {
  const bytes = new Uint8Array(256 * height);
  [...CODE_PAGE_437].forEach((character, code) => {
    bytes.set(glyph(character, height), code * height);
  });
  return bytes;
}

function glyph(character: string, height: FontHeight): Uint8Array {
  if (character in BOX_LINES) {
    const rows = boxLines(BOX_LINES[character]);
    return rows.filter((_, row) => !DROPPED_OF_LINES[height].includes(row));
  }
  if (character in SHADES) return new Uint8Array(height).map((_, row) => SHADES[character][row & 1]);
  if (character in INVERSE) return glyph(INVERSE[character], height).map((row) => ~row);
  const block = BLOCKS[character];
  if (block) return new Uint8Array(height).map((_, row) => (row < height / 2 ? block[0] : block[1]));
  return squeezed(letterRows(character), height);
}

/** A letter, and the mark above or below it. */
function letterRows(character: string): Uint8Array {
  const rows = new Uint8Array(HEIGHT);
  const [letter, mark] = character.normalize("NFD");
  if (!mark) return draw(rows, DRAWINGS[letter]);
  const isCapital = letter < "a";
  const [top, marked] = MARKS[mark];
  draw(rows, DRAWINGS[letter === "i" ? "ı" : letter]);
  return draw(rows, [isCapital && top < HEIGHT / 2 ? Math.max(0, top - CAPITAL_SHIFT) : top, marked]);
}

function draw(rows: Uint8Array, drawing: Drawing | undefined): Uint8Array {
  const [top, hex] = drawing ?? [0, ""];
  const bytes = hex.replaceAll(" ", "").match(/../g) ?? [];
  bytes.forEach((byte, i) => (rows[top + i] |= parseInt(byte, 16)));
  return rows;
}

const MIDDLE_ROW = 7;
const MIDDLE_COLUMN = 3;

/** Where the strokes of a line are, from its middle: one, or two with a gap. */
const STROKES: readonly (readonly number[])[] = [[], [0], [-1, 1]];

function boxLines(arms: string): Uint8Array {
  const [up, right, down, left] = [...arms].map(Number);
  const rows = new Uint8Array(HEIGHT);
  const dot = (row: number, column: number) => (rows[row] |= 0x80 >> column);
  for (const at of STROKES[up]) {
    const end = MIDDLE_ROW + strokeEnd(at, down > 0, left, right);
    for (let row = 0; row <= end; row++) dot(row, MIDDLE_COLUMN + at);
  }
  for (const at of STROKES[down]) {
    const end = MIDDLE_ROW - strokeEnd(at, up > 0, left, right);
    for (let row = end; row < HEIGHT; row++) dot(row, MIDDLE_COLUMN + at);
  }
  for (const at of STROKES[left]) {
    const end = MIDDLE_COLUMN + strokeEnd(at, right > 0, up, down);
    for (let column = 0; column <= end; column++) dot(MIDDLE_ROW + at, column);
  }
  for (const at of STROKES[right]) {
    const end = MIDDLE_COLUMN - strokeEnd(at, left > 0, up, down);
    for (let column = end; column < 8; column++) dot(MIDDLE_ROW + at, column);
  }
  return rows;
}

/**
 * How far beyond the middle a stroke goes (-1, 0, 1): to the first stroke of the line that it meets on its own side, or, when
 * there is none on that side, to the last stroke of the other one.
 * @param at its side: before (-1) or after (1) the middle, or on it
 * @param goesOn whether there is a line on the other end
 */
function strokeEnd(at: number, goesOn: boolean, before: number, after: number): number {
  const isDouble = (line: number) => line === 2;
  if (at === 0) {
    if (goesOn || !(isDouble(before) || isDouble(after))) return 0;
    return before && after ? -1 : 1;
  }
  const own = at < 0 ? before : after;
  const other = at < 0 ? after : before;
  if (own) return isDouble(own) ? -1 : 0;
  return isDouble(other) ? 1 : 0;
}

/** Parts of a cell: where a letter's mark, ascender, body and descender end, and how many rows each keeps at a height. */
const PARTS: readonly { end: number; kept: Readonly<Record<FontHeight, number>> }[] = [
  { end: 3, kept: { 16: 3, 14: 2, 8: 0 } },
  { end: 6, kept: { 16: 3, 14: 3, 8: 2 } },
  { end: 13, kept: { 16: 7, 14: 7, 8: 5 } },
  { end: 16, kept: { 16: 3, 14: 2, 8: 1 } },
];

function squeezed(rows: Uint8Array, height: FontHeight): Uint8Array {
  let start = 0;
  const kept = PARTS.flatMap(({ end, kept }) => {
    const part = [...rows.subarray(start, end)];
    start = end;
    while (part.length > kept[height]) part.splice(rowToDrop(part), 1);
    return part;
  });
  return Uint8Array.from(kept);
}

/** The row whose loss is seen least: in the longest run of equal rows. */
function rowToDrop(rows: readonly number[]): number {
  let best = 0;
  let longest = 0;
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && rows[end] === rows[start]) end++;
    if (end - start > longest) [best, longest] = [start, end - start];
    start = end;
  }
  return best;
}
