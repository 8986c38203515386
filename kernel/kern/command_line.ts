// The kernel's command line: words between blanks, some of the form NAME=VALUE.
import { bytes_length, bytes_start_with, is_blank, string_byte } from "./bytes";

/** A word of the line, or a part of one. */
@unmanaged
export class Word {
  address!: usize;
  length!: u32;
}

/** The whole line, 0-terminated. */
let command_line: usize = 0;

export function command_line_set(address: usize): void {
  command_line = address;
}

/** The whole line, 0-terminated; empty when the loader gave none. */
export function command_line_text(): usize {
  return command_line;
}

/** Finds the first word at or behind `from`. False when there is none. The word's end is where to go on. */
export function next_word(from: usize, word: Word): bool {
  let at = from;
  while (is_blank(load<u8>(at))) at++;
  word.address = at;
  while (load<u8>(at) != 0 && !is_blank(load<u8>(at))) at++;
  word.length = <u32>(at - word.address);
  return word.length != 0;
}

/** Splits a word at its first `=`: true and `value` set when there is one and the name is not empty. */
export function word_value(word: Word, value: Word): bool {
  for (let i: u32 = 0; i < word.length; i++) {
    if (load<u8>(word.address + i) != 0x3d) continue;
    value.address = word.address + i + 1;
    value.length = word.length - i - 1;
    return i != 0;
  }
  return false;
}

const scan_word: usize = memory.data(8);

/** Finds the value of the last `NAME=VALUE` word. False when there is none. */
export function command_line_value(name: string, value: Word): bool {
  const word = changetype<Word>(scan_word);
  const length = <u32>name.length;
  let found = false;
  let at = command_line;
  while (next_word(at, word)) {
    at = word.address + word.length;
    if (!bytes_start_with(word.address, word.length, name)) continue;
    if (word.length <= length || load<u8>(word.address + length) != 0x3d) continue;
    value.address = word.address + length + 1;
    value.length = word.length - length - 1;
    found = true;
  }
  return found;
}

const option_value: usize = memory.data(8);

/** Whether the line has `name=text`. */
export function command_line_is(name: string, text: string): bool {
  const value = changetype<Word>(option_value);
  if (!command_line_value(name, value) || value.length != <u32>text.length) return false;
  return bytes_start_with(value.address, value.length, text);
}

/** Stores `-` and the letters of all words that begin with `-`, or `-x`, 0-terminated; at most `limit` bytes in all. */
export function command_line_flags(buffer: usize, limit: u32): void {
  const word = changetype<Word>(scan_word);
  const end = buffer + limit - 1;
  let out = buffer;
  store<u8>(out++, 0x2d);
  let at = command_line;
  while (next_word(at, word)) {
    at = word.address + word.length;
    if (load<u8>(word.address) != 0x2d) continue;
    for (let i: u32 = 1; i < word.length && out < end; i++) store<u8>(out++, load<u8>(word.address + i));
  }
  if (out == buffer + 1) store<u8>(out++, <u8>string_byte("x", 0));
  store<u8>(out, 0);
}

/** Whether a word that begins with `-` has the letter. */
export function command_line_flag(letter: string): bool {
  const word = changetype<Word>(scan_word);
  let at = command_line;
  while (next_word(at, word)) {
    at = word.address + word.length;
    if (load<u8>(word.address) != 0x2d) continue;
    for (let i: u32 = 1; i < word.length; i++) {
      if (<u32>load<u8>(word.address + i) == string_byte(letter, 0)) return true;
    }
  }
  return false;
}

/** `root=` without a leading `/dev/`; false when it is not given. */
export function command_line_root(value: Word): bool {
  if (!command_line_value("root", value)) return false;
  if (bytes_start_with(value.address, value.length, "/dev/")) {
    value.address += 5;
    value.length -= 5;
  }
  return true;
}

/** Bytes of the line without the ending 0. */
export function command_line_length(): u32 {
  return bytes_length(command_line);
}
