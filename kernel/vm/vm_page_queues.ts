// The queues of pages that may be paged out: those of objects that are neither wired nor being worked on. New pages are
// active; pageout makes the oldest inactive, and takes the oldest of those unless it was used meanwhile.
import { PAGE_ACTIVE, PAGE_INACTIVE, PAGE_LAUNDRY, VmPage } from "./vm_page";

@unmanaged
export class PageQueue {
  /** Oldest and newest. */
  first!: VmPage | null;
  last!: VmPage | null;
  count!: u32;
}

export const vm_page_active: PageQueue = changetype<PageQueue>(memory.data(12));
export const vm_page_inactive: PageQueue = changetype<PageQueue>(memory.data(12));
/** Data in messages to pagers, until the pager frees them. */
export const vm_page_laundry: PageQueue = changetype<PageQueue>(memory.data(12));

/** Pages that have left the laundry. */
export let vm_page_laundry_done: u32 = 0;

/** PAGE_ACTIVE, PAGE_INACTIVE and PAGE_LAUNDRY. */
const ON_QUEUE: u32 = 0x38000;

function append(queue: PageQueue, page: VmPage): void {
  const last = queue.last;
  page.queueNext = null;
  page.queuePrev = last;
  if (last == null) queue.first = page;
  else last.queueNext = page;
  queue.last = page;
  queue.count++;
}

function unlink(queue: PageQueue, page: VmPage): void {
  const next = page.queueNext;
  const prev = page.queuePrev;
  if (next == null) queue.last = prev;
  else next.queuePrev = prev;
  if (prev == null) queue.first = next;
  else prev.queueNext = next;
  queue.count--;
}

/** Takes the page off the queue it is on, if any. */
export function vm_page_queue_remove(page: VmPage): void {
  const flags = page.flags;
  if ((flags & ON_QUEUE) == 0) return;
  if (flags & PAGE_LAUNDRY) vm_page_laundry_done++;
  unlink(
    flags & PAGE_ACTIVE ? vm_page_active : flags & PAGE_INACTIVE ? vm_page_inactive : vm_page_laundry,
    page,
  );
  page.flags = flags & ~ON_QUEUE;
}

function put(queue: PageQueue, page: VmPage, flag: u32): void {
  vm_page_queue_remove(page);
  if (page.wireCount != 0) return;
  page.flags |= flag;
  append(queue, page);
}

/** Makes the page the newest active one. Wired pages are on no queue. */
export function vm_page_activate(page: VmPage): void {
  put(vm_page_active, page, PAGE_ACTIVE);
}

/** Makes the page the newest inactive one. */
export function vm_page_deactivate(page: VmPage): void {
  put(vm_page_inactive, page, PAGE_INACTIVE);
}

/** The page is data in a message to a pager. */
export function vm_page_launder(page: VmPage): void {
  put(vm_page_laundry, page, PAGE_LAUNDRY);
}

/** Proves a queue (kernel.check): 0, or a number that says what is wrong. */
export function vm_page_queue_check(queue: PageQueue, flag: u32): i32 {
  let count: u32 = 0;
  let prev: VmPage | null = null;
  let page = queue.first;
  while (page != null) {
    if ((page.flags & ON_QUEUE) != flag || page.queuePrev != prev) return 1;
    if (page.object == null || page.wireCount != 0) return 2;
    if (++count > queue.count) return 3;
    prev = page;
    page = page.queueNext;
  }
  return count == queue.count && queue.last == prev ? 0 : 4;
}
