// Symbols of ELF files: from a name to an address, from an address to the function and the source line around it.

import { SHT_SYMTAB, ST_INFO, ST_NAME, ST_SHNDX, ST_SIZE, ELF_SYMBOL_SIZE, ST_VALUE } from "../abi/elf";
import { viewOf } from "./elf";
import { type LineRange, readLines } from "./lines";
import { readSections, stringAt } from "./sections";

const STT_FUNC = 2;
/** Symbol types that name no address of interest. */
const STT_SECTION = 3;
const STT_FILE = 4;
/** Distance to a symbol beyond which it does not name an address. */
const FARTHEST = 0x100000;

export interface ElfSymbol {
  name: string;
  address: number;
  /** Bytes; 0 when unknown. */
  size: number;
  isFunction: boolean;
}

/** The symbols of an ELF file; an empty list when it has no usable table. */
export function readSymbols(bytes: Uint8Array): ElfSymbol[] {
  const sections = readSections(bytes);
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const names = table && sections[table.link];
  return table && names ? readTable(table.contents, names.contents) : [];
}

function readTable(table: Uint8Array, names: Uint8Array): ElfSymbol[] {
  const view = viewOf(table);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + ELF_SYMBOL_SIZE <= table.length; at += ELF_SYMBOL_SIZE) {
    const type = table[at + ST_INFO] & 15;
    const name = stringAt(names, view.getUint32(at + ST_NAME, true));
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

/** Finds names and lines for addresses. */
export class SymbolTable {
  private readonly symbols: ElfSymbol[];
  private readonly lines: LineRange[];

  constructor(symbols: readonly ElfSymbol[], lines: readonly LineRange[] = []) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address);
    this.lines = [...lines].sort((a, b) => a.address - b.address);
  }

  /** Of one or more ELF files. */
  static of(...files: readonly Uint8Array[]): SymbolTable {
    return new SymbolTable(files.flatMap(readSymbols), files.flatMap(readLines));
  }

  addressOf(name: string): number | undefined {
    return this.symbols.find((symbol) => symbol.name === name)?.address;
  }

  /** "0xc0101379 panic+0x9 kernel/kern/debug.ts:29", as much of it as is known. */
  describe(address: number, line = this.lineAt(address)): string {
    const symbol = this.before(address);
    const offset = address - (symbol?.address ?? 0);
    const near = symbol && offset <= FARTHEST;
    const name = near ? ` ${symbol.name}${offset ? `+0x${offset.toString(16)}` : ""}` : "";
    return `0x${address.toString(16).padStart(8, "0")}${name}${line ? ` ${line.file}:${line.line}` : ""}`;
  }

  /** The same for a return address: the line is that of the call. */
  describeReturn(address: number): string {
    return this.describe(address, this.lineAt(address - 1));
  }

  lineAt(address: number): LineRange | undefined {
    const line = this.lines[countUpTo(this.lines, address) - 1];
    return line && address < line.end ? line : undefined;
  }

  /** Whether an address lies inside a function, behind its first byte: where a return address can be. */
  isInsideFunction(address: number): boolean {
    const symbol = this.before(address - 1);
    return symbol !== undefined && symbol.isFunction && address <= symbol.address + symbol.size;
  }

  private before(address: number): ElfSymbol | undefined {
    return this.symbols[countUpTo(this.symbols, address) - 1];
  }
}

/** How many items of a list by ascending address begin at or before an address. */
function countUpTo(items: readonly { address: number }[], address: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
