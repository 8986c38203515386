// The default disk image as `npm run build` leaves it, booted with other words on the kernel's command line.

import { join } from "node:path";
import type { CpuModel } from "../cpu/cpu";
import { OverlayStorage, type Storage } from "../devices/storage";
import { FileStorage } from "../machine/file-storage";
import { readBootDisk } from "../machine/boot-disk";
import { type BootOutcome, bootKernel } from "../machine/testing";
import { projectRoot } from "./root";

export const MODES = ["none", "backward", "series", "full"] as const;
export type Mode = (typeof MODES)[number];

export const imagePath = join(projectRoot, "build/mach386.img");
export const kernelPath = join(projectRoot, "build/kernel.elf");
export const initPath = join(projectRoot, "build/userland/init.elf");

const MEMORY = 64 << 20;
const MAX_CYCLES = 40e9;

/** The kernel's command line without the options that a boot may set, with `words` behind it. */
export function withWords(commandLine: string, words: string): string {
  return `${commandLine.replace(/ (vm\.merge|init\.plan|kernel\.check)=\S+/g, "")} ${words}`;
}

let base: FileStorage | undefined;

/** The image as a disk that keeps what is written to itself. Most of the file is a partition for paging: only what is asked for is read. */
export function imageDisk(): OverlayStorage {
  base ??= new FileStorage(imagePath, false);
  return new OverlayStorage(base);
}

/** Boots the image as run-machine.js does, with a second disk if there is one. */
export function bootImage(
  words: string,
  cpu: CpuModel = "i486",
  memory = MEMORY,
  second?: Storage,
): BootOutcome {
  const disk = imageDisk();
  const image = readBootDisk(disk, memory);
  return bootKernel({
    kernel: image.kernel,
    commandLine: withWords(image.commandLine, words),
    modules: image.modules,
    disks: second ? [disk, second] : [disk],
    memory,
    cpu,
    maxCycles: MAX_CYCLES,
  });
}
