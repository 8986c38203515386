// The kernel's server of abi/defs/mach_i386.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { IpcPort } from "../ipc/ipc_port";

/** Serves request `m`; fills `r`, whose header and return code are prepared. False for an unknown id. */
export function mach_i386_server(id: i32, m: usize, r: usize): bool {
  let result: i32;
  switch (id) {
    default:
    return false;
  }
  store<i32>(r, result, 28);
  return true;
}

/** Bytes of the longest reply to request `id`. */
export function mach_i386_reply_size(id: i32): u32 {
  switch (id) {
    default:
    return 240;
  }
}
