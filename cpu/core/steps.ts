/** The zero-cost steps that the decoder puts before an instruction. */
import {
  BREAKPOINT_PASSED,
  CODE_BASE,
  CODE_LINEAR,
  CODE_PAGE,
  DONE,
  FAULT,
  LEAVE,
  OP_NEXT,
  OP_OPERAND,
  OP_R1,
  OP_SUB,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  STATE_EIP,
  STATE_STOP,
  STATE_TLB,
  STOP_BREAKPOINT,
  TLB_PHYSICAL,
} from "../layout";
import { readPhysical } from "../../mmu/physical";
import { lookup } from "../../mmu/tlb";
import { instructionBreakpoint } from "./debug";
import { breakpointAt, decodeCrossing } from "./host";
import { CS } from "./segment";
import { GP, eipOf, fault } from "./state";

/** CHECK_EIP: the whole instruction lies within the limit of CS. */
export function codeWithinLimit(op: usize): bool {
  return load<u32>(CODE_BASE) + load<u16>(op, OP_NEXT) - 1 <= load<u32>(CS, SEGMENT_LIMIT) || fault(GP, 0);
}

/**
 * CROSS: the instruction goes on in the next page. From OP_R1 on the micro-op holds the OP_OPERAND bytes that were there
 * when it was decoded (OP_SUB 1); when they differ it is decoded again. False after a fetch fault.
 */
export function crossPage(op: usize): bool {
  if (load<u32>(CODE_BASE) + 0x1000 > load<u32>(CS, SEGMENT_LIMIT)) return fault(GP, 0);
  const entry = lookup(load<u32>(STATE_TLB), load<u32>(CODE_LINEAR) + 0x1000, false);
  if (!entry) return false;
  const physical = load<u32>(entry, TLB_PHYSICAL);
  const count: u32 = load<u8>(op, OP_OPERAND);
  let same = load<u8>(op, OP_SUB) == 1;
  for (let i: u32 = 0; same && i < count; i++) {
    same = load<u8>(op + i, OP_R1) == <u8>readPhysical(physical + i, 1);
  }
  if (!same) decodeCrossing(op, load<u32>(CODE_PAGE), physical);
  return true;
}

/** BREAK: a breakpoint of the host, which comes first, or one of DR0-DR3 may be here. */
export function breakBefore(op: usize): u32 {
  const eip = eipOf(op);
  const linear = eip + load<u32>(CS, SEGMENT_BASE);
  const here = (<u64>eip) | ((<u64>1) << 32);
  const passed = load<u64>(BREAKPOINT_PASSED) == here;
  store<u64>(BREAKPOINT_PASSED, 0);
  if (!passed && breakpointAt(linear)) {
    store<u64>(BREAKPOINT_PASSED, here);
    store<u32>(STATE_EIP, eip);
    store<u32>(STATE_STOP, STOP_BREAKPOINT);
    return LEAVE;
  }
  return instructionBreakpoint(linear) ? FAULT : DONE;
}
