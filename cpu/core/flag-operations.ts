/** Instructions on EFLAGS. */
import {
  CONFIG_FLAGS,
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

/** Sets the flags of `mask` from `value`. */
export function setFlags(value: u32, mask: u32): void {
  const changed = (eflags() & ~mask) | (value & mask);
  setArithmeticFlags(changed);
  store<u32>(FLAGS_REST, changed & ~ARITHMETIC_FLAGS);
}

/** What POPF and IRET at the current privilege may change, besides VM and RF. */
export function changeableFlags(size: u32): u32 {
  let mask = ARITHMETIC_FLAGS | FLAG_TF | FLAG_DF | FLAG_NT;
  if (size == 4) mask |= load<u32>(CONFIG_FLAGS);
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
  setFlags(value & ~FLAG_RF, changeableFlags(size) | FLAG_RF);
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
  if (load<u32>(STATE_CPL) > iopl()) return u32(fault(GP, 0)) | FAULT;
  store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) & ~FLAG_IF);
  return DONE;
}

export function opSti(op: usize): u32 {
  if (load<u32>(STATE_CPL) > iopl()) return u32(fault(GP, 0)) | FAULT;
  const flags = load<u32>(FLAGS_REST);
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
