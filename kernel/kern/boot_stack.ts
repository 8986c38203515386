// The argument block of a boot task: strings collected in kernel memory, then laid out for the new task's stack:
//
//   ESP -> argc | argv[0] .. argv[argc-1] | 0 | envp[0] .. | 0 | strings
import { store_bytes } from "./bytes";

const STRINGS_SIZE: u32 = 16384;
const STRINGS_MAX: u32 = 256;
/** ESP is aligned to this. */
const STACK_ALIGN: u32 = 16;

/** The strings, each with its ending 0, and the offset of each. */
const strings: usize = memory.data(16384);
const offsets: usize = memory.data(1024);
let used: u32 = 0;
let count: u32 = 0;
/** How many of the strings are arguments; those behind are the environment. */
let arguments_count: u32 = 0;
let overflow: bool = false;

export function boot_stack_reset(): void {
  used = 0;
  count = 0;
  arguments_count = 0;
  overflow = false;
}

/** Starts the next string. `environment` strings come after all arguments. */
export function boot_string_begin(environment: bool): void {
  if (count == STRINGS_MAX) {
    overflow = true;
    return;
  }
  store<u32>(offsets + ((<usize>count) << 2), used);
  count++;
  if (!environment) arguments_count = count;
}

/** Adds bytes to the string begun last. */
export function boot_string_add(bytes: usize, length: u32): void {
  // Room is kept for the ending 0.
  if (length >= STRINGS_SIZE - used) {
    overflow = true;
    return;
  }
  store_bytes(strings + used, bytes, length);
  used += length;
}

export function boot_string_end(): void {
  if (used == STRINGS_SIZE) overflow = true;
  else store<u8>(strings + used++, 0);
}

/** Whether strings were too many or too long. */
export function boot_stack_overflowed(): bool {
  return overflow;
}

/** Bytes of the whole block, a multiple of STACK_ALIGN. */
export function boot_stack_size(): u32 {
  const size = 4 * (1 + count + 2) + used;
  return (size + STACK_ALIGN - 1) & ~(STACK_ALIGN - 1);
}

/** Writes the block for user address `esp` to `buffer` (boot_stack_size bytes). */
export function boot_stack_build(buffer: usize, esp: u32): void {
  memory.fill(buffer, 0, boot_stack_size());
  const strings_at: u32 = 4 * (1 + count + 2);
  let at = buffer;
  store<u32>(at, arguments_count);
  at += 4;
  for (let i: u32 = 0; i < count; i++) {
    if (i == arguments_count) at += 4;
    store<u32>(at, esp + strings_at + load<u32>(offsets + ((<usize>i) << 2)));
    at += 4;
  }
  store_bytes(buffer + strings_at, strings, used);
}
