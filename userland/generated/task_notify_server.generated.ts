// A server of abi/defs/task_notify.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type MachNotifyNewTask = (notify: u32, task: u32, parent: u32) => void;
let on_mach_notify_new_task: usize = 0;

/** Sets what 4400 calls. The parent is null for tasks of the bootstrap. */
export function serve_mach_notify_new_task(handler: MachNotifyNewTask): void {
  on_mach_notify_new_task = changetype<usize>(handler);
}

function Xmach_notify_new_task(m: usize): i32 {
  if (on_mach_notify_new_task == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<MachNotifyNewTask>(on_mach_notify_new_task)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function task_notify_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 4400:
    return Xmach_notify_new_task(m);
    default:
    return MIG_BAD_ID;
  }
}
