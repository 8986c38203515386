// Start-up of kernel memory, in order: vm_page_load (each range), vm_page_bootstrap, pmap_bootstrap, vm_init.

/** Zones, kernel window, objects, maps. `checks`: kernel.check=1. */
export function vm_init(checks: bool): void {
  unreachable();
}
