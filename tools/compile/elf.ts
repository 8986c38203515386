// ELF32 executables for the i386 (System V ABI, Intel386 supplement, chapter 4).

export interface ElfSegment {
  readonly name: string;
  readonly address: number;
  readonly physical: number;
  readonly bytes: Uint8Array;
  /** In memory; what is beyond `bytes` is zero. */
  readonly memorySize: number;
  readonly executable: boolean;
  readonly writable: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly kind: "function" | "object";
  readonly global: boolean;
}

export interface ElfImage {
  readonly entry: number;
  /** In ascending order of address. */
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
  /** Sections that are not loaded. */
  readonly debug?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

const headerSize = 52;
const programHeaderSize = 32;
const sectionHeaderSize = 40;
const symbolSize = 16;
const pageSize = 4096;
const debugAlign = 4;

const EM_386 = 3;
const ET_EXEC = 2;
const PT_LOAD = 1;
const [SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB] = [1, 2, 3];
const [PF_X, PF_W, PF_R] = [1, 2, 4];
const [SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR] = [1, 2, 4];

class Strings {
  private readonly chunks: Uint8Array[] = [Uint8Array.of(0)];
  private length = 1;

  add(text: string): number {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = this.length;
    this.chunks.push(bytes);
    this.length += bytes.length;
    return at;
  }

  get bytes(): Uint8Array {
    return concatenate(this.chunks);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function symbolTable(image: ElfImage, names: Strings): { bytes: Uint8Array; locals: number } {
  const sorted = [...image.symbols].sort(
    (a, b) => Number(a.global) - Number(b.global) || a.address - b.address || (a.name < b.name ? -1 : 1),
  );
  const view = new DataView(new ArrayBuffer(symbolSize * (sorted.length + 1)));
  sorted.forEach((symbol, i) => {
    const at = symbolSize * (i + 1);
    const section = image.segments.findIndex(
      (s) => symbol.address >= s.address && symbol.address <= s.address + s.memorySize,
    );
    view.setUint32(at, names.add(symbol.name), true);
    view.setUint32(at + 4, symbol.address, true);
    view.setUint32(at + 8, symbol.size, true);
    view.setUint8(at + 12, (symbol.global ? 0x10 : 0) | (symbol.kind === "function" ? 2 : 1));
    view.setUint16(at + 14, section < 0 ? 0xfff1 : section + 1, true);
  });
  return { bytes: new Uint8Array(view.buffer), locals: 1 + sorted.filter((s) => !s.global).length };
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly link?: number;
  readonly info?: number;
  readonly align: number;
  readonly entrySize?: number;
}

function sectionsOf(image: ElfImage): Section[] {
  const names = new Strings();
  const { bytes, locals } = symbolTable(image, names);
  const loaded = image.segments.map((s): Section => ({
    name: s.name,
    type: SHT_PROGBITS,
    flags: SHF_ALLOC | (s.executable ? SHF_EXECINSTR : 0) | (s.writable ? SHF_WRITE : 0),
    address: s.address,
    bytes: s.bytes,
    align: pageSize,
  }));
  const link = loaded.length + 2;
  return [
    ...loaded,
    {
      name: ".symtab",
      type: SHT_SYMTAB,
      flags: 0,
      address: 0,
      bytes,
      link,
      info: locals,
      align: 4,
      entrySize: 16,
    },
    { name: ".strtab", type: SHT_STRTAB, flags: 0, address: 0, bytes: names.bytes, align: 1 },
    ...(image.debug ?? []).map((debug) => ({
      ...debug,
      type: SHT_PROGBITS,
      flags: 0,
      address: 0,
      align: debugAlign,
    })),
  ];
}

function writeHeader(view: DataView, image: ElfImage, sectionOffset: number, sections: number): void {
  [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1].forEach((byte, i) => view.setUint8(i, byte));
  view.setUint16(16, ET_EXEC, true);
  view.setUint16(18, EM_386, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, image.entry, true);
  view.setUint32(28, headerSize, true);
  view.setUint32(32, sectionOffset, true);
  view.setUint16(40, headerSize, true);
  view.setUint16(42, programHeaderSize, true);
  view.setUint16(44, image.segments.length, true);
  view.setUint16(46, sectionHeaderSize, true);
  view.setUint16(48, sections, true);
  view.setUint16(50, sections - 1, true);
}

/** The file's bytes; the same for the same image. Segments start at page boundaries of the file. */
export function writeElf(image: ElfImage): Uint8Array {
  const sections = sectionsOf(image);
  const names = new Strings();
  const nameOffsets = [...sections.map((s) => s.name), ".shstrtab"].map((name) => names.add(name));
  const all: Section[] = [
    ...sections,
    { name: ".shstrtab", type: SHT_STRTAB, flags: 0, address: 0, bytes: names.bytes, align: 1 },
  ];
  const offsets: number[] = [];
  let end = headerSize + programHeaderSize * image.segments.length;
  for (const { bytes, align } of all) {
    end = Math.ceil(end / align) * align;
    offsets.push(end);
    end += bytes.length;
  }
  const sectionOffset = Math.ceil(end / 4) * 4;
  const view = new DataView(new ArrayBuffer(sectionOffset + sectionHeaderSize * (all.length + 1)));
  const file = new Uint8Array(view.buffer);
  writeHeader(view, image, sectionOffset, all.length + 1);
  image.segments.forEach((s, i) => {
    const flags = PF_R | (s.executable ? PF_X : 0) | (s.writable ? PF_W : 0);
    const words = [PT_LOAD, offsets[i], s.address, s.physical, s.bytes.length, s.memorySize, flags, pageSize];
    words.forEach((w, n) => view.setUint32(headerSize + programHeaderSize * i + 4 * n, w, true));
  });
  all.forEach((s, i) => {
    file.set(s.bytes, offsets[i]);
    const { type, flags, address, bytes, link = 0, info = 0, align, entrySize = 0 } = s;
    const words = [
      nameOffsets[i],
      type,
      flags,
      address,
      offsets[i],
      bytes.length,
      link,
      info,
      align,
      entrySize,
    ];
    words.forEach((w, n) => view.setUint32(sectionOffset + sectionHeaderSize * (i + 1) + 4 * n, w, true));
  });
  return file;
}
