// npm run build: makes what is out of date. With names of targets (core, kernel, image, programs), only those.
import { SingleBar } from "cli-progress";
import pc from "picocolors";
import { CompileError } from "../compile";
import { BuildCache } from "./cache";
import { allTargets, type Target } from "./targets";

/** A bar on a terminal, from the second second on. */
class Progress {
  private readonly started = Date.now();
  private bar: SingleBar | undefined;

  constructor(private readonly total: number) {}

  step(done: number, name: string): void {
    if (!process.stderr.isTTY || (!this.bar && Date.now() - this.started < 1000)) return;
    if (!this.bar) {
      this.bar = new SingleBar({
        format: "build [{bar}] {value}/{total} {name}",
        clearOnComplete: true,
        hideCursor: true,
      });
      this.bar.start(this.total, done, { name });
    } else this.bar.update(done, { name });
  }

  stop(): void {
    this.bar?.stop();
  }
}

function selected(names: readonly string[]): Target[] {
  const targets = allTargets();
  if (!names.length) return targets;
  const baseName = (t: Target) => t.name.replace(/^.*\//, "").replace(/\.\w+$/, "");
  const wanted = (t: Target) =>
    names.includes(baseName(t)) || (names.includes("image") && t.name.endsWith(".img"));
  for (const name of names) {
    if (!targets.some((t) => baseName(t) === name || (name === "image" && t.name.endsWith(".img")))) {
      throw new CompileError(`no such target: ${name} (there are ${targets.map(baseName).join(", ")})`);
    }
  }
  return targets.filter(wanted);
}

async function build(names: readonly string[]): Promise<void> {
  const targets = selected(names);
  const cache = new BuildCache();
  const progress = new Progress(targets.length);
  const made: string[] = [];
  const errors: string[] = [];
  for (const [i, target] of targets.entries()) {
    progress.step(i, target.name);
    try {
      if (await target.run(cache)) made.push(target.name);
    } catch (error) {
      errors.push(describe(error));
    }
  }
  progress.stop();
  if (process.stderr.isTTY) for (const name of made) process.stderr.write(`${pc.green("made")} ${name}\n`);
  if (errors.length) throw new CompileError([...new Set(errors.flatMap((e) => e.split("\n")))].join("\n"));
}

/** Errors in guest sources as they are; anything else is a fault of the tools and keeps its stack. */
function describe(error: unknown): string {
  if (error instanceof CompileError) return error.message;
  return `build: ${error instanceof Error ? error.stack : String(error)}`;
}

try {
  await build(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}
