// Merges that are too long for one call: their rest is done in pieces by a kernel thread that runs when nobody else wants
// to. A piece moves at most MOVE_PAGES_MAX pages.
import { assert_wait, thread_block, thread_wakeup } from "../kern/sched";
import { VmMap, vm_map_deallocate, vm_map_reference } from "./vm_map";
import { vm_map_lookup_entry } from "./vm_map_entry";
import { vm_merge_glue } from "./vm_merge";

/** Boundaries that wait, in a ring. When it is full, the merge waits for the next call that passes over it. */
const PLACES: u32 = 32;
/** Pairs of map and address. */
const places: usize = memory.data(256);
let first: u32 = 0;
let count: u32 = 0;

/** The neighbours that meet at `address` are to be joined when there is time. */
export function vm_merge_later(map: VmMap, address: u32): void {
  if (count == PLACES) return;
  const place = places + (((first + count) % PLACES) << 3);
  store<VmMap>(place, map);
  store<u32>(place, address, 4);
  vm_map_reference(map);
  count++;
  thread_wakeup(places);
}

/** Does one piece of the oldest merge that waits. False: none does. */
export function vm_merge_background(): bool {
  if (count == 0) return false;
  const place = places + (first << 3);
  const map = load<VmMap>(place);
  const address = load<u32>(place, 4);
  first = (first + 1) % PLACES;
  count--;
  const entry = vm_map_lookup_entry(map, address);
  // What is not done after this piece waits again.
  if (entry.start == address && entry != map.header) vm_merge_glue(map, entry);
  vm_map_deallocate(map);
  return true;
}

/** The thread: one piece after the other, and others in between. */
export function vm_merge_thread(_argument: usize): void {
  for (;;) {
    if (vm_merge_background()) {
      thread_block();
      continue;
    }
    assert_wait(places, false);
    thread_block();
  }
}
