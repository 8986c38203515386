// Writes WebAssembly binaries for tests, with the names of wasm-opcodes.ts.
import { opcodes } from "../wasm-opcodes";
import type { FunctionType, ValueType } from "../wasm-reader";

/** The first one of a name: the untyped `select`. */
const codes = new Map([...opcodes.values()].reverse().map((o) => [o.name, o.code]));
const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return bytes;
}

export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    const last = (value === 0n && !(byte & 0x40)) || (value === -1n && byte & 0x40);
    bytes.push(last ? byte : byte | 0x80);
    if (last) return bytes;
  }
}

/** An instruction; `immediates` are encoded already. */
export function op(name: string, ...immediates: number[]): number[] {
  const code = codes.get(name);
  if (code === undefined) throw new Error(`no instruction ${name}`);
  return code > 0xff ? [code >> 8, ...unsigned(code & 0xff), ...immediates] : [code, ...immediates];
}

export const i32 = (value: number): number[] => op("i32.const", ...signed(BigInt(value | 0)));
export const i64 = (value: bigint): number[] => op("i64.const", ...signed(BigInt.asIntN(64, value)));

const bytesOf = (value: bigint, count: number) =>
  Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
/** From their bits. */
export const f32 = (bits: bigint): number[] => op("f32.const", ...bytesOf(bits, 4));
export const f64 = (bits: bigint): number[] => op("f64.const", ...bytesOf(bits, 8));

export function constant(type: ValueType, value: bigint): number[] {
  if (type === "i32") return i32(Number(BigInt.asIntN(32, value)));
  return { i64, f32, f64 }[type](value);
}

/** The type of a block with at most one result. */
export const blockType = (type?: ValueType): number => (type ? typeCodes[type] : 0x40);

export interface FunctionSource {
  readonly type: FunctionType;
  readonly locals: readonly ValueType[];
  readonly body: readonly number[];
  readonly exportedAs?: string;
}

export interface ModuleSource {
  readonly types: readonly FunctionType[];
  readonly functions: readonly FunctionSource[];
  readonly globals: readonly { readonly type: ValueType; readonly value: bigint }[];
  /** Indices of functions. */
  readonly table: readonly number[];
  readonly data: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  /** Pages of the imported memory `env.memory`. */
  readonly memoryPages: number;
}

const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const text = (s: string): number[] => vector([...new TextEncoder().encode(s)].map((b) => [b]));
const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body];

function functionBody({ locals, body }: FunctionSource): number[] {
  const content = [...vector(locals.map((t) => [1, typeCodes[t]])), ...body, ...op("end")];
  return [...unsigned(content.length), ...content];
}

export function writeModule(m: ModuleSource): Uint8Array<ArrayBuffer> {
  const types = (list: readonly ValueType[]) => vector(list.map((t) => [typeCodes[t]]));
  const exported = m.functions.flatMap((f, i) =>
    f.exportedAs ? [[...text(f.exportedAs), 0, ...unsigned(i)]] : [],
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(m.types.map((t) => [0x60, ...types(t.parameters), ...types(t.results)]))),
    ...section(
      2,
      vector([
        [...text("env"), ...text("memory"), 2, 3, ...unsigned(m.memoryPages), ...unsigned(m.memoryPages)],
      ]),
    ),
    ...section(3, vector(m.functions.map((f) => unsigned(m.types.indexOf(f.type))))),
    ...section(4, vector([[0x70, 0, ...unsigned(m.table.length)]])),
    ...section(
      6,
      vector(m.globals.map((g) => [typeCodes[g.type], 1, ...constant(g.type, g.value), ...op("end")])),
    ),
    ...section(7, vector(exported)),
    ...section(9, vector([[0, ...i32(0), ...op("end"), ...vector(m.table.map((i) => unsigned(i)))]])),
    ...section(10, vector(m.functions.map(functionBody))),
    ...section(
      11,
      vector(
        m.data.map((d) => [0, ...i32(d.address), ...op("end"), ...unsigned(d.bytes.length), ...d.bytes]),
      ),
    ),
  ]);
}
