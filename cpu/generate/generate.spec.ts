import { describe, expect, it } from "vitest";
import { casesOf, handlersOf } from "./cases";
import { generate, stale } from "./generate";
import { HOT, SLOW } from "./table";

function familyNamed(name: string) {
  const family = HOT.find((candidate) => candidate.name === name);
  if (!family) throw new Error(`no family ${name}`);
  return family;
}

/** The statements of a case but for going on to the next micro-op. */
function body(family: string, handler: string): string[] {
  const found = casesOf(familyNamed(family)).find(({ name }) => name === handler);
  if (!found) throw new Error(`no case ${handler}`);
  expect(found.lines.slice(-2)).toEqual(["op += OP_SIZE;", "continue;"]);
  return found.lines.slice(0, -2);
}

describe("the generated files", () => {
  it("are up to date (node tools/run.mjs cpu/generate/main.ts)", () => {
    expect(stale()).toEqual([]);
  });

  it("have one case for every handler", () => {
    const files = generate();
    const cases = (path: string): string[] =>
      [...files.get(path)!.matchAll(/^ *case operation\.(\w+):/gm)].map(([, name]) => name);
    const hot = HOT.flatMap(handlersOf);
    expect(cases("cpu/core/execute.generated.ts").sort()).toEqual([...hot].sort());
    const slow = SLOW.flatMap(([, handlers]) => Object.keys(handlers));
    expect(cases("cpu/core/slow.generated.ts")).toEqual(slow);
    expect(new Set([...hot, ...slow]).size).toBe(hot.length + slow.length);
  });
});

describe("a case", () => {
  it("reads a register, an immediate or memory", () => {
    const target = "load<u32>(load<u16>(op, OP_R1))";
    const store = (source: string): string =>
      `store<u32>(load<u16>(op, OP_R1), add32(${target}, ${source}));`;
    expect(body("arithmetic32", "ADD32_RR")).toEqual([store("load<u32>(load<u16>(op, OP_R2))")]);
    expect(body("arithmetic32", "ADD32_RI")).toEqual([store("load<u32>(op, OP_IMM)")]);
    expect(body("arithmetic32", "ADD32_RM")).toEqual([
      "p = readPointer(address(op), 4);",
      "if (!p) break;",
      store("load<u32>(p)"),
    ]);
  });

  it("writes memory in one go, after reading it only if the result depends on it", () => {
    expect(body("arithmetic32", "XOR32_MI")).toEqual([
      "p = modifyPointer(address(op), 4);",
      "if (!p) break;",
      "store<u32>(p, xor32(load<u32>(p), load<u32>(op, OP_IMM)));",
      "commit(p);",
    ]);
    expect(body("moves", "MOV8_MI")).toEqual(["if (!write8(address(op), load<u8>(op, OP_IMM))) break;"]);
  });

  it("leaves the target of a comparison alone", () => {
    expect(body("arithmetic8", "CMP8_MI")).toEqual([
      "p = readPointer(address(op), 1);",
      "if (!p) break;",
      "sub8(load<u8>(p), load<u8>(op, OP_IMM));",
    ]);
  });

  it("reads no more of memory than the source has", () => {
    expect(body("moves", "MOVSX8_RM")).toEqual([
      "p = readPointer(address(op), 1);",
      "if (!p) break;",
      "store<u32>(load<u16>(op, OP_R1), <i32>load<i8>(p));",
    ]);
  });

  it("of a shift by CL does nothing for a count of zero", () => {
    expect(body("shift", "SAR32_RC")).toEqual([
      "value = load<u8>(REG_ECX) & 31;",
      "if (value) store<u32>(load<u16>(op, OP_R1), sar32(load<u32>(load<u16>(op, OP_R1)), value));",
    ]);
  });

  it("exists for every condition and its negation", () => {
    expect(body("sets", "SETBE")).toEqual(["setByte(op, carry() | zero());"]);
    expect(body("sets", "SETA")).toEqual(["setByte(op, u32(!(carry() | zero())));"]);
    expect(body("jumps", "JNP")[0]).toBe("if (!parity()) {");
  });
});
