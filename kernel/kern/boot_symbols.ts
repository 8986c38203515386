// The boot script's symbols.
import { bytes_same, string_byte } from "./bytes";

/** Not bound yet: `value` and `length` mean nothing. */
export const SYMBOL_NONE: u32 = 0;
/** `value` is the address of `length` bytes. */
export const SYMBOL_STRING: u32 = 1;
/** `value` is an IpcPort; every use makes a send right. */
export const SYMBOL_PORT: u32 = 2;
/** `value` is a Task. */
export const SYMBOL_TASK: u32 = 3;

const SYMBOLS_MAX: u32 = 128;

@unmanaged
export class BootSymbol {
  name!: usize;
  name_length!: u32;
  kind!: u32;
  value!: usize;
  length!: u32;
}

const symbols: usize = memory.data(2560);
let symbol_count: u32 = 0;

/** The symbol bound last under a name, or null. */
export function boot_symbol_find(name: usize, length: u32): BootSymbol | null {
  for (let i = symbol_count; i > 0; i--) {
    const symbol = changetype<BootSymbol>(symbols + <usize>(i - 1) * offsetof<BootSymbol>());
    if (symbol.name_length == length && bytes_same(symbol.name, name, length)) return symbol;
  }
  return null;
}

/** Binds a name, which must stay in memory. False when there are too many symbols. */
export function boot_symbol_bind(name: usize, name_length: u32, kind: u32, value: usize, length: u32): bool {
  if (symbol_count == SYMBOLS_MAX) return false;
  const symbol = changetype<BootSymbol>(symbols + <usize>symbol_count * offsetof<BootSymbol>());
  symbol.name = name;
  symbol.name_length = name_length;
  symbol.kind = kind;
  symbol.value = value;
  symbol.length = length;
  symbol_count++;
  return true;
}

const own_names: usize = memory.data(256);
let own_names_used: usize = 0;

/** Binds a name of the kernel's own. */
export function boot_symbol_define(name: string, kind: u32, value: usize, length: u32): void {
  const at = own_names + own_names_used;
  const name_length = <u32>name.length;
  for (let i: u32 = 0; i < name_length; i++) store<u8>(at + i, <u8>string_byte(name, i));
  own_names_used += name_length;
  boot_symbol_bind(at, name_length, kind, value, length);
}
