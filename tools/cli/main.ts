// run-machine: boots a guest and connects it to the terminal.

import { performance } from "node:perf_hooks";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { describeBacktrace } from "../../machine/backtrace";
import { type MachineConfig, MachineError } from "../../machine/config";
import { Machine, type RunResult } from "../../machine/machine";
import { SymbolTable } from "../../machine/symbols";
import { type Console, FileConsole, StdioConsole } from "./console";
import { checkOutputs, openDisk, readInput } from "./files";
import { guestFiles, readGuest } from "./guest";
import { type Watcher, runLoop } from "./loop";
import { type CliOptions, Information, parseOptions } from "./options";
import { Script } from "./script";
import { ScreenConsole } from "./screen";
import { screenDump } from "./screen-dump";
import { TimedScreenshot, writeScreenshot } from "./screenshot";
import { statsReport } from "./stats";
import { CommandError, STATUS } from "./status";
import { Trace } from "./trace";

const LARGEST_SCRIPT = 1 << 20;

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await boot(parseOptions(argv));
  } catch (error) {
    if (error instanceof Information) {
      process.stdout.write(error.message);
      return 0;
    }
    if (error instanceof CommandError) return complain(error.message, error.status.code);
    return complain(`internal error: ${(error as Error).message}`, STATUS.internal.code);
  }
}

/** The diskettes in their drives; with a drive B there is an A. */
function openDiskettes({
  floppy,
  floppyB,
  writable,
}: CliOptions): Pick<MachineConfig, "floppy" | "secondFloppy"> {
  const open = (path: string | undefined) => (path === undefined ? undefined : openDisk(path, writable));
  const second = open(floppyB);
  return { floppy: open(floppy) ?? (second && null), secondFloppy: second };
}

async function boot(options: CliOptions): Promise<number> {
  const paths = [...(options.image ? [options.image] : []), ...options.disk];
  const disks = paths.map((path) => openDisk(path, options.writable));
  let console: Console | undefined;
  const guest = readGuest(options, disks);
  const script = readScript(options);
  const machine = createMachine(() => ({
    memory: guest.memory,
    cpu: guest.cpu,
    reboot: options.reboot,
    disks,
    cdrom: options.cdrom === undefined ? undefined : openDisk(options.cdrom, false),
    ...openDiskettes(options),
    type: options.machine,
    bios: guest.bios,
    vgaBios: guest.vgaBios,
    bootOrder:
      options.boot ?? (options.floppy !== undefined && !options.cdrom && !options.image ? "a" : undefined),
    onSerial: (byte) => {
      script?.note(byte);
      console?.send(byte);
    },
  }));
  checkOutputs(outputsOf(options), [...paths, ...guestFiles(options)]);
  guest.load(machine);
  machine.onReset = () => guest.load(machine);
  const trace = options.trace.length ? new Trace(machine, options.traceFile) : undefined;
  for (const category of options.trace) trace?.enable(category);
  console = openConsole(options, machine);
  const started = performance.now();
  try {
    const result = await runLoop(machine, console, options, watchersOf(options, script));
    console.close();
    trace?.end();
    if (options.screenshot && options.screenshotCycle === undefined)
      writeScreenshot(options.screenshot, machine.picture());
    if (options.screenDump) process.stdout.write(screenDump(machine.screen(), process.stdout.isTTY === true));
    if (options.stats) process.stderr.write(statsReport(machine.stats(), performance.now() - started));
    if (script?.unfinished && result !== "quit") return complain(script.unfinished, STATUS.script.code);
    if (result === "done") return 0;
    if (guest.symbols && isPanic(result)) process.stderr.write(panicReport(machine, guest.symbols));
    return statusOf(result, options, machine);
  } finally {
    console.close();
  }
}

function openConsole({ serial, screen }: CliOptions, machine: Machine): Console {
  const line = serial === "stdio" ? undefined : new FileConsole(serial);
  return screen ? new ScreenConsole(() => machine, line) : (line ?? new StdioConsole());
}

/** What looks at the machine now and then. */
function watchersOf({ screenshot, screenshotCycle }: CliOptions, script: Script | undefined): Watcher[] {
  const timed = screenshotCycle === undefined ? [] : [new TimedScreenshot(screenshot!, screenshotCycle)];
  return [...timed, ...(script ? [script] : [])];
}

function createMachine(config: () => ConstructorParameters<typeof Machine>[0]): Machine {
  try {
    return new Machine(config());
  } catch (error) {
    if (error instanceof MachineError) throw new CommandError(STATUS.usage, error.message);
    throw error;
  }
}

/** What is to be typed, and what a script says. */
function readScript({ type, script }: CliOptions): Script | undefined {
  const print = (text: string) => void process.stdout.write(text);
  if (script !== undefined) {
    const text = Buffer.from(readInput(script, LARGEST_SCRIPT)).toString();
    return new Script(text, script, print);
  }
  return type === undefined ? undefined : new Script(`type ${type}`, "--type", print);
}

function outputsOf({ serial, trace, traceFile, screenshot }: CliOptions): string[] {
  const named = [serial === "stdio" ? undefined : serial, trace.length ? traceFile : undefined, screenshot];
  return named.filter((file) => file !== undefined);
}

function isPanic(result: RunResult | "quit"): boolean {
  return result !== "quit" && result.reason === "exit" && result.status === KERNEL_PANIC_STATUS;
}

/** Where our kernel was when it gave up, with source lines. */
function panicReport(machine: Machine, kernel: Uint8Array): string {
  const lines = describeBacktrace(machine, SymbolTable.of(kernel));
  return ["run-machine: the kernel panicked", ...lines.map((line) => `  ${printable(line)}`), ""].join("\n");
}

function statusOf(result: RunResult | "quit", options: CliOptions, machine: Machine): number {
  if (result === "quit") return STATUS.quit.code;
  const at = `at eip 0x${(machine.cpu.registers.eip >>> 0).toString(16)}`;
  switch (result.reason) {
    case "exit":
      return result.status & 0xff;
    case "off":
      return 0;
    case "shutdown":
      return complain(`the guest's processor shut down ${at}: ${result.detail}`, STATUS.tripleFault.code);
    case "reset":
      return complain(`the guest reset the machine ${at} (see --reboot)`, STATUS.reset.code);
    case "halted":
      return complain(`the guest halted ${at}, and nothing can wake it`, STATUS.halted.code);
    case "cycles":
      return complain(
        `the guest was still running after ${options.maxCycles} cycles, ${at}`,
        STATUS.maxCycles.code,
      );
    default:
      return complain(`the run ended with ${result.reason} ${at}`, STATUS.internal.code);
  }
}

/** One line, whatever names from files and the command line are in it. */
function complain(message: string, status: number): number {
  process.stderr.write(`run-machine: ${printable(message)}\n`);
  return status;
}

function printable(text: string): string {
  const escape = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return text.replace(/\p{Cc}/gu, escape);
}
