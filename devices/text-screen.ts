// What a display in text mode shows.

import { CODE_PAGE_437 } from "./code-page-437";

export interface TextRow {
  /** A Unicode character for each column. */
  readonly text: string;
  /** Bits 0-3 the colour of the character, 4-6 of its background, 7 blinking or a bright background. */
  readonly attributes: Uint8Array;
}

export interface TextCursor {
  readonly row: number;
  readonly column: number;
  /** Scan lines of the character cell that it covers. */
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface TextScreen {
  readonly columns: number;
  /** From top to bottom; none while the adapter shows nothing, or graphics. */
  readonly rows: readonly TextRow[];
  /** Absent when it is off or elsewhere. */
  readonly cursor: TextCursor | undefined;
  /** Whether bit 7 of an attribute means blinking. */
  readonly blinks: boolean;
}

/** A row from its cells: the character in the low byte, its attribute above it. */
export function textRow(columns: number, cell: (column: number) => number): TextRow {
  const attributes = new Uint8Array(columns);
  let text = "";
  for (let column = 0; column < columns; column++) {
    const word = cell(column);
    text += CODE_PAGE_437[word & 0xff];
    attributes[column] = word >>> 8;
  }
  return { text, attributes };
}

/** The characters of a screen as lines, without blanks at their ends and empty lines at the end. */
export function screenText(screen: TextScreen): string {
  const lines = screen.rows.map(({ text }) => text.trimEnd());
  return lines.join("\n").trimEnd();
}
