// Runs an example of a page as a newcomer would: a file that imports the project.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../tools/root";

/** Runs TypeScript whose imports start at the project's root; `name` is its file's in build/test. */
export function runExample(name: string, source: string): { stdout: string; stderr: string } {
  const folder = join(projectRoot, "build/test");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source.replaceAll('from "./', `from "${projectRoot}/`));
  return spawnSync(process.execPath, [join(projectRoot, "tools/run.mjs"), file], {
    cwd: projectRoot,
    encoding: "utf8",
  });
}
