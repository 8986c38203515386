// Comparing byte strings.

/** Byte by byte: less than, equal to or greater than 0. */
export function memory_compare(a: usize, b: usize): i32 {
  while (load<u8>(a) == load<u8>(b) && load<u8>(a) != 0) {
    a++;
    b++;
  }
  return <i32>load<u8>(a) - <i32>load<u8>(b);
}
