/** Segment registers, control registers, descriptor tables and other instructions of the system level. */
import {
  CR0_CD,
  CR0_ET,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
} from "../control-registers";
import {
  CONFIG_CPUID,
  CONFIG_CPUID_LEAVES,
  CONFIG_CR4,
  CPUID_LEAF_SIZE,
  CR0,
  CR2,
  CR3,
  CR4,
  DESCRIPTOR_ADDRESS,
  DESCRIPTOR_HIGH,
  DESCRIPTOR_LOW,
  DONE,
  FAULT,
  FORM_M,
  FORM_MR,
  GDTR_BASE,
  HOOK_MMU,
  IDTR_BASE,
  JUMP,
  LEAVE,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SEGMENT,
  OP_SUB,
  REG_ADDRESS,
  REG_EAX,
  REG_EBX,
  REG_ECX,
  REG_EDX,
  REG_ESP,
  SEGMENT_SELECTOR,
  SEG_LDTR,
  SEG_SS,
  SEG_TR,
  SHADOW_SS,
  STATE_CPL,
  STATE_EIP,
  STATE_HALTED,
  STATE_HOOKS,
  STATE_SHADOW,
  TEST_REGISTERS,
} from "../layout";
import { flushTlb, flushTlbPage } from "../../mmu/tlb";
import { setZero } from "./flags";
import { updateErrorPin } from "./fpu/stack";
import { onMmu, unknownLeaf } from "./host";
import { loadSized, readPointer, storeSized, write, writeSystem } from "./memory";
import { address, effectiveAddress, operandForm, operandSize, sourcePointer } from "./operands";
import {
  CODE,
  CONFORMING,
  GRANULAR,
  ORDINARY,
  PRESENT,
  READABLE,
  TYPE_CALL_GATE32,
  TYPE_LDT,
  TYPE_TSS16,
  TYPE_TSS32,
  TYPE_TSS32_BUSY,
  WRITABLE,
  checkAccess,
  descriptorLimit,
  dpl,
  fetchDescriptor,
  findDescriptor,
  kind,
  loadSegment,
  readDescriptor,
  setNullSegment,
  setSegment,
} from "./segment";
import { peek, pushAt, setStackPointer } from "./stack";
import { GP, NP, UD, charge, clockTerm, fault, isI386, nextEip, privileged, segment } from "./state";
import { needsProtectedMode } from "./paragraphs";
import { readPointers } from "../../mmu/walk";

/** PE MP EM TS ET(fixed) PG, and on the i486 NE WP AM NW CD. */
const CR0_386: u32 = 0x8000000f;
const CR0_486: u32 = 0xe005002f;

/** A segment register was loaded: decoded code may differ. SS also holds off interrupts and traps for one instruction. */
function segmentLoaded(op: usize, index: u32): u32 {
  store<u32>(STATE_EIP, nextEip(op));
  if (index != SEG_SS) return JUMP;
  store<u32>(STATE_SHADOW, SHADOW_SS);
  return LEAVE;
}

/** MOV Sreg: OP_SUB is the segment register. */
export function opMovSegment(op: usize): u32 {
  const p = sourcePointer(op);
  const index: u32 = load<u8>(op, OP_SUB);
  if (!p || !loadSegment(index, load<u16>(p))) return FAULT;
  return segmentLoaded(op, index);
}

/** A 32-bit register gets the selector zero-extended; memory always gets 16 bits. */
export function opStoreSegment(op: usize): u32 {
  const selector = load<u32>(segment(load<u8>(op, OP_SUB)), SEGMENT_SELECTOR);
  return storeSelector(op, selector);
}

function storeSelector(op: usize, selector: u32): u32 {
  if (operandForm(op) == FORM_M) return write(address(op), 2, selector) ? DONE : FAULT;
  storeSized(load<u16>(op, OP_R1), operandSize(op), selector);
  return DONE;
}

/** A 32-bit push moves ESP by 4 and writes the low 16 bits only. */
export function opPushSegment(op: usize): u32 {
  const size = operandSize(op);
  if (!pushAt(size, 2, load<u32>(segment(load<u8>(op, OP_SUB)), SEGMENT_SELECTOR))) return FAULT;
  setStackPointer(load<u32>(REG_ESP) - size);
  return DONE;
}

export function opPopSegment(op: usize): u32 {
  const size = operandSize(op);
  const index: u32 = load<u8>(op, OP_SUB);
  const p = peek(0, size);
  if (!p) return FAULT;
  const selector = load<u16>(p);
  const esp = load<u32>(REG_ESP);
  setStackPointer(esp + size);
  const popped = load<u32>(REG_ESP);
  store<u32>(REG_ESP, esp);
  if (!loadSegment(index, selector)) return FAULT;
  store<u32>(REG_ESP, popped);
  return segmentLoaded(op, index);
}

/** LDS, LES, LFS, LGS, LSS. */
export function opLoadFar(op: usize): u32 {
  const size = operandSize(op);
  const index: u32 = load<u8>(op, OP_SUB);
  const at = address(op);
  let p = readPointer(at, size);
  if (!p) return FAULT;
  const offset = loadSized(p, size);
  p = readPointer(at + size, 2);
  if (!p || !loadSegment(index, load<u16>(p))) return FAULT;
  storeSized(load<u16>(op, OP_R1), size, offset);
  store<u32>(STATE_EIP, nextEip(op));
  return JUMP;
}

export function opHalt(op: usize): u32 {
  if (!privileged()) return FAULT;
  store<u32>(STATE_HALTED, 1);
  store<u32>(STATE_EIP, nextEip(op));
  return LEAVE;
}

export function opClts(_op: usize): u32 {
  if (!privileged()) return FAULT;
  store<u32>(CR0, load<u32>(CR0) & ~CR0_TS);
  return DONE;
}

/** LGDT, LIDT (OP_SUB 0, 1). With 16-bit operands the base has 24 bits. */
export function opLoadTable(op: usize): u32 {
  if (!privileged()) return FAULT;
  const at = address(op);
  let p = readPointer(at, 2);
  if (!p) return FAULT;
  const limit = load<u16>(p);
  p = readPointer(at + 2, 2);
  if (!p) return FAULT;
  const low = <u32>load<u16>(p);
  p = readPointer(at + 4, 2);
  if (!p) return FAULT;
  const high = (<u32>load<u16>(p)) & (operandSize(op) == 2 ? 0xff : 0xffff);
  const base = low | (high << 16);
  const to: usize = load<u8>(op, OP_SUB) ? IDTR_BASE : GDTR_BASE;
  store<u32>(to, base);
  store<u32>(to + 4, limit);
  return DONE;
}

export function opStoreTable(op: usize): u32 {
  const at = address(op);
  const from: usize = load<u8>(op, OP_SUB) ? IDTR_BASE : GDTR_BASE;
  const base = load<u32>(from);
  // The last word first: if it is in another page that faults, memory is left alone.
  const written =
    write(at + 4, 2, base >> 16) && write(at + 2, 2, base & 0xffff) && write(at, 2, load<u32>(from + 4));
  return written ? DONE : FAULT;
}

export function opLoadLdtr(op: usize): u32 {
  if (!needsProtectedMode() || !privileged()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const selector = <u32>load<u16>(p);
  const code = selector & 0xfffc;
  if (!code) {
    setNullSegment(SEG_LDTR, selector);
    return DONE;
  }
  if (selector & 4) return u32(fault(GP, code)) | FAULT;
  if (!readDescriptor(selector, GP)) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (kind(high) != TYPE_LDT) return u32(fault(GP, code)) | FAULT;
  if (!(high & PRESENT)) return u32(fault(NP, code)) | FAULT;
  setSegment(SEG_LDTR, selector);
  return DONE;
}

export function opLoadTr(op: usize): u32 {
  if (!needsProtectedMode() || !privileged()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const selector = <u32>load<u16>(p);
  const code = selector & 0xfffc;
  if (!code || selector & 4) return u32(fault(GP, code)) | FAULT;
  if (!readDescriptor(selector, GP)) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (kind(high) != TYPE_TSS32 && kind(high) != TYPE_TSS16) return u32(fault(GP, code)) | FAULT;
  if (!(high & PRESENT)) return u32(fault(NP, code)) | FAULT;
  if (!writeSystem(load<u32>(DESCRIPTOR_ADDRESS) + 4, 4, high | 0x200)) return FAULT;
  store<u32>(DESCRIPTOR_HIGH, high | 0x200);
  setSegment(SEG_TR, selector);
  return DONE;
}

/** SLDT, STR: OP_SUB is the register. */
export function opStoreSystemSelector(op: usize): u32 {
  if (!needsProtectedMode()) return FAULT;
  return storeSelector(op, load<u32>(segment(load<u8>(op, OP_SUB)), SEGMENT_SELECTOR));
}

export function opLmsw(op: usize): u32 {
  if (!privileged()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const cr0 = load<u32>(CR0);
  // PE can be set but not cleared.
  return writeCr0(op, (cr0 & ~0xe) | (load<u16>(p) & 0xf));
}

/** A 32-bit register gets all of CR0. */
export function opSmsw(op: usize): u32 {
  return storeSelector(op, load<u32>(CR0));
}

function hookMmu(event: u32, value: u32): void {
  if (load<u32>(STATE_HOOKS) & HOOK_MMU) onMmu(event, value);
}

function writeCr0(op: usize, value: u32): u32 {
  if (value & CR0_PG && !(value & CR0_PE)) return u32(fault(GP, 0)) | FAULT;
  const is486 = !isI386();
  if (is486 && value & CR0_NW && !(value & CR0_CD)) return u32(fault(GP, 0)) | FAULT;
  const old = load<u32>(CR0);
  const now = (value & (is486 ? CR0_486 : CR0_386)) | CR0_ET;
  store<u32>(CR0, now);
  if (now & ~old & CR0_PG && !loadPointers()) {
    store<u32>(CR0, old);
    return FAULT;
  }
  if ((old ^ now) & (CR0_PG | CR0_PE | 0x10000)) flushTlb();
  updateErrorPin();
  hookMmu(0, now);
  store<u32>(STATE_EIP, nextEip(op));
  return JUMP;
}

/** With PAE, reads what CR3 points to; false after #GP(0). */
function loadPointers(): bool {
  const inUse = (load<u32>(CR4) & CR4_PAE) != 0 && (load<u32>(CR0) & CR0_PG) != 0;
  return !inUse || readPointers() || fault(GP, 0);
}

function writeCr4(op: usize, value: u32): u32 {
  if (value & ~load<u32>(CONFIG_CR4)) return u32(fault(GP, 0)) | FAULT;
  const changed = load<u32>(CR4) ^ value;
  store<u32>(CR4, value);
  if (changed & (CR4_PSE | CR4_PAE | CR4_PGE)) flushTlb();
  if (changed & CR4_PAE && !loadPointers()) {
    store<u32>(CR4, value ^ changed);
    return FAULT;
  }
  store<u32>(STATE_EIP, nextEip(op));
  return JUMP;
}

/** OP_SUB is the control register. */
export function opMovToCr(op: usize): u32 {
  if (!privileged()) return FAULT;
  const value = load<u32>(load<u16>(op, OP_R2));
  const register: u32 = load<u8>(op, OP_SUB);
  if (register == 0) return writeCr0(op, value);
  if (register == 2) {
    store<u32>(CR2, value);
    return DONE;
  }
  if (register == 4) {
    return writeCr4(op, value);
  }
  if (register != 3) return u32(fault(UD, 0)) | FAULT;
  const old = load<u32>(CR3);
  store<u32>(CR3, value);
  if (!loadPointers()) {
    store<u32>(CR3, old);
    return FAULT;
  }
  flushTlb();
  hookMmu(1, value);
  store<u32>(STATE_EIP, nextEip(op));
  return JUMP;
}

export function opMovFromCr(op: usize): u32 {
  if (!privileged()) return FAULT;
  const register: u32 = load<u8>(op, OP_SUB);
  if (register == 1 || register > 4) return u32(fault(UD, 0)) | FAULT;
  store<u32>(load<u16>(op, OP_R1), load<u32>(CR0 + (register == 0 ? 0 : (register - 1) << 2)));
  return DONE;
}

/** A leaf beyond the last one reads as the last one. */
export function opCpuid(_op: usize): u32 {
  const wanted = load<u32>(REG_EAX);
  const leaf = min<u32>(wanted, load<u32>(CONFIG_CPUID_LEAVES) - 1);
  if (leaf != wanted) unknownLeaf(wanted);
  const values: usize = CONFIG_CPUID + leaf * CPUID_LEAF_SIZE;
  store<u32>(REG_EAX, load<u32>(values));
  store<u32>(REG_EBX, load<u32>(values, 4));
  store<u32>(REG_ECX, load<u32>(values, 8));
  store<u32>(REG_EDX, load<u32>(values, 12));
  return DONE;
}

/** Test registers keep what is written; the TLB and cache tests of the chips are not emulated. */
export function opMovToTr(op: usize): u32 {
  if (!privileged()) return FAULT;
  store<u32>(TEST_REGISTERS + ((<usize>load<u8>(op, OP_SUB)) << 2), load<u32>(load<u16>(op, OP_R2)));
  return DONE;
}

export function opMovFromTr(op: usize): u32 {
  if (!privileged()) return FAULT;
  store<u32>(load<u16>(op, OP_R1), load<u32>(TEST_REGISTERS + ((<usize>load<u8>(op, OP_SUB)) << 2)));
  return DONE;
}

/** The operand's address is what counts; a SEG_EA is not sent before it. */
export function opInvlpg(op: usize): u32 {
  if (!privileged()) return FAULT;
  const linear = address(op);
  flushTlbPage(linear);
  hookMmu(2, linear);
  store<u32>(STATE_EIP, nextEip(op));
  return JUMP;
}

/** INVD, WBINVD: there is no cache to speak of. */
export function opCache(_op: usize): u32 {
  return privileged() ? DONE : FAULT;
}

function visible(selector: u32, high: u32): bool {
  const conforming = (high & (ORDINARY | CODE | CONFORMING)) == (ORDINARY | CODE | CONFORMING);
  return conforming || dpl(high) >= max(load<u32>(STATE_CPL), selector & 3);
}

function larKind(high: u32): bool {
  if (high & ORDINARY) return true;
  const type = kind(high);
  return (
    (type >= 1 && type <= 5) || type == TYPE_TSS32 || type == TYPE_TSS32_BUSY || type == TYPE_CALL_GATE32
  );
}

function lslKind(high: u32): bool {
  if (high & ORDINARY) return true;
  const type = kind(high);
  return (type >= 1 && type <= 3) || type == TYPE_TSS32 || type == TYPE_TSS32_BUSY;
}

/** LAR, LSL, VERR, VERW of a selector that does not qualify. */
function unusable(): u32 {
  setZero(0);
  return DONE;
}

export function opLar(op: usize): u32 {
  if (!needsProtectedMode()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const selector = <u32>load<u16>(p);
  if (!(selector & 0xfffc) || !findDescriptor(selector)) return unusable();
  if (!fetchDescriptor()) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (!larKind(high) || !visible(selector, high)) return unusable();
  storeSized(load<u16>(op, OP_R1), load<u8>(op, OP_IMM), high & 0xffff00);
  setZero(1);
  return DONE;
}

export function opLsl(op: usize): u32 {
  if (!needsProtectedMode()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const selector = <u32>load<u16>(p);
  if (!(selector & 0xfffc) || !findDescriptor(selector)) return unusable();
  if (!fetchDescriptor()) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  if (!lslKind(high) || !visible(selector, high)) return unusable();
  if (high & GRANULAR) charge(clockTerm(op, 0));
  storeSized(load<u16>(op, OP_R1), load<u8>(op, OP_IMM), descriptorLimit(load<u32>(DESCRIPTOR_LOW), high));
  setZero(1);
  return DONE;
}

/** VERR, VERW (OP_SUB 0, 1). */
export function opVerify(op: usize): u32 {
  if (!needsProtectedMode()) return FAULT;
  const p = sourcePointer(op);
  if (!p) return FAULT;
  const selector = <u32>load<u16>(p);
  if (!(selector & 0xfffc) || !findDescriptor(selector)) return unusable();
  if (!fetchDescriptor()) return FAULT;
  const high = load<u32>(DESCRIPTOR_HIGH);
  const wanted = load<u8>(op, OP_SUB)
    ? (high & (CODE | WRITABLE)) == WRITABLE
    : (high & (CODE | READABLE)) != CODE;
  setZero(u32((high & ORDINARY) != 0 && wanted && visible(selector, high)));
  return DONE;
}

/** Memory is read first, and written only if the level is raised. The decoder sends no SEG_EA. */
export function opArpl(op: usize): u32 {
  if (!needsProtectedMode()) return FAULT;
  const memory = operandForm(op) == FORM_MR;
  const index: u32 = load<u8>(op, OP_SEGMENT);
  const offset = effectiveAddress(op);
  if (memory && !checkAccess(index, offset, 2, false)) return FAULT;
  const linear = load<u32>(REG_ADDRESS);
  const from = memory ? readPointer(linear, 2) : <usize>load<u16>(op, OP_R1);
  if (!from) return FAULT;
  const a = <u32>load<u16>(from);
  const rpl: u32 = load<u16>(load<u16>(op, OP_R2)) & 3;
  const raise = (a & 3) < rpl;
  const raised = (a & ~3) | rpl;
  if (raise && memory && !(checkAccess(index, offset, 2, true) && write(linear, 2, raised))) return FAULT;
  if (raise && !memory) store<u16>(from, raised);
  setZero(u32(raise));
  return DONE;
}

/** OP_SUB 1: longer than 15 bytes. */
export function opUndefined(op: usize): u32 {
  return u32(load<u8>(op, OP_SUB) ? fault(GP, 0) : fault(UD, 0)) | FAULT;
}
