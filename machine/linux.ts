// Loads a Linux kernel (bzImage) and an initial RAM disk by the 32-bit boot protocol.
//
// The zero page, a GDT and the command line lie in conventional memory, the kernel at 1 MiB, the RAM disk as high as the
// kernel wants it.

import * as linux from "../abi/linux_boot";
import { MachineError } from "./config";
import { viewOf } from "./elf";
import { memoryMap } from "./firmware";
import type { Machine } from "./machine";

export interface LinuxImage {
  /** The bzImage. */
  kernel: Uint8Array;
  initrd?: Uint8Array;
  commandLine: string;
}

const SECTOR = 512;
const PAGE = 4096;
const KERNEL_START = 0x100000;
const GDT = 0x8f000;
const ZERO_PAGE = 0x90000;
const COMMAND_LINE = 0x91000;
/** What old kernels may use for sections that unpacking needs. */
const LEAST_INIT_SIZE = 0x1000000;
const DEFAULT_SETUP_SECTORS = 4;
const TEXT_MODE = 3;

/** Flat code and data at BOOT_CS and BOOT_DS. */
const DESCRIPTORS: readonly (readonly [low: number, high: number])[] = [
  [0, 0],
  [0, 0],
  [0x0000ffff, 0x00cf9b00],
  [0x0000ffff, 0x00cf9300],
];

/** Whether a file looks like a bzImage rather than an ELF file. */
export function isLinuxImage(kernel: Uint8Array): boolean {
  if (kernel.length < linux.HEADER_MAGIC + 4) return false;
  return viewOf(kernel).getUint32(linux.HEADER_MAGIC, true) === linux.HEADER_SIGNATURE;
}

/**
 * Loads and leaves the machine at the kernel's 32-bit entry. Call it on a machine fresh or `reset`.
 * @throws MachineError in a line without the kernel's name
 */
export function loadLinux(machine: Machine, image: LinuxImage): void {
  const { kernel, initrd } = image;
  const header = viewOf(kernel);
  checkHeader(kernel, header);
  const setup = SECTOR * (1 + (header.getUint8(linux.SETUP_SECTS) || DEFAULT_SETUP_SECTORS));
  const protectedMode = kernel.subarray(setup);
  if (!protectedMode.length) throw new MachineError("the kernel is cut off: only its set-up part is there");
  const version = header.getUint16(linux.PROTOCOL_VERSION, true);
  const needed =
    version >= linux.INIT_SIZE_VERSION ? header.getUint32(linux.INIT_SIZE, true) : LEAST_INIT_SIZE;
  const end = KERNEL_START + Math.max(needed, protectedMode.length);
  if (end > machine.memoryBytes) throw tooLarge(machine, end, "the kernel");
  machine.memory.set(protectedMode, KERNEL_START);
  const zeroPage = buildZeroPage(kernel, header, machine.memoryBytes);
  if (initrd) placeInitrd(machine, zeroPage, initrd, end);
  placeCommandLine(machine, zeroPage, image.commandLine);
  machine.memory.set(new Uint8Array(zeroPage.buffer), ZERO_PAGE);
  enter(machine);
}

function checkHeader(kernel: Uint8Array, header: DataView): void {
  if (!isLinuxImage(kernel)) throw new MachineError("not a Linux kernel");
  const version = header.getUint16(linux.PROTOCOL_VERSION, true);
  const told = `boot protocol ${version >> 8}.${String(version & 0xff).padStart(2, "0")}`;
  if (version < linux.OLDEST_VERSION) throw new MachineError(`its ${told} is older than 2.06`);
  if (!(header.getUint8(linux.LOADFLAGS) & linux.LOADED_HIGH))
    throw new MachineError("a zImage, loaded low, is not supported: only a bzImage");
}

/** The zero page with the kernel's own header and the machine's memory in it. */
function buildZeroPage(kernel: Uint8Array, header: DataView, memoryBytes: number): DataView {
  const page = new Uint8Array(linux.ZERO_PAGE_SIZE);
  const headerEnd = Math.min(
    linux.HEADER_MAGIC + header.getUint8(linux.HEADER_LENGTH),
    linux.E820_TABLE - 64,
  );
  page.set(kernel.subarray(linux.SETUP_SECTS, headerEnd), linux.SETUP_SECTS);
  const view = viewOf(page);
  view.setUint8(linux.TYPE_OF_LOADER, linux.LOADER_UNKNOWN);
  view.setUint32(linux.CODE32_START, KERNEL_START, true);
  const map = memoryMap(memoryBytes);
  view.setUint8(linux.E820_ENTRIES, map.length);
  map.forEach(({ start, length, available }, i) => {
    const at = linux.E820_TABLE + i * linux.E820_ENTRY_SIZE;
    view.setBigUint64(at, BigInt(start), true);
    view.setBigUint64(at + 8, BigInt(length), true);
    view.setUint32(at + 16, available ? linux.E820_RAM : linux.E820_RESERVED, true);
  });
  view.setUint8(linux.SCREEN_MODE, TEXT_MODE);
  view.setUint8(linux.SCREEN_COLUMNS, 80);
  view.setUint8(linux.SCREEN_LINES, 25);
  view.setUint8(linux.SCREEN_IS_VGA, 1);
  view.setUint16(linux.SCREEN_POINTS, 16, true);
  return view;
}

/** As high as kernel and memory allow, so that unpacking the kernel does not reach it. */
function placeInitrd(machine: Machine, zeroPage: DataView, initrd: Uint8Array, kernelEnd: number): void {
  const highest = zeroPage.getUint32(linux.INITRD_ADDR_MAX, true);
  const limit = Math.min(highest + 1, machine.memoryBytes);
  const start = Math.floor((limit - initrd.length) / PAGE) * PAGE;
  if (start < kernelEnd) throw tooLarge(machine, kernelEnd + initrd.length, "the kernel with its RAM disk");
  machine.memory.set(initrd, start);
  zeroPage.setUint32(linux.RAMDISK_IMAGE, start, true);
  zeroPage.setUint32(linux.RAMDISK_SIZE, initrd.length, true);
}

function placeCommandLine(machine: Machine, zeroPage: DataView, text: string): void {
  const bytes = Buffer.from(`${text}\0`);
  const most = zeroPage.getUint32(linux.CMDLINE_SIZE, true);
  if (bytes.length - 1 > most)
    throw new MachineError(`a command line of ${bytes.length - 1} bytes: the kernel takes ${most}`);
  machine.memory.set(bytes, COMMAND_LINE);
  zeroPage.setUint32(linux.CMD_LINE_PTR, COMMAND_LINE, true);
}

function enter(machine: Machine): void {
  const view = viewOf(machine.memory);
  DESCRIPTORS.forEach(([low, high], i) => {
    view.setUint32(GDT + 8 * i, low, true);
    view.setUint32(GDT + 8 * i + 4, high, true);
  });
  machine.cpu.invalidate(0, machine.memoryBytes);
  machine.cpu.enterFlat32(KERNEL_START);
  const { registers } = machine.cpu;
  Object.assign(registers.gdtr, { base: GDT, limit: 8 * DESCRIPTORS.length - 1 });
  for (const name of ["es", "ss", "ds", "fs", "gs"] as const)
    registers.segments[name].selector = linux.BOOT_DS;
  registers.segments.cs.selector = linux.BOOT_CS;
  registers.esi = ZERO_PAGE;
}

function tooLarge(machine: Machine, needed: number, what: string): MachineError {
  const mib = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  return new MachineError(
    `${what} does not fit into ${mib(machine.memoryBytes)} MiB of memory: ${mib(needed)} are needed`,
  );
}
