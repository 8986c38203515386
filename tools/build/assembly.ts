// Loads assembler modules (*.asm.ts) at run time, bundled the way tools/run.mjs bundles programs.
import { build, type BuildFailure, type BuildResult } from "esbuild";
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { AssemblyRoutine } from "../asm";
import { CompileError } from "../compile";
import { projectRoot } from "../root";

export interface LoadedAssembly {
  readonly routines: Readonly<Record<string, AssemblyRoutine>>;
  /** Files that the routines come from. */
  readonly inputs: readonly string[];
}

/** @throws CompileError with a line for each of esbuild's errors. */
async function bundle(files: readonly string[], outfile: string): Promise<BuildResult<{ metafile: true }>> {
  const contents = files.map((f, i) => `export { default as routine${i} } from "./${f}";`).join("\n");
  try {
    return await build({
      stdin: { contents, resolveDir: projectRoot, loader: "ts" },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      packages: "external",
      sourcemap: "inline",
      metafile: true,
      logLevel: "silent",
      absWorkingDir: projectRoot,
    });
  } catch (error) {
    const lines = (error as BuildFailure).errors.map(({ location: at, text }) =>
      at ? `${at.file}:${at.line}:${at.column + 1}: ${text}` : `${files[0]}:1:1: ${text}`,
    );
    throw new CompileError(lines.join("\n"));
  }
}

/** Imports the default exports of some modules; `name` is of the bundle. */
export async function loadAssembly(files: readonly string[], name: string): Promise<LoadedAssembly> {
  if (!files.length) return { routines: {}, inputs: [] };
  const outfile = join(projectRoot, "build/host", `${name}-assembly-${process.pid}-${Date.now()}.mjs`);
  try {
    const { metafile } = await bundle(files, outfile);
    // Errors in routines name the line of the source.
    process.setSourceMapsEnabled(true);
    const module = (await import(pathToFileURL(outfile).href)) as Record<string, AssemblyRoutine>;
    const inputs = Object.keys(metafile.inputs)
      .filter((p) => p !== "<stdin>")
      .map((p) => relative(projectRoot, join(projectRoot, p)));
    return { routines: Object.fromEntries(files.map((f, i) => [f, module[`routine${i}`]])), inputs };
  } finally {
    rmSync(outfile, { force: true });
  }
}
