// Whether ast_taken may have something to do: the one word that the call gate's stub looks at on the way back to user mode.
// Set in vain it costs a call; whoever gives the running thread a reason to stop must set it.
import { ast_needed_address } from "../i386/asm";

let cell: usize = 0;

export function ast_init(): void {
  cell = ast_needed_address();
}

/** The running thread must see to something (Mach's name is ast_on). */
export function ast_on(): void {
  atomic.store<u32>(cell, 1);
}

/** `reasons` (0: none) are those of the thread that runs from now on. */
export function ast_set(reasons: u32): void {
  atomic.store<u32>(cell, reasons);
}
