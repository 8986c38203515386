import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json above ${start}`);
  }
}

/** Absolute path of the project's folder; the same from a source file and from a bundle in build/host. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));
