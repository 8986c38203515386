/** Undoing half-made privilege changes; giving up. */
import { REG_ESP, SAVED, SEGMENTS, STATE_CPL, STATE_EIP, STATE_SHUTDOWN, FAULT_VECTOR } from "../layout";
import { setCpl, updateMode } from "./segment";
import { forgetCodePage } from "./state";

const SEGMENT_BYTES: u32 = 128;

/** FAULT_VECTOR of a fault that is a shutdown. */
export const NO_VECTOR: u32 = 0xffffffff;

/** Remembers what a transfer to another level changes before it can be sure of success. */
export function begin(): void {
  memory.copy(SAVED, SEGMENTS, SEGMENT_BYTES);
  store<u32>(SAVED + SEGMENT_BYTES, load<u32>(REG_ESP));
  store<u32>(SAVED + SEGMENT_BYTES + 4, load<u32>(STATE_EIP));
  store<u32>(SAVED + SEGMENT_BYTES + 8, load<u32>(STATE_CPL));
}

export function rollback(): void {
  memory.copy(SEGMENTS, SAVED, SEGMENT_BYTES);
  store<u32>(REG_ESP, load<u32>(SAVED + SEGMENT_BYTES));
  store<u32>(STATE_EIP, load<u32>(SAVED + SEGMENT_BYTES + 4));
  setCpl(load<u32>(SAVED + SEGMENT_BYTES + 8));
  updateMode();
}

/** CS was loaded: its base may differ, so the code page is looked up again. */
export function codeSegmentChanged(): void {
  updateMode();
  forgetCodePage();
}

/** Stops the processor for good; returns false, as a fault does. */
export function shutdown(reason: u32): bool {
  store<u32>(STATE_SHUTDOWN, reason);
  store<u32>(FAULT_VECTOR, NO_VECTOR);
  return false;
}
