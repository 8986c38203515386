// Memory as the debugger reads it: through the page tables, so that no address faults.
import { loadCr3 } from "../../guest/i386";
import { PAGE_SIZE, phys_to_virt, trunc_page } from "../i386/vm_param";

const PRESENT: u32 = 1;

/** Whether the `size` bytes at `address` are mapped. */
export function db_readable(address: usize, size: u32): bool {
  if (<u32>address + size < <u32>address) return false;
  let page = trunc_page(<u32>address);
  while (page < <u32>address + size) {
    if (!page_present(page)) return false;
    page += PAGE_SIZE;
    if (page == 0) return false;
  }
  return true;
}

function page_present(address: u32): bool {
  const directory = <usize>phys_to_virt(trunc_page(loadCr3()));
  const pde = load<u32>(directory + ((<usize>(address >> 22)) << 2));
  if (!(pde & PRESENT)) return false;
  const table = <usize>phys_to_virt(trunc_page(pde));
  return (load<u32>(table + ((<usize>((address >> 12) & 0x3ff)) << 2)) & PRESENT) != 0;
}

/** The word at an address; 0 where there is none. */
export function db_word(address: usize): u32 {
  return db_readable(address, 4) ? load<u32>(address) : 0;
}

/** The byte at an address; 0 where there is none. */
export function db_byte(address: usize): u32 {
  return db_readable(address, 1) ? load<u8>(address) : 0;
}
