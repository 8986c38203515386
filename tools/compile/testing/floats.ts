// Every floating-point instruction on tables of operands, as one module: `main` calls a function for each instruction with
// each operand, or pair of operands, and stores the results.
import { opcodes } from "../wasm-opcodes";
import type { FunctionType, ValueType } from "../wasm-reader";
import { blockType, i32, op, unsigned, writeModule, type FunctionSource } from "./wasm-writer";

export interface FloatOperation {
  readonly name: string;
  readonly operands: readonly ValueType[];
  readonly result: ValueType;
}

const compares = /\.(eq|ne|lt|gt|le|ge)$/;
const binary = /\.(add|sub|mul|div|min|max|copysign|eq|ne|lt|gt|le|ge)$/;

function operationOf(name: string): FloatOperation {
  const [type, rest] = name.split(".") as [ValueType, string];
  const from = (/_([if](?:32|64))/.exec(rest)?.[1] ?? type) as ValueType;
  return {
    name,
    operands: binary.test(name) ? [from, from] : [from],
    result: compares.test(name) ? "i32" : type,
  };
}

/** All of them but constants and accesses to memory. */
export const floatOperations: readonly FloatOperation[] = [...opcodes.values()]
  .map((o) => o.name)
  .filter((name) => /f(32|64)/.test(name) && !/const|load|store/.test(name))
  .map(operationOf);

/** Whether a conversion of this number traps. */
export function traps({ name }: FloatOperation, x: number): boolean {
  const match = /^i(32|64)\.trunc_f\d\d_([su])$/.exec(name);
  if (!match) return false;
  const bits = Number(match[1]);
  const [low, high] = match[2] === "s" ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits];
  return !(Math.trunc(x) >= low && Math.trunc(x) < high);
}

const size = (type: ValueType) => (type.endsWith("64") ? 8 : 4);
const alignment = (type: ValueType) => (type.endsWith("64") ? 3 : 2);
const get = (local: number) => op("local.get", ...unsigned(local));

/** Operands of one instruction, in memory one behind the other. */
export interface Run {
  readonly operation: FloatOperation;
  readonly operands: Uint8Array;
  readonly count: number;
}

/** Where results begin: behind all operands. */
export function layout(
  runs: readonly Run[],
  base: number,
): { operands: number[]; results: number[]; end: number } {
  let end = base;
  const reserve = (bytes: number) => {
    const at = end;
    end = (end + bytes + 7) & ~7;
    return at;
  };
  const results = runs.map((r) => reserve(r.count * size(r.operation.result)));
  return { results, operands: runs.map((r) => reserve(r.operands.length)), end };
}

/** local 0 counts, 1 points at operands, 2 at results. */
function loop(run: Run, callee: number, operands: number, results: number): number[] {
  const { operation, count } = run;
  const stride = operation.operands.reduce((n, t) => n + size(t), 0);
  let offset = 0;
  const loads = operation.operands.flatMap((type) => {
    const load = [...get(1), ...op(`${type}.load`, alignment(type), ...unsigned(offset))];
    offset += size(type);
    return load;
  });
  const advance = (local: number, by: number) => [
    ...get(local),
    ...i32(by),
    ...op("i32.add"),
    ...op("local.set", local),
  ];
  const type = operation.result;
  return [
    ...i32(count),
    ...op("local.set", 0),
    ...i32(operands),
    ...op("local.set", 1),
    ...i32(results),
    ...op("local.set", 2),
    ...op("loop", blockType()),
    ...get(2),
    ...loads,
    ...op("call", ...unsigned(callee)),
    ...op(`${type}.store`, alignment(type), 0),
    ...advance(1, stride),
    ...advance(2, size(type)),
    ...advance(0, -1),
    ...get(0),
    ...op("br_if", 0),
    ...op("end"),
  ];
}

/** `exported` functions return floats in ST0. */
export function floatModule(runs: readonly Run[], base: number, exported: boolean): Uint8Array<ArrayBuffer> {
  const places = layout(runs, base);
  const nothing: FunctionType = { parameters: [], results: [] };
  const types: FunctionType[] = [nothing];
  const functions = runs.map(({ operation }, i): FunctionSource => {
    const type: FunctionType = { parameters: operation.operands, results: [operation.result] };
    types.push(type);
    const body = [...operation.operands.flatMap((_, n) => get(n)), ...op(operation.name)];
    return { type, locals: [], body, exportedAs: exported ? `f${i}` : undefined };
  });
  const body = runs.flatMap((run, i) => loop(run, i, places.operands[i], places.results[i]));
  const main: FunctionSource = { type: nothing, locals: ["i32", "i32", "i32"], body, exportedAs: "main" };
  return writeModule({
    types,
    functions: [...functions, main],
    globals: [],
    table: [],
    data: runs.map((run, i) => ({ address: places.operands[i], bytes: run.operands })),
    memoryPages: Math.ceil(places.end / 65536),
  });
}

/** Results of a run, each as text; a NaN is one whatever its bits. */
export function resultsOf({ operation, count }: Run, memory: Uint8Array, at: number): string[] {
  const view = new DataView(memory.buffer, memory.byteOffset + at);
  return Array.from({ length: count }, (_, i) => {
    switch (operation.result) {
      case "f32":
        return floatText(view.getFloat32(4 * i, true), view.getUint32(4 * i, true));
      case "f64":
        return floatText(view.getFloat64(8 * i, true), view.getBigUint64(8 * i, true));
      case "i32":
        return `${view.getInt32(4 * i, true)}`;
      case "i64":
        return `${view.getBigInt64(8 * i, true)}`;
    }
  });
}

const floatText = (value: number, bits: number | bigint) =>
  Number.isNaN(value) ? "NaN" : `${value} ${bits.toString(16)}`;
