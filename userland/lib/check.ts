// Programs that check their own results: one line per check, "ok N name" or "FAIL N name: expected ..., got ...".
import { print, print_address, print_byte, print_bytes, print_i32, print_u32 } from "./print";

let passed: u32 = 0;
let failed: u32 = 0;

export function checks_passed(): u32 {
  return passed;
}

export function checks_failed(): u32 {
  return failed;
}

function verdict(good: bool): void {
  if (good) passed++;
  else failed++;
  print(good ? "ok " : "FAIL ");
  print_u32(passed + failed);
  print_byte(32);
}

/** Counts and reports one check. */
export function check(name: string, good: bool): bool {
  verdict(good);
  print(name);
  print_byte(10);
  return good;
}

function report_values(good: bool, expected: u32, got: u32): void {
  if (!good) {
    print(": expected ");
    print_i32(expected);
    print(", got ");
    print_i32(got);
  }
  print_byte(10);
}

/** Checks a number. */
export function check_equals(name: string, got: u32, expected: u32): bool {
  const good = got == expected;
  verdict(good);
  print(name);
  report_values(good, expected, got);
  return good;
}

/** Checks a number; the check's name is a byte string. */
export function check_equals_named(name: usize, got: u32, expected: u32): bool {
  const good = got == expected;
  verdict(good);
  print_bytes(name);
  report_values(good, expected, got);
  return good;
}

/** Checks an address, which is shown in hexadecimal. */
export function check_address(name: string, got: usize, expected: usize): bool {
  const good = got == expected;
  verdict(good);
  print(name);
  if (!good) {
    print(": expected ");
    print_address(expected);
    print(", got ");
    print_address(got);
  }
  print_byte(10);
  return good;
}

/** Checks that a number is at most `limit`. */
export function check_at_most(name: string, got: u32, limit: u32): bool {
  const good = got <= limit;
  verdict(good);
  print(name);
  if (!good) {
    print(": expected at most ");
    print_u32(limit);
    print(", got ");
    print_u32(got);
  }
  print_byte(10);
  return good;
}

/** Counts a check whose line the caller has begun to print; `begin_check` prints its number. */
export function begin_check(good: bool): void {
  verdict(good);
}
