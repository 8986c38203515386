// The shell's variables, which are also the environment of what it runs.
import { environment_strings } from "../lib/process";
import { Strings } from "../lib/loader";
import { free, malloc } from "../lib/heap";
import { string_length } from "../lib/string";

const VARIABLES: u32 = 48;
const list: usize = memory.data(196);
let count: u32 = 0;

function at(index: u32): usize {
  return load<u32>(list + ((<usize>index) << 2));
}

/** Whether a string `NAME=VALUE` is of the variable whose name is the `length` bytes at `name`. */
function is_of(text: usize, name: usize, length: u32): bool {
  return memory.compare(text, name, length) == 0 && load<u8>(text + length) == 61;
}

function find(name: usize, length: u32): i32 {
  for (let index: u32 = 0; index < count; index++) if (is_of(at(index), name, length)) return index;
  return -1;
}

/** The variable's value, or 0. */
export function variable(name: usize, length: u32): usize {
  const index = find(name, length);
  return index < 0 ? 0 : at(index) + length + 1;
}

/** Takes `NAME=VALUE`, of which `length` bytes are the name. */
export function set_variable(text: usize, length: u32): void {
  const size = string_length(text) + 1;
  const copy = malloc(size);
  if (copy == 0) return;
  memory.copy(copy, text, size);
  let index = find(text, length);
  if (index >= 0) free(<u32>at(index));
  else if (count == VARIABLES) return free(copy);
  else index = count++;
  store<u32>(list + ((<usize>index) << 2), copy);
}

function name_length(text: usize): u32 {
  let length: u32 = 0;
  while (load<u8>(text + length) != 0 && load<u8>(text + length) != 61) length++;
  return length;
}

/** Takes over what the shell was given, but for its descriptors. */
export function environment_initialize(): void {
  for (let from = environment_strings(); load<u32>(from) != 0; from += 4) {
    const text = load<u32>(from);
    if (load<u8>(text) != 95) set_variable(text, name_length(text));
  }
}

/** The variables as an environment. */
export function variables(strings: Strings): void {
  strings.count = count;
  strings.at = list;
}
