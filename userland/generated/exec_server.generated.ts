// A server of abi/defs/exec.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type ExecExec = (server: u32, file: u32, task: u32, argv: usize, argvCnt: u32, envp: usize, envpCnt: u32, path: usize, pathCnt: u32) => i32;
let on_exec_exec: usize = 0;

/** Sets what 30000 calls. Loads the program in `file`, which was opened as `path`, into an empty task and starts a thread of it. `argv` and `envp` are byte strings, one behind the other, each with its zero. A file that begins with `#!` is given to the program that it names, a Linux program to /bin/linux. ENOEXEC, EACCES, ENOMEM, E2BIG, ELOOP. */
export function serve_exec_exec(handler: ExecExec): void {
  on_exec_exec = changetype<usize>(handler);
}

function Xexec_exec(m: usize): i32 {
  if (on_exec_exec == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) < 76 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012011) | (load<u32>(m, 40) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 44) ^ 0x80009) | (load<u32>(m, 56) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 60) ^ 0x80009) | (load<u32>(m, 72) & 0xf000ffff ^ 0x10000808)) != 0) return MIG_BAD_ARGUMENTS;
  const pathCnt = (load<u32>(m, 72) & 0xfff0000) >> 16;
  if (pathCnt > 1024 || load<u32>(m, MSGH_SIZE) != 76 + ((pathCnt * 1 + 3) & ~3)) return MIG_BAD_ARGUMENTS;
  return changetype<ExecExec>(on_exec_exec)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 52), load<u32>(m, 48), load<u32>(m, 68), load<u32>(m, 64), m + 76, pathCnt);
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function exec_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 30000:
    return Xexec_exec(m);
    default:
    return MIG_BAD_ID;
  }
}
