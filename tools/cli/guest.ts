// What the command line says to run: a kernel from a file or from a disk image, and the machine it wants.

import type { CpuModel } from "../../cpu/models";
import type { Storage } from "../../devices/storage";
import { readBootDisk } from "../../machine/boot-disk";
import { builtInBios } from "../../machine/built-in-bios";
import { DEFAULT_MEMORY } from "../../machine/config";
import { isLinuxImage, loadLinux } from "../../machine/linux";
import type { Machine } from "../../machine/machine";
import { type BootImage, loadMultiboot } from "../../machine/multiboot";
import { about, readInput } from "./files";
import type { CliOptions } from "./options";
import { CommandError, STATUS } from "./status";

/** A Linux kernel of our time is unpacked to some 40 MiB. */
const LINUX_MEMORY = 128 << 20;
const BIOS_MEMORY = 128 << 20;
/** The largest file that is read as a kernel when the memory is not known yet. */
const LARGEST_KERNEL = 256 << 20;

export interface GuestProgram {
  /** In charge from the reset vector on, instead of a loader. */
  readonly bios?: Uint8Array;
  readonly vgaBios?: Uint8Array;
  readonly memory: number;
  readonly cpu: CpuModel;
  /** Puts it into a machine that is fresh or reset. */
  load(machine: Machine): void;
  /** The kernel's ELF file, for the names of addresses. */
  readonly symbols?: Uint8Array;
}

/** @throws CommandError for files that are missing or are no kernels */
export function readGuest(options: CliOptions, disks: readonly Storage[]): GuestProgram {
  const memory = options.memory ?? DEFAULT_MEMORY;
  const cpu = options.cpu ?? "i486";
  if (options.boot || (!options.kernel && !options.image)) return fromBios(options);
  if (!options.kernel) {
    if (options.initrd) throw new CommandError(STATUS.usage, "--initrd goes with a Linux kernel (--kernel)");
    const image = about(options.image!, () => readBootDisk(disks[0], memory));
    return multiboot(options, options.image!, image, memory, cpu);
  }
  const kernel = readInput(options.kernel, options.memory ?? LARGEST_KERNEL);
  if (isLinuxImage(kernel)) return linux(options, options.kernel, kernel);
  if (options.initrd)
    throw new CommandError(STATUS.usage, `${options.kernel} is no Linux kernel: use --module, not --initrd`);
  const image = { kernel, commandLine: options.kernel, modules: [] };
  return multiboot(options, options.kernel, image, memory, cpu);
}

/** The largest BIOS that fits below 4 GiB. */
const LARGEST_BIOS = 1 << 20;

function fromBios(options: CliOptions): GuestProgram {
  return {
    bios: options.bios === undefined ? builtInBios() : readInput(options.bios, LARGEST_BIOS),
    vgaBios: options.vgaBios === undefined ? undefined : readInput(options.vgaBios, LARGEST_BIOS),
    memory: options.memory ?? BIOS_MEMORY,
    cpu: options.cpu ?? "pentium2",
    load: () => {},
  };
}

function multiboot(
  options: CliOptions,
  name: string,
  found: BootImage,
  memory: number,
  cpu: CpuModel,
): GuestProgram {
  const added = options.module.map((string) => ({ contents: readInput(moduleFile(string), memory), string }));
  const image = {
    ...found,
    commandLine: [found.commandLine, ...(options.append ? [options.append] : [])].join(" "),
    modules: [...found.modules, ...added],
  };
  const load = (machine: Machine) => about(name, () => loadMultiboot(machine, image));
  return { memory, cpu, load, symbols: image.kernel };
}

function linux(options: CliOptions, name: string, kernel: Uint8Array): GuestProgram {
  if (options.module.length)
    throw new CommandError(STATUS.usage, `${name} is a Linux kernel: use --initrd, not --module`);
  const memory = options.memory ?? LINUX_MEMORY;
  const initrd = options.initrd === undefined ? undefined : readInput(options.initrd, memory);
  const image = { kernel, initrd, commandLine: options.append ?? "" };
  const load = (machine: Machine) => about(name, () => loadLinux(machine, image));
  return { memory, cpu: options.cpu ?? "pentium2", load };
}

function moduleFile(module: string): string {
  return module.split(" ", 1)[0];
}

/** The files that a guest is read from, besides disks. */
export function guestFiles(options: CliOptions): string[] {
  const { kernel, initrd, module, cdrom, floppy, floppyB, bios, vgaBios } = options;
  const named = [kernel, initrd, cdrom, floppy, floppyB, bios, vgaBios].filter((file) => file !== undefined);
  return [...named, ...module.map(moduleFile)];
}
