// Cutting a line of commands into words and operators, with what quotes and dollars mean.
import { argument } from "../lib/process";
import { string_length, string_store_u32 } from "../lib/string";
import { expand_pattern } from "./shell-pattern";
import { status_word } from "./shell-status";
import { variable } from "./shell-variables";

export const PIPE: u32 = 1;
export const AND: u32 = 2;
export const OR: u32 = 3;
export const SEQUENCE: u32 = 4;
export const BACKGROUND: u32 = 5;
export const INPUT: u32 = 6;
export const OUTPUT: u32 = 7;
export const APPEND: u32 = 8;
export const ERROR_OUTPUT: u32 = 9;
/** Tokens from here on are the addresses of words. */
export const FIRST_WORD: u32 = 16;

const TOKENS: u32 = 256;
const tokens: usize = memory.data(1028);
const ROOM: u32 = 16384;
const text: usize = memory.data(16384);
let count: u32 = 0;
let used: u32 = 0;
/** $0 and so on: numbers of the shell's own arguments. */
let first_parameter: i32 = 0;
let end_parameter: i32 = 0;

export function set_parameters(first: i32, end: i32): void {
  first_parameter = first;
  end_parameter = end;
}

/** Drops $1. */
export function shift_parameters(): void {
  if (first_parameter + 1 < end_parameter) first_parameter++;
}

export function token(index: u32): u32 {
  return load<u32>(tokens + ((<usize>index) << 2));
}

function add_token(value: u32): bool {
  if (count == TOKENS) return false;
  store<u32>(tokens + ((<usize>count) << 2), value);
  count++;
  return true;
}

/** One more word, for patterns: false when there are too many. */
export function add_word(bytes: usize, length: u32): bool {
  if (used + length + 1 > ROOM) return false;
  memory.copy(text + used, bytes, length);
  store<u8>(text + used + length, 0);
  const word = <u32>(text + used);
  used += length + 1;
  return add_token(word);
}

function is_name(byte: u32): bool {
  return byte == 95 || byte - 48 < 10 || (byte | 32) - 97 < 26;
}

function put(byte: u32): bool {
  if (used + 1 >= ROOM) return false;
  store<u8>(text + used, <u8>byte);
  used++;
  return true;
}

function put_bytes(bytes: usize): bool {
  const length = string_length(bytes);
  for (let index: u32 = 0; index < length; index++) if (!put(load<u8>(bytes + index))) return false;
  return true;
}

const number: usize = memory.data(16);

/** Puts what `$` at `at` stands for; how many bytes of the line that were. */
function put_dollar(at: usize): u32 {
  const byte: u32 = load<u8>(at + 1);
  if (byte == 63) {
    string_store_u32(number, status_word());
    put_bytes(number);
    return 2;
  }
  if (byte == 35) {
    string_store_u32(number, max<i32>(end_parameter - first_parameter - 1, 0));
    put_bytes(number);
    return 2;
  }
  if (byte - 48 < 10) {
    const index = first_parameter + <i32>(byte - 48);
    if (index < end_parameter) put_bytes(argument(index));
    return 2;
  }
  let length: u32 = 0;
  while (is_name(load<u8>(at + 1 + length))) length++;
  if (length == 0) {
    put(36);
    return 1;
  }
  const value = variable(at + 1, length);
  if (value != 0) put_bytes(value);
  return length + 1;
}

function is_end(byte: u32): bool {
  return (
    byte == 0 ||
    byte == 32 ||
    byte == 9 ||
    byte == 124 ||
    byte == 38 ||
    byte == 59 ||
    byte == 60 ||
    byte == 62
  );
}

let has_pattern: bool = false;

/** Copies a word to `text`; where the line goes on, or 0: a quote is not closed. */
function copy_word(at: usize): usize {
  let quote: u32 = 0;
  has_pattern = false;
  for (let byte: u32 = load<u8>(at); quote != 0 || !is_end(byte); byte = load<u8>(at)) {
    if (byte == 0) return 0;
    if (byte == quote) {
      quote = 0;
      at++;
    } else if (quote == 0 && (byte == 39 || byte == 34)) {
      quote = byte;
      at++;
    } else if (quote != 39 && byte == 36) at += put_dollar(at);
    else if (quote != 39 && byte == 92 && load<u8>(at + 1) != 0) {
      put(load<u8>(at + 1));
      at += 2;
    } else {
      if (quote == 0 && (byte == 42 || byte == 63)) has_pattern = true;
      put(byte);
      at++;
    }
  }
  return at;
}

function take_word(at: usize): usize {
  const start = used;
  const next = copy_word(at);
  if (next == 0) return 0;
  if (used == start && next == at) return 0;
  // A variable without a value, and without quotes, is no word.
  if (used == start && load<u8>(at) == 36) return next;
  store<u8>(text + used, 0);
  const word = text + start;
  used++;
  if (has_pattern && expand_pattern(word)) return next;
  return add_token(<u32>word) ? next : 0;
}

/** The operator at `at`, and how many bytes it has; 0: it is none. */
function operator(at: usize): u32 {
  const byte: u32 = load<u8>(at);
  const double = <u32>load<u8>(at + 1) == byte;
  operator_size = double ? 2 : 1;
  if (byte == 124) return double ? OR : PIPE;
  if (byte == 38) return double ? AND : BACKGROUND;
  if (byte == 62) return double ? APPEND : OUTPUT;
  operator_size = 1;
  if (byte == 59) return SEQUENCE;
  if (byte == 60) return INPUT;
  operator_size = 2;
  return byte == 50 && <u32>load<u8>(at + 1) == 62 ? ERROR_OUTPUT : 0;
}

let operator_size: u32 = 0;

/** Where the line goes on behind the tokens that were cut. */
export let line_rest: usize = 0;

/**
 * Cuts the beginning of the line into tokens: one pipeline, with what is behind it, since what it does may change what the
 * words of the next one are. How many, or -1: a quote is not closed, or there is too much.
 */
export function split_tokens(line: usize): i32 {
  count = 0;
  used = 0;
  let at = line;
  let byte: u32 = load<u8>(at);
  while (byte != 0 && byte != 35) {
    if (byte == 32 || byte == 9) at++;
    else {
      const found = operator(at);
      if (found == 0) at = take_word(at);
      else if (add_token(found)) at += operator_size;
      else at = 0;
      if (at == 0) return -1;
      if (found >= AND && found <= BACKGROUND) break;
    }
    byte = load<u8>(at);
  }
  if (byte == 35) while (load<u8>(at) != 0) at++;
  line_rest = at;
  return count;
}
