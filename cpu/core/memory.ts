/**
 * Accesses by linear address. Aligned accesses to RAM that the TLB knows go straight to core memory; the rest (misses,
 * page crossings, devices, pages with decoded code) is here out of line. Nothing is written before every page of an
 * access has been found writable.
 */
import { CR0_AM } from "../control-registers";
import {
  BOUNCE,
  BOUNCE_LINEAR,
  BOUNCE_SIZE,
  CONFIG_MISALIGNED,
  CONFIG_RAM,
  CR0,
  FAULT_BY_SEGMENT,
  FLAGS_REST,
  MODE_FLAT_DATA,
  STATE_MODE,
  STATE_TLB,
  STATE_USER_LIMIT,
  TLB_ADDEND,
  TLB_ENTRY_SHIFT,
  TLB_FLAGS,
  TLB_FLAG_RAM,
  TLB_INDEX_MASK,
  TLB_PHYSICAL,
  TLB_READ,
  TLB_SUPERVISOR,
  TLB_USER,
  TLB_WRITE,
} from "../layout";
import { hasCode, isRom, readPhysical, writePhysical } from "../../mmu/physical";
import { lookup, openEntry } from "../../mmu/tlb";
import { noteAccess } from "./debug";
import { FLAG_AC } from "./flags";
import { AC, GP, charge, fault, isI386 } from "./state";

function entryOf(linear: u32): usize {
  return load<u32>(STATE_TLB) + (((linear >> 12) & TLB_INDEX_MASK) << TLB_ENTRY_SHIFT);
}

/** Address in core memory to read `size` bytes from; 0 after a fault was recorded. Good until the next access. */
// asc: @inline
export function readPointer(linear: u32, size: u32): usize {
  const entry = entryOf(linear);
  if ((linear & (0xfffff000 | (size - 1))) == load<u32>(entry, TLB_READ))
    return linear + load<u32>(entry, TLB_ADDEND);
  return slowRead(load<u32>(STATE_TLB), linear, size);
}

/** Address in core memory of an aligned element, if the TLB lets it be read (written) without any check; else 0. */
export function plainRead(linear: u32, size: u32): usize {
  const entry = entryOf(linear);
  if ((linear & (0xfffff000 | (size - 1))) != load<u32>(entry, TLB_READ)) return 0;
  return linear + load<u32>(entry, TLB_ADDEND);
}

export function plainWrite(linear: u32, size: u32): usize {
  const entry = entryOf(linear);
  if ((linear & (0xfffff000 | (size - 1))) != load<u32>(entry, TLB_WRITE)) return 0;
  return linear + load<u32>(entry, TLB_ADDEND);
}

// asc: @inline
export function write8(linear: u32, value: u32): bool {
  const entry = entryOf(linear);
  if ((linear & 0xfffff000) == load<u32>(entry, TLB_WRITE)) {
    store<u8>(linear + load<u32>(entry, TLB_ADDEND), value);
    return true;
  }
  return slowWrite(load<u32>(STATE_TLB), linear, 1, value);
}

// asc: @inline
export function write16(linear: u32, value: u32): bool {
  const entry = entryOf(linear);
  if ((linear & 0xfffff001) == load<u32>(entry, TLB_WRITE)) {
    store<u16>(linear + load<u32>(entry, TLB_ADDEND), value);
    return true;
  }
  return slowWrite(load<u32>(STATE_TLB), linear, 2, value);
}

// asc: @inline
export function write32(linear: u32, value: u32): bool {
  const entry = entryOf(linear);
  if ((linear & 0xfffff003) == load<u32>(entry, TLB_WRITE)) {
    store<u32>(linear + load<u32>(entry, TLB_ADDEND), value);
    return true;
  }
  return slowWrite(load<u32>(STATE_TLB), linear, 4, value);
}

export function write(linear: u32, size: u32, value: u32): bool {
  return size == 4 ? write32(linear, value) : size == 2 ? write16(linear, value) : write8(linear, value);
}

/** Address in core memory to read and then write `size` bytes at, followed by `commit`; 0 after a fault. */
// asc: @inline
export function modifyPointer(linear: u32, size: u32): usize {
  const entry = entryOf(linear);
  if ((linear & (0xfffff000 | (size - 1))) == load<u32>(entry, TLB_WRITE))
    return linear + load<u32>(entry, TLB_ADDEND);
  return slowModify(load<u32>(STATE_TLB), linear, size);
}

/** Completes a write through `modifyPointer`. */
export function commit(pointer: usize): void {
  if (pointer == BOUNCE) commitBounce();
}

export function loadSized(pointer: usize, size: u32): u32 {
  return size == 4 ? load<u32>(pointer) : size == 2 ? load<u16>(pointer) : load<u8>(pointer);
}

export function storeSized(pointer: usize, size: u32, value: u32): void {
  if (size == 4) store<u32>(pointer, value);
  else if (size == 2) store<u16>(pointer, value);
  else store<u8>(pointer, value);
}

function crossesPage(linear: u32, size: u32): bool {
  return (linear & 0xfff) + size > 0x1000;
}

/** The page of an access's last byte: the address that a fault there reports. */
function lastPage(linear: u32, size: u32): u32 {
  return (linear + size - 1) & 0xfffff000;
}

/** Checks what the fast paths leave out: the user limit of flat segments and alignment. */
function permitted(half: usize, linear: u32, size: u32): bool {
  return withinUserLimit(half, linear, size) && isAligned(half, linear, size);
}

function withinUserLimit(half: usize, linear: u32, size: u32): bool {
  if (half != TLB_USER || !(load<u32>(STATE_MODE) & MODE_FLAT_DATA)) return true;
  const limit = load<u32>(STATE_USER_LIMIT);
  const last = linear + size - 1;
  if (last <= limit && (last >= linear || limit == 0xffffffff)) return true;
  fault(GP, 0);
  store<u32>(FAULT_BY_SEGMENT, 1);
  return false;
}

function isAligned(half: usize, linear: u32, size: u32): bool {
  if (half != TLB_USER || !(linear & (size - 1))) return true;
  if (!(load<u32>(CR0) & CR0_AM) || !(load<u32>(FLAGS_REST) & FLAG_AC)) return true;
  return isI386() || fault(AC, 0);
}

function chargeMisaligned(linear: u32, size: u32): void {
  if ((linear & 3) + size > 4) charge(load<u32>(CONFIG_MISALIGNED));
}

/** `readPointer` in a given half of the TLB. */
export function slowRead(half: usize, linear: u32, size: u32): usize {
  if (!permitted(half, linear, size)) return 0;
  const entry = lookup(half, linear, false);
  if (!entry) return 0;
  const physical = load<u32>(entry, TLB_PHYSICAL) + (linear & 0xfff);
  if (!crossesPage(linear, size)) {
    chargeMisaligned(linear, size);
    noteAccess(linear, size, false);
    if (load<u32>(entry, TLB_FLAGS) & TLB_FLAG_RAM) return load<u32>(CONFIG_RAM) + physical;
    store<u32>(BOUNCE, readPhysical(physical, size));
    return BOUNCE;
  }
  const second = lookup(half, lastPage(linear, size), false);
  if (!second) return 0;
  chargeMisaligned(linear, size);
  noteAccess(linear, size, false);
  const next = load<u32>(second, TLB_PHYSICAL);
  const inFirst: u32 = 0x1000 - (linear & 0xfff);
  for (let i: u32 = 0; i < size; i++) {
    store<u8>(BOUNCE + i, readPhysical(i < inFirst ? physical + i : next + i - inFirst, 1));
  }
  return BOUNCE;
}

function slowWrite(half: usize, linear: u32, size: u32, value: u32): bool {
  if (!permitted(half, linear, size)) return false;
  const entry = lookup(half, linear, true);
  if (!entry) return false;
  if (!crossesPage(linear, size)) {
    chargeMisaligned(linear, size);
    noteAccess(linear, size, true);
    openEntry(entry);
    writePhysical(load<u32>(entry, TLB_PHYSICAL) + (linear & 0xfff), size, value);
    return true;
  }
  const second = lookup(half, lastPage(linear, size), true);
  if (!second) return false;
  chargeMisaligned(linear, size);
  noteAccess(linear, size, true);
  writeCrossing(linear, size, value, load<u32>(entry, TLB_PHYSICAL), load<u32>(second, TLB_PHYSICAL));
  return true;
}

function writeCrossing(linear: u32, size: u32, value: u32, first: u32, second: u32): void {
  const start = linear & 0xfff;
  for (let i: u32 = 0; i < size; i++) {
    const offset = start + i;
    writePhysical(
      offset < 0x1000 ? first + offset : second + (offset & 0xfff),
      1,
      (value >> (i << 3)) & 0xff,
    );
  }
}

function slowModify(half: usize, linear: u32, size: u32): usize {
  if (!permitted(half, linear, size)) return 0;
  const entry = lookup(half, linear, true);
  if (!entry) return 0;
  const physical = load<u32>(entry, TLB_PHYSICAL) + (linear & 0xfff);
  if (
    !crossesPage(linear, size) &&
    load<u32>(entry, TLB_FLAGS) & TLB_FLAG_RAM &&
    !hasCode(physical) &&
    !isRom(physical)
  ) {
    chargeMisaligned(linear, size);
    noteAccess(linear, size, true);
    openEntry(entry);
    return load<u32>(CONFIG_RAM) + physical;
  }
  if (crossesPage(linear, size) && !lookup(half, lastPage(linear, size), true)) return 0;
  noteAccess(linear, size, true);
  const from = slowRead(half, linear, size);
  if (from != BOUNCE) store<u32>(BOUNCE, loadSized(from, size));
  store<u32>(BOUNCE_LINEAR, linear);
  store<u32>(BOUNCE_SIZE, size);
  return BOUNCE;
}

function commitBounce(): void {
  const linear = load<u32>(BOUNCE_LINEAR);
  const size = load<u32>(BOUNCE_SIZE);
  const half = load<u32>(STATE_TLB);
  const value = loadSized(BOUNCE, size);
  // Both lookups were made by slowModify and hit.
  const first = load<u32>(lookup(half, linear, true), TLB_PHYSICAL);
  if (crossesPage(linear, size)) {
    writeCrossing(
      linear,
      size,
      value,
      first,
      load<u32>(lookup(half, lastPage(linear, size), true), TLB_PHYSICAL),
    );
  } else writePhysical(first + (linear & 0xfff), size, value);
}

/**
 * Checks an access of more than 4 bytes, to be made in pieces then: limit, alignment (a power of 2), and each page. False
 * after a fault.
 */
export function reaches(linear: u32, size: u32, alignment: u32, write: bool): bool {
  const half: usize = load<u32>(STATE_TLB);
  if (!withinUserLimit(half, linear, size) || !isAligned(half, linear, alignment)) return false;
  if (!lookup(half, linear, write)) return false;
  return !crossesPage(linear, size) || lookup(half, lastPage(linear, size), write) != 0;
}

/** Supervisor read whatever the CPL (descriptor tables, TSS): as `readPointer`. */
export function readSystem(linear: u32, size: u32): usize {
  return slowRead(TLB_SUPERVISOR, linear, size);
}

export function writeSystem(linear: u32, size: u32, value: u32): bool {
  return slowWrite(TLB_SUPERVISOR, linear, size, value);
}

/** Makes sure that `size` (at most 4096) bytes can be written, without writing. */
export function probeWrite(half: usize, linear: u32, size: u32): bool {
  if (!permitted(half, linear, 1)) return false;
  if (!lookup(half, linear, true)) return false;
  return !crossesPage(linear, size) || lookup(half, lastPage(linear, size), true) != 0;
}
