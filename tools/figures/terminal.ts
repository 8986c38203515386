// A picture of text in a terminal, as SVG.

const CHARACTER_WIDTH = 7.8;
const LINE_HEIGHT = 18;
const PADDING = 14;
const TITLE_HEIGHT = 28;

export interface TerminalOptions {
  title: string;
  /** Colour of a whole line, by the first pattern that matches. */
  colours?: readonly (readonly [RegExp, string])[];
}

const escape = (text: string) =>
  text.replace(/[&<>]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[one] as string);

export function terminalPicture(lines: readonly string[], options: TerminalOptions): string {
  const columns = Math.max(...lines.map((line) => line.length), options.title.length + 12);
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * PADDING);
  const height = TITLE_HEIGHT + lines.length * LINE_HEIGHT + PADDING;
  const text = lines.map((line, index) => {
    const colour = options.colours?.find(([pattern]) => pattern.test(line))?.[1] ?? "#d8dee9";
    const y = TITLE_HEIGHT + (index + 1) * LINE_HEIGHT - 5;
    return `<text x="${PADDING}" y="${y}" fill="${colour}" xml:space="preserve">${escape(line)}</text>`;
  });
  const buttons = ["#bf616a", "#ebcb8b", "#a3be8c"].map(
    (colour, index) => `<circle cx="${PADDING + 5 + index * 16}" cy="14" r="5" fill="${colour}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#2e3440"/>`,
    ...buttons,
    `<text x="${width / 2}" y="18" fill="#8f99ab" text-anchor="middle">${escape(options.title)}</text>`,
    ...text,
    "</svg>",
    "",
  ].join("\n");
}
