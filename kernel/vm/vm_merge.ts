// Joining neighbouring map entries.

export const MERGE_NONE: u32 = 0;
export const MERGE_BACKWARD: u32 = 1;
export const MERGE_SERIES: u32 = 2;
export const MERGE_FULL: u32 = 3;

/** The boot argument vm.merge=; before the first user map is made. */
export function vm_merge_set_mode(mode: u32): void {
  unreachable();
}

/** Counters of attempts and joins, and refusals by reason: words at `buffer`; returns how many there are. */
export function vm_merge_statistics(buffer: usize, limit: u32): u32 {
  return unreachable();
}
