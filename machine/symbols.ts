// Symbols of ELF files: from a name to an address, from an address to the function around it.

import {
  E_SHENTSIZE,
  E_SHNUM,
  E_SHOFF,
  ELF_HEADER_SIZE,
  ELF_MAGIC,
  SHT_SYMTAB,
  SH_LINK,
  SH_OFFSET,
  SH_SIZE,
  ELF_SECTION_HEADER_SIZE,
  SH_TYPE,
  ST_INFO,
  ST_NAME,
  ST_SHNDX,
  ST_SIZE,
  ELF_SYMBOL_SIZE,
  ST_VALUE,
} from "../abi/elf";
import { viewOf } from "./elf";

const STT_FUNC = 2;
/** Symbol types that name no address of interest. */
const STT_SECTION = 3;
const STT_FILE = 4;

export interface ElfSymbol {
  name: string;
  address: number;
  /** Bytes; 0 when unknown. */
  size: number;
  isFunction: boolean;
}

/** The symbols of an ELF file; an empty list when it has no usable table. */
export function readSymbols(bytes: Uint8Array): ElfSymbol[] {
  const view = viewOf(bytes);
  if (bytes.length < ELF_HEADER_SIZE || view.getUint32(0, true) !== ELF_MAGIC) return [];
  const start = view.getUint32(E_SHOFF, true);
  const size = view.getUint16(E_SHENTSIZE, true);
  const count = view.getUint16(E_SHNUM, true);
  if (size < ELF_SECTION_HEADER_SIZE || start + count * size > bytes.length) return [];
  for (let i = 0; i < count; i++) {
    const header = start + i * size;
    if (view.getUint32(header + SH_TYPE, true) !== SHT_SYMTAB) continue;
    const link = view.getUint32(header + SH_LINK, true);
    if (link >= count) return [];
    return readTable(section(bytes, view, header), section(bytes, view, start + link * size));
  }
  return [];
}

/** A section's contents as far as the file has them. */
function section(bytes: Uint8Array, view: DataView, header: number): Uint8Array {
  const offset = view.getUint32(header + SH_OFFSET, true);
  return bytes.subarray(offset, offset + view.getUint32(header + SH_SIZE, true));
}

function readTable(table: Uint8Array, names: Uint8Array): ElfSymbol[] {
  const view = viewOf(table);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + ELF_SYMBOL_SIZE <= table.length; at += ELF_SYMBOL_SIZE) {
    const type = table[at + ST_INFO] & 15;
    const name = nameAt(names, view.getUint32(at + ST_NAME, true));
    const isDefined = view.getUint16(at + ST_SHNDX, true) !== 0;
    if (!name || !isDefined || type === STT_FILE || type === STT_SECTION) continue;
    symbols.push({
      name,
      address: view.getUint32(at + ST_VALUE, true),
      size: view.getUint32(at + ST_SIZE, true),
      isFunction: type === STT_FUNC,
    });
  }
  return symbols;
}

function nameAt(names: Uint8Array, offset: number): string {
  const end = names.indexOf(0, offset);
  return Buffer.from(names.subarray(offset, end < 0 ? names.length : end)).toString("latin1");
}

/** Finds names for addresses. */
export class SymbolTable {
  private readonly symbols: ElfSymbol[];

  constructor(symbols: readonly ElfSymbol[]) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address);
  }

  addressOf(name: string): number | undefined {
    return this.symbols.find((symbol) => symbol.name === name)?.address;
  }

  /** "function+0x12" for an address; the bare address when no symbol lies at or before it within a megabyte. */
  describe(address: number): string {
    const hex = `0x${address.toString(16).padStart(8, "0")}`;
    const symbol = this.before(address);
    if (!symbol || address - symbol.address > 0x100000) return hex;
    const offset = address - symbol.address;
    return `${hex} ${symbol.name}${offset ? `+0x${offset.toString(16)}` : ""}`;
  }

  /** Whether an address lies inside a function, behind its first byte: where a return address can be. */
  isInsideFunction(address: number): boolean {
    const symbol = this.before(address - 1);
    return symbol !== undefined && symbol.isFunction && address <= symbol.address + symbol.size;
  }

  private before(address: number): ElfSymbol | undefined {
    let low = 0;
    let high = this.symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.symbols[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    return this.symbols[low - 1];
  }
}
