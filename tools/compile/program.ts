// The whole chain: AssemblyScript sources and assembler routines to one ELF file.
import type { AssemblyRoutine } from "../asm";

/** Addresses of a program's parts (docs/architecture.md, "Guest code"). */
export interface MemoryLayout {
  readonly textBase: number;
  readonly dataBase: number;
  /** Virtual minus physical address of text and data; 0 when not given. */
  readonly physicalOffset?: number;
  /** Address, virtual and physical, of the section `.boot`, when an assembler module has one. */
  readonly bootBase?: number;
}

export interface ProgramOptions {
  /** The entry file, absolute or from the project's root. Its exported functions become global symbols. */
  readonly entry: string;
  /** Sources that are not files, by path from the project's root; for tests. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Assembler modules, by file name (for messages), linked in this order. */
  readonly assembly?: Readonly<Record<string, AssemblyRoutine>>;
  readonly layout: MemoryLayout;
  /** Symbol at which the program starts; `_start` when not given. */
  readonly start?: string;
  /** Compile-time constants, as asc's `--use NAME=VALUE`. */
  readonly use?: Readonly<Record<string, string>>;
}

export interface ProgramSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly kind: "function" | "object";
  readonly global: boolean;
}

/** Code from `address` on comes from this line. */
export interface LineEntry {
  readonly address: number;
  readonly file: string;
  readonly line: number;
}

export interface Program {
  readonly elf: Uint8Array;
  readonly symbols: readonly ProgramSymbol[];
  readonly lines: readonly LineEntry[];
  /** The module between asc and the back end, as asc made it. */
  readonly wasm: Uint8Array;
}

export const kernelLayout: MemoryLayout = {
  textBase: 0xc0101000,
  dataBase: 0xc0200000,
  physicalOffset: 0xc0000000,
  bootBase: 0x00100000,
};

export const userLayout: MemoryLayout = { textBase: 0x08048000, dataBase: 0x08100000 };

/** @throws CompileError with one or more `file:line:col: message` lines. */
export async function compileProgram(_options: ProgramOptions): Promise<Program> {
  throw new Error("compileProgram is not linked yet");
}
