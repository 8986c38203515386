// npm run bench:hurd [-- small|default|large] [--causes] [--only MODE]: the Hurd's experiment. A disk with a generated /usr,
// a file server on it that works as the Hurd's does, `grep -r NR /usr` and a load of compiling; once for each merge mode.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MultiBar, SingleBar } from "cli-progress";
import { Command } from "commander";
import { MODES, type Mode } from "../default-image";
import { writeImageFile } from "../image/image";
import { USR_SIZES, type UsrSize } from "../image/usr-distribution";
import { usrTree } from "../image/usr-tree";
import { projectRoot } from "../root";
import { POLICIES } from "./policy-measure";
import type { HurdOptions, HurdResult } from "./hurd-measure";
import { mapChart } from "./hurd-map";
import { causeTable, costChart, entriesChart, hurdTable } from "./hurd-report";
import type { HurdMessage } from "./hurd-run";

/** How many boots at once. */
const WORKERS = 2;
const SEED = 1;
const MEMORY: Record<UsrSize, number> = { small: 64, default: 768, large: 2048 };
/** Of so many pieces of the run one is measured: the large ones have enough of them. */
const EVERY_WINDOW: Record<UsrSize, number> = { small: 1, default: 20, large: 100 };
/** Programs of the plan /etc/hurd, for progress. */
const STEPS = 7;
/** Modes that are also run with one thing changed. */
const CAUSE_MODES: readonly Mode[] = ["none", "full"];
const FOLDER = join(projectRoot, "build/bench");

/** The disk with /usr, made when the generator is newer than it. */
function usrImage(size: UsrSize): string {
  const path = join(projectRoot, `build/usr-${size}.img`);
  const folder = join(projectRoot, "tools/image");
  const newest = Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
  if (existsSync(path) && statSync(path).mtimeMs > newest) return path;
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: `/usr [{bar}] {value}/{total} files`, clearOnComplete: true })
    : undefined;
  bar?.start(USR_SIZES[size], 0);
  writeImageFile(path, {
    entries: usrTree(SEED, USR_SIZES[size]),
    progress: (inodes, total) => {
      bar?.setTotal(total);
      bar?.update(inodes);
    },
  });
  bar?.stop();
  return path;
}

type Progress = (program: string, entries: number) => void;

function runOne(options: HurdOptions, progress: Progress): Promise<HurdResult> {
  return new Promise((resolve, reject) => {
    const script = [join(projectRoot, "tools/run.mjs"), "tools/bench/hurd-run.ts", JSON.stringify(options)];
    const child = spawn(process.execPath, script, { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    let result: HurdResult | undefined;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as HurdMessage;
      if ("result" in message) result = message.result;
      else progress(message.progress.program, message.progress.entries);
    });
    child.on("close", () => (result ? resolve(result) : reject(new Error(errors || "a boot failed"))));
  });
}

/** All measurements, so many at once, with a bar for each. */
async function runAll(runs: readonly [string, HurdOptions][]): Promise<HurdResult[]> {
  const bars = process.stderr.isTTY
    ? new MultiBar({ format: "{name} [{bar}] {what}", hideCursor: true, clearOnComplete: true })
    : undefined;
  const results: HurdResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runs.length) {
      const index = next++;
      const [name, options] = runs[index];
      const bar = bars?.create(STEPS, 0, { name: name.padEnd(24), what: "" });
      let last = "";
      results[index] = await runOne(options, (program, entries) => {
        if (program !== last) bar?.increment(last ? 1 : 0);
        last = program;
        bar?.update({ what: `${program}, ${entries.toLocaleString("en-US")} entries` });
      });
      bar?.update(STEPS, { what: "done" });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  bars?.stop();
  return results;
}

interface Options {
  causes?: boolean;
  only?: string[];
}

async function bench(size: string, { causes, only }: Options): Promise<void> {
  if (!Object.hasOwn(USR_SIZES, size))
    throw new Error(`${size}: not one of ${Object.keys(USR_SIZES).join(", ")}`);
  const usrSize = size as UsrSize;
  const base = { image: usrImage(usrSize), memoryMiB: MEMORY[usrSize], everyWindow: EVERY_WINDOW[usrSize] };
  const plain = (mode: Mode): [string, HurdOptions] => [mode, { ...base, mode, plan: "/etc/hurd" }];
  const modes = MODES.filter((mode) => !only || only.includes(mode));
  const runs = modes.map(plain);
  if (causes) {
    for (const plan of ["/etc/hurd-bounded", "/etc/hurd-uncached"])
      for (const mode of CAUSE_MODES) runs.push([`${mode}, ${plan.slice(10)}`, { ...base, mode, plan }]);
    for (const [policy] of POLICIES)
      runs.push([
        `full, ${policy}=0`,
        { ...base, mode: "full", plan: "/etc/hurd", words: `vm.merge.${policy}=0` },
      ]);
  }
  const results = await runAll(runs);
  const shown = results.slice(0, modes.length);
  const files = {
    [`hurd-${size}.json`]: JSON.stringify(results) + "\n",
    [`hurd-${size}-entries.svg`]: entriesChart(shown, usrSize),
    [`hurd-${size}-map.svg`]: mapChart(shown, usrSize),
    [`hurd-${size}-costs.svg`]: costChart(shown),
  };
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, name), text);
  process.stdout.write(hurdTable(shown, usrSize) + "\n");
  if (causes) process.stdout.write(causeTable(results) + "\n");
  process.stdout.write(
    Object.keys(files)
      .map((name) => `build/bench/${name}`)
      .join(", ") + "\n",
  );
}

const command = new Command("bench:hurd")
  .argument("[size]", Object.keys(USR_SIZES).join(", "), "default")
  .option(
    "--causes",
    "also with a bounded node cache, without the object cache, and without each policy of mode full",
  )
  .option("--only <modes...>", "of the merge modes")
  .action(bench);

try {
  await command.parseAsync();
} catch (error) {
  process.stderr.write(`bench:hurd: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
