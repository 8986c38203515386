// What the build makes, and from what.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildCore } from "../../cpu/core-build";
import { BOOT_BASE, DATA_BASE, TEXT_BASE } from "../../abi/bios";
import * as coreSources from "../../cpu/generate/generate";
import {
  compileProgram,
  CompileError,
  formatDiagnostics,
  kernelLayout,
  userLayout,
  type MemoryLayout,
} from "../compile";
import { builtImage } from "../image/built";
import { SWAP_BYTES } from "../image/contents";
import { stale, writeGenerated } from "../mig/generate";
import { projectRoot } from "../root";
import { filesIn, programNames } from "./sources";
import { biosRom } from "./bios";
import { loadAssembly } from "./assembly";
import { writeWhole, type BuildCache } from "./cache";

export interface Target {
  /** What is being made, for people. */
  readonly name: string;
  /** Targets of one stage do not need each other; all of a stage need those before. */
  readonly stage: 0 | 1 | 2;
  isFresh(cache: BuildCache): boolean;
  /** False when there was nothing to do after all. */
  run(cache: BuildCache): Promise<boolean>;
}

const path = (file: string) => join(projectRoot, file);
const exists = (file: string) => existsSync(path(file));

/** Sources of the compiler itself: whatever changes them changes all programs. */
const compilerFiles = [
  ...filesIn("tools/compile", ".ts"),
  ...filesIn("tools/asm", ".ts"),
  "tools/build/targets.ts",
  "package-lock.json",
].filter((f) => !f.endsWith(".spec.ts"));

const biosLayout: MemoryLayout = { textBase: TEXT_BASE, dataBase: DATA_BASE, bootBase: BOOT_BASE };

interface ProgramTarget {
  readonly entry: string;
  /** Output without extension. */
  readonly output: string;
  readonly assembly: readonly string[];
  readonly layout: MemoryLayout;
  readonly floats: boolean;
}

function programTarget({ entry, output, assembly, layout, floats }: ProgramTarget): Target {
  const name = `${output}.elf`;
  const salt = JSON.stringify({ entry, assembly, layout, floats });
  return {
    name,
    stage: 1,
    isFresh: (cache) => cache.isFresh(name, [name], salt),
    async run(cache) {
      const started = Date.now();
      const loaded = await loadAssembly(assembly, output.replaceAll("/", "-"));
      const program = await compileProgram({ entry, assembly: loaded.routines, layout, floats });
      writeWhole(path(name), program.elf);
      const inputs = [...program.files, ...loaded.inputs, ...compilerFiles];
      cache.record(name, { inputs, outputs: [name], salt, started });
      return true;
    },
  };
}

export const kernelOutput = "build/kernel";
export const programOutput = (name: string): string => `build/userland/${name}`;
export const imageOutput = "build/mach386.img";

const modified = (file: string) => (exists(file) ? statSync(path(file)).mtimeMs : 0);

/** Knows by itself whether it is up to date. */
const coreTarget: Target = {
  name: "build/core.wasm",
  stage: 1,
  isFresh: () => false,
  async run() {
    const before = modified(this.name);
    try {
      await buildCore();
    } catch (error) {
      const text = formatDiagnostics((error as Error).message, "cpu/core/index.ts");
      throw text ? new CompileError(text) : error;
    }
    return modified(this.name) !== before;
  },
};

const stubsTarget: Target = {
  name: "message stubs",
  stage: 0,
  isFresh: () => stale().length === 0,
  run: async () => writeGenerated().length > 0,
};

const coreSourcesTarget: Target = {
  name: "micro-ops",
  stage: 0,
  isFresh: () => coreSources.stale().length === 0,
  run: async () => coreSources.writeGenerated().length > 0,
};

const kernelTarget = () =>
  programTarget({
    entry: "kernel/main.ts",
    output: kernelOutput,
    assembly: filesIn("kernel/i386", ".asm.ts"),
    layout: kernelLayout,
    floats: false,
  });

const userTarget = (name: string) =>
  programTarget({
    entry: `userland/programs/${name}.ts`,
    output: programOutput(name),
    assembly: filesIn("userland/lib", ".asm.ts"),
    layout: userLayout,
    floats: true,
  });

export const biosOutput = "build/bios.bin";

/** What else the ROM is made of. */
const biosTables = [
  "tools/build/bios.ts",
  "tools/build/code-16.ts",
  "tools/build/virtual-8086.ts",
  "tools/build/acpi.ts",
  "abi/acpi.ts",
  "abi/video.ts",
  ...["code-page-437", "font", "font-glyphs", "io-apic", "local-apic", "piix4-pm", "vga-modes"].map(
    (name) => `devices/${name}.ts`,
  ),
];

const biosTarget: Target = {
  name: biosOutput,
  stage: 1,
  isFresh: (cache) => cache.isFresh(biosOutput, [biosOutput], JSON.stringify(biosLayout)),
  async run(cache) {
    const started = Date.now();
    const loaded = await loadAssembly(filesIn("firmware", ".asm.ts"), "firmware");
    const entry = "firmware/main.ts";
    const program = await compileProgram({
      entry,
      assembly: loaded.routines,
      layout: biosLayout,
      start: "bios_start",
      floats: false,
    });
    writeWhole(path(biosOutput), biosRom(program));
    const inputs = [...program.files, ...loaded.inputs, ...biosTables, ...compilerFiles];
    cache.record(biosOutput, { inputs, outputs: [biosOutput], salt: JSON.stringify(biosLayout), started });
    return true;
  },
};

const imageInputs = () => [
  `${kernelOutput}.elf`,
  ...programNames().map((n) => `${programOutput(n)}.elf`),
  ...filesIn("tools/image", ".ts"),
  ...filesIn("abi", ".ts"),
];

const imageTarget: Target = {
  name: imageOutput,
  stage: 2,
  isFresh: (cache) => cache.isFresh(imageOutput, [imageOutput], programNames().join()),
  async run(cache) {
    if (!imageInputs().every(exists)) return false;
    const started = Date.now();
    const image = builtImage();
    writeWhole(path(imageOutput), image, image.length + SWAP_BYTES);
    const made = { inputs: imageInputs(), outputs: [imageOutput], salt: programNames().join(), started };
    cache.record(imageOutput, made);
    return true;
  },
};

/** All targets, in the order in which to make them; those whose sources are missing are left out. */
export function allTargets(): Target[] {
  return [
    stubsTarget,
    coreSourcesTarget,
    ...(exists("cpu/core/index.ts") ? [coreTarget] : []),
    ...(exists("kernel/main.ts") ? [kernelTarget()] : []),
    ...(exists("firmware/main.ts") ? [biosTarget] : []),
    ...programNames().map(userTarget),
    imageTarget,
  ];
}
