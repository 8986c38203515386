/** Segment registers: descriptors, loading, access checks (386 manual, chapter 6). */
import {
  CODE_PAGE,
  CONFIG_ACCESSED,
  DESCRIPTOR_ADDRESS,
  DESCRIPTOR_HIGH,
  DESCRIPTOR_LOW,
  GDTR_BASE,
  GDTR_LIMIT,
  MODE_CODE32,
  MODE_FLAT_CODE,
  MODE_FLAT_DATA,
  MODE_STACK32,
  REG_ADDRESS,
  SEGMENTS,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEGMENT_SIZE,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_LDTR,
  SEG_SS,
  STATE_CPL,
  STATE_MODE,
  STATE_TLB,
  STATE_USER,
  STATE_USER_LIMIT,
  TLB_SUPERVISOR,
  TLB_USER,
} from "../layout";
import { flushUserTlb } from "../../mmu/tlb";
import { loadSized, readSystem, writeSystem } from "./memory";
import { setParagraph, usesParagraphs } from "./paragraphs";
import { GP, NP, SS, charge, fault, forgetCodePage, segment } from "./state";

export const PRESENT: u32 = 0x8000;
/** S bit: code or data. */
export const ORDINARY: u32 = 0x1000;
export const CODE: u32 = 0x800;
/** Of data: expand down. Of code: conforming. */
export const EXPAND_DOWN: u32 = 0x400;
export const CONFORMING: u32 = 0x400;
/** Of data: writable. Of code: readable. */
export const WRITABLE: u32 = 0x200;
export const READABLE: u32 = 0x200;
export const ACCESSED: u32 = 0x100;
export const BIG: u32 = 0x400000;
export const GRANULAR: u32 = 0x800000;

export const CS: usize = SEGMENTS + SEG_CS * SEGMENT_SIZE;
export const STACK: usize = SEGMENTS + SEG_SS * SEGMENT_SIZE;
export const LDTR: usize = SEGMENTS + SEG_LDTR * SEGMENT_SIZE;

// System descriptor types.
export const TYPE_TSS16: u32 = 1;
export const TYPE_LDT: u32 = 2;
export const TYPE_TSS16_BUSY: u32 = 3;
export const TYPE_CALL_GATE16: u32 = 4;
export const TYPE_TASK_GATE: u32 = 5;
export const TYPE_TSS32: u32 = 9;
export const TYPE_TSS32_BUSY: u32 = 11;
export const TYPE_CALL_GATE32: u32 = 12;

export function dpl(access: u32): u32 {
  return (access >> 13) & 3;
}

/** Bits 8-12: S and type. */
export function kind(access: u32): u32 {
  return (access >> 8) & 31;
}

export function descriptorBase(low: u32, high: u32): u32 {
  return (low >> 16) | ((high & 0xff) << 16) | (high & 0xff000000);
}

export function descriptorLimit(low: u32, high: u32): u32 {
  const limit = (low & 0xffff) | (high & 0xf0000);
  return high & GRANULAR ? (limit << 12) | 0xfff : limit;
}

/** Reads the descriptor of a selector into DESCRIPTOR_*; false (nothing recorded) where the table has none. */
export function findDescriptor(selector: u32): bool {
  let base = load<u32>(GDTR_BASE);
  let limit = load<u32>(GDTR_LIMIT);
  if (selector & 4) {
    if (!load<u32>(LDTR, SEGMENT_ACCESS)) return false;
    base = load<u32>(LDTR, SEGMENT_BASE);
    limit = load<u32>(LDTR, SEGMENT_LIMIT);
  }
  const offset = selector & 0xfff8;
  if (offset + 7 > limit) return false;
  store<u32>(DESCRIPTOR_ADDRESS, base + offset);
  return true;
}

/** Loads the two words at DESCRIPTOR_ADDRESS; false after a page fault. */
export function fetchDescriptor(): bool {
  const at = load<u32>(DESCRIPTOR_ADDRESS);
  let p = readSystem(at, 4);
  if (!p) return false;
  store<u32>(DESCRIPTOR_LOW, loadSized(p, 4));
  p = readSystem(at + 4, 4);
  if (!p) return false;
  store<u32>(DESCRIPTOR_HIGH, loadSized(p, 4));
  return true;
}

/** `findDescriptor` and `fetchDescriptor`; records `vector`(selector) where there is none or the selector is null. */
export function readDescriptor(selector: u32, vector: u32): bool {
  if (!(selector & 0xfffc) || !findDescriptor(selector)) return fault(vector, selector & 0xfffc);
  return fetchDescriptor();
}

/** Sets the accessed bit of the descriptor read last. */
export function markAccessed(): bool {
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (high & ACCESSED) return true;
  if (!writeSystem(load<u32>(DESCRIPTOR_ADDRESS) + 4, 4, high | ACCESSED)) return false;
  store<u32>(DESCRIPTOR_HIGH, high | ACCESSED);
  charge(load<u32>(CONFIG_ACCESSED));
  return true;
}

/** Fills a segment register from the descriptor read last. */
export function setSegment(index: u32, selector: u32): void {
  const s = segment(index);
  const low = load<u32>(DESCRIPTOR_LOW);
  const high = load<u32>(DESCRIPTOR_HIGH);
  store<u32>(s, selector, SEGMENT_SELECTOR);
  store<u32>(s, descriptorBase(low, high), SEGMENT_BASE);
  store<u32>(s, descriptorLimit(low, high), SEGMENT_LIMIT);
  store<u32>(s, high & 0xf0ff00, SEGMENT_ACCESS);
}

export function setNullSegment(index: u32, selector: u32): void {
  const s = segment(index);
  store<u32>(s, selector, SEGMENT_SELECTOR);
  store<u32>(s, 0, SEGMENT_BASE);
  store<u32>(s, 0, SEGMENT_LIMIT);
  store<u32>(s, 0, SEGMENT_ACCESS);
}

/** MOV to a segment register other than CS. False after a fault; nothing is changed then. */
export function loadSegment(index: u32, selector: u32): bool {
  if (usesParagraphs()) {
    setParagraph(index, selector);
    updateMode();
    return true;
  }
  if (index == SEG_SS) return loadStackSegment(selector, load<u32>(STATE_CPL), GP);
  if (!(selector & 0xfffc)) {
    setNullSegment(index, selector);
    updateMode();
    return true;
  }
  if (!readDescriptor(selector, GP)) return false;
  const high = load<u32>(DESCRIPTOR_HIGH);
  const code = selector & 0xfffc;
  const k = high & (ORDINARY | CODE | READABLE);
  if (!(high & ORDINARY) || k == (ORDINARY | CODE)) return fault(GP, code);
  const conforming = (high & (CODE | CONFORMING)) == (CODE | CONFORMING);
  if (!conforming && max(selector & 3, load<u32>(STATE_CPL)) > dpl(high)) return fault(GP, code);
  if (!(high & PRESENT)) return fault(NP, code);
  if (!markAccessed()) return false;
  setSegment(index, selector);
  updateMode();
  return true;
}

/** Checks a stack selector against privilege level `level` and reads its descriptor. `vector` is #GP or #TS. */
export function checkStackSegment(selector: u32, level: u32, vector: u32): bool {
  const code = selector & 0xfffc;
  if (!readDescriptor(selector, vector)) return false;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if ((high & (ORDINARY | CODE | WRITABLE)) != (ORDINARY | WRITABLE)) return fault(vector, code);
  if ((selector & 3) != level || dpl(high) != level) return fault(vector, code);
  if (!(high & PRESENT)) return fault(SS, code);
  return true;
}

function loadStackSegment(selector: u32, level: u32, vector: u32): bool {
  if (!checkStackSegment(selector, level, vector)) return false;
  if (!markAccessed()) return false;
  setSegment(SEG_SS, selector);
  updateMode();
  return true;
}

export function setCpl(level: u32): void {
  if (level == load<u32>(STATE_CPL)) return;
  const user = u32(level == 3);
  if (user != load<u32>(STATE_USER)) forgetCodePage();
  store<u32>(STATE_CPL, level);
  store<u32>(STATE_USER, user);
  store<u32>(STATE_TLB, user ? TLB_USER : TLB_SUPERVISOR);
}

/** Limit of a flat writable data segment, 0 for any other. */
function flatLimit(index: u32): u32 {
  const s = segment(index);
  const access = load<u32>(s, SEGMENT_ACCESS);
  const needed = PRESENT | ORDINARY | WRITABLE;
  if ((access & (needed | CODE | EXPAND_DOWN)) != needed || load<u32>(s, SEGMENT_BASE)) return 0;
  return load<u32>(s, SEGMENT_LIMIT);
}

/** Recomputes STATE_MODE after a change of segment registers or CPL. */
export function updateMode(): void {
  let mode: u32 = 0;
  const codeLimit = load<u32>(CS, SEGMENT_LIMIT);
  if (load<u32>(CS, SEGMENT_ACCESS) & BIG) mode |= MODE_CODE32;
  if (load<u32>(STACK, SEGMENT_ACCESS) & BIG) mode |= MODE_STACK32;
  if (!(load<u32>(CS, SEGMENT_BASE) & 0xfff) && (codeLimit & 0xfff) == 0xfff) mode |= MODE_FLAT_CODE;
  const limit = min<u32>(min<u32>(flatLimit(SEG_DS), flatLimit(SEG_ES)), flatLimit(SEG_SS));
  if (limit == 0xffffffff || (load<u32>(STATE_USER) && (limit & 0xfff) == 0xfff)) {
    mode |= MODE_FLAT_DATA;
    if (load<u32>(STATE_USER) && limit != load<u32>(STATE_USER_LIMIT)) {
      store<u32>(STATE_USER_LIMIT, limit);
      flushUserTlb();
    }
  }
  if (mode == load<u32>(STATE_MODE)) return;
  store<u32>(STATE_MODE, mode);
  // Same page, other micro-ops; the translation stays.
  store<u32>(CODE_PAGE, 0);
}

/** Whether `size` bytes at `offset` lie within a segment. */
export function withinLimit(s: usize, offset: u32, size: u32): bool {
  const limit = load<u32>(s, SEGMENT_LIMIT);
  const access = load<u32>(s, SEGMENT_ACCESS);
  const last = offset + size - 1;
  if ((access & (CODE | EXPAND_DOWN)) == EXPAND_DOWN) {
    const top: u32 = access & BIG ? 0xffffffff : 0xffff;
    return offset > limit && last <= top && last >= offset;
  }
  return last <= limit && (last >= offset || limit == 0xffffffff);
}

/** Checks a data access through a segment register; leaves the linear address in REG_ADDRESS. False after a fault. */
export function checkAccess(index: u32, offset: u32, size: u32, write: bool): bool {
  const s = segment(index);
  const access = load<u32>(s, SEGMENT_ACCESS);
  const vector = index == SEG_SS ? SS : GP;
  if (!access) return fault(GP, 0);
  if (write ? (access & (CODE | WRITABLE)) != WRITABLE : (access & (CODE | READABLE)) == CODE)
    return fault(GP, 0);
  if (!withinLimit(s, offset, size)) return fault(vector, 0);
  store<u32>(REG_ADDRESS, load<u32>(s, SEGMENT_BASE) + offset);
  return true;
}
