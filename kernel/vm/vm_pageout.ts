// Pageout: when memory gets short, the pages that were not used for longest are freed, after their pagers have been
// given what they do not have. Anonymous memory gets a pager, from the default pager, when its first page goes out.
//
//   active    pages in use; the oldest lose their reference bits and become inactive
//   inactive  candidates: one that was used meanwhile is active again, a clean one is freed, a dirty one is laundered
//   laundry   data in messages to pagers; free when the pager frees them
//
// `vm_page_free_min` pages wake the pageout thread, which works until `vm_page_free_target` are free or on their way.
import { KERN_ABORTED, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import {
  THREAD_AWAKENED,
  THREAD_TIMED_OUT,
  assert_wait,
  current_thread,
  thread_block,
  thread_set_timeout,
  thread_wakeup,
} from "../kern/sched";
import { pmap_clear_reference, pmap_is_referenced } from "../i386/pmap";
import { OBJ_DEAD, OBJ_INTERNAL, OBJ_PAGER, OBJ_READY, VmObject } from "./vm_object";
import { PAGE_ABSENT, PAGE_BUSY, PAGE_PRECIOUS, VmPage } from "./vm_page";
import {
  vm_page_activate,
  vm_page_active,
  vm_page_deactivate,
  vm_page_inactive,
  vm_page_laundry,
  vm_page_laundry_done,
  vm_page_queue_remove,
} from "./vm_page_queues";
import { vm_object_return_run, vm_page_is_dirty } from "./vm_pageout_page";
import {
  vm_object_cache_trim,
  vm_object_collect,
  vm_object_end_waiting,
  vm_object_pager_create,
  vm_pager_default,
} from "./vm_pager";
import { vm_port_queued } from "./vm_ports";
import {
  VM_PAGE_USER_RESERVE,
  vm_page_free,
  vm_page_free_count,
  vm_page_free_min,
  vm_page_free_target,
} from "./vm_resident";
import { vm_stat } from "./vm_statistics";

/** A pager with so many messages unread gets no more pages. */
const QUEUED_MAX: u32 = 64;
/** Pages on their way at most, before pageout waits for pagers. */
const LAUNDRY_MAX: u32 = 64;
/** Of the inactive pages so many lie in wait: a part of all that may be paged out. */
const INACTIVE_PART: u32 = 3;
/** Neighbouring pages that go out in one message. */
const CLUSTER: u32 = 8;
/** After so many clock ticks, or rounds, in which pagers freed nothing, what they hold counts as memory of theirs. */
const LAUNDRY_PATIENCE_TICKS: u32 = 50;
const LAUNDRY_PATIENCE_ROUNDS: u32 = 200;

/** Cells whose addresses are events. */
const wantedEvent: usize = memory.data(4);
const freeEvent: usize = memory.data(4);

/** The last round found nothing to free: no use to look again before somebody waits for it. */
let barren: bool = false;
/** Who waited in that round is to fail. */
let stuck: bool = false;
/** Somebody waits for pages. */
export let vm_page_waiters: bool = false;
/** There is no pageout thread yet (or, in tests on the host, none at all). */
let running: bool = false;

/** There are less pages free than there should be. */
export function vm_pageout_wake(): void {
  if (!barren && running) thread_wakeup(wantedEvent);
}

/**
 * Asserts a wait for free pages: the caller blocks, and tries again. False when none can be expected, or the caller is one
 * that others wait for.
 */
export function vm_page_assert_wait(): bool {
  if (current_thread().vm_privilege || !running) return false;
  if (stuck) {
    stuck = false;
    return false;
  }
  vm_page_waiters = true;
  assert_wait(freeEvent, true);
  thread_wakeup(wantedEvent);
  return true;
}

/**
 * Waits for free pages. KERN_SUCCESS: try again; KERN_RESOURCE_SHORTAGE as vm_page_assert_wait is false; KERN_ABORTED: the wait
 * was interrupted.
 */
export function vm_page_wait(): i32 {
  if (!vm_page_assert_wait()) return KERN_RESOURCE_SHORTAGE;
  return thread_block() == THREAD_AWAKENED ? KERN_SUCCESS : KERN_ABORTED;
}

/** Pages have come free while somebody waits for some. */
export function vm_page_freed(): void {
  if (vm_page_free_count <= VM_PAGE_USER_RESERVE) return;
  vm_page_waiters = false;
  thread_wakeup(freeEvent);
}

/** Before the pageout thread begins to run. */
export function vm_pageout_start(): void {
  running = true;
}

/** The pageout thread. */
export function vm_pageout_thread(_argument: usize): void {
  current_thread().vm_privilege = 1;
  let rounds: u32 = 0;
  for (;;) {
    const before = vm_page_laundry_done;
    const waits = vm_pageout_scan(vm_page_free_target);
    assert_wait(wantedEvent, false);
    if (waits) thread_set_timeout(LAUNDRY_PATIENCE_TICKS);
    const result = thread_block();
    rounds = waits && vm_page_laundry_done == before ? rounds + 1 : 0;
    if (rounds == 0 || (result != THREAD_TIMED_OUT && rounds < LAUNDRY_PATIENCE_ROUNDS)) continue;
    forgetLaundry();
    rounds = 0;
  }
}

/**
 * One round: frees pages, or starts what will free them, until `target` are free or on their way. True: pagers have to be waited for. Who waits for pages in vain
 * is woken to fail.
 */
export function vm_pageout_scan(target: u32): bool {
  let tries = vm_page_active.count + vm_page_inactive.count;
  let progress: bool = false;
  while (vm_page_free_count + vm_page_laundry.count < target && tries > 0) {
    tries--;
    refillInactive();
    const page = vm_page_inactive.first;
    if (page == null) break;
    if (vm_page_laundry.count >= LAUNDRY_MAX) break;
    if (pageOut(page)) progress = true;
  }
  if (!progress && vm_page_laundry.count == 0 && vm_page_free_count < vm_page_free_min) {
    if (vm_object_cache_trim()) progress = true;
  }
  const ended = vm_object_end_waiting();
  const waits = !ended || (vm_page_laundry.count != 0 && vm_page_free_count < target);
  barren = !progress && !waits && vm_page_free_count < vm_page_free_min;
  if (!barren) return waits;
  stuck = vm_page_waiters;
  vm_page_waiters = false;
  thread_wakeup(freeEvent);
  return false;
}

/** Makes the oldest active pages inactive, until their share is reached. */
function refillInactive(): void {
  const share = (vm_page_active.count + vm_page_inactive.count) / INACTIVE_PART + 1;
  while (vm_page_inactive.count < share) {
    const page = vm_page_active.first;
    if (page == null) return;
    pmap_clear_reference(page);
    vm_page_deactivate(page);
  }
}

/** Frees the inactive page, or sends it to its pager. False when it stays. */
function pageOut(page: VmPage): bool {
  const object = page.object!;
  if (page.flags & (PAGE_BUSY | PAGE_ABSENT)) {
    // It comes back when somebody maps it.
    vm_page_queue_remove(page);
    return false;
  }
  if (pmap_is_referenced(page)) {
    vm_stat.reactivations++;
    vm_page_activate(page);
    return false;
  }
  if (isClean(object, page)) {
    vm_page_free(page);
    vm_object_collect(object);
    return true;
  }
  if (mayLaunder(object) && vm_object_return_run(object, page, clusterOf(object), true, true) != 0) {
    vm_object_collect(object);
    return true;
  }
  vm_page_activate(page);
  return false;
}

/** Whether the pager has the same data: the page can be asked for again. */
function isClean(object: VmObject, page: VmPage): bool {
  if ((object.flags & (OBJ_PAGER | OBJ_DEAD)) != OBJ_PAGER || page.flags & PAGE_PRECIOUS) return false;
  return !vm_page_is_dirty(object, page);
}

/** Whether there is a pager that takes pages of the object. */
function mayLaunder(object: VmObject): bool {
  if ((object.flags & OBJ_PAGER) == 0) {
    if (vm_pager_default() == null || vm_port_queued(vm_pager_default()!) >= QUEUED_MAX) return false;
    return vm_object_pager_create(object);
  }
  if (object.flags & OBJ_DEAD || (object.flags & OBJ_READY) == 0) return false;
  return vm_port_queued(object.pager!.port!) < QUEUED_MAX;
}

/** Only the kernel's own memory goes out in clusters. */
function clusterOf(object: VmObject): u32 {
  return object.flags & OBJ_INTERNAL ? CLUSTER : 1;
}

/** There is a default pager: what was not worth a try may be. */
export function vm_pageout_try_again(): void {
  barren = false;
}

/** What pagers keep is ordinary memory of theirs. */
function forgetLaundry(): void {
  for (let page: VmPage | null = vm_page_laundry.first; page != null; page = vm_page_laundry.first)
    vm_page_deactivate(page);
}
