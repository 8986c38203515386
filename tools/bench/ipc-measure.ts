// Runs ipc-bench here and, where it is installed, on QEMU, and puts its figures beside those of the reference kernel.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { bootOnQemu } from "../../tests/qemu/qemu";
import { imageDisk, imagePath, initPath, kernelPath, withWords } from "../default-image";
import { projectRoot } from "../root";
import { SectionMeter } from "./sections";

/** Instructions of an operation elsewhere, and at most wanted here. */
interface Standard {
  /** GNU Mach, an optimised build of the year of the merging series, counted like ours. */
  reference: number;
  goal?: number;
}

/** By the names that ipc-bench prints. */
export const STANDARDS: Readonly<Record<string, Standard>> = {
  "null-trap": { reference: 63, goal: 40 },
  "null-kernel-rpc": { reference: 1211, goal: 500 },
  "vm_allocate+deallocate-rpc": { reference: 3834 },
  "vm_allocate+deallocate-trap": { reference: 2249 },
  "zero-fill-fault-write": { reference: 6393 },
  "port_allocate+destroy": { reference: 2876, goal: 1200 },
  "null-rpc-thread": { reference: 2387 },
  "null-rpc-task": { reference: 1871, goal: 800 },
  "task_create-inherit+terminate": { reference: 36137, goal: 12000 },
};

/** One row of build/bench/ipc.json. All figures are averages for one operation. */
export interface IpcResult extends Partial<Standard> {
  operation: string;
  /** Clocks of the i486 model. */
  cycles: number;
  /** Each iteration of a repeated string instruction is one. */
  instructions: number;
  qemuInstructions?: number;
}

const MEMORY_MIB = 64;
/** A run needs a tenth of it. */
const CYCLE_LIMIT = 5e9;
const MOST_OPERATIONS = 64;
const MOST_REPETITIONS = 1 << 16;
const LINE = /^ipc (\d+) (\S+) count=(\d+) ticks=(\d+)\r?$/gm;
const INIT = `${initPath} \${host-port} \${device-port} \${kernel-command-line} $(task-create) $(task-resume)`;

/** A code is `repetitions << 8 | number of the operation`. */
function isCode(code: number): boolean {
  const operation = code & 0xff;
  return operation >= 1 && operation <= MOST_OPERATIONS && code >= 256 && code >> 8 <= MOST_REPETITIONS;
}

/** Our machine's figures; `before` is called with the number of each operation that has been measured. */
export function measureIpc(progress: (operation: number) => void): IpcResult[] {
  let serial = "";
  const disk = imageDisk();
  const machine = new Machine({
    memory: MEMORY_MIB << 20,
    disks: [disk],
    onSerial: (byte) => (serial += String.fromCharCode(byte)),
  });
  const boot = readBootDisk(disk, MEMORY_MIB << 20);
  const commandLine = withWords(boot.commandLine, "init.plan=/etc/ipc-bench");
  loadMultiboot(machine, { ...boot, commandLine });
  const program = new Uint8Array(readFileSync(join(projectRoot, "build/userland/ipc-bench.elf")));
  const meter = new SectionMeter(machine, program, { isCode, countRepeats: true });
  let result = machine.run(CYCLE_LIMIT);
  for (; result.reason === "breakpoint"; result = machine.run(CYCLE_LIMIT)) {
    const code = meter.hit(result.address);
    if (code !== undefined) progress(code & 0xff);
  }
  if (result.reason !== "exit" || result.status !== 0)
    throw new Error(`ipc-bench ended with ${JSON.stringify(result)}\n${serial}`);
  return [...serial.matchAll(LINE)].map(([, number, operation, count]) => {
    const sum = meter.sums.get((Number(count) << 8) | Number(number))!;
    return {
      operation,
      cycles: round(sum.cycles / Number(count)),
      instructions: round(sum.instructions / Number(count)),
      ...STANDARDS[operation],
    };
  });
}

/** Instructions by operation on QEMU, as the program itself counts them. */
export async function measureOnQemu(): Promise<Map<string, number>> {
  const outcome = await bootOnQemu({
    kernel: kernelPath,
    append: "console=com0 init.plan=/etc/ipc-bench-tsc",
    modules: [INIT],
    disk: imagePath,
    memory: MEMORY_MIB,
    cpu: "pentium",
    countInstructions: true,
  });
  if (outcome.status !== 0) throw new Error(`QEMU: ${outcome.detail}\n${outcome.serial}`);
  return new Map(
    [...outcome.serial.matchAll(LINE)].map(([, , operation, count, ticks]): [string, number] => [
      operation,
      round(Number(ticks) / Number(count)),
    ]),
  );
}

const round = (value: number) => Math.round(value * 10) / 10;
