// The guest toolchain as a library. `compileProgram` is all that most need.
export { compileProgram, elfOf, kernelLayout, linkModule, moduleStart, userLayout } from "./program";
export type { LineEntry, MemoryLayout, Program, ProgramOptions, ProgramSymbol } from "./program";
export { CompileError } from "./errors";
export { formatDiagnostics } from "./assemblyscript";
