// What is between $(( and )): numbers, variables, parentheses, + - * / %, comparisons, && || ! and unary -, with C's precedence.
import { parse_i32 } from "../lib/string";
import { argument_at, is_name } from "./shell-words";
import { variable } from "./shell-variables";

let at: usize = 0;
let end: usize = 0;

function byte(): u32 {
  while (at < end && <u32>load<u8>(at) <= 32) at++;
  return at < end ? load<u8>(at) : 0;
}

/** Takes the operator of one or two bytes, unless a third one makes it another. */
function accept(first: u32, second: u32): bool {
  if (byte() != first) return false;
  const next: u32 = at + 1 < end ? load<u8>(at + 1) : 0;
  if (second != 0 && next != second) return false;
  if (second == 0 && (next == 61 || (next == first && first != 45 && first != 40 && first != 41)))
    return false;
  at += second == 0 ? 1 : 2;
  return true;
}

function is_digit(value: u32): bool {
  return value - 48 < 10;
}

function primary(): i32 {
  if (accept(40, 0)) {
    const value = either();
    accept(41, 0);
    return value;
  }
  if (accept(45, 0)) return -primary();
  if (accept(33, 0)) return primary() == 0 ? 1 : 0;
  if (byte() == 36) at++;
  const start = at;
  while (at < end && is_name(load<u8>(at))) at++;
  if (at == start) {
    // Nothing that is known: it counts as 0.
    if (at < end) at++;
    return 0;
  }
  if (start > 0 && load<u8>(start - 1) == 36 && is_digit(load<u8>(start))) {
    const parameter = argument_at(parse_i32(start));
    return parameter == 0 ? 0 : parse_i32(parameter);
  }
  if (is_digit(load<u8>(start))) return parse_i32(start);
  const value = variable(start, <u32>(at - start));
  return value == 0 ? 0 : parse_i32(value);
}

function product(): i32 {
  let value = primary();
  for (let goes_on = true; goes_on;) {
    if (accept(42, 0)) value *= primary();
    else if (accept(47, 0)) value = divide(value, primary(), true);
    else if (accept(37, 0)) value = divide(value, primary(), false);
    else goes_on = false;
  }
  return value;
}

/** By 0: 0. */
function divide(a: i32, b: i32, quotient: bool): i32 {
  if (b == 0 || b == -1) return b == 0 || !quotient ? 0 : -a;
  return quotient ? a / b : a % b;
}

function sum(): i32 {
  let value = product();
  for (let goes_on = true; goes_on;) {
    if (accept(43, 0)) value += product();
    else if (accept(45, 0)) value -= product();
    else goes_on = false;
  }
  return value;
}

function truth(value: bool): i32 {
  return value ? 1 : 0;
}

function comparison(): i32 {
  const value = sum();
  if (accept(61, 61)) return truth(value == sum());
  if (accept(33, 61)) return truth(value != sum());
  if (accept(60, 61)) return truth(value <= sum());
  if (accept(62, 61)) return truth(value >= sum());
  if (accept(60, 0)) return truth(value < sum());
  if (accept(62, 0)) return truth(value > sum());
  return value;
}

function both(): i32 {
  let value = comparison();
  while (accept(38, 38)) {
    const other = comparison();
    value = truth(value != 0 && other != 0);
  }
  return value;
}

function either(): i32 {
  let value = both();
  while (accept(124, 124)) {
    const other = both();
    value = truth(value != 0 || other != 0);
  }
  return value;
}

/** The value of the `length` bytes at `text`. */
export function evaluate(text: usize, length: u32): i32 {
  at = text;
  end = text + length;
  return either();
}
