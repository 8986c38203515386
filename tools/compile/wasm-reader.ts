// A WebAssembly binary as a module: sections, and per function the instructions with their byte offsets, which
// are what asc's source map speaks of.
import { opcodes } from "./wasm-opcodes";

export type ValueType = "i32" | "i64" | "f32" | "f64";

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface WasmInstruction {
  readonly name: string;
  /** Byte offset in the module. */
  readonly offset: number;
  /** Constant, index, label depth or memory offset, as the instruction has it; of a float its bits. */
  readonly value?: number;
  /** Of 64 bits. */
  readonly long?: bigint;
  readonly labels?: readonly number[];
  readonly type?: FunctionType;
}

export interface WasmFunction {
  readonly index: number;
  name: string;
  readonly type: FunctionType;
  /** Module and field of an imported function. */
  readonly imported?: readonly [string, string];
  /** Types of locals that are not parameters. */
  readonly locals: readonly ValueType[];
  readonly body: readonly WasmInstruction[];
}

export interface WasmGlobal {
  readonly index: number;
  name: string;
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly value: bigint;
  readonly imported?: readonly [string, string];
}

export interface WasmModule {
  readonly functions: readonly WasmFunction[];
  readonly globals: readonly WasmGlobal[];
  /** The one function table: index of a function, or undefined for an empty slot. */
  readonly table: readonly (number | undefined)[];
  readonly data: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly exportedFunctions: ReadonlyMap<string, number>;
  readonly start?: number;
  readonly memoryPages: number;
}

const valueTypes: Readonly<Record<number, ValueType>> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
};

class Reader {
  position = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly base = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    if (this.done) throw new Error("unexpected end of the WebAssembly module");
    return this.bytes[this.position++];
  }

  unsigned(): number {
    let result = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return result;
    }
  }

  /** A signed number of at most 33 bits. */
  signed(): number {
    let result = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return byte & 0x40 ? result - factor * 128 : result;
    }
  }

  signedLong(): bigint {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return byte & 0x40 ? result - (1n << (shift + 7n)) : result;
    }
  }

  /** Little endian. */
  bits32(): number {
    this.position += 4;
    return this.view.getInt32(this.position - 4, true);
  }

  bits64(): bigint {
    this.position += 8;
    return this.view.getBigInt64(this.position - 8, true);
  }

  take(length: number): Reader {
    const from = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new Error("unexpected end of the WebAssembly module");
    return new Reader(this.bytes.subarray(from, this.position), this.base + from);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.unsigned()).bytes);
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.unsigned() }, item);
  }

  type(): ValueType {
    const code = this.byte();
    const type = valueTypes[code];
    if (!type) throw new Error(`value type 0x${code.toString(16)} is not supported`);
    return type;
  }
}

function readLimits(r: Reader): number {
  const flags = r.byte();
  const minimum = r.unsigned();
  if (flags & 1) r.unsigned();
  return minimum;
}

function readBlockType(r: Reader, types: readonly FunctionType[]): FunctionType {
  const code = r.signed();
  if (code >= 0) return types[code];
  if (code === -64) return { parameters: [], results: [] };
  return { parameters: [], results: [valueTypes[code & 0x7f]] };
}

function readImmediates(
  r: Reader,
  kind: string,
  types: readonly FunctionType[],
): Pick<WasmInstruction, "value" | "long" | "labels" | "type"> {
  switch (kind) {
    case "":
      return {};
    case "block":
      return { type: readBlockType(r, types) };
    case "labels":
      return { labels: [...r.list(() => r.unsigned()), r.unsigned()] };
    case "type-table": {
      const type = types[r.unsigned()];
      return { type, value: r.unsigned() };
    }
    case "memory":
      r.unsigned();
      return { value: r.unsigned() };
    case "i32":
      return { value: r.signed() | 0 };
    case "i64":
      return { long: BigInt.asIntN(64, r.signedLong()) };
    case "f32":
      return { value: r.bits32() };
    case "f64":
      return { long: r.bits64() };
    case "zero":
      return { value: r.byte() };
    case "zero-zero":
      r.byte();
      return { value: r.byte() };
    case "data-zero": {
      const value = r.unsigned();
      r.byte();
      return { value };
    }
    case "types":
      r.list(() => r.type());
      return {};
    default:
      return { value: r.unsigned() };
  }
}

function readInstruction(r: Reader, types: readonly FunctionType[]): WasmInstruction {
  const offset = r.base + r.position;
  let code = r.byte();
  if (code >= 0xfc) code = (code << 8) | r.unsigned();
  const opcode = opcodes.get(code);
  if (!opcode) throw new Error(`WebAssembly instruction 0x${code.toString(16)} is not supported`);
  return { name: opcode.name, offset, ...readImmediates(r, opcode.immediates, types) };
}

function readConstant(r: Reader, globals: readonly WasmGlobal[]): bigint {
  let value = 0n;
  for (;;) {
    const { name, value: small, long } = readInstruction(r, []);
    if (name === "end") return value;
    if (name === "i64.const" || name === "f64.const") value = long!;
    else if (name === "i32.const" || name === "f32.const") value = BigInt(small!);
    else if (name === "global.get") value = globals[small!].value;
    else throw new Error(`constant expression uses ${name}`);
  }
}

class ModuleReader {
  private readonly types: FunctionType[] = [];
  private readonly functions: WasmFunction[] = [];
  private readonly declared: number[] = [];
  private readonly globals: WasmGlobal[] = [];
  private readonly table: (number | undefined)[] = [];
  private readonly data: { address: number; bytes: Uint8Array }[] = [];
  private readonly exportedFunctions = new Map<string, number>();
  private start: number | undefined;
  private memoryPages = 0;
  private importedFunctions = 0;

  private readonly sections: Readonly<Record<number, (r: Reader) => void>> = {
    0: (r) => this.custom(r),
    1: (r) => this.types.push(...r.list(() => this.functionType(r))),
    2: (r) => r.list(() => this.importEntry(r)),
    3: (r) => this.declared.push(...r.list(() => r.unsigned())),
    4: (r) => r.list(() => this.tableEntry(r)),
    5: (r) => r.list(() => (this.memoryPages = readLimits(r))),
    6: (r) => r.list(() => this.globalEntry(r)),
    7: (r) => r.list(() => this.exportEntry(r)),
    8: (r) => (this.start = r.unsigned()),
    9: (r) => r.list(() => this.elementEntry(r)),
    10: (r) => r.list(() => this.codeEntry(r)),
    11: (r) => r.list(() => this.dataEntry(r)),
  };

  read(bytes: Uint8Array): WasmModule {
    const r = new Reader(bytes);
    const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    if (magic.some((b) => r.byte() !== b)) throw new Error("not a WebAssembly module");
    while (!r.done) {
      const id = r.byte();
      const length = r.unsigned();
      const body = r.take(length);
      this.sections[id]?.(body);
    }
    const { functions, globals, table, data, exportedFunctions, start, memoryPages } = this;
    return { functions, globals, table, data, exportedFunctions, start, memoryPages };
  }

  private functionType(r: Reader): FunctionType {
    r.byte();
    const parameters = r.list(() => r.type());
    return { parameters, results: r.list(() => r.type()) };
  }

  private importEntry(r: Reader): void {
    const imported = [r.name(), r.name()] as const;
    switch (r.byte()) {
      case 0: {
        const type = this.types[r.unsigned()];
        const name = imported[1];
        this.importedFunctions++;
        this.functions.push({ index: this.functions.length, name, type, imported, locals: [], body: [] });
        return;
      }
      case 1:
        r.byte();
        readLimits(r);
        return;
      case 2:
        this.memoryPages = readLimits(r);
        return;
      default: {
        const type = r.type();
        const mutable = r.byte() === 1;
        const index = this.globals.length;
        this.globals.push({ index, name: imported[1], type, mutable, value: 0n, imported });
      }
    }
  }

  private tableEntry(r: Reader): void {
    r.byte();
    const size = readLimits(r);
    while (this.table.length < size) this.table.push(undefined);
  }

  private globalEntry(r: Reader): void {
    const type = r.type();
    const mutable = r.byte() === 1;
    const index = this.globals.length;
    this.globals.push({ index, name: `global${index}`, type, mutable, value: readConstant(r, this.globals) });
  }

  private exportEntry(r: Reader): void {
    const name = r.name();
    const kind = r.byte();
    const index = r.unsigned();
    if (kind === 0) this.exportedFunctions.set(name, index);
  }

  private elementEntry(r: Reader): void {
    const flags = r.unsigned();
    if (flags !== 0) throw new Error(`element segment of kind ${flags} is not supported`);
    const offset = Number(readConstant(r, this.globals));
    r.list(() => r.unsigned()).forEach((index, i) => (this.table[offset + i] = index));
  }

  private codeEntry(r: Reader): void {
    const body = r.take(r.unsigned());
    const locals: ValueType[] = [];
    body.list(() => {
      const count = body.unsigned();
      const type = body.type();
      for (let i = 0; i < count; i++) locals.push(type);
    });
    const instructions: WasmInstruction[] = [];
    while (!body.done) instructions.push(readInstruction(body, this.types));
    const index = this.functions.length;
    const type = this.types[this.declared[index - this.importedFunctions]];
    this.functions.push({ index, name: `function${index}`, type, locals, body: instructions });
  }

  private dataEntry(r: Reader): void {
    const flags = r.unsigned();
    if (flags === 1) throw new Error("passive data segments are not supported");
    if (flags === 2) r.unsigned();
    const address = Number(readConstant(r, this.globals) & 0xffffffffn);
    this.data.push({ address, bytes: r.take(r.unsigned()).bytes });
  }

  private custom(r: Reader): void {
    if (r.name() !== "name") return;
    while (!r.done) {
      const id = r.byte();
      const names = r.take(r.unsigned());
      const items = id === 1 ? this.functions : id === 7 ? this.globals : undefined;
      if (!items) continue;
      names.list(() => {
        const item = items[names.unsigned()];
        const name = names.name();
        if (item) item.name = name;
      });
    }
  }
}

/** @throws Error on what is not a module or uses a feature outside the compiler's subset. */
export function readModule(bytes: Uint8Array): WasmModule {
  return new ModuleReader().read(bytes);
}

function formatInstruction(i: WasmInstruction): string {
  const value = i.labels?.join(" ") ?? i.long ?? i.value;
  return value === undefined ? i.name : `${i.name} ${value}`;
}

/** A function as text, indented by nesting. */
export function printFunction(f: WasmFunction): string {
  const lines = [`func ${f.name} (${f.type.parameters.join(" ")}) -> (${f.type.results.join(" ")})`];
  let depth = 1;
  for (const i of f.body) {
    if (i.name === "end" || i.name === "else") depth--;
    lines.push("  ".repeat(Math.max(depth, 0)) + formatInstruction(i));
    if (["block", "loop", "if", "else"].includes(i.name)) depth++;
  }
  return lines.join("\n") + "\n";
}
