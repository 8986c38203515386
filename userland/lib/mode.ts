// The merging policy that the kernel was started with (`vm.merge=` on its command line), as programs are told it in
// their environment.
import { environment } from "./process";
import { string_equals } from "./string";

export const MERGE_NONE: u32 = 0;
export const MERGE_BACKWARD: u32 = 1;
export const MERGE_SERIES: u32 = 2;
export const MERGE_FULL: u32 = 3;
export const MERGE_MODES: u32 = 4;

/** The kernel's mode; MERGE_FULL, its default, where nobody said. */
export function merge_mode(): u32 {
  const name = environment("vm.merge=");
  if (name == 0) return MERGE_FULL;
  if (string_equals(name, "none")) return MERGE_NONE;
  if (string_equals(name, "backward")) return MERGE_BACKWARD;
  return string_equals(name, "series") ? MERGE_SERIES : MERGE_FULL;
}

/** Whether new mappings join forward and protection changes join at all. */
export function merges_forward(mode: u32): bool {
  return mode >= MERGE_SERIES;
}
