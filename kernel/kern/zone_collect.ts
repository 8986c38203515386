// Pages that zones hold and nobody uses go back to the free list, when memory is short. Without this, a task that takes
// all memory for one kind of structure leaves it to that zone for ever.
import { PAGE_SIZE } from "../i386/vm_param";
import { vm_page_of_address, VmPage } from "../vm/vm_page";
import { vm_page_free_count, vm_page_release, vm_page_total } from "../vm/vm_resident";
import { Zone, zone_first } from "./zone";

/** Memory is short when less than this part of it is free. */
const SHORT: u32 = 4;

/**
 * Collects if memory is short. Called where nobody counts on elements set aside by zone_reserve: at the end of a task.
 */
export function zone_collect_when_short(): void {
  if (vm_page_free_count >= vm_page_total / SHORT) return;
  let zone: Zone | null = zone_first();
  while (zone != null) {
    collect(zone);
    zone = zone.next;
  }
}

/** Takes the zone's pages whose elements are all free. The page structures' `offset` counts them meanwhile. */
function collect(zone: Zone): void {
  const per_page = PAGE_SIZE / zone.elementSize;
  if (zone.free < per_page) return;
  for (let at = zone.freeList; at != 0; at = load<usize>(at)) vm_page_of_address(at).offset = 0;
  for (let at = zone.freeList; at != 0; at = load<usize>(at)) vm_page_of_address(at).offset++;
  let kept = changetype<usize>(zone) + offsetof<Zone>("freeList");
  let pages: VmPage | null = null;
  let next: usize = 0;
  for (let at = zone.freeList; at != 0; at = next) {
    next = load<usize>(at);
    const page = vm_page_of_address(at);
    if (page.offset != per_page) {
      store<usize>(kept, at);
      kept = at;
      continue;
    }
    zone.free--;
    // The page's first element stands for the page.
    if ((at & (PAGE_SIZE - 1)) != 0) continue;
    page.hashNext = pages;
    pages = page;
  }
  store<usize>(kept, 0);
  release(zone, pages);
}

function release(zone: Zone, pages: VmPage | null): void {
  while (pages != null) {
    const next: VmPage | null = pages.hashNext;
    zone.pages--;
    vm_page_release(pages);
    pages = next;
  }
}
