// npm run build: makes what is out of date. With names of targets (core, kernel, mach386, init ...), only those.
import { isMainThread } from "node:worker_threads";
import pc from "picocolors";
import { CompileError } from "../compile";
import { BuildCache, removeLeftovers } from "./cache";
import { Progress } from "./progress";
import { allTargets, type Target } from "./targets";
import { describe, runTargets, serveTargets } from "./workers";

const baseName = (t: Target) => t.name.replace(/^.*\//, "").replace(/\.\w+$/, "");

function selected(names: readonly string[]): Target[] {
  const targets = allTargets();
  for (const name of names) {
    if (!targets.some((t) => baseName(t) === name)) {
      throw new CompileError(`no such target: ${name} (there are ${targets.map(baseName).join(", ")})`);
    }
  }
  return names.length ? targets.filter((t) => names.includes(baseName(t))) : targets;
}

async function build(names: readonly string[]): Promise<void> {
  const targets = selected(names);
  const progress = new Progress(targets.length);
  const made: string[] = [];
  const errors: string[] = [];
  for (const stage of [0, 1, 2]) {
    const cache = new BuildCache();
    const outdated = targets.filter((t) => t.stage === stage && !t.isFresh(cache));
    progress.skip(targets.filter((t) => t.stage === stage).length - outdated.length);
    await runTargets(outdated, cache, (outcome) => {
      progress.step(outcome.name);
      if (outcome.error) errors.push(outcome.error);
      else if (outcome.made) made.push(outcome.name);
    });
    // A message stub or program that is missing makes later errors meaningless.
    if (errors.length) break;
  }
  progress.stop();
  if (process.stderr.isTTY) for (const name of made) process.stderr.write(`${pc.green("made")} ${name}\n`);
  if (errors.length) throw new CompileError([...new Set(errors.flatMap((e) => e.split("\n")))].join("\n"));
}

if (isMainThread) {
  try {
    removeLeftovers();
    await build(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
} else serveTargets();
