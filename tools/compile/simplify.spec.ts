import { describe, expect, it } from "vitest";
import { IrFunction, type Value } from "./ir";
import { simplify } from "./simplify";

describe("simplification", () => {
  const f = new IrFunction("f", 1, 1);
  const block = f.block();
  const x = f.value("parameter", [], block);
  const c = (n: number) => f.constant(n);
  const of = (operation: Value["operation"], ...args: Value[]) => simplify(f, { operation, args });
  const number = (v: Value | undefined) => (v?.isConstant ? v.number : undefined);

  it.each([
    ["add", 0x7fffffff, 1, -0x80000000],
    ["mul", 0x10001, 0x10001, 0x20001],
    ["shr_u", -1, 31, 1],
    ["shr_s", -8, 33, -4],
    ["rotl", 0x80000001 | 0, 0, 0x80000001 | 0],
    ["rotr", 1, 1, -0x80000000],
    ["div_u", -1, 2, 0x7fffffff],
    ["rem_s", -0x80000000, -1, 0],
    ["div_s", -7, 2, -3],
  ] as const)("%s of constants", (operation, a, b, expected) => {
    expect(number(of(operation, c(a), c(b)))).toBe(expected);
  });

  it("leaves to the processor what traps", () => {
    expect(of("div_u", c(1), c(0))).toBeUndefined();
    expect(of("div_s", c(-0x80000000), c(-1))).toBeUndefined();
  });

  it("knows neutral and absorbing operands", () => {
    expect(of("add", x, c(0))).toBe(x);
    expect(of("and", x, c(-1))).toBe(x);
    expect(number(of("mul", x, c(0)))).toBe(0);
    expect(number(of("xor", x, x))).toBe(0);
    expect(of("sub", c(0), x)).toBeUndefined();
  });

  it("compares constants, signed and unsigned, in one word and two", () => {
    const compare = (condition: Value["condition"], ...args: Value[]) =>
      number(simplify(f, { operation: args.length === 2 ? "compare" : "compare64", args, condition }));
    expect(compare("lt_s", c(-1), c(1))).toBe(1);
    expect(compare("lt_u", c(-1), c(1))).toBe(0);
    expect(compare("ge_u", x, x)).toBe(1);
    expect(compare("lt_s", c(0), c(-1), c(0), c(0))).toBe(1);
    expect(compare("lt_u", c(-1), c(0), c(0), c(1))).toBe(1);
    expect(compare("lt_s", c(-1), c(5), c(1), c(5))).toBe(0);
  });
});
