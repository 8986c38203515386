// The generated files: which there are, and what is in them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GeneratedFiles, staleFiles, writeStaleFiles } from "../generated-files";
import { projectRoot } from "../root";
import { kernelServer } from "./server";
import { kernelStubs } from "./kernel-user";
import { requestsFile } from "./requests";
import { parseDefs, Subsystem } from "./parse";
import { referencePage, referenceSection } from "./reference";
import { userStubs } from "./user";
import { userServer } from "./user-server";

/** An interface, and who has which side of it. Programs have stubs to call all of them. */
interface Interface {
  name: string;
  kernel?: "serves" | "calls";
  /** Programs serve it too. */
  served?: boolean;
  /** GNU Mach has it not: its layouts are nobody's but ours. */
  own?: boolean;
}

/** Every interface, as the tables of layouts and the reference page have them. */
export const INTERFACES: Interface[] = [
  { name: "mach", kernel: "serves" },
  { name: "mach4", kernel: "serves" },
  { name: "mach_port", kernel: "serves" },
  { name: "mach_host", kernel: "serves" },
  { name: "gnumach", kernel: "serves" },
  { name: "mach_debug", kernel: "serves" },
  { name: "mach_i386", kernel: "serves" },
  { name: "mach386", kernel: "serves" },
  { name: "device", kernel: "serves" },
  // The kernel serves these as device.
  { name: "device_request" },
  { name: "device_reply", kernel: "calls", served: true },
  { name: "device_intr", kernel: "calls", served: true },
  { name: "exc", kernel: "calls", served: true },
  { name: "memory_object", kernel: "calls", served: true },
  { name: "memory_object_default", kernel: "calls", served: true },
  { name: "default_pager" },
  { name: "task_notify", kernel: "calls", served: true },
  // The kernel's notifications are in ipc_notify.ts: they are made of messages set aside.
  { name: "notify", served: true },
  // Between programs.
  { name: "fs", served: true, own: true },
  { name: "io", served: true, own: true },
  { name: "process", served: true, own: true },
  { name: "pipe", served: true, own: true },
  { name: "exec", served: true, own: true },
  { name: "term", served: true, own: true },
];

export function readDefs(name: string): Subsystem {
  return parseDefs(`${name}.defs`, (file) => readFileSync(join(projectRoot, "abi/defs", file), "utf8"));
}

/** Every generated file: path from the project's root, and contents. */
export function generate(): GeneratedFiles {
  const files = new Map<string, string>();
  const sections: string[] = [];
  for (const { name, kernel, served } of INTERFACES) {
    const subsystem = readDefs(name);
    const defs = `${name}.defs`;
    files.set(`userland/generated/${name}.generated.ts`, userStubs(subsystem, defs));
    if (served) files.set(`userland/generated/${name}_server.generated.ts`, userServer(subsystem, defs));
    if (kernel === "serves")
      files.set(`kernel/generated/${name}_server.generated.ts`, kernelServer(subsystem, defs));
    if (kernel === "calls")
      files.set(`kernel/generated/${name}_user.generated.ts`, kernelStubs(subsystem, defs));
    sections.push(referenceSection(subsystem, kernel === "calls" || name === "notify"));
  }
  files.set("docs/interfaces.md", referencePage(sections));
  const served = INTERFACES.filter(({ kernel }) => kernel === "serves").map(({ name }) => readDefs(name));
  files.set("userland/generated/requests.generated.ts", requestsFile(served));
  return files;
}

/** The files that are missing or out of date. */
export const stale = (): string[] => staleFiles(generate());

/** Writes what is not up to date; returns the paths written. */
export const writeGenerated = (): string[] => writeStaleFiles(generate());
