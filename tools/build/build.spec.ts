// The build driver in a project of its own: a small kernel and two programs.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../root";

const start = `import type { Assembler } from "../../tools/asm";
export default function (a: Assembler): void {
  a.function("_start").call("main").label("forever").jmp("forever");
}
`;
const first = `import { VALUE } from "../lib/value";
export function main(): u32 {
  return VALUE;
}
`;
const kernel = "kernel/main.ts";
const sources: Readonly<Record<string, string>> = {
  [kernel]: "export function main(): u32 {\n  return 1;\n}\n",
  "kernel/i386/start.asm.ts": start,
  "userland/lib/start.asm.ts": start,
  "userland/lib/value.ts": "export const VALUE: u32 = 3;\n",
  "userland/programs/first.ts": first,
  "userland/programs/second.ts": "export function main(): u32 {\n  return 7;\n}\n",
};
const image = "build/mach386.img";
const outputs = ["build/kernel.elf", "build/userland/first.elf", "build/userland/second.elf", image];

let root = "";

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const read = (file: string) => readFileSync(join(root, file));
const version = (file: string) => statSync(join(root, file), { bigint: true }).ino;

function build(): { status: number | null; lines: string[] } {
  const { status, stderr } = spawnSync(process.execPath, ["tools/run.mjs", "tools/build/main.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, lines: stderr.split("\n").filter(Boolean) };
}

/** The outputs that a build wrote again. */
function rebuilt(): string[] {
  const before = new Map(outputs.map((f) => [f, version(f)]));
  expect(build()).toEqual({ status: 0, lines: [] });
  return outputs.filter((f) => version(f) !== before.get(f));
}

/** The build's complaint about a source; nothing that was built before may have changed. */
function complaint(file: string, text: string): string[] {
  const before = outputs.map(version);
  write(file, text);
  const { status, lines } = build();
  write(file, sources[file] ?? "");
  expect(status).toBe(1);
  expect(outputs.map(version)).toEqual(before);
  return lines;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mach386-build-"));
  const isSource = (path: string) => !/\.spec\.ts$|cpu\/core\/index\.ts$/.test(path);
  for (const folder of ["tools", "abi", "guest", "cpu", "machine", "mmu", "devices"]) {
    cpSync(join(projectRoot, folder), join(root, folder), { recursive: true, filter: isSource });
  }
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(projectRoot, file), join(root, file));
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  for (const [file, text] of Object.entries(sources)) write(file, text);
  expect(build()).toEqual({ status: 0, lines: [] });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the build", { timeout: 120_000 }, () => {
  it("makes again exactly what changed", () => {
    expect(rebuilt()).toEqual([]);
    write("userland/lib/value.ts", "export const VALUE: u32 = 4;\n");
    expect(rebuilt()).toEqual(["build/userland/first.elf", image]);
    write("kernel/i386/start.asm.ts", start.replace('.label("forever")', '.nop().label("forever")'));
    expect(rebuilt()).toEqual(["build/kernel.elf", image]);
  });

  it("gives the same bytes each time", () => {
    const before = outputs.map(read);
    rmSync(join(root, "build"), { recursive: true });
    expect(build()).toEqual({ status: 0, lines: [] });
    expect(outputs.map(read).map((bytes, i) => bytes.equals(before[i]))).toEqual(outputs.map(() => true));
  });

  it("recovers from what an interrupted build or a stranger left", () => {
    const nobody = 0x7ffffffe;
    write(`build/kernel.elf.${nobody}-0.tmp`, "half");
    write(`build/cache/build-kernel.elf.json.${nobody}-1.tmp`, "{");
    rmSync(join(root, "build/cache/build-kernel.elf.json"));
    write("build/cache/build-userland-first.elf.json", '{"inputs":');
    write("build/userland/second.elf", "half");
    expect(rebuilt()).toEqual(outputs.slice(0, 3));
    const left = ["build", "build/cache"].flatMap((folder) => readdirSync(join(root, folder)));
    expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("says in a line where a mistake is, and leaves what there was", () => {
    const main = (body: string) => `export function main(): u32 {\n  return ${body};\n}\n`;
    expect(complaint(kernel, main("gone"))).toEqual([`${kernel}:2:10: Cannot find name 'gone'.`]);
    const declared = `import { gone } from "./asm";\n${main("gone()")}`;
    write("kernel/asm.ts", "export declare function gone(): u32;\n");
    expect(complaint(kernel, declared)).toEqual([`${kernel}:3:10: main: undefined symbol gone`]);
    write("kernel/i386.ts", "export declare function inb(): u32;\n");
    const short = `import { inb } from "./i386";\n${main("inb()")}`;
    expect(complaint(kernel, short)).toEqual([
      `${kernel}:3:10: inb has 1 argument and 1 result words, not 0 and 1`,
    ]);
    const assembly = "kernel/i386/start.asm.ts";
    expect(complaint(assembly, start.replace('"main"', '"gone"'))).toEqual([
      `${assembly}:3:24: undefined symbol gone`,
    ]);
    expect(complaint(assembly, start.replace("a.function", "a.("))).toEqual([
      `${assembly}:3:5: Expected identifier but found "("`,
    ]);
    const long = start.replace("a.function", "a.space(0x200000).function");
    expect(complaint(assembly, long)).toEqual([
      expect.stringMatching(
        /^kernel\/main.ts:1:1: text ends at 0xc0301\w+, beyond the start of data, 0xc0200000$/,
      ),
    ]);
  });
});
