// How long a boot takes until the first task's first instruction.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { MemoryStorage, OverlayStorage } from "../../devices/storage";
import { readBootDisk } from "../../machine/boot-disk";
import { readElf } from "../../machine/elf";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { imagePath, initPath } from "../default-image";

const MEMORY = 64 << 20;
const LIMIT = 1e9;

export interface BootTime {
  /** Milliseconds of wall time from a disk image in memory to the first user instruction. */
  milliseconds: number;
  instructions: number;
  cycles: number;
}

/** Boots the default image; the emulator's modules are loaded, its core has not run before in this process. */
export function measureBoot(): BootTime {
  const image = new Uint8Array(readFileSync(imagePath));
  const entry = readElf(new Uint8Array(readFileSync(initPath))).entry;
  const start = performance.now();
  const disk = new OverlayStorage(new MemoryStorage(image));
  const machine = new Machine({ memory: MEMORY, disks: [disk] });
  loadMultiboot(machine, readBootDisk(disk, MEMORY));
  machine.addBreakpoint(entry);
  const result = machine.run(LIMIT);
  const milliseconds = performance.now() - start;
  if (result.reason !== "breakpoint") throw new Error(`the boot ended with ${JSON.stringify(result)}`);
  return { milliseconds, instructions: machine.instructions, cycles: machine.cycles };
}
