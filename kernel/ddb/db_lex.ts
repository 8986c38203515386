// The debugger's command line: words and expressions. Numbers are hexadecimal, 0t begins a decimal one; a name is the
// address of a symbol, $name a register; + and - add and subtract, *x is the word at x.
import { SavedState } from "../i386/saved_state";
import { bytes_equal, is_blank } from "../kern/bytes";
import { db_word } from "./db_access";
import { db_print } from "./db_output";
import { db_symbol_value } from "./db_sym";

const DOLLAR: u32 = 0x24;
const STAR: u32 = 0x2a;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const SLASH: u32 = 0x2f;

let at: usize = 0;
let registers: SavedState = changetype<SavedState>(0);
/** The word read last. */
let word: usize = 0;
let word_length: u32 = 0;
let failed: bool = false;

/** Begins a line, which ends with 0. */
export function db_lex_begin(line: usize, regs: SavedState): void {
  at = line;
  registers = regs;
}

function is_delimiter(byte: u32): bool {
  return byte == 0 || is_blank(byte) || byte == PLUS || byte == MINUS || byte == STAR || byte == SLASH;
}

function skip_blanks(): void {
  while (is_blank(load<u8>(at))) at++;
}

/** Reads the next word; false at the end of the line. */
export function db_next_word(): bool {
  skip_blanks();
  word = at;
  while (!is_delimiter(load<u8>(at))) at++;
  word_length = <u32>(at - word);
  return word_length != 0;
}

/** Whether the word read last is `text`. */
export function db_word_is(text: string): bool {
  return bytes_equal(word, word_length, text);
}

export function db_more(): bool {
  skip_blanks();
  return load<u8>(at) != 0;
}

/** Takes the character if it comes next. */
export function db_take(byte: u32): bool {
  if (<u32>load<u8>(at) != byte) return false;
  at++;
  return true;
}

/** A run of decimal digits; 0 when there is none. */
export function db_take_count(): u32 {
  let value: u32 = 0;
  for (let digit = <u32>load<u8>(at) - 0x30; digit < 10; digit = <u32>load<u8>(at) - 0x30) {
    value = value * 10 + digit;
    at++;
  }
  return value;
}

function expression(): u32 {
  failed = false;
  skip_blanks();
  let value = term();
  for (;;) {
    skip_blanks();
    if (db_take(PLUS)) value += term();
    else if (db_take(MINUS)) value -= term();
    else break;
  }
  return value;
}

export function db_failed(): bool {
  return failed;
}

/** An argument that must be there; db_failed tells whether it is. */
export function db_argument(): u32 {
  const value = expression();
  if (db_failed()) db_print("an address is missing or wrong\n");
  return value;
}

function term(): u32 {
  skip_blanks();
  if (db_take(STAR)) return db_word(term());
  if (db_take(MINUS)) return 0 - term();
  if (!db_next_word()) return fail();
  if (<u32>load<u8>(word) == DOLLAR) return register();
  const value = db_symbol_value(word, word_length);
  return value != 0 ? value : number();
}

function fail(): u32 {
  failed = true;
  return 0;
}

function number(): u32 {
  let i: u32 = 0;
  let radix: u32 = 16;
  if (word_length > 2 && load<u8>(word) == 0x30) {
    const letter = load<u8>(word + 1) | 0x20;
    if (letter == 0x78 || letter == 0x74) i = 2;
    if (letter == 0x74) radix = 10;
  }
  let value: u32 = 0;
  for (; i < word_length; i++) {
    const byte = <u32>load<u8>(word + i);
    const digit = byte - 0x30 < 10 ? byte - 0x30 : (byte | 0x20) - 0x57;
    if (digit >= radix || (byte - 0x30 >= 10 && digit < 10)) return fail();
    value = value * radix + digit;
  }
  return value;
}

function register(): u32 {
  word++;
  word_length--;
  if (db_word_is("eax")) return registers.eax;
  if (db_word_is("ebx")) return registers.ebx;
  if (db_word_is("ecx")) return registers.ecx;
  if (db_word_is("edx")) return registers.edx;
  if (db_word_is("esi")) return registers.esi;
  if (db_word_is("edi")) return registers.edi;
  if (db_word_is("ebp")) return registers.ebp;
  if (db_word_is("esp")) return db_stack(registers);
  if (db_word_is("eip")) return registers.eip;
  return fail();
}

/** ESP of the interrupted code: kernel mode's is where the saved state ends. */
export function db_stack(regs: SavedState): u32 {
  return regs.cs & 3 ? regs.uesp : <u32>changetype<usize>(regs) + <u32>offsetof<SavedState>("uesp");
}
