// The kernel's last words, and its few first ones.
import { cli, hlt, outb, stackPointer } from "../../guest/i386";
import { DEBUG_EXIT_PORT, KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { cons_kernel_put, cons_panic_put } from "../device/cons";
import { string_byte } from "./bytes";

/** Where compiled code and assembler lie. */
const TEXT_START: u32 = 0xc0101000;
const TEXT_END: u32 = 0xc0200000;
/** Stack words looked at, and addresses shown, by a panic. */
const PANIC_STACK_WORDS: u32 = 512;
const PANIC_ADDRESSES: u32 = 32;

let verbose: bool = false;
let check: bool = false;
let panicking: bool = false;

/** The boot arguments `verbose=1` and `kernel.check=1`. */
export function debug_configure(is_verbose: bool, is_check: bool): void {
  verbose = is_verbose;
  check = is_check;
}

/**
 * Stops the machine: prints the reason and the code addresses found on the stack (the host symbolises them) on the
 * serial line by polling, then ends the run through the debug-exit port with KERNEL_PANIC_STATUS. Does not return.
 */
export function panic(reason: string): void {
  cli();
  if (!panicking) {
    panicking = true;
    panic_print("\npanic: ");
    panic_print(reason);
    panic_print("\n");
    panic_backtrace(stackPointer());
  }
  machine_stop(KERNEL_PANIC_STATUS);
}

/** Ends the run with an exit status where there is a debug-exit port; stops the processor everywhere. */
export function machine_stop(status: u32): void {
  cli();
  outb(DEBUG_EXIT_PORT, status);
  for (;;) hlt();
}

function panic_print(text: string): void {
  for (let i = 0; i < text.length; i++) cons_panic_put(string_byte(text, i));
}

function panic_backtrace(stack: usize): void {
  panic_print("stack:");
  let shown: u32 = 0;
  const end = stack | 0xfff;
  for (
    let at = stack;
    at < end && at < stack + (PANIC_STACK_WORDS << 2) && shown < PANIC_ADDRESSES;
    at += 4
  ) {
    const word = load<u32>(at);
    if (word < TEXT_START || word >= TEXT_END) continue;
    panic_print(" ");
    for (let shift: i32 = 28; shift >= 0; shift -= 4) cons_panic_put(hex_digit(word >> shift));
    shown++;
  }
  panic_print("\n");
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
