// Which neighbours the kernel tries to join, and how often it did: the mode, the policies of mode full, the counters
// (abi/vm_merge.ts).
import {
  MERGE_FULL,
  MERGE_INFO_ANSWERS,
  MERGE_INFO_COUNT,
  MERGE_INFO_MODE,
  MERGE_INFO_POLICIES,
  MERGE_POLICIES_ALL,
  MERGE_SERIES,
} from "../../abi/vm_merge";

export let vm_merge_mode: u32 = MERGE_FULL;
/** Bits MERGE_POLICY_* that are on: none but in mode full. */
export let vm_merge_policies: u32 = MERGE_POLICIES_ALL;

/** The boot argument vm.merge=; before the first user map is made. Mode full has all policies. */
export function vm_merge_set_mode(mode: u32): void {
  vm_merge_mode = mode;
  vm_merge_policies = mode == MERGE_FULL ? MERGE_POLICIES_ALL : 0;
}

/** The boot arguments vm.merge.POLICY=0, after the mode. */
export function vm_merge_switch_off(policies: u32): void {
  vm_merge_policies &= ~policies;
}

export function vm_merge_does(policy: u32): bool {
  return (vm_merge_policies & policy) != 0;
}

/** Whether the mode glues entries at all. */
export function vm_merge_glues(): bool {
  return vm_merge_mode >= <u32>MERGE_SERIES;
}

export function vm_merge_is_full(): bool {
  return vm_merge_mode == MERGE_FULL;
}

const counters: usize = memory.data(104);

/** Counts one of MERGE_INFO_*. */
export function vm_merge_count(word: u32): void {
  const cell = counters + (word << 2);
  store<u32>(cell, load<u32>(cell) + 1);
}

/** Counts an answer of the predicate, and returns it. */
export function vm_merge_count_answer(answer: u32): u32 {
  vm_merge_count(MERGE_INFO_ANSWERS + answer);
  return answer;
}

/** Writes at most `limit` words MERGE_INFO_* to `buffer`. Returns how many were written. */
export function vm_merge_statistics(buffer: usize, limit: u32): u32 {
  const count = min<u32>(limit, MERGE_INFO_COUNT);
  store<u32>(counters + (MERGE_INFO_MODE << 2), vm_merge_mode);
  store<u32>(counters + (MERGE_INFO_POLICIES << 2), vm_merge_policies);
  memory.copy(buffer, counters, count << 2);
  return count;
}
