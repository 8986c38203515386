/**
 * The TLB: a cache of walks, one half per privilege. Nothing else knows its shape but the fast paths of
 * cpu/core/memory.ts. A miss costs the clocks of the walk (cpu/instructions/rules.ts).
 */
import { CR0_PG } from "../cpu/control-registers";
import {
  CODE_PAGE,
  CONFIG_RAM,
  CONFIG_WALK,
  COUNT_TLB_FLUSHES,
  COUNT_TLB_MISSES,
  CR0,
  CR2,
  DATA_WATCHED,
  PIN_A20_MASK,
  STATE_USER_LIMIT,
  TLB_ADDEND,
  TLB_CODE,
  TLB_END,
  TLB_ENTRY_SHIFT,
  TLB_FLAGS,
  TLB_FLAG_RAM,
  TLB_FLAG_WRITABLE,
  TLB_INDEX_MASK,
  TLB_PAGE,
  TLB_PHYSICAL,
  TLB_READ,
  TLB_SUPERVISOR,
  TLB_USER,
  TLB_WRITE,
  WALK_PHYSICAL,
  WALK_WRITABLE,
  WALK_WRITTEN,
} from "../cpu/layout";
import { PF, charge, fault, forgetCodePage } from "../cpu/core/state";
import { pageWatched } from "../cpu/core/debug";
import { hasCode, isRam, isRom } from "./physical";
import { WALK_OK, walk } from "./walk";

const INVALID: u32 = 0xffffffff;
const END: usize = TLB_END;

export function tlbEntry(half: usize, linear: u32): usize {
  return half + (((linear >> 12) & TLB_INDEX_MASK) << TLB_ENTRY_SHIFT);
}

export function flushTlb(): void {
  memory.fill(TLB_SUPERVISOR, 0xff, TLB_END - TLB_SUPERVISOR);
  store<u64>(COUNT_TLB_FLUSHES, load<u64>(COUNT_TLB_FLUSHES) + 1);
  forgetCodePage();
}

export function flushUserTlb(): void {
  memory.fill(TLB_USER, 0xff, TLB_END - TLB_USER);
  forgetCodePage();
}

/** INVLPG. */
export function flushTlbPage(linear: u32): void {
  const page = linear & 0xfffff000;
  for (let half: usize = TLB_SUPERVISOR; half < END; half += TLB_USER - TLB_SUPERVISOR) {
    const entry = tlbEntry(half, page);
    if (load<u32>(entry, TLB_PAGE) == page) memory.fill(entry, 0xff, 1 << TLB_ENTRY_SHIFT);
  }
  forgetCodePage();
}

/** Code was decoded from a RAM page: writes to it must be seen. */
export function protectCode(physical: u32): void {
  for (let entry: usize = TLB_SUPERVISOR; entry < END; entry += 1 << TLB_ENTRY_SHIFT) {
    if (load<u32>(entry, TLB_PHYSICAL) == physical) store<u32>(entry, INVALID, TLB_WRITE);
  }
}

/** A code page descriptor is gone. */
export function forgetCode(page: usize): void {
  for (let entry: usize = TLB_SUPERVISOR; entry < END; entry += 1 << TLB_ENTRY_SHIFT) {
    if (load<u32>(entry, TLB_CODE) == page) store<u32>(entry, 0, TLB_CODE);
  }
  if (load<u32>(CODE_PAGE) == page) store<u32>(CODE_PAGE, 0);
}

/** A code page descriptor of a page outside RAM, if the TLB knows one. */
export function codeOutsideRam(): usize {
  for (let entry: usize = TLB_SUPERVISOR; entry < END; entry += 1 << TLB_ENTRY_SHIFT) {
    const code: usize = load<u32>(entry, TLB_CODE);
    if (load<u32>(entry, TLB_PAGE) != INVALID && code && !(load<u32>(entry, TLB_FLAGS) & TLB_FLAG_RAM))
      return code;
  }
  return 0;
}

/** All code page descriptors are gone. */
export function forgetAllCode(): void {
  for (let entry: usize = TLB_SUPERVISOR; entry < END; entry += 1 << TLB_ENTRY_SHIFT) {
    store<u32>(entry, 0, TLB_CODE);
  }
  store<u32>(CODE_PAGE, 0);
}

/** Opens the fast paths of an entry as far as limits, dirty bit, decoded code and breakpoints allow. */
export function openEntry(entry: usize): void {
  const page = load<u32>(entry, TLB_PAGE);
  const flags = load<u32>(entry, TLB_FLAGS);
  if (!(flags & TLB_FLAG_RAM)) return;
  if (entry >= <usize>TLB_USER && (page | 0xfff) > load<u32>(STATE_USER_LIMIT)) return;
  const watched = load<u32>(DATA_WATCHED) != 0;
  if (!watched || !pageWatched(page, false)) store<u32>(entry, page, TLB_READ);
  const physical = load<u32>(entry, TLB_PHYSICAL);
  const plain = (flags & TLB_FLAG_WRITABLE) != 0 && !hasCode(physical) && !isRom(physical);
  if (plain && !(watched && pageWatched(page, true))) store<u32>(entry, page, TLB_WRITE);
}

/** Breakpoints on data have changed: closes the fast paths and opens those that may be. */
export function reopenTlb(): void {
  for (let entry: usize = TLB_SUPERVISOR; entry < END; entry += 1 << TLB_ENTRY_SHIFT) {
    if (load<u32>(entry, TLB_PAGE) == INVALID) continue;
    store<u32>(entry, INVALID, TLB_READ);
    store<u32>(entry, INVALID, TLB_WRITE);
    openEntry(entry);
  }
}

function fill(entry: usize, linear: u32, physical: u32, writable: bool): void {
  const page = linear & 0xfffff000;
  const ram = isRam(physical);
  store<u32>(entry, INVALID, TLB_READ);
  store<u32>(entry, INVALID, TLB_WRITE);
  store<u32>(entry, load<u32>(CONFIG_RAM) + physical - page, TLB_ADDEND);
  store<u32>(entry, page, TLB_PAGE);
  store<u32>(entry, physical, TLB_PHYSICAL);
  store<u32>(entry, (writable ? TLB_FLAG_WRITABLE : 0) | (ram ? TLB_FLAG_RAM : 0), TLB_FLAGS);
  store<u32>(entry, 0, TLB_CODE);
  openEntry(entry);
}

/** The TLB entry for an access in one half of the TLB, walking if need be; 0 after a page fault was recorded. */
export function lookup(half: usize, linear: u32, write: bool): usize {
  const entry = tlbEntry(half, linear);
  if (load<u32>(entry, TLB_PAGE) == (linear & 0xfffff000)) {
    if (!write || load<u32>(entry, TLB_FLAGS) & TLB_FLAG_WRITABLE) return entry;
  }
  if (!(load<u32>(CR0) & CR0_PG)) {
    fill(entry, linear, linear & 0xfffff000 & load<u32>(PIN_A20_MASK), true);
    return entry;
  }
  store<u64>(COUNT_TLB_MISSES, load<u64>(COUNT_TLB_MISSES) + 1);
  const code = walk(linear, write, half == <usize>TLB_USER, true);
  if (code != WALK_OK) {
    store<u32>(CR2, linear);
    fault(PF, code);
    return 0;
  }
  charge(load<u32>(CONFIG_WALK + (load<u32>(WALK_WRITTEN) << 2)));
  fill(entry, linear, load<u32>(WALK_PHYSICAL), load<u32>(WALK_WRITABLE) != 0);
  return entry;
}
