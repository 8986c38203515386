// Byte strings. A program's own texts are string literals, which are UTF-16 and ASCII here; everything that comes from
// outside is a 0-terminated string of bytes at an address.

export function string_length(bytes: usize): u32 {
  let length: u32 = 0;
  while (load<u8>(bytes + length) != 0) length++;
  return length;
}

/** Whether the byte string at `bytes` reads `text`. */
export function string_equals(bytes: usize, text: string): bool {
  const length: u32 = text.length;
  for (let index: u32 = 0; index < length; index++)
    if (<u32>load<u8>(bytes + index) != <u32>text.charCodeAt(index)) return false;
  return load<u8>(bytes + length) == 0;
}

/** Whether the byte string at `bytes` begins with `text`. */
export function string_starts_with(bytes: usize, text: string): bool {
  const length: u32 = text.length;
  for (let index: u32 = 0; index < length; index++)
    if (<u32>load<u8>(bytes + index) != <u32>text.charCodeAt(index)) return false;
  return true;
}

/** Writes `text` and a 0 at `to`; returns the length without the 0. */
export function string_store(to: usize, text: string): u32 {
  const length: u32 = text.length;
  for (let index: u32 = 0; index < length; index++) store<u8>(to + index, <u8>text.charCodeAt(index));
  store<u8>(to + length, 0);
  return length;
}

/** Stores a number in decimal, ends it with 0, and returns its length. */
export function string_store_u32(to: usize, value: u32): u32 {
  let length: u32 = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) length++;
  for (let at = length; at > 0; at--, value /= 10) store<u8>(to + at - 1, <u8>((value % 10) + 48));
  store<u8>(to + length, 0);
  return length;
}

/** Copies a byte string with its 0, cut to `capacity` bytes; returns the length without the 0. */
export function string_copy(to: usize, from: usize, capacity: u32): u32 {
  let length: u32 = 0;
  for (; length + 1 < capacity; length++) {
    const byte = load<u8>(from + length);
    if (byte == 0) break;
    store<u8>(to + length, byte);
  }
  store<u8>(to + length, 0);
  return length;
}

/** The value of the decimal digits at `bytes`, up to the first byte that is none. */
export function parse_u32(bytes: usize): u32 {
  let value: u32 = 0;
  while (is_digit(load<u8>(bytes))) {
    value = value * 10 + <u32>load<u8>(bytes) - 48;
    bytes++;
  }
  return value;
}

/** As parse_u32, perhaps with a minus in front. */
export function parse_i32(bytes: usize): i32 {
  return load<u8>(bytes) == 45 ? -parse_u32(bytes + 1) : parse_u32(bytes);
}

/** Whether the byte string is one or more digits. */
export function is_digit_string(bytes: usize): bool {
  let at = bytes;
  while (is_digit(load<u8>(at))) at++;
  return at != bytes && load<u8>(at) == 0;
}

function is_digit(byte: u32): bool {
  return byte - 48 <= 9;
}

/**
 * Finds the last word `NAME=` of blank-separated `words`, as on a kernel command line.
 * @param name with its `=`
 * @returns the address behind the `=`, or 0
 */
export function find_option(words: usize, name: string): usize {
  let found: usize = 0;
  let word_start = true;
  for (; load<u8>(words) != 0; words++) {
    if (word_start && string_starts_with(words, name)) found = words + <u32>name.length;
    word_start = load<u8>(words) == 32;
  }
  return found;
}

/** Whether the word at `word` (up to a blank or the end) reads `text`. */
export function word_equals(word: usize, text: string): bool {
  if (!string_starts_with(word, text)) return false;
  const end = load<u8>(word + <u32>text.length);
  return end == 0 || end == 32;
}

/** The last name of a path. */
export function base_name(path: usize): usize {
  let name = path;
  for (let at = path; load<u8>(at) != 0; at++) if (load<u8>(at) == 47 && load<u8>(at + 1) != 0) name = at + 1;
  return name;
}

/** Byte by byte: less than, equal to or greater than 0. */
export function string_compare(a: usize, b: usize): i32 {
  while (load<u8>(a) == load<u8>(b) && load<u8>(a) != 0) {
    a++;
    b++;
  }
  return <i32>load<u8>(a) - <i32>load<u8>(b);
}
