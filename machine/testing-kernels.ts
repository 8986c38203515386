// For specs: tiny multiboot kernels written in assembler, as ELF files with symbols.

import * as elf from "../abi/elf";
import { MULTIBOOT_HEADER_MAGIC } from "../abi/multiboot";
import { type AssemblyRoutine, al, assemble, dx, esp } from "../tools/asm";
import { viewOf } from "./elf";

export const KERNEL_BASE = 0x100000;
/** Behind the multiboot header. */
export const KERNEL_ENTRY = KERNEL_BASE + 48;
const STACK_TOP = 0x90000;
const STT_FUNC = 2;
const CONTENTS_OFFSET = 0x1000;

export interface KernelOptions {
  /** Flags of the multiboot header. Default 0. */
  flags?: number;
  /** The kind of video mode that the header wants. */
  mode?: number;
  /** p_paddr. Default 1 MiB. */
  physical?: number;
  /** p_memsz beyond the contents. Default 0. */
  bss?: number;
  /** Default true. */
  multiboot?: boolean;
}

/** An ELF file with one segment: multiboot header, then the routine's code, entered at its start with a stack. */
export function makeKernel(routine: AssemblyRoutine, options: KernelOptions = {}): Uint8Array {
  const { bytes: code, labels } = assemble(
    (a) => {
      a.mov(esp, STACK_TOP);
      routine(a);
    },
    { origin: KERNEL_ENTRY },
  );
  const contents = new Uint8Array(KERNEL_ENTRY - KERNEL_BASE + code.length);
  if (options.multiboot ?? true) contents.set(multibootHeader(options.flags ?? 0, options.mode ?? 0));
  contents.set(code, KERNEL_ENTRY - KERNEL_BASE);
  return makeElf(contents, labels, options);
}

/** Code that ends the run with a status. */
export const exitWith =
  (status: number): AssemblyRoutine =>
  (a) => {
    a.mov(al, status).mov(dx, 0xf4).out(dx, al);
  };

function multibootHeader(flags: number, mode: number): Uint8Array {
  const words = [
    MULTIBOOT_HEADER_MAGIC,
    flags,
    -(MULTIBOOT_HEADER_MAGIC + flags),
    0,
    0,
    0,
    0,
    0,
    mode,
    80,
    25,
    0,
  ];
  return new Uint8Array(Uint32Array.from(words).buffer);
}

function makeElf(
  contents: Uint8Array,
  labels: Readonly<Record<string, number>>,
  options: KernelOptions,
): Uint8Array {
  const names = Object.keys(labels);
  const strings = Buffer.from(`\0${names.map((name) => `${name}\0`).join("")}`);
  const symbolsOffset = CONTENTS_OFFSET + Math.ceil(contents.length / 16) * 16;
  const symbolsSize = (names.length + 1) * elf.ELF_SYMBOL_SIZE;
  const stringsOffset = symbolsOffset + symbolsSize;
  const sectionsOffset = Math.ceil((stringsOffset + strings.length) / 16) * 16;
  const file = new Uint8Array(sectionsOffset + 3 * elf.ELF_SECTION_HEADER_SIZE);
  const view = viewOf(file);
  const put = (base: number, fields: readonly (readonly [number, number])[]) => {
    for (const [offset, value] of fields) view.setUint32(base + offset, value, true);
  };
  putHeader(view, sectionsOffset);
  put(elf.ELF_HEADER_SIZE, [
    [elf.P_TYPE, elf.PT_LOAD],
    [elf.P_OFFSET, CONTENTS_OFFSET],
    [elf.P_VADDR, KERNEL_BASE],
    [elf.P_PADDR, options.physical ?? KERNEL_BASE],
    [elf.P_FILESZ, contents.length],
    [elf.P_MEMSZ, contents.length + (options.bss ?? 0)],
  ]);
  file.set(contents, CONTENTS_OFFSET);
  // A label reaches to the next one.
  const ends = [...Object.values(labels), KERNEL_BASE + contents.length].sort((a, b) => a - b);
  const sizeOf = (address: number) => (ends.find((end) => end > address) ?? address) - address;
  let nameOffset = 1;
  names.forEach((name, i) => {
    const at = symbolsOffset + (i + 1) * elf.ELF_SYMBOL_SIZE;
    put(at, [
      [elf.ST_NAME, nameOffset],
      [elf.ST_VALUE, labels[name]],
      [elf.ST_SIZE, sizeOf(labels[name])],
    ]);
    view.setUint8(at + elf.ST_INFO, STT_FUNC);
    view.setUint16(at + elf.ST_SHNDX, 1, true);
    nameOffset += name.length + 1;
  });
  file.set(strings, stringsOffset);
  put(sectionsOffset + elf.ELF_SECTION_HEADER_SIZE, [
    [elf.SH_TYPE, elf.SHT_SYMTAB],
    [elf.SH_OFFSET, symbolsOffset],
    [elf.SH_SIZE, symbolsSize],
    [elf.SH_LINK, 2],
  ]);
  put(sectionsOffset + 2 * elf.ELF_SECTION_HEADER_SIZE, [
    [elf.SH_TYPE, elf.SHT_STRTAB],
    [elf.SH_OFFSET, stringsOffset],
    [elf.SH_SIZE, strings.length],
  ]);
  return file;
}

function putHeader(view: DataView, sectionsOffset: number): void {
  view.setUint32(0, elf.ELF_MAGIC, true);
  view.setUint8(elf.EI_CLASS, elf.ELFCLASS32);
  view.setUint8(elf.EI_DATA, elf.ELFDATA2LSB);
  view.setUint16(elf.E_TYPE, elf.ET_EXEC, true);
  view.setUint16(elf.E_MACHINE, elf.EM_386, true);
  view.setUint32(elf.E_ENTRY, KERNEL_ENTRY, true);
  view.setUint32(elf.E_PHOFF, elf.ELF_HEADER_SIZE, true);
  view.setUint32(elf.E_SHOFF, sectionsOffset, true);
  view.setUint16(elf.E_PHENTSIZE, elf.ELF_PROGRAM_HEADER_SIZE, true);
  view.setUint16(elf.E_PHNUM, 1, true);
  view.setUint16(elf.E_SHENTSIZE, elf.ELF_SECTION_HEADER_SIZE, true);
  view.setUint16(elf.E_SHNUM, 3, true);
}
