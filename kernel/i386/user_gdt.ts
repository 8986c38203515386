// Descriptors of threads in the global descriptor table: two slots whose contents follow the running thread. C libraries
// keep their thread pointer's segment there.
import { SELECTOR_LOCAL, SELECTOR_USER, USER_GDT, USER_GDT_SLOTS } from "../../abi/i386";
import {
  KERN_INVALID_ARGUMENT,
  KERN_NO_SPACE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { current_thread } from "../kern/sched";
import { Thread } from "../kern/thread";
import { kalloc, kfree } from "../kern/zone";
import { user_gdt_slot } from "./descriptors";
import { PCB_GDT } from "./pcb_switch";
import { user_segment } from "./user_ldt";

const SLOTS_SIZE: u32 = USER_GDT_SLOTS * 8;
/** Bit of a descriptor's upper word: present. */
const PRESENT: u32 = 1 << 15;
/** i386_set_gdt chooses. */
const ANY_SELECTOR: u32 = 0xffffffff;

/** The slot of a selector; USER_GDT_SLOTS if it has none. */
function slot_of(selector: u32): u32 {
  if ((selector & (SELECTOR_LOCAL | SELECTOR_USER)) != SELECTOR_USER) return USER_GDT_SLOTS;
  return min<u32>((selector - USER_GDT) >> 3, USER_GDT_SLOTS);
}

function free_slot(thread: Thread): u32 {
  let slot: u32 = 0;
  while (slot < <u32>USER_GDT_SLOTS && thread.user_gdt != 0) {
    if ((load<u32>(thread.user_gdt + ((<usize>slot) << 3) + 4) & PRESENT) == 0) break;
    slot++;
  }
  return slot;
}

/**
 * Sets the descriptor of the cell `selector`, or of a free slot if that is -1, whose selector is stored there. One that is
 * not present empties the slot. KERN_INVALID_ARGUMENT, KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE.
 */
export function i386_set_gdt(thread: Thread | null, selector: usize, descriptor: usize): i32 {
  if (thread == null) return KERN_INVALID_ARGUMENT;
  const wanted = load<u32>(selector);
  const slot = wanted == ANY_SELECTOR ? free_slot(thread) : slot_of(wanted);
  if (slot == <u32>USER_GDT_SLOTS) return wanted == ANY_SELECTOR ? KERN_NO_SPACE : KERN_INVALID_ARGUMENT;
  const high = load<u32>(descriptor + 4);
  const present = (high & PRESENT) != 0;
  if (present && !user_segment(high)) return KERN_INVALID_ARGUMENT;
  if (thread.user_gdt == 0) thread.user_gdt = kalloc(SLOTS_SIZE);
  if (thread.user_gdt == 0) return KERN_RESOURCE_SHORTAGE;
  thread.pcb_special |= PCB_GDT;
  const at = thread.user_gdt + ((<usize>slot) << 3);
  store<u32>(at, present ? load<u32>(descriptor) : 0);
  store<u32>(at + 4, present ? high : 0);
  store<u32>(selector, USER_GDT + (slot << 3) + SELECTOR_USER);
  if (changetype<usize>(thread) == changetype<usize>(current_thread())) user_gdt_load(thread);
  return KERN_SUCCESS;
}

/** The descriptor of a selector, to `descriptor`. */
export function i386_get_gdt(thread: Thread | null, selector: u32, descriptor: usize): i32 {
  const slot = slot_of(selector);
  if (thread == null || slot == <u32>USER_GDT_SLOTS) return KERN_INVALID_ARGUMENT;
  const own = thread.user_gdt;
  store<u32>(descriptor, own != 0 ? load<u32>(own + ((<usize>slot) << 3)) : 0);
  store<u32>(descriptor + 4, own != 0 ? load<u32>(own + ((<usize>slot) << 3) + 4) : 0);
  return KERN_SUCCESS;
}

/** Puts the thread's descriptors, or none, into the table. */
export function user_gdt_load(thread: Thread): void {
  for (let word: usize = 0; word < SLOTS_SIZE; word += 4)
    atomic.store<u32>(user_gdt_slot() + word, thread.user_gdt != 0 ? load<u32>(thread.user_gdt + word) : 0);
}

export function user_gdt_free(thread: Thread): void {
  if (thread.user_gdt != 0) kfree(thread.user_gdt, SLOTS_SIZE);
  thread.user_gdt = 0;
}
