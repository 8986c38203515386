// Finding a literal in memory: Horspool's method, with a table of how far each byte lets the search go on.
const skips: usize = memory.data(256);
let pattern: usize = 0;
let length: u32 = 0;
let any_case: bool = false;

function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte + 32 : byte;
}

/** Prepares the search for `size` bytes at `bytes`, at most 255; `fold`: large and small letters are the same. */
export function search_for(bytes: usize, size: u32, fold: bool): void {
  pattern = bytes;
  length = size;
  any_case = fold;
  memory.fill(skips, <u8>size, 256);
  for (let index: u32 = 0; index + 1 < size; index++) {
    const byte: u32 = load<u8>(bytes + index);
    store<u8>(skips + byte, <u8>(size - 1 - index));
    if (!fold || lower(byte) - 97 >= 26) continue;
    store<u8>(skips + lower(byte), <u8>(size - 1 - index));
    store<u8>(skips + lower(byte) - 32, <u8>(size - 1 - index));
  }
}

function matches(at: usize): bool {
  if (!any_case) return memory.compare(at, pattern, length) == 0;
  for (let index: u32 = 0; index < length; index++)
    if (lower(load<u8>(at + index)) != lower(load<u8>(pattern + index))) return false;
  return true;
}

/** The first place from `from` on, before `end`, where the pattern is; 0: nowhere. */
export function search(from: usize, end: usize): usize {
  if (length == 0) return from;
  const last: u32 = load<u8>(pattern + length - 1);
  const folded = any_case ? lower(last) : last;
  let at = from + length - 1;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if ((byte == last || (any_case && lower(byte) == folded)) && matches(at - (length - 1)))
      return at - (length - 1);
    at += load<u8>(skips + byte);
  }
  return 0;
}
