// What the debugger prints, by polling.
import { cons_panic_put } from "../device/cons";
import { string_byte } from "../kern/bytes";
import { db_byte } from "./db_access";

const NEWLINE: u32 = 10;
const NAME_LIMIT: u32 = 64;

export function db_print(text: string): void {
  for (let i = 0; i < text.length; i++) cons_panic_put(string_byte(text, i));
}

export function db_put(byte: u32): void {
  cons_panic_put(byte);
}

export function db_newline(): void {
  cons_panic_put(NEWLINE);
}

/** Hexadecimal, `digits` of them at least. */
export function db_hex(value: u32, digits: u32): void {
  for (let shift: i32 = 28; shift >= 0; shift -= 4) {
    const left = <u32>(shift >> 2) + 1;
    if (left > digits && left > 1 && value >> shift == 0) continue;
    const digit = (value >> shift) & 15;
    cons_panic_put(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}

/** An address: eight hexadecimal digits. */
export function db_address(value: u32): void {
  db_hex(value, 8);
}

export function db_decimal(value: u32): void {
  if (value >= 10) db_decimal(value / 10);
  cons_panic_put(0x30 + (value % 10));
}

/** Signed. */
export function db_integer(value: i32): void {
  if (value < 0) cons_panic_put(0x2d);
  db_decimal(value < 0 ? 0 - <u32>value : <u32>value);
}

/** ` name=`, then a value. */
export function db_field(name: string, value: u32): void {
  db_label(name);
  db_decimal(value);
}

export function db_field_hex(name: string, value: u32): void {
  db_label(name);
  db_hex(value, 1);
}

export function db_label(name: string): void {
  db_print(" ");
  db_print(name);
  db_print("=");
}

/** A byte string that ends with 0, as much of it as is readable and printable. */
export function db_string(address: usize): void {
  for (let i: u32 = 0; i < NAME_LIMIT; i++) {
    const byte = db_byte(address + i);
    if (byte == 0) return;
    db_put(byte >= 0x20 && byte < 0x7f ? byte : 0x2e);
  }
}
