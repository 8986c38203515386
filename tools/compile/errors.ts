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
