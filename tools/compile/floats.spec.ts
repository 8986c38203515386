// Floating point: every instruction computes what it computes as WebAssembly, at the edges and on random operands.
import { describe, expect, it } from "vitest";
import {
  floatModule,
  floatOperations,
  layout,
  resultsOf,
  traps,
  type FloatOperation,
  type Run,
} from "./testing/floats";
import { Random } from "./testing/random-program";
import { cpuLayout, runOnCpu } from "./testing/run-cpu";
import { canRunElf, linkForLinux, runElf } from "./testing/run-native";
import { userLayout } from "./program";
import { readModule, type ValueType } from "./wasm-reader";

const pairs = Number(process.env.MACH386_RUNS ?? 400);
const seed = Number(process.env.MACH386_SEED ?? Math.floor(Math.random() * 1e9));

const view = new DataView(new ArrayBuffer(8));
const float64 = (bits: bigint) => (view.setBigUint64(0, bits), view.getFloat64(0));
const float32 = (bits: number) => (view.setUint32(0, bits), view.getFloat32(0));

/** Zeros, smallest and largest of each kind, what lies at limits of integers and halfway between them. */
const edges = [
  ...[0, 1, 1.5, 2, 2.5, 3, 0.5, 0.49999999999999994, 0.9999999999999999, 1.0000000000000002, 1e10, Math.PI],
  ...[2 ** 31 - 1, 2 ** 31 - 0.5, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32 - 0.5, 2 ** 32, 2 ** 53 + 2],
  ...[
    2 ** 23 + 0.5,
    2 ** 52 + 0.5,
    2 ** 63 - 1024,
    2 ** 63,
    2 ** 64 - 2048,
    2 ** 64,
    2 ** 24 + 1,
    16777217,
    16777219,
  ],
  ...[
    2 ** -149,
    2 ** -150,
    2 ** -126,
    2 ** -127,
    2 ** 127,
    3.4028234663852886e38,
    3.4028235677973366e38,
    1.4e-45,
  ],
  ...[
    Number.MIN_VALUE,
    2 ** -1022,
    2 ** -1022 - 2 ** -1074,
    2 ** -511,
    2 ** -537,
    Number.MAX_VALUE,
    2 ** 512,
    Infinity,
    NaN,
  ],
];
const integers = [
  0n,
  1n,
  2n,
  0xffffffn,
  0x1000001n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 52n,
  (1n << 53n) + 1n,
]
  .concat([
    (1n << 53n) + 3n,
    (1n << 63n) - 1n,
    1n << 63n,
    (1n << 63n) + 0x400n,
    (1n << 63n) + 0x401n,
    (1n << 64n) - 1n,
  ])
  .concat([
    0x8000008000000001n,
    0x8000008000000000n,
    0x7fffff4000000001n,
    0xfffffffffffffc00n,
    0xfffffffffffffbffn,
  ]);

type Operand = number | bigint;

function random(r: Random, type: ValueType): Operand {
  const word = BigInt(r.next());
  if (type === "i32") return word;
  if (type === "i64") return (BigInt(r.next()) << 32n) | word;
  if (r.below(4) === 0) return r.pick(edges) * (r.below(2) ? 1 : -1);
  // Of all magnitudes, or of those at which products and quotients are tiny, or few bits.
  const high = r.below(3) ? r.next() : 0x1ff00000 + (r.next() & 0x800fffff);
  if (type === "f32") return float32(r.below(3) ? r.next() : (0x1f800000 + (r.next() & 0x80ffffff)) >>> 0);
  return float64((BigInt(high >>> 0) << 32n) | (r.below(3) ? word : 0n));
}

function write(bytes: DataView, at: number, type: ValueType, value: Operand): number {
  if (type === "f32") bytes.setFloat32(at, Number(value), true);
  else if (type === "f64") bytes.setFloat64(at, Number(value), true);
  else if (type === "i32") bytes.setInt32(at, Number(BigInt.asIntN(32, BigInt(value))), true);
  else bytes.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
  return type.endsWith("64") ? 8 : 4;
}

/** Of pairs of edges, one in `sparse`. */
function runOf(operation: FloatOperation, r: Random, sparse: number): Run {
  const { operands } = operation;
  const table: readonly Operand[] = operands[0].startsWith("i") ? integers : edges.flatMap((x) => [x, -x]);
  const few =
    operands.length === 1
      ? table.map((x) => [x])
      : table.flatMap((x) => table.map((y) => [x, y])).filter(() => r.below(sparse) === 0);
  const all = few.concat(Array.from({ length: pairs }, () => operands.map((type) => random(r, type))));
  const rounded = (x: Operand) => (operands[0] === "f32" ? Math.fround(Number(x)) : Number(x));
  const safe = all.filter(([x]) => !traps(operation, rounded(x)));
  const bytes = new DataView(new ArrayBuffer(safe.length * operands.length * 8));
  let at = 0;
  for (const values of safe) values.forEach((value, i) => (at += write(bytes, at, operands[i], value)));
  return { operation, operands: new Uint8Array(bytes.buffer, 0, at), count: safe.length };
}

function inNode(binary: Uint8Array<ArrayBuffer>, end: number): Uint8Array {
  const pages = Math.ceil(end / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  (instance.exports.main as () => void)();
  return new Uint8Array(memory.buffer.slice(0, end));
}

type Execute = (binary: Uint8Array<ArrayBuffer>, base: number, size: number) => Uint8Array;

function check(base: number, execute: Execute, exported: boolean, sparse = 1): void {
  const r = new Random(seed);
  const runs = floatOperations.map((operation) => runOf(operation, r, sparse));
  const { results, end } = layout(runs, base);
  const binary = floatModule(runs, base, exported);
  const expected = inNode(binary, end).subarray(base);
  const actual = execute(binary, base, end - base);
  runs.forEach((run, i) => {
    const [want, have] = [expected, actual].map((memory) => resultsOf(run, memory, results[i] - base));
    const wrong = want.flatMap((text, n) => (text === have[n] ? [] : [`${n}: ${text}, not ${have[n]}`]));
    expect(wrong.slice(0, 5), `${run.operation.name}, seed ${seed}`).toEqual([]);
  });
}

describe(`floating point, seed ${seed}`, { timeout: 120_000 }, () => {
  const natively: Execute = (binary, base, size) => runElf(linkForLinux(readModule(binary), base, size));

  it.skipIf(!canRunElf())("natively", () => check(userLayout.dataBase, natively, false));

  it.each(["i486", "i386"] as const)("on our own %s", (model) => {
    const onCpu: Execute = (binary, base, size) => runOnCpu(readModule(binary), model, base, size);
    check(cpuLayout.dataBase, onCpu, false, 20);
  });

  it.skipIf(!canRunElf())("natively, with results in ST0", () => check(userLayout.dataBase, natively, true));
});
