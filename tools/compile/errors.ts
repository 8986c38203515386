import { relative } from "node:path";
import { projectRoot } from "../root";

/** What is wrong with the guest's source; the message is one or more `file:line:col: message` lines. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

/** A problem at a byte of the WebAssembly module; the driver turns the offset into a source line. */
export class LocatedError extends Error {
  override readonly name = "LocatedError";
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** `file:line:col` of the assembler routine that an error's stack leads to. */
export function routinePlace(error: Error): string | undefined {
  const frame = /(?:file:\/\/)?([^\s(]+\.asm\.ts):(\d+):(\d+)/.exec(error.stack ?? "");
  return frame ? `${relative(projectRoot, frame[1])}:${frame[2]}:${frame[3]}` : undefined;
}
