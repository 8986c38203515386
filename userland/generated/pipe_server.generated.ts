// A server of abi/defs/pipe.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { mig_reply } from "../lib/mig";

export type PipeCreate = (server: u32, read_end: usize, write_end: usize) => i32;
let on_pipe_create: usize = 0;

/** Sets what 26000 calls. A new pipe: what is written to the one end is read from the other. EAGAIN. */
export function serve_pipe_create(handler: PipeCreate): void {
  on_pipe_create = changetype<usize>(handler);
}

function Xpipe_create(m: usize): i32 {
  if (on_pipe_create == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(48);
  const result = changetype<PipeCreate>(on_pipe_create)(load<u32>(m, MSGH_LOCAL_PORT), r + 36, r + 44);
  if (result != 0) return result;
  store<u32>(r, 0x10012014, 32);
  store<u32>(r, 0x10012014, 40);
  return mig_reply(m, r, 48, 0x80000000);
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function pipe_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 26000:
    return Xpipe_create(m);
    default:
    return MIG_BAD_ID;
  }
}
