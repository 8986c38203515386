/** Where the near transfers of the main loop lead. */
import {
  CODE_BASE,
  CODE_LINEAR,
  COUNT_CODE_FLUSHES,
  OP_CLOCKS,
  OP_COMPONENTS,
  OP_DISP,
  OP_HANDLER,
  OP_IMM,
  SEGMENT_LIMIT,
  STATE_EIP,
} from "../layout";
import { GOTO, STALE } from "../operations.generated";
import { resolve } from "./code";
import { CS } from "./segment";
import { GP, charge, eipOf, fault, refund } from "./state";

/** Where a relative near transfer leads. */
export function relativeTarget(op: usize): u32 {
  return load<u32>(CODE_BASE) + load<u32>(op, OP_DISP);
}

export function reachable(eip: u32): bool {
  return eip <= load<u32>(CS, SEGMENT_LIMIT) || fault(GP, 0);
}

/** The linked micro-op of a near transfer; 0 after a fetch fault. */
export function jumpTarget(op: usize): usize {
  const target: usize = load<u32>(op, OP_IMM);
  return target ? target : findTarget(op);
}

/** Looks the target up, and links it if it is in the same page. 0 after a fault at STATE_EIP. */
function findTarget(op: usize): usize {
  const eip = relativeTarget(op);
  if (!reachable(eip)) {
    store<u32>(STATE_EIP, eipOf(op));
    // The step between two runs of decoded code has not been counted.
    if (load<u16>(op, OP_HANDLER) != GOTO) refund(op);
    return 0;
  }
  const handler = load<u16>(op, OP_HANDLER);
  const linear = load<u32>(CODE_LINEAR);
  const flushes = load<u64>(COUNT_CODE_FLUSHES);
  store<u32>(STATE_EIP, eip);
  const target = resolve();
  // A write or a full pool may have taken the micro-op away meanwhile.
  const alive =
    handler != STALE && load<u16>(op, OP_HANDLER) == handler && load<u64>(COUNT_CODE_FLUSHES) == flushes;
  if (target && alive && load<u32>(CODE_LINEAR) == linear) store<u32>(op, target, OP_IMM);
  return target;
}

/** Absolute near jump to a reachable target; 0 after a fetch fault. */
export function goTo(eip: u32): usize {
  store<u32>(STATE_EIP, eip);
  return resolve();
}

/**
 * What taking a transfer costs beyond its base clocks. To be read before its target is looked up: that may empty the
 * pool, and the micro-op with it.
 */
export function takenClocks(op: usize): i32 {
  return load<i16>(op, OP_CLOCKS);
}

/** What a taken transfer pays for itself and for the instruction it leads to. */
export function chargeTaken(clocks: i32, target: usize): void {
  charge(clocks + <i32>load<u8>(target, OP_COMPONENTS));
}
