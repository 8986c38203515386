// Debugging information, as our own reader, addr2line and readelf see it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readElf } from "../../machine/elf";
import { readLines } from "../../machine/lines";
import { sectionNamed } from "../../machine/sections";
import { SymbolTable } from "../../machine/symbols";
import type { Assembler } from "../asm";
import { debugSections } from "./dwarf";
import { DwarfBytes } from "./dwarf-bytes";
import { writeElf } from "./elf";
import { compileProgram, userLayout, type Program } from "./program";

const entry = "guest/spec-program.ts";
const assembly = {
  "start.asm.ts": (a: Assembler) => void a.function("_start").call("main").hlt(),
};
const helper = `export function helper(x: u32): u32 {
  for (let i: u32 = 0; i < 40; i++) {
    store<u32>(i * 4, x ^ i);
    if (load<u32>(x + i) == 7) return helper(x + 1) * i;
  }
  return load<u32>(x) * 3;
}
`;
const source = `import { helper } from "./spec-helper";
export function main(x: u32, y: u32, z: u32): u32 {
  const first = helper(x) + helper(y);
  return first * helper(z) + helper(first ^ z) + y;
}
`;
const sources = { [entry]: source, "guest/spec-helper.ts": helper };
const exists = (tool: string) => spawnSync(tool, ["--version"]).status === 0;

let program: Program;
let folder: string;
let file: string;
beforeAll(async () => {
  program = await compileProgram({ entry, sources, assembly, layout: userLayout });
  folder = mkdtempSync(join(tmpdir(), "mach386-dwarf-"));
  file = join(folder, "program.elf");
  writeFileSync(file, program.elf);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const output = (tool: string, ...args: string[]) => spawnSync(tool, args, { encoding: "utf8" }).stdout;

describe("line tables", () => {
  it("come back from the file as they were", () => {
    const { lines, symbols } = program;
    const code = symbols.filter((s) => s.kind === "function");
    const end = Math.max(...code.map((s) => s.address + s.size));
    const ranges = lines.map((line, i) => ({ ...line, end: lines[i + 1]?.address ?? end }));
    expect(readLines(program.elf)).toEqual(ranges.filter((r) => r.file !== ""));
    expect(new Set(ranges.map((r) => r.file))).toEqual(new Set([entry, "guest/spec-helper.ts"]));
  });

  it("hold nothing of this machine's, and are not loaded", () => {
    const text = Buffer.from(program.elf).toString("latin1");
    expect(text).not.toContain(process.cwd());
    const loaded = readElf(program.elf).segments.map(({ contents }) => contents.length);
    const plain = writeElf({ entry: 0, segments: [], symbols: [] });
    expect(sectionNamed(plain, ".debug_line")).toBeUndefined();
    expect(loaded.length).toBe(1);
    expect(text.slice(0, 0x1000 + loaded[0])).not.toContain(entry);
  });

  it("carry far jumps of address and line", () => {
    const at = (address: number, file: string, line: number) => ({ address, file, line });
    const lines = [
      at(0x1000, "a.ts", 1),
      at(0x1001, "a.ts", 9),
      at(0x1002, "a.ts", 4),
      at(0x1003, "b.ts", 100000),
      at(0x9000, "a.ts", 2),
      at(0x9001, "", 0),
      at(0xc0100000, "b.ts", 300),
    ];
    const functions = [
      { name: "f", address: 0x1000, size: 0xc00ff010, kind: "function", global: true } as const,
    ];
    const debug = debugSections({ name: "a.ts", lines, functions, frames: [] });
    const elf = writeElf({ entry: 0, segments: [], symbols: [], debug });
    const ends = [0x1001, 0x1002, 0x1003, 0x9000, 0x9001, 0, 0xc0100010];
    expect(readLines(elf)).toEqual(lines.map((l, i) => ({ ...l, end: ends[i] })).filter((l) => l.file));
  });

  it("name lines in backtraces; of a return address, the line of the call", () => {
    const table = SymbolTable.of(program.elf);
    const main = table.addressOf("main")!;
    expect(table.describe(main)).toBe(`0x${main.toString(16).padStart(8, "0")} main ${entry}:3`);
    const { address, line } = program.lines.find((l) => l.address > main && l.line === 4)!;
    expect(table.describe(address)).toContain(`${entry}:${line}`);
    expect(table.describeReturn(address)).toContain(`${entry}:3`);
  });

  it.skipIf(!exists("addr2line"))("are what addr2line reads", () => {
    const places = program.lines.filter((l) => l.file);
    const addresses = places.map((l) => l.address.toString(16));
    const lines = output("addr2line", "-e", file, ...addresses)
      .trim()
      .split("\n");
    expect(lines.map((l) => l.replace(/ \(.*/, ""))).toEqual(places.map((l) => `./${l.file}:${l.line}`));
  });
});

describe.skipIf(!exists("readelf"))("frames as readelf reads them", () => {
  it("follow each push, and begin anew behind a return", () => {
    const text = output("readelf", "--debug-dump=frames-interp", file);
    const main = program.symbols.find((s) => s.name === "main")!;
    const start = main.address.toString(16).padStart(8, "0");
    const rows = text
      .slice(text.indexOf(`pc=${start}`))
      .split("\n\n")[0]
      .split("\n")
      .slice(2);
    const table = rows.map((row) => row.trim().split(/\s+/).slice(0, 2));
    expect(table[0][0]).toBe(start);
    const depths = table.map(([, cfa]) => Number(cfa.replace("esp+", "")));
    expect(depths[0]).toBe(4);
    const top = Math.max(...depths);
    expect(depths.slice(0, depths.indexOf(top) + 1)).toEqual(
      [...depths.slice(0, depths.indexOf(top) + 1)].sort((a, b) => a - b),
    );
    expect(depths.at(-1)).toBe(4);
    expect(text).not.toMatch(/warning|corrupt/i);
  });
});

it("variable-length numbers are DWARF's own examples (figures 22, 23)", () => {
  const unsigned = (n: number) => [...new DwarfBytes().unsigned(n).finish()];
  const signed = (n: number) => [...new DwarfBytes().signed(n).finish()];
  expect([2, 127, 128, 129, 12857].map(unsigned)).toEqual([[2], [127], [0x80, 1], [0x81, 1], [0xb9, 0x64]]);
  expect([2, -2, 127, -127, 128, -128, 129, -129].map(signed)).toEqual([
    [2],
    [0x7e],
    [0xff, 0],
    [0x81, 0x7f],
    [0x80, 1],
    [0x80, 0x7f],
    [0x81, 1],
    [0xff, 0x7e],
  ]);
});
