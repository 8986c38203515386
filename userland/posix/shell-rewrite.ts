// Loops and conditions in pipelines or with redirections: each is given to a shell of its own, as the text of `sh -c`.
import { is_end, parenthesized } from "./shell-words";

const ROOM: u32 = 16384;
const text: usize = memory.data(16384);
let used: u32 = 0;
let good: bool = true;
/** What is looked at is copied. */
let copies: bool = false;

/** The compound command at `at`: where it ends; 0: there is none. */
export type FindEnd = (at: usize) => usize;

function put(byte: u32): void {
  if (!copies) return;
  if (used + 1 >= ROOM) good = false;
  else store<u8>(text + used++, <u8>byte);
}

function put_text(value: string): void {
  for (let index = 0; index < value.length; index++) put(value.charCodeAt(index));
}

function put_quoted(from: usize, end: usize): void {
  put_text("/bin/sh -c '");
  for (let at = from; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 39) put_text("'\\'");
    put(byte);
  }
  put_text("' ");
}

/** Where the element of a pipeline ends that goes on at `at`. */
export function element_end(at: usize): usize {
  copies = false;
  return put_rest(at);
}

/** Copies up to what ends an element of a pipeline. Where that is. */
function put_rest(at: usize): usize {
  let quote: u32 = 0;
  for (let byte: u32 = load<u8>(at); byte != 0; byte = load<u8>(++at)) {
    if (quote != 0) {
      if (byte == quote) quote = 0;
    } else if (byte == 39 || byte == 34) quote = byte;
    else if (byte == 124 || byte == 10 || byte == 59) break;
    else if (byte == 35 && is_end(load<u8>(at - 1))) {
      while (load<u8>(at + 1) != 0 && load<u8>(at + 1) != 10) at++;
      continue;
    } else if (byte == 36 && load<u8>(at + 1) == 40) {
      for (let left = parenthesized(at + 2) + 2; left > 0; left--) put(load<u8>(at++));
    } else if (byte == 38 && load<u8>(at - 1) != 62) break;
    put(load<u8>(at));
    if (byte == 92 && quote != 39 && load<u8>(at + 1) != 0) put(load<u8>(++at));
  }
  return at;
}

function skip_blanks(at: usize, lines: bool): usize {
  while (load<u8>(at) == 32 || load<u8>(at) == 9 || (lines && load<u8>(at) == 10)) at++;
  return at;
}

/** Where what was rewritten last ends. */
export let rewritten_end: usize = 0;

/**
 * The pipeline at `at` as one of simple commands, if it is one with compound commands in it, or a compound one with a redirection
 * or in the background; 0 if it is none of these.
 */
export function rewrite(at: usize, find_end: FindEnd): usize {
  let compounds: u32 = 0;
  let joined = false;
  used = 0;
  good = true;
  copies = true;
  for (let more: bool = true; more;) {
    at = skip_blanks(at, joined);
    const end = find_end(at);
    copies = true;
    if (end != 0) {
      compounds++;
      put_quoted(at, end);
      at = skip_blanks(end, false);
      const byte: u32 = load<u8>(at);
      if (byte == 60 || byte == 62 || byte == 50) joined = true;
    }
    at = put_rest(at);
    more = load<u8>(at) == 124 && load<u8>(at + 1) != 124;
    if (!more) break;
    joined = true;
    put(124);
    at++;
  }
  if (load<u8>(at) == 38 && load<u8>(at + 1) != 38) {
    joined = true;
    put(38);
    at++;
  }
  rewritten_end = at;
  if (compounds == 0 || !joined || !good) return 0;
  store<u8>(text + used, 0);
  return text;
}
