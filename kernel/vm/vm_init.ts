// Start-up of kernel memory. KERN calls vm_page_load for each usable range, then vm_bootstrap once.
import { kalloc_init, zone_set_check, zone_show } from "../kern/zone";
import { pmap_bootstrap, pmap_init } from "../i386/pmap";
import { vm_check_set } from "./vm_check";
import { kmem_init } from "./vm_kern";
import { vm_map_init } from "./vm_map";
import { vm_map_copy_init } from "./vm_map_copy";
import { vm_object_init } from "./vm_object";
import { VM_PAGE_STRUCT_SIZE } from "./vm_page";
import { vm_pager_init } from "./vm_pager";
import {
  vm_page_bootstrap,
  vm_page_free_count,
  vm_page_highest,
  vm_page_set_first_free,
} from "./vm_resident";

/**
 * Takes boot structures from the declared memory above `firstFree` (the first physical address after kernel and
 * modules; nothing below it is handed out), builds the kernel's page tables and loads them. Paging must already be on,
 * with the direct map reaching 2 MiB beyond `firstFree`. `useInvlpg`: the CPU is a 486 or later. `checks`:
 * kernel.check=1. Returns the number of free pages.
 */
export function vm_bootstrap(firstFree: u32, useInvlpg: bool, checks: bool): u32 {
  vm_page_set_first_free(firstFree);
  pmap_bootstrap(useInvlpg);
  vm_page_bootstrap();
  zone_set_check(checks);
  vm_check_set(checks);
  kalloc_init();
  zone_show(VM_PAGE_STRUCT_SIZE, "vm_page", vm_page_highest() >> 12);
  pmap_init();
  vm_object_init();
  vm_pager_init();
  vm_map_init();
  kmem_init();
  vm_map_copy_init();
  return vm_page_free_count;
}
