// User stubs of abi/defs/exec.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 30000 */
export function exec_exec(server: u32, file: u32, task: u32, argv: usize, argvCnt: u32, argvDealloc: u32, envp: usize, envpCnt: u32, envpDealloc: u32, path: usize, pathCnt: u32): i32 {
  const m = stackAlloc(1100);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, file, 28);
  store<u32>(m, 0x10012013, 32);
  store<u32>(m, task, 36);
  store<u32>(m, 0x20000000 | (argvDealloc ? 0x40000000 : 0), 40);
  store<u32>(m, 0x80009, 44);
  store<u32>(m, argvCnt, 48);
  store<u32>(m, <u32>argv, 52);
  store<u32>(m, 0x20000000 | (envpDealloc ? 0x40000000 : 0), 56);
  store<u32>(m, 0x80009, 60);
  store<u32>(m, envpCnt, 64);
  store<u32>(m, <u32>envp, 68);
  if (pathCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (pathCnt << 16), 72);
  memory.copy(m + 76, path, pathCnt);
  const r4 = m + ((pathCnt + 3) & ~3) - 1024;
  return mig_rpc(m, server, 5395 | 0x80000000, 30000, <u32>(r4 - m) + 1100, 32, 32);
}
