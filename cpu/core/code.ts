/**
 * Decoded code: a descriptor per physical page and mode, whose entry map leads from byte offsets to micro-ops.
 * Descriptors die when an instruction in them is overwritten; when the pool is full, everything goes.
 *
 * Code outside RAM gets a descriptor that only the TLB entry knows: it lives until the TLB forgets the page.
 */
import {
  CODE_BASE,
  CODE_LINEAR,
  CODE_MAP,
  CODE_PAGE,
  CODE_PHYSICAL,
  CONFIG_PAGES,
  CONFIG_POOL,
  CONFIG_POOL_END,
  CONFIG_RAM_BYTES,
  COUNT_CODE_FLUSHES,
  COUNT_INVALIDATIONS,
  FLAG_LINK,
  OP_FLAGS,
  OP_HANDLER,
  OP_IMM,
  OP_NEXT,
  PAGE_COUNT,
  PAGE_MAP,
  PAGE_MODE,
  PAGE_NEXT,
  PAGE_PHYSICAL,
  PAGE_SIZE,
  POOL_FREE_PAGES,
  POOL_NEXT,
  SEGMENTS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SIZE,
  SEG_CS,
  STATE_EIP,
  STATE_MODE,
  STATE_TLB,
  TLB_CODE,
  TLB_PHYSICAL,
} from "../layout";
import { HOLE, isRam } from "../../mmu/physical";
import { codeOutsideRam, forgetAllCode, forgetCode, lookup, protectCode } from "../../mmu/tlb";
import { STALE } from "../operations.generated";
import { decode } from "./host";
import { GP, fault } from "./state";

const LONGEST_INSTRUCTION: i32 = 15;
/** Pool bytes that one call of `decode` may use. */
const DECODE_RESERVE: u32 = 0x8000;
const CS: usize = SEGMENTS + SEG_CS * SEGMENT_SIZE;

function chainOf(physical: u32): usize {
  return load<u32>(CONFIG_PAGES) + ((physical >> 12) << 2);
}

function allocatePage(): usize {
  const free = load<u32>(POOL_FREE_PAGES);
  if (free) {
    store<u32>(POOL_FREE_PAGES, load<u32>(free, PAGE_NEXT));
    return free;
  }
  if (load<u32>(POOL_NEXT) + PAGE_SIZE + DECODE_RESERVE > load<u32>(CONFIG_POOL_END)) flushCode();
  const page = load<u32>(POOL_NEXT);
  store<u32>(POOL_NEXT, page + PAGE_SIZE);
  memory.fill(page, 0, PAGE_SIZE);
  return page;
}

/** The descriptor of a physical page in a mode, made on demand. */
function findPage(physical: u32, mode: u32): usize {
  const ram = isRam(physical);
  if (ram) {
    let page = load<u32>(chainOf(physical));
    while (page) {
      if (load<u32>(page, PAGE_MODE) == mode) return page;
      page = load<u32>(page, PAGE_NEXT);
    }
  }
  const page = allocatePage();
  store<u32>(page, physical, PAGE_PHYSICAL);
  store<u32>(page, mode, PAGE_MODE);
  store<u32>(page, 0, PAGE_NEXT);
  store<u32>(page, 0, PAGE_COUNT);
  if (ram) {
    const chain = chainOf(physical);
    store<u32>(page, load<u32>(chain), PAGE_NEXT);
    store<u32>(chain, page);
    protectCode(physical);
  }
  return page;
}

/** Marks every micro-op of a descriptor as stale, so that whoever still runs there looks up anew, and frees it. */
function killPage(page: usize): void {
  for (let entry = page + PAGE_MAP; entry < page + PAGE_SIZE; entry += 4) {
    const op = load<u32>(entry);
    if (!op) continue;
    markStale(op);
    store<u32>(entry, 0);
  }
  forgetCode(page);
  store<u32>(page, load<u32>(POOL_FREE_PAGES), PAGE_NEXT);
  store<u32>(POOL_FREE_PAGES, page);
  store<u64>(COUNT_INVALIDATIONS, load<u64>(COUNT_INVALIDATIONS) + 1);
}

function markStale(op: usize): void {
  store<u16>(op, STALE, OP_HANDLER);
  if (load<u8>(op, OP_FLAGS) & FLAG_LINK) store<u32>(op, 0, OP_IMM);
}

/** Drops all decoded code of the RAM page at `physical`. */
export function killCode(physical: u32): void {
  const chain = chainOf(physical);
  let page = load<u32>(chain);
  if (page <= HOLE) return;
  store<u32>(chain, 0);
  while (page) {
    const next = load<u32>(page, PAGE_NEXT);
    killPage(page);
    page = next;
  }
}

/** Bytes of a page with decoded code are about to change. */
export function codeWritten(physical: u32, size: u32): void {
  const offset = <i32>(physical & 0xfff);
  const end = min<i32>(offset + <i32>size, 0x1000);
  let page = load<u32>(chainOf(physical));
  while (page) {
    for (let at = max<i32>(offset - LONGEST_INSTRUCTION + 1, 0); at < end; at++) {
      const op = load<u32>(page + PAGE_MAP + (at << 2));
      if (op && <i32>load<u16>(op, OP_NEXT) > offset) {
        killCode(physical);
        return;
      }
    }
    page = load<u32>(page, PAGE_NEXT);
  }
}

/** Drops all decoded code; safe while micro-ops are running. */
export function killAllCode(): void {
  for (let physical: u32 = 0; physical < load<u32>(CONFIG_RAM_BYTES); physical += 0x1000) killCode(physical);
  const current: usize = load<u32>(CODE_PAGE);
  if (current) killPage(current);
  for (let page = codeOutsideRam(); page; page = codeOutsideRam()) killPage(page);
}

/** Empties the pool. Only where no micro-op is in use. */
export function flushCode(): void {
  for (let physical: u32 = 0; physical < load<u32>(CONFIG_RAM_BYTES); physical += 0x1000) {
    const chain = chainOf(physical);
    if (load<u32>(chain) != HOLE) store<u32>(chain, 0);
  }
  store<u32>(POOL_NEXT, load<u32>(CONFIG_POOL));
  store<u32>(POOL_FREE_PAGES, 0);
  forgetAllCode();
  store<u64>(COUNT_CODE_FLUSHES, load<u64>(COUNT_CODE_FLUSHES) + 1);
}

/** Makes the page of linear address `linear` the current code page; false after a fetch fault. */
function enterCodePage(linear: u32): bool {
  const page = linear & 0xfffff000;
  const mode = load<u32>(STATE_MODE);
  if (load<u32>(CODE_LINEAR) != page) {
    const entry = lookup(load<u32>(STATE_TLB), linear, false);
    if (!entry) return false;
    store<u32>(CODE_PHYSICAL, load<u32>(entry, TLB_PHYSICAL));
    store<u32>(CODE_LINEAR, page);
    store<u32>(CODE_BASE, page - load<u32>(CS, SEGMENT_BASE));
    let code: usize = load<u32>(entry, TLB_CODE);
    if (!code || load<u32>(code, PAGE_MODE) != mode) {
      code = findPage(load<u32>(CODE_PHYSICAL), mode);
      store<u32>(entry, code, TLB_CODE);
    }
    useCode(code);
  } else if (load<u32>(CODE_PAGE) == 0) useCode(findPage(load<u32>(CODE_PHYSICAL), mode));
  return true;
}

function useCode(code: usize): void {
  store<u32>(CODE_PAGE, code);
  store<u32>(CODE_MAP, code + PAGE_MAP);
}

/** The micro-op at STATE_EIP, decoded if need be; 0 after a fetch fault was recorded. */
export function resolve(): usize {
  const eip = load<u32>(STATE_EIP);
  if (eip > load<u32>(CS, SEGMENT_LIMIT)) {
    fault(GP, 0);
    return 0;
  }
  const linear = eip + load<u32>(CS, SEGMENT_BASE);
  if (load<u32>(CODE_LINEAR) != (linear & 0xfffff000) || load<u32>(CODE_PAGE) == 0) {
    if (!enterCodePage(linear)) return 0;
  }
  const op = load<u32>(load<u32>(CODE_MAP) + ((linear & 0xfff) << 2));
  return op ? op : decodeAt(linear & 0xfff);
}

function decodeAt(offset: u32): usize {
  if (load<u32>(POOL_NEXT) + DECODE_RESERVE > load<u32>(CONFIG_POOL_END)) {
    flushCode();
    useCode(findPage(load<u32>(CODE_PHYSICAL), load<u32>(STATE_MODE)));
  }
  return decode(load<u32>(CODE_PAGE), offset);
}
