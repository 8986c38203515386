// What /share/words holds: see tools/image.

const FACTOR: u32 = 2654435761;
export const WORDS_PAGES: u32 = 64;

/** The word at byte `offset` of the file. */
export function file_word(offset: u32): u32 {
  return offset * FACTOR;
}

/** Whether memory at `address` holds `length` bytes of the file from `offset` on; every `step`-th byte is looked at. */
export function holds_words(address: u32, offset: u32, length: u32, step: u32): bool {
  for (let at: u32 = 0; at < length; at += step)
    if (load<u32>(address + at) != file_word(offset + at)) return false;
  return true;
}
