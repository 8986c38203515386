// Cases that random programs seldom reach, against WebAssembly.
import { expect, it } from "vitest";
import { cpuLayout, runOnCpu } from "./testing/run-cpu";
import { blockType, i32, i64, op, unsigned, writeModule, type FunctionSource } from "./testing/wasm-writer";
import { readModule, type FunctionType, type ValueType } from "./wasm-reader";

const base = cpuLayout.dataBase;
const size = 0x400;
const results = base + 0x200;
const main: FunctionType = { parameters: [], results: [] };
const get = (n: number) => op("local.get", ...unsigned(n));

/** What is in memory after `body` ran, as WebAssembly and on our processor. */
function check(body: number[], functions: FunctionSource[] = [], table: number[] = []): void {
  const types = [main, ...new Set(functions.map((f) => f.type))];
  const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
  const binary = writeModule({
    types,
    functions: [...functions, { type: main, locals: [], body, exportedAs: "main" }],
    globals: [{ type: "i32", value: 0n }],
    table,
    data: [{ address: base, bytes }],
    memoryPages: 32,
  });
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  (instance.exports.main as () => void)();
  const expected = new Uint8Array(memory.buffer.slice(base, base + size));
  expect(runOnCpu(readModule(binary), "i386", base, size)).toEqual(expected);
}

it("copies and fills ranges that overlap, touch, or are empty", () => {
  const counts = [0, 1, 3, 4, 5, 16, 17, 31, 64];
  const moves = counts.flatMap((count) =>
    [-5, -4, -1, 0, 1, 4, 5].flatMap((distance) => [
      ...i32(base + 0x100 + distance),
      ...i32(base + 0x100),
      ...i32(count),
      ...op("memory.copy", 0, 0),
    ]),
  );
  const fills = counts.flatMap((count) => [
    ...i32(base + 4 * count),
    ...i32(0x1ff - count),
    ...i32(count),
    ...op("memory.fill", 0),
  ]);
  check([...moves, ...fills]);
});

it("takes the last target for every index beyond the table, and may have no other", () => {
  const type: FunctionType = { parameters: ["i32"], results: ["i32"] };
  const block = () => op("block", blockType());
  const leave = (value: number) => [...op("end"), ...i32(value), ...op("return")];
  const choose = (targets: number[]): FunctionSource => ({
    type,
    locals: [],
    body: [
      ...block(),
      ...block(),
      ...block(),
      ...get(0),
      ...op("br_table", ...unsigned(targets.length - 1), ...targets),
      ...leave(10),
      ...leave(20),
      ...op("end"),
      ...i32(30),
    ],
  });
  const functions = [[0, 1, 2], [2], [1, 1, 1], [0, 0, 1, 2, 0, 1]].map(choose);
  const body = functions.flatMap((_, f) =>
    [0, 1, 2, 3, 5, 6, -1, -0x80000000, 0x7fffffff].flatMap((index, n) => [
      ...i32(results + 4 * (16 * f + n)),
      ...i32(index),
      ...op("call", ...unsigned(f)),
      ...op("i32.store", 2, 0),
    ]),
  );
  check(body, functions);
});

it("calls functions of many signatures and many arguments, by name and through the table", () => {
  const signatures: ValueType[][] = [
    [],
    ["i32"],
    ["i64"],
    ["i32", "i64"],
    ["i64", "i32", "i64"],
    Array.from({ length: 24 }, (_, i) => (i % 3 ? "i32" : "i64")),
  ];
  const functions = signatures.map((parameters): FunctionSource => {
    const body = i64(99n);
    parameters.forEach((t, i) => {
      body.push(...i64(31n), ...op("i64.mul"), ...get(i));
      body.push(...(t === "i32" ? op("i64.extend_i32_s") : []), ...op("i64.xor"));
    });
    return { type: { parameters, results: ["i64"] }, locals: [], body };
  });
  const body = signatures.flatMap((parameters, f) => {
    const args = parameters.flatMap((t, i) => (t === "i32" ? i32(-i * 12345) : i64(BigInt(i) << 33n)));
    const store = op("i64.store", 3, 0);
    return [
      ...[...i32(results + 16 * f), ...args, ...op("call", ...unsigned(f)), ...store],
      ...[...i32(results + 16 * f + 8), ...args, ...i32(f), ...op("call_indirect", ...unsigned(f + 1), 0)],
      ...store,
    ];
  });
  check(
    body,
    functions,
    functions.map((_, i) => i),
  );
});

it("keeps many more values than there are registers", () => {
  const live = 200;
  const type: FunctionType = { parameters: ["i32"], results: ["i32"] };
  const locals = Array.from({ length: live }, () => "i32" as const);
  const loads = locals.flatMap((_, i) => [
    ...get(0),
    ...op("i32.load", 2, ...unsigned(4 * (i % 100))),
    ...i32(i),
    ...op("i32.add"),
    ...op("local.set", ...unsigned(i + 1)),
  ]);
  const uses = locals.flatMap((_, i) => [...i32(33), ...op("i32.mul"), ...get(live - i), ...op("i32.xor")]);
  const body = [...i32(results), ...i32(base), ...op("call", 0), ...op("i32.store", 2, 0)];
  check(body, [{ type, locals, body: [...loads, ...i32(1), ...uses] }]);
});
