/**
 * Real-address and virtual-8086 mode: a segment is a paragraph of memory, and no descriptor is read (386 manual, chapters 14
 * and 15).
 */
import { CR0_PE } from "../control-registers";
import {
  CONFIG_FLAGS,
  CR0,
  FLAGS_REST,
  IDTR_BASE,
  IDTR_LIMIT,
  REG_ESP,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_SS,
  STATE_EIP,
} from "../layout";
import { begin, codeSegmentChanged, rollback } from "./control";
import {
  EVERY_FLAG,
  changeableFlags,
  flagsPermitted,
  popFlags,
  poppedFlagsPermitted,
  pushedFlags,
  setFlags,
  usesVirtualInterrupts,
} from "./flag-operations";
import { FLAG_AC, FLAG_IF, FLAG_RF, FLAG_TF, FLAG_VIF, FLAG_VM } from "./flags";
import { loadSized, readSystem } from "./memory";
import { CS, PRESENT, setCpl } from "./segment";
import { peek, push, setStackPointer } from "./stack";
import { GP, UD, fault, segment } from "./state";

/** Present, read and write, accessed; DPL 3 in virtual-8086 mode. */
const REAL_ACCESS: u32 = 0x9300;
const V86_ACCESS: u32 = 0xf300;
const LIMIT: u32 = 0xffff;

export function inRealMode(): bool {
  return !(load<u32>(CR0) & CR0_PE);
}

export function inV86(): bool {
  return (load<u32>(FLAGS_REST) & FLAG_VM) != 0;
}

/** Whether segment registers hold paragraphs. */
export function usesParagraphs(): bool {
  return inRealMode() || inV86();
}

/** False after #UD for instructions that only protected mode has. */
export function needsProtectedMode(): bool {
  return !usesParagraphs() || fault(UD, 0);
}

/**
 * Loads a segment register. Real mode leaves the limit and the size bits as protected mode has set them, which programs
 * count on ("big real mode").
 */
export function setParagraph(index: u32, paragraph: u32): void {
  const s = segment(index);
  const access = load<u32>(s, SEGMENT_ACCESS);
  store<u32>(s, paragraph & 0xffff, SEGMENT_SELECTOR);
  store<u32>(s, (paragraph & 0xffff) << 4, SEGMENT_BASE);
  if (inV86()) {
    store<u32>(s, LIMIT, SEGMENT_LIMIT);
    store<u32>(s, V86_ACCESS, SEGMENT_ACCESS);
    return;
  }
  if (!(access & PRESENT)) store<u32>(s, LIMIT, SEGMENT_LIMIT);
  store<u32>(s, (access & 0xf00000) | REAL_ACCESS, SEGMENT_ACCESS);
}

/** Goes to another code paragraph; false after #GP(0). */
export function enterParagraph(paragraph: u32, offset: u32): bool {
  if (offset > load<u32>(CS, SEGMENT_LIMIT)) return fault(GP, 0);
  setParagraph(SEG_CS, paragraph);
  store<u32>(STATE_EIP, offset);
  codeSegmentChanged();
  return true;
}

/** CALL to another code paragraph. */
export function callParagraph(size: u32, paragraph: u32, offset: u32, from: u32): bool {
  begin();
  if (
    push(size, load<u32>(CS, SEGMENT_SELECTOR)) &&
    push(size, from) &&
    enterParagraph(paragraph, size == 2 ? offset & 0xffff : offset)
  ) {
    return true;
  }
  rollback();
  return false;
}

/** RET far and the tail of IRET: `popped` bytes hold EIP and CS, and `release` more are dropped. False after a fault. */
export function returnToParagraph(size: u32, popped: u32, release: u32): bool {
  let p = peek(0, size);
  if (!p) return false;
  const offset = loadSized(p, size);
  p = peek(size, size);
  if (!p) return false;
  if (!enterParagraph(loadSized(p, size), offset)) return false;
  setStackPointer(load<u32>(REG_ESP) + popped + release);
  return true;
}

/** Enters the handler that the interrupt table of real mode names. False after a fault, with the stack half written. */
export function enterRealHandler(vector: u32): bool {
  if ((vector << 2) + 3 > load<u32>(IDTR_LIMIT)) return fault(GP, (vector << 3) | 2);
  return enterTableHandler(load<u32>(IDTR_BASE) + (vector << 2));
}

/** Enters the handler whose offset and paragraph are at a linear address; virtual-8086 mode has its table at 0. */
export function enterTableHandler(at: u32): bool {
  const p = readSystem(at, 4);
  if (!p) return false;
  const entry = load<u32>(p);
  if (!push(2, pushedFlags(2)) || !push(2, load<u32>(CS, SEGMENT_SELECTOR)) || !push(2, load<u32>(STATE_EIP)))
    return false;
  if (!enterParagraph(entry >> 16, entry & 0xffff)) return false;
  const masked = usesVirtualInterrupts() ? FLAG_VIF : FLAG_IF;
  store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~(FLAG_TF | masked | FLAG_RF | FLAG_AC));
  return true;
}

/** IRET in real mode, and in virtual-8086 mode. */
export function interruptReturnToParagraph(size: u32): bool {
  if (!flagsPermitted(size)) return false;
  const p = peek(size * 2, size);
  if (!p) return false;
  const flags = loadSized(p, size);
  if (!poppedFlagsPermitted(flags)) return false;
  // What may change depends on the flags as they are.
  const mask = changeableFlags(size);
  if (!returnToParagraph(size, size * 3, 0)) return false;
  popFlags(flags, size, mask);
  return true;
}

/** What IRET to virtual-8086 mode pops, in doublewords. */
const V86_FRAME: u32 = 9;

/** IRET from level 0 with VM set in the flags on the stack: EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS. */
export function returnToV86(): bool {
  // All of it first: a fault changes nothing.
  for (let i: u32 = 0; i < V86_FRAME; i++) if (!peek(i << 2, 4)) return false;
  const offset = stacked(0);
  if (offset > LIMIT) return fault(GP, 0);
  const code = stacked(1);
  const flags = stacked(2);
  const pointer = stacked(3);
  const stack = stacked(4);
  const es = stacked(5);
  const ds = stacked(6);
  const fs = stacked(7);
  const gs = stacked(8);
  setFlags(flags, EVERY_FLAG | load<u32>(CONFIG_FLAGS));
  setParagraph(SEG_CS, code);
  setParagraph(SEG_SS, stack);
  setParagraph(SEG_ES, es);
  setParagraph(SEG_DS, ds);
  setParagraph(SEG_FS, fs);
  setParagraph(SEG_GS, gs);
  store<u32>(STATE_EIP, offset);
  store<u32>(REG_ESP, pointer);
  setCpl(3);
  codeSegmentChanged();
  return true;
}

function stacked(index: u32): u32 {
  return loadSized(peek(index << 2, 4), 4);
}
