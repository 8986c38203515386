// Cutting a line of commands into words and operators, with what quotes and dollars mean.
import { evaluate } from "./shell-arithmetic";
import { capture } from "./shell-capture";
import { argument } from "../lib/process";
import { string_compare, string_length, string_store_u32 } from "../lib/string";
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
/** 2>&1 and >&2. */
export const ERROR_TO_OUTPUT: u32 = 10;
export const OUTPUT_TO_ERROR: u32 = 11;
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

/** The parameter of this number, from 0 on; 0: there is none. */
export function argument_at(index: i32): usize {
  return first_parameter + index < end_parameter ? argument(first_parameter + index) : 0;
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

/** Whether the byte may be in a variable's name. */
export function is_name(byte: u32): bool {
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

function put_number(value: u32): void {
  string_store_u32(number, value);
  put_bytes(number);
}

/** The length of the text at `at`, which begins behind a parenthesis, up to the one that closes it; -1: none does. */
export function parenthesized(at: usize): i32 {
  let depth: u32 = 1;
  let quote: u32 = 0;
  for (let length: i32 = 0; load<u8>(at + length) != 0; length++) {
    const byte: u32 = load<u8>(at + length);
    if (quote != 0) {
      if (byte == quote) quote = 0;
    } else if (byte == 39 || byte == 34) quote = byte;
    else if (byte == 40) depth++;
    else if (byte == 41) depth--;
    if (depth == 0) return length;
  }
  return -1;
}

/** Puts the value of $((...)) or the output of $(...), `at` being the dollar; how many bytes that were, or 0: it is not closed. */
function put_computed(at: usize): u32 {
  const length = parenthesized(at + 2);
  if (length < 0) return 0;
  if (load<u8>(at + 2) == 40 && load<u8>(at + 1 + length) == 41) {
    const value = evaluate(at + 3, length - 2);
    if (value < 0) put(45);
    put_number(value < 0 ? -value : value);
  } else used += capture(at + 2, length, text + used, ROOM - used - 2);
  return length + 3;
}

function put_parameters(): void {
  for (let index = first_parameter + 1; index < end_parameter; index++) {
    if (index > first_parameter + 1) put(32);
    put_bytes(argument(index));
  }
}

/** Puts what `$` at `at` stands for; how many bytes of the line that were; 0: a parenthesis is not closed. */
function put_dollar(at: usize): u32 {
  const byte: u32 = load<u8>(at + 1);
  if (byte == 40) return put_computed(at);
  if (byte == 42 || byte == 64) {
    put_parameters();
    return 2;
  }
  if (byte == 63) {
    put_number(status_word());
    return 2;
  }
  if (byte == 35) {
    put_number(max<i32>(end_parameter - first_parameter - 1, 0));
    return 2;
  }
  if (byte - 48 < 10) {
    const parameter = argument_at(byte - 48);
    if (parameter != 0) put_bytes(parameter);
    return 2;
  }
  const braces: u32 = byte == 123 ? 1 : 0;
  let length: u32 = 0;
  while (is_name(load<u8>(at + 1 + braces + length))) length++;
  if (length == 0 || (braces != 0 && load<u8>(at + 2 + length) != 125)) {
    put(36);
    return 1;
  }
  const value = variable(at + 1 + braces, length);
  if (value != 0) put_bytes(value);
  return length + 1 + 2 * braces;
}

/** Whether the byte ends a word that has no quotes. */
export function is_end(byte: u32): bool {
  return (
    byte == 0 ||
    byte == 32 ||
    byte == 9 ||
    byte == 10 ||
    byte == 124 ||
    byte == 38 ||
    byte == 59 ||
    byte == 60 ||
    byte == 62
  );
}

let has_pattern: bool = false;
/** Where the word that is being made begins, and whether it is one even if it is empty. */
let word_start: u32 = 0;
let has_quotes: bool = false;

/** The word that was made becomes a token, or the names that it is a pattern of. False: too many. */
function end_word(): bool {
  if (used == word_start && !has_quotes) return true;
  store<u8>(text + used, 0);
  used++;
  const word = text + word_start;
  word_start = used;
  has_quotes = false;
  if (!has_pattern) return add_token(<u32>word);
  has_pattern = false;
  const before = count;
  if (!expand_pattern(word)) return add_token(<u32>word);
  word_start = used;
  sort_tokens(before);
  return true;
}

/** Sorts the words from token `from` on. */
function sort_tokens(from: u32): void {
  for (let index = from + 1; index < count; index++) {
    const word = token(index);
    let place = index;
    while (place > from && string_compare(token(place - 1), word) > 0) {
      store<u32>(tokens + ((<usize>place) << 2), token(place - 1));
      place--;
    }
    store<u32>(tokens + ((<usize>place) << 2), word);
  }
}

/** What was put from `from` on without quotes is several words if it has blanks. */
function split_words(from: u32): bool {
  const end = used;
  used = from;
  for (let index = from; index < end; index++) {
    const byte: u32 = load<u8>(text + index);
    if (byte != 32 && byte != 9 && byte != 10) {
      store<u8>(text + used, <u8>byte);
      used++;
      continue;
    }
    // The zero behind a word comes at most where the blank was.
    if (!end_word()) return false;
  }
  return true;
}

/** Whether the word so far is `NAME=` and something: a variable's value stays one word. */
function is_assignment(): bool {
  let index = word_start;
  while (index < used && is_name(load<u8>(text + index))) index++;
  return index > word_start && index < used && load<u8>(text + index) == 61;
}

/** Copies a word to `text`; where the line goes on, or 0: a quote is not closed, or there is too much. */
function take_word(at: usize): usize {
  let quote: u32 = 0;
  has_pattern = false;
  has_quotes = false;
  word_start = used;
  for (let byte: u32 = load<u8>(at); quote != 0 || !is_end(byte); byte = load<u8>(at)) {
    if (byte == 0) return 0;
    if (byte == quote) {
      quote = 0;
      at++;
    } else if (quote == 0 && (byte == 39 || byte == 34)) {
      quote = byte;
      has_quotes = true;
      at++;
    } else if (quote != 39 && byte == 36) {
      const from = used;
      const size = put_dollar(at);
      if (size == 0) return 0;
      at += size;
      if (quote == 0 && !is_assignment() && !split_words(from)) return 0;
    } else if (quote != 39 && byte == 92 && load<u8>(at + 1) == 10) at += 2;
    else if (quote != 39 && byte == 92 && load<u8>(at + 1) != 0) {
      if (quote == 34 && !is_escaped(load<u8>(at + 1))) put(92);
      put(load<u8>(at + 1));
      has_quotes = true;
      at += 2;
    } else {
      if (quote == 0 && (byte == 42 || byte == 63)) has_pattern = true;
      put(byte);
      at++;
    }
  }
  return end_word() ? at : 0;
}

/** In double quotes a backslash stands for itself, but in front of these. */
function is_escaped(byte: u32): bool {
  return byte == 34 || byte == 36 || byte == 92;
}

/** Where the word at `at` ends, which is not looked into. */
export function skip_word(at: usize): usize {
  let quote: u32 = 0;
  for (let byte: u32 = load<u8>(at); byte != 0 && (quote != 0 || !is_end(byte)); byte = load<u8>(++at)) {
    if (quote != 0) {
      if (byte == quote) quote = 0;
    } else if (byte == 39 || byte == 34) quote = byte;
    else if (byte == 36 && load<u8>(at + 1) == 40) at += parenthesized(at + 2) + 2;
    if (byte == 92 && quote != 39 && load<u8>(at + 1) != 0) at++;
  }
  return at;
}

/** Cuts the one word at `at`, which then is token 0 if there are tokens at all. Where it goes on, or 0. */
export function cut_word(at: usize): usize {
  count = 0;
  used = 0;
  return take_word(at);
}

/** The operator at `at`, and how many bytes it has; 0: it is none. */
function operator(at: usize): u32 {
  const byte: u32 = load<u8>(at);
  const double = <u32>load<u8>(at + 1) == byte;
  if (byte == 50 && load<u32>(at) == 0x31263e32) {
    operator_size = 4;
    return ERROR_TO_OUTPUT;
  }
  if (byte == 62 && load<u8>(at + 1) == 38 && load<u8>(at + 2) == 50) {
    operator_size = 3;
    return OUTPUT_TO_ERROR;
  }
  operator_size = double ? 2 : 1;
  if (byte == 124) return double ? OR : PIPE;
  if (byte == 38) return double ? AND : BACKGROUND;
  if (byte == 62) return double ? APPEND : OUTPUT;
  // What is behind a case's commands is left for it.
  operator_size = byte == 59 && double ? 0 : 1;
  if (byte == 59 || byte == 10) return SEQUENCE;
  operator_size = 1;
  if (byte == 60) return INPUT;
  operator_size = 2;
  return byte == 50 && <u32>load<u8>(at + 1) == 62 ? ERROR_OUTPUT : 0;
}

let operator_size: u32 = 0;

/** How many tokens there are. */
export function token_count(): u32 {
  return count;
}

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
  if (byte == 35) while (load<u8>(at) != 0 && load<u8>(at) != 10) at++;
  line_rest = at;
  return count;
}
