// What the kernel has counted about the joining of map entries.
import { MERGE_INFO_COUNT, MERGE_INFO_EXTENDED, MERGE_INFO_MODE, MERGE_INFO_NAMES } from "../../abi/vm_merge";
import { stackAlloc } from "../../guest/i386";
import { host_vm_merge_info } from "../generated/mach386.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { mach_host_self } from "./asm";
import { task_self } from "./mach";
import { arg, format, print_byte, print_u32_padded } from "./print";

const words: usize = memory.data(100);

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

/** Prints the mode, the policies, and every counter that is not 0 with its name. */
export function print_merges(): void {
  arg(merge_word(MERGE_INFO_MODE));
  arg(merge_word(MERGE_INFO_MODE + 1));
  format("merge mode %u, policies 0x%x\n");
  let at = 0;
  const end = MERGE_INFO_NAMES.length;
  for (let index: u32 = MERGE_INFO_EXTENDED; index < <u32>MERGE_INFO_COUNT; index++) {
    const value = merge_word(index);
    if (value != 0) print_u32_padded(value, 8);
    if (value != 0) print_byte(32);
    while (at < end && MERGE_INFO_NAMES.charCodeAt(at) != 32) {
      if (value != 0) print_byte(MERGE_INFO_NAMES.charCodeAt(at));
      at++;
    }
    at++;
    if (value != 0) print_byte(10);
  }
}
