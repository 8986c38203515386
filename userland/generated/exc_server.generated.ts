// A server of abi/defs/exc.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type ExceptionRaise = (exception_port: u32, thread: u32, task: u32, exception: u32, code: u32, subcode: u32) => i32;
let on_exception_raise: usize = 0;

/** Sets what 2400 calls. The thread waits for the answer. KERN_SUCCESS: it goes on; anything else: the next port is asked. */
export function serve_exception_raise(handler: ExceptionRaise): void {
  on_exception_raise = changetype<usize>(handler);
}

function Xexception_raise(m: usize): i32 {
  if (on_exception_raise == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 64 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012011) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002) | (load<u32>(m, 56) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<ExceptionRaise>(on_exception_raise)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), load<u32>(m, 52), load<u32>(m, 60));
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function exc_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 2400:
    return Xexception_raise(m);
    default:
    return MIG_BAD_ID;
  }
}
