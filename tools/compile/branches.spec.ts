import { describe, expect, it } from "vitest";
import { irText, optimised } from "./testing/pipeline";
import { blockType, i32, op } from "./testing/wasm-writer";

const get = (n: number) => op("local.get", n);
const set = (n: number) => op("local.set", n);
const compare = (n: number, with_: number) => [...get(n), ...i32(with_), ...op("i32.eq")];
const choose = (condition: number[], yes: number[], no: number[]) => [
  ...condition,
  ...op("if", blockType("i32")),
  ...yes,
  ...op("else"),
  ...no,
  ...op("end"),
];
const load = (n: number) => [...get(n), ...op("i32.load", 2, 0)];

/** The improved function of three words, and two local variables, to a word. */
function text(body: number[]): string {
  const words = (n: number) => Array.from({ length: n }, () => "i32" as const);
  return irText(optimised({ parameters: words(3), locals: words(2), results: ["i32"], body })).join("\n");
}

const count = (s: string, word: RegExp) => s.match(word)?.length ?? 0;

describe("conditions as control flow", () => {
  it("branches twice on a choice between a constant and something else", () => {
    const choice = [...get(1), ...i32(0), ...compare(0, 5), ...op("select")];
    const plain = text(choose(choice, load(0), load(1)));
    expect(count(plain, /select/g)).toBe(0);
    expect(count(plain, /branch/g)).toBe(2);
    const compared = text(choose([...choice, ...i32(7), ...op("i32.lt_u")], load(0), load(1)));
    expect(count(compared, /select/g)).toBe(0);
    expect(count(compared, /compare/g)).toBe(2);
  });

  it("leads a known value past a test, though the value is wanted behind it", () => {
    const body = [
      ...choose(get(0), load(0), i32(0)),
      ...op("local.tee", 3),
      ...op("i32.eqz"),
      ...op("if", blockType()),
      ...i32(1),
      ...op("return"),
      ...op("end"),
      ...load(3),
    ];
    expect(count(text(body), /phi/g)).toBe(0);
  });

  it("knows behind a branch what the branch was about", () => {
    // (a == 5 && b == 6) && c == 7, with each result kept.
    const first = [...compare(0, 5), ...op("local.tee", 3)];
    const second = [...choose(first, compare(1, 6), get(3)), ...op("local.tee", 4)];
    const ir = text(choose(choose(second, compare(2, 7), get(4)), load(0), load(1)));
    expect(count(ir, /branch/g)).toBe(3);
    expect(count(ir, /phi/g)).toBe(1);
  });

  it("leaves a quotient where its remainder is wanted", () => {
    const by10 = (name: string) => [...get(0), ...i32(10), ...op(name)];
    const body = [
      ...by10("i32.rem_u"),
      ...set(3),
      ...compare(1, 5),
      ...by10("i32.div_u"),
      ...i32(3),
      ...op("i32.eq"),
      ...op("i32.or"),
      ...op("if", blockType()),
      ...get(3),
      ...op("return"),
      ...op("end"),
      ...get(2),
    ];
    const ir = text(body);
    expect(count(ir, /branch/g)).toBe(2);
    expect(ir.indexOf("div_u")).toBeLessThan(ir.indexOf("branch"));
    expect(count(ir, /div_u/g)).toBe(1);
  });
});
