/** The page walk of the i386 and i486: two levels, 4 KiB pages (i486 manual, 4.5). */
import {
  CONFIG_FAMILY,
  CR0,
  CR3,
  PIN_A20_MASK,
  WALK_PHYSICAL,
  WALK_WRITABLE,
  WALK_WRITTEN,
} from "../cpu/layout";
import { readPhysical, writePhysical } from "./physical";

const PRESENT: u32 = 1;
const WRITABLE: u32 = 2;
const USER: u32 = 4;
const ACCESSED: u32 = 32;
const DIRTY: u32 = 64;

const CR0_WP: u32 = 0x10000;

/** Page fault error code bits. */
export const PF_PROTECTION: u32 = 1;
export const PF_WRITE: u32 = 2;
export const PF_USER: u32 = 4;

/** What `walk` returns when the access is permitted. */
export const WALK_OK: u32 = 0xffffffff;

/**
 * Translates a linear address for an access. Returns WALK_OK, with the physical page in WALK_PHYSICAL, whether a later
 * write needs no walk in WALK_WRITABLE, and in WALK_WRITTEN how many entries had A or D set; or the error code of the
 * page fault. Entries are written only when `commit` is set and the access is permitted.
 */
export function walk(linear: u32, write: bool, user: bool, commit: bool): u32 {
  const mask = load<u32>(PIN_A20_MASK);
  const denied = (write ? PF_WRITE : 0) | (user ? PF_USER : 0);
  const directory = ((load<u32>(CR3) & 0xfffff000) + ((linear >> 22) << 2)) & mask;
  const pde = readPhysical(directory, 4);
  if (!(pde & PRESENT)) return denied;
  const table = ((pde & 0xfffff000) + (((linear >> 12) & 1023) << 2)) & mask;
  const pte = readPhysical(table, 4);
  if (!(pte & PRESENT)) return denied;
  const rights = pde & pte;
  const protect = load<u32>(CONFIG_FAMILY) >= 4 && (load<u32>(CR0) & CR0_WP) != 0;
  const mayWrite = (rights & WRITABLE) != 0 || (!user && !protect);
  if ((user && !(rights & USER)) || (write && !mayWrite)) return denied | PF_PROTECTION;
  let written: u32 = 0;
  if (!(pde & ACCESSED)) {
    written++;
    if (commit) writePhysical(directory, 4, pde | ACCESSED);
  }
  const used = pte | ACCESSED | (write ? DIRTY : 0);
  if (used != pte) {
    written++;
    // A table that maps itself may have changed the entry just now.
    if (commit) writePhysical(table, 4, readPhysical(table, 4) | used);
  }
  store<u32>(WALK_PHYSICAL, pte & 0xfffff000 & mask);
  store<u32>(WALK_WRITABLE, u32(mayWrite && (used & DIRTY) != 0));
  store<u32>(WALK_WRITTEN, written);
  return WALK_OK;
}
