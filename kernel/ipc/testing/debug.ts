// Stands in for kern/debug.ts in host tests of IPC.
import { fail } from "./host";

export function panic(reason: string): void {
  fail(changetype<usize>(reason));
  unreachable();
}

export function kernel_assert(condition: bool, reason: string): void {
  if (!condition) panic(reason);
}

/** The tests check what they want checked. */
export function kernel_check(): bool {
  return false;
}

export function kernel_abort(message: string | null, _file: string | null, _line: u32, _column: u32): void {
  fail(changetype<usize>(message));
  unreachable();
}
