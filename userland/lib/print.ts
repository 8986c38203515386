// Printing. Everything goes through one line buffer, written to the console device at each end of line; until a console
// is there, through the kernel's own print trap.
import { IO_INBAND_MAX } from "../../abi/task_types";
import { stackAlloc } from "../../guest/i386";
import { mach_print } from "./asm";
import { console_write } from "./console";

const LINE_SIZE: u32 = 512;
const NEWLINE: u32 = 10;
const line: usize = memory.data(513);
let used: u32 = 0;
let console: u32 = 0;

/** Uses `port`, an open console device, from now on. */
export function print_to(port: u32): void {
  print_flush();
  console = port;
}

/** Takes what has been printed. */
export type Writer = (bytes: usize, size: u32) => void;
let writer: usize = 0;

/** Gives all output to `to` from now on, when it is flushed. */
export function print_with(to: Writer): void {
  print_flush();
  writer = changetype<usize>(to);
}

/** For a copy of this task, which has no right to the console: its output goes to the kernel's print trap. */
export function forget_console(): void {
  console = 0;
  used = 0;
}

/** Writes out what has been printed so far. */
export function print_flush(): void {
  store<u8>(line + used, 0);
  if (writer != 0) {
    if (used != 0) changetype<Writer>(writer)(line, used);
  } else if (console == 0) {
    if (used != 0) mach_print(line);
  } else {
    for (let at: u32 = 0; at < used;) {
      const count = min<u32>(used - at, IO_INBAND_MAX);
      if (console_write(console, line + at, count) != 0) break;
      at += count;
    }
  }
  used = 0;
}

export function print_byte(byte: u32): void {
  store<u8>(line + used, <u8>byte);
  used++;
  if (byte == NEWLINE || used == LINE_SIZE) print_flush();
}

/** An ASCII literal. */
export function print(text: string): void {
  const length = text.length;
  for (let index = 0; index < length; index++) print_byte(text.charCodeAt(index));
}

export function print_line(text: string): void {
  print(text);
  print_byte(NEWLINE);
}

/** A 0-terminated byte string. */
export function print_bytes(bytes: usize): void {
  for (; load<u8>(bytes) != 0; bytes++) print_byte(load<u8>(bytes));
}

export function print_spaces(count: i32): void {
  for (; count > 0; count--) print_byte(32);
}

/** A byte string padded with blanks to `width`. */
export function print_padded(bytes: usize, width: i32): void {
  let length = 0;
  for (; load<u8>(bytes) != 0; bytes++, length++) print_byte(load<u8>(bytes));
  print_spaces(width - length);
}

function print_digits(value: u32, base: u32, width: u32, pad: u32): void {
  const digits = stackAlloc(12);
  let count: u32 = 0;
  do {
    const digit = value % base;
    store<u8>(digits + count, <u8>(digit < 10 ? digit + 48 : digit + 87));
    count++;
    value /= base;
  } while (value != 0);
  for (let index = count; index < width; index++) print_byte(pad);
  while (count > 0) {
    count--;
    print_byte(load<u8>(digits + count));
  }
}

export function print_u32(value: u32): void {
  print_digits(value, 10, 0, 32);
}

/** Right-aligned in `width` places. */
export function print_u32_padded(value: u32, width: u32): void {
  print_digits(value, 10, width, 32);
}

export function print_i32(value: i32): void {
  if (value < 0) print_byte(45);
  print_digits(value < 0 ? <u32>(0 - value) : <u32>value, 10, 0, 32);
}

/** Hexadecimal, without leading zeros or a prefix. */
export function print_hex(value: u32): void {
  print_digits(value, 16, 0, 48);
}

/** Eight hexadecimal digits with 0x in front. */
export function print_address(value: u32): void {
  print("0x");
  print_digits(value, 16, 8, 48);
}

// printf without variable arguments: the values are queued first, the template then takes them in order.
const VALUES: u32 = 8;
const values: usize = memory.data(32);
let queued: u32 = 0;

/** Queues a value for the next `format`. */
export function arg(value: u32): void {
  if (queued == VALUES) return;
  store<u32>(values + queued * 4, value);
  queued++;
}

/**
 * Prints `template` with the queued values in place of its directives: %u %d %x (hexadecimal) %p (address) %s (byte
 * string) %c %%. A directive without a value prints as 0; values left over are dropped.
 */
export function format(template: string): void {
  let next: u32 = 0;
  const length = template.length;
  for (let index = 0; index < length; index++) {
    const char: u32 = template.charCodeAt(index);
    if (char != 37 || index + 1 == length) {
      print_byte(char);
      continue;
    }
    index++;
    const directive: u32 = template.charCodeAt(index);
    if (directive == 37) {
      print_byte(37);
      continue;
    }
    const value = next < queued ? load<u32>(values + next * 4) : 0;
    next++;
    print_directive(directive, value);
  }
  queued = 0;
}

function print_directive(directive: u32, value: u32): void {
  if (directive == 117) print_u32(value);
  else if (directive == 100) print_i32(value);
  else if (directive == 120) print_hex(value);
  else if (directive == 112) print_address(value);
  else if (directive == 99) print_byte(value);
  else if (directive == 115) print_bytes(value);
}
