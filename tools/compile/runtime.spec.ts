// The runtime's 64-bit routines on our own processor, against BigInt.
import { describe, expect, it } from "vitest";
import { i32, i64, op, unsigned, writeModule } from "./testing/wasm-writer";
import { cpuLayout, runOnCpu } from "./testing/run-cpu";
import { readModule, type FunctionType } from "./wasm-reader";

const specials = [
  0n,
  1n,
  -1n,
  2n,
  10n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x100000001n,
  0x123456789abcdefn,
  0x7fffffffffffffffn,
  -0x8000000000000000n,
  -0x7fffffffffffffffn,
  -0x100000000n,
  -10n,
];

const u = (v: bigint) => BigInt.asUintN(64, v);
const s = (v: bigint) => BigInt.asIntN(64, v);
const rotate = (a: bigint, n: bigint) => (u(a) << n) | (u(a) >> (64n - n));

const operations: Record<string, (a: bigint, b: bigint) => bigint | undefined> = {
  div_s: (a, b) => (b === 0n || (b === -1n && a === specials[12]) ? undefined : a / b),
  rem_s: (a, b) => (b === 0n ? undefined : a % b),
  div_u: (a, b) => (b === 0n ? undefined : u(a) / u(b)),
  rem_u: (a, b) => (b === 0n ? undefined : u(a) % u(b)),
  shl: (a, b) => a << (b & 63n),
  shr_s: (a, b) => a >> (b & 63n),
  shr_u: (a, b) => u(a) >> (b & 63n),
  rotl: (a, b) => rotate(a, b & 63n),
  rotr: (a, b) => rotate(a, (64n - (b & 63n)) & 63n),
};

const nothing: FunctionType = { parameters: [], results: [] };
const binary: FunctionType = { parameters: ["i64", "i64"], results: ["i64"] };
const base = cpuLayout.dataBase;

/** Results of an operation on all pairs, through a function, so that nothing is folded. */
function run(name: string, pairs: readonly (readonly [bigint, bigint])[]): bigint[] {
  const calls = pairs.flatMap(([a, b], i) => [
    ...i32(base + 8 * i),
    ...i64(a),
    ...i64(b),
    ...op("call", 0),
    ...op("i64.store", 3, ...unsigned(0)),
  ]);
  const body = [...op("local.get", 0), ...op("local.get", 1), ...op(`i64.${name}`)];
  const size = 8 * pairs.length;
  const module = writeModule({
    types: [nothing, binary],
    functions: [
      { type: binary, locals: [], body },
      { type: nothing, locals: [], body: calls, exportedAs: "main" },
    ],
    globals: [],
    table: [],
    data: [{ address: base, bytes: new Uint8Array(size) }],
    memoryPages: 1,
  });
  const view = new DataView(runOnCpu(readModule(module), "i386", base, size).buffer);
  return pairs.map((_, i) => view.getBigInt64(8 * i, true));
}

describe("64-bit arithmetic", () => {
  it.each(Object.entries(operations))("%s", (name, expected) => {
    const counts =
      name.startsWith("sh") || name.startsWith("rot") ? [0n, 1n, 31n, 32n, 33n, 63n, 64n, 100n] : specials;
    const pairs = specials
      .flatMap((a) => counts.map((b) => [a, b] as const))
      .filter(([a, b]) => expected(a, b) !== undefined);
    expect(run(name, pairs)).toEqual(pairs.map(([a, b]) => s(expected(a, b)!)));
  });
});
