// The numeric coprocessor's registers of a process.
import { stackAlloc } from "../../guest/i386";
import {
  FLOAT_STATE_IMAGE,
  FLOAT_STATE_INITIALIZED,
  I386_FLOAT_STATE,
  I386_FLOAT_STATE_COUNT,
} from "../../abi/task_types";
import { thread_get_state, thread_set_state } from "../generated/mach.generated";
import { LinuxProcess } from "./process";

const STATE_BYTES: u32 = 4 * I386_FLOAT_STATE_COUNT;
/** struct _fpstate without the parts of later processors: the image of FNSAVE, and a word whose upper half says so. */
export const FPSTATE_BYTES: u32 = 112;
const IMAGE_BYTES: u32 = 108;
const FPSTATE_PLAIN: u32 = 0xffff0000;

/** The state into STATE_BYTES at `state`. False: the process has not used any. */
function get(process: LinuxProcess, state: usize): bool {
  const count = stackAlloc(4);
  store<u32>(count, I386_FLOAT_STATE_COUNT);
  return (
    thread_get_state(process.thread, I386_FLOAT_STATE, state, count) == 0 &&
    load<u32>(state, FLOAT_STATE_INITIALIZED) != 0
  );
}

function set(process: LinuxProcess, state: usize): i32 {
  return thread_set_state(process.thread, I386_FLOAT_STATE, state, I386_FLOAT_STATE_COUNT);
}

/** The copy of a process goes on with the same registers. */
export function float_copy(from: LinuxProcess, to: LinuxProcess): void {
  const state = stackAlloc(STATE_BYTES);
  if (get(from, state)) set(to, state);
}

/** Stores the registers as a signal's frame has them, and resets them. False: there are none. */
export function float_save(process: LinuxProcess, fpstate: usize): bool {
  const state = stackAlloc(STATE_BYTES);
  if (!get(process, state)) return false;
  memory.copy(fpstate, state + FLOAT_STATE_IMAGE, IMAGE_BYTES);
  store<u32>(fpstate, FPSTATE_PLAIN | (load<u32>(fpstate, 4) & 0xffff), IMAGE_BYTES);
  store<u32>(state, 0, FLOAT_STATE_INITIALIZED);
  set(process, state);
  return true;
}

/** Loads what float_save has stored. */
export function float_restore(process: LinuxProcess, fpstate: usize): void {
  const state = stackAlloc(STATE_BYTES);
  memory.fill(state, 0, STATE_BYTES);
  store<u32>(state, 1, FLOAT_STATE_INITIALIZED);
  memory.copy(state + FLOAT_STATE_IMAGE, fpstate, IMAGE_BYTES);
  set(process, state);
}
