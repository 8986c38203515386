// Sections of ELF files. Nothing in the file is trusted.

import {
  E_SHENTSIZE,
  E_SHNUM,
  E_SHOFF,
  E_SHSTRNDX,
  ELF_HEADER_SIZE,
  ELF_MAGIC,
  ELF_SECTION_HEADER_SIZE,
  SH_LINK,
  SH_NAME,
  SH_OFFSET,
  SH_SIZE,
  SH_TYPE,
  SHT_NOBITS,
} from "../abi/elf";
import { viewOf } from "./elf";

const LONGEST_NAME = 1024;

export interface ElfSection {
  name: string;
  type: number;
  /** Its entry in the file's table. */
  header: Uint8Array;
  /** Index of the section that belongs to it. */
  link: number;
  /** As far as the file has them. */
  contents: Uint8Array;
}

/** All sections, by index; an empty list when the file has no usable table. */
export function readSections(bytes: Uint8Array): ElfSection[] {
  const view = viewOf(bytes);
  if (bytes.length < ELF_HEADER_SIZE || view.getUint32(0, true) !== ELF_MAGIC) return [];
  const start = view.getUint32(E_SHOFF, true);
  const size = view.getUint16(E_SHENTSIZE, true);
  const count = view.getUint16(E_SHNUM, true);
  if (size < ELF_SECTION_HEADER_SIZE || start + count * size > bytes.length) return [];
  const headers = Array.from({ length: count }, (_, i) => start + i * size);
  const contents = headers.map((header) => {
    const offset = view.getUint32(header + SH_OFFSET, true);
    const isEmpty = view.getUint32(header + SH_TYPE, true) === SHT_NOBITS;
    return bytes.subarray(offset, isEmpty ? offset : offset + view.getUint32(header + SH_SIZE, true));
  });
  const names = contents[view.getUint16(E_SHSTRNDX, true)] ?? new Uint8Array();
  return headers.map((header, i) => ({
    name: stringAt(names, view.getUint32(header + SH_NAME, true)),
    type: view.getUint32(header + SH_TYPE, true),
    link: view.getUint32(header + SH_LINK, true),
    header: bytes.subarray(header, header + ELF_SECTION_HEADER_SIZE),
    contents: contents[i],
  }));
}

export function sectionNamed(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return readSections(bytes).find((section) => section.name === name)?.contents;
}

/** A 0-terminated string of a string table, or what there is of it. */
export function stringAt(names: Uint8Array, offset: number): string {
  const text = names.subarray(offset, offset + LONGEST_NAME);
  const end = text.indexOf(0);
  return Buffer.from(end < 0 ? text : text.subarray(0, end)).toString("latin1");
}
