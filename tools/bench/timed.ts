// Boots the default image with a plan that runs one benchmark program, and measures its sections (userland/lib/timing.ts).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { imageDisk, withWords } from "../default-image";
import { projectRoot } from "../root";
import { SectionMeter } from "./sections";

/** As a product: 2048 of them are more than a shift can give. */
const MEBIBYTE = 1 << 20;

/** Averages for one operation. */
export interface Timed {
  operation: string;
  /** Clocks of the i486 model. */
  cycles: number;
  /** Each iteration of a repeated string instruction is one. */
  instructions: number;
}

export interface TimedRun {
  rows: Timed[];
  /** What the program printed. */
  serial: string;
}

export interface TimedOptions {
  program: string;
  plan: string;
  /** More words for the kernel's command line. */
  words?: string;
  memoryMiB: number;
  /** Called with the number of each section that has been measured. */
  progress?: (section: number) => void;
}

/** A run needs a tenth of it. */
const CYCLE_LIMIT = 20e9;
const MOST_SECTIONS = 255;
const MOST_REPETITIONS = 1 << 16;
/** What a section's end prints. */
export const TIME_LINE = /^time (\d+) (\S+) count=(\d+) ticks=(\d+)\r?$/gm;

/** A code is `repetitions << 8 | number of the section`. */
function isCode(code: number): boolean {
  const section = code & 0xff;
  return section >= 1 && section <= MOST_SECTIONS && code >= 256 && code >> 8 <= MOST_REPETITIONS;
}

export function measureSections(options: TimedOptions): TimedRun {
  const { program, plan, words = "", memoryMiB, progress } = options;
  let serial = "";
  const disk = imageDisk();
  const machine = new Machine({
    memory: memoryMiB * MEBIBYTE,
    disks: [disk],
    onSerial: (byte) => (serial += String.fromCharCode(byte)),
  });
  const boot = readBootDisk(disk, memoryMiB * MEBIBYTE);
  const commandLine = withWords(boot.commandLine, `init.plan=${plan} ${words}`);
  loadMultiboot(machine, { ...boot, commandLine });
  const file = new Uint8Array(readFileSync(join(projectRoot, `build/userland/${program}.elf`)));
  const meter = new SectionMeter(machine, file, { isCode, countRepeats: true });
  let result = machine.run(CYCLE_LIMIT);
  for (; result.reason === "breakpoint"; result = machine.run(CYCLE_LIMIT)) {
    const code = meter.hit(result.address);
    if (code !== undefined) progress?.(code & 0xff);
  }
  if (result.reason !== "exit" || result.status !== 0)
    throw new Error(`${program} ended with ${JSON.stringify(result)}\n${serial}`);
  const rows = [...serial.matchAll(TIME_LINE)].map(([, number, operation, count]) => {
    const sum = meter.sums.get((Number(count) << 8) | Number(number))!;
    return {
      operation,
      cycles: average(sum.cycles, Number(count)),
      instructions: average(sum.instructions, Number(count)),
    };
  });
  return { rows, serial };
}

/** To a tenth. */
export const average = (sum: number, count: number): number => Math.round((sum / count) * 10) / 10;
