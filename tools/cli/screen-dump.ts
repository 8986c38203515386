// What --screen-dump prints, and a row of it for --screen.

import { type TextRow, type TextScreen, screenText } from "../../devices/text-screen";

/** The terminal's number of a colour: red and blue are the other way round. */
const TERMINAL_COLOURS = [0, 4, 2, 6, 1, 5, 3, 7];
const FOREGROUND = 30;
const BRIGHT_FOREGROUND = 90;
const BACKGROUND = 40;
const BRIGHT_BACKGROUND = 100;
const BLINKING = 5;
const RESET = "\x1b[0m";

/** The text screen as lines; in colour with the whole width of every row. Empty for an empty screen. */
export function screenDump(screen: TextScreen, inColour: boolean): string {
  const text = screenText(screen);
  if (!text) return "";
  if (!inColour) return `${text}\n`;
  return screen.rows.map((row) => `${colouredRow(row, screen.blinks)}\n`).join("");
}

/** A row, cut off at so many columns, with its colours. */
export function colouredRow({ text, attributes }: TextRow, blinks: boolean, columns = Infinity): string {
  const row = [...text]
    .slice(0, columns)
    .map((character, column) => {
      const isNew = column === 0 || attributes[column] !== attributes[column - 1];
      return isNew ? `${sequenceOf(attributes[column], blinks)}${character}` : character;
    })
    .join("");
  return `${row}${RESET}`;
}

/** The escape sequence that selects an attribute. */
function sequenceOf(attribute: number, blinks: boolean): string {
  const base = (bright: boolean, dark: number, light: number) => (bright ? light : dark);
  const hasBit7 = (attribute & 0x80) !== 0;
  const foreground = base((attribute & 8) !== 0, FOREGROUND, BRIGHT_FOREGROUND);
  const background = base(hasBit7 && !blinks, BACKGROUND, BRIGHT_BACKGROUND);
  const codes = [
    0,
    ...(hasBit7 && blinks ? [BLINKING] : []),
    foreground + TERMINAL_COLOURS[attribute & 7],
    background + TERMINAL_COLOURS[(attribute >> 4) & 7],
  ];
  return `\x1b[${codes.join(";")}m`;
}
