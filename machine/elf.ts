// Reads ELF32 executables for the i386: what to load, and the symbol table. Nothing in the file is trusted.

import {
  EI_CLASS,
  EI_DATA,
  E_ENTRY,
  E_MACHINE,
  E_PHENTSIZE,
  E_PHNUM,
  E_PHOFF,
  ELF_HEADER_SIZE,
  E_TYPE,
  ELFCLASS32,
  ELFDATA2LSB,
  ELF_MAGIC,
  EM_386,
  ET_EXEC,
  P_FILESZ,
  P_MEMSZ,
  P_OFFSET,
  P_PADDR,
  ELF_PROGRAM_HEADER_SIZE,
  P_TYPE,
  P_VADDR,
  PT_LOAD,
} from "../abi/elf";

/** A PT_LOAD segment. */
export interface ElfSegment {
  /** Contents; memory beyond them, up to `memorySize`, is zero. */
  contents: Uint8Array;
  memorySize: number;
  physical: number;
  virtual: number;
}

export interface ElfFile {
  /** Virtual address. */
  entry: number;
  segments: readonly ElfSegment[];
}

/** Says in a few words, without the file's name, why it is no executable. */
export class ElfError extends Error {
  override name = "ElfError";
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws ElfError */
export function readElf(bytes: Uint8Array): ElfFile {
  const view = viewOf(bytes);
  checkHeader(view);
  const start = view.getUint32(E_PHOFF, true);
  const size = view.getUint16(E_PHENTSIZE, true);
  const count = view.getUint16(E_PHNUM, true);
  if (count && (size < ELF_PROGRAM_HEADER_SIZE || start + count * size > bytes.length)) {
    throw new ElfError("ELF file is truncated (program headers)");
  }
  const segments: ElfSegment[] = [];
  for (let i = 0; i < count; i++) {
    const header = start + i * size;
    if (view.getUint32(header + P_TYPE, true) === PT_LOAD) segments.push(readSegment(bytes, view, header));
  }
  return { entry: view.getUint32(E_ENTRY, true), segments };
}

function checkHeader(view: DataView): void {
  if (view.byteLength < 4 || view.getUint32(0, true) !== ELF_MAGIC) throw new ElfError("not an ELF file");
  if (view.byteLength < ELF_HEADER_SIZE) throw new ElfError("ELF file is truncated (header)");
  if (view.getUint8(EI_CLASS) !== ELFCLASS32 || view.getUint8(EI_DATA) !== ELFDATA2LSB) {
    throw new ElfError("ELF file is not a 32-bit little-endian one");
  }
  if (view.getUint16(E_MACHINE, true) !== EM_386) throw new ElfError("ELF file is not for the i386");
  if (view.getUint16(E_TYPE, true) !== ET_EXEC) throw new ElfError("ELF file is not an executable");
}

function readSegment(bytes: Uint8Array, view: DataView, header: number): ElfSegment {
  const offset = view.getUint32(header + P_OFFSET, true);
  const fileSize = view.getUint32(header + P_FILESZ, true);
  const memorySize = view.getUint32(header + P_MEMSZ, true);
  if (offset + fileSize > bytes.length) throw new ElfError("ELF file is truncated (segment)");
  if (fileSize > memorySize) throw new ElfError("ELF segment is larger in the file than in memory");
  return {
    contents: bytes.subarray(offset, offset + fileSize),
    memorySize,
    physical: view.getUint32(header + P_PADDR, true),
    virtual: view.getUint32(header + P_VADDR, true),
  };
}
