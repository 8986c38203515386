// A server of abi/defs/term.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { mig_reply } from "../lib/mig";

export type TermSetMode = (terminal: u32, mode: u32) => i32;
let on_term_set_mode: usize = 0;

/** Sets what 28000 calls. How it works from now on: TERM_* of abi/term.ts. */
export function serve_term_set_mode(handler: TermSetMode): void {
  on_term_set_mode = changetype<usize>(handler);
}

function Xterm_set_mode(m: usize): i32 {
  if (on_term_set_mode == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<TermSetMode>(on_term_set_mode)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
}

export type TermGetReady = (terminal: u32, ready: usize) => i32;
let on_term_get_ready: usize = 0;

/** Sets what 28001 calls. How many bytes are there to be read; -1, once, when control-C has taken them away with nobody in the foreground. */
export function serve_term_get_ready(handler: TermGetReady): void {
  on_term_get_ready = changetype<usize>(handler);
}

function Xterm_get_ready(m: usize): i32 {
  if (on_term_get_ready == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<TermGetReady>(on_term_get_ready)(load<u32>(m, MSGH_LOCAL_PORT), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  return mig_reply(m, r, 40, 0);
}

export type TermSetForeground = (terminal: u32, process: u32, group: u32) => i32;
let on_term_set_foreground: usize = 0;

/** Sets what 28002 calls. Control-C is to be SIGINT for a group of processes, sent by `process`; for nobody with group 0. */
export function serve_term_set_foreground(handler: TermSetForeground): void {
  on_term_set_foreground = changetype<usize>(handler);
}

function Xterm_set_foreground(m: usize): i32 {
  if (on_term_set_foreground == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<TermSetForeground>(on_term_set_foreground)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function term_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 28000:
    return Xterm_set_mode(m);
    case 28001:
    return Xterm_get_ready(m);
    case 28002:
    return Xterm_set_foreground(m);
    default:
    return MIG_BAD_ID;
  }
}
