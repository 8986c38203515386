// Makes targets that do not need each other on several processors; the build's own bundle runs in each thread.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker, parentPort } from "node:worker_threads";
import { CompileError } from "../compile";
import { DefsError } from "../mig/parse";
import { BuildCache } from "./cache";
import { allTargets, type Target } from "./targets";

export interface Outcome {
  readonly name: string;
  readonly made?: boolean;
  readonly error?: string;
}

/** Threads beyond this many cost more memory than they save time. */
const mostWorkers = 4;
/** Fewer targets are made without threads, each of which has to load the compiler. */
const fewTargets = 2;

/** Errors in guest sources as they are; anything else is a fault of the tools and keeps its stack. */
export function describe(error: unknown): string {
  if (error instanceof CompileError || error instanceof DefsError) return error.message;
  return `build: ${error instanceof Error ? error.stack : String(error)}`;
}

async function runTarget(target: Target, cache: BuildCache): Promise<Outcome> {
  try {
    return { name: target.name, made: await target.run(cache) };
  } catch (error) {
    return { name: target.name, error: describe(error) };
  }
}

/** In a worker: makes the targets whose names arrive. */
export function serveTargets(): void {
  const targets = new Map(allTargets().map((t) => [t.name, t]));
  parentPort!.on("message", (name: string) => {
    void runTarget(targets.get(name)!, new BuildCache()).then((outcome) => parentPort!.postMessage(outcome));
  });
}

/** Gives a worker one target after the other until none is left. */
function drain(queue: Target[], report: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url));
    const next = () => {
      const target = queue.shift();
      if (target) worker.postMessage(target.name);
      else void worker.terminate().then(() => resolve());
    };
    worker.on("message", (outcome: Outcome) => {
      report(outcome);
      next();
    });
    worker.on("error", reject);
    next();
  });
}

/** Makes targets in any order and reports each. */
export async function runTargets(
  targets: readonly Target[],
  cache: BuildCache,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const workers = Math.min(mostWorkers, availableParallelism(), targets.length);
  if (targets.length <= fewTargets || workers < 2) {
    for (const target of targets) report(await runTarget(target, cache));
    return;
  }
  const queue = [...targets];
  await Promise.all(Array.from({ length: workers }, () => drain(queue, report)));
}
