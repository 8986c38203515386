#!/usr/bin/env node
// node run-machine.js [boot] [IMAGE] [options]: see --help. Builds the emulator when its sources are newer than it.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const bundlePath = join(root, "build/host/tools-cli-main.mjs");
const corePath = join(root, "build/core.wasm");
const sourceFolders = ["abi", "cpu", "mmu", "devices", "machine", "tools/cli"];
const PATIENCE_MILLISECONDS = 1000;
/** As in tools/cli/status.ts. */
const INTERNAL_ERROR = 70;

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isFresh() {
  const built = timeOf(bundlePath);
  if (built === 0 || timeOf(corePath) === 0) return false;
  const files = sourceFolders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)),
  );
  return files.every((file) => !file.endsWith(".ts") || file.endsWith(".spec.ts") || timeOf(file) < built);
}

async function rebuild() {
  const notice = setTimeout(() => {
    if (process.stderr.isTTY) process.stderr.write("run-machine: building the emulator...\n");
  }, PATIENCE_MILLISECONDS);
  const { bundle } = await import("./tools/run.mjs");
  const { buildCore } = await import(pathToFileURL(await bundle("cpu/core-build.ts")).href);
  await buildCore();
  // Last, because its time stands for all.
  await bundle("tools/cli/main.ts");
  clearTimeout(notice);
}

try {
  if (!isFresh()) await rebuild();
  const { main } = await import(pathToFileURL(bundlePath).href);
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`run-machine: cannot build the emulator: ${error.message}\n`);
  process.exitCode = INTERNAL_ERROR;
}
