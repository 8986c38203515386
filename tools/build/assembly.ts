// Loads assembler modules (*.asm.ts) at run time, bundled the way tools/run.mjs bundles programs.
import { build } from "esbuild";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { AssemblyRoutine } from "../asm";
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

export interface LoadedAssembly {
  readonly routines: Readonly<Record<string, AssemblyRoutine>>;
  /** Files that the routines come from. */
  readonly inputs: readonly string[];
}

/** Imports the default exports of some modules; `name` is of the bundle. */
export async function loadAssembly(files: readonly string[], name: string): Promise<LoadedAssembly> {
  if (!files.length) return { routines: {}, inputs: [] };
  const outfile = join(projectRoot, "build/host", `${name}-assembly-${process.pid}-${Date.now()}.mjs`);
  const contents = files.map((f, i) => `export { default as routine${i} } from "./${f}";`).join("\n");
  const { metafile } = await build({
    stdin: { contents, resolveDir: projectRoot, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    metafile: true,
    logLevel: "silent",
    absWorkingDir: projectRoot,
  });
  const module = (await import(pathToFileURL(outfile).href)) as Record<string, AssemblyRoutine>;
  const { unlinkSync } = await import("node:fs");
  unlinkSync(outfile);
  const inputs = Object.keys(metafile.inputs)
    .filter((p) => p !== "<stdin>")
    .map((p) => relative(projectRoot, join(projectRoot, p)));
  return { routines: Object.fromEntries(files.map((f, i) => [f, module[`routine${i}`]])), inputs };
}
