// The page structure: 32 bytes for each page of physical memory.
import { VmObject } from "./vm_object";

@unmanaged
export class VmPage {
  /** Next page in the same bucket of the object/offset hash; next free page while free. */
  hashNext!: VmPage | null;
  object!: VmObject | null;
  /** Byte offset in the object, page-aligned. */
  offset!: u32;
  listNext!: VmPage | null;
  listPrev!: VmPage | null;
  /** Reverse map: first mapping of this page (pmap.ts). */
  pv!: usize;
  /** Physical address. */
  phys!: u32;
  /** Wirings of an object's page; valid entries of a page that is a page table. */
  wireCount!: u16;
  flags!: u16;
}
