// Boots of the kernel with modules made by a test, here and on QEMU.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootKernel } from "../../machine/testing";
import { kernelPath } from "../../tools/default-image";
import { bootOnQemu, qemuInstalled } from "../qemu/qemu";

export interface Outcome {
  status: number | undefined;
  serial: string;
  /** For a failure's message. */
  explain: string;
}

export interface Module {
  /** The command line, which begins with "program". */
  string: string;
  contents: Uint8Array;
}

/** Boots with words on the kernel's command line. */
export type Boot = (append: string, modules: Module[]) => Promise<Outcome>;

const onOurs: Boot = async (append, modules) => {
  const outcome = bootKernel({
    kernel: readFileSync(kernelPath),
    commandLine: `kernel ${append}`,
    modules,
    maxCycles: 400_000_000,
  });
  const { result, serial } = outcome;
  return { status: result.reason === "exit" ? result.status : undefined, serial, explain: outcome.report() };
};

const onQemu: Boot = async (append, modules) => {
  const folder = mkdtempSync(join(tmpdir(), "mach386-boot-"));
  const strings = modules.map(({ string, contents }, i) => {
    const path = join(folder, `module${i}`);
    writeFileSync(path, contents);
    return string.replace(/^\S+/, path);
  });
  const { status, serial, detail } = await bootOnQemu({ kernel: kernelPath, append, modules: strings });
  rmSync(folder, { recursive: true, force: true });
  return { status, serial: serial.replaceAll(/\/\S*\/module\d+/g, "program"), explain: detail };
};

export const QEMU = "QEMU";

/** Name of the machine, how to boot there, and whether it is installed. */
export const BOOTS: [name: string, boot: Boot, available: boolean][] = [
  ["our machine", onOurs, true],
  [QEMU, onQemu, qemuInstalled],
];
