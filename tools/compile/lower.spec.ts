import { describe, expect, it } from "vitest";
import { irText, lowered, optimised } from "./testing/pipeline";
import { blockType, f64, i32, i64, op } from "./testing/wasm-writer";

const get = (n: number) => op("local.get", n);
const set = (n: number) => op("local.set", n);

describe("lowering", () => {
  it("turns locals into values", () => {
    const body = [...get(0), ...i32(1), ...op("i32.add"), ...set(0), ...get(0), ...get(0), ...op("i32.mul")];
    expect(irText(optimised({ parameters: ["i32"], results: ["i32"], body }))).toEqual([
      "b0:",
      "  v0 = parameter",
      "  v2 = add v0, 1",
      "  v3 = mul v2, v2",
      "  return v3",
    ]);
  });

  it("takes floats for their bits, and computes with them in routines", () => {
    const body = [...get(0), ...get(1), ...op("f64.promote_f32"), ...op("f64.mul"), ...op("f64.abs")];
    expect(irText(optimised({ parameters: ["f64", "f32"], results: ["f64"], body }))).toEqual([
      "b0:",
      "  v0 = parameter",
      "  v1 = parameter.1",
      "  v2 = parameter.2",
      "  v3 = helper.__f64_promote_f32 v2",
      "  v4 = high v3",
      "  v5 = helper.__f64_mul v0, v1, v3, v4",
      "  v6 = high v5",
      "  v8 = and v6, 2147483647",
      "  return v5 v8",
    ]);
    const greater = [...get(0), ...f64(0x3ff8000000000000n), ...op("f64.gt")];
    expect(irText(optimised({ parameters: ["f64"], results: ["i32"], body: greater }))[3]).toBe(
      "  v4 = helper.__f64_lt 0, 1073217536, v0, v1",
    );
  });

  it("makes a phi where paths meet and none elsewhere", () => {
    const body = [...get(0), ...op("if", blockType()), ...i32(5), ...set(1), ...op("end"), ...get(1)];
    const text = irText(optimised({ parameters: ["i32", "i32"], results: ["i32"], body })).join("\n");
    expect(text.match(/phi/g)).toHaveLength(1);
    expect(text).toMatch(/phi (5, v\d+|v\d+, 5)/);
  });

  it("splits i64 into words, with a wide multiplication where the factors are extended", () => {
    const body = [
      ...get(0),
      ...op("i64.extend_i32_u"),
      ...get(1),
      ...op("i64.extend_i32_u"),
      ...op("i64.mul"),
    ];
    const text = irText(optimised({ parameters: ["i32", "i32"], results: ["i64"], body })).join("\n");
    expect(text).toContain("mul_wide_u v");
    expect(text).toMatch(/return v\d+ v\d+$/);
    const sum = [...get(0), ...i64(1n << 32n), ...op("i64.add")];
    expect(irText(optimised({ parameters: ["i64"], results: ["i64"], body: sum })).join("\n")).not.toContain(
      "add64",
    );
  });

  it("folds constants, also across branches", () => {
    const body = [
      ...i32(6),
      ...i32(7),
      ...op("i32.mul"),
      ...i32(42),
      ...op("i32.eq"),
      ...op("if", blockType("i32")),
      ...i32(1),
      ...op("else"),
      ...i32(2),
      ...op("end"),
    ];
    expect(irText(optimised({ results: ["i32"], body }))).toEqual(["b0:", "  return 1"]);
  });

  it("leaves out code that cannot be reached, whatever is in it", () => {
    const dead = [...op("block", blockType()), ...op("br", 0), ...op("loop", blockType()), ...op("end")];
    const body = [...op("return"), ...dead, ...op("end"), ...op("unreachable")];
    expect(irText(lowered({ body }))).toEqual(["b0:", "  return"]);
  });

  it("keeps both reads of an atomic, and shares those of a plain load", () => {
    const sumOf = (load: number[]) => [...get(0), ...load, ...get(0), ...load, ...op("i32.add")];
    const source = (body: number[]) => ({ parameters: ["i32" as const], results: ["i32" as const], body });
    const count = (body: number[]) => irText(optimised(source(body))).filter((l) => /load/i.test(l)).length;
    expect(count(sumOf(op("i32.atomic.load", 2, 0)))).toBe(2);
    expect(count(sumOf(op("i32.load", 2, 0)))).toBe(1);
  });

  it("keeps a spin loop spinning", () => {
    const body = [
      ...op("loop", blockType()),
      ...get(0),
      ...op("i32.atomic.load", 2, 0),
      ...op("br_if", 0),
      ...op("end"),
    ];
    const text = irText(optimised({ parameters: ["i32"], body }));
    const loop = text.slice(text.findIndex((l) => /^b1:/.test(l)));
    expect(loop.join("\n")).toMatch(/volatileLoad.*\n {2}branch v\d+ b1/);
  });
});
