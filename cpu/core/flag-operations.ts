/** Instructions on EFLAGS. */
import { CR4_PVI, CR4_VME } from "../control-registers";
import {
  CONFIG_FLAGS,
  CR4,
  DONE,
  FAULT,
  FLAGS_REST,
  LEAVE,
  OP_SUB,
  PIN_INTR,
  REG_EAX,
  SHADOW_STI,
  STATE_CPL,
  STATE_EIP,
  STATE_SHADOW,
} from "../layout";
import {
  ARITHMETIC_FLAGS,
  FLAG_CF,
  FLAG_DF,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VIF,
  FLAG_VIP,
  FLAG_VM,
  arithmeticFlags,
  carry,
  eflags,
  setArithmeticFlags,
} from "./flags";
import { GP, fault, nextEip } from "./state";

// OP_SUB of FLAG_OP.
const SUB_CLC: u32 = 0;
const SUB_STC: u32 = 1;
const SUB_CMC: u32 = 2;
const SUB_CLD: u32 = 3;

export function iopl(): u32 {
  return (load<u32>(FLAGS_REST) >> 12) & 3;
}

/** The flags of the i386; later models have CONFIG_FLAGS besides. */
export const EVERY_FLAG: u32 =
  ARITHMETIC_FLAGS | FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT | FLAG_RF | FLAG_VM;

/** Virtual-8086 mode without the right to IF, which VIF then stands in for (SDM volume 3, 20.3). */
export function usesVirtualInterrupts(): bool {
  return (load<u32>(FLAGS_REST) & FLAG_VM) != 0 && iopl() < 3 && (load<u32>(CR4) & CR4_VME) != 0;
}

/** CLI and STI of a program at level 3 that may not change IF: whether they change VIF. */
function changesVirtualFlag(): bool {
  if (load<u32>(FLAGS_REST) & FLAG_VM) return usesVirtualInterrupts();
  return load<u32>(STATE_CPL) == 3 && iopl() < 3 && (load<u32>(CR4) & CR4_PVI) != 0;
}

/** Whether virtual-8086 mode may push and pop flags of `size` bytes; false after #GP(0). */
export function flagsPermitted(size: u32): bool {
  if (!(load<u32>(FLAGS_REST) & FLAG_VM) || iopl() == 3) return true;
  return (usesVirtualInterrupts() && size == 2) || fault(GP, 0);
}

/** Whether popped flags are allowed; false after #GP(0), which only VIF in the place of IF can bring. */
export function poppedFlagsPermitted(flags: u32): bool {
  if (!usesVirtualInterrupts()) return true;
  const pending = flags & FLAG_IF && load<u32>(FLAGS_REST) & FLAG_VIP;
  return pending || flags & FLAG_TF ? fault(GP, 0) : true;
}

/** What PUSHF and interrupts of `size` bytes push. */
export function pushedFlags(size: u32): u32 {
  const flags = eflags();
  if (size != 2 || !usesVirtualInterrupts()) return flags;
  return (flags & ~FLAG_IF) | FLAG_IOPL | (flags & FLAG_VIF ? FLAG_IF : 0);
}

/** Takes popped flags over, as far as `mask` (of `changeableFlags`) says. */
export function popFlags(flags: u32, size: u32, mask: u32): void {
  if (!usesVirtualInterrupts()) {
    setFlags(size == 4 ? flags : flags & ~FLAG_RF, mask | FLAG_RF);
    return;
  }
  const virtual = flags & FLAG_IF ? FLAG_VIF : 0;
  setFlags((flags & ~(FLAG_RF | FLAG_VIF)) | virtual, mask | FLAG_RF | FLAG_VIF);
}

/** Sets the flags of `mask` from `value`. */
export function setFlags(value: u32, mask: u32): void {
  const changed = (eflags() & ~mask) | (value & mask);
  setArithmeticFlags(changed);
  store<u32>(FLAGS_REST, changed & ~ARITHMETIC_FLAGS);
}

/** What POPF and IRET at the current privilege may change, besides VM and RF. */
export function changeableFlags(size: u32): u32 {
  let mask = ARITHMETIC_FLAGS | FLAG_TF | FLAG_DF | FLAG_NT;
  if (size == 4) mask |= load<u32>(CONFIG_FLAGS) & ~(FLAG_VIF | FLAG_VIP);
  const cpl = load<u32>(STATE_CPL);
  if (cpl == 0) mask |= FLAG_IOPL;
  if (cpl <= iopl()) mask |= FLAG_IF;
  return mask;
}

/** Whether the next boundary needs attention because of TF, RF or an open interrupt window. */
export function flagsNeedAttention(): bool {
  const flags = load<u32>(FLAGS_REST);
  return (flags & (FLAG_TF | FLAG_RF)) != 0 || ((flags & FLAG_IF) != 0 && load<u32>(PIN_INTR) != 0);
}

/** POPF: flags from the popped `value`. */
export function writeFlags(op: usize, value: u32, size: u32): u32 {
  popFlags(value & ~FLAG_RF, size, changeableFlags(size));
  if (!flagsNeedAttention()) return DONE;
  store<u32>(STATE_EIP, nextEip(op));
  return LEAVE;
}

/** CLC, STC, CMC, CLD, STD. */
export function opFlag(op: usize): u32 {
  const sub = load<u8>(op, OP_SUB);
  const flags = arithmeticFlags();
  if (sub == SUB_CLC) setArithmeticFlags(flags & ~FLAG_CF);
  else if (sub == SUB_STC) setArithmeticFlags(flags | FLAG_CF);
  else if (sub == SUB_CMC) setArithmeticFlags(flags ^ FLAG_CF);
  else if (sub == SUB_CLD) store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~FLAG_DF);
  else store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) | FLAG_DF);
  return DONE;
}

export function opCli(_op: usize): u32 {
  const permitted = load<u32>(STATE_CPL) <= iopl();
  if (!permitted && !changesVirtualFlag()) return u32(fault(GP, 0)) | FAULT;
  store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~(permitted ? FLAG_IF : FLAG_VIF));
  return DONE;
}

export function opSti(op: usize): u32 {
  const flags = load<u32>(FLAGS_REST);
  if (load<u32>(STATE_CPL) > iopl()) {
    if (!changesVirtualFlag() || flags & FLAG_VIP) return u32(fault(GP, 0)) | FAULT;
    store<u32>(FLAGS_REST, flags | FLAG_VIF);
    return DONE;
  }
  if (flags & FLAG_IF) return DONE;
  store<u32>(FLAGS_REST, flags | FLAG_IF);
  store<u32>(STATE_SHADOW, SHADOW_STI);
  store<u32>(STATE_EIP, nextEip(op));
  return LEAVE;
}

export function opLahf(_op: usize): u32 {
  store<u8>(REG_EAX + 1, (arithmeticFlags() & 0xd5) | 2);
  return DONE;
}

export function opSahf(_op: usize): u32 {
  const ah = load<u8>(REG_EAX + 1);
  setArithmeticFlags((arithmeticFlags() & ~0xd5) | (ah & 0xd5));
  return DONE;
}

/** Undocumented D6: AL = CF ? FF : 0. */
export function opSalc(_op: usize): u32 {
  store<u8>(REG_EAX, carry() ? 0xff : 0);
  return DONE;
}
