// * and ? in the last name of a path.
import { DIR_NAME, DIR_NAME_LENGTH, PATH_MAX } from "../../abi/fs";
import { directory_close, directory_next_name, directory_open } from "./directory";
import { add_word } from "./shell-words";

const path: usize = memory.data(1024);

/** Whether the `length` bytes at `name` are as the pattern says. */
export function matches_pattern(pattern: usize, name: usize, length: u32): bool {
  const byte: u32 = load<u8>(pattern);
  if (byte == 0) return length == 0;
  if (byte == 42) {
    for (let skipped: u32 = 0; skipped <= length; skipped++)
      if (matches_pattern(pattern + 1, name + skipped, length - skipped)) return true;
    return false;
  }
  if (length == 0 || (byte != 63 && <u32>load<u8>(name) != byte)) return false;
  return matches_pattern(pattern + 1, name + 1, length - 1);
}

/** Adds the names that are as the word's last name says, in the directory's order; false when there are none. */
export function expand_pattern(word: usize): bool {
  let base: u32 = 0;
  for (let at: u32 = 0; load<u8>(word + at) != 0; at++) if (load<u8>(word + at) == 47) base = at + 1;
  if (base >= <u32>PATH_MAX - 260) return false;
  memory.copy(path, word, base);
  store<u8>(path + base, 0);
  if (base == 0) store<u16>(path, 46);
  const directory = directory_open(path);
  if (directory == null) return false;
  let found = false;
  for (let entry = directory_next_name(directory); entry != 0; entry = directory_next_name(directory)) {
    const name = entry + DIR_NAME;
    const length: u32 = load<u8>(entry, DIR_NAME_LENGTH);
    // Names with a dot in front only where the pattern has one.
    if (load<u8>(name) == 46 && load<u8>(word + base) != 46) continue;
    if (!matches_pattern(word + base, name, length)) continue;
    memory.copy(path + base, name, length);
    if (add_word(path, base + length)) found = true;
  }
  directory_close(directory);
  return found;
}
