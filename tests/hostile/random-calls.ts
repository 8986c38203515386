// Boots the kernel with userland/programs/random-calls.ts on a small machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MemoryStorage } from "../../devices/storage";
import { type BootOutcome, bootKernel } from "../../machine/testing";
import { kernelPath } from "../../tools/default-image";
import { projectRoot } from "../../tools/root";

export interface Calls {
  seed: number;
  calls: number;
  /** The hostile tasks get the privileged host port and the master device port. */
  privileged: boolean;
  /** The kernel proves its structures after every call. */
  check?: boolean;
  /** MiB. */
  memory?: number;
  /** Told now and then how many calls there have been. */
  onProgress?: (calls: number) => void;
}

const CYCLES_PER_CALL = 2e6;
const DISK_BYTES = 1 << 20;
const programPath = join(projectRoot, "build/userland/random-calls.elf");

/** Whatever happens: the program ends the machine with 0 if the kernel held the same after every round. */
export function runCalls({ seed, calls, privileged, check, memory = 8, onProgress }: Calls): BootOutcome {
  const contents = readFileSync(programPath);
  const words = `\${host-port} \${device-port} ${seed} ${calls} ${privileged ? 1 : 0}`;
  return bootKernel({
    kernel: readFileSync(kernelPath),
    commandLine: `kernel console=com0${check ? " kernel.check=1" : ""}`,
    modules: [{ string: `random-calls ${words} $(task-create) $(task-resume)`, contents }],
    disks: [new MemoryStorage(new Uint8Array(DISK_BYTES))],
    memory: memory << 20,
    maxCycles: 1e9 + calls * CYCLES_PER_CALL,
    symbols: [contents],
    stopAt: (line) => {
      const made = /^(\d+) calls in/.exec(line);
      if (made) onProgress?.(Number(made[1]));
      return false;
    },
  });
}
