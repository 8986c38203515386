// Loads a multiboot kernel and its modules into a machine, as a boot loader would.
//
// Specification: Multiboot 0.6.96. The kernel must be an ELF file; the address fields of the header (flag 16) are
// not needed then. The information structure and its strings lie in low memory from 0x9000 on, or behind the kernel's own part of that, modules follow the
// kernel, each on a page of its own.

import * as mb from "../abi/multiboot";
import { E_SHSTRNDX, ELF_SECTION_HEADER_SIZE, SH_ADDR, SH_SIZE, SHT_SYMTAB } from "../abi/elf";
import { MachineError } from "./config";
import { type ElfFile, ElfError, readElf, viewOf } from "./elf";
import { readSections } from "./sections";
import { CONVENTIONAL_END, HOLE_END, memoryMap } from "./firmware";
import type { Machine } from "./machine";

/** A multiboot module: contents and its command line (`name args...`). */
export interface BootModule {
  contents: Uint8Array;
  string: string;
}

export interface BootImage {
  /** The kernel's ELF file. */
  kernel: Uint8Array;
  /** The kernel's command line, its name included. */
  commandLine: string;
  modules: readonly BootModule[];
  /** The BIOS number of the disk it came from and the partition (0 is the first), when it came from one. */
  bootPartition?: number;
}

const PAGE = 4096;
/** Where the information structure is, unless a segment is there. */
const INFO_START = 0x9000;
/** Below are the interrupt table and the BIOS's data. */
const LOWEST_SEGMENT = 0x1000;
const LOADER_NAME = "mach386";
const FIRST_DISK = 0x80;
const NO_PARTITION = 0xff;
/** The display's mode 3. */
const TEXT_MEMORY = 0xb8000;
const TEXT_COLUMNS = 80;
const TEXT_ROWS = 25;

/**
 * Loads and leaves the machine at the kernel's entry. Call it on a machine fresh or `reset`.
 * @throws MachineError in a line without the kernel's name
 */
export function loadMultiboot(machine: Machine, image: BootImage): void {
  const wantsText = checkMultibootHeader(image.kernel);
  const elf = parse(image.kernel);
  let end = loadSegments(machine, elf);
  const places = image.modules.map((module) => {
    const start = alignUp(end);
    end = start + module.contents.length;
    if (end > machine.memoryBytes) throw tooLarge(machine, "kernel with its modules");
    machine.memory.set(module.contents, start);
    return { start, end, string: module.string };
  });
  const symbols = loadSymbols(machine, image.kernel, alignUp(end));
  const infoStart = lowEnd(elf);
  const info = new InfoWriter(machine.memory, infoStart, wantsText);
  info.build(image, places, machine.memoryBytes, symbols);
  machine.cpu.invalidate(0, machine.memoryBytes);
  machine.cpu.enterFlat32(entryAddress(elf));
  machine.cpu.registers.eax = mb.MULTIBOOT_BOOTLOADER_MAGIC;
  machine.cpu.registers.ebx = infoStart;
}

/** Finds the multiboot header and checks that nothing it requires is missing here. Returns whether it wants to be told of the text mode. */
function checkMultibootHeader(kernel: Uint8Array): boolean {
  const view = viewOf(kernel);
  const last = Math.min(kernel.length, mb.MULTIBOOT_SEARCH) - mb.MULTIBOOT_HEADER_SIZE;
  for (let at = 0; at <= last; at += 4) {
    if (view.getUint32(at, true) !== mb.MULTIBOOT_HEADER_MAGIC) continue;
    const flags = view.getUint32(at + 4, true);
    if ((mb.MULTIBOOT_HEADER_MAGIC + flags + view.getUint32(at + 8, true)) >>> 0 !== 0) continue;
    checkFlags(flags);
    if (flags & mb.MULTIBOOT_VIDEO_MODE) checkMode(view, at);
    return (flags & mb.MULTIBOOT_VIDEO_MODE) !== 0;
  }
  // Say first what is wrong with the file, when it is not even an ELF file.
  parse(kernel);
  throw new MachineError(`no multiboot header in its first ${mb.MULTIBOOT_SEARCH} bytes`);
}

function checkFlags(flags: number): void {
  const known = mb.MULTIBOOT_PAGE_ALIGN | mb.MULTIBOOT_MEMORY_INFO | mb.MULTIBOOT_VIDEO_MODE;
  const unknown = flags & mb.MULTIBOOT_REQUIRED_MASK & ~known;
  if (unknown) throw new MachineError(`requires unknown multiboot features 0x${unknown.toString(16)}`);
}

/** The display is in a text mode, as a BIOS leaves it; its size is only a wish. */
function checkMode(view: DataView, header: number): void {
  const isThere = header + mb.MULTIBOOT_MODE_END <= view.byteLength;
  if (!isThere || view.getUint32(header + mb.MULTIBOOT_MODE_TYPE, true) !== mb.MULTIBOOT_MODE_TEXT)
    throw new MachineError("wants a graphics mode from the loader");
}

function parse(kernel: Uint8Array): ElfFile {
  try {
    return readElf(kernel);
  } catch (error) {
    if (error instanceof ElfError) throw new MachineError(error.message);
    throw error;
  }
}

/** The end of what the kernel has in low memory, at least INFO_START. */
function lowEnd(elf: ElfFile): number {
  const ends = elf.segments
    .filter(({ physical }) => physical < HOLE_END)
    .map(({ physical, memorySize }) => physical + memorySize);
  return alignUp(Math.max(INFO_START, ...ends));
}

/** Copies the segments and returns the end of the kernel, bss included. */
function loadSegments(machine: Machine, elf: ElfFile): number {
  let kernelEnd = HOLE_END;
  if (!elf.segments.length) throw new MachineError("ELF file has nothing to load");
  checkApart(elf);
  for (const { contents, memorySize, physical } of elf.segments) {
    const end = physical + memorySize;
    if (memorySize === 0) continue;
    if (end > machine.memoryBytes) throw tooLarge(machine, "kernel");
    if (physical < HOLE_END && (physical < LOWEST_SEGMENT || end > CONVENTIONAL_END)) {
      throw new MachineError(`ELF segment at physical 0x${physical.toString(16)} is where there is no room`);
    }
    machine.memory.set(contents, physical);
    machine.memory.fill(0, physical + contents.length, end);
    kernelEnd = Math.max(kernelEnd, end);
  }
  return kernelEnd;
}

/** Where the kernel's section headers are in memory. */
interface LoadedSections {
  count: number;
  address: number;
  names: number;
}

/**
 * Loads the section headers, and the sections that hold symbols, to `start`; undefined when there are none or no room.
 * A kernel that does not look at them loses nothing but memory that it has not been given.
 */
function loadSymbols(machine: Machine, kernel: Uint8Array, start: number): LoadedSections | undefined {
  const sections = readSections(kernel);
  const symbols = sections.findIndex(({ type }) => type === SHT_SYMTAB);
  const strings = sections[symbols]?.link;
  if (symbols < 0 || !sections[strings]) return undefined;
  const headers = sections.length * ELF_SECTION_HEADER_SIZE;
  const loaded = [...new Set([symbols, strings])];
  const bytes = loaded.reduce((sum, i) => sum + alignWord(sections[i].contents.length), headers);
  if (start + bytes > machine.memoryBytes) return undefined;
  const view = viewOf(machine.memory.subarray(start, start + headers));
  sections.forEach(({ header }, i) => machine.memory.set(header, start + i * ELF_SECTION_HEADER_SIZE));
  let at = start + headers;
  for (const i of loaded) {
    const { contents } = sections[i];
    machine.memory.set(contents, at);
    view.setUint32(i * ELF_SECTION_HEADER_SIZE + SH_ADDR, at, true);
    view.setUint32(i * ELF_SECTION_HEADER_SIZE + SH_SIZE, contents.length, true);
    at += alignWord(contents.length);
  }
  return { count: sections.length, address: start, names: viewOf(kernel).getUint16(E_SHSTRNDX, true) };
}

/** Segments that share memory are a mistake; many large ones would also take very long to load. */
function checkApart({ segments }: ElfFile): void {
  const places = segments.filter(({ memorySize }) => memorySize > 0).sort((a, b) => a.physical - b.physical);
  places.forEach(({ physical }, i) => {
    const before = places[i - 1];
    if (before && before.physical + before.memorySize > physical) {
      throw new MachineError(`ELF segments overlap at physical 0x${physical.toString(16)}`);
    }
  });
}

function tooLarge(machine: Machine, what: string): MachineError {
  return new MachineError(`${what} does not fit into ${machine.memoryBytes / 2 ** 20} MiB of memory`);
}

/** The entry is a virtual address; paging is off, so it must be one of the physical addresses loaded. */
function entryAddress(elf: ElfFile): number {
  const holds = (start: number, size: number) => elf.entry >= start && elf.entry < start + size;
  if (elf.segments.some((segment) => holds(segment.physical, segment.memorySize))) return elf.entry;
  const home = elf.segments.find((segment) => holds(segment.virtual, segment.memorySize));
  if (!home) throw new MachineError(`ELF entry 0x${elf.entry.toString(16)} lies in no segment`);
  return elf.entry - home.virtual + home.physical;
}

function alignUp(address: number): number {
  return Math.ceil(address / PAGE) * PAGE;
}

function alignWord(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** Lays out the information structure, then what it points at. */
class InfoWriter {
  private readonly view: DataView;
  private next: number;

  constructor(
    private readonly memory: Uint8Array,
    private readonly start: number,
    private readonly tellsOfText: boolean,
  ) {
    this.view = viewOf(memory);
    this.next = start + mb.MULTIBOOT_INFO_SIZE + (tellsOfText ? mb.MBI_FRAMEBUFFER_SIZE : 0);
  }

  build(
    image: BootImage,
    modules: readonly { start: number; end: number; string: string }[],
    memoryBytes: number,
    sections: LoadedSections | undefined,
  ): void {
    this.memory.fill(0, this.start, CONVENTIONAL_END);
    let valid = mb.MULTIBOOT_INFO_CMDLINE | mb.MULTIBOOT_INFO_MODS | mb.MULTIBOOT_INFO_BOOT_LOADER_NAME;
    this.putInfo(mb.MBI_CMDLINE, this.putString(image.commandLine));
    this.putInfo(mb.MBI_BOOT_LOADER_NAME, this.putString(LOADER_NAME));
    this.putInfo(mb.MBI_MODS_COUNT, modules.length);
    this.putInfo(mb.MBI_MODS_ADDR, this.putModules(modules));
    if (image.bootPartition !== undefined) {
      valid |= mb.MULTIBOOT_INFO_BOOTDEV;
      this.putInfo(mb.MBI_BOOT_DEVICE, bootDevice(image.bootPartition));
    }
    if (sections) {
      valid |= mb.MULTIBOOT_INFO_ELF_SHDR;
      this.putInfo(mb.MBI_ELF_NUM, sections.count);
      this.putInfo(mb.MBI_ELF_SIZE, ELF_SECTION_HEADER_SIZE);
      this.putInfo(mb.MBI_ELF_ADDR, sections.address);
      this.putInfo(mb.MBI_ELF_SHNDX, sections.names);
    }
    if (this.tellsOfText) {
      valid |= mb.MULTIBOOT_INFO_FRAMEBUFFER;
      const words = [
        TEXT_MEMORY,
        0,
        2 * TEXT_COLUMNS,
        TEXT_COLUMNS,
        TEXT_ROWS,
        16 | (mb.MULTIBOOT_FRAMEBUFFER_TEXT << 8),
      ];
      words.forEach((word, i) => this.putInfo(mb.MBI_FRAMEBUFFER + 4 * i, word));
    }
    // Every kernel gets the sizes and the map, whether its header asks or not, as from other loaders.
    this.putMemory(memoryBytes);
    this.putInfo(mb.MBI_FLAGS, valid | mb.MULTIBOOT_INFO_MEMORY | mb.MULTIBOOT_INFO_MEM_MAP);
  }

  private putInfo(offset: number, value: number): void {
    this.view.setUint32(this.start + offset, value, true);
  }

  private reserve(bytes: number): number {
    const start = this.next;
    this.next = Math.ceil((start + bytes) / 4) * 4;
    if (this.next > CONVENTIONAL_END) throw new MachineError("command lines do not fit below 640 KiB");
    return start;
  }

  private putString(text: string): number {
    const bytes = Buffer.from(`${text}\0`);
    const start = this.reserve(bytes.length);
    this.memory.set(bytes, start);
    return start;
  }

  private putModules(modules: readonly { start: number; end: number; string: string }[]): number {
    const start = this.reserve(modules.length * mb.MULTIBOOT_MODULE_SIZE);
    modules.forEach((module, i) => {
      const at = start + i * mb.MULTIBOOT_MODULE_SIZE;
      this.view.setUint32(at + mb.MBM_START, module.start, true);
      this.view.setUint32(at + mb.MBM_END, module.end, true);
      this.view.setUint32(at + mb.MBM_STRING, this.putString(module.string), true);
    });
    return start;
  }

  private putMemory(memoryBytes: number): void {
    const map = memoryMap(memoryBytes);
    const start = this.reserve(map.length * mb.MULTIBOOT_MMAP_ENTRY_SIZE);
    map.forEach((range, i) => {
      const at = start + i * mb.MULTIBOOT_MMAP_ENTRY_SIZE;
      this.view.setUint32(at + mb.MBMM_SIZE, mb.MULTIBOOT_MMAP_ENTRY_SIZE - 4, true);
      this.view.setUint32(at + mb.MBMM_ADDR, range.start, true);
      this.view.setUint32(at + mb.MBMM_LEN, range.length, true);
      const type = range.available ? mb.MULTIBOOT_MEMORY_AVAILABLE : mb.MULTIBOOT_MEMORY_RESERVED;
      this.view.setUint32(at + mb.MBMM_TYPE, type, true);
    });
    this.putInfo(mb.MBI_MMAP_ADDR, start);
    this.putInfo(mb.MBI_MMAP_LENGTH, map.length * mb.MULTIBOOT_MMAP_ENTRY_SIZE);
    this.putInfo(mb.MBI_MEM_LOWER, CONVENTIONAL_END >> 10);
    this.putInfo(mb.MBI_MEM_UPPER, (memoryBytes - HOLE_END) >>> 10);
  }
}

/** Drive, partition, and no sub-partitions, from the high byte down. */
function bootDevice(partition: number): number {
  return ((FIRST_DISK << 24) | (partition << 16) | (NO_PARTITION << 8) | NO_PARTITION) >>> 0;
}
