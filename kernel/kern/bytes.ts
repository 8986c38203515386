// 0-terminated byte strings in kernel memory, and comparing them with TypeScript's string literals (UTF-16, ASCII only).

export function bytes_length(address: usize): u32 {
  let end = address;
  while (load<u8>(end) != 0) end++;
  return <u32>(end - address);
}

/** Whether the `length` bytes at `address` are `text`. */
export function bytes_equal(address: usize, length: u32, text: string): bool {
  if (<u32>text.length != length) return false;
  return bytes_start_with(address, length, text);
}

/** Whether `text` begins the `length` bytes at `address`. */
export function bytes_start_with(address: usize, length: u32, text: string): bool {
  const count = <u32>text.length;
  if (count > length) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (<u32>load<u8>(address + i) != string_byte(text, i)) return false;
  }
  return true;
}

/** Whether two stretches of the same length hold the same bytes. */
export function bytes_same(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Byte `index` of an ASCII literal. */
export function string_byte(text: string, index: u32): u32 {
  return load<u8>(changetype<usize>(text) + ((<usize>index) << 1));
}

/** Stores `text` without a final 0 and returns the address behind it. */
export function store_string(address: usize, text: string): usize {
  const count = <u32>text.length;
  for (let i: u32 = 0; i < count; i++) store<u8>(address + i, <u8>string_byte(text, i));
  return address + count;
}

/** Copies `length` bytes and returns the address behind them. */
export function store_bytes(address: usize, from: usize, length: u32): usize {
  memory.copy(address, from, length);
  return address + length;
}

/** Bytes that `value` takes in decimal. */
export function decimal_length(value: u32): u32 {
  let length: u32 = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) length++;
  return length;
}

/** Stores `value` in decimal, without a final 0, and returns the address behind it. */
export function store_decimal(address: usize, value: u32): usize {
  const end = address + decimal_length(value);
  let rest = value;
  for (let at = end - 1; at >= address; at--) {
    store<u8>(at, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return end;
}

/** A blank, tab or newline. */
export function is_blank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}
