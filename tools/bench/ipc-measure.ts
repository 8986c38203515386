// Runs ipc-bench here and, where it is installed, on QEMU, and puts its figures beside those of the reference kernel.

import { bootOnQemu } from "../../tests/qemu/qemu";
import { imagePath, initPath, kernelPath } from "../default-image";
import { average, measureSections, TIME_LINE, type Timed } from "./timed";

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

/** One row of build/bench/ipc.json. */
export interface IpcResult extends Timed, Partial<Standard> {
  qemuInstructions?: number;
}

const MEMORY_MIB = 64;
const INIT = `${initPath} \${host-port} \${device-port} \${kernel-command-line} $(task-create) $(task-resume)`;

/** Our machine's figures; `progress` is called with the number of each operation that has been measured. */
export function measureIpc(progress: (operation: number) => void): IpcResult[] {
  const run = measureSections({
    program: "ipc-bench",
    plan: "/etc/ipc-bench",
    memoryMiB: MEMORY_MIB,
    progress,
  });
  return run.rows.map((row) => ({ ...row, ...STANDARDS[row.operation] }));
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
    [...outcome.serial.matchAll(TIME_LINE)].map(([, , operation, count, ticks]): [string, number] => [
      operation,
      average(Number(ticks), Number(count)),
    ]),
  );
}
