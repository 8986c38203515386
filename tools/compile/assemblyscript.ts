// The AssemblyScript compiler as a library: guest sources to a WebAssembly module with its source map.
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import asc from "assemblyscript/asc";
import { projectRoot } from "../root";
import { CompileError } from "./errors";

export interface ScriptOptions {
  /** Absolute or from the project's root. */
  readonly entry: string;
  readonly sources?: Readonly<Record<string, string>>;
  /** Address of static data. */
  readonly memoryBase: number;
  readonly use?: Readonly<Record<string, string>>;
}

export interface ScriptModule {
  readonly wasm: Uint8Array;
  readonly sourceMap: string;
  /** Files that were read, from the project's root. */
  readonly files: readonly string[];
}

const memoryPages = "65536";

/** Everything guest code is compiled with; the memory is the i386's whole address space. */
function flags(options: ScriptOptions, entry: string): string[] {
  return [
    entry,
    "--baseDir",
    projectRoot,
    "--outFile",
    "out.wasm",
    "--sourceMap",
    "--debug",
    "--runtime",
    "stub",
    "-O3",
    "--enable",
    "threads",
    "--sharedMemory",
    "--importMemory",
    "--initialMemory",
    memoryPages,
    "--maximumMemory",
    memoryPages,
    "--memoryBase",
    `${options.memoryBase >>> 0}`,
    ...Object.entries(options.use ?? {}).flatMap(([name, value]) => ["--use", `${name}=${value}`]),
  ];
}

/** asc's diagnostics as `file:line:col: message` lines, errors only; those without a place are the entry file's. */
export function formatDiagnostics(text: string, entry: string): string {
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  const lines: string[] = [];
  for (const part of plain.split(/(?=^(?:ERROR|WARNING|INFO|PEDANTIC|FAILURE)\b)/m)) {
    const [head] = part.split("\n");
    if (!/^(ERROR|FAILURE)/.test(head)) continue;
    if (/\d+ (compile|parse) error\(s\)/.test(head)) continue;
    const message = head.replace(/^(ERROR|FAILURE)\s*(\S+:)?\s*/, "");
    const place = /in (\S+?)\((\d+),(\d+)\)/.exec(part);
    lines.push(place ? `${place[1]}:${place[2]}:${place[3]}: ${message}` : `${entry}:1:1: ${message}`);
  }
  return lines.join("\n");
}

/** @throws CompileError */
export async function compileScript(options: ScriptOptions): Promise<ScriptModule> {
  const entry = isAbsolute(options.entry) ? relative(projectRoot, options.entry) : options.entry;
  const outputs = new Map<string, string | Uint8Array>();
  const files = new Set<string>();
  const { error, stderr } = await asc.main(flags(options, entry), {
    readFile: (name, baseDir) => {
      const path = isAbsolute(name) ? name : join(baseDir, name);
      const key = relative(projectRoot, path);
      const given = options.sources?.[key];
      if (given !== undefined) return given;
      if (!existsSync(path)) return null;
      files.add(key);
      return readFileSync(path, "utf8");
    },
    writeFile: (name, contents) => void outputs.set(name, contents),
    listFiles: () => [],
  });
  if (error)
    throw new CompileError(formatDiagnostics(stderr.toString(), entry) || `${entry}:1:1: ${error.message}`);
  return {
    wasm: outputs.get("out.wasm") as Uint8Array,
    sourceMap: new TextDecoder().decode(toBytes(outputs.get("out.wasm.map")!)),
    files: [...files].sort(),
  };
}

const toBytes = (contents: string | Uint8Array) =>
  typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
