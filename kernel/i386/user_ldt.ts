// Local descriptor tables of threads (Intel 386 manual, chapters 5 and 6). All threads share the kernel's table, which has
// the call gate and the flat segments, until one is given descriptors: then it gets a copy of its own.
import {
  ACC_ACCESSED,
  ACC_CALL_GATE,
  ACC_DPL3,
  ACC_PRESENT,
  ACC_SEGMENT,
  LDT_ENTRIES,
  LDT_ENTRIES_MAX,
} from "../../abi/i386";
import { KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { current_thread } from "../kern/sched";
import { Thread } from "../kern/thread";
import { kalloc, kfree } from "../kern/zone";
import { kernel_ldt, set_ldt } from "./descriptors";
import { PCB_LDT } from "./pcb_switch";

/** Bytes before the descriptors: the word at the start is how many there are. */
const HEADER: usize = 8;
const DESCRIPTOR: usize = 8;
const ENTRIES_MAX: u32 = LDT_ENTRIES_MAX;

function block_size(entries: u32): u32 {
  return <u32>HEADER + entries * <u32>DESCRIPTOR;
}

function access_byte(high: u32): u32 {
  return (high >> 8) & 0xff & ~(<u32>ACC_ACCESSED);
}

/** A code or data segment of ring 3 that is present. */
export function user_segment(high: u32): bool {
  const needed: u32 = ACC_PRESENT | ACC_DPL3 | ACC_SEGMENT;
  return (access_byte(high) & needed) == needed;
}

function is_empty(high: u32): bool {
  const access = access_byte(high);
  return access == 0 || access == <u32>ACC_PRESENT;
}

/** The system call gate: whatever the caller wrote into it, it is the kernel's that counts. */
function is_gate(high: u32): bool {
  return access_byte(high) == <u32>(ACC_PRESENT | ACC_DPL3 | ACC_CALL_GATE);
}

/**
 * Sets `count` descriptors from that of `first_selector` on: segments of ring 3, empty ones, and the system call gate. The
 * thread takes notice when it next goes to user mode. KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE.
 */
export function i386_set_ldt(thread: Thread | null, first_selector: u32, list: usize, count: u32): i32 {
  const first = first_selector >> 3;
  if (thread == null || first >= ENTRIES_MAX || count > ENTRIES_MAX - first) return KERN_INVALID_ARGUMENT;
  for (let i: u32 = 0; i < count; i++) {
    const high = load<u32>(list + <usize>i * DESCRIPTOR + 4);
    if (!user_segment(high) && !is_empty(high) && !is_gate(high)) return KERN_INVALID_ARGUMENT;
  }
  if (!reserve(thread, first + count)) return KERN_RESOURCE_SHORTAGE;
  const table = thread.user_ldt + HEADER;
  for (let i: u32 = 0; i < count; i++)
    set_descriptor(table + <usize>(first + i) * DESCRIPTOR, list + <usize>i * DESCRIPTOR);
  if (changetype<usize>(thread) == changetype<usize>(current_thread())) user_ldt_load(thread);
  return KERN_SUCCESS;
}

function set_descriptor(to: usize, from: usize): void {
  const high = load<u32>(from + 4);
  if (is_gate(high)) from = kernel_ldt();
  const empty = is_empty(high);
  atomic.store<u32>(to, empty ? 0 : load<u32>(from));
  atomic.store<u32>(to + 4, empty ? 0 : load<u32>(from + 4));
}

/** Gives the thread a table of at least `entries` descriptors. */
function reserve(thread: Thread, entries: u32): bool {
  const old = thread.user_ldt;
  const had: u32 = old != 0 ? load<u32>(old) : LDT_ENTRIES;
  const wanted = max<u32>(entries, had);
  if (old != 0 && wanted == had) return true;
  const block = kalloc(block_size(wanted));
  if (block == 0) return false;
  store<u32>(block, wanted);
  memory.copy(block + HEADER, old != 0 ? old + HEADER : kernel_ldt(), <usize>had * DESCRIPTOR);
  thread.user_ldt = block;
  thread.pcb_special |= PCB_LDT;
  // The processor must not walk a table that is gone.
  if (changetype<usize>(thread) == changetype<usize>(current_thread())) user_ldt_load(thread);
  if (old != 0) kfree(old, block_size(had));
  return true;
}

/**
 * Copies descriptors from that of `first_selector` on to where the cell `list` says; the cell `count` has the room there, and
 * gets how many there are. A thread without a table of its own has none.
 */
export function i386_get_ldt(
  thread: Thread | null,
  first_selector: u32,
  selector_count: u32,
  list: usize,
  count: usize,
): i32 {
  const first = first_selector >> 3;
  if (thread == null || first >= ENTRIES_MAX || selector_count > ENTRIES_MAX - first)
    return KERN_INVALID_ARGUMENT;
  const have: u32 = thread.user_ldt != 0 ? load<u32>(thread.user_ldt) : 0;
  const behind: u32 = have > first ? have - first : 0;
  const given = min<u32>(min<u32>(behind, selector_count), load<u32>(count));
  const from = thread.user_ldt + HEADER + <usize>first * DESCRIPTOR;
  memory.copy(load<usize>(list), from, <usize>given * DESCRIPTOR);
  store<u32>(count, given);
  return KERN_SUCCESS;
}

/** Puts the thread's table, or the kernel's, in force. */
export function user_ldt_load(thread: Thread): void {
  const own = thread.user_ldt;
  if (own != 0) set_ldt(own + HEADER, load<u32>(own));
  else set_ldt(kernel_ldt(), LDT_ENTRIES);
}

export function user_ldt_free(thread: Thread): void {
  if (thread.user_ldt != 0) kfree(thread.user_ldt, block_size(load<u32>(thread.user_ldt)));
  thread.user_ldt = 0;
}
