// Stands in for kern/debug.ts in host tests of the VM.
import { panic as hostPanic } from "./host";

export function panic(reason: string): void {
  hostPanic(changetype<usize>(reason), 0, 0);
  unreachable();
}

export function kernel_assert(condition: bool, reason: string): void {
  if (!condition) panic(reason);
}

export function kernel_abort(message: string | null, file: string | null, line: u32, column: u32): void {
  hostPanic(changetype<usize>(message), changetype<usize>(file), line);
  unreachable();
}
