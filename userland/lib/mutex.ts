// Locks between the threads of a task: a word that is 0 (free), 1 (held) or 2 (held, and somebody may wait).
import { gsync_wait, gsync_wake } from "../generated/gnumach.generated";
import { task_self } from "./mach";

/** Waits until the lock at `mutex` is the caller's. */
export function mutex_lock(mutex: usize): void {
  if (atomic.xchg<u32>(mutex, 1) == 0) return;
  while (atomic.xchg<u32>(mutex, 2) != 0) gsync_wait(task_self(), <u32>mutex, 2, 0, 0, 0);
}

export function mutex_unlock(mutex: usize): void {
  if (atomic.xchg<u32>(mutex, 0) == 2) gsync_wake(task_self(), <u32>mutex, 0, 0);
}
