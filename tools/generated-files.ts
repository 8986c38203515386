// Generated files that are committed: compared with, and replaced by, what their generator makes now.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./root";

/** Path from the project's root, and contents. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** The files that are missing or differ from what would be generated. */
export function staleFiles(files: GeneratedFiles): string[] {
  return [...files]
    .filter(([path, text]) => {
      const file = join(projectRoot, path);
      return !existsSync(file) || readFileSync(file, "utf8") !== text;
    })
    .map(([path]) => path);
}

/** Writes what is not up to date; returns the paths written. */
export function writeStaleFiles(files: GeneratedFiles): string[] {
  const paths = staleFiles(files);
  for (const path of paths) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), files.get(path)!);
  }
  return paths;
}
