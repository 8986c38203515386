// Counts what the guest's instructions cost in merge-bench: cycles and instructions between breakpoints on bench_begin
// and bench_end, entries as vm_region shows them. The guest is not changed and pays nothing for being measured.

import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { imageDisk, type Mode, withWords } from "../default-image";
import { SectionMeter, type Sum } from "./sections";

/** Operations in the order of their codes, userland/lib/bench.ts, from 1 on. */
export const OPERATIONS = ["map", "protect", "fault", "lookup", "unmap"] as const;
export type Operation = (typeof OPERATIONS)[number];
type PerOperation = Partial<Record<Operation, number>>;

/** One row of build/bench/merge.json. */
export interface MergeResult {
  workload: string;
  mode: Mode;
  entriesPeak: number;
  entriesEnd: number;
  /** The fewest entries that could describe the map at the end. */
  entriesFewest: number;
  /** How often neighbours that abut were not joined, by reason (MERGE_INFO_NAMES). */
  refused: Record<string, number>;
  /** Guest cycles per operation, averaged over the workload's. */
  cyclesPerOp: PerOperation;
  instructionsPerOp: PerOperation;
  /** Guest cycles of all measured operations. */
  cycles: number;
  /** Bytes of kernel memory that the entries of the measured task's map hold at the workload's end. */
  entryBytes: number;
}

const MEMORY = 64 << 20;
/** No mode needs a tenth of it. */
const CYCLE_LIMIT = 20e9;
const MAX_WORKLOADS = 255;

function isCode(code: number): boolean {
  const operation = code & 0xff;
  return operation >= 1 && operation <= OPERATIONS.length && code >= 256 && code >> 8 <= MAX_WORKLOADS;
}

/**
 * Boots the default image with `vm.merge=mode` and more `words` of the kernel's command line, runs the benchmark program and
 * returns its rows.
 */
export function measureMode(program: Uint8Array, mode: Mode, words = ""): MergeResult[] {
  let serial = "";
  const disk = imageDisk();
  const machine = new Machine({
    memory: MEMORY,
    disks: [disk],
    onSerial: (byte) => (serial += String.fromCharCode(byte)),
  });
  const boot = readBootDisk(disk, MEMORY);
  loadMultiboot(machine, {
    ...boot,
    commandLine: withWords(boot.commandLine, `vm.merge=${mode} init.plan=/etc/bench ${words}`),
  });

  const meter = new SectionMeter(machine, program, { isCode });
  for (;;) {
    const result = machine.run(CYCLE_LIMIT);
    if (result.reason === "breakpoint") {
      meter.hit(result.address);
      continue;
    }
    if (result.reason === "exit" && result.status === 0) return rowsOf(serial, mode, meter.sums);
    throw new Error(`vm.merge=${mode}: the run ended with ${JSON.stringify(result)}\n${serial}`);
  }
}

const LINE = /^bench (\d+) (\S+) peak=(\d+) end=(\d+) fewest=(\d+) bytes=(\d+)((?: \S+=\d+)*)\r?$/gm;

function rowsOf(serial: string, mode: Mode, sums: ReadonlyMap<number, Sum>): MergeResult[] {
  return [...serial.matchAll(LINE)].map(([, number, workload, peak, end, fewest, bytes, refused]) => {
    const cyclesPerOp: PerOperation = {};
    const instructionsPerOp: PerOperation = {};
    let cycles = 0;
    OPERATIONS.forEach((operation, index) => {
      const sum = sums.get((Number(number) << 8) | (index + 1));
      if (!sum) return;
      cyclesPerOp[operation] = round(sum.cycles / sum.count);
      cycles += sum.cycles;
      instructionsPerOp[operation] = round(sum.instructions / sum.count);
    });
    return {
      workload,
      mode,
      entriesPeak: Number(peak),
      entriesEnd: Number(end),
      entriesFewest: Number(fewest),
      refused: Object.fromEntries(
        refused
          .trim()
          .split(" ")
          .filter(Boolean)
          .map((word) => word.split("="))
          .map(([reason, count]) => [reason, Number(count)]),
      ),
      cyclesPerOp,
      instructionsPerOp,
      cycles,
      entryBytes: Number(bytes),
    };
  });
}

const round = (value: number) => Math.round(value * 10) / 10;
