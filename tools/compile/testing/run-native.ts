// Runs linked programs as static 32-bit Linux processes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assembleModule, eax, ebx, ecx, edx, type Assembler } from "../../asm";
import { linkModule, elfOf, userLayout } from "../program";
import type { WasmModule } from "../wasm-reader";

const exit = 1;
const write = 4;
const standardOutput = 1;

/** Calls main, writes `size` bytes from `address` on to standard output, exits. */
export function linuxStart(address: number, size: number): (a: Assembler) => void {
  return (a) => {
    a.function("_start").call("main");
    a.mov(eax, write).mov(ebx, standardOutput).mov(ecx, address).mov(edx, size).int(0x80);
    a.mov(eax, exit).mov(ebx, 0).int(0x80);
  };
}

export function linkForLinux(module: WasmModule, address: number, size: number): Uint8Array {
  const start = assembleModule(linuxStart(address, size), "start");
  return elfOf(linkModule(module, [start], userLayout), "_start");
}

/** Runs an ELF file; returns what it printed. @throws Error when it is killed or exits with another status than 0. */
export function runElf(elf: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "mach386-native-"));
  try {
    const file = join(folder, "program");
    writeFileSync(file, elf, { mode: 0o755 });
    const { status, signal, stdout, error } = spawnSync(file, { timeout: 20_000, maxBuffer: 1 << 24 });
    if (error) throw error;
    if (status !== 0) throw new Error(`the program ended with ${signal ?? status}`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether this host runs static 32-bit Linux programs. */
export function canRunElf(): boolean {
  if (process.platform !== "linux") return false;
  const empty: WasmModule = {
    functions: [
      {
        index: 0,
        name: "main",
        type: { parameters: [], results: [] },
        locals: [],
        body: [{ name: "end", offset: 0 }],
      },
    ],
    globals: [],
    table: [],
    data: [{ address: userLayout.dataBase, bytes: Uint8Array.of(42) }],
    exportedFunctions: new Map([["main", 0]]),
    memoryPages: 1,
  };
  try {
    return runElf(linkForLinux(empty, userLayout.dataBase, 1))[0] === 42;
  } catch {
    return false;
  }
}
