// The kernel's symbols, where the boot loader has loaded them (boot_info.ts).
import { ELF_SYMBOL_SIZE, ST_INFO, ST_NAME, ST_SIZE, ST_VALUE } from "../../abi/elf";
import { bytes_same } from "../kern/bytes";
import { db_address, db_hex, db_print, db_put } from "./db_output";

const STT_OBJECT: u32 = 1;
const STT_FUNC: u32 = 2;
/** Distance beyond which a symbol does not name an address. */
const FARTHEST: u32 = 0x10000;

let table: usize = 0;
let count: u32 = 0;
let names: usize = 0;
let names_size: u32 = 0;

/** The symbol table and its strings, in the direct map. */
export function db_sym_init(symbols: usize, bytes: u32, strings: usize, strings_size: u32): void {
  if (strings_size == 0 || load<u8>(strings + strings_size - 1) != 0) return;
  table = symbols;
  count = bytes / ELF_SYMBOL_SIZE;
  names = strings;
  names_size = strings_size;
}

function symbol(index: u32): usize {
  return table + <usize>(index * ELF_SYMBOL_SIZE);
}

function symbol_name(at: usize): usize {
  const offset = load<u32>(at + ST_NAME);
  return offset < names_size ? names + offset : names;
}

function is_named(at: usize): bool {
  const type = load<u8>(at + ST_INFO) & 15;
  return (type == STT_OBJECT || type == STT_FUNC) && load<u8>(symbol_name(at)) != 0;
}

/** The symbol nearest below an address, which it need not reach; 0 when none is near. */
function search(address: u32): usize {
  let best: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = symbol(i);
    const value = load<u32>(at + ST_VALUE);
    if (value > address || address - value > FARTHEST || !is_named(at)) continue;
    if (best == 0 || value > load<u32>(best + ST_VALUE)) best = at;
  }
  return best;
}

/** The start of the function that holds an address; 0 when that is not known. */
export function db_function_start(address: u32): u32 {
  const at = search(address);
  if (at == 0 || (load<u8>(at + ST_INFO) & 15) != STT_FUNC) return 0;
  const value = load<u32>(at + ST_VALUE);
  return address - value < max<u32>(load<u32>(at + ST_SIZE), 1) ? value : 0;
}

/** The address that a name of `length` bytes stands for; 0 when there is none. */
export function db_symbol_value(name: usize, length: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = symbol(i);
    if (is_named(at) && same_name(symbol_name(at), name, length)) return load<u32>(at + ST_VALUE);
  }
  return 0;
}

function same_name(have: usize, want: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(have + i) == 0) return false;
  return load<u8>(have + length) == 0 && bytes_same(have, want, length);
}

/** An address, then the symbol below it and the distance from it. */
export function db_print_symbol(address: u32): void {
  db_address(address);
  const at = search(address);
  if (at == 0) return;
  db_put(0x20);
  for (let byte = symbol_name(at); load<u8>(byte) != 0; byte++) db_put(load<u8>(byte));
  const offset = address - load<u32>(at + ST_VALUE);
  if (offset == 0) return;
  db_print("+0x");
  db_hex(offset, 1);
}
