// The kernel's last words, and its few first ones.

/**
 * Stops the machine: prints the reason and the code addresses found on the stack (the host symbolises them) on the
 * serial line by polling, then ends the run through the debug-exit port with KERNEL_PANIC_STATUS. Does not return.
 */
export function panic(reason: string): void {
  unreachable();
}

/** Panics with `reason` unless `condition` holds. */
export function kernel_assert(condition: bool, reason: string): void {
  if (!condition) panic(reason);
}

/** Prints on the console, unconditionally. For start-up and verbose output. */
export function kprint(text: string): void {
  unreachable();
}
export function kprint_u32(value: u32): void {
  unreachable();
}
/** Eight hexadecimal digits. */
export function kprint_hex(value: u32): void {
  unreachable();
}
/** A 0-terminated byte string in kernel memory. */
export function kprint_bytes(address: usize): void {
  unreachable();
}

/** verbose=1 on the kernel's command line. */
export function kernel_verbose(): bool {
  return unreachable();
}

/** kernel.check=1 on the kernel's command line: structures prove their invariants after each operation. */
export function kernel_check(): bool {
  return unreachable();
}

/** Where AssemblyScript's own assertions and `unreachable` go (asc --use abort=). */
export function kernel_abort(message: string | null, file: string | null, line: u32, column: u32): void {
  panic("assertion failed");
}
