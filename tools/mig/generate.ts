// The generated files: which there are, and what is in them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GeneratedFiles, staleFiles, writeStaleFiles } from "../generated-files";
import { projectRoot } from "../root";
import { kernelServer } from "./server";
import { kernelStubs } from "./kernel-user";
import { parseDefs, Subsystem } from "./parse";
import { userStubs } from "./user";

/** Interfaces that programs call and the kernel serves. */
export const SERVED = ["mach", "mach_port", "mach_host", "gnumach", "mach_debug", "device"];
/** Interfaces by which the kernel calls others. */
export const CALLED = ["memory_object", "exc"];

export function readDefs(name: string): Subsystem {
  return parseDefs(`${name}.defs`, (file) => readFileSync(join(projectRoot, "abi/defs", file), "utf8"));
}

/** Every generated file: path from the project's root, and contents. */
export function generate(): GeneratedFiles {
  const files = new Map<string, string>();
  for (const name of SERVED) {
    const subsystem = readDefs(name);
    files.set(`userland/generated/${name}.generated.ts`, userStubs(subsystem, `${name}.defs`));
    files.set(`kernel/generated/${name}_server.generated.ts`, kernelServer(subsystem, `${name}.defs`));
  }
  for (const name of CALLED) {
    files.set(`kernel/generated/${name}_user.generated.ts`, kernelStubs(readDefs(name), `${name}.defs`));
  }
  return files;
}

/** The files that are missing or out of date. */
export const stale = (): string[] => staleFiles(generate());

/** Writes what is not up to date; returns the paths written. */
export const writeGenerated = (): string[] => writeStaleFiles(generate());
