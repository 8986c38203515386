// Runs vm-bench once per merge mode: what calls, faults and merges cost, alone and against the number of map entries.

import { type Mode, MODES } from "../default-image";
import { measureSections, type Timed } from "./timed";

/** Instructions of an operation elsewhere, and at most wanted here. */
interface Standard {
  /** GNU Mach with the merging series, an optimised build of that year, counted like ours. */
  reference: number;
  goal?: number;
}

/** By the names that vm-bench prints. */
export const STANDARDS: Readonly<Record<string, Standard>> = {
  "allocate+deallocate-rpc": { reference: 3331, goal: 1500 },
  "allocate+deallocate-trap": { reference: 2249, goal: 900 },
  "protect-untouched": { reference: 2361, goal: 1000 },
  "protect-touched": { reference: 2392, goal: 1000 },
  "fault-zero-fill-write": { reference: 6393, goal: 2500 },
  "fault-zero-fill-read": { reference: 6393, goal: 2500 },
  "fault-copy-on-write": { reference: 51457, goal: 4500 },
  "deallocate-touched-page": { reference: 708 },
  "region-any-of-10": { reference: 1743, goal: 700 },
  "region-any-of-1000": { reference: 1793 },
  "region-any-of-10000": { reference: 1822, goal: 800 },
  "allocate+deallocate-beside-10": { reference: 3377 },
  "allocate+deallocate-beside-1000": { reference: 3511 },
  "allocate+deallocate-beside-10000": { reference: 3575 },
  "protect-all-of-10000": { reference: 548, goal: 150 },
  "deallocate-all-of-10000": { reference: 172 },
};

/** One row of build/bench/vm.json. */
export interface VmResult {
  operation: string;
  /** For an operation that is measured in maps of several sizes: their entries. */
  entries?: number;
  perMode: Record<Mode, Timed & { merges?: MergeCount }>;
  reference?: number;
  goal?: number;
}

/** Averages for one operation, as host_vm_merge_info counts them. */
export interface MergeCount {
  extended: number;
  glued: number;
  pagesMoved: number;
}

/** Bytes of the structures in GNU Mach with the series, on i386. */
const REFERENCE_SIZES: Readonly<Record<string, number>> = { vm_page: 44, vm_object: 80, vm_map_entry: 88 };

/** A structure of the kernel, and its bytes. */
export interface SizeResult {
  structure: string;
  bytes: number;
  reference?: number;
}

const MEMORY_MIB = 128;
const SIZE = /^size (\S+) (\d+)\r?$/gm;
const MERGED =
  /^time \d+ (\S+) count=(\d+).*\r?\nok .*\r?\nmerged extended=(\d+) glued=(\d+) moved=(\d+)\r?$/gm;

/** What build/bench/vm.json holds. */
export interface VmResults {
  sizes: SizeResult[];
  operations: VmResult[];
}

/** Measures every mode; `before` is called with each one's number and name. */
export function measureVm(before: (index: number, mode: Mode) => void): VmResults {
  const runs = MODES.map((mode, index) => {
    before(index, mode);
    const words = `vm.merge=${mode}`;
    const run = measureSections({ program: "vm-bench", plan: "/etc/vm-bench", words, memoryMiB: MEMORY_MIB });
    return { mode, rows: run.rows, merges: mergeCounts(run.serial), serial: run.serial };
  });
  const operations = runs[0].rows.map(({ operation }, row) => {
    const entries = /-of-(\d+)$|-in-(\d+)$|-beside-(\d+)$/.exec(operation);
    const perMode = Object.fromEntries(
      runs.map(({ mode, rows, merges }) => [mode, { ...rows[row], merges: merges.get(operation) }]),
    ) as VmResult["perMode"];
    return {
      operation,
      ...(entries && { entries: Number(entries[1] ?? entries[2] ?? entries[3]) }),
      perMode,
      ...STANDARDS[operation],
    };
  });
  const sizes = [...runs[0].serial.matchAll(SIZE)].map(([, structure, bytes]) => ({
    structure,
    bytes: Number(bytes),
    ...(structure in REFERENCE_SIZES && { reference: REFERENCE_SIZES[structure] }),
  }));
  return { sizes, operations };
}

/** The merges of each section that counts them, by its name. */
export function mergeCounts(serial: string): Map<string, MergeCount> {
  return new Map(
    [...serial.matchAll(MERGED)].map(([, operation, count, extended, glued, moved]) => [
      operation,
      {
        extended: Number(extended) / Number(count),
        glued: Number(glued) / Number(count),
        pagesMoved: Number(moved) / Number(count),
      },
    ]),
  );
}
