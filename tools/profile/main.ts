// Where the kernel's instructions go: node tools/run.mjs tools/profile/main.ts --plan /etc/bench --mode full
// Boots the default image and prints a line per kernel function. See docs/benchmarks.md.

import { CPU_MODELS } from "../../cpu/models";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { CpuModel } from "../../cpu/cpu";
import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { readLines } from "../../machine/lines";
import { readSymbols } from "../../machine/symbols";
import { OPERATIONS, type Operation } from "../bench/merge-measure";
import { textTable } from "../bench/table";
import { imageDisk, MODES, type Mode, withWords } from "../default-image";
import { projectRoot } from "../root";
import { Profiler } from "./profiler";

const MEMORY = 128 << 20;
const CYCLE_LIMIT = 20e9;

interface Options {
  mode: Mode;
  plan?: string;
  cpu: CpuModel;
  operation?: Operation;
  workload?: number;
  section?: number;
  rows: number;
  lines: boolean;
}

/** A plan of sections runs the program that it is named after. */
const planOf = ({ plan, section }: Options): string =>
  plan ?? (section === undefined ? "/etc/bench" : "/etc/ipc-bench");

/** Lets the profiler count only between bench_begin and bench_end of the chosen operation. */
class Gate {
  /** Operations that were counted. */
  passed = 0;
  private readonly begin: number;
  private readonly end: number;
  private open = 0;

  constructor(
    private readonly machine: Machine,
    private readonly profiler: Profiler,
    private readonly options: Options,
  ) {
    const name = options.section === undefined ? "merge-bench" : basename(planOf(options));
    const program = readFileSync(join(projectRoot, `build/userland/${name}.elf`));
    const symbols = new Map(readSymbols(new Uint8Array(program)).map(({ name, address }) => [name, address]));
    this.begin = symbols.get("bench_begin")!;
    this.end = symbols.get("bench_end")!;
    machine.addBreakpoint(this.begin);
    machine.addBreakpoint(this.end);
    profiler.enabled = false;
  }

  hit(address: number): void {
    const bytes = this.machine.cpu.readLinear((this.machine.cpu.registers.esp + 4) >>> 0, 4);
    const code = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    if (address === this.end && code === this.open) {
      this.profiler.enabled = false;
      this.open = 0;
      this.passed += this.options.section === undefined ? 1 : code >> 8;
    } else if (address === this.begin && this.chosen(code)) {
      this.open = code;
      this.profiler.enabled = true;
    }
  }

  private chosen(code: number): boolean {
    const { operation, workload, section } = this.options;
    // A section's code says how often it repeats an operation, merge-bench in which workload it is.
    if (section !== undefined) return (code & 0xff) === section && code >> 8 > 0 && code >> 8 < 1 << 16;
    return (
      (code & 0xff) === OPERATIONS.indexOf(operation!) + 1 &&
      code >> 8 >= 1 &&
      (workload === undefined || code >> 8 === workload)
    );
  }
}

function profile(options: Options): { profiler: Profiler; operations: number | undefined } {
  const disk = imageDisk();
  const machine = new Machine({ memory: MEMORY, disks: [disk], cpu: options.cpu });
  const boot = readBootDisk(disk, MEMORY);
  const words = `vm.merge=${options.mode} init.plan=${planOf(options)}`;
  loadMultiboot(machine, { ...boot, commandLine: withWords(boot.commandLine, words) });
  const profiler = new Profiler(machine, readSymbols(boot.kernel), readLines(boot.kernel));
  const gate =
    options.operation === undefined && options.section === undefined
      ? undefined
      : new Gate(machine, profiler, options);
  let result = machine.run(CYCLE_LIMIT);
  for (; result.reason === "breakpoint"; result = machine.run(CYCLE_LIMIT)) gate?.hit(result.address);
  if (result.reason !== "exit") throw new Error(`the run ended with ${JSON.stringify(result)}`);
  return { profiler, operations: gate?.passed };
}

function print(options: Options): void {
  const { profiler, operations } = profile(options);
  const show = (count: number) =>
    operations ? (count / operations).toFixed(1) : Math.round(count).toString();
  const costs = profiler.functions();
  const kernel = costs.reduce((sum, cost) => sum + cost.self, 0);
  const percent = (count: number) => ((100 * count) / kernel).toFixed(1);
  const unit = operations ? `, each of ${operations} operations` : "";
  process.stdout.write(
    `instructions${unit}: ${show(kernel)} in the kernel, ${show(profiler.userInstructions)} outside\n\n`,
  );
  const head = ["function", "self", "%", "inclusive", "calls"];
  const body = costs
    .slice(0, options.rows)
    .map(({ name, self, inclusive, calls }) => [
      name,
      show(self),
      percent(self),
      show(inclusive),
      show(calls),
    ]);
  process.stdout.write(textTable(head, body, 1));
  if (!options.lines) return;
  const lines = profiler
    .lines()
    .slice(0, options.rows)
    .map(({ file, line, self }) => [`${file}:${line}`, show(self), percent(self)]);
  process.stdout.write(`\n${textTable(["line", "self", "%"], lines, 1)}`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("need a whole number from 1 on");
  return value;
}

new Command("profile")
  .description("boots the default image and counts the kernel's instructions by function")
  .addOption(new Option("--mode <mode>", "vm.merge=").choices(MODES).default("full"))
  .option("--plan <path>", "what init runs (default: /etc/bench, with --section /etc/ipc-bench)")
  .addOption(new Option("--cpu <model>", "processor").choices(CPU_MODELS).default("i486"))
  .addOption(
    new Option("--operation <name>", "count only merge-bench's sections of this kind").choices(OPERATIONS),
  )
  .option("--workload <number>", "and only of this workload, from 1 on", wholeNumber)
  .option("--section <number>", "count only this section of the plan's benchmark, from 1 on", wholeNumber)
  .option("--rows <count>", "lines of a table", wholeNumber, 40)
  .option("--lines", "a table of source lines too", false)
  .action(print)
  .parse();
