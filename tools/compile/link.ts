// Object modules to a program image: takes what can be reached, gives addresses, applies fixups.
import { applyFixup, assembleModule, type ObjectModule } from "../asm";
import type { CodeFrames } from "./dwarf";
import type { ElfSegment, ElfSymbol } from "./elf";
import { CompileError, LocatedError, routinePlace } from "./errors";
import { runtime } from "./runtime.asm";
import { tableSymbol } from "./select";

/** Addresses of a program's parts (docs/architecture.md, "Guest code"). */
export interface MemoryLayout {
  readonly textBase: number;
  readonly dataBase: number;
  /** Virtual minus physical address of text and data; 0 when not given. */
  readonly physicalOffset?: number;
  /** Address, virtual and physical, of the section `.boot`, when an assembler module has one. */
  readonly bootBase?: number;
}

export interface DataPiece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface LinkInput {
  /** Always linked. */
  readonly assembly: readonly ObjectModule[];
  /** Compiled functions, linked when referred to; each defines the symbol of its name. */
  readonly functions: readonly ObjectModule[];
  /** Names of compiled functions that are global symbols, and always linked. */
  readonly exported: ReadonlySet<string>;
  /** Static data at fixed addresses. */
  readonly data: readonly DataPiece[];
  /** Module variables: symbol and initial bytes. */
  readonly globals: readonly { readonly symbol: string; readonly bytes: Uint8Array }[];
  /** Symbols by table index. */
  readonly table: readonly (string | undefined)[];
  readonly layout: MemoryLayout;
}

export interface PositionEntry {
  readonly address: number;
  /** Of the source, as the object module gave it; -1 for none. */
  readonly position: number;
}

export interface Linked {
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
  readonly positions: readonly PositionEntry[];
  /** Of all code that tells of them, ascending. */
  readonly frames: readonly CodeFrames[];
  /** Symbols of compiled functions, ascending, one for each address. */
  readonly functions: readonly ElfSymbol[];
  readonly addresses: ReadonlyMap<string, number>;
}

const pageSize = 4096;
const functionAlign = 16;
const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;
const hex = (n: number) => `0x${(n >>> 0).toString(16)}`;

interface Placed {
  readonly module: ObjectModule;
  readonly section: ObjectModule["sections"][number];
  readonly address: number;
}

class Linker {
  private readonly definedIn = new Map<string, ObjectModule>();
  private readonly addresses = new Map<string, number>();
  private readonly placed: Placed[] = [];
  /** Addresses of each module's own labels. */
  private readonly local = new Map<ObjectModule, Map<string, number>>();
  private readonly symbols: ElfSymbol[] = [];
  private readonly parts = new Map<string, { bytes: Uint8Array; base: number }>();

  constructor(private readonly input: LinkInput) {}

  run(): Linked {
    const modules = this.reachable();
    const { layout } = this.input;
    if (layout.bootBase !== undefined) this.place(modules, ".boot", layout.bootBase, Infinity);
    this.place(modules, ".text", layout.textBase, layout.dataBase);
    this.placeData(modules);
    for (const placed of this.placed) this.fix(placed);
    this.fillTable();
    const segments = this.segments();
    const positions = this.placed.flatMap(positionsOf).sort((a, b) => a.address - b.address);
    return {
      segments,
      symbols: this.symbols,
      positions,
      frames: this.placed.flatMap(framesOf).sort((a, b) => a.address - b.address),
      functions: this.compiledFunctions(),
      addresses: this.addresses,
    };
  }

  private compiledFunctions(): ElfSymbol[] {
    const compiled = new Set(this.input.functions);
    const starts = new Set(this.placed.filter((p) => compiled.has(p.module)).map((p) => p.address));
    return this.symbols.filter((s) => starts.delete(s.address)).sort((a, b) => a.address - b.address);
  }

  private define(module: ObjectModule): void {
    for (const name of module.globals) {
      const other = this.definedIn.get(name);
      if (other) throw new CompileError(`${module.name}: ${name} is already defined in ${other.name}`);
      this.definedIn.set(name, module);
    }
  }

  /** Assembler modules, exported functions, and what they and the table lead to, in a fixed order. */
  private reachable(): ObjectModule[] {
    const { assembly, functions, exported, table } = this.input;
    for (const module of [...assembly, ...functions]) this.define(module);
    const wanted = new Set<ObjectModule>(assembly);
    const want = (name: string, missing: () => Error) => {
      let module = this.definedIn.get(name);
      if (!module && runtime[name]) {
        module = assembleModule(runtime[name], name);
        this.define(module);
      }
      if (module) wanted.add(module);
      else if (!this.isLinkerSymbol(name)) throw missing();
    };
    const nowhere = (name: string) => () => new CompileError(`undefined symbol ${name}`);
    for (const name of exported) want(name, nowhere(name));
    for (const name of table) want(name ?? "__null_function", nowhere(name ?? ""));
    for (const module of wanted) {
      for (const section of module.sections) {
        for (const fixup of section.fixups) {
          if (fixup.symbol !== "" && !hasLabel(module, fixup.symbol))
            want(fixup.symbol, () => undefinedSymbol(module, section, fixup));
        }
      }
    }
    const order = [...assembly, ...functions].filter((m) => wanted.has(m));
    return [...order, ...[...wanted].filter((m) => !order.includes(m))];
  }

  private isLinkerSymbol(name: string): boolean {
    return (
      name === tableSymbol ||
      /^__(text|data)_(start|end)$/.test(name) ||
      this.input.globals.some((g) => g.symbol === name)
    );
  }

  /** Puts a section of all modules one after the other. */
  private place(modules: readonly ObjectModule[], name: string, base: number, limit: number): void {
    let end = base;
    for (const module of modules) {
      for (const section of module.sections) {
        if (section.name !== name) continue;
        end = roundUp(end, Math.max(section.align, name === ".text" ? functionAlign : 4));
        this.addSection(module, section, end);
        end += section.bytes.length;
      }
    }
    if (end > limit) {
      throw new CompileError(`text ends at ${hex(end)}, beyond the start of data, ${hex(limit)}`);
    }
    this.collect(name, base, end);
    if (name === ".text") {
      this.addresses.set("__text_start", base);
      this.addresses.set("__text_end", end);
    }
  }

  private addSection(module: ObjectModule, section: Placed["section"], address: number): void {
    this.placed.push({ module, section, address });
    let labels = this.local.get(module);
    if (!labels) this.local.set(module, (labels = new Map()));
    const ordered = [...section.labels].sort((a, b) => a[1] - b[1]);
    const visible = ordered.filter(([label]) => !label.startsWith("."));
    for (const [label, offset] of ordered) labels.set(label, address + offset);
    visible.forEach(([label, offset], i) => {
      const end = visible.slice(i + 1).find(([, next]) => next > offset)?.[1] ?? section.bytes.length;
      const compiled = this.input.functions.includes(module);
      const global = compiled ? this.input.exported.has(label) : module.globals.has(label);
      if (module.globals.has(label)) this.addresses.set(label, address + offset);
      const kind = section.name === ".data" ? "object" : "function";
      this.symbols.push({ name: label, address: address + offset, size: end - offset, kind, global });
    });
  }

  private collect(name: string, base: number, end: number): void {
    const bytes = new Uint8Array(end - base);
    if (name === ".text") bytes.fill(0x90);
    for (const { section, address } of this.placed) {
      if (section.name === name) bytes.set(section.bytes, address - base);
    }
    this.parts.set(name, { bytes, base });
  }

  /** Static data, the function table, module variables, then the data of assembler modules. */
  private placeData(modules: readonly ObjectModule[]): void {
    const { data, globals, table, layout } = this.input;
    const base = layout.dataBase;
    let end = Math.max(base, ...data.map((d) => d.address + d.bytes.length));
    const reserve = (symbol: string, size: number) => {
      const address = (end = roundUp(end, size >= 8 ? 8 : 4));
      end += size;
      this.addresses.set(symbol, address);
      this.symbols.push({ name: symbol, address, size, kind: "object", global: false });
      return address;
    };
    if (table.length) reserve(tableSymbol, 4 * table.length);
    const variables = globals.map((g) => ({ address: reserve(g.symbol, g.bytes.length), bytes: g.bytes }));
    for (const module of modules) {
      for (const section of module.sections) {
        if (section.name === ".text" || section.name === ".boot") continue;
        if (section.name !== ".data")
          throw new CompileError(`${module.name}: unknown section ${section.name}`);
        end = roundUp(end, Math.max(section.align, 4));
        this.addSection(module, section, end);
        end += section.bytes.length;
      }
    }
    this.addresses.set("__data_start", base);
    this.addresses.set("__data_end", end);
    this.collect(".data", base, end);
    const { bytes } = this.parts.get(".data")!;
    for (const piece of [...data, ...variables]) bytes.set(piece.bytes, piece.address - base);
  }

  private resolve(module: ObjectModule, name: string): number {
    if (name === "") return 0;
    const address = this.local.get(module)?.get(name) ?? this.addresses.get(name);
    if (address === undefined) throw new CompileError(`${module.name}: undefined symbol ${name}`);
    return address;
  }

  private fix({ module, section, address }: Placed): void {
    const { bytes, base } = this.parts.get(section.name)!;
    for (const fixup of section.fixups) {
      const at = { ...fixup, offset: address - base + fixup.offset };
      applyFixup(bytes, base, at, this.resolve(module, fixup.symbol));
    }
  }

  private fillTable(): void {
    const { bytes, base } = this.parts.get(".data")!;
    const view = new DataView(bytes.buffer);
    this.input.table.forEach((name, i) => {
      const address = this.addresses.get(name ?? "__null_function")!;
      view.setUint32(this.addresses.get(tableSymbol)! - base + 4 * i, address, true);
    });
  }

  private segments(): ElfSegment[] {
    const { physicalOffset = 0 } = this.input.layout;
    const segments: ElfSegment[] = [];
    for (const name of [".boot", ".text", ".data"]) {
      const part = this.parts.get(name);
      if (!part?.bytes.length) continue;
      const physical = name === ".boot" ? part.base : part.base - physicalOffset;
      segments.push({
        name,
        address: part.base,
        physical,
        bytes: part.bytes,
        memorySize: name === ".data" ? roundUp(part.bytes.length, pageSize) : part.bytes.length,
        executable: name !== ".data",
        writable: name !== ".text",
      });
    }
    return segments;
  }
}

function positionsOf({ section, address }: Placed): PositionEntry[] {
  const entries = section.positions.map((p) => ({ address: address + p.offset, position: p.position }));
  return entries[0]?.address === address ? entries : [{ address, position: -1 }, ...entries];
}

function framesOf({ section, address }: Placed): CodeFrames[] {
  const size = section.bytes.length;
  return section.frames.length
    ? [{ address, size, rows: section.frames.filter((r) => r.offset < size) }]
    : [];
}

/** The error that names the place in the source, if there is one. */
function undefinedSymbol(
  module: ObjectModule,
  section: Placed["section"],
  { symbol, offset }: Placed["section"]["fixups"][number],
): Error {
  const position = section.positions.findLast((p) => p.offset <= offset)?.position ?? -1;
  const message = `undefined symbol ${symbol}`;
  if (position >= 0) return new LocatedError(`${module.name}: ${message}`, position);
  const mention = module.mentions?.get(symbol);
  return new CompileError(`${(mention && routinePlace(mention)) ?? module.name}: ${message}`);
}

function hasLabel(module: ObjectModule, name: string): boolean {
  return module.sections.some((s) => s.labels.has(name));
}

/** @throws CompileError or LocatedError for symbols defined twice or never, and for text that runs into the data. */
export function link(input: LinkInput): Linked {
  return new Linker(input).run();
}
