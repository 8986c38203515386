// Which sources there are.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";

/** Names of a folder's files that end in `suffix`, from the project's root, sorted; none when it is missing. */
export function filesIn(folder: string, suffix: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(projectRoot, folder));
  } catch {
    return [];
  }
  return names
    .filter((n) => n.endsWith(suffix))
    .sort()
    .map((n) => `${folder}/${n}`);
}

/** Names of the userland's programs. */
export function programNames(): string[] {
  return filesIn("userland/programs", ".ts")
    .filter((f) => !f.endsWith(".spec.ts"))
    .map((f) => f.slice(f.lastIndexOf("/") + 1, -".ts".length));
}
