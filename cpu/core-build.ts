/** Compiles cpu/core and mmu into one WebAssembly module with asc. */
import asc from "assemblyscript/asc";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { corePath } from "./core-path";
import { CORE_DATA } from "./layout";
import { projectRoot } from "../tools/root";

/** Options of asc; memoryBase must be decimal. */
export const CORE_OPTIONS: readonly string[] = [
  "--runtime",
  "stub",
  "-O3",
  "--noAssert",
  "--enable",
  "simd",
  "--importMemory",
  "--memoryBase",
  String(CORE_DATA),
  "--use",
  "abort=",
];

const ENTRY = "cpu/core/index.ts";
const FOLDERS = ["cpu/core", "cpu/core/fpu", "cpu/core/xmm", "mmu"];
const FILES = [
  "cpu/layout.ts",
  "cpu/control-registers.ts",
  "cpu/vector-operations.ts",
  "cpu/operations.generated.ts",
];

/** asc's decorators of functions are no TypeScript, so that they stand in comments. */
function withDecorators(source: string): string {
  return source.replaceAll(/^\/\/ asc: (?=@)/gm, "");
}

function sources(): Map<string, string> {
  const names = [...FILES];
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(projectRoot, folder))) {
      if (name.endsWith(".ts") && !name.endsWith(".spec.ts")) names.push(`${folder}/${name}`);
    }
  }
  return new Map(
    names.sort().map((name) => [name, withDecorators(readFileSync(join(projectRoot, name), "utf8"))]),
  );
}

function digest(files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(CORE_OPTIONS.join(" "));
  for (const [name, text] of files) hash.update(`\0${name}\0${text}`);
  return hash.digest("hex");
}

async function compile(files: ReadonlyMap<string, string>): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const messages: string[] = [];
  const write = (text: string): boolean => messages.push(text) > 0;
  const { error } = await asc.main([ENTRY, "--outFile", "core.wasm", ...CORE_OPTIONS], {
    stdout: { write },
    stderr: { write },
    readFile: (name) => files.get(name) ?? null,
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`cpu/core does not compile:\n${messages.join("")}`);
  return binary;
}

/** What the key file says when `binary` was compiled from sources with this digest. */
function keyOf(sourceDigest: string, binary: Uint8Array): string {
  return `${sourceDigest} ${createHash("sha256").update(binary).digest("hex")}`;
}

/** The compiled core; compiled again only when its sources or options changed. */
export async function buildCore(): Promise<Uint8Array> {
  const files = sources();
  const sourceDigest = digest(files);
  const keyPath = `${corePath}.key`;
  if (existsSync(corePath) && existsSync(keyPath)) {
    const binary = readFileSync(corePath);
    if (readFileSync(keyPath, "utf8") === keyOf(sourceDigest, binary)) return binary;
  }
  const binary = await compile(files);
  mkdirSync(dirname(corePath), { recursive: true });
  // Renamed into place, so that a process building at the same time never reads half a file; the key names the
  // binary too, in case two of them built from different sources.
  for (const [path, contents] of [
    [corePath, binary],
    [keyPath, keyOf(sourceDigest, binary)],
  ] as const) {
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return binary;
}
