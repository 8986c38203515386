import { describe, expect, it } from "vitest";
import { blockType, i32, i64, op, writeModule } from "./testing/wasm-writer";
import { printFunction, readModule, type FunctionType } from "./wasm-reader";

const nothing: FunctionType = { parameters: [], results: [] };
const long: FunctionType = { parameters: ["i64", "i32"], results: ["i64"] };

const binary = writeModule({
  types: [nothing, long],
  functions: [
    { type: long, locals: ["i32"], body: [...op("local.get", 0), ...i64(-5n), ...op("i64.add")] },
    {
      type: nothing,
      locals: [],
      body: [...op("loop", blockType()), ...i32(-70000), ...op("drop"), ...op("end")],
      exportedAs: "main",
    },
  ],
  globals: [{ type: "i64", value: -1n << 40n }],
  table: [1, 0],
  data: [{ address: 0x80000010 | 0, bytes: Uint8Array.of(1, 2, 3) }],
  memoryPages: 65536,
});

describe("WebAssembly reader", () => {
  const module = readModule(binary);

  it("reads functions, with locals and constants", () => {
    expect(module.functions.map((f) => f.type)).toEqual([long, nothing]);
    expect(module.functions[0].locals).toEqual(["i32"]);
    expect(printFunction(module.functions[0])).toBe(
      "func function0 (i64 i32) -> (i64)\n  local.get 0\n  i64.const -5\n  i64.add\nend\n",
    );
    expect(printFunction(module.functions[1])).toContain("  loop\n    i32.const -70000\n    drop\n  end\n");
  });

  it("knows where each instruction is in the file", () => {
    for (const f of module.functions) {
      for (const { name, offset } of f.body) if (name === "drop") expect(binary[offset]).toBe(0x1a);
    }
  });

  it("reads globals, table, data at high addresses, exports and memory", () => {
    expect(module.globals[0]).toMatchObject({ type: "i64", mutable: true, value: -1n << 40n });
    expect(module.table).toEqual([1, 0]);
    expect(module.data[0].address).toBe(0x80000010);
    expect(module.exportedFunctions.get("main")).toBe(1);
    expect(module.memoryPages).toBe(65536);
  });

  it("refuses what is not a module, cut off or unknown", () => {
    expect(() => readModule(Uint8Array.of(1, 2, 3, 4))).toThrow("not a WebAssembly module");
    expect(() => readModule(binary.subarray(0, binary.length - 2))).toThrow("unexpected end");
    const bad = { type: nothing, locals: [], body: [0x06] };
    const unknown = writeModule({
      types: [nothing],
      functions: [bad],
      globals: [],
      table: [],
      data: [],
      memoryPages: 1,
    });
    expect(() => readModule(unknown)).toThrow("instruction 0x6 is not supported");
  });
});
