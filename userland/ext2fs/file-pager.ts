// The memory object of a file: what is known of it, and how the server reads and writes files through it, so that mappings
// and calls see the same bytes. As in the Hurd, each has a page map of its own, which is a mapping by itself.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_TYPE_MAKE_SEND } from "../../abi/mach_msg";
import {
  MEMORY_OBJECT_COPY_DELAY,
  MEMORY_OBJECT_RETURN_DIRTY,
  MEMORY_OBJECT_RETURN_NONE,
  VM_INHERIT_NONE,
  VM_PROT_ALL,
  VM_PROT_DEFAULT,
  VM_PROT_NO_CHANGE,
  VM_PROT_READ,
} from "../../abi/vm_types";
import { GSYNC_BROADCAST } from "../../abi/gsync";
import { gsync_wait, gsync_wake } from "../generated/gnumach.generated";
import { memory_object_change_attributes, memory_object_lock_request } from "../generated/mach.generated";
import { mach_port_insert_right } from "../generated/mach_port.generated";
import { guarded_copy } from "../lib/guarded";
import { free } from "../lib/heap";
import { task_self } from "../lib/mach";
import { MAP_FAILED, MAP_PRIVATE, mmap, munmap, PROT_READ, PROT_WRITE } from "../lib/mman";
import { PAGE_SIZE, round_page, trunc_page, vm_deallocate, vm_map } from "../lib/vm";
import { volume_lock, volume_unlock } from "./lock";
import { Node, node_links, node_put, node_reference, node_size } from "./node";
import { pager_set, pager_table, port_end, port_make, PortInfo } from "./ports";
import { allocate } from "./volume";

@unmanaged
export class FilePager extends PortInfo {
  node!: Node;
  /** The kernel's port for the object; 0 while the kernel does not know it. */
  control!: u32;
  /** Calls that are using it. */
  uses!: u32;
  /** A byte for each page: PAGE_*. */
  pages!: usize;
  page_count!: u32;
  /** Pages may have been changed. */
  written!: u32;
  /** A client has a right to the object. */
  given!: u32;
  /** The kernel was told not to keep the object. */
  leaving!: u32;
  round!: u32;
  /** How many lock requests were made, and how many the kernel has done. */
  requested!: u32;
  completed!: u32;
  /** Neighbours by last use. */
  older!: FilePager | null;
  newer!: FilePager | null;
}

/** The page was supplied. */
export const PAGE_SUPPLIED: u32 = 1;
/** The page's blocks have been taken and not yet been written: they are zeros, whatever the disk says. */
export const PAGE_FRESH: u32 = 2;

/** Whether the kernel may keep the pages of files that nobody uses. */
export let object_cache: bool = true;
/** How many nodes that nobody has open may stay; 0: any number. */
let node_limit: u32 = 0;
let newest: FilePager | null = null;
let oldest: FilePager | null = null;
export let pager_count: u32 = 0;

export function pager_options(cache: bool, limit: u32): void {
  object_cache = cache;
  node_limit = limit;
}

function unlink(pager: FilePager): void {
  const older = pager.older;
  const newer = pager.newer;
  if (older != null) older.newer = newer;
  else oldest = newer;
  if (newer != null) newer.older = older;
  else newest = older;
}

function link(pager: FilePager): void {
  const last = newest;
  pager.older = last;
  pager.newer = null;
  if (last != null) last.newer = pager;
  else oldest = pager;
  newest = pager;
}

/** Room in the page map for `count` pages; false when there is no memory. */
function map_pages(pager: FilePager, count: u32): bool {
  if (count <= pager.page_count) return true;
  const bytes = round_page(count);
  const pages = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, 0);
  if (pages == MAP_FAILED) return false;
  if (pager.page_count != 0) {
    memory.copy(pages, pager.pages, pager.page_count);
    munmap(<u32>pager.pages, pager.page_count);
  }
  pager.pages = pages;
  pager.page_count = bytes;
  return true;
}

/** The file's pager, with a use for the caller, who has the volume's lock. Null: no memory. */
export function pager_of(node: Node): FilePager | null {
  let pager: FilePager;
  if (node.pager == 0) {
    const address = allocate(offsetof<FilePager>());
    if (address == 0) return null;
    pager = changetype<FilePager>(address);
    if (!port_make(pager, pager_table, pager_set)) {
      free(<u32>address);
      return null;
    }
    mach_port_insert_right(task_self(), pager.port, pager.port, MACH_MSG_TYPE_MAKE_SEND);
    pager.node = node;
    node_reference(node);
    node.pager = <u32>address;
    pager_count++;
    link(pager);
  } else {
    pager = changetype<FilePager>(node.pager);
    unlink(pager);
    link(pager);
  }
  pager.uses++;
  if (!map_pages(pager, pages_of(node))) {
    pager_release(pager);
    return null;
  }
  return pager;
}

/** Pages of the file; the volume's lock is held. */
export function pages_of(node: Node): u32 {
  return <u32>((node_size(node) + <u64>(PAGE_SIZE - 1)) / <u64>PAGE_SIZE);
}

export function page_flags(pager: FilePager, page: u32): u32 {
  return page < pager.page_count ? load<u8>(pager.pages + page) : 0;
}

export function set_page_flags(pager: FilePager, page: u32, flags: u32): void {
  if (page < pager.page_count) store<u8>(pager.pages + page, <u8>flags);
}

/** Ends a use. The volume's lock is held. */
export function pager_release(pager: FilePager): void {
  pager.uses--;
  pager_settle(pager);
}

/** Ends a pager that neither the kernel nor a call needs, with its node. The volume's lock is held. */
export function pager_settle(pager: FilePager): void {
  const node = pager.node;
  if (pager.uses != 0 || node.opens != 0) return;
  if (pager.control != 0) {
    // The kernel gives the object up when nothing maps it any more.
    if (node_links(node) == 0) pager_dismiss(pager);
    else if (node_limit != 0 && pager_count > node_limit) dismiss_oldest();
    return;
  }
  if (pager.given != 0) return;
  unlink(pager);
  pager_count--;
  if (pager.page_count != 0) munmap(<u32>pager.pages, pager.page_count);
  port_end(pager, pager_table);
  node.pager = 0;
  free(changetype<u32>(pager));
  node_put(node);
}

/** Tells the kernel not to keep the object. */
function pager_dismiss(pager: FilePager): void {
  if (pager.leaving != 0) return;
  pager.leaving = 1;
  memory_object_change_attributes(pager.control, 0, MEMORY_OBJECT_COPY_DELAY, 0);
}

/** Lets the pager go that was not used for longest, of those that nobody has open. */
function dismiss_oldest(): void {
  let pager = oldest;
  while (pager != null) {
    if (pager.leaving == 0 && pager.uses == 0 && pager.node.opens == 0 && pager.control != 0) {
      pager_dismiss(pager);
      return;
    }
    pager = pager.newer;
  }
}

/** The kernel may keep the object again: somebody has the file open. The volume's lock is held. */
export function pager_stays(pager: FilePager): void {
  if (pager.leaving == 0 || pager.control == 0 || !object_cache) return;
  pager.leaving = 0;
  memory_object_change_attributes(pager.control, 1, MEMORY_OBJECT_COPY_DELAY, 0);
}

// --- without the volume's lock, with a use -----------------------------------------------------------------------------

/** Bytes that are mapped at once. */
const WINDOW: u32 = 0x40000;

/** Copies between a buffer and the file's memory, window by window; false when a page could not be had. */
export function pager_copy(pager: FilePager, offset: u32, buffer: usize, count: u32, write: bool): bool {
  const slot = stackAlloc(4);
  const protection: u32 = write ? VM_PROT_DEFAULT : VM_PROT_READ;
  while (count > 0) {
    const start = trunc_page(offset);
    const size = min<u32>(round_page(offset + count) - start, WINDOW);
    const bytes = min<u32>(count, start + size - offset);
    store<u32>(slot, 0);
    if (
      vm_map(task_self(), slot, size, 0, 1, pager.port, start, 0, protection, VM_PROT_ALL, VM_INHERIT_NONE) !=
      0
    )
      return false;
    const window = load<u32>(slot);
    const at = <usize>(window + (offset - start));
    const good = write ? guarded_copy(at, buffer, bytes) : guarded_copy(buffer, at, bytes);
    vm_deallocate(task_self(), window, size);
    if (!good) return false;
    offset += bytes;
    buffer += bytes;
    count -= bytes;
  }
  return true;
}

/**
 * Has the kernel write (`flush`: forget) a range of pages, and waits until it has. The answer comes to the object's port,
 * behind the pages: when it is there they have been dealt with.
 */
export function pager_lock(pager: FilePager, offset: u32, size: u32, flush: bool): void {
  volume_lock();
  const control = pager.control;
  const wanted: u32 = flush ? MEMORY_OBJECT_RETURN_NONE : MEMORY_OBJECT_RETURN_DIRTY;
  if (control == 0 || size == 0) return volume_unlock();
  const flushed: u32 = flush ? 1 : 0;
  if (memory_object_lock_request(control, offset, size, wanted, flushed, VM_PROT_NO_CHANGE, pager.port) != 0)
    return volume_unlock();
  const number = ++pager.requested;
  volume_unlock();
  const cell = changetype<usize>(pager) + offsetof<FilePager>("completed");
  let done = atomic.load<u32>(cell);
  while (<i32>(done - number) < 0) {
    gsync_wait(task_self(), <u32>cell, done, 0, 0, 0);
    done = atomic.load<u32>(cell);
  }
}

/** The kernel has done the oldest lock request of the object, or has given it up. */
export function pager_lock_completed(pager: FilePager): void {
  pager.completed++;
  const cell = <u32>changetype<usize>(pager) + <u32>offsetof<FilePager>("completed");
  gsync_wake(task_self(), cell, 0, GSYNC_BROADCAST);
}

/** Has the kernel write all changed pages of all files. */
export function pagers_sync(): void {
  volume_lock();
  sync_round++;
  let pager = oldest;
  while (pager != null) {
    if (pager.written == 0 || pager.round == sync_round) {
      pager = pager.newer;
      continue;
    }
    pager.round = sync_round;
    // Only what somebody may go on to change will be looked at again.
    if (pager.given == 0) pager.written = 0;
    pager.uses++;
    const size = round_page(<u32>node_size(pager.node));
    volume_unlock();
    pager_lock(pager, 0, size, false);
    volume_lock();
    pager_release(pager);
    // Others may have been moved meanwhile.
    pager = oldest;
  }
  volume_unlock();
}

let sync_round: u32 = 0;
