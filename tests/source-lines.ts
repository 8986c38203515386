import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../tools/root";

/** The number of the first line of a source that holds a text. */
export function lineOf(file: string, text: string): number {
  const index = readFileSync(join(projectRoot, file), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`${file} has no ${text}`);
  return index + 1;
}
