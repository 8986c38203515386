import { describe, expect, it } from "vitest";
import type { Assembler } from "../asm";
import { CompileError } from "./errors";
import { compileProgram, userLayout } from "./program";

const start = { "start.asm.ts": (a: Assembler) => void a.function("_start").call("main").hlt() };
const entry = "guest/spec-program.ts";
const compile = (source: string, assembly = start) =>
  compileProgram({ entry, sources: { [entry]: source }, assembly, layout: userLayout });

describe("programs", () => {
  it("have symbols, and a line for every instruction", async () => {
    const { symbols, lines } = await compile(`let count: u32 = 1;
export function main(): u32 {
  count += 2;
  return count * count;
}`);
    const main = symbols.find((s) => s.name === "main")!;
    expect(main).toMatchObject({ kind: "function", global: true });
    const inside = lines.filter((l) => l.address >= main.address && l.address < main.address + main.size);
    expect(inside.map((l) => l.file)).toEqual(inside.map(() => entry));
    expect(new Set(inside.map((l) => l.line))).toEqual(new Set([3, 4]));
    expect(lines.filter((l) => l.address < main.address).every((l) => l.file === "")).toBe(true);
    expect(symbols.find((s) => s.name.endsWith("count"))).toMatchObject({ kind: "object", size: 4 });
  });

  it("are the same bytes each time", async () => {
    const source = "export function main(): u64 { return load<u64>(16) / 10; }";
    const [first, second] = [await compile(source), await compile(source)];
    expect(first.elf).toEqual(second.elf);
  });

  it("run the code that module variables need to start", async () => {
    const source = "let a: u32 = load<u32>(16); export function main(): u32 { return a; }";
    await expect(compile(source)).rejects.toThrow("assembler must call __module_start");
    const calls = {
      "start.asm.ts": (a: Assembler) => void a.function("_start").call("__module_start").call("main"),
    };
    expect((await compile(source, calls)).symbols.map((s) => s.name)).toContain("__module_start");
  });

  it("report mistakes with file, line and column", async () => {
    const error = await compile("export function main(): u32 {\n  return missing;\n}").catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(CompileError);
    expect((error as Error).message).toBe(`${entry}:2:10: Cannot find name 'missing'.`);
  });

  it("refuse floating point where it stands in the source, when they must not use it", async () => {
    const source = "export function main(): u32 {\n  let x = load<u32>(8);\n  return <u32>(<f64>x * 1.5);\n}";
    const options = { entry, sources: { [entry]: source }, assembly: start, layout: userLayout };
    await expect(compileProgram({ ...options, floats: false })).rejects.toThrow(
      /^guest\/spec-program\.ts:3:\d+: the x87 is not this program's: it must not use floating point$/,
    );
    const { symbols } = await compileProgram(options);
    expect(symbols.map((s) => s.name)).toContain("__f64_mul");
  });

  it("name the function of an assembler module that is missing", async () => {
    const source = 'import { gone } from "./asm"; export function main(): void { gone(); }';
    const sources = { [entry]: source, "guest/asm.ts": "export declare function gone(): void;" };
    await expect(compileProgram({ entry, sources, assembly: start, layout: userLayout })).rejects.toThrow(
      `${entry}:1:62: main: undefined symbol gone`,
    );
  });

  it("check intrinsics and frame slots", async () => {
    const calls = async (declared: string, call: string) => {
      const source = `import { f } from "./i386";\nexport function main(x: u32): void {\n  ${call};\n}`;
      const sources = { [entry]: source, "guest/i386.ts": declared };
      const error = await compileProgram({ entry, sources, assembly: start, layout: userLayout }).catch(
        (e: unknown) => e,
      );
      return (error as Error).message;
    };
    const f = "export declare function f(): void;";
    expect(await calls(f, "f()")).toBe(`${entry}:3:3: there is no intrinsic f`);
  });

  it("give every name of a function whose body was merged with others a symbol", async () => {
    const f = (name: string, parameter: string) =>
      `export function ${name}(${parameter}: u32): u32 { return (${parameter} ^ 0x5a5a) * 77 + load<u32>(${parameter}); }`;
    const source = `${f("one", "a")}\n${f("two", "b")}\n${f("three", "c")}\nexport function main(): void {}`;
    const calls = {
      "start.asm.ts": (a: Assembler) => void a.function("_start").call("two").call("three").call("one"),
    };
    const { symbols } = await compile(source, calls);
    const named = symbols.filter((s) => ["one", "two", "three"].includes(s.name));
    expect(named.map((s) => s.name).sort()).toEqual(["one", "three", "two"]);
    expect(new Set(named.map((s) => s.address)).size).toBe(1);
    expect(named.every((s) => s.size > 0 && s.kind === "function" && s.global)).toBe(true);
  });
});
