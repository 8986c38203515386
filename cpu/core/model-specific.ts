/** Model-specific registers, the time stamp counter, SYSENTER and SYSEXIT (SDM volumes 2 and 4). */
import {
  CR0_PE,
  CR4_PCE,
  CR4_TSD,
  IA32_SYSENTER_CS,
  IA32_SYSENTER_EIP,
  IA32_SYSENTER_ESP,
  IA32_TIME_STAMP_COUNTER,
} from "../control-registers";
import {
  CR0,
  CR4,
  DONE,
  FAULT,
  FLAGS_REST,
  JUMP,
  LEAVE,
  MSR_COUNT,
  MSR_ENTRY_SIZE,
  MSR_NUMBER,
  MSR_TABLE,
  MSR_VALUE,
  MSR_WRITABLE,
  REG_EAX,
  REG_ECX,
  REG_EDX,
  REG_ESP,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEGMENT_SELECTOR,
  SEG_CS,
  SEG_SS,
  STATE_CPL,
  STATE_EIP,
  STATE_LIMIT,
} from "../layout";
import { codeSegmentChanged } from "./control";
import { flagsNeedAttention } from "./flag-operations";
import { FLAG_IF, FLAG_RF, FLAG_VM } from "./flags";
import { unknownMsr } from "./host";
import { setCpl } from "./segment";
import { GP, budget, fault, privileged, segment } from "./state";

/** Flat 4 GiB segments, present, code or data, accessed. */
const FLAT_CODE: u32 = 0xc09b00;
const FLAT_DATA: u32 = 0xc09300;
const DPL_SHIFT: u32 = 13;

/** The entry of a register; 0 where the processor has none of that number. */
function findMsr(number: u32): usize {
  const count = load<u32>(MSR_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const entry: usize = MSR_TABLE + i * MSR_ENTRY_SIZE;
    if (load<u32>(entry, MSR_NUMBER) == number) return entry;
  }
  return 0;
}

function msr(number: u32): u32 {
  const entry = findMsr(number);
  return entry ? load<u32>(entry, MSR_VALUE) : 0;
}

/** The clock that everything in the machine goes by, and what WRMSR has added to it. */
function timeStamp(): i64 {
  const entry = findMsr(IA32_TIME_STAMP_COUNTER);
  return load<i64>(STATE_LIMIT) - <i64>budget() + (entry ? load<i64>(entry, MSR_VALUE) : 0);
}

function answer(value: i64): u32 {
  store<u32>(REG_EAX, <u32>value);
  store<u32>(REG_EDX, <u32>(value >> 32));
  return DONE;
}

export function opRdtsc(_op: usize): u32 {
  if (load<u32>(CR4) & CR4_TSD && load<u32>(STATE_CPL) != 0) return u32(fault(GP, 0)) | FAULT;
  return answer(timeStamp());
}

/** There are two counters, which count nothing. */
export function opRdpmc(_op: usize): u32 {
  const permitted = load<u32>(CR4) & CR4_PCE || load<u32>(STATE_CPL) == 0;
  return permitted && load<u32>(REG_ECX) < 2 ? answer(0) : u32(fault(GP, 0)) | FAULT;
}

/** The register that ECX names; 0 after #GP(0). */
function selectedMsr(write: u32): usize {
  if (!privileged()) return 0;
  const entry = findMsr(load<u32>(REG_ECX));
  if (entry) return entry;
  unknownMsr(load<u32>(REG_ECX), write);
  fault(GP, 0);
  return 0;
}

export function opRdmsr(_op: usize): u32 {
  const entry = selectedMsr(0);
  if (!entry) return FAULT;
  if (load<u32>(entry, MSR_NUMBER) == IA32_TIME_STAMP_COUNTER) return answer(timeStamp());
  return answer(load<i64>(entry, MSR_VALUE));
}

export function opWrmsr(_op: usize): u32 {
  const entry = selectedMsr(1);
  if (!entry) return FAULT;
  const value = (<u64>load<u32>(REG_EAX)) | ((<u64>load<u32>(REG_EDX)) << 32);
  if (load<u32>(entry, MSR_NUMBER) == IA32_TIME_STAMP_COUNTER) {
    const ahead = <i64>value - timeStamp();
    store<i64>(entry, load<i64>(entry, MSR_VALUE) + ahead, MSR_VALUE);
    return DONE;
  }
  const writable = load<u64>(entry, MSR_WRITABLE);
  store<u64>(entry, (load<u64>(entry, MSR_VALUE) & ~writable) | (value & writable), MSR_VALUE);
  return DONE;
}

function setFlat(index: u32, selector: u32, access: u32): void {
  const s = segment(index);
  store<u32>(s, selector & 0xffff, SEGMENT_SELECTOR);
  store<u32>(s, 0, SEGMENT_BASE);
  store<u32>(s, 0xffffffff, SEGMENT_LIMIT);
  store<u32>(s, access, SEGMENT_ACCESS);
}

/** Goes to a level with flat segments, whose selectors follow each other. */
function enterLevel(selector: u32, level: u32, eip: u32, esp: u32): void {
  setFlat(SEG_CS, selector | level, FLAT_CODE | (level << DPL_SHIFT));
  setFlat(SEG_SS, (selector + 8) | level, FLAT_DATA | (level << DPL_SHIFT));
  setCpl(level);
  codeSegmentChanged();
  store<u32>(STATE_EIP, eip);
  store<u32>(REG_ESP, esp);
}

export function opSysenter(_op: usize): u32 {
  const selector = msr(IA32_SYSENTER_CS) & 0xfffc;
  if (!(load<u32>(CR0) & CR0_PE) || !selector) return u32(fault(GP, 0)) | FAULT;
  store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~(FLAG_VM | FLAG_IF | FLAG_RF));
  enterLevel(selector, 0, msr(IA32_SYSENTER_EIP), msr(IA32_SYSENTER_ESP));
  return JUMP;
}

/** To EDX, with the stack at ECX. */
export function opSysexit(_op: usize): u32 {
  const selector = msr(IA32_SYSENTER_CS) & 0xfffc;
  if (!(load<u32>(CR0) & CR0_PE) || !selector || load<u32>(STATE_CPL) != 0) return u32(fault(GP, 0)) | FAULT;
  enterLevel(selector + 16, 3, load<u32>(REG_EDX), load<u32>(REG_ECX));
  return flagsNeedAttention() ? LEAVE : JUMP;
}
