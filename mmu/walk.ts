/**
 * The page walk: two levels and 4 KiB pages (i486 manual, 4.5), 4 MiB pages (Pentium manual volume 3, 11.3.5), and with
 * CR4.PAE three levels of 8-byte entries, whose top one was read when CR3 was loaded (SDM volume 3, 4.4).
 */
import { CR0_WP, CR4_PAE, CR4_PSE } from "../cpu/control-registers";
import {
  CR0,
  CR3,
  CR4,
  PAGE_POINTERS,
  PIN_A20_MASK,
  WALK_PHYSICAL,
  WALK_WRITABLE,
  WALK_WRITTEN,
} from "../cpu/layout";
import { isI386 } from "../cpu/core/state";
import { readPhysical, writePhysical } from "./physical";

const PRESENT: u32 = 1;
const WRITABLE: u32 = 2;
const USER: u32 = 4;
const ACCESSED: u32 = 32;
const DIRTY: u32 = 64;
/** Of a directory entry: it maps a large page. */
const LARGE: u32 = 128;
/** Bits of a PAE pointer that must be clear, besides those of physical addresses from 4 GiB on. */
const POINTER_RESERVED: u32 = 0x1e6;

/** Page fault error code bits. */
export const PF_PROTECTION: u32 = 1;
export const PF_WRITE: u32 = 2;
export const PF_USER: u32 = 4;
export const PF_RESERVED: u32 = 8;

/** What `walk` returns when the access is permitted. */
export const WALK_OK: u32 = 0xffffffff;

/** The page-directory-pointer table's four entries are in the processor. False when one has reserved bits set. */
export function readPointers(): bool {
  const table = load<u32>(CR3) & 0xffffffe0 & load<u32>(PIN_A20_MASK);
  for (let i: u32 = 0; i < 4; i++) {
    const low = readPhysical(table + (i << 3), 4);
    if (low & PRESENT && (low & POINTER_RESERVED || readPhysical(table + (i << 3) + 4, 4))) return false;
    store<u32>(PAGE_POINTERS + (i << 2), low);
  }
  return true;
}

/**
 * Translates a linear address for an access. Returns WALK_OK, with the physical page in WALK_PHYSICAL, whether a later
 * write needs no walk in WALK_WRITABLE, and in WALK_WRITTEN how many entries had A or D set; or the error code of the
 * page fault. Entries are written only when `commit` is set and the access is permitted.
 */
export function walk(linear: u32, write: bool, user: bool, commit: bool): u32 {
  const mask = load<u32>(PIN_A20_MASK);
  const denied = (write ? PF_WRITE : 0) | (user ? PF_USER : 0);
  const pae = (load<u32>(CR4) & CR4_PAE) != 0;
  let top = load<u32>(CR3);
  if (pae) {
    top = load<u32>(PAGE_POINTERS + ((linear >> 30) << 2));
    if (!(top & PRESENT)) return denied;
  }
  const directory = ((top & 0xfffff000) + (pae ? ((linear >> 21) & 511) << 3 : (linear >> 22) << 2)) & mask;
  const pde = readPhysical(directory, 4);
  if (!(pde & PRESENT)) return denied;
  // Physical addresses have 32 bits.
  if (pae && readPhysical(directory + 4, 4)) return denied | PF_PROTECTION | PF_RESERVED;
  if (pde & LARGE && (pae || load<u32>(CR4) & CR4_PSE)) {
    return walkLarge(linear, write, user, commit, directory, pde, pae ? 0x1fffff : 0x3fffff);
  }
  const table =
    ((pde & 0xfffff000) + (pae ? ((linear >> 12) & 511) << 3 : ((linear >> 12) & 1023) << 2)) & mask;
  const pte = readPhysical(table, 4);
  if (!(pte & PRESENT)) return denied;
  if (pae && readPhysical(table + 4, 4)) return denied | PF_PROTECTION | PF_RESERVED;
  const rights = pde & pte;
  const writable = mayWrite(rights, user);
  if ((user && !(rights & USER)) || (write && !writable)) return denied | PF_PROTECTION;
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
  return found(pte & 0xfffff000 & mask, writable && (used & DIRTY) != 0, written);
}

function mayWrite(rights: u32, user: bool): bool {
  const protect = !isI386() && (load<u32>(CR0) & CR0_WP) != 0;
  return (rights & WRITABLE) != 0 || (!user && !protect);
}

function found(physical: u32, writable: bool, written: u32): u32 {
  store<u32>(WALK_PHYSICAL, physical);
  store<u32>(WALK_WRITABLE, u32(writable));
  store<u32>(WALK_WRITTEN, written);
  return WALK_OK;
}

/** A page of 4 MiB, or 2 MiB with PAE; `within`: the bits of an address within it. */
function walkLarge(
  linear: u32,
  write: bool,
  user: bool,
  commit: bool,
  directory: u32,
  pde: u32,
  within: u32,
): u32 {
  const writable = mayWrite(pde, user);
  const denied = (write ? PF_WRITE : 0) | (user ? PF_USER : 0) | PF_PROTECTION;
  // Bits between the page's address and its attributes are reserved.
  if (pde & within & 0xffffe000) return denied | PF_RESERVED;
  if ((user && !(pde & USER)) || (write && !writable)) return denied;
  const used = pde | ACCESSED | (write ? DIRTY : 0);
  if (used != pde && commit) writePhysical(directory, 4, used);
  const physical = ((pde & ~within) | (linear & within & 0xfffff000)) & load<u32>(PIN_A20_MASK);
  return found(physical, writable && (used & DIRTY) != 0, u32(used != pde));
}
