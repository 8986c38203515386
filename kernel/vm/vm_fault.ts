// Page faults.
import { VmMap } from "./vm_map";

/**
 * Makes page `address` of `map` accessible with the rights `prot` (VM_PROT_READ, plus WRITE for a write).
 * May block. KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, KERN_MEMORY_FAILURE (pager gone), KERN_MEMORY_ERROR (pager
 * reported one), KERN_RESOURCE_SHORTAGE, KERN_ABORTED (the wait was interrupted: retry after the thread was stopped).
 */
export function vm_fault(map: VmMap, address: u32, prot: u32, changeWiring: bool): i32 {
  return unreachable();
}
