// What the file /share/words holds.
import { WORDS_FILE_FACTOR } from "../../abi/words_file";

/** The word at byte `offset` of the file. */
export function file_word(offset: u32): u32 {
  return offset * <u32>WORDS_FILE_FACTOR;
}

/** Whether memory at `address` holds `length` bytes of the file from `offset` on; every `step`-th byte is looked at. */
export function holds_words(address: u32, offset: u32, length: u32, step: u32): bool {
  for (let at: u32 = 0; at < length; at += step)
    if (load<u32>(address + at) != file_word(offset + at)) return false;
  return true;
}
