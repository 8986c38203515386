// Finds what to boot on a disk: partition table, first Linux partition, ext2, boot script.

import {
  MBR_PARTITIONS,
  MBR_PARTITION_COUNT,
  MBR_PARTITION_SIZE,
  MBR_SIGNATURE,
  MBR_SIGNATURE_VALUE,
  PARTITION_SECTORS,
  PARTITION_START,
  PARTITION_TYPE,
  PARTITION_TYPE_LINUX,
} from "../abi/mbr";
import { type Storage, SECTOR_BYTES } from "../devices/storage";
import { MachineError } from "./config";
import { viewOf } from "./elf";
import { Ext2Reader, type Partition } from "./ext2";
import type { BootImage } from "./multiboot";

export const BOOT_SCRIPT = "/boot/mach386.boot";
const SCRIPT_LIMIT = 64 * 1024;
const MAX_MODULES = 64;

export interface BootScript {
  /** The kernel's command line; its first word is the path. */
  kernel: string;
  /** The modules' command lines; the first word of each is the path. */
  modules: string[];
}

/**
 * Reads kernel and modules from a disk.
 * @param limit bytes that the files may have together: the machine's memory
 * @throws MachineError, to be shown after the disk's name
 */
export function readBootDisk(disk: Storage, limit: number): BootImage {
  const partition = findLinuxPartition(disk);
  const files = new Ext2Reader(disk, partition);
  const script = parseBootScript(Buffer.from(files.readFile(BOOT_SCRIPT, SCRIPT_LIMIT)).toString());
  // A file may have holes, or blocks twice: all of them together must fit.
  let left = limit;
  const read = (line: string) => {
    const contents = files.readFile(firstWord(line), left);
    left -= contents.length;
    return contents;
  };
  return {
    kernel: read(script.kernel),
    commandLine: script.kernel,
    modules: script.modules.map((string) => ({ contents: read(string), string })),
    bootPartition: partition.index,
  };
}

export function findLinuxPartition(disk: Storage): Partition {
  if (disk.sectors === 0) throw new MachineError("is no disk image: shorter than a sector");
  const sector = new Uint8Array(SECTOR_BYTES);
  disk.read(0, sector);
  const view = viewOf(sector);
  if (view.getUint16(MBR_SIGNATURE, true) !== MBR_SIGNATURE_VALUE) {
    throw new MachineError("is no disk image: it has no partition table");
  }
  for (let index = 0; index < MBR_PARTITION_COUNT; index++) {
    const at = MBR_PARTITIONS + index * MBR_PARTITION_SIZE;
    if (view.getUint8(at + PARTITION_TYPE) !== PARTITION_TYPE_LINUX) continue;
    const start = view.getUint32(at + PARTITION_START, true);
    const sectors = view.getUint32(at + PARTITION_SECTORS, true);
    if (start + sectors > disk.sectors) {
      throw new MachineError("is truncated: its Linux partition ends beyond its end");
    }
    return { index, start, sectors };
  }
  throw new MachineError("has no Linux partition");
}

/**
 * The lines are `kernel PATH WORDS...` (one) and `module PATH WORDS...`; # begins a comment line.
 * @throws MachineError naming the line
 */
export function parseBootScript(text: string): BootScript {
  let kernel = "";
  const modules: string[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const [, keyword, rest] = /^(\S+)\s*(.*)$/.exec(line)!;
    const fault = (what: string) => new MachineError(`${BOOT_SCRIPT} line ${index + 1}: ${what}`);
    if (keyword !== "kernel" && keyword !== "module") throw fault(`unknown word ${JSON.stringify(keyword)}`);
    if (rest === "") throw fault(`${keyword} without a path`);
    if (keyword === "module") modules.push(rest);
    else if (kernel) throw fault("a second kernel");
    else kernel = rest;
    if (modules.length > MAX_MODULES) throw fault(`more than ${MAX_MODULES} modules`);
  });
  if (!kernel) throw new MachineError(`${BOOT_SCRIPT} names no kernel`);
  return { kernel, modules };
}

function firstWord(line: string): string {
  return line.split(/\s+/, 1)[0];
}
