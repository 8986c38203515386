// What the kernel has counted about the joining of map entries.
import {
  MERGE_INFO_ANSWERS,
  MERGE_INFO_COUNT,
  MERGE_INFO_MODE,
  MERGE_INFO_NAMES,
  MERGE_INFO_POLICIES,
  MERGE_SHARED_ENTRY,
} from "../../abi/vm_merge";
import { stackAlloc } from "../../guest/i386";
import { host_vm_merge_info } from "../generated/mach386.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { mach_host_self } from "./asm";
import { task_self } from "./mach";
import { arg, format, print_byte, print_u32, print_u32_padded } from "./print";

const BLANK: i32 = 32;
const NEWLINE: i32 = 10;
const EQUALS: i32 = 61;
const WORDS_SIZE: u32 = 4 * MERGE_INFO_COUNT;
const words: usize = memory.data(104);
const marked: usize = memory.data(104);

/** Reads the counters. False when the kernel has none. */
export function read_merges(): bool {
  const pointer = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(pointer, <u32>words);
  store<u32>(count, MERGE_INFO_COUNT);
  const host = mach_host_self();
  const result = host_vm_merge_info(host, pointer, count);
  mach_port_deallocate(task_self(), host);
  return result == 0 && load<u32>(count) == MERGE_INFO_COUNT;
}

/** A word MERGE_INFO_* as it was at the last read_merges. */
export function merge_word(index: u32): u32 {
  return load<u32>(words + (index << 2));
}

/** Makes the words of the last read_merges what later ones are compared with. */
export function mark_merges(): void {
  memory.copy(marked, words, WORDS_SIZE);
}

/** What a word has grown since mark_merges. */
export function merges_since(index: u32): u32 {
  return merge_word(index) - load<u32>(marked + (index << 2));
}

/** Prints the mode, the policies, and every counter that is not 0 with its name. */
export function print_merges(): void {
  arg(merge_word(MERGE_INFO_MODE));
  arg(merge_word(MERGE_INFO_POLICIES));
  format("merge mode %u, policies 0x%x\n");
  for (let index: u32 = MERGE_INFO_POLICIES + 1; index < <u32>MERGE_INFO_COUNT; index++) {
    const value = merge_word(index);
    if (value == 0) continue;
    print_u32_padded(value, 8);
    print_byte(BLANK);
    print_merge_name(index);
    print_byte(NEWLINE);
  }
}

/** Prints ` NAME=N` for every reason for which neighbours that abut have been refused since mark_merges. */
export function print_refusals(): void {
  for (let index: u32 = MERGE_INFO_ANSWERS + MERGE_SHARED_ENTRY; index < <u32>MERGE_INFO_COUNT; index++) {
    if (merges_since(index) == 0) continue;
    print_byte(BLANK);
    print_merge_name(index);
    print_byte(EQUALS);
    print_u32(merges_since(index));
  }
}

/** Prints the word of MERGE_INFO_NAMES for a counter. */
function print_merge_name(index: u32): void {
  const end = MERGE_INFO_NAMES.length;
  let at = 0;
  for (let word: u32 = MERGE_INFO_POLICIES + 1; word < index; at++)
    if (MERGE_INFO_NAMES.charCodeAt(at) == BLANK) word++;
  for (; at < end && MERGE_INFO_NAMES.charCodeAt(at) != BLANK; at++)
    print_byte(MERGE_INFO_NAMES.charCodeAt(at));
}
