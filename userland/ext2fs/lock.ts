// The lock of the volume: everything in blocks, volume, node, directory and files is for its holder only. Who has it does
// not touch memory of files, since that would wait for the pager, which needs it.
import { file_system_settle } from "./files";
import { mutex_lock, mutex_unlock } from "../lib/mutex";

const lock: usize = memory.data(4);

export function volume_lock(): void {
  mutex_lock(lock);
  // Nobody is in the middle of a change.
  file_system_settle();
}

export function volume_unlock(): void {
  mutex_unlock(lock);
}
