// The command line of run-machine.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { CPU_MODELS, PROCESSOR_MODELS, type CpuModel } from "../../cpu/models";
import { projectRoot } from "../root";
import { CommandError, STATUS, statusTable } from "./status";
import { TRACE_CATEGORIES, type TraceCategory } from "./trace";

export interface CliOptions {
  image?: string;
  kernel?: string;
  append?: string;
  initrd?: string;
  /** "F ARGS" each. */
  module: string[];
  disk: string[];
  cdrom?: string;
  floppy?: string;
  floppyB?: string;
  /** Letters of the devices that the BIOS tries. */
  boot?: string;
  bios?: string;
  vgaBios?: string;
  machine: "pc" | "isapc";
  /** Bytes; without it what the guest needs. */
  memory?: number;
  cpu?: CpuModel;
  writable: boolean;
  maxCycles: number;
  reboot: boolean;
  realTime: boolean;
  /** "stdio" or a file's name. */
  serial: string;
  trace: TraceCategory[];
  traceFile?: string;
  screen: boolean;
  screenDump: boolean;
  screenshot?: string;
  /** When; without it at the end. */
  screenshotCycle?: number;
  /** For the keyboard, with \\n for Enter. */
  type?: string;
  script?: string;
  stats: boolean;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { "": 2 ** 20, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const EXTRA_HELP = `
Run a guest PC: a disk image with a kernel in /boot, a multiboot or Linux kernel by itself, or what a BIOS boots from a
disk, a CD or a diskette.

  run-machine.js build/mach386.img
  run-machine.js --kernel build/kernel.elf --append "verbose=1" --module "build/init \${host-port}"
  run-machine.js --kernel vmlinuz --initrd initrd.gz --append "console=ttyS0"
  run-machine.js --cdrom cd.iso
  run-machine.js disk.img --boot c

COM1 is connected to stdin and stdout, or with --screen to nothing. On a terminal Ctrl-A x quits, Ctrl-A b sends a break and Ctrl-A Ctrl-A sends Ctrl-A.
Disk images are opened copy-on-write: what the guest writes is lost at the end, unless --writable.

Exit status: the guest's own (a write of v to port 0xF4 ends the run with v), or
${statusTable()}`;

/** What --help, --version and --cpu help print instead of running; the status is 0. */
export class Information extends Error {
  override name = "Information";
}

/**
 * Parses the arguments after the command's name.
 * @throws CommandError for wrong usage, Information for text to print
 */
export function parseOptions(argv: readonly string[]): CliOptions {
  let printed = "";
  const command = define((text) => (printed += text));
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new Information(printed);
    throw usage(error.message.replace(/^error: /, "").split("\n")[0]);
  }
  const { cpu, ...options } = command.opts<Omit<CliOptions, "cpu"> & { cpu?: string }>();
  if (cpu === "help") throw new Information(describeModels());
  if (cpu !== undefined && !Object.hasOwn(PROCESSOR_MODELS, cpu))
    throw usage(`unknown CPU model ${JSON.stringify(cpu)} (--cpu help lists them)`);
  const image = imageOf(command.args);
  if (!image && !options.kernel && !options.cdrom && !options.floppy && !options.boot)
    throw usage("nothing to run: name an IMAGE, a --kernel, a --cdrom or a --floppy (--help says more)");
  if (options.type !== undefined && options.script !== undefined)
    throw usage("--type and --script: put the text into the script");
  if (options.screenshotCycle !== undefined && options.screenshot === undefined)
    throw usage("--screenshot-cycle: name the file with --screenshot");
  if (options.screen && !(process.stdin.isTTY && process.stdout.isTTY))
    throw usage("--screen: stdin and stdout are no terminal");
  if (options.kernel && options.boot) throw usage("--kernel and --boot: which one is it to be?");
  return { ...options, cpu: cpu as CpuModel | undefined, image };
}

function define(print: (text: string) => void): Command {
  const collect = (value: string, list: string[]) => [...list, value];
  return new Command("run-machine.js")
    .usage("[boot] [IMAGE] [options]")
    .argument("[words...]")
    .option("--kernel <file>", "boot this multiboot or Linux kernel instead of the image's")
    .option("--append <words>", "add words to the kernel's command line")
    .option("--initrd <file>", "give a Linux kernel this initial RAM disk")
    .option("--module <file and words>", "pass a module to the kernel (repeatable)", collect, [])
    .option("--disk <file>", "attach a disk after IMAGE (repeatable)", collect, [])
    .option("--cdrom <file>", "put this disc into the CD-ROM drive; without anything else, boot from it")
    .option("--floppy <file>", "put this diskette into drive A; without anything else, boot from it")
    .option("--floppy-b <file>", "put this diskette into drive B; drive A is empty without a --floppy")
    .option(
      "--boot <devices>",
      "let the BIOS boot: a for the diskette, c for the disk, d for the CD; in order",
    )
    .option("--bios <file>", "use this BIOS instead of the built-in one")
    .option("--vga-bios <file>", "hand the BIOS this one of the display adapter")
    .addOption(
      new Option("--machine <type>", "a PC with PCI (default), or with ISA alone")
        .choices(["pc", "isapc"])
        .default("pc"),
    )
    .option(
      "--memory <size>",
      "memory of the guest, such as 32M or 1G (default 64M; for Linux 128M)",
      parseSize,
    )
    .option(
      "--cpu <model>",
      `${CPU_MODELS.join(", ")} (default i486; for Linux pentium2); help describes them`,
    )
    .option("--writable", "write what the guest writes into the disk images", false)
    .option("--max-cycles <n>", "end the run after n cycles", parseCycles, Infinity)
    .option("--reboot", "start again when the guest resets the machine", false)
    .option("--real-time", "run no faster than the guest's clock; an idle guest then uses no host CPU", false)
    .option("--serial <where>", "connect COM1 to stdio (default) or write its output to a file", "stdio")
    .option("--trace <what>", `comma-separated: ${TRACE_CATEGORIES.join(", ")}`, parseTrace, [])
    .option("--trace-file <file>", "write the trace there instead of to stderr")
    .option("--screen", "show the display in the terminal, and give its keys to the keyboard", false)
    .option("--screenshot <file>", "write the display as a PNG file, at the end")
    .option("--screenshot-cycle <n>", "or when n cycles have passed", parseCycles)
    .option("--screen-dump", "print the text screen at the end, after what COM1 sent", false)
    .option("--type <text>", "type this on the keyboard; \\n is Enter")
    .option("--script <file>", "wait, type, send, screen, screenshot and quit, as the file's lines say")
    .option("--stats", "print counters at the end, on stderr", false)
    .version(version(), "-V, --version")
    .helpOption("-h, --help")
    .addHelpText("after", EXTRA_HELP)
    .configureHelp({ visibleArguments: () => [], optionDescription: (option) => option.description })
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .showSuggestionAfterError(false)
    .exitOverride();
}

function usage(message: string): CommandError {
  return new CommandError(STATUS.usage, message);
}

function imageOf(words: readonly string[]): string | undefined {
  const names = words[0] === "boot" ? words.slice(1) : words;
  if (names.length > 1) throw usage(`one IMAGE, please; ${JSON.stringify(names[1])} is another (see --disk)`);
  return names[0];
}

function parseSize(text: string): number {
  const match = /^(\d{1,9})([KMG]?)$/i.exec(text);
  if (!match) throw new InvalidArgumentError("need a size such as 64M");
  return Number(match[1]) * SIZE_UNITS[match[2].toUpperCase()];
}

function parseCycles(text: string): number {
  const cycles = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(cycles) || cycles === 0)
    throw new InvalidArgumentError("need a number such as 1e9");
  return cycles;
}

function parseTrace(text: string): TraceCategory[] {
  return text.split(",").map((word) => {
    const category = TRACE_CATEGORIES.find((known) => known === word);
    if (!category) throw new InvalidArgumentError(`choose from ${TRACE_CATEGORIES.join(", ")}`);
    return category;
  });
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

function describeModels(): string {
  return CPU_MODELS.map((name) => `${name.padEnd(8)}  ${PROCESSOR_MODELS[name].about}\n`).join("");
}
