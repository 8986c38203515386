/** Hardware task switches, with task state segments of both sizes (386 manual, chapter 7; SDM volume 3, 7.3). */
import { CR0_PG, CR0_TS, CR4_PAE } from "../control-registers";
import {
  CONFIG_FLAGS,
  CONFIG_TASK,
  CR0,
  CR3,
  CR4,
  DEBUG_PENDING,
  DESCRIPTOR_ADDRESS,
  DESCRIPTOR_HIGH,
  DESCRIPTOR_LOW,
  FAULT_CODE,
  FAULT_VECTOR,
  GDTR_BASE,
  HOOK_MMU,
  PARAMETERS,
  REG_EAX,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_LDTR,
  SEG_SS,
  SEG_TR,
  STATE_CPL,
  STATE_EIP,
  STATE_HOOKS,
  TASK_CALL,
  TASK_INTERRUPT,
  TASK_RETURN,
  TASK_TARGETS,
  TASK_TO_16,
  TASK_TO_32,
  TASK_TO_VIRTUAL,
  TLB_SUPERVISOR,
} from "../layout";
import { flushTlb } from "../../mmu/tlb";
import { codeSegmentChanged } from "./control";
import { DR6_BT, endLocalBreakpoints } from "./debug";
import { EVERY_FLAG, setFlags } from "./flag-operations";
import { FLAG_NT, FLAG_RF, FLAG_VM, eflags } from "./flags";
import { onMmu } from "./host";
import { probeWrite, readSystem, writeSystem } from "./memory";
import { setParagraph } from "./paragraphs";
import {
  CODE,
  CONFORMING,
  CS,
  ORDINARY,
  PRESENT,
  TYPE_LDT,
  TYPE_TSS16,
  TYPE_TSS32,
  checkStackSegment,
  descriptorBase,
  descriptorLimit,
  dpl,
  kind,
  loadSegment,
  markAccessed,
  readDescriptor,
  setCpl,
  setNullSegment,
  setSegment,
} from "./segment";
import { push } from "./stack";
import { GP, NP, TS, charge, cutBudget, fault, segment } from "./state";
import { readPointers } from "../../mmu/walk";

/** Of a task state segment's type. */
const BUSY: u32 = 0x200;
const WIDE: u32 = 0x800;

/** The new task's segment as it was read. */
const IMAGE: usize = PARAMETERS;
const LDT32: u32 = 0x60;
const LDT16: u32 = 0x2a;
const TRAP32: u32 = 0x64;
const BYTES32: u32 = 0x68;
const BYTES16: u32 = 0x2c;
/** Where the part begins that a switch away writes. */
const DYNAMIC32: u32 = 0x20;
const DYNAMIC16: u32 = 0x0e;

/** EIP, EFLAGS, the general and the segment registers follow each other from DYNAMIC on, in encoding order. */
const GENERAL: u32 = 2;
const SELECTORS: u32 = 10;

function isWide(access: u32): bool {
  return (access & WIDE) != 0;
}

/** Field `index` of the dynamic part of the segment at `base`. */
function field(base: u32, wide: bool, index: u32): u32 {
  return base + (wide ? DYNAMIC32 + (index << 2) : DYNAMIC16 + (index << 1));
}

function imageField(wide: bool, index: u32): u32 {
  const at = IMAGE + field(0, wide, index);
  return wide ? load<u32>(at) : load<u16>(at);
}

/** Switches to the task whose segment a task gate names. False after a fault in this task. */
export function switchThroughGate(selector: u32, cause: u32, resume: bool): bool {
  const code = selector & 0xfffc;
  if (selector & 4) return fault(GP, code);
  if (!readDescriptor(selector, GP)) return false;
  const type = kind(load<u32>(DESCRIPTOR_HIGH));
  if (type != TYPE_TSS32 && type != TYPE_TSS16) return fault(GP, code);
  if (!(load<u32>(DESCRIPTOR_HIGH) & PRESENT)) return fault(NP, code);
  return switchTask(selector, cause, resume);
}

/**
 * Switches to the task whose segment's descriptor was read last. STATE_EIP is where this task goes on, `resume` whether its
 * RF is to be set there. False after a fault in this task, before anything has changed; what goes wrong later is a fault of
 * the new task, and kept for `takeTaskFault`.
 */
export function switchTask(selector: u32, cause: u32, resume: bool): bool {
  const low = load<u32>(DESCRIPTOR_LOW);
  const high = load<u32>(DESCRIPTOR_HIGH);
  const descriptor = load<u32>(DESCRIPTOR_ADDRESS);
  const base = descriptorBase(low, high);
  const wide = isWide(high);
  const bytes = wide ? BYTES32 : BYTES16;
  if (descriptorLimit(low, high) < bytes - 1) return fault(TS, selector & 0xfffc);
  for (let at: u32 = 0; at < bytes; at += 2) {
    const p = readSystem(base + at, 2);
    if (!p) return false;
    store<u16>(IMAGE + at, load<u16>(p));
  }
  const tr = segment(SEG_TR);
  const oldDescriptor = load<u32>(GDTR_BASE) + (load<u32>(tr, SEGMENT_SELECTOR) & 0xfff8);
  if (!maySwitch(descriptor, base, oldDescriptor)) return false;
  leaveTask(cause, oldDescriptor, resume);
  if (links(cause)) writeSystem(base, 2, load<u32>(tr, SEGMENT_SELECTOR));
  if (cause != TASK_RETURN) writeSystem(descriptor + 4, 4, high | BUSY);
  store<u32>(DESCRIPTOR_LOW, low);
  store<u32>(DESCRIPTOR_HIGH, high | BUSY);
  setSegment(SEG_TR, selector);
  if (!enterTask(cause, wide)) keepFault();
  const target = eflags() & FLAG_VM ? TASK_TO_VIRTUAL : wide ? TASK_TO_32 : TASK_TO_16;
  charge(load<i16>(CONFIG_TASK + 2 * (cause * TASK_TARGETS + target)));
  return true;
}

/** Whether the new task is linked to this one. */
function links(cause: u32): bool {
  return cause == TASK_CALL || cause == TASK_INTERRUPT;
}

/** Whether the task that was switched to has faulted already, and how. */
let faulted: bool = false;
let faultVector: u32 = 0;
let faultCode: u32 = 0;

function keepFault(): void {
  faulted = true;
  faultVector = load<u32>(FAULT_VECTOR);
  faultCode = load<u32>(FAULT_CODE);
}

/** Whether there is a fault of the new task to be delivered; it is recorded anew. */
export function takeTaskFault(): bool {
  if (!faulted) return false;
  faulted = false;
  fault(faultVector, faultCode);
  return true;
}

/** Whether everything that a switch writes can be written. */
function maySwitch(descriptor: u32, base: u32, oldDescriptor: u32): bool {
  const tr = segment(SEG_TR);
  const wide = isWide(load<u32>(tr, SEGMENT_ACCESS));
  const size = wide ? LDT32 - DYNAMIC32 : LDT16 - DYNAMIC16;
  const half: usize = TLB_SUPERVISOR;
  return (
    probeWrite(half, field(load<u32>(tr, SEGMENT_BASE), wide, 0), size) &&
    probeWrite(half, descriptor + 4, 4) &&
    probeWrite(half, oldDescriptor + 4, 4) &&
    probeWrite(half, base, 2)
  );
}

/** Writes this task's state to its segment. */
function leaveTask(cause: u32, descriptor: u32, resume: bool): void {
  const tr = segment(SEG_TR);
  const wide = isWide(load<u32>(tr, SEGMENT_ACCESS));
  const base = load<u32>(tr, SEGMENT_BASE);
  const size: u32 = wide ? 4 : 2;
  const flags = (eflags() & (cause == TASK_RETURN ? ~FLAG_NT : 0xffffffff)) | (resume ? FLAG_RF : 0);
  writeSystem(field(base, wide, 0), size, load<u32>(STATE_EIP));
  writeSystem(field(base, wide, 1), size, flags);
  for (let i: u32 = 0; i < 8; i++) {
    writeSystem(field(base, wide, GENERAL + i), size, load<u32>(REG_EAX + (i << 2)));
  }
  const count: u32 = wide ? 6 : 4;
  for (let i: u32 = 0; i < count; i++) {
    writeSystem(field(base, wide, SELECTORS + i), 2, load<u32>(segment(i), SEGMENT_SELECTOR));
  }
  if (links(cause)) return;
  const p = readSystem(descriptor + 4, 4);
  if (p) writeSystem(descriptor + 4, 4, load<u32>(p) & ~BUSY);
}

/** Takes the new task's state over. False after a fault of the new task. */
function enterTask(cause: u32, wide: bool): bool {
  store<u32>(CR0, load<u32>(CR0) | CR0_TS);
  if (wide && load<u32>(CR0) & CR0_PG) {
    store<u32>(CR3, load<u32>(IMAGE, 0x1c));
    if (load<u32>(CR4) & CR4_PAE) readPointers();
    flushTlb();
    if (load<u32>(STATE_HOOKS) & HOOK_MMU) onMmu(1, load<u32>(CR3));
  }
  const flags = imageField(wide, 1) | (links(cause) ? FLAG_NT : 0);
  setFlags(flags, EVERY_FLAG | load<u32>(CONFIG_FLAGS));
  store<u32>(STATE_EIP, imageField(wide, 0));
  for (let i: u32 = 0; i < 8; i++) {
    // The upper halves, which a 16-bit segment does not have, are undefined: ones, as on the i386.
    store<u32>(REG_EAX + (i << 2), imageField(wide, GENERAL + i) | (wide ? 0 : 0xffff0000));
  }
  for (let i: u32 = 0; i < 6; i++) setNullSegment(i, selectorOf(wide, i));
  const ldt = load<u16>(IMAGE + (wide ? LDT32 : LDT16));
  setNullSegment(SEG_LDTR, ldt);
  setCpl(flags & FLAG_VM ? 3 : selectorOf(wide, SEG_CS) & 3);
  codeSegmentChanged();
  endLocalBreakpoints();
  if (wide && load<u16>(IMAGE + TRAP32) & 1) {
    store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | DR6_BT);
  }
  // The flags may ask for attention before the first instruction.
  cutBudget();
  const loaded = loadLdt(ldt) && (flags & FLAG_VM ? loadParagraphs(wide) : loadSegments(wide));
  codeSegmentChanged();
  if (!loaded) return false;
  return load<u32>(STATE_EIP) <= load<u32>(CS, SEGMENT_LIMIT) || fault(GP, 0);
}

/** Field of a segment register; a 16-bit segment has no FS and GS. */
function selectorOf(wide: bool, index: u32): u32 {
  return wide || index <= <u32>SEG_DS ? imageField(wide, SELECTORS + index) & 0xffff : 0;
}

function loadLdt(selector: u32): bool {
  const code = selector & 0xfffc;
  if (!code) return true;
  if (selector & 4) return fault(TS, code);
  if (!readDescriptor(selector, TS)) return false;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (kind(high) != TYPE_LDT || !(high & PRESENT)) return fault(TS, code);
  setSegment(SEG_LDTR, selector);
  return true;
}

function loadParagraphs(wide: bool): bool {
  for (let i: u32 = 0; i < 6; i++) setParagraph(i, selectorOf(wide, i));
  return true;
}

function loadSegments(wide: bool): bool {
  const level = load<u32>(STATE_CPL);
  const stack = selectorOf(wide, SEG_SS);
  const code = selectorOf(wide, SEG_CS);
  if (!loadCode(code)) return false;
  if (!checkStackSegment(stack, level, TS) || !markAccessed()) return false;
  setSegment(SEG_SS, stack);
  codeSegmentChanged();
  return (
    loadData(SEG_DS, selectorOf(wide, SEG_DS)) &&
    loadData(SEG_ES, selectorOf(wide, SEG_ES)) &&
    loadData(SEG_FS, selectorOf(wide, SEG_FS)) &&
    loadData(SEG_GS, selectorOf(wide, SEG_GS))
  );
}

function loadCode(selector: u32): bool {
  const code = selector & 0xfffc;
  if (!readDescriptor(selector, TS)) return false;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if ((high & (ORDINARY | CODE)) != (ORDINARY | CODE)) return fault(TS, code);
  const level = selector & 3;
  if (high & CONFORMING ? dpl(high) > level : dpl(high) != level) return fault(TS, code);
  if (!(high & PRESENT)) return fault(NP, code);
  if (!markAccessed()) return false;
  setSegment(SEG_CS, selector);
  return true;
}

/** As MOV to the segment register, but that what is no fit descriptor is an invalid task state segment. */
function loadData(index: u32, selector: u32): bool {
  if (loadSegment(index, selector)) return true;
  if (load<u32>(FAULT_VECTOR) == GP) store<u32>(FAULT_VECTOR, TS);
  return false;
}

/** Pushes an exception's error code on the new task's stack. */
export function pushTaskError(code: u32): void {
  const size: u32 = isWide(load<u32>(segment(SEG_TR), SEGMENT_ACCESS)) ? 4 : 2;
  if (!faulted && !push(size, code)) keepFault();
}
