// The whole chain: AssemblyScript sources and assembler routines to one ELF file.
import { assembleModule, type AssemblyRoutine, type ObjectModule } from "../asm";
import { allocate } from "./allocate";
import { compileScript } from "./assemblyscript";
import { emitFunction } from "./emit";
import { debugSections, type LineEntry } from "./dwarf";
import { writeElf, type ElfSymbol } from "./elf";
import { CompileError, LocatedError, routinePlace } from "./errors";
import { link, type Linked, type MemoryLayout } from "./link";
import { lowerFunction, words, type ModuleNames } from "./lower";
import { target } from "./mir";
import { optimise, splitCriticalEdges } from "./optimise";
import { selectFunction } from "./select";
import { SourceMap } from "./source-map";
import { readModule, type WasmFunction, type WasmModule } from "./wasm-reader";

export type { MemoryLayout } from "./link";

export interface ProgramOptions {
  /** The entry file, absolute or from the project's root. Its exported functions become global symbols. */
  readonly entry: string;
  /** Sources that are not files, by path from the project's root; for tests. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Assembler modules, by file name (for messages), linked in this order. */
  readonly assembly?: Readonly<Record<string, AssemblyRoutine>>;
  readonly layout: MemoryLayout;
  /** Symbol at which the program starts; `_start` when not given. */
  readonly start?: string;
  /** Compile-time constants, as asc's `--use NAME=VALUE`. */
  readonly use?: Readonly<Record<string, string>>;
  /** False: floating point is refused, as in a kernel, where the x87's state is the user threads'. */
  readonly floats?: boolean;
}

export type ProgramSymbol = ElfSymbol;

export type { LineEntry } from "./dwarf";

export interface Program {
  readonly elf: Uint8Array;
  readonly symbols: readonly ProgramSymbol[];
  readonly lines: readonly LineEntry[];
  /** The module between asc and the back end, as asc made it. */
  readonly wasm: Uint8Array;
  /** AssemblyScript files that were read, from the project's root. */
  readonly files: readonly string[];
}

export const kernelLayout: MemoryLayout = {
  textBase: 0xc0101000,
  dataBase: 0xc0200000,
  physicalOffset: 0xc0000000,
  bootBase: 0x00100000,
};

export const userLayout: MemoryLayout = { textBase: 0x08048000, dataBase: 0x08100000 };

/** The routine that runs the module's start function, where there is one. */
export const moduleStart = "__module_start";

export class Names implements ModuleNames {
  private readonly functions: string[] = [];
  private readonly globals: string[];
  readonly exported = new Set<string>();
  private readonly convention: number[];
  private readonly standard: ReadonlySet<number | undefined>;
  private readonly exports = new Map<number, string[]>();

  constructor(
    module: WasmModule,
    readonly floats = true,
  ) {
    for (const [name, index] of module.exportedFunctions) {
      this.exports.set(index, [...(this.exports.get(index) ?? []), name]);
    }
    const taken = new Map<string, number>();
    for (const f of module.functions) {
      const name = shortName(f.name);
      taken.set(name, (taken.get(name) ?? 0) + 1);
    }
    for (const f of module.functions) {
      const [exported] = this.exportedAs(f.index);
      const short = shortName(f.name);
      for (const name of this.exportedAs(f.index)) this.exported.add(name);
      if (f.index === module.start) this.functions.push(moduleStart);
      else this.functions.push(f.imported?.[1] ?? exported ?? (taken.get(short) === 1 ? short : f.name));
    }
    this.globals = module.globals.map((g) => g.name);
    const standard = new Set([...module.exportedFunctions.values(), ...module.table, module.start]);
    this.standard = new Set([...standard, ...module.functions.filter((f) => f.imported).map((f) => f.index)]);
    this.convention = module.functions.map((f) => {
      const most = target.argumentRegisters.length;
      return f.imported || standard.has(f.index) ? 0 : Math.min(most, words(f.type.parameters));
    });
  }

  /** Names of an exported function; of several, equal bodies were merged. */
  exportedAs(index: number): readonly string[] {
    return this.exports.get(index) ?? [];
  }

  returnsInSt0(index: number): boolean {
    return this.standard.has(index);
  }

  registerWords(index: number): number {
    return this.convention[index];
  }

  functionSymbol(index: number): string {
    return this.functions[index];
  }

  globalSymbol(index: number): string {
    return this.globals[index];
  }
}

/** `vm_map_enter` of `kernel/vm/vm_map/vm_map_enter`. */
const shortName = (name: string) => name.slice(name.lastIndexOf("/") + 1);

function compileFunction(module: WasmModule, source: WasmFunction, names: Names): ObjectModule {
  const f = lowerFunction(module, source, names);
  optimise(f);
  splitCriticalEdges(f);
  const machine = selectFunction(f);
  return withAliases(emitFunction(machine, allocate(machine)), names.exportedAs(source.index));
}

/** Makes more names of what a module's name names. */
function withAliases(module: ObjectModule, aliases: readonly string[]): ObjectModule {
  if (aliases.length < 2) return module;
  const sections = module.sections.map((section) => {
    const offset = section.labels.get(module.name);
    if (offset === undefined) return section;
    return { ...section, labels: new Map([...section.labels, ...aliases.map((a) => [a, offset] as const)]) };
  });
  return { ...module, sections, globals: new Set([...module.globals, ...aliases]) };
}

function globalBytes(type: string, value: bigint): Uint8Array {
  const isWide = type.endsWith("64");
  const bytes = new Uint8Array(isWide ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (isWide) view.setBigInt64(0, value, true);
  else view.setInt32(0, Number(BigInt.asIntN(32, value)), true);
  return bytes;
}

/** Compiles and links a WebAssembly module with assembler modules. */
export function linkModule(
  module: WasmModule,
  assembly: readonly ObjectModule[],
  layout: MemoryLayout,
  floats = true,
): Linked {
  const names = new Names(module, floats);
  const functions = module.functions.filter((f) => !f.imported).map((f) => compileFunction(module, f, names));
  const exported = new Set(names.exported);
  if (module.start !== undefined) exported.add(moduleStart);
  return link({
    assembly,
    functions,
    exported,
    data: module.data,
    globals: module.globals
      .filter((g) => g.mutable)
      .map((g) => ({ symbol: names.globalSymbol(g.index), bytes: globalBytes(g.type, g.value) })),
    table: module.table.map((index) => (index === undefined ? undefined : names.functionSymbol(index))),
    layout,
  });
}

function lineTable(linked: Linked, map: SourceMap): LineEntry[] {
  const lines: LineEntry[] = [];
  let last = "";
  for (const { address, position } of linked.positions) {
    const at = position < 0 ? undefined : map.find(position);
    const key = at ? `${at.file}:${at.line}` : "";
    if (key === last) continue;
    last = key;
    lines.push({ address, file: at?.file ?? "", line: at?.line ?? 0 });
  }
  return lines;
}

/**
 * Runs a step of the back end; turns offsets in the module into source lines. What is wrong with the program as a
 * whole is said of its entry file.
 */
function located<T>(map: SourceMap, entry: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const at = error instanceof LocatedError ? map.find(error.offset) : undefined;
    if (at) throw new CompileError(`${at.file}:${at.line}:${at.column}: ${(error as Error).message}`);
    if (!(error instanceof LocatedError || error instanceof CompileError)) throw error;
    throw /^\S+:\d+:\d+: /.test(error.message) ? error : new CompileError(`${entry}:1:1: ${error.message}`);
  }
}

/** An image's file, with source lines when it is given them. @throws CompileError when the start symbol is missing. */
export function elfOf(
  linked: Linked,
  start: string,
  source?: { name: string; lines: readonly LineEntry[] },
): Uint8Array {
  const entry = linked.addresses.get(start);
  if (entry === undefined) throw new CompileError(`the start symbol ${start} is not defined`);
  const { segments, symbols, functions, frames } = linked;
  const debug = source && debugSections({ ...source, functions, frames });
  return writeElf({ entry, segments, symbols, debug });
}

function assembleAll(assembly: ProgramOptions["assembly"] = {}): ObjectModule[] {
  return Object.entries(assembly).map(([name, routine]) => {
    try {
      return assembleModule(routine, name);
    } catch (error) {
      throw new CompileError(`${routinePlace(error as Error) ?? `${name}:1:1`}: ${(error as Error).message}`);
    }
  });
}

/** @throws CompileError with one or more `file:line:col: message` lines. */
export async function compileProgram(options: ProgramOptions): Promise<Program> {
  const { entry, sources, use, layout } = options;
  const assembly = assembleAll(options.assembly);
  const script = await compileScript({ entry, sources, use, memoryBase: layout.dataBase });
  const module = readModule(script.wasm);
  const starts = module.functions.flatMap((f) => f.body[0]?.offset ?? []);
  const map = new SourceMap(script.sourceMap, starts);
  const linked = located(map, entry, () => linkModule(module, assembly, layout, options.floats));
  const lines = lineTable(linked, map);
  const referenced = assembly.some((m) =>
    m.sections.some((s) => s.fixups.some((f) => f.symbol === moduleStart)),
  );
  if (module.start !== undefined && !referenced) {
    throw new CompileError(
      `${entry}:1:1: module variables need code to start; assembler must call ${moduleStart}`,
    );
  }
  return {
    elf: located(map, entry, () => elfOf(linked, options.start ?? "_start", { name: entry, lines })),
    symbols: linked.symbols,
    lines,
    wasm: script.wasm,
    files: script.files,
  };
}
