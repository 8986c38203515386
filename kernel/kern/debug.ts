// The kernel's last words, and its few first ones.
import { cli, hlt, outb } from "../../guest/i386";
import { DEBUG_EXIT_PORT, KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { db_newline, db_print } from "../ddb/db_output";
import { db_trace_here } from "../ddb/db_trace";
import { db_enter } from "../ddb/db_trap";
import { cons_flush, cons_kernel_put } from "../device/cons";
import { string_byte } from "./bytes";

let verbose: bool = false;
let check: bool = false;
let panicking: bool = false;

/** The boot arguments `verbose=1` and `kernel.check=1`. */
export function debug_configure(is_verbose: bool, is_check: bool): void {
  verbose = is_verbose;
  check = is_check;
}

/**
 * Stops the machine: prints the reason and a backtrace by polling, lets the debugger have a look when there is one, then
 * ends the run through the debug-exit port with KERNEL_PANIC_STATUS. Does not return.
 */
export function panic(reason: string): void {
  cli();
  if (!panicking) {
    panicking = true;
    db_print("\npanic: ");
    db_print(reason);
    db_newline();
    db_trace_here();
    db_enter();
  }
  machine_stop(KERNEL_PANIC_STATUS);
}

/** Ends the run with an exit status where there is a debug-exit port; stops the processor everywhere. */
export function machine_stop(status: u32): void {
  cli();
  cons_flush();
  outb(DEBUG_EXIT_PORT, status);
  for (;;) hlt();
}

/** Panics with `reason` unless `condition` holds. */
export function kernel_assert(condition: bool, reason: string): void {
  if (!condition) panic(reason);
}

/** Prints on the console, unconditionally. For start-up and verbose output. */
export function kprint(text: string): void {
  for (let i = 0; i < text.length; i++) cons_kernel_put(string_byte(text, i));
}

export function kprint_u32(value: u32): void {
  if (value >= 10) kprint_u32(value / 10);
  cons_kernel_put(0x30 + (value % 10));
}

/** Eight hexadecimal digits. */
export function kprint_hex(value: u32): void {
  for (let shift: i32 = 28; shift >= 0; shift -= 4) cons_kernel_put(hex_digit(value >> shift));
}

/** A 0-terminated byte string in kernel memory. */
export function kprint_bytes(address: usize): void {
  for (let at = address; load<u8>(at) != 0; at++) cons_kernel_put(load<u8>(at));
}

function hex_digit(value: u32): u32 {
  const digit = value & 15;
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** verbose=1 on the kernel's command line. */
export function kernel_verbose(): bool {
  return verbose;
}

/** kernel.check=1 on the kernel's command line: structures prove their invariants after each operation. */
export function kernel_check(): bool {
  return check;
}
