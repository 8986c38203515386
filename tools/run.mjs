// Runs a host TypeScript program: node tools/run.mjs tools/build/main.ts [ARGS...]
// Bundles it with esbuild into build/host (npm packages stay outside the bundle) and imports the result.
import { build } from "esbuild";
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Bundles `entry` (relative to the project root) and returns the path of the bundle. */
export async function bundle(entry) {
  const source = resolve(root, entry);
  const name = relative(root, source).replace(/[/\\]/g, "-").replace(/\.ts$/, "");
  const outfile = join(root, "build/host", `${name}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  // Renamed into place, so that a program started at the same time never imports half a file.
  const partial = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [source],
    outfile: partial,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "error",
  });
  renameSync(partial, outfile);
  return outfile;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , entry, ...args] = process.argv;
  if (!entry) {
    process.stderr.write("usage: node tools/run.mjs ENTRY.ts [ARGS...]\n");
    process.exit(64);
  }
  process.argv = [process.argv[0], resolve(root, entry), ...args];
  await import(pathToFileURL(await bundle(entry)).href);
}
